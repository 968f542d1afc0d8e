//! `/api/metrics` and `/api/overview`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use axum::{Extension, Json};
use careloop_analytics::Analytics;
use careloop_http::{ApiResult, App, Auth, PageQuery, PageView, Params, PathId, Problems, Router};
use careloop_kernel::permissions::{ReadInsight, ReadPeople};
use careloop_kernel::{Ctx, Result};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use crate::definition::library;
use crate::model::{DrillFilter, MetricQuery, parse_day};
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

/// Lists the events behind a number, newest first. Any other query parameter narrows to one key of a dimension, such
/// as `month=2026-03` or `channel=美团`.
#[utoipa::path(get, path = "/api/metrics/{id}/events", operation_id = "drill_metric", tag = "insight",
    params(("id" = String, Path, description = "the metric's id"), WindowParams, PageQuery), responses((status = 200, body = PageView<BehindView>), Problems))]
async fn drill_metric(
    State(app): State<App>,
    Extension(analytics): Extension<Arc<Analytics>>,
    Auth(ctx): Auth<ReadInsight>,
    PathId(id): PathId<String>,
    Params(all): Params<BTreeMap<String, String>>,
) -> ApiResult<Json<PageView<BehindView>>> {
    let given = |name: &str| all.get(name).cloned();
    let window = WindowParams {
        from: given("from").unwrap_or_default(),
        to: given("to").unwrap_or_default(),
        by: None,
        clinic: given("clinic"),
    };
    let query = window.query()?;
    let paging = ["from", "to", "by", "limit", "cursor"];
    // `clinic` is both the window's filter and a dimension; as a filter it is applied already.
    let keys = all.iter().filter(|(name, _)| !paging.contains(&name.as_str()) && *name != "clinic");
    let filter = DrillFilter { keys: keys.map(|(name, key)| (name.clone(), key.clone())).collect() };
    let limit = all.get("limit").and_then(|text| text.parse().ok());
    let page = PageQuery { limit, cursor: all.get("cursor").cloned() }.request()?;
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
        return Err(careloop_kernel::Error::invalid(
            "insight.window",
            "the window is empty: `to` is the day after the last",
        )
        .into());
    }
    let page = crate::overview::overview(&analytics, &app.db, &ctx, &window).await?;
    Ok(Json(overview_view(&page, currency(&app.db).await?)))
}

/// Names of the persons behind records, for callers who may see people; others get none.
async fn names_of(app: &App, ctx: &Ctx<ReadInsight>, records: &[i64]) -> Result<HashMap<i64, (String, String)>> {
    let Ok(ctx) = ctx.require::<ReadPeople>() else { return Ok(HashMap::new()) };
    let persons = careloop_analytics::persons_of(app.db.read(), records).await?;
    let wanted: Vec<i64> = persons.values().copied().collect();
    let cards = careloop_people::cards(app.db.read(), &ctx, &wanted).await?;
    let by_person: HashMap<i64, (String, String)> =
        cards.into_iter().map(|card| (card.person, (card.person_id.to_string(), card.name))).collect();
    Ok(persons.into_iter().filter_map(|(record, person)| Some((record, by_person.get(&person)?.clone()))).collect())
}
