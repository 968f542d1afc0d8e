//! Touch plans over HTTP.

mod views;

use axum::extract::State;
use axum::{Extension, Json};
use careloop_http::{ApiResult, App, Auth, Body, PageQuery, PageView, Params, PathId, Problems, Router};
use careloop_kernel::ids::{IntentId, TouchPlanId};
use careloop_kernel::permissions::{EditOutreach, ReadOutreach, SettleOutreach};
use http::StatusCode;
use utoipa_axum::routes;

use crate::channel::Outreach;
use crate::service;
use views::{ChannelView, IntentQuery, IntentView, SettleBody, TouchPlanBody, TouchPlanView};

/// Every operation of this crate. It needs an [`Outreach`] as an extension.
pub fn router() -> Router {
    Router::new()
        .routes(routes!(list_touch_plans, create_touch_plan))
        .routes(routes!(get_touch_plan, update_touch_plan))
        .routes(routes!(pause_touch_plan))
        .routes(routes!(resume_touch_plan))
        .routes(routes!(list_intents))
        .routes(routes!(settle_intent))
        .routes(routes!(list_channels))
}

/// Touch plans, newest first.
#[utoipa::path(get, path = "/api/touch-plans", tag = "outreach", operation_id = "list_touch_plans", params(PageQuery),
    responses((status = 200, body = PageView<TouchPlanView>), Problems))]
pub async fn list_touch_plans(
    State(app): State<App>,
    Auth(ctx): Auth<ReadOutreach>,
    Params(query): Params<PageQuery>,
) -> ApiResult<Json<PageView<TouchPlanView>>> {
    let page = service::list(&app.db, &ctx, &query.request()?).await?;
    Ok(Json(PageView::of(page, TouchPlanView::of)))
}

/// Makes a touch plan; it touches who enters the segment from now on.
#[utoipa::path(post, path = "/api/touch-plans", tag = "outreach", operation_id = "create_touch_plan",
    request_body = TouchPlanBody, responses((status = 201, body = TouchPlanView), Problems))]
pub async fn create_touch_plan(
    State(app): State<App>,
    Auth(ctx): Auth<EditOutreach>,
    Body(body): Body<TouchPlanBody>,
) -> ApiResult<(StatusCode, Json<TouchPlanView>)> {
    let plan = service::create(&app.db, &ctx, body.draft()?).await?;
    Ok((StatusCode::CREATED, Json(TouchPlanView::of((plan, Default::default())))))
}

/// One touch plan.
#[utoipa::path(get, path = "/api/touch-plans/{id}", tag = "outreach", operation_id = "get_touch_plan",
    params(("id" = String, Path)), responses((status = 200, body = TouchPlanView), Problems))]
pub async fn get_touch_plan(
    State(app): State<App>,
    Auth(ctx): Auth<ReadOutreach>,
    PathId(id): PathId<TouchPlanId>,
) -> ApiResult<Json<TouchPlanView>> {
    Ok(Json(TouchPlanView::of(service::get(&app.db, &ctx, id).await?)))
}

/// Changes a touch plan; what waits is touched by the new one.
#[utoipa::path(patch, path = "/api/touch-plans/{id}", tag = "outreach", operation_id = "update_touch_plan",
    params(("id" = String, Path)), request_body = TouchPlanBody,
    responses((status = 200, body = TouchPlanView), Problems))]
pub async fn update_touch_plan(
    State(app): State<App>,
    Auth(ctx): Auth<EditOutreach>,
    PathId(id): PathId<TouchPlanId>,
    Body(body): Body<TouchPlanBody>,
) -> ApiResult<Json<TouchPlanView>> {
    service::update(&app.db, &ctx, id, body.draft()?).await?;
    Ok(Json(TouchPlanView::of(service::get(&app.db, &ctx.require()?, id).await?)))
}

/// Pauses a touch plan: what waits is held, who enters meanwhile is not touched.
#[utoipa::path(post, path = "/api/touch-plans/{id}/pause", tag = "outreach", operation_id = "pause_touch_plan",
    params(("id" = String, Path)), responses((status = 200, body = TouchPlanView), Problems))]
pub async fn pause_touch_plan(
    State(app): State<App>,
    Auth(ctx): Auth<EditOutreach>,
    PathId(id): PathId<TouchPlanId>,
) -> ApiResult<Json<TouchPlanView>> {
    service::pause(&app.db, &ctx, id).await?;
    Ok(Json(TouchPlanView::of(service::get(&app.db, &ctx.require()?, id).await?)))
}

/// Resumes a touch plan.
#[utoipa::path(post, path = "/api/touch-plans/{id}/resume", tag = "outreach", operation_id = "resume_touch_plan",
    params(("id" = String, Path)), responses((status = 200, body = TouchPlanView), Problems))]
pub async fn resume_touch_plan(
    State(app): State<App>,
    Auth(ctx): Auth<EditOutreach>,
    PathId(id): PathId<TouchPlanId>,
) -> ApiResult<Json<TouchPlanView>> {
    service::resume(&app.db, &ctx, id).await?;
    app.wake.call();
    Ok(Json(TouchPlanView::of(service::get(&app.db, &ctx.require()?, id).await?)))
}

/// The touches of a plan, newest first.
#[utoipa::path(get, path = "/api/touch-plans/{id}/intents", tag = "outreach", operation_id = "list_intents",
    params(("id" = String, Path), IntentQuery), responses((status = 200, body = PageView<IntentView>), Problems))]
pub async fn list_intents(
    State(app): State<App>,
    Auth(ctx): Auth<ReadOutreach>,
    PathId(id): PathId<TouchPlanId>,
    Params(query): Params<IntentQuery>,
) -> ApiResult<Json<PageView<IntentView>>> {
    let state = query.state.as_deref().filter(|text| !text.is_empty()).map(str::parse).transpose()?;
    let request = PageQuery { limit: query.limit, cursor: query.cursor }.request()?;
    let page = service::list_intents(&app.db, &ctx, id, state, &request).await?;
    Ok(Json(PageView::of(page, Into::into)))
}

/// Settles a touch whose fate is unknown, once somebody has found out.
#[utoipa::path(post, path = "/api/intents/{id}/settle", tag = "outreach", operation_id = "settle_intent",
    params(("id" = String, Path)), request_body = SettleBody, responses((status = 200, body = IntentView), Problems))]
pub async fn settle_intent(
    State(app): State<App>,
    Auth(ctx): Auth<SettleOutreach>,
    PathId(id): PathId<IntentId>,
    Body(body): Body<SettleBody>,
) -> ApiResult<Json<IntentView>> {
    let intent = service::settle(&app.db, &ctx, id, body.sent()?).await?;
    Ok(Json(intent.into()))
}

/// The channels there are, and whether each is ready.
#[utoipa::path(get, path = "/api/outreach/channels", tag = "outreach", operation_id = "list_channels",
    responses((status = 200, body = PageView<ChannelView>), Problems))]
pub async fn list_channels(
    Extension(outreach): Extension<Outreach>,
    Auth(ctx): Auth<ReadOutreach>,
) -> Json<PageView<ChannelView>> {
    let channels = service::channels(&outreach, &ctx);
    Json(PageView::whole(channels.into_iter().map(ChannelView::of).collect()))
}
