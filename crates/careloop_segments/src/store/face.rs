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
    ord: i64,
    held: String,
}

/// The number of a segment in use, and what the person is in.
pub(crate) async fn held_in(connection: &impl ConnectionTrait, id: &str, person: i64) -> Result<Option<(i64, String)>> {
    let sql = "SELECT s.ord, p.held FROM segments s JOIN person_segments p ON p.person = $2
        WHERE s.id = $1 AND s.archived_at IS NULL";
    let row: Option<FoundRow> = optional(connection, sql, [id.into(), person.into()]).await?;
    Ok(row.map(|row| (row.ord, row.held)))
}
