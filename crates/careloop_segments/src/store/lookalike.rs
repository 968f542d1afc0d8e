//! Everybody who was folded.

use careloop_db::{ConnectionTrait, FromQueryResult, all};
use careloop_kernel::Result;

#[derive(FromQueryResult)]
struct PersonRow {
    person: i64,
}

/// Everybody who was folded.
pub(crate) async fn everybody(connection: &impl ConnectionTrait) -> Result<Vec<i64>> {
    let rows: Vec<PersonRow> = all(connection, "SELECT person FROM person_profiles", []).await?;
    Ok(rows.into_iter().map(|row| row.person).collect())
}
