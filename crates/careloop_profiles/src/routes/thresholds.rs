//! Thresholds over HTTP.

use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, Body, PathId, Problems, time_view};
use careloop_kernel::permissions::ManageSettings;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::thresholds::{self, Change, Threshold};

/// A change of a threshold.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThresholdChangeView {
    /// When.
    pub at: String,
    /// The new number; null: the library's again.
    pub value: Option<i64>,
    /// Who did it; null when a command did.
    pub staff_name: Option<String>,
}

impl From<Change> for ThresholdChangeView {
    fn from(change: Change) -> Self {
        Self { at: time_view(change.at_us), value: change.value, staff_name: change.staff_name }
    }
}

/// A threshold of a tag.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagThresholdView {
    /// Its name, such as `days`; one that ends in `_minor` is an amount in minor units.
    pub name: String,
    /// The number in force.
    pub value: i64,
    /// The library's number.
    pub default: i64,
    /// The smallest number it may be set to.
    pub least: i64,
    /// The largest number it may be set to.
    pub most: i64,
    /// All changes, latest first.
    pub changes: Vec<ThresholdChangeView>,
}

impl From<Threshold> for TagThresholdView {
    fn from(threshold: Threshold) -> Self {
        Self {
            name: threshold.name.to_owned(),
            value: threshold.value,
            default: threshold.default,
            least: threshold.range.0,
            most: threshold.range.1,
            changes: threshold.changes.into_iter().map(ThresholdChangeView::from).collect(),
        }
    }
}

/// A number to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThresholdBody {
    /// The number.
    pub value: i64,
}

/// Puts a number in the place of the library's; it counts from now on.
#[utoipa::path(put, path = "/api/tags/{id}/thresholds/{name}", tag = "profiles", operation_id = "set_tag_threshold",
    params(("id" = String, Path, description = "the tag"), ("name" = String, Path, description = "the threshold")),
    request_body = ThresholdBody, responses((status = 204, description = "set"), Problems))]
pub(super) async fn set_tag_threshold(
    State(app): State<App>,
    Auth(ctx): Auth<ManageSettings>,
    PathId((id, name)): PathId<(String, String)>,
    Body(body): Body<ThresholdBody>,
) -> ApiResult<StatusCode> {
    thresholds::set_threshold(&app.db, &ctx, &id, &name, body.value).await?;
    app.wake.call();
    Ok(StatusCode::NO_CONTENT)
}

/// Goes back to the library's number; it counts from now on.
#[utoipa::path(delete, path = "/api/tags/{id}/thresholds/{name}", tag = "profiles", operation_id = "reset_tag_threshold",
    params(("id" = String, Path, description = "the tag"), ("name" = String, Path, description = "the threshold")),
    responses((status = 204, description = "reset"), Problems))]
pub(super) async fn reset_tag_threshold(
    State(app): State<App>,
    Auth(ctx): Auth<ManageSettings>,
    PathId((id, name)): PathId<(String, String)>,
) -> ApiResult<StatusCode> {
    thresholds::reset_threshold(&app.db, &ctx, &id, &name).await?;
    app.wake.call();
    Ok(StatusCode::NO_CONTENT)
}
