//! Activities over HTTP: for staff, and for visitors without a log-in.

mod public;
mod views;

use axum::extract::State;
use axum::{Extension, Json};
use careloop_http::{ApiResult, App, Auth, Body, PageQuery, PageView, Params, PathId, Problems, Router};
use careloop_kernel::ids::ActivityId;
use careloop_kernel::permissions::{EditSegments, ReadPeople, ReadSegments};
use careloop_segments::routes::RowsBody;
use http::StatusCode;
use utoipa_axum::routes;

use crate::{Turnstile, service};
use views::{ActivityView, AttendeeImportView, AttendeeView, NewActivityBody, UpdateActivityBody};

/// Every operation of this crate. The visitors' page shares one [`Turnstile`].
pub fn router() -> Router {
    Router::new()
        .routes(routes!(list_activities, create_activity))
        .routes(routes!(get_activity, update_activity))
        .routes(routes!(close_activity))
        .routes(routes!(reopen_activity))
        .routes(routes!(renew_activity_link))
        .routes(routes!(list_activity_attendees))
        .routes(routes!(import_activity_attendees))
        .routes(routes!(public::find_sign_in))
        .routes(routes!(public::sign_in_visitor))
        .layer(Extension(Turnstile::default()))
}

/// Lists activities, newest first.
#[utoipa::path(get, path = "/api/activities", tag = "activities", operation_id = "list_activities", params(PageQuery),
    responses((status = 200, body = PageView<ActivityView>), Problems))]
pub async fn list_activities(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
    Params(query): Params<PageQuery>,
) -> ApiResult<Json<PageView<ActivityView>>> {
    let page = service::list(&app.db, &ctx, &query.request()?).await?;
    Ok(Json(PageView::of(page, |activity| ActivityView::of(&ctx, activity))))
}

/// Makes an activity, and a static list for its attendees unless one is named.
#[utoipa::path(post, path = "/api/activities", tag = "activities", operation_id = "create_activity",
    request_body = NewActivityBody, responses((status = 201, body = ActivityView), Problems))]
pub async fn create_activity(
    State(app): State<App>,
    Auth(ctx): Auth<EditSegments>,
    Body(body): Body<NewActivityBody>,
) -> ApiResult<(StatusCode, Json<ActivityView>)> {
    let activity = service::create(&app.db, &ctx, &body.into()).await?;
    Ok((StatusCode::CREATED, Json(ActivityView::of(&ctx, activity))))
}

/// Shows an activity.
#[utoipa::path(get, path = "/api/activities/{id}", tag = "activities", operation_id = "get_activity",
    params(("id" = String, Path)), responses((status = 200, body = ActivityView), Problems))]
pub async fn get_activity(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
    PathId(id): PathId<ActivityId>,
) -> ApiResult<Json<ActivityView>> {
    Ok(Json(ActivityView::of(&ctx, service::get(&app.db, &ctx, id).await?)))
}

/// Changes name, place or window of an activity.
#[utoipa::path(patch, path = "/api/activities/{id}", tag = "activities", operation_id = "update_activity",
    params(("id" = String, Path)), request_body = UpdateActivityBody, responses((status = 200, body = ActivityView), Problems))]
pub async fn update_activity(
    State(app): State<App>,
    Auth(ctx): Auth<EditSegments>,
    PathId(id): PathId<ActivityId>,
    Body(body): Body<UpdateActivityBody>,
) -> ApiResult<Json<ActivityView>> {
    Ok(Json(ActivityView::of(&ctx, service::update(&app.db, &ctx, id, &body.into()).await?)))
}

/// Closes the door of an activity: nobody signs in until it is opened again.
#[utoipa::path(post, path = "/api/activities/{id}/close", tag = "activities", operation_id = "close_activity",
    params(("id" = String, Path)), responses((status = 200, body = ActivityView), Problems))]
pub async fn close_activity(
    State(app): State<App>,
    Auth(ctx): Auth<EditSegments>,
    PathId(id): PathId<ActivityId>,
) -> ApiResult<Json<ActivityView>> {
    Ok(Json(ActivityView::of(&ctx, service::close(&app.db, &ctx, id).await?)))
}

/// Opens the door of an activity again, for as long as its window lasts.
#[utoipa::path(post, path = "/api/activities/{id}/reopen", tag = "activities", operation_id = "reopen_activity",
    params(("id" = String, Path)), responses((status = 200, body = ActivityView), Problems))]
pub async fn reopen_activity(
    State(app): State<App>,
    Auth(ctx): Auth<EditSegments>,
    PathId(id): PathId<ActivityId>,
) -> ApiResult<Json<ActivityView>> {
    Ok(Json(ActivityView::of(&ctx, service::reopen(&app.db, &ctx, id).await?)))
}

/// Gives the visitors' page a new address; posters with the old one lead nowhere.
#[utoipa::path(post, path = "/api/activities/{id}/renew-link", tag = "activities", operation_id = "renew_activity_link",
    params(("id" = String, Path)), responses((status = 200, body = ActivityView), Problems))]
pub async fn renew_activity_link(
    State(app): State<App>,
    Auth(ctx): Auth<EditSegments>,
    PathId(id): PathId<ActivityId>,
) -> ApiResult<Json<ActivityView>> {
    Ok(Json(ActivityView::of(&ctx, service::renew_link(&app.db, &ctx, id).await?)))
}

/// Lists who attended, the latest first.
#[utoipa::path(get, path = "/api/activities/{id}/attendees", tag = "activities", operation_id = "list_activity_attendees",
    params(("id" = String, Path), PageQuery), responses((status = 200, body = PageView<AttendeeView>), Problems))]
pub async fn list_activity_attendees(
    State(app): State<App>,
    Auth(ctx): Auth<ReadPeople>,
    PathId(id): PathId<ActivityId>,
    Params(query): Params<PageQuery>,
) -> ApiResult<Json<PageView<AttendeeView>>> {
    let page = service::list_attendees(&app.db, &ctx, id, &query.request()?).await?;
    Ok(Json(PageView::of(page, AttendeeView::from)))
}

/// Notes that the people of a file attended; rows that mean nobody or several people are left out and reported by line.
#[utoipa::path(post, path = "/api/activities/{id}/attendees/import", tag = "activities",
    operation_id = "import_activity_attendees", params(("id" = String, Path)), request_body = RowsBody,
    responses((status = 200, body = AttendeeImportView), Problems))]
pub async fn import_activity_attendees(
    State(app): State<App>,
    Auth(ctx): Auth<EditSegments>,
    PathId(id): PathId<ActivityId>,
    Body(body): Body<RowsBody>,
) -> ApiResult<Json<AttendeeImportView>> {
    let import = service::import_attendees(&app.db, &ctx, id, &body.text).await?;
    app.wake.call();
    Ok(Json(import.into()))
}
