//! Work on many people.

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, Body, PageQuery, PageView, Params, PathId, Problems};
use careloop_kernel::Result;
use careloop_kernel::ids::{BulkActionId, SegmentId};
use careloop_kernel::permissions::{EditTags, ReadSegments};
use http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::service::{self, BulkTag};

use super::bulk_views::{BulkActionView, BulkTagBody};

/// Which actions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BulkQuery {
    /// Only those of this list.
    #[param(value_type = Option<String>)]
    pub segment: Option<SegmentId>,
    /// How many, 1 to 200; 50 if absent.
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Lists work on many people, newest first.
#[utoipa::path(get, path = "/api/bulk-actions", tag = "segments", operation_id = "list_bulk_actions", params(BulkQuery),
    responses((status = 200, body = PageView<BulkActionView>), Problems))]
pub(super) async fn list_bulk_actions(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
    Params(query): Params<BulkQuery>,
) -> ApiResult<Json<PageView<BulkActionView>>> {
    let request = PageQuery { limit: query.limit, cursor: query.cursor }.request()?;
    let page = service::list_bulk_actions(&app.db, &ctx, query.segment, &request).await?;
    let next_cursor = page.next.map(|cursor| cursor.0);
    let items = page.items.into_iter().map(BulkActionView::try_from).collect::<Result<_>>()?;
    Ok(Json(PageView { items, next_cursor, total: None }))
}

/// Sets or removes a tag on many people; answers at once, the work goes on.
#[utoipa::path(post, path = "/api/bulk-actions/tags", tag = "segments", operation_id = "start_bulk_tag", request_body = BulkTagBody,
    responses((status = 202, body = BulkActionView), Problems))]
pub(super) async fn start_bulk_tag(
    State(app): State<App>,
    Auth(ctx): Auth<EditTags>,
    Body(body): Body<BulkTagBody>,
) -> ApiResult<(StatusCode, Json<BulkActionView>)> {
    let whom = body.whom.whom()?;
    let action = if body.remove {
        service::untag_people(&app.db, &ctx, (&body.tag, &body.value), &whom).await?
    } else {
        let reason = body.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        let tag = BulkTag { tag: body.tag, value: body.value, reason, until_on: body.until_on };
        service::tag_people(&app.db, &ctx, tag, &whom).await?
    };
    app.wake.call();
    Ok((StatusCode::ACCEPTED, Json(action.try_into()?)))
}

/// Shows how far work on many people has come.
#[utoipa::path(get, path = "/api/bulk-actions/{id}", tag = "segments", operation_id = "get_bulk_action",
    params(("id" = String, Path, description = "the action")),
    responses((status = 200, body = BulkActionView), Problems))]
pub(super) async fn get_bulk_action(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
    PathId(id): PathId<BulkActionId>,
) -> ApiResult<Json<BulkActionView>> {
    Ok(Json(service::get_bulk_action(&app.db, &ctx, id).await?.try_into()?))
}

/// Stops work on many people; what was done by then stands.
#[utoipa::path(post, path = "/api/bulk-actions/{id}/cancel", tag = "segments", operation_id = "cancel_bulk_action",
    params(("id" = String, Path, description = "the action")),
    responses((status = 200, body = BulkActionView), Problems))]
pub(super) async fn cancel_bulk_action(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
    PathId(id): PathId<BulkActionId>,
) -> ApiResult<Json<BulkActionView>> {
    Ok(Json(service::cancel_bulk_action(&app.db, &ctx, id).await?.try_into()?))
}

/// Takes work on many people back; what somebody decided since stays.
#[utoipa::path(post, path = "/api/bulk-actions/{id}/undo", tag = "segments", operation_id = "undo_bulk_action",
    params(("id" = String, Path, description = "the action")),
    responses((status = 202, body = BulkActionView), Problems))]
pub(super) async fn undo_bulk_action(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
    PathId(id): PathId<BulkActionId>,
) -> ApiResult<(StatusCode, Json<BulkActionView>)> {
    let action = service::undo_bulk_action(&app.db, &ctx, id).await?;
    app.wake.call();
    Ok((StatusCode::ACCEPTED, Json(action.try_into()?)))
}
