//! People like a segment's members.

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, Body, PathId, Problems};
use careloop_kernel::ids::SegmentId;
use careloop_kernel::permissions::{EditSegments, ReadSegments};
use careloop_profiles::{ClinicNames, clinic_names, tag_library};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::lookalike::Feature;
use crate::model::NewList;
use crate::service::{self, Lookalike};

use super::bulk_views::BulkActionView;
use super::lists::NewListView;
use super::views::SegmentPersonView;

/// What tells a segment's members from others, and who else is like them.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookalikeView {
    /// Members.
    pub members: u64,
    /// Everybody else.
    pub others: u64,
    /// What tells them apart, the most telling first.
    pub features: Vec<FeatureView>,
    /// Others for whom more speaks than against.
    pub candidates: u64,
    /// How many one gets down to a score.
    pub curve: Vec<CutView>,
    /// The most alike.
    pub first: Vec<AlikeView>,
}

/// A value that tells members from others.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeatureView {
    /// The tag.
    pub tag: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// The value.
    pub value: String,
    /// Chinese label.
    pub label_zh: String,
    /// English label.
    pub label_en: String,
    /// Members with it.
    pub members: u64,
    /// Others with it.
    pub others: u64,
    /// Share of the members, 0 to 1.
    pub members_share: f64,
    /// Share of the others.
    pub others_share: f64,
    /// How much more often members have it.
    pub lift: f64,
    /// What it adds to a score, in bits; one bit doubles the odds.
    pub bits: f64,
}

/// A place where the ranking can be cut.
#[derive(Debug, Serialize, ToSchema)]
pub struct CutView {
    /// How many people one gets.
    pub count: u64,
    /// The least score among them, in bits.
    pub bits: f64,
}

/// Somebody who is like the members.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlikeView {
    /// Who.
    pub person: SegmentPersonView,
    /// The score, in bits.
    pub bits: f64,
    /// The features that speak for them most, by their place in the list.
    pub reasons: Vec<usize>,
}

fn bits(millibits: i64) -> f64 {
    millibits as f64 / 1000.0
}

fn share(of: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { of as f64 / all as f64 }
}

fn feature_view(feature: Feature, (members, others): (u64, u64), clinics: &ClinicNames) -> FeatureView {
    let counted = feature.counted;
    let tag = tag_library().find(&counted.tag);
    let (label_zh, label_en) = tag.map_or_else(Default::default, |tag| tag.labels(&counted.value, clinics));
    FeatureView {
        name_zh: tag.map_or_else(String::new, |tag| tag.zh.clone()),
        name_en: tag.map_or_else(String::new, |tag| tag.en.clone()),
        label_zh,
        label_en,
        members_share: share(counted.members, members),
        others_share: share(counted.others, others),
        lift: feature.lift,
        bits: bits(feature.millibits),
        tag: counted.tag,
        value: counted.value,
        members: counted.members,
        others: counted.others,
    }
}

fn view(found: Lookalike, clinics: &ClinicNames) -> LookalikeView {
    let sizes = (found.members, found.others);
    let alike =
        |one: service::Alike| AlikeView { person: one.card.into(), bits: bits(one.millibits), reasons: one.reasons };
    LookalikeView {
        members: found.members,
        others: found.others,
        features: found.features.into_iter().map(|feature| feature_view(feature, sizes, clinics)).collect(),
        candidates: found.candidates,
        curve: found.curve.into_iter().map(|(count, score)| CutView { count, bits: bits(score) }).collect(),
        first: found.first.into_iter().map(alike).collect(),
    }
}

/// Learns what tells a segment's members from others, and ranks the others by it.
#[utoipa::path(get, path = "/api/segments/{id}/lookalike", tag = "segments", operation_id = "get_segment_lookalike",
    params(("id" = String, Path, description = "the segment")),
    responses((status = 200, body = LookalikeView), Problems))]
pub(super) async fn get_segment_lookalike(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
    PathId(id): PathId<SegmentId>,
) -> ApiResult<Json<LookalikeView>> {
    let found = service::lookalike(&app.db, &ctx, id).await?;
    Ok(Json(view(found, &clinic_names(app.db.read()).await?)))
}

/// A list of the most alike.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookalikeListBody {
    /// The name, 1 to 80 characters, unique among segments.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// How many people to take.
    pub count: u64,
}

/// Puts the people most like a segment's members on a new list.
#[utoipa::path(post, path = "/api/segments/{id}/lookalike", tag = "segments", operation_id = "create_segment_lookalike_list",
    params(("id" = String, Path, description = "the segment")), request_body = LookalikeListBody,
    responses((status = 201, body = NewListView), Problems))]
pub(super) async fn create_segment_lookalike_list(
    State(app): State<App>,
    Auth(ctx): Auth<EditSegments>,
    PathId(id): PathId<SegmentId>,
    Body(body): Body<LookalikeListBody>,
) -> ApiResult<(StatusCode, Json<NewListView>)> {
    let new = NewList { name: body.name, description: body.description };
    let (segment, action) = service::create_lookalike_list(&app.db, &ctx, (id, &new), body.count).await?;
    app.wake.call();
    let action = action.map(BulkActionView::try_from).transpose()?;
    Ok((StatusCode::CREATED, Json(NewListView { segment: segment.into(), action })))
}
