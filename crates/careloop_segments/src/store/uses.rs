//! Who acts on a segment's entries and exits.

use careloop_db::{ConnectionTrait, FromQueryResult, all, execute};
use careloop_kernel::Result;

/// A row of `segment_uses`.
#[derive(Debug, FromQueryResult)]
pub(crate) struct UseRow {
    pub(crate) name: String,
    pub(crate) active: bool,
}

/// Holds the segment against being put away until the transaction ends; false when it is put away already, or unknown.
pub(crate) async fn hold(tx: &impl ConnectionTrait, segment: &str) -> Result<bool> {
    let sql = "UPDATE segments SET updated_at = updated_at WHERE id = $1 AND archived_at IS NULL";
    Ok(execute(tx, sql, [segment.into()]).await? == 1)
}

/// Writes a use, new or not.
pub(crate) async fn upsert(tx: &impl ConnectionTrait, user: &str, segment: &str, used: &UseRow) -> Result<()> {
    let sql = "INSERT INTO segment_uses (user_id, segment, name, active)
               SELECT $1, ord, $3, $4 FROM segments WHERE id = $2
               ON CONFLICT (user_id) DO UPDATE SET segment = excluded.segment, name = excluded.name, active = excluded.active";
    let values = [user.into(), segment.into(), used.name.as_str().into(), used.active.into()];
    execute(tx, sql, values).await.map(|_| ())
}

/// The uses of a segment, by name.
pub(crate) async fn list(tx: &impl ConnectionTrait, segment: i64) -> Result<Vec<UseRow>> {
    all(tx, "SELECT name, active FROM segment_uses WHERE segment = $1 ORDER BY name", [segment.into()]).await
}
