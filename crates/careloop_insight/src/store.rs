//! A measure as SQL over the lake. Numbers and checked names only are put into the text; values are quoted.

use std::collections::BTreeMap;

use careloop_analytics::Query;
use careloop_db::{Db, FromQueryResult, all, in_list};
use careloop_kernel::{Currency, Result, Scope};
use jiff::civil::Date;

use crate::definition::Measure;

/// Clinics by number: id, code, name.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct ClinicName {
    pub(crate) ord: i64,
    pub(crate) id: String,
    pub(crate) code: String,
    pub(crate) name: String,
}

/// All clinics, in order.
pub(crate) async fn list_clinics(db: &Db) -> Result<Vec<ClinicName>> {
    all(db.read(), "SELECT ord, id, code, name FROM clinics ORDER BY ord", []).await
}

/// Where and how a measure is taken.
#[derive(Debug, Clone)]
pub(crate) struct Frame<'a> {
    pub from: Date,
    pub to: Date,
    pub by: &'a [String],
    /// `clinics.ord` to narrow to.
    pub clinic: Option<i64>,
    /// The caller's scope.
    pub scope: &'a Scope,
    /// What applies to every metric.
    pub house: &'a House,
    /// `channel` is the event's own.
    pub event_channel: bool,
}

/// What applies to every metric of the chain.
#[derive(Debug, Clone)]
pub(crate) struct House {
    /// The chain's currency; amounts in others are not added.
    pub currency: Currency,
    /// Staff and their relatives, who are not counted.
    pub relatives: Vec<i64>,
}

/// Which of these people the caller may see.
pub(crate) async fn visible_people(db: &Db, scope: &Scope, people: &[i64]) -> Result<Vec<i64>> {
    let list = in_list(people.iter().copied());
    let condition = scope.record_condition("r");
    let sql = format!("SELECT DISTINCT r.person FROM records r WHERE r.person IN ({list}) AND {condition}");
    let rows: Vec<PersonRow> = all(db.read(), &sql, []).await?;
    Ok(rows.into_iter().map(|row| row.person).collect())
}

#[derive(FromQueryResult)]
struct PersonRow {
    person: i64,
}

/// The value of a measure per combination of keys: columns `k0 … kn, value`.
pub(crate) fn value_query(measure: &Measure, frame: &Frame<'_>) -> Query {
    let keys: Vec<String> = frame
        .by
        .iter()
        .enumerate()
        .map(|(index, name)| format!("{} AS k{index}", key_of(name, frame.event_channel)))
        .collect();
    let groups: Vec<String> = (0..frame.by.len()).map(|index| format!("k{index}")).collect();
    let mut select = keys;
    select.push(format!("{} AS value", aggregate(measure)));
    let group = if groups.is_empty() { String::new() } else { format!(" GROUP BY {}", groups.join(", ")) };
    let sql = format!("{} SELECT {} FROM counted x{group}", counted(measure, frame, &[]), select.join(", "));
    query(measure, frame, sql)
}

/// The events behind a number, newest first: columns `seq, at_us`.
pub(crate) fn drill_query(
    measure: &Measure,
    frame: &Frame<'_>,
    filter: &[String],
    page: (i64, Option<[i64; 2]>),
) -> Query {
    let (limit, after) = page;
    let after =
        after.map_or(String::new(), |[at, seq]| format!(" WHERE (at_us < {at} OR (at_us = {at} AND seq < {seq}))"));
    let sql = format!(
        "{} SELECT seq, at_us FROM (SELECT DISTINCT x.seq AS seq, CAST(CAST(x.at AS BIGINT) AS BIGINT) AS at_us FROM counted x) d{after} ORDER BY at_us DESC, seq DESC LIMIT {limit}",
        counted(measure, frame, filter)
    );
    query(measure, frame, sql)
}

/// How many people are left after each step, of those whose first step lies in the window: columns `step, people`. Later
/// steps are those people's own, at any time since, so no step can count more than the one before.
pub(crate) fn funnel_query(steps: &[Measure], frame: &Frame<'_>) -> Query {
    let seen = places(frame);
    let mut ctes = Vec::new();
    for (index, measure) in steps.iter().enumerate() {
        let told = events(frame.house, measure.main_kinds(), measure, 1);
        ctes.push(match index {
            0 => {
                let visible = conditions(frame, &[]).join(" AND ");
                format!(
                    "step0 AS (SELECT x.person AS person, MIN(x.at) AS since FROM ({told}) x WHERE {visible} GROUP BY x.person)"
                )
            }
            _ => format!(
                "step{index} AS (SELECT DISTINCT b.person AS person, b.since AS since FROM step{} b JOIN ({told}) x ON x.person = b.person
                 WHERE {})",
                index - 1,
                seen.iter().cloned().chain(["x.at >= b.since".to_owned()]).collect::<Vec<_>>().join(" AND ")
            ),
        });
    }
    let counts: Vec<String> =
        (0..steps.len()).map(|index| format!("SELECT {index} AS step, COUNT(*) AS people FROM step{index}")).collect();
    Query {
        sql: format!("WITH {} {} ORDER BY step", ctes.join(", "), counts.join(" UNION ALL ")),
        kinds: steps.iter().flat_map(Measure::kinds).collect(),
        from: Some(frame.from),
        to: None,
    }
}

/// Keys of the answer as conditions on `x`; a clinic's key is already its number, an empty key is unknown.
pub(crate) fn key_conditions(keys: &BTreeMap<String, String>, event_channel: bool) -> Vec<String> {
    let condition = |(name, key): (&String, &String)| {
        let expression = key_of(name, event_channel);
        if key.is_empty() {
            format!("{expression} IS NULL")
        } else {
            format!("CAST({expression} AS VARCHAR) = {}", quoted(key))
        }
    };
    keys.iter().map(condition).collect()
}

fn query(measure: &Measure, frame: &Frame<'_>, sql: String) -> Query {
    let history = measure.needs_history();
    let ahead = measure.within_days.unwrap_or(0);
    Query {
        sql,
        kinds: measure.kinds(),
        from: (!history).then_some(frame.from),
        to: Some(frame.to.saturating_add(jiff::Span::new().days(ahead))),
    }
}

fn aggregate(measure: &Measure) -> String {
    if !measure.people.is_empty() {
        return "COUNT(DISTINCT x.person)".to_owned();
    }
    if !measure.sum.is_empty() {
        return "COALESCE(SUM(x.sign * x.number), 0)".to_owned();
    }
    if !measure.then.is_empty() {
        return "COUNT(DISTINCT x.seq)".to_owned();
    }
    "COALESCE(SUM(x.sign), 0)".to_owned()
}

/// `WITH … counted AS (…)`: the events that count, one row each, within the window, the clinic and the scope.
fn counted(measure: &Measure, frame: &Frame<'_>, extra: &[String]) -> String {
    let visible = conditions(frame, extra).join(" AND ");
    let main = events(frame.house, measure.main_kinds(), measure, 1);
    let all = if measure.minus.is_empty() {
        main
    } else {
        format!("{main} UNION ALL {}", events(frame.house, &measure.minus, measure, -1))
    };
    if !measure.needs_history() {
        return format!("WITH counted AS (SELECT * FROM ({all}) x WHERE {visible})");
    }
    let rank = if measure.second_day.is_empty() {
        "ROW_NUMBER() OVER (PARTITION BY person ORDER BY at, seq)"
    } else {
        // The first event of the second day: days ranked densely, events of a day by time.
        "CASE WHEN ROW_NUMBER() OVER (PARTITION BY person, day ORDER BY at, seq) = 1 THEN DENSE_RANK() OVER (PARTITION BY person ORDER BY day) ELSE 0 END"
    };
    let nth = match (measure.second_day.is_empty(), measure.repeats.is_empty()) {
        (false, _) => "x.nth = 2",
        (true, false) => "x.nth > 1",
        (true, true) => "x.nth = 1",
    };
    let ranked = format!("ranked AS (SELECT *, {rank} AS nth FROM ({all}) e)");
    let chosen = format!("SELECT x.* FROM ranked x WHERE {nth} AND {visible}");
    match measure.within_days {
        None => format!("WITH {ranked}, counted AS ({chosen})"),
        Some(days) => {
            let then = events(frame.house, &measure.then, &measure.later(), 1);
            let order = order_condition(measure, days);
            format!(
                "WITH {ranked}, chosen AS ({chosen}), later AS ({then}), counted AS (SELECT c.* FROM chosen c JOIN later t ON t.person = c.person WHERE {order})"
            )
        }
    }
}

fn order_condition(measure: &Measure, days: i64) -> String {
    let gap = "CAST(t.day AS INT) - CAST(c.day AS INT)";
    if measure.later_day {
        return format!("{gap} BETWEEN 1 AND {days}");
    }
    if measure.same_day {
        return format!("{gap} BETWEEN 0 AND {days}");
    }
    format!("(t.at > c.at OR (t.at = c.at AND t.seq > c.seq)) AND t.seq <> c.seq AND {gap} <= {days}")
}

fn events(house: &House, kinds: &[String], measure: &Measure, sign: i64) -> String {
    let amount = format!("CASE WHEN e.currency = {} THEN e.amount_minor END", quoted(&house.currency.to_string()));
    let number = match &measure.field {
        Some(field) => format!("CAST(prop(e.props, {}) AS BIGINT)", quoted(field)),
        None => amount.clone(),
    };
    let mut conditions = vec![format!("e.kind IN ({})", list(kinds))];
    // A condition on a property holds for the events that count, not for those they are compared with.
    if sign > 0 {
        for (field, values) in &measure.only {
            conditions.push(format!("prop(e.props, {}) IN ({})", quoted(field), list(values)));
        }
        for (field, values) in &measure.unless {
            conditions.push(format!("COALESCE(prop(e.props, {}), '') NOT IN ({})", quoted(field), list(values)));
        }
        if measure.positive {
            conditions.push(format!("{amount} > 0"));
        }
    }
    if measure.cash {
        let balance = list(careloop_events::balance_methods());
        conditions.push(format!("COALESCE(LOWER(TRIM(prop(e.props, 'method'))), '') NOT IN ({balance})"));
    }
    if !house.relatives.is_empty() {
        let relatives = in_list(house.relatives.iter().copied());
        conditions.push(format!("(p.person IS NULL OR p.person NOT IN ({relatives}))"));
    }
    // What is about nobody has no row among the people.
    let join = if kinds.iter().any(|kind| careloop_events::is_about_nobody(kind)) { "LEFT JOIN" } else { "JOIN" };
    format!(
        "SELECT e.seq, e.at, e.day, e.clinic, e.source, e.props, p.person, p.owner, p.channel, {number} AS number, {sign} AS sign
         FROM events e {join} people p ON p.record = e.record WHERE {}",
        conditions.join(" AND ")
    )
}

fn conditions(frame: &Frame<'_>, extra: &[String]) -> Vec<String> {
    let mut all = vec![format!("x.day >= DATE '{}'", frame.from), format!("x.day < DATE '{}'", frame.to)];
    all.extend(places(frame));
    all.extend(extra.iter().cloned());
    all
}

/// The clinic that was asked for and the caller's scope, as conditions on `x`.
fn places(frame: &Frame<'_>) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(clinic) = frame.clinic {
        all.push(format!("x.clinic = {clinic}"));
    }
    match frame.scope {
        Scope::Chain => {}
        Scope::Own { staff } => all.push(format!("x.owner = {staff}")),
        Scope::Clinics(clinics) => {
            let clinics: Vec<String> = clinics.iter().map(i64::to_string).collect();
            all.push(if clinics.is_empty() {
                "1 = 0".to_owned()
            } else {
                format!("x.clinic IN ({})", clinics.join(", "))
            });
        }
    }
    all
}

/// A dimension as an expression on `x`. Weeks start on Monday and are named by it (ISO 8601).
fn key_of(name: &str, event_channel: bool) -> String {
    match name {
        "date" => "CAST(x.day AS VARCHAR)".to_owned(),
        "month" => "SUBSTR(CAST(x.day AS VARCHAR), 1, 7)".to_owned(),
        "week" => "CAST(CAST(CAST(x.day AS INT) - (CAST(x.day AS INT) + 3) % 7 AS DATE) AS VARCHAR)".to_owned(),
        "clinic" => "x.clinic".to_owned(),
        // Nothing and an empty text are one key: unknown.
        "channel" if !event_channel => "NULLIF(x.channel, '')".to_owned(),
        other => format!("NULLIF(prop(x.props, {}), '')", quoted(other)),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn list(values: &[String]) -> String {
    values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", ")
}
