//! Static lists.

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, Body, PathId, Problems};
use careloop_kernel::ids::SegmentId;
use careloop_kernel::permissions::EditSegments;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::NewList;
use crate::service;

use super::bulk_views::{BulkActionView, RowsReportView, WhomBody};
use super::views::SegmentView;

/// A new list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewListBody {
    /// The name, 1 to 80 characters, unique among segments.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Whom to put on it at once.
    #[serde(default)]
    pub whom: WhomBody,
}

/// A list that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewListView {
    /// The list.
    pub segment: SegmentView,
    /// The work of putting people on it.
    pub action: Option<BulkActionView>,
}

/// Makes a static list: a segment whose members are chosen.
#[utoipa::path(post, path = "/api/segments/lists", tag = "segments", operation_id = "create_segment_list", request_body = NewListBody,
    responses((status = 201, body = NewListView), Problems))]
pub(super) async fn create_segment_list(
    State(app): State<App>,
    Auth(ctx): Auth<EditSegments>,
    Body(body): Body<NewListBody>,
) -> ApiResult<(StatusCode, Json<NewListView>)> {
    let new = NewList { name: body.name, description: body.description };
    let whom = body.whom.optional()?;
    let (segment, action) = service::create_list(&app.db, &ctx, &new, whom.as_ref()).await?;
    app.wake.call();
    let action = action.map(BulkActionView::try_from).transpose()?;
    Ok((StatusCode::CREATED, Json(NewListView { segment: segment.into(), action })))
}

/// Puts people on a list; answers at once, the work goes on.
#[utoipa::path(post, path = "/api/segments/{id}/list/add", tag = "segments", operation_id = "add_segment_list_people",
    params(("id" = String, Path, description = "the list")), request_body = WhomBody,
    responses((status = 202, body = BulkActionView), Problems))]
pub(super) async fn add_segment_list_people(
    State(app): State<App>,
    Auth(ctx): Auth<EditSegments>,
    PathId(id): PathId<SegmentId>,
    Body(body): Body<WhomBody>,
) -> ApiResult<(StatusCode, Json<BulkActionView>)> {
    let action = service::add_to_list(&app.db, &ctx, id, &body.whom()?).await?;
    app.wake.call();
    Ok((StatusCode::ACCEPTED, Json(action.try_into()?)))
}

/// Takes people off a list; answers at once, the work goes on.
#[utoipa::path(post, path = "/api/segments/{id}/list/remove", tag = "segments", operation_id = "remove_segment_list_people",
    params(("id" = String, Path, description = "the list")), request_body = WhomBody,
    responses((status = 202, body = BulkActionView), Problems))]
pub(super) async fn remove_segment_list_people(
    State(app): State<App>,
    Auth(ctx): Auth<EditSegments>,
    PathId(id): PathId<SegmentId>,
    Body(body): Body<WhomBody>,
) -> ApiResult<(StatusCode, Json<BulkActionView>)> {
    let action = service::remove_from_list(&app.db, &ctx, id, &body.whom()?).await?;
    app.wake.call();
    Ok((StatusCode::ACCEPTED, Json(action.try_into()?)))
}

/// A file of people.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RowsBody {
    /// CSV text, one person a row: a person's id, `SOURCE:NUMBER` or a phone in any column.
    pub text: String,
}

/// Tells what importing a file to a list would do, by line; nothing is written.
#[utoipa::path(post, path = "/api/segments/lists/check", tag = "segments", operation_id = "check_segment_list_rows", request_body = RowsBody,
    responses((status = 200, body = RowsReportView), Problems))]
pub(super) async fn check_segment_list_rows(
    State(app): State<App>,
    Auth(ctx): Auth<EditSegments>,
    Body(body): Body<RowsBody>,
) -> ApiResult<Json<RowsReportView>> {
    Ok(Json(service::check_list_rows(&app.db, &ctx, &body.text).await?.into()))
}

/// Puts the people of a file on a list; rows that mean nobody or several people are left out and reported by line.
#[utoipa::path(post, path = "/api/segments/{id}/list/import", tag = "segments", operation_id = "import_segment_list_rows",
    params(("id" = String, Path, description = "the list")), request_body = RowsBody,
    responses((status = 202, body = BulkActionView), Problems))]
pub(super) async fn import_segment_list_rows(
    State(app): State<App>,
    Auth(ctx): Auth<EditSegments>,
    PathId(id): PathId<SegmentId>,
    Body(body): Body<RowsBody>,
) -> ApiResult<(StatusCode, Json<BulkActionView>)> {
    let action = service::import_to_list(&app.db, &ctx, id, &body.text).await?;
    app.wake.call();
    Ok((StatusCode::ACCEPTED, Json(action.try_into()?)))
}
