//! Dated inputs, and what they are made from.

use careloop_db::{ConnectionTrait, FromQueryResult, all, one, optional, run};
use careloop_kernel::Result;

use crate::library::ClinicNames;

/// A stored input.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct InputRow {
    pub(crate) ord: i64,
    pub(crate) at: i64,
    pub(crate) log_seq: i64,
    pub(crate) value: String,
}

/// What stands for "none yet".
pub(crate) fn zero_inputs() -> InputRow {
    InputRow { ord: 0, at: i64::MIN, log_seq: 0, value: "null".to_owned() }
}

/// The inputs in force at an instant.
pub(crate) async fn find_inputs(connection: &impl ConnectionTrait, at: i64) -> Result<Option<InputRow>> {
    let sql = "SELECT ord, at, log_seq, value FROM profile_inputs WHERE at < $1 ORDER BY at DESC, ord DESC LIMIT 1";
    optional(connection, sql, [at.into()]).await
}

/// Stores inputs.
pub(crate) async fn insert_inputs(tx: &impl ConnectionTrait, at: i64, log_seq: i64, value: &str) -> Result<()> {
    let sql = "INSERT INTO profile_inputs (at, log_seq, value) VALUES ($1, $2, $3)";
    run(tx, sql, [at.into(), log_seq.into(), value.into()]).await
}

/// Where the log ends.
#[derive(Debug, Default, FromQueryResult)]
pub(crate) struct LogEnd {
    /// The last sequence number; 0 when there is none.
    pub(crate) seq: i64,
    /// When the last event arrived.
    pub(crate) received_at: i64,
}

/// The end of the log.
pub(crate) async fn log_end(connection: &impl ConnectionTrait) -> Result<LogEnd> {
    let sql = "SELECT seq, received_at FROM events ORDER BY seq DESC LIMIT 1";
    Ok(optional(connection, sql, []).await?.unwrap_or_default())
}

#[derive(FromQueryResult)]
struct NumberRow {
    number: i64,
}

/// How many payments and refunds stand behind a place in the log, counted up to `most`.
pub(crate) async fn payments_since(connection: &impl ConnectionTrait, seq: i64, most: i64) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS number FROM
               (SELECT seq FROM events WHERE kind IN ('payment.received', 'refund.paid') AND seq > $1 LIMIT $2) AS fresh";
    Ok(one::<NumberRow>(connection, sql, [seq.into(), most.into()]).await?.number)
}

#[derive(FromQueryResult)]
struct ClinicRow {
    ord: i64,
    code: String,
}

#[derive(FromQueryResult)]
struct ClinicNameRow {
    code: String,
    name: String,
}

/// The names of all clinics, archived ones too, by their codes.
pub(crate) async fn clinic_names(connection: &impl ConnectionTrait) -> Result<ClinicNames> {
    let rows: Vec<ClinicNameRow> = all(connection, "SELECT code, name FROM clinics", []).await?;
    Ok(rows.into_iter().map(|row| (row.code, row.name)).collect())
}

/// The clinics' codes by number.
pub(crate) async fn clinic_codes(connection: &impl ConnectionTrait) -> Result<Vec<(i64, String)>> {
    let rows: Vec<ClinicRow> = all(connection, "SELECT ord, code FROM clinics", []).await?;
    Ok(rows.into_iter().map(|row| (row.ord, row.code)).collect())
}
