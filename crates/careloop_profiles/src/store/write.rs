//! Writing profiles.

use std::collections::BTreeMap;

use careloop_db::{ConnectionTrait, Engine, FromQueryResult, Value, all, execute, in_list, placeholders, run};
use careloop_kernel::Result;

/// Rows one statement carries, at most 14 values each; a connection keeps its last statements, so they should be small.
const ROWS: usize = 200;
/// How many people one statement names.
const PEOPLE: usize = 1_000;

/// Lets one transaction at a time fold and decide, until it ends; SQLite has one writer anyhow.
pub(crate) async fn lock(tx: &impl ConnectionTrait) -> Result<()> {
    match Engine::from(tx.get_database_backend()) {
        Engine::Sqlite => Ok(()),
        Engine::Postgres => run(tx, "SELECT pg_advisory_xact_lock(7215060142)", []).await,
    }
}

/// A row of `person_profiles`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProfileRow {
    pub(crate) person: i64,
    pub(crate) basis: i64,
    pub(crate) records_at: i64,
    pub(crate) due_at: Option<i64>,
    pub(crate) gender: Option<String>,
    pub(crate) birth_date: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) channel: Option<String>,
    pub(crate) owner: Option<i64>,
    pub(crate) created_at: Option<i64>,
    pub(crate) household_size: i64,
    pub(crate) has_phone: bool,
    pub(crate) has_wecom: bool,
    /// Numbers of the values of tags, as [`crate::bytes::ascending`] writes them.
    pub(crate) tags: Vec<u8>,
}

/// A row as it is stored: before people are folded again after an update, nobody knows their tags.
#[derive(Debug, FromQueryResult)]
struct StoredRow {
    person: i64,
    basis: i64,
    records_at: i64,
    due_at: Option<i64>,
    gender: Option<String>,
    birth_date: Option<String>,
    region: Option<String>,
    channel: Option<String>,
    owner: Option<i64>,
    created_at: Option<i64>,
    household_size: i64,
    has_phone: bool,
    has_wecom: bool,
    tags: Option<Vec<u8>>,
}

impl From<StoredRow> for ProfileRow {
    fn from(row: StoredRow) -> Self {
        Self {
            person: row.person,
            basis: row.basis,
            records_at: row.records_at,
            due_at: row.due_at,
            gender: row.gender,
            birth_date: row.birth_date,
            region: row.region,
            channel: row.channel,
            owner: row.owner,
            created_at: row.created_at,
            household_size: row.household_size,
            has_phone: row.has_phone,
            has_wecom: row.has_wecom,
            tags: row.tags.unwrap_or_default(),
        }
    }
}

/// The columns of a profile.
const COLUMNS: &str = "person, basis, records_at, due_at, gender, birth_date, region, channel, owner, created_at,
                       household_size, has_phone, has_wecom, tags";

/// The stored profiles of these people.
pub(crate) async fn profiles(connection: &impl ConnectionTrait, people: &[i64]) -> Result<BTreeMap<i64, ProfileRow>> {
    let mut found = BTreeMap::new();
    for chunk in people.chunks(PEOPLE) {
        let list = in_list(chunk.iter().copied());
        let sql = format!("SELECT {COLUMNS} FROM person_profiles WHERE person IN ({list})");
        let rows: Vec<StoredRow> = all(connection, &sql, []).await?;
        found.extend(rows.into_iter().map(|row| (row.person, row.into())));
    }
    Ok(found)
}

/// The stored profiles between two numbers, both included.
pub(crate) async fn profiles_between(
    connection: &impl ConnectionTrait,
    (first, last): (i64, i64),
) -> Result<BTreeMap<i64, ProfileRow>> {
    let sql = format!("SELECT {COLUMNS} FROM person_profiles WHERE person BETWEEN $1 AND $2");
    let rows: Vec<StoredRow> = all(connection, &sql, [first.into(), last.into()]).await?;
    Ok(rows.into_iter().map(|row| (row.person, row.into())).collect())
}

/// Writes profiles, new or not.
pub(crate) async fn upsert_profiles(tx: &impl ConnectionTrait, rows: Vec<ProfileRow>) -> Result<()> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<ProfileRow> = rows.by_ref().take(ROWS).collect();
        let sql = format!(
            "INSERT INTO person_profiles ({COLUMNS}) VALUES {}
             ON CONFLICT (person) DO UPDATE SET basis = excluded.basis, records_at = excluded.records_at,
             due_at = excluded.due_at, gender = excluded.gender, birth_date = excluded.birth_date, region = excluded.region,
             channel = excluded.channel, owner = excluded.owner, created_at = excluded.created_at,
             household_size = excluded.household_size, has_phone = excluded.has_phone, has_wecom = excluded.has_wecom,
             tags = excluded.tags",
            placeholders(chunk.len(), 14)
        );
        run(tx, &sql, chunk.into_iter().flat_map(profile_values)).await?;
    }
    Ok(())
}

fn profile_values(row: ProfileRow) -> [Value; 14] {
    [
        row.person.into(),
        row.basis.into(),
        row.records_at.into(),
        row.due_at.into(),
        row.gender.into(),
        row.birth_date.into(),
        row.region.into(),
        row.channel.into(),
        row.owner.into(),
        row.created_at.into(),
        row.household_size.into(),
        row.has_phone.into(),
        row.has_wecom.into(),
        row.tags.into(),
    ]
}

/// Forgets people that are no more.
pub(crate) async fn delete_people(tx: &impl ConnectionTrait, people: &[i64]) -> Result<()> {
    for chunk in people.chunks(PEOPLE) {
        let list = in_list(chunk.iter().copied());
        execute(tx, &format!("DELETE FROM person_profiles WHERE person IN ({list})"), []).await?;
    }
    Ok(())
}

/// Empties the derived tables. Values keep their numbers, so that the same is written again.
pub(crate) async fn truncate(tx: &impl ConnectionTrait) -> Result<()> {
    run(tx, "DELETE FROM tag_people", []).await?;
    run(tx, "DELETE FROM person_profiles", []).await
}
