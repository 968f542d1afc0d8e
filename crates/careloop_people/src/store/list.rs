//! Which persons a list shows.

use careloop_db::{ConnectionTrait, FromQueryResult, all, in_list, optional};
use careloop_kernel::Result;

/// Conditions of a list, all of which hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// A condition on the record `v`: one of the person's records fulfils it.
    pub scope: String,
    pub clinic: Option<i64>,
    pub owner: Option<i64>,
    /// One of the person's records has a key of each group.
    pub keys: Vec<Vec<i64>>,
    /// Only these persons.
    pub persons: Option<Vec<i64>>,
    pub newest_first: bool,
}

#[derive(FromQueryResult)]
struct Number {
    value: i64,
}

/// The next persons beyond `from`, in the order wanted.
pub(crate) async fn persons(
    connection: &impl ConnectionTrait,
    wanted: &Wanted,
    from: Option<i64>,
    limit: i64,
) -> Result<Vec<i64>> {
    let (beyond, order) = if wanted.newest_first { ("<", "DESC") } else { (">", "ASC") };
    let start = from.unwrap_or(if wanted.newest_first { i64::MAX } else { 0 });
    let mut conditions = vec![format!("r.ord = r.person AND r.ord {beyond} $1")];
    let one_of = |condition: &str| format!("EXISTS (SELECT 1 FROM records v WHERE v.person = r.ord AND {condition})");
    if wanted.scope != "1 = 1" {
        conditions.push(one_of(&wanted.scope));
    }
    conditions.extend(wanted.clinic.map(|clinic| one_of(&format!("v.clinic = {clinic}"))));
    conditions.extend(wanted.owner.map(|owner| one_of(&format!("v.owner = {owner}"))));
    conditions
        .extend(wanted.persons.as_ref().map(|persons| format!("r.ord IN ({})", in_list(persons.iter().copied()))));
    conditions.extend(having_keys(&wanted.keys));
    let sql = format!(
        "SELECT r.ord AS value FROM records r WHERE {} ORDER BY r.ord {order} LIMIT $2",
        conditions.join(" AND ")
    );
    Ok(all::<Number>(connection, &sql, [start.into(), limit.into()]).await?.into_iter().map(|row| row.value).collect())
}

/// One record has a key of each group.
fn having_keys(groups: &[Vec<i64>]) -> Option<String> {
    let (first, rest) = groups.split_first()?;
    let also: Vec<String> = rest
        .iter()
        .map(|group| {
            format!(
                "AND EXISTS (SELECT 1 FROM record_keys o WHERE o.record = k.record AND o.hash IN ({}))",
                in_list(group.iter().copied())
            )
        })
        .collect();
    let first = in_list(first.iter().copied());
    Some(format!(
        "r.ord IN (SELECT m.person FROM record_keys k JOIN records m ON m.ord = k.record WHERE k.hash IN ({first}) {})",
        also.join(" ")
    ))
}

#[derive(FromQueryResult)]
struct Last {
    person: i64,
    at: i64,
}

/// When something last happened to each of these persons.
pub(crate) async fn last_events(connection: &impl ConnectionTrait, persons: &[i64]) -> Result<Vec<(i64, i64)>> {
    let list = in_list(persons.iter().copied());
    let sql = format!(
        "SELECT r.person, MAX((SELECT MAX(e.at) FROM events e WHERE e.record = r.ord)) AS at FROM records r
         WHERE r.person IN ({list}) AND EXISTS (SELECT 1 FROM events e WHERE e.record = r.ord) GROUP BY r.person"
    );
    Ok(all::<Last>(connection, &sql, []).await?.into_iter().map(|row| (row.person, row.at)).collect())
}

/// `clinics.ord` of a public id.
pub(crate) async fn clinic(connection: &impl ConnectionTrait, id: &str) -> Result<Option<i64>> {
    Ok(optional::<Number>(connection, "SELECT ord AS value FROM clinics WHERE id = $1", [id.into()])
        .await?
        .map(|row| row.value))
}

/// `staff.ord` of a public id.
pub(crate) async fn staff(connection: &impl ConnectionTrait, id: &str) -> Result<Option<i64>> {
    let sql = "SELECT ord AS value FROM staff WHERE id = $1 AND archived_at IS NULL";
    Ok(optional::<Number>(connection, sql, [id.into()]).await?.map(|row| row.value))
}
