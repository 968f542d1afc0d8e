//! A tag's values over time.

use std::time::Duration;

use axum::extract::State;
use axum::{Extension, Json};
use careloop_http::{ApiResult, App, Auth, PathId, Problems};
use careloop_kernel::permissions::ReadSegments;
use careloop_profiles::{ClinicNames, clinic_names};
use serde::Serialize;
use utoipa::ToSchema;

use crate::service::{self, TagTrend, TagTrends, Trended};

/// How long an answer is waited for before it is told how far the counting is.
const PATIENCE: Duration = Duration::from_secs(2);

/// One value of a tag over time.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValueTrendView {
    /// As written in rules.
    pub value: String,
    /// Chinese label.
    pub label_zh: String,
    /// English label.
    pub label_en: String,
    /// People with it at the end of each day.
    pub counts: Vec<u64>,
}

/// A tag over the last 13 weeks.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct TagTrendView {
    /// How many per cent of the counting are done. Below 100 the rest is empty, and one asks again.
    pub percent: u8,
    /// Days a week apart; the last is today.
    pub days: Vec<String>,
    /// Values that somebody had, the most common first.
    pub values: Vec<ValueTrendView>,
    /// How many people the caller may see.
    pub people: u64,
    /// How many of them were looked at; with fewer than all, counts are estimates.
    pub looked_at: u64,
}

impl TagTrendView {
    fn of(trend: TagTrend, clinics: &ClinicNames) -> Self {
        let value = |(value, counts): (String, Vec<u64>)| {
            let (label_zh, label_en) = trend.tag.labels(&value, clinics);
            ValueTrendView { value, label_zh, label_en, counts }
        };
        Self {
            percent: 100,
            days: trend.days.iter().map(ToString::to_string).collect(),
            values: trend.values.into_iter().map(value).collect(),
            people: trend.people,
            looked_at: trend.looked_at,
        }
    }
}

/// Gives how many people had each value of a tag, week by week for the last 90 days, as the log says of each instant; of a large
/// chain, how far the counting is.
#[utoipa::path(get, path = "/api/tags/{id}/trend", tag = "segments", operation_id = "get_tag_trend",
    params(("id" = String, Path, description = "the tag")),
    responses((status = 200, body = TagTrendView), Problems))]
pub(super) async fn get_tag_trend(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
    Extension(trends): Extension<TagTrends>,
    PathId(id): PathId<String>,
) -> ApiResult<Json<TagTrendView>> {
    Ok(Json(match service::tag_trend(&app.db, &ctx, &trends, &id, PATIENCE).await? {
        Trended::Counting(percent) => TagTrendView { percent, ..TagTrendView::default() },
        Trended::Counted(trend) => TagTrendView::of(trend, &clinic_names(app.db.read()).await?),
    }))
}
