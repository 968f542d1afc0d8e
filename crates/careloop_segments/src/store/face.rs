//! What other features ask about segments.

use careloop_db::{ConnectionTrait, FromQueryResult, all, optional};
use careloop_kernel::Result;

/// A segment's id and name.
#[derive(FromQueryResult)]
pub(crate) struct LabelRow {
    pub id: String,
    pub preset: Option<String>,
    pub name: String,
    pub archived_at: Option<i64>,
}

pub(crate) async fn labels(connection: &impl ConnectionTrait) -> Result<Vec<LabelRow>> {
    all(connection, "SELECT id, preset, name, archived_at FROM segments ORDER BY ord", []).await
}

#[derive(FromQueryResult)]
struct FoundRow {
    person: i64,
}

pub(crate) async fn is_member(connection: &impl ConnectionTrait, id: &str, person: i64) -> Result<bool> {
    let sql = "SELECT m.person FROM segments s JOIN segment_members m ON m.segment = s.ord
        WHERE s.id = $1 AND s.archived_at IS NULL AND m.person = $2";
    let row: Option<FoundRow> = optional(connection, sql, [id.into(), person.into()]).await?;
    Ok(row.is_some_and(|row| row.person == person))
}
