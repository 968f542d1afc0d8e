//! Wire shapes of metrics.

use careloop_http::{MoneyView, time_view};
use careloop_kernel::Currency;
use serde::Serialize;
use utoipa::ToSchema;

use crate::definition::{Ledger, Metric, TIME_DIMENSIONS, Unit};
use crate::model::{Answer, Bucket, Row};
use crate::overview::Overview;

/// A metric and how it is computed.
#[derive(Debug, Serialize, ToSchema)]
pub struct MetricView {
    /// The stable id.
    pub id: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// The area of the library.
    pub area: String,
    /// `money`, `count`, `people`, `percent` or `permille`.
    pub unit: &'static str,
    /// `booked`, `paid` or `recognised`; null where no money is involved.
    pub ledger: Option<&'static str>,
    /// The formula in Chinese.
    pub formula_zh: String,
    /// The formula in English.
    pub formula_en: String,
    /// What it can be cut by.
    pub dimensions: Vec<String>,
    /// A cohort's value is final only after so many days.
    pub matures_after_days: Option<i64>,
}

impl From<&Metric> for MetricView {
    fn from(metric: &Metric) -> Self {
        Self {
            id: metric.id.clone(),
            name_zh: metric.zh.clone(),
            name_en: metric.en.clone(),
            area: metric.area.clone(),
            unit: unit_name(metric.unit),
            ledger: metric.ledger.map(ledger_name),
            formula_zh: metric.formula_zh.clone(),
            formula_en: metric.formula_en.clone(),
            dimensions: TIME_DIMENSIONS
                .iter()
                .map(|name| (*name).to_owned())
                .chain(metric.dimensions.iter().cloned())
                .collect(),
            matures_after_days: metric.matures_after_days,
        }
    }
}

fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Money => "money",
        Unit::Count => "count",
        Unit::People => "people",
        Unit::Percent => "percent",
        Unit::Permille => "permille",
    }
}

fn ledger_name(ledger: Ledger) -> &'static str {
    match ledger {
        Ledger::Booked => "booked",
        Ledger::Paid => "paid",
        Ledger::Recognised => "recognised",
    }
}

/// One line of an answer. Numbers are decimal text: money in the major unit, ratios as fractions of one (of one
/// thousandth for permille); null where there is nothing to divide by.
#[derive(Debug, Serialize, ToSchema)]
pub struct MetricRowView {
    /// The keys, in the order asked; empty text means unknown.
    pub keys: Vec<String>,
    /// The value.
    pub value: Option<String>,
    /// The numerator of a ratio.
    pub numerator: Option<String>,
    /// The denominator of a ratio.
    pub denominator: Option<String>,
    /// Whether the number is final.
    pub mature: bool,
}

pub(crate) fn row_view(row: &Row, metric: &Metric, currency: Currency) -> MetricRowView {
    let [value, numerator, denominator] =
        row.bucket.written(metric, currency).map(|text| (!text.is_empty()).then_some(text));
    MetricRowView { keys: row.keys.clone(), value, numerator, denominator, mature: row.mature }
}

/// The answer to a metric query.
#[derive(Debug, Serialize, ToSchema)]
pub struct MetricAnswerView {
    /// The metric.
    pub metric: MetricView,
    /// The currency of money values.
    pub currency: String,
    /// The dimensions, as asked.
    pub dimensions: Vec<String>,
    /// The rows, ordered by key.
    pub rows: Vec<MetricRowView>,
    /// How long the query took, in milliseconds.
    pub took_ms: u64,
}

pub(crate) fn answer_view(answer: &Answer, currency: Currency, took_ms: u64) -> MetricAnswerView {
    MetricAnswerView {
        metric: answer.metric.into(),
        currency: currency.to_string(),
        dimensions: answer.by.clone(),
        rows: answer.rows.iter().map(|row| row_view(row, answer.metric, currency)).collect(),
        took_ms,
    }
}

/// A key figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct TileView {
    /// The metric.
    pub metric: MetricView,
    /// This window; null where there is nothing to divide by.
    pub value: Option<String>,
    /// The window before, of equal length.
    pub previous: Option<String>,
}

/// A number at a date or in a month.
#[derive(Debug, Serialize, ToSchema)]
pub struct PointView {
    /// `2026-03-01` or `2026-03`.
    pub date: String,
    /// The value.
    pub value: Option<String>,
}

/// A metric over time.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeriesView {
    /// The metric.
    pub metric: MetricView,
    /// Its points, in order.
    pub points: Vec<PointView>,
}

/// A number per name.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShareView {
    /// The channel's or clinic's name; empty text means unknown.
    pub key: String,
    /// Cash received.
    pub value: Option<String>,
}

/// One step of the funnel.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepView {
    /// Its stable name.
    pub step: &'static str,
    /// Chinese.
    pub label_zh: &'static str,
    /// English.
    pub label_en: &'static str,
    /// Distinct persons.
    pub count: i64,
}

/// The daily page.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverviewView {
    /// The currency of money values.
    pub currency: String,
    /// Key figures.
    pub tiles: Vec<TileView>,
    /// Trends.
    pub series: Vec<SeriesView>,
    /// Cash received by first channel, largest first.
    pub by_channel: Vec<ShareView>,
    /// Cash received by clinic, largest first.
    pub by_clinic: Vec<ShareView>,
    /// From lead to payment.
    pub funnel: Vec<StepView>,
}

pub(crate) fn overview_view(overview: &Overview, currency: Currency) -> OverviewView {
    let written = |bucket: Bucket, metric: &Metric| {
        let [value, ..] = bucket.written(metric, currency);
        (!value.is_empty()).then_some(value)
    };
    let shares = |rows: &[Row]| {
        let mut rows: Vec<&Row> = rows.iter().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.bucket.numerator));
        let money = |row: &Row| careloop_kernel::Money::of_minor(row.bucket.numerator, currency).to_decimal();
        rows.iter()
            .map(|row| ShareView { key: row.keys.first().cloned().unwrap_or_default(), value: Some(money(row)) })
            .collect()
    };
    OverviewView {
        currency: currency.to_string(),
        tiles: overview
            .tiles
            .iter()
            .map(|tile| TileView {
                metric: tile.metric.into(),
                value: written(tile.value, tile.metric),
                previous: written(tile.previous, tile.metric),
            })
            .collect(),
        series: overview
            .series
            .iter()
            .map(|series| SeriesView {
                metric: series.metric.into(),
                points: series
                    .points
                    .iter()
                    .map(|row| PointView {
                        date: row.keys.first().cloned().unwrap_or_default(),
                        value: written(row.bucket, series.metric),
                    })
                    .collect(),
            })
            .collect(),
        by_channel: shares(&overview.by_channel),
        by_clinic: shares(&overview.by_clinic),
        funnel: overview
            .funnel
            .iter()
            .map(|step| StepView {
                step: step.step,
                label_zh: step.label_zh,
                label_en: step.label_en,
                count: step.count,
            })
            .collect(),
    }
}

/// An event behind a number.
#[derive(Debug, Serialize, ToSchema)]
pub struct BehindView {
    /// Its place in the log.
    pub seq: i64,
    /// Its id.
    pub event_id: String,
    /// Its kind.
    pub kind: String,
    /// When it happened.
    pub at: String,
    /// Whose it is.
    pub person_id: Option<String>,
    /// Their name, as far as the caller may see it.
    pub person_name: Option<String>,
    /// Its amount.
    pub amount: Option<MoneyView>,
    /// Its properties.
    #[schema(value_type = Object)]
    pub props: serde_json::Map<String, serde_json::Value>,
}

pub(crate) fn behind_view(event: careloop_events::StoredEvent, person: Option<&(String, String)>) -> BehindView {
    BehindView {
        seq: event.seq,
        event_id: event.event_id.to_string(),
        kind: event.kind,
        at: time_view(event.at.as_microsecond()),
        person_id: person.map(|(id, _)| id.clone()),
        person_name: person.map(|(_, name)| name.clone()),
        amount: event.amount.map(MoneyView::from),
        props: event.props.map(),
    }
}
