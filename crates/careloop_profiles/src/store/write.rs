//! Writing profiles.

use careloop_db::{ConnectionTrait, Value, execute, in_list, placeholders, run};
use careloop_kernel::Result;

use super::TagRow;

/// Rows one statement carries, at most 13 values each; a connection keeps its last statements, so they should be small.
const ROWS: usize = 200;

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
}

/// Writes profiles, new or not.
pub(crate) async fn upsert_profiles(tx: &impl ConnectionTrait, rows: Vec<ProfileRow>) -> Result<()> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<ProfileRow> = rows.by_ref().take(ROWS).collect();
        let sql = format!(
            "INSERT INTO person_profiles (person, basis, records_at, due_at, gender, birth_date, region, channel, owner,
             created_at, household_size, has_phone, has_wecom) VALUES {}
             ON CONFLICT (person) DO UPDATE SET basis = excluded.basis, records_at = excluded.records_at,
             due_at = excluded.due_at, gender = excluded.gender, birth_date = excluded.birth_date, region = excluded.region,
             channel = excluded.channel, owner = excluded.owner, created_at = excluded.created_at,
             household_size = excluded.household_size, has_phone = excluded.has_phone, has_wecom = excluded.has_wecom",
            placeholders(chunk.len(), 13)
        );
        run(tx, &sql, chunk.into_iter().flat_map(profile_values)).await?;
    }
    Ok(())
}

fn profile_values(row: ProfileRow) -> [Value; 13] {
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
    ]
}

/// Removes and writes tag rows.
pub(crate) async fn write_tags(tx: &impl ConnectionTrait, gone: Vec<TagRow>, changed: Vec<TagRow>) -> Result<()> {
    for chunk in gone.chunks(ROWS) {
        let keys = placeholders(chunk.len(), 3);
        let sql = format!("DELETE FROM person_tags WHERE (person, tag, value) IN (VALUES {keys})");
        let values =
            chunk.iter().flat_map(|row| [row.person.into(), row.tag.as_str().into(), row.value.as_str().into()]);
        run(tx, &sql, values).await?;
    }
    let mut changed = changed.into_iter().peekable();
    while changed.peek().is_some() {
        let chunk: Vec<TagRow> = changed.by_ref().take(ROWS).collect();
        let sql = format!(
            "INSERT INTO person_tags (person, tag, value, origin, why, until) VALUES {}
             ON CONFLICT (person, tag, value) DO UPDATE SET origin = excluded.origin, why = excluded.why,
             until = excluded.until",
            placeholders(chunk.len(), 6)
        );
        run(tx, &sql, chunk.into_iter().flat_map(tag_values)).await?;
    }
    Ok(())
}

fn tag_values(row: TagRow) -> [Value; 6] {
    [row.person.into(), row.tag.into(), row.value.into(), row.origin.into(), row.why.into(), row.until.into()]
}

/// Forgets people that are no more.
pub(crate) async fn delete_people(tx: &impl ConnectionTrait, people: &[i64]) -> Result<()> {
    for table in ["person_tags", "person_profiles"] {
        let sql = format!("DELETE FROM {table} WHERE person IN ({})", in_list(people.iter().copied()));
        execute(tx, &sql, []).await?;
    }
    Ok(())
}

/// Empties the derived tables.
pub(crate) async fn truncate(tx: &impl ConnectionTrait) -> Result<()> {
    run(tx, "DELETE FROM person_tags", []).await?;
    run(tx, "DELETE FROM person_profiles", []).await
}
