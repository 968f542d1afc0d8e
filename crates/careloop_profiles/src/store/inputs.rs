//! Dated inputs, and the query they are made from.

use careloop_db::{ConnectionTrait, FromQueryResult, all, one, optional, run};
use careloop_kernel::Result;

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

#[derive(FromQueryResult)]
struct NumberRow {
    number: i64,
}

/// The last sequence number of the log.
pub(crate) async fn log_length(connection: &impl ConnectionTrait) -> Result<i64> {
    Ok(one::<NumberRow>(connection, "SELECT COALESCE(MAX(seq), 0) AS number FROM events", []).await?.number)
}

/// A payment or refund.
#[derive(Debug, FromQueryResult)]
pub(crate) struct PaidRow {
    pub(crate) person: i64,
    pub(crate) at: i64,
    pub(crate) amount: i64,
    pub(crate) paid: bool,
}

/// Payments and refunds before an instant, by person and time.
pub(crate) async fn payers(connection: &impl ConnectionTrait, before: i64) -> Result<Vec<PaidRow>> {
    let sql = "SELECT r.person, e.at, e.amount, e.kind = 'payment.received' AS paid
               FROM events e JOIN records r ON r.ord = e.record
               WHERE e.kind IN ('payment.received', 'refund.paid') AND e.at < $1 AND e.amount IS NOT NULL
               ORDER BY r.person, e.at, e.seq";
    all(connection, sql, [before.into()]).await
}

#[derive(FromQueryResult)]
struct ClinicRow {
    ord: i64,
    code: String,
}

/// The clinics' codes by number.
pub(crate) async fn clinic_codes(connection: &impl ConnectionTrait) -> Result<Vec<(i64, String)>> {
    let rows: Vec<ClinicRow> = all(connection, "SELECT ord, code FROM clinics", []).await?;
    Ok(rows.into_iter().map(|row| (row.ord, row.code)).collect())
}
