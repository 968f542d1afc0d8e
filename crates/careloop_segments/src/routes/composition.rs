//! What a segment's members are like, and how their number came about.

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, PageView, PathId, Problems};
use careloop_kernel::ids::SegmentId;
use careloop_kernel::permissions::ReadSegments;
use careloop_profiles::{ClinicNames, clinic_names};
use serde::Serialize;
use utoipa::ToSchema;

use crate::service::{self, TagShares, TrendDay};

/// Members by the values of a few tags, beside everybody.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompositionView {
    /// Members.
    pub members: u64,
    /// Everybody.
    pub people: u64,
    /// The tags that some member has.
    pub tags: Vec<TagSharesView>,
}

/// The values of one tag.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagSharesView {
    /// The tag.
    pub tag: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// Values that some member has, the most common first.
    pub values: Vec<ValueShareView>,
}

/// One value of a tag.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValueShareView {
    /// As written in rules.
    pub value: String,
    /// Chinese label.
    pub label_zh: String,
    /// English label.
    pub label_en: String,
    /// Members with it.
    pub members: u64,
    /// Everybody with it.
    pub people: u64,
}

fn shares_view(shares: TagShares, clinics: &ClinicNames) -> TagSharesView {
    let value = |(value, members, people): (String, u64, u64)| {
        let (label_zh, label_en) = shares.tag.labels(&value, clinics);
        ValueShareView { value, label_zh, label_en, members, people }
    };
    TagSharesView {
        tag: shares.tag.id.clone(),
        name_zh: shares.tag.zh.clone(),
        name_en: shares.tag.en.clone(),
        values: shares.values.into_iter().map(value).collect(),
    }
}

/// Counts a segment's members by what they are: gender, age, clinic, stage, worth.
#[utoipa::path(get, path = "/api/segments/{id}/composition", tag = "segments", operation_id = "get_segment_composition",
    params(("id" = String, Path, description = "the segment")),
    responses((status = 200, body = CompositionView), Problems))]
pub(super) async fn get_segment_composition(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
    PathId(id): PathId<SegmentId>,
) -> ApiResult<Json<CompositionView>> {
    let found = service::composition(&app.db, &ctx, id).await?;
    let clinics = clinic_names(app.db.read()).await?;
    let tags = found.tags.into_iter().map(|shares| shares_view(shares, &clinics)).collect();
    Ok(Json(CompositionView { members: found.members, people: found.people, tags }))
}

/// One day of a segment.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrendDayView {
    /// The day.
    pub day: String,
    /// Entries.
    pub entered: u64,
    /// Exits.
    pub exited: u64,
    /// Members at its end.
    pub count: u64,
}

impl From<TrendDay> for TrendDayView {
    fn from(day: TrendDay) -> Self {
        Self { day: day.day.to_string(), entered: day.entered, exited: day.exited, count: day.count }
    }
}

/// Gives entries, exits and members by day, for the last 90 days.
#[utoipa::path(get, path = "/api/segments/{id}/trend", tag = "segments", operation_id = "get_segment_trend",
    params(("id" = String, Path, description = "the segment")),
    responses((status = 200, body = PageView<TrendDayView>), Problems))]
pub(super) async fn get_segment_trend(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
    PathId(id): PathId<SegmentId>,
) -> ApiResult<Json<PageView<TrendDayView>>> {
    let days = service::trend(&app.db, &ctx, id).await?;
    Ok(Json(PageView::whole(days.into_iter().map(TrendDayView::from).collect())))
}
