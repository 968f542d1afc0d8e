//! What data there is.

use careloop_db::{ConnectionTrait, FromQueryResult, all, one};
use careloop_kernel::Result;

/// Which fields of records anybody has.
#[derive(Debug, FromQueryResult)]
pub(crate) struct FieldsRow {
    pub(crate) birth_date: i64,
    pub(crate) gender: i64,
    pub(crate) region: i64,
    pub(crate) channel: i64,
    pub(crate) phone: i64,
    pub(crate) wecom: i64,
    pub(crate) household: i64,
}

/// Each field, what a folded person with it looks like, and what a record with it looks like.
const FIELDS: [(&str, &str, &str); 7] = [
    ("birth_date", "birth_date IS NOT NULL", "birth_date IS NOT NULL"),
    ("gender", "gender IS NOT NULL", "gender IS NOT NULL"),
    ("region", "region IS NOT NULL", "region IS NOT NULL"),
    ("channel", "channel IS NOT NULL", "channel IS NOT NULL"),
    ("phone", "has_phone", "contacts % 2 = 1"),
    ("wecom", "has_wecom", "contacts / 4 % 2 = 1"),
    ("household", "household_size > 1", "household <> person"),
];

fn folded(condition: &str) -> String {
    format!("EXISTS (SELECT 1 FROM person_profiles WHERE {condition})")
}

/// Looks for one folded person with each field.
pub(crate) async fn fields_folded(connection: &impl ConnectionTrait) -> Result<FieldsRow> {
    let any = |(name, folded_so, _): (&str, &str, &str)| {
        format!("CAST(CASE WHEN {} THEN 1 ELSE 0 END AS BIGINT) AS {name}", folded(folded_so))
    };
    one(connection, &format!("SELECT {}", FIELDS.map(any).join(", ")), []).await
}

/// Looks for one folded person or, where there is none, one record with each field.
pub(crate) async fn fields_recorded(connection: &impl ConnectionTrait) -> Result<FieldsRow> {
    let any = |(name, folded_so, recorded_so): (&str, &str, &str)| {
        let recorded = format!("EXISTS (SELECT 1 FROM records WHERE {recorded_so})");
        format!("CAST(CASE WHEN {} THEN 1 WHEN {recorded} THEN 1 ELSE 0 END AS BIGINT) AS {name}", folded(folded_so))
    };
    one(connection, &format!("SELECT {}", FIELDS.map(any).join(", ")), []).await
}

#[derive(FromQueryResult)]
struct KindRow {
    kind: String,
    first: i64,
}

/// The kinds of events, each with the instant of its first; one that lies before `from` may count as a moment before it. Telling
/// each kind's first from all events would sort them.
pub(crate) async fn first_of_kinds(connection: &impl ConnectionTrait, from: i64) -> Result<Vec<(String, i64)>> {
    let before = "SELECT DISTINCT kind, CAST($2 AS BIGINT) AS first FROM events WHERE at < $1";
    let mut rows: Vec<KindRow> = all(connection, before, [from.into(), (from - 1).into()]).await?;
    let places: Vec<String> = (1..=rows.len()).map(|place| format!("${place}")).collect();
    let others = if places.is_empty() { String::new() } else { format!("WHERE kind NOT IN ({})", places.join(", ")) };
    let after = format!("SELECT kind, MIN(at) AS first FROM events {others} GROUP BY kind");
    let known: Vec<_> = rows.iter().map(|row| row.kind.as_str().into()).collect();
    rows.extend(all::<KindRow>(connection, &after, known).await?);
    Ok(rows.into_iter().map(|row| (row.kind, row.first)).collect())
}
