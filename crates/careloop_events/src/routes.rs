//! The log and its vocabulary over HTTP.

mod views;

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, PageView, Params, Problems, Router};
use careloop_kernel::PageRequest;
use careloop_kernel::permissions::{ReadEvents, SignedIn};
use utoipa_axum::routes;

use crate::{catalogue, service};

pub use views::{EventKindFieldView, EventKindView, EventQuery, EventView};

/// The routes of this feature.
pub fn router() -> Router {
    Router::new().routes(routes!(list_event_kinds)).routes(routes!(list_events))
}

/// Every registered kind of event with its fields.
#[utoipa::path(get, path = "/api/event-kinds", tag = "events", operation_id = "list_event_kinds",
    responses((status = 200, body = PageView<EventKindView>), Problems))]
async fn list_event_kinds(Auth(_ctx): Auth<SignedIn>) -> ApiResult<Json<PageView<EventKindView>>> {
    Ok(Json(PageView::whole(catalogue().kinds().iter().map(EventKindView::from).collect())))
}

/// The log, newest first. A page may be short and yet have a cursor.
#[utoipa::path(get, path = "/api/events", tag = "events", operation_id = "list_events", params(EventQuery),
    responses((status = 200, body = PageView<EventView>), Problems))]
async fn list_events(
    State(app): State<App>,
    Auth(ctx): Auth<ReadEvents>,
    Params(query): Params<EventQuery>,
) -> ApiResult<Json<PageView<EventView>>> {
    let request = PageRequest::new(query.limit, query.cursor)?;
    let (kind, source) = (query.kind.as_deref(), query.source_id.as_deref());
    let page = service::list(&app.db, &ctx, kind, source, &request).await?;
    Ok(Json(PageView::of(page, EventView::from)))
}
