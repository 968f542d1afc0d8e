//! The clinics an event may name.

use std::collections::HashMap;

use careloop_db::{ConnectionTrait, FromQueryResult, all};
use careloop_kernel::Result;

#[derive(FromQueryResult)]
struct ClinicRow {
    ord: i64,
    id: String,
    code: String,
    name: String,
}

/// `clinics.ord` by id, code and name.
pub(crate) async fn clinics(connection: &impl ConnectionTrait) -> Result<HashMap<String, i64>> {
    let rows: Vec<ClinicRow> = all(connection, "SELECT ord, id, code, name FROM clinics", []).await?;
    Ok(rows.into_iter().flat_map(|row| [(row.id, row.ord), (row.code, row.ord), (row.name, row.ord)]).collect())
}
