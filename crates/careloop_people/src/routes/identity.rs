//! How a person was pieced together; merge and unmerge.

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, Body, PathId, Problems};
use careloop_kernel::ids::RecordId;
use careloop_kernel::permissions::{MergePeople, ReadPeople};
use serde::Deserialize;
use utoipa::ToSchema;

use super::views::{IdentityView, PersonView};
use crate::service::{identity, view};

/// The records, why they belong together, what people decided, and what became of the ids.
#[utoipa::path(get, path = "/api/people/{id}/identity", tag = "people", operation_id = "get_identity", params(("id" = String, Path)),
    responses((status = 200, body = IdentityView), Problems))]
pub async fn get_identity(
    State(app): State<App>,
    Auth(ctx): Auth<ReadPeople>,
    PathId(id): PathId<String>,
) -> ApiResult<Json<IdentityView>> {
    Ok(Json(identity::identity(&app.db, &ctx, &id).await?.into()))
}

/// With whom to merge, and why.
#[derive(Deserialize, ToSchema)]
pub struct MergeBody {
    /// The other person.
    other_id: String,
    /// At least three characters.
    reason: String,
}

/// Says that two persons are one. It holds until somebody unmerges them.
#[utoipa::path(post, path = "/api/people/{id}/merge", tag = "people", operation_id = "merge_people", params(("id" = String, Path)),
    request_body = MergeBody, responses((status = 200, body = PersonView), Problems))]
pub async fn merge_people(
    State(app): State<App>,
    Auth(ctx): Auth<MergePeople>,
    PathId(id): PathId<String>,
    Body(body): Body<MergeBody>,
) -> ApiResult<Json<PersonView>> {
    identity::merge(&app.db, &ctx, (&id, &body.other_id), &body.reason).await?;
    app.wake.call();
    Ok(Json(view::get(&app.db, &ctx.require()?, &id).await?.into()))
}

/// Which records are somebody else, and why.
#[derive(Deserialize, ToSchema)]
pub struct UnmergeBody {
    /// Some, but not all, of the person's records.
    #[schema(value_type = Vec<String>)]
    record_ids: Vec<RecordId>,
    /// At least three characters.
    reason: String,
}

/// Says that some records are somebody else. Answers with the person that keeps the others.
#[utoipa::path(post, path = "/api/people/{id}/unmerge", tag = "people", operation_id = "unmerge_person", params(("id" = String, Path)),
    request_body = UnmergeBody, responses((status = 200, body = PersonView), Problems))]
pub async fn unmerge_person(
    State(app): State<App>,
    Auth(ctx): Auth<MergePeople>,
    PathId(id): PathId<String>,
    Body(body): Body<UnmergeBody>,
) -> ApiResult<Json<PersonView>> {
    let stays = identity::unmerge(&app.db, &ctx, &id, &body.record_ids, &body.reason).await?;
    app.wake.call();
    Ok(Json(view::get(&app.db, &ctx.require()?, &stays.to_string()).await?.into()))
}
