//! Counting tags inside and outside a segment.

use careloop_db::{ConnectionTrait, FromQueryResult, all};
use careloop_kernel::{Result, Scope};

use super::members::visible;

/// How many visible people have a value, and how many of them are members.
#[derive(Debug, FromQueryResult)]
pub(crate) struct ValueRow {
    pub(crate) tag: String,
    pub(crate) value: String,
    pub(crate) people: i64,
    pub(crate) members: i64,
}

/// Every value that somebody has of these tags; of all tags, if none are named.
pub(crate) async fn value_counts(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    segment: i64,
    tags: &[&str],
) -> Result<Vec<ValueRow>> {
    let places: Vec<String> = (2..2 + tags.len()).map(|place| format!("${place}")).collect();
    let of_tags = if tags.is_empty() { String::new() } else { format!("t.tag IN ({}) AND ", places.join(", ")) };
    let sql = format!(
        "SELECT t.tag, t.value, COUNT(*) AS people, COUNT(m.person) AS members FROM person_tags t
         LEFT JOIN segment_members m ON m.segment = $1 AND m.person = t.person
         WHERE {of_tags}{} GROUP BY t.tag, t.value",
        visible(scope, "t.person")
    );
    let values = std::iter::once(segment.into()).chain(tags.iter().map(|tag| (*tag).into()));
    all(connection, &sql, values).await
}

#[derive(FromQueryResult)]
struct PersonRow {
    person: i64,
}

/// The people with a value.
pub(crate) async fn people_with(connection: &impl ConnectionTrait, tag: &str, value: &str) -> Result<Vec<i64>> {
    let sql = "SELECT person FROM person_tags WHERE tag = $1 AND value = $2";
    let rows: Vec<PersonRow> = all(connection, sql, [tag.into(), value.into()]).await?;
    Ok(rows.into_iter().map(|row| row.person).collect())
}

/// Everybody who was folded.
pub(crate) async fn everybody(connection: &impl ConnectionTrait) -> Result<Vec<i64>> {
    let rows: Vec<PersonRow> = all(connection, "SELECT person FROM person_profiles", []).await?;
    Ok(rows.into_iter().map(|row| row.person).collect())
}
