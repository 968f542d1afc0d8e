//! The models behind tags over HTTP.

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, PageView, Problems};
use careloop_kernel::permissions::ReadSegments;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ltv::{Bucket, Calibration};
use crate::models::{self, Group, ModelCard, Parameter, Share};
use crate::next::{ChanceBucket, Foretold, HORIZON_DAYS};

/// A number of a model.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagModelParameterView {
    /// What it is, in Chinese.
    pub name_zh: String,
    /// What it is, in English.
    pub name_en: String,
    /// The number, or several of a kind in order.
    pub values: Vec<f64>,
}

/// People whom a model puts in one place.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagModelGroupView {
    /// The value of the tag.
    pub value: String,
    /// Chinese label.
    pub label_zh: String,
    /// English label.
    pub label_en: String,
    /// Visible people; null while the model waits.
    pub count: Option<i64>,
}

/// A share beside its ideal.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagModelShareView {
    /// What it is, in Chinese.
    pub name_zh: String,
    /// What it is, in English.
    pub name_en: String,
    /// 0 to 1; null when there is nobody.
    pub share: Option<f64>,
    /// The ideal starts here.
    pub ideal_from: f64,
    /// The ideal ends here.
    pub ideal_to: f64,
}

/// Those of whom the model says about the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalibrationBucketView {
    /// Where the bucket begins: repeat purchases before the split, or the chance in percent.
    pub from: u32,
    /// Payers, or steps for which a next line was named.
    pub people: i64,
    /// Purchases after the split, or lines that came true.
    pub actual: i64,
    /// What the model expected.
    pub expected: f64,
}

/// How well a fit to what was known earlier foretold what came after.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalibrationView {
    /// By what the buckets are made: `repeats` or `chance`.
    pub by: String,
    /// The last day that fit knew.
    pub split: String,
    /// Days after it.
    pub days: u32,
    /// From the least on; the last is "so much or more".
    pub buckets: Vec<CalibrationBucketView>,
}

/// A model behind a tag.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagModelView {
    /// `rfm`, `abc`, `churn`, `stage`, `bg_nbd`, `gamma_gamma` or `next_category`.
    pub id: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// The tag it sets.
    pub tag: String,
    /// Why there is no model yet, in Chinese; null when there is one.
    pub waiting_zh: Option<String>,
    /// Why there is no model yet, in English; null when there is one.
    pub waiting_en: Option<String>,
    /// The last day it knew; null for a rule with fixed numbers.
    pub fitted_on: Option<String>,
    /// How many people it was fitted to; null for a rule with fixed numbers.
    pub people: Option<i64>,
    /// Its numbers.
    pub parameters: Vec<TagModelParameterView>,
    /// How many visible people fall where.
    pub groups: Vec<TagModelGroupView>,
    /// Shares beside their ideals.
    pub shares: Vec<TagModelShareView>,
    /// What was foretold beside what came; null when there is nothing to compare.
    pub calibration: Option<CalibrationView>,
}

impl From<Parameter> for TagModelParameterView {
    fn from(Parameter { name, values }: Parameter) -> Self {
        Self { name_zh: name.zh, name_en: name.en, values }
    }
}

impl From<Group> for TagModelGroupView {
    fn from(Group { value, label, people }: Group) -> Self {
        Self { value, label_zh: label.zh, label_en: label.en, count: people }
    }
}

impl From<Share> for TagModelShareView {
    fn from(Share { name, share, ideal: [ideal_from, ideal_to] }: Share) -> Self {
        Self { name_zh: name.zh, name_en: name.en, share, ideal_from, ideal_to }
    }
}

impl From<Bucket> for CalibrationBucketView {
    fn from(Bucket { repeats, people, actual, expected }: Bucket) -> Self {
        Self { from: repeats, people, actual, expected }
    }
}

impl From<ChanceBucket> for CalibrationBucketView {
    fn from(ChanceBucket { from_percent, steps, actual, expected }: ChanceBucket) -> Self {
        Self { from: from_percent, people: steps, actual, expected }
    }
}

impl From<Calibration> for CalibrationView {
    fn from(calibration: Calibration) -> Self {
        let buckets = calibration.buckets.into_iter().map(CalibrationBucketView::from).collect();
        Self { by: "repeats".to_owned(), split: calibration.split.to_string(), days: calibration.days, buckets }
    }
}

impl From<Foretold> for CalibrationView {
    fn from(foretold: Foretold) -> Self {
        let buckets = foretold.buckets.into_iter().map(CalibrationBucketView::from).collect();
        let days = u32::try_from(HORIZON_DAYS).unwrap_or_default();
        Self { by: "chance".to_owned(), split: foretold.split.to_string(), days, buckets }
    }
}

impl From<ModelCard> for TagModelView {
    fn from(card: ModelCard) -> Self {
        let (waiting_zh, waiting_en) = card.waiting.map(|text| (text.zh, text.en)).unzip();
        Self {
            id: card.id.to_owned(),
            name_zh: card.name.zh,
            name_en: card.name.en,
            tag: card.tag.to_owned(),
            waiting_zh,
            waiting_en,
            fitted_on: card.fitted_on.map(|day| day.to_string()),
            people: card.people,
            parameters: card.parameters.into_iter().map(TagModelParameterView::from).collect(),
            groups: card.groups.into_iter().map(TagModelGroupView::from).collect(),
            shares: card.shares.into_iter().map(TagModelShareView::from).collect(),
            calibration: card.calibration.map(CalibrationView::from).or(card.foretold.map(CalibrationView::from)),
        }
    }
}

/// Lists the models behind tags: parameters, when and on whom they were fitted, and how well they foretell.
#[utoipa::path(get, path = "/api/models", tag = "profiles", operation_id = "list_models",
    responses((status = 200, body = PageView<TagModelView>), Problems))]
pub(super) async fn list_models(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
) -> ApiResult<Json<PageView<TagModelView>>> {
    let models = models::list_models(&app.db, &ctx).await?;
    Ok(Json(PageView::whole(models.into_iter().map(TagModelView::from).collect())))
}
