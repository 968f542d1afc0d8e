//! One person: 360°, clear values, timeline.

use axum::Json;
use axum::extract::State;
use careloop_events::routes::EventView;
use careloop_http::{ApiResult, App, Auth, Body, PageView, Params, PathId, Problems};
use careloop_kernel::permissions::{ReadPeople, RevealPeople};
use careloop_kernel::{PageRequest, Result};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::views::{PersonView, RevealedView};
use crate::model::Field;
use crate::service::view;

/// A person, masked. An id that was merged away leads to the person it belongs to now.
#[utoipa::path(get, path = "/api/people/{id}", tag = "people", operation_id = "get_person", params(("id" = String, Path)),
    responses((status = 200, body = PersonView), Problems))]
pub async fn get_person(
    State(app): State<App>,
    Auth(ctx): Auth<ReadPeople>,
    PathId(id): PathId<String>,
) -> ApiResult<Json<PersonView>> {
    Ok(Json(view::get(&app.db, &ctx, &id).await?.into()))
}

/// Which values to show, and why.
#[derive(Deserialize, ToSchema)]
pub struct RevealBody {
    /// phone, email, id_card, address
    fields: Vec<String>,
    /// At least three characters; kept in the audit log.
    reason: String,
}

/// The clear values of some fields; who asked, and why, goes to the audit log.
#[utoipa::path(post, path = "/api/people/{id}/reveal", tag = "people", operation_id = "reveal_person", params(("id" = String, Path)),
    request_body = RevealBody, responses((status = 200, body = RevealedView), Problems))]
pub async fn reveal_person(
    State(app): State<App>,
    Auth(ctx): Auth<RevealPeople>,
    PathId(id): PathId<String>,
    Body(body): Body<RevealBody>,
) -> ApiResult<Json<RevealedView>> {
    let fields = body.fields.iter().map(|name| name.parse()).collect::<Result<Vec<Field>>>()?;
    Ok(Json(view::reveal(&app.db, &ctx, &id, &fields, &body.reason).await?.into()))
}

/// Which events to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TimelineQuery {
    /// Only this kind.
    kind: Option<String>,
    /// How many items, 1 to 200; 50 if absent.
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// What happened to a person, newest first.
#[utoipa::path(get, path = "/api/people/{id}/timeline", tag = "people", operation_id = "list_person_timeline",
    params(("id" = String, Path), TimelineQuery), responses((status = 200, body = PageView<EventView>), Problems))]
pub async fn list_person_timeline(
    State(app): State<App>,
    Auth(ctx): Auth<ReadPeople>,
    PathId(id): PathId<String>,
    Params(query): Params<TimelineQuery>,
) -> ApiResult<Json<PageView<EventView>>> {
    let request = PageRequest::new(query.limit, query.cursor)?;
    let page = view::timeline(&app.db, &ctx, &id, query.kind.as_deref(), &request).await?;
    Ok(Json(PageView::of(page, EventView::from)))
}
