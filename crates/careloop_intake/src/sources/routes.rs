//! Sources and refused events over HTTP.

mod views;

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, Body, PageView, Params, PathId, Problems, Router};
use careloop_kernel::PageRequest;
use careloop_kernel::ids::SourceId;
use careloop_kernel::permissions::{ManageIntake, SignedIn};
use http::StatusCode;
use utoipa_axum::routes;

use super::service;
use crate::model::{NewSource, SourceChange};
use views::{
    CreatedSourceView, EventRejectView, NewSourceBody, RejectQuery, SourceChangeBody, SourceView, WriteKeyView,
};

/// The operations on sources.
pub fn router() -> Router {
    Router::new()
        .routes(routes!(list_sources, create_source))
        .routes(routes!(update_source))
        .routes(routes!(rotate_source_key))
        .routes(routes!(list_event_rejects))
}

/// Every source with what it has sent.
#[utoipa::path(get, path = "/api/sources", tag = "intake", operation_id = "list_sources",
    responses((status = 200, body = PageView<SourceView>), Problems))]
async fn list_sources(State(app): State<App>, Auth(ctx): Auth<SignedIn>) -> ApiResult<Json<PageView<SourceView>>> {
    let sources = service::list(&app.db, &ctx).await?;
    Ok(Json(PageView::whole(sources.into_iter().map(SourceView::from).collect())))
}

/// Registers a source; the answer holds the write key of an http source, which is never shown again.
#[utoipa::path(post, path = "/api/sources", tag = "intake", operation_id = "create_source",
    request_body = NewSourceBody, responses((status = 201, body = CreatedSourceView), Problems))]
async fn create_source(
    State(app): State<App>,
    Auth(ctx): Auth<ManageIntake>,
    Body(body): Body<NewSourceBody>,
) -> ApiResult<(StatusCode, Json<CreatedSourceView>)> {
    let new = NewSource { name: body.name, kind: body.kind.parse()?, strict: body.strict };
    let created = service::create(&app.db, &ctx, new).await?;
    Ok((StatusCode::CREATED, Json(CreatedSourceView::from(created))))
}

/// Renames, disables or changes the strictness of a source.
#[utoipa::path(patch, path = "/api/sources/{id}", tag = "intake", operation_id = "update_source",
    params(("id" = String, Path)), request_body = SourceChangeBody,
    responses((status = 200, body = SourceView), Problems))]
async fn update_source(
    State(app): State<App>,
    Auth(ctx): Auth<ManageIntake>,
    PathId(id): PathId<SourceId>,
    Body(body): Body<SourceChangeBody>,
) -> ApiResult<Json<SourceView>> {
    let change = SourceChange { name: body.name, strict: body.strict, disabled: body.disabled };
    let source = service::change(&app.db, &ctx, id, change).await?;
    let signed_in = ctx.require::<SignedIn>()?;
    let usage = service::list(&app.db, &signed_in).await?.into_iter().find(|usage| usage.source.ord == source.ord);
    let usage = usage.unwrap_or(service::SourceUse { source, record_count: 0, event_count: 0 });
    Ok(Json(SourceView::from(usage)))
}

/// Gives an http source a new write key; the old one stops working within a second.
#[utoipa::path(post, path = "/api/sources/{id}/rotate-key", tag = "intake", operation_id = "rotate_source_key",
    params(("id" = String, Path)), responses((status = 200, body = WriteKeyView), Problems))]
async fn rotate_source_key(
    State(app): State<App>,
    Auth(ctx): Auth<ManageIntake>,
    PathId(id): PathId<SourceId>,
) -> ApiResult<Json<WriteKeyView>> {
    let key = service::rotate_key(&app.db, &ctx, id).await?;
    Ok(Json(WriteKeyView { write_key: key.reveal().to_owned() }))
}

/// Events that were refused, newest first, with the reason. Personal data in them is masked.
#[utoipa::path(get, path = "/api/event-rejects", tag = "intake", operation_id = "list_event_rejects",
    params(RejectQuery), responses((status = 200, body = PageView<EventRejectView>), Problems))]
async fn list_event_rejects(
    State(app): State<App>,
    Auth(ctx): Auth<ManageIntake>,
    Params(query): Params<RejectQuery>,
) -> ApiResult<Json<PageView<EventRejectView>>> {
    let request = PageRequest::new(query.limit, query.cursor)?;
    let source = query.source_id.as_deref().map(str::parse).transpose()?;
    let page = service::list_rejects(&app.db, &ctx, source, &request).await?;
    Ok(Json(PageView::of(page, EventRejectView::from)))
}
