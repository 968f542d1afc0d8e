//! Answers metric queries and pages through the events behind a number.

use std::collections::{BTreeMap, BTreeSet};

use careloop_analytics::{Analytics, Cell};
use careloop_db::Db;
use careloop_events::StoredEvent;
use careloop_kernel::permissions::{ReadInsight, ReadPeople};
use careloop_kernel::{Ctx, Currency, Error, Money, Page, PageRequest, Result};
use jiff::civil::Date;

use crate::definition::{Measure, Metric, Unit, Value, find};
use crate::model::{Answer, Bucket, DrillFilter, MetricQuery, Part, Row, parse_day};
use crate::store::{
    ClinicName, Frame, House, drill_query, funnel_query, key_conditions, list_clinics, value_query, visible_people,
};

/// Answers `query` of the metric `id`.
pub async fn query(
    analytics: &Analytics,
    db: &Db,
    ctx: &Ctx<ReadInsight>,
    id: &str,
    query: &MetricQuery,
) -> Result<Answer> {
    let metric = find(id)?;
    query.check(metric)?;
    let clinics = list_clinics(db).await?;
    let clinic = query.clinic.as_deref().map(|text| find_clinic(&clinics, ctx, text)).transpose()?;
    let house = house(db).await?;
    let frame = Frame {
        from: query.from,
        to: query.to,
        by: &query.by,
        clinic,
        scope: ctx.scope(),
        house: &house,
        event_channel: metric.event_channel,
    };
    let buckets = match &metric.value {
        Value::Plain(measure) => plain(take(analytics, measure, &frame).await?),
        Value::Ratio(both) => ratio(&take(analytics, &both.0, &frame).await?, &take(analytics, &both.1, &frame).await?),
    };
    let today = analytics.time_zone().await?.to_datetime(ctx.now()).date();
    let mut rows: Vec<Row> = buckets
        .into_iter()
        .map(|(keys, bucket)| Row {
            mature: is_mature(metric, query, &keys, today),
            keys: named(&keys, &query.by, &clinics),
            bucket,
        })
        .collect();
    rows.sort_by(|a, b| a.keys.cmp(&b.keys));
    Ok(Answer { metric, by: query.by.clone(), rows })
}

/// The events behind a number, newest first: those of the plain value, or of one part of a ratio.
pub async fn drill(
    (analytics, db): (&Analytics, &Db),
    ctx: &Ctx<ReadInsight>,
    id: &str,
    (query, filter): (&MetricQuery, &DrillFilter),
    page: &PageRequest,
) -> Result<Page<StoredEvent>> {
    let metric = find(id)?;
    let asked = MetricQuery { by: filter.keys.keys().cloned().collect(), ..query.clone() };
    asked.check(metric)?;
    let clinics = list_clinics(db).await?;
    let clinic = query.clinic.as_deref().map(|text| find_clinic(&clinics, ctx, text)).transpose()?;
    let measure = match (&metric.value, filter.part) {
        (Value::Plain(measure), Part::Numerator) => measure.as_ref(),
        (Value::Ratio(both), Part::Numerator) => &both.0,
        (Value::Ratio(both), Part::Denominator) => &both.1,
        (Value::Plain(_), Part::Denominator) => {
            let message = format!("`{}` is a plain number and has no denominator", metric.id);
            return Err(Error::invalid("insight.part", message).with_field("part", "numerator"));
        }
    };
    let mut keys = filter.keys.clone();
    if let Some(key) = keys.get_mut("clinic").filter(|key| !key.is_empty()) {
        *key = find_clinic(&clinics, ctx, key)?.to_string();
    }
    let house = house(db).await?;
    let frame = Frame {
        from: query.from,
        to: query.to,
        by: &[],
        clinic,
        scope: ctx.scope(),
        house: &house,
        event_channel: metric.event_channel,
    };
    let after = page.numbers::<2>()?;
    let wanted =
        drill_query(measure, &frame, &key_conditions(&keys, metric.event_channel), (i64::from(page.limit) + 1, after));
    let found = analytics.query(&wanted).await?;
    let places: Vec<[i64; 2]> =
        found.rows.iter().filter_map(|row| Some([row[0].as_int()?, row[1].as_int()?])).collect();
    let cut = Page::cut(places, page, |[seq, at]| vec![*at, *seq]);
    let mut events =
        careloop_events::by_seqs(db.read(), &cut.items.iter().map(|[seq, _]| *seq).collect::<Vec<_>>()).await?;
    events.sort_by_key(|event| std::cmp::Reverse((event.at, event.seq)));
    Ok(Page { items: events, next: cut.next })
}

/// The answer as CSV: the asked dimensions, then `value,numerator,denominator,mature`.
pub fn to_csv(answer: &Answer, currency: Currency) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = answer.by.iter().map(String::as_str).chain(["value", "numerator", "denominator", "mature"]);
    writer.write_record(head).map_err(Error::internal)?;
    for row in &answer.rows {
        let [value, numerator, denominator] = row.bucket.written(answer.metric, currency);
        let numbers = [value, numerator, denominator, row.mature.to_string()];
        writer.write_record(row.keys.iter().cloned().map(safe_cell).chain(numbers)).map_err(Error::internal)?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::internal(error.to_string()))?;
    String::from_utf8(bytes).map_err(Error::internal)
}

/// A key never starts a formula in a spreadsheet.
fn safe_cell(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}

impl Bucket {
    /// Value, numerator and denominator as text. Money is in the major unit; a ratio over nothing is empty.
    pub fn written(self, metric: &Metric, currency: Currency) -> [String; 3] {
        let money = |minor: i64| Money::of_minor(minor, currency).to_decimal();
        let (above_is_money, below_is_money) = match &metric.value {
            Value::Plain(measure) => (is_money(measure), false),
            Value::Ratio(both) => (is_money(&both.0), is_money(&both.1)),
        };
        let write = |number: i64, as_money: bool| if as_money { money(number) } else { number.to_string() };
        let Some(below) = self.denominator else {
            return [write(self.numerator, above_is_money), String::new(), String::new()];
        };
        let value = match (below, metric.unit) {
            (0, _) => String::new(),
            (_, Unit::Money) if above_is_money && !below_is_money => money(rounded(self.numerator, 1, below)),
            (_, Unit::Permille) => decimal(rounded(self.numerator, 1_000_000_000, below)),
            _ => decimal(rounded(self.numerator, 1_000_000, below)),
        };
        [value, write(self.numerator, above_is_money), write(below, below_is_money)]
    }
}

/// `numerator × scale / denominator`, rounded half away from zero.
fn rounded(numerator: i64, scale: i64, denominator: i64) -> i64 {
    let (scaled, below) = (i128::from(numerator) * i128::from(scale) * 2, i128::from(denominator) * 2);
    let half = i128::from(denominator) * scaled.signum();
    i64::try_from((scaled + half) / below).unwrap_or(i64::MAX)
}

/// Millionths as decimal text with six digits.
fn decimal(millionths: i64) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let size = millionths.unsigned_abs();
    format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000)
}

fn is_money(measure: &Measure) -> bool {
    !measure.sum.is_empty() && measure.field.is_none()
}

/// People with an event of the first kind within the window, and how many of them went on to each next kind.
pub(crate) async fn funnel(
    analytics: &Analytics,
    db: &Db,
    ctx: &Ctx<ReadInsight>,
    window: &MetricQuery,
    kinds: impl Iterator<Item = &'static str>,
) -> Result<Vec<i64>> {
    let clinics = list_clinics(db).await?;
    let clinic = window.clinic.as_deref().map(|text| find_clinic(&clinics, ctx, text)).transpose()?;
    let house = house(db).await?;
    let frame = Frame {
        from: window.from,
        to: window.to,
        by: &[],
        clinic,
        scope: ctx.scope(),
        house: &house,
        event_channel: false,
    };
    let measure = |kind: &'static str| {
        let paid = kind == "payment.received";
        Measure { people: vec![kind.to_owned()], positive: paid, cash: paid, ..Measure::default() }
    };
    let steps: Vec<Measure> = kinds.map(measure).collect();
    let table = analytics.query(&funnel_query(&steps, &frame)).await?;
    Ok(table.rows.into_iter().map(|mut row| row.pop().and_then(|cell| cell.as_int()).unwrap_or(0)).collect())
}

type Taken = BTreeMap<Vec<String>, i64>;

async fn take(analytics: &Analytics, measure: &Measure, frame: &Frame<'_>) -> Result<Taken> {
    let table = analytics.query(&value_query(measure, frame)).await?;
    let mut taken = Taken::new();
    for mut row in table.rows {
        let value = row.pop().and_then(|cell| cell.as_int()).unwrap_or(0);
        taken.insert(row.into_iter().map(key_text).collect(), value);
    }
    Ok(taken)
}

fn key_text(cell: Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Int(number) => number.to_string(),
        Cell::Text(text) => text,
    }
}

fn plain(values: Taken) -> BTreeMap<Vec<String>, Bucket> {
    values.into_iter().map(|(keys, numerator)| (keys, Bucket { numerator, denominator: None })).collect()
}

fn ratio(above: &Taken, below: &Taken) -> BTreeMap<Vec<String>, Bucket> {
    let keys: BTreeSet<Vec<String>> = above.keys().chain(below.keys()).cloned().collect();
    keys.into_iter()
        .map(|keys| {
            let bucket = Bucket {
                numerator: above.get(&keys).copied().unwrap_or(0),
                denominator: Some(below.get(&keys).copied().unwrap_or(0)),
            };
            (keys, bucket)
        })
        .collect()
}

/// A cohort is final once its follow window has passed for its last day.
fn is_mature(metric: &Metric, query: &MetricQuery, keys: &[String], today: Date) -> bool {
    let Some(days) = metric.matures_after_days else { return true };
    let bucket_end = query.by.iter().zip(keys).find_map(|(name, key)| {
        let start = |text: String| parse_day(&text, name).ok();
        match name.as_str() {
            "date" => start(key.clone())?.tomorrow().ok(),
            "week" => start(key.clone())?.checked_add(jiff::Span::new().days(7)).ok(),
            "month" => start(format!("{key}-01"))?.checked_add(jiff::Span::new().months(1)).ok(),
            _ => None,
        }
    });
    let end = bucket_end.unwrap_or(query.to).min(query.to);
    end.saturating_add(jiff::Span::new().days(days)) <= today
}

fn named(keys: &[String], by: &[String], clinics: &[ClinicName]) -> Vec<String> {
    let name = |(dimension, key): (&String, &String)| {
        let clinic = clinics.iter().find(|clinic| dimension == "clinic" && clinic.ord.to_string() == *key);
        clinic.map_or_else(|| key.clone(), |clinic| clinic.name.clone())
    };
    by.iter().zip(keys).map(name).collect()
}

fn find_clinic(clinics: &[ClinicName], ctx: &Ctx<ReadInsight>, text: &str) -> Result<i64> {
    let found = clinics.iter().find(|clinic| [&clinic.id, &clinic.code, &clinic.name].contains(&&text.to_owned()));
    match found.filter(|clinic| ctx.scope().sees_clinic(clinic.ord)) {
        Some(clinic) => Ok(clinic.ord),
        None => Err(Error::not_found(
            "insight.no_clinic",
            format!("there is no clinic `{text}`; give its id, code or name"),
        )),
    }
}

/// What applies to every metric.
async fn house(db: &Db) -> Result<House> {
    let relatives = careloop_profiles::people_holding(db.read(), "attr.staff_relative").await?;
    Ok(House { currency: currency(db).await?, relatives })
}

/// The persons of these records whom the caller may see.
pub(crate) async fn visible_persons(db: &Db, ctx: &Ctx<ReadPeople>, records: &[i64]) -> Result<BTreeMap<i64, i64>> {
    let mut persons = careloop_analytics::persons_of(db.read(), records).await?;
    let wanted: Vec<i64> = persons.values().copied().collect();
    let visible: BTreeSet<i64> = visible_people(db, ctx.scope(), &wanted).await?.into_iter().collect();
    persons.retain(|_, person| visible.contains(person));
    Ok(persons.into_iter().collect())
}

/// The chain's currency.
pub(crate) async fn currency(db: &Db) -> Result<Currency> {
    Ok(careloop_access::settings::load(db.read()).await?.currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_round_half_away_from_zero_and_over_nothing_are_empty() {
        let metric = find("bill.refund_rate").unwrap();
        let written = |numerator, denominator| {
            Bucket { numerator, denominator: Some(denominator) }.written(metric, Currency::CNY)
        };
        assert_eq!(written(100, 300), ["0.333333", "1.00", "3.00"]);
        assert_eq!(written(200, 300)[0], "0.666667");
        assert_eq!(written(5, 0), ["", "0.05", "0.00"]);
        let ticket = find("bill.ticket").unwrap();
        assert_eq!(
            Bucket { numerator: 1001, denominator: Some(2) }.written(ticket, Currency::CNY),
            ["5.01", "10.01", "2"]
        );
    }

    #[test]
    fn a_cohort_matures_when_its_last_day_has_had_its_time() {
        let metric = find("vis.return_rate").unwrap();
        let date = |text: &str| text.parse::<Date>().unwrap();
        let query = MetricQuery {
            from: date("2026-01-01"),
            to: date("2026-03-01"),
            by: vec!["month".to_owned()],
            clinic: None,
        };
        assert!(is_mature(metric, &query, &["2026-01".to_owned()], date("2026-05-02")));
        assert!(!is_mature(metric, &query, &["2026-01".to_owned()], date("2026-05-01")));
        assert!(!is_mature(metric, &query, &["2026-02".to_owned()], date("2026-05-02")));
    }
}
