//! Doubts about who is who, and how good identity is.

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, Body, PageQuery, Params, Problems};
use careloop_kernel::ids::{DecisionId, RecordId};
use careloop_kernel::permissions::{MergePeople, ReadPeople};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::review_views::{QualityView, ReviewView, ReviewsView};
use crate::service::review::Verdict;
use crate::service::{quality, review};

/// Pairs of records that may be one person, likeliest first.
#[utoipa::path(get, path = "/api/identity/reviews", tag = "identity", operation_id = "list_identity_reviews", params(PageQuery),
    responses((status = 200, body = ReviewsView), Problems))]
pub async fn list_identity_reviews(
    State(app): State<App>,
    Auth(ctx): Auth<ReadPeople>,
    Params(query): Params<PageQuery>,
) -> ApiResult<Json<ReviewsView>> {
    Ok(Json(review::doubts(&app.db, &ctx, &query.request()?).await?.into()))
}

/// How many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SampleQuery {
    /// 1 to 50; 20 if none is given.
    limit: Option<u32>,
}

/// Pairs of records the program joined, drawn without looking at what they are and not checked yet.
#[utoipa::path(get, path = "/api/identity/samples", tag = "identity", operation_id = "list_identity_samples", params(SampleQuery),
    responses((status = 200, body = Vec<ReviewView>), Problems))]
pub async fn list_identity_samples(
    State(app): State<App>,
    Auth(ctx): Auth<ReadPeople>,
    Params(query): Params<SampleQuery>,
) -> ApiResult<Json<Vec<ReviewView>>> {
    let limit = query.limit.unwrap_or(20).clamp(1, 50);
    Ok(Json(review::samples(&app.db, &ctx, limit).await?.into_iter().map(Into::into).collect()))
}

/// Which records.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EvidenceQuery {
    /// `rec_…`
    #[param(value_type = String)]
    a: RecordId,
    /// `rec_…`
    #[param(value_type = String)]
    b: RecordId,
}

/// Why any two records are one person, or are not: each thing they were compared by, and its weight.
#[utoipa::path(get, path = "/api/identity/evidence", tag = "identity", operation_id = "get_identity_evidence", params(EvidenceQuery),
    responses((status = 200, body = ReviewView), Problems))]
pub async fn get_identity_evidence(
    State(app): State<App>,
    Auth(ctx): Auth<ReadPeople>,
    Params(query): Params<EvidenceQuery>,
) -> ApiResult<Json<ReviewView>> {
    Ok(Json(review::explain(&app.db, &ctx, [&query.a, &query.b]).await?.into()))
}

/// What somebody says about two records.
#[derive(Deserialize, ToSchema)]
pub struct DecisionBody {
    /// `rec_…`
    #[schema(value_type = String)]
    record_a: RecordId,
    /// `rec_…`
    #[schema(value_type = String)]
    record_b: RecordId,
    /// Whether they are one person.
    same: bool,
    /// At least three characters.
    reason: String,
    /// Whether it checks a sample rather than settles a doubt.
    #[serde(default)]
    sample: bool,
}

/// A decision that was written.
#[derive(Serialize, ToSchema)]
pub struct DecidedView {
    /// `dec_…`; names the decision when it is taken back.
    id: String,
}

/// Settles a doubt. It holds, whatever the records come to say, until it is taken back.
#[utoipa::path(post, path = "/api/identity/decisions", tag = "identity", operation_id = "decide_identity", request_body = DecisionBody,
    responses((status = 201, body = DecidedView), Problems))]
pub async fn decide_identity(
    State(app): State<App>,
    Auth(ctx): Auth<MergePeople>,
    Body(body): Body<DecisionBody>,
) -> ApiResult<(StatusCode, Json<DecidedView>)> {
    let DecisionBody { record_a, record_b, same, reason, sample } = &body;
    let verdict = Verdict { records: [record_a, record_b], same: *same, reason, sample: *sample };
    let id = review::decide(&app.db, &ctx, verdict).await?;
    app.wake.call();
    Ok((StatusCode::CREATED, Json(DecidedView { id: id.to_string() })))
}

/// Which decisions.
#[derive(Deserialize, ToSchema)]
pub struct DecisionsBody {
    /// `dec_…`; those of one merge or unmerge go together.
    #[schema(value_type = Vec<String>)]
    ids: Vec<DecisionId>,
}

/// Takes decisions back, all or none of them; what the records say counts again.
#[utoipa::path(post, path = "/api/identity/decisions/withdraw", tag = "identity", operation_id = "withdraw_identity_decisions",
    request_body = DecisionsBody, responses((status = 204), Problems))]
pub async fn withdraw_identity_decisions(
    State(app): State<App>,
    Auth(ctx): Auth<MergePeople>,
    Body(body): Body<DecisionsBody>,
) -> ApiResult<StatusCode> {
    review::withdraw(&app.db, &ctx, &body.ids).await?;
    app.wake.call();
    Ok(StatusCode::NO_CONTENT)
}

/// Lets decisions hold again that were taken back, all or none of them; refused once somebody has decided anew.
#[utoipa::path(post, path = "/api/identity/decisions/restore", tag = "identity", operation_id = "restore_identity_decisions",
    request_body = DecisionsBody, responses((status = 204), Problems))]
pub async fn restore_identity_decisions(
    State(app): State<App>,
    Auth(ctx): Auth<MergePeople>,
    Body(body): Body<DecisionsBody>,
) -> ApiResult<StatusCode> {
    review::restore(&app.db, &ctx, &body.ids).await?;
    app.wake.call();
    Ok(StatusCode::NO_CONTENT)
}

/// How good identity is: sizes of clusters, shared identifiers, sources, checked links, trend, weights.
#[utoipa::path(get, path = "/api/identity/quality", tag = "identity", operation_id = "get_identity_quality",
    responses((status = 200, body = QualityView), Problems))]
pub async fn get_identity_quality(State(app): State<App>, Auth(ctx): Auth<ReadPeople>) -> ApiResult<Json<QualityView>> {
    Ok(Json(quality::quality(&app.db, &ctx).await?.into()))
}
