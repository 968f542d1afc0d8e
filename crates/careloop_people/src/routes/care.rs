//! Notes, owner, consents.

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, Body, PageQuery, PageView, Params, PathId, Problems};
use careloop_kernel::ids::{NoteId, StaffId};
use careloop_kernel::permissions::{EditPeople, ReadPeople};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::views::{ConsentView, NoteIdView, NoteView};
use crate::service::care;

/// The notes on a person, newest first.
#[utoipa::path(get, path = "/api/people/{id}/notes", tag = "people", operation_id = "list_notes", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = PageView<NoteView>), Problems))]
pub async fn list_notes(
    State(app): State<App>,
    Auth(ctx): Auth<ReadPeople>,
    PathId(id): PathId<String>,
    Params(query): Params<PageQuery>,
) -> ApiResult<Json<PageView<NoteView>>> {
    let page = care::notes(&app.db, &ctx, &id, &query.request()?).await?;
    Ok(Json(PageView::of(page, NoteView::from)))
}

/// A note to write.
#[derive(Deserialize, ToSchema)]
pub struct NoteBody {
    /// 1 to 10,000 characters; stored sealed.
    text: String,
}

/// Writes a note.
#[utoipa::path(post, path = "/api/people/{id}/notes", tag = "people", operation_id = "add_note", params(("id" = String, Path)),
    request_body = NoteBody, responses((status = 201, body = NoteIdView), Problems))]
pub async fn add_note(
    State(app): State<App>,
    Auth(ctx): Auth<EditPeople>,
    PathId(id): PathId<String>,
    Body(body): Body<NoteBody>,
) -> ApiResult<(StatusCode, Json<NoteIdView>)> {
    let note = care::add_note(&app.db, &ctx, &id, &body.text).await?;
    app.wake.call();
    Ok((StatusCode::CREATED, Json(NoteIdView { id: note.to_string() })))
}

/// Destroys a note.
#[utoipa::path(delete, path = "/api/people/{id}/notes/{note_id}", tag = "people", operation_id = "erase_note",
    params(("id" = String, Path), ("note_id" = String, Path)), responses((status = 204), Problems))]
pub async fn erase_note(
    State(app): State<App>,
    Auth(ctx): Auth<EditPeople>,
    PathId((id, note)): PathId<(String, NoteId)>,
) -> ApiResult<StatusCode> {
    care::erase_note(&app.db, &ctx, &id, note).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is to look after a person.
#[derive(Deserialize, ToSchema)]
pub struct OwnerBody {
    /// A member of staff; null for nobody.
    #[schema(value_type = Option<String>)]
    staff_id: Option<StaffId>,
}

/// Hands a person to a member of staff, or to nobody.
#[utoipa::path(put, path = "/api/people/{id}/owner", tag = "people", operation_id = "set_person_owner", params(("id" = String, Path)),
    request_body = OwnerBody, responses((status = 204), Problems))]
pub async fn set_owner(
    State(app): State<App>,
    Auth(ctx): Auth<EditPeople>,
    PathId(id): PathId<String>,
    Body(body): Body<OwnerBody>,
) -> ApiResult<StatusCode> {
    care::set_owner(&app.db, &ctx, &id, body.staff_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What somebody said about a channel.
#[derive(Deserialize, ToSchema)]
pub struct ConsentBody {
    /// email, sms, wecom, phone or all
    channel: String,
    /// granted or refused
    state: String,
    /// How you know: a form, a call, a message.
    proof: String,
}

/// Writes down what somebody said about a channel; answers with the latest word on each.
#[utoipa::path(put, path = "/api/people/{id}/consents", tag = "people", operation_id = "set_consent", params(("id" = String, Path)),
    request_body = ConsentBody, responses((status = 200, body = Vec<ConsentView>), Problems))]
pub async fn set_consent(
    State(app): State<App>,
    Auth(ctx): Auth<EditPeople>,
    PathId(id): PathId<String>,
    Body(body): Body<ConsentBody>,
) -> ApiResult<Json<Vec<ConsentView>>> {
    let said = (body.channel.parse()?, body.state.parse()?);
    let latest = care::set_consent(&app.db, &ctx, &id, said, &body.proof).await?;
    app.wake.call();
    Ok(Json(latest.into_iter().map(ConsentView::from).collect()))
}
