//! What a metric is: the shape of `catalog/metrics/*.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use careloop_kernel::{Error, Result};
use serde::Deserialize;

const FILES: &[(&str, &str)] = &[
    ("sales", include_str!("../../../catalog/metrics/sales.toml")),
    ("visits", include_str!("../../../catalog/metrics/visits.toml")),
    ("growth", include_str!("../../../catalog/metrics/growth.toml")),
    ("care", include_str!("../../../catalog/metrics/care.toml")),
];

/// The dimensions every metric can be cut by.
pub const TIME_DIMENSIONS: &[&str] = &["date", "week", "month"];

/// Which of the three ledgers an amount belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ledger {
    /// Order value after discount.
    Booked,
    /// Cash received.
    Paid,
    /// Service done or goods handed over.
    Recognised,
}

/// What a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Minor units of the chain's currency.
    Money,
    /// Things that happened.
    Count,
    /// Persons.
    People,
    /// A ratio shown as percent.
    Percent,
    /// A ratio shown per thousand.
    Permille,
}

/// What is measured. Exactly one of the verbs is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Number of these events.
    #[serde(default)]
    pub count: Vec<String>,
    /// Distinct persons with one of these events.
    #[serde(default)]
    pub people: Vec<String>,
    /// Sum of the amount, or of `field`, over these events.
    #[serde(default)]
    pub sum: Vec<String>,
    /// Persons whose first such event ever falls in the window.
    #[serde(default)]
    pub first: Vec<String>,
    /// These events but for each person's first.
    #[serde(default)]
    pub repeats: Vec<String>,
    /// Persons whose second day with such an event falls in the window.
    #[serde(default)]
    pub second_day: Vec<String>,
    /// With `count` or `sum`: events that count negative.
    #[serde(default)]
    pub minus: Vec<String>,
    /// With `sum`: an integer property instead of the amount.
    pub field: Option<String>,
    /// With `first`: only persons who later do one of these …
    #[serde(default)]
    pub then: Vec<String>,
    /// … within this many days …
    pub within_days: Option<i64>,
    /// … where the same day counts even if the order of instants is unclear …
    #[serde(default)]
    pub same_day: bool,
    /// … or only a later day counts.
    #[serde(default)]
    pub later_day: bool,
    /// Only events whose property has one of these values.
    #[serde(default, rename = "where")]
    pub only: BTreeMap<String, Vec<String>>,
    /// Not events whose property has one of these values.
    #[serde(default)]
    pub unless: BTreeMap<String, Vec<String>>,
    /// Only events with an amount above zero in the chain's currency.
    #[serde(default)]
    pub positive: bool,
    /// The paid ledger: no payment from a balance, no refund to one.
    #[serde(default)]
    pub cash: bool,
    /// With `then`: only later events with an amount above zero.
    #[serde(default)]
    pub then_positive: bool,
    /// With `then`: only later events of the paid ledger.
    #[serde(default)]
    pub then_cash: bool,
}

impl Measure {
    /// The kinds whose events are counted.
    pub fn main_kinds(&self) -> &[String] {
        let verbs = [&self.count, &self.people, &self.sum, &self.first, &self.repeats, &self.second_day];
        verbs.into_iter().find(|kinds| !kinds.is_empty()).map_or(&[], Vec::as_slice)
    }

    /// Every kind the measure reads.
    pub fn kinds(&self) -> Vec<String> {
        self.main_kinds().iter().chain(&self.minus).chain(&self.then).cloned().collect()
    }

    /// Whether events before the window matter.
    pub fn needs_history(&self) -> bool {
        !(self.first.is_empty() && self.repeats.is_empty() && self.second_day.is_empty())
    }

    /// What the later events of a cohort must be.
    pub fn later(&self) -> Self {
        Self { positive: self.then_positive, cash: self.then_cash, ..Self::default() }
    }

    fn is_sound(&self) -> bool {
        let verbs = [&self.count, &self.people, &self.sum, &self.first, &self.repeats, &self.second_day];
        verbs.iter().filter(|kinds| !kinds.is_empty()).count() == 1
            && self.then.is_empty() == self.within_days.is_none()
    }
}

/// A metric's value: one measure, or one over another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A plain number.
    Plain(Box<Measure>),
    /// Numerator over denominator; over nothing it is empty, never 0.
    Ratio(Box<(Measure, Measure)>),
}

/// A metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metric {
    /// The stable id, such as `bill.paid`.
    pub id: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// The file it stands in.
    pub area: String,
    /// What a value counts.
    pub unit: Unit,
    /// The ledger, for money.
    pub ledger: Option<Ledger>,
    /// The formula in Chinese.
    pub formula_zh: String,
    /// The formula in English.
    pub formula_en: String,
    /// What it can be cut by, besides date, week and month.
    pub dimensions: Vec<String>,
    /// `channel` is what the event says, not the person's first source.
    pub event_channel: bool,
    /// A cohort's value is final only after so many days.
    pub matures_after_days: Option<i64>,
    /// How it is computed.
    pub value: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    area: String,
    metric: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    zh: String,
    en: String,
    unit: Unit,
    ledger: Option<Ledger>,
    formula_zh: String,
    formula_en: String,
    dimensions: Vec<String>,
    #[serde(default)]
    event_channel: bool,
    matures_after_days: Option<i64>,
    value: Option<Measure>,
    numerator: Option<Measure>,
    denominator: Option<Measure>,
}

fn metric_of(area: &str, entry: Entry) -> Result<Metric, String> {
    let value = match (entry.value, entry.numerator, entry.denominator) {
        (Some(value), None, None) if value.is_sound() => Value::Plain(Box::new(value)),
        (None, Some(above), Some(below)) if above.is_sound() && below.is_sound() => {
            Value::Ratio(Box::new((above, below)))
        }
        _ => return Err(format!("{}: give `value`, or `numerator` and `denominator`, each with one verb", entry.id)),
    };
    Ok(Metric {
        area: area.to_owned(),
        id: entry.id,
        zh: entry.zh,
        en: entry.en,
        unit: entry.unit,
        ledger: entry.ledger,
        formula_zh: entry.formula_zh,
        formula_en: entry.formula_en,
        dimensions: entry.dimensions,
        event_channel: entry.event_channel,
        matures_after_days: entry.matures_after_days,
        value,
    })
}

fn read(text: &str) -> Result<Vec<Metric>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    file.metric.into_iter().map(|entry| metric_of(&file.area, entry)).collect()
}

static LIBRARY: LazyLock<Vec<Metric>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the files are part of the program and a test reads them")]
    FILES.iter().flat_map(|(_, text)| read(text).expect("invariant: the metric library is well-formed")).collect()
});

/// Every metric, in the order of the files.
pub fn library() -> &'static [Metric] {
    &LIBRARY
}

/// The metric of this id.
pub fn find(id: &str) -> Result<&'static Metric> {
    library().iter().find(|metric| metric.id == id).ok_or_else(|| {
        Error::not_found("insight.no_metric", format!("there is no metric `{id}`; `careloop metric list` shows all"))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_library_reads_and_its_ids_are_unique() {
        for (name, text) in FILES {
            read(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let ids: BTreeSet<&str> = library().iter().map(|metric| metric.id.as_str()).collect();
        assert_eq!(ids.len(), library().len());
        assert!(library().len() >= 20);
    }

    #[test]
    fn every_kind_and_property_is_in_the_event_catalogue() {
        for metric in library() {
            let measures = match &metric.value {
                Value::Plain(measure) => vec![measure.as_ref()],
                Value::Ratio(both) => vec![&both.0, &both.1],
            };
            for measure in measures {
                for kind in measure.kinds() {
                    let known = careloop_events::catalogue()
                        .find(&kind)
                        .unwrap_or_else(|| panic!("{}: no kind {kind}", metric.id));
                    for field in measure.only.keys().chain(measure.unless.keys()).chain(&measure.field) {
                        let main = measure.main_kinds().contains(&kind);
                        assert!(
                            !main || known.fields.contains_key(field),
                            "{}: {kind} has no field {field}",
                            metric.id
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_formula_is_for_people_and_names_no_id() {
        let is_id = |word: &str| {
            let parts: Vec<&str> = word.split('.').collect();
            parts.len() > 1
                && parts
                    .iter()
                    .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        };
        assert!(is_id("ad.spend") && is_id("val.second_purchase") && !is_id("days.") && !is_id("2.5"));
        for metric in library() {
            for formula in [&metric.formula_zh, &metric.formula_en] {
                let words = formula.split(|letter: char| !(letter.is_ascii_alphanumeric() || "._".contains(letter)));
                let ids: Vec<&str> = words.filter(|word| is_id(word)).collect();
                assert!(!formula.is_empty() && ids.is_empty(), "{}: {formula} names {ids:?}", metric.id);
            }
        }
    }

    #[test]
    fn a_metric_without_a_single_verb_is_refused() {
        let text = "area = 'x'\n[[metric]]\nid='a'\nzh=''\nen=''\nunit='count'\nformula_zh=''\nformula_en=''\ndimensions=[]\nvalue={count=['a'],sum=['b']}";
        assert!(read(text).unwrap_err().contains("one verb"));
    }
}
