//! Questions and answers.

use std::collections::BTreeMap;

use careloop_kernel::{Error, Result};
use jiff::civil::Date;

use crate::definition::{Metric, TIME_DIMENSIONS};

/// What is asked of a metric.
#[derive(Debug, Clone)]
pub struct MetricQuery {
    /// The first day.
    pub from: Date,
    /// The day after the last.
    pub to: Date,
    /// What to cut by, in this order.
    pub by: Vec<String>,
    /// Only this clinic: its id, code or name.
    pub clinic: Option<String>,
}

impl MetricQuery {
    /// Checks the window and the dimensions.
    pub fn check(&self, metric: &Metric) -> Result<()> {
        if self.to <= self.from {
            return Err(Error::invalid("insight.window", "the window is empty: `to` is the day after the last")
                .with_field("to", "after `from`"));
        }
        let known = |name: &String| TIME_DIMENSIONS.contains(&name.as_str()) || metric.dimensions.contains(name);
        match self.by.iter().find(|name| !known(name)) {
            None => Ok(()),
            Some(name) => {
                let all: Vec<&str> =
                    TIME_DIMENSIONS.iter().copied().chain(metric.dimensions.iter().map(String::as_str)).collect();
                let message = format!("`{}` cannot be cut by `{name}`; choose from {}", metric.id, all.join(", "));
                Err(Error::invalid("insight.dimension", message).with_field("by", "unknown dimension"))
            }
        }
    }
}

/// Which part of a ratio.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// Above the line; of a plain number the number itself.
    #[default]
    Numerator,
    /// Below the line.
    Denominator,
}

/// Narrows the events behind a number to one cell of the answer.
#[derive(Debug, Clone, Default)]
pub struct DrillFilter {
    /// Dimension and key, as the answer printed it; an empty key is unknown.
    pub keys: BTreeMap<String, String>,
    /// Whose events.
    pub part: Part,
}

/// A number before it is written down. Money is in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bucket {
    /// The numerator, or the plain value.
    pub numerator: i64,
    /// The denominator of a ratio.
    pub denominator: Option<i64>,
}

/// One line of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The keys, in the order asked; empty text means unknown.
    pub keys: Vec<String>,
    /// The number.
    pub bucket: Bucket,
    /// Whether the number is final.
    pub mature: bool,
}

/// The answer to a metric query.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The metric.
    pub metric: &'static Metric,
    /// The dimensions, as asked.
    pub by: Vec<String>,
    /// The rows, ordered by key.
    pub rows: Vec<Row>,
}

/// Reads `2026-03-01`.
pub fn parse_day(text: &str, field: &str) -> Result<Date> {
    text.parse().map_err(|_| {
        Error::invalid("insight.date", format!("`{text}` is no date; write it like 2026-03-01"))
            .with_field(field, "YYYY-MM-DD")
    })
}
