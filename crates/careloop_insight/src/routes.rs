//! `/api/metrics` and `/api/overview`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use axum::{Extension, Json};
use careloop_analytics::Analytics;
use careloop_http::{ApiResult, App, Auth, PageQuery, PageView, Params, PathId, Problems, Router};
use careloop_kernel::permissions::{ReadInsight, ReadPeople};
use careloop_kernel::{Ctx, Error, Result};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use crate::definition::library;
use crate::model::{DrillFilter, MetricQuery, Part, parse_day};
use crate::service::{self, currency};
use crate::views::{BehindView, MetricAnswerView, MetricView, OverviewView, answer_view, behind_view, overview_view};

/// The routes of this feature.
pub fn router() -> Router {
    Router::new()
        .routes(routes!(list_metrics))
        .routes(routes!(query_metric))
        .routes(routes!(drill_metric))
        .routes(routes!(get_overview))
}

/// The window of a question.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WindowParams {
    /// The first day, `YYYY-MM-DD` in the chain's zone.
    from: String,
    /// The day after the last.
    to: String,
    /// What to cut by, joined by commas.
    by: Option<String>,
    /// Only this clinic: id, code or name.
    clinic: Option<String>,
}

impl WindowParams {
    fn query(&self) -> Result<MetricQuery> {
        let by = self.by.as_deref().unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty());
        Ok(MetricQuery {
            from: parse_day(&self.from, "from")?,
            to: parse_day(&self.to, "to")?,
            by: by.map(str::to_owned).collect(),
            clinic: self.clinic.clone().filter(|text| !text.is_empty()),
        })
    }
}

/// Lists all metrics.
#[utoipa::path(get, path = "/api/metrics", operation_id = "list_metrics", tag = "insight",
    responses((status = 200, body = PageView<MetricView>), Problems))]
async fn list_metrics(Auth(_ctx): Auth<ReadInsight>) -> ApiResult<Json<PageView<MetricView>>> {
    Ok(Json(PageView::whole(library().iter().map(MetricView::from).collect())))
}

/// Answers a metric for a window, cut by dimensions.
#[utoipa::path(get, path = "/api/metrics/{id}/query", operation_id = "query_metric", tag = "insight",
    params(("id" = String, Path, description = "the metric's id"), WindowParams), responses((status = 200, body = MetricAnswerView), Problems))]
async fn query_metric(
    State(app): State<App>,
    Extension(analytics): Extension<Arc<Analytics>>,
    Auth(ctx): Auth<ReadInsight>,
    PathId(id): PathId<String>,
    Params(params): Params<WindowParams>,
) -> ApiResult<Json<MetricAnswerView>> {
    let start = Instant::now();
    let answer = service::query(&analytics, &app.db, &ctx, &id, &params.query()?).await?;
    let took_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Json(answer_view(&answer, currency(&app.db).await?, took_ms)))
}

/// Which events behind a number.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DrillParams {
    /// The first day, `YYYY-MM-DD` in the chain's zone.
    from: String,
    /// The day after the last.
    to: String,
    /// Only this clinic: id, code or name.
    clinic: Option<String>,
    /// The keys of one row as a JSON object of texts, such as `{"month":"2026-03","clinic":""}`; an empty key is unknown.
    keys: Option<String>,
    /// `numerator` (also of a plain number) or `denominator`; `numerator` if absent.
    part: Option<String>,
    /// How many items, 1 to 200; 50 if absent.
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

impl DrillParams {
    fn filter(&self) -> Result<DrillFilter> {
        let keys = match self.keys.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => serde_json::from_str(text).map_err(|_| {
                let message = "`keys` is a JSON object of texts, such as {\"month\":\"2026-03\"}";
                Error::invalid("insight.keys", message).with_field("keys", "a JSON object of texts")
            })?,
            None => BTreeMap::new(),
        };
        let part = match self.part.as_deref() {
            None | Some("" | "numerator") => Part::Numerator,
            Some("denominator") => Part::Denominator,
            Some(other) => {
                let message = format!("`{other}` is no part of a ratio; choose numerator or denominator");
                return Err(Error::invalid("insight.part", message).with_field("part", "numerator or denominator"));
            }
        };
        Ok(DrillFilter { keys, part })
    }
}

/// Lists the events behind a number, newest first.
#[utoipa::path(get, path = "/api/metrics/{id}/events", operation_id = "drill_metric", tag = "insight",
    params(("id" = String, Path, description = "the metric's id"), DrillParams), responses((status = 200, body = PageView<BehindView>), Problems))]
async fn drill_metric(
    State(app): State<App>,
    Extension(analytics): Extension<Arc<Analytics>>,
    Auth(ctx): Auth<ReadInsight>,
    PathId(id): PathId<String>,
    Params(params): Params<DrillParams>,
) -> ApiResult<Json<PageView<BehindView>>> {
    let filter = params.filter()?;
    let DrillParams { from, to, clinic, limit, cursor, .. } = params;
    let query = WindowParams { from, to, by: None, clinic }.query()?;
    let page = PageQuery { limit, cursor }.request()?;
    let page = service::drill((&analytics, &app.db), &ctx, &id, (&query, &filter), &page).await?;
    let names = names_of(&app, &ctx, &page.items.iter().map(|event| event.record).collect::<Vec<_>>()).await?;
    Ok(Json(PageView::of(page, |event| {
        let record = event.record;
        behind_view(event, names.get(&record))
    })))
}

/// Puts the daily page together.
#[utoipa::path(get, path = "/api/overview", operation_id = "get_overview", tag = "insight",
    params(WindowParams), responses((status = 200, body = OverviewView), Problems))]
async fn get_overview(
    State(app): State<App>,
    Extension(analytics): Extension<Arc<Analytics>>,
    Auth(ctx): Auth<ReadInsight>,
    Params(params): Params<WindowParams>,
) -> ApiResult<Json<OverviewView>> {
    let window = MetricQuery { by: Vec::new(), ..params.query()? };
    if window.to <= window.from {
        return Err(Error::invalid("insight.window", "the window is empty: `to` is the day after the last").into());
    }
    let page = crate::overview::overview(&analytics, &app.db, &ctx, &window).await?;
    Ok(Json(overview_view(&page, currency(&app.db).await?)))
}

/// Names of the persons behind records, as far as the caller may see them: a clinic's figure may tell of a customer who is
/// another clinic's.
async fn names_of(app: &App, ctx: &Ctx<ReadInsight>, records: &[i64]) -> Result<HashMap<i64, (String, String)>> {
    let Ok(ctx) = ctx.require::<ReadPeople>() else { return Ok(HashMap::new()) };
    let persons = service::visible_persons(&app.db, &ctx, records).await?;
    let wanted: Vec<i64> = persons.values().copied().collect();
    let cards = careloop_people::cards(app.db.read(), &ctx, &wanted).await?;
    let by_person: HashMap<i64, (String, String)> =
        cards.into_iter().map(|card| (card.person, (card.person_id.to_string(), card.name))).collect();
    Ok(persons.into_iter().filter_map(|(record, person)| Some((record, by_person.get(&person)?.clone()))).collect())
}
