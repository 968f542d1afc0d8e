//! The daily page: key figures beside the window before, trends, channels, clinics, and the funnel.

use careloop_analytics::Analytics;
use careloop_db::Db;
use careloop_kernel::permissions::ReadInsight;
use careloop_kernel::{Ctx, Result};
use jiff::civil::Date;

use crate::definition::{Metric, find};
use crate::model::{Bucket, MetricQuery, Row};
use crate::service::query;

/// The metrics shown as tiles.
const TILES: &[&str] =
    &["bill.paid", "bill.booked", "bill.rev", "vis.first", "vis.return", "lead.new", "appt.booked_day", "bill.ticket"];
/// The metrics drawn over time.
const SERIES: &[&str] = &["vis.first", "vis.return", "bill.paid"];
/// The funnel: step name in Chinese and English, and the event that people of the step have.
const FUNNEL: &[(&str, &str, &str, &str)] = &[
    ("lead", "留资", "Leads", "lead.created"),
    ("booked", "预约", "Booked", "appt.booked"),
    ("arrived", "到诊", "Arrived", "appt.arrived"),
    ("paid", "成交", "Paid", "payment.received"),
];

/// A key figure and the same figure of the window before.
#[derive(Debug, Clone)]
pub struct Tile {
    /// The metric.
    pub metric: &'static Metric,
    /// This window.
    pub value: Bucket,
    /// The window before, of equal length.
    pub previous: Bucket,
}

/// A metric per day, or per month in long windows.
#[derive(Debug, Clone)]
pub struct Series {
    /// The metric.
    pub metric: &'static Metric,
    /// Key (date or month) and number.
    pub points: Vec<Row>,
}

/// One step of the funnel.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its stable name.
    pub step: &'static str,
    /// Chinese.
    pub label_zh: &'static str,
    /// English.
    pub label_en: &'static str,
    /// Distinct persons.
    pub count: i64,
}

/// Everything on the page.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Key figures.
    pub tiles: Vec<Tile>,
    /// Trends.
    pub series: Vec<Series>,
    /// Paid by first channel.
    pub by_channel: Vec<Row>,
    /// Paid by clinic.
    pub by_clinic: Vec<Row>,
    /// From lead to payment.
    pub funnel: Vec<Step>,
}

/// Puts the page together for `[from, to)`.
pub async fn overview(
    analytics: &Analytics,
    db: &Db,
    ctx: &Ctx<ReadInsight>,
    window: &MetricQuery,
) -> Result<Overview> {
    let days = i64::from((window.to - window.from).get_days()).max(1);
    let ask = |by: &[&str]| MetricQuery { by: by.iter().map(|name| (*name).to_owned()).collect(), ..window.clone() };
    let before = MetricQuery {
        from: minus_days(window.from, days),
        to: window.from,
        by: Vec::new(),
        clinic: window.clinic.clone(),
    };
    let mut tiles = Vec::new();
    for id in TILES {
        let value = single(query(analytics, db, ctx, id, &ask(&[])).await?.rows);
        let previous = single(query(analytics, db, ctx, id, &before).await?.rows);
        tiles.push(Tile { metric: find(id)?, value, previous });
    }
    let grain = if days > 100 { "month" } else { "date" };
    let mut series = Vec::new();
    for id in SERIES {
        series.push(Series { metric: find(id)?, points: query(analytics, db, ctx, id, &ask(&[grain])).await?.rows });
    }
    let by_channel = query(analytics, db, ctx, "acq.channel_revenue", &ask(&["channel"])).await?.rows;
    let by_clinic = query(analytics, db, ctx, "bill.paid", &ask(&["clinic"])).await?.rows;
    let funnel = crate::service::funnel(analytics, db, ctx, window, FUNNEL.iter().map(|step| step.3)).await?;
    let funnel = FUNNEL
        .iter()
        .zip(funnel)
        .map(|((step, label_zh, label_en, _), count)| Step { step, label_zh, label_en, count })
        .collect();
    Ok(Overview { tiles, series, by_channel, by_clinic, funnel })
}

fn single(rows: Vec<Row>) -> Bucket {
    rows.into_iter().next().map(|row| row.bucket).unwrap_or_default()
}

fn minus_days(date: Date, days: i64) -> Date {
    date.saturating_sub(jiff::Span::new().days(days))
}
