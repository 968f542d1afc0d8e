//! Who looks after whom, in bulk.

use careloop_db::{ConnectionTrait, FromQueryResult, all, execute};
use careloop_kernel::Result;

/// A consultant's post in a clinic.
#[derive(Debug, FromQueryResult)]
pub(crate) struct PostRow {
    pub clinic: i64,
    pub staff: i64,
}

/// All consultants by clinic.
pub(crate) async fn consultants(connection: &impl ConnectionTrait) -> Result<Vec<PostRow>> {
    let sql =
        "SELECT c.clinic, c.staff FROM staff_clinics c JOIN staff s ON s.ord = c.staff JOIN roles r ON r.id = s.role_id
               WHERE r.code = 'consultant' AND s.archived_at IS NULL ORDER BY c.clinic, c.staff";
    all(connection, sql, []).await
}

/// Gives one share of a clinic's people without an owner to a member of staff.
pub(crate) async fn update_unowned(
    tx: &impl ConnectionTrait,
    clinic: i64,
    staff: i64,
    (turn, of): (i64, i64),
    now: i64,
) -> Result<u64> {
    let sql = "UPDATE records SET owner = $1, updated_at = $5 WHERE clinic = $2 AND owner IS NULL AND person % $3 = $4";
    execute(tx, sql, [staff.into(), clinic.into(), of.into(), turn.into(), now.into()]).await
}
