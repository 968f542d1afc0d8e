//! What is kept of each record, and what the log tells since.

use std::collections::HashSet;

use careloop_db::{ConnectionTrait, Db, Engine, FromQueryResult, all, in_list, one, placeholders, run};
use careloop_kernel::Result;

use super::NumberRow;
use crate::{Position, Scanned};

/// Rows one statement carries; a connection keeps its last statements, so they should be small.
const ROWS: usize = 200;
/// How many record numbers one statement names.
const RECORDS: usize = 1_000;

/// A row of `event_histories`.
#[derive(Debug, FromQueryResult)]
pub(crate) struct HistoryRow {
    pub(crate) record: i64,
    pub(crate) events: Vec<u8>,
}

/// An event beyond the copies.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct LateRow {
    seq: i64,
    tx: i64,
    kind: String,
    pub(crate) record: i64,
    clinic: Option<i64>,
    source: i64,
    at: i64,
    amount: Option<i64>,
    currency: Option<String>,
    props: String,
}

/// The columns of [`LateRow`].
const LATE: &str = "e.seq, e.tx, e.kind, e.record, e.clinic, e.source, e.at, e.amount, e.currency, e.props";

impl LateRow {
    pub(crate) fn scanned(&self) -> Scanned<'_> {
        Scanned {
            position: Position { tx: self.tx, seq: self.seq },
            kind: &self.kind,
            record: self.record,
            clinic: self.clinic,
            source: self.source,
            at_us: self.at,
            amount: self.amount,
            currency: self.currency.as_deref(),
            props: &self.props,
        }
    }
}

/// What is kept of these records.
pub(crate) async fn histories(connection: &impl ConnectionTrait, records: &[i64]) -> Result<Vec<HistoryRow>> {
    let mut found = Vec::with_capacity(records.len());
    for chunk in records.chunks(RECORDS) {
        let list = in_list(chunk.iter().copied());
        let sql = format!("SELECT record, events FROM event_histories WHERE record IN ({list})");
        found.extend(all::<HistoryRow>(connection, &sql, []).await?);
    }
    Ok(found)
}

/// What is kept of the records whose numbers lie between these, both included.
pub(crate) async fn histories_between(
    connection: &impl ConnectionTrait,
    (first, last): (i64, i64),
) -> Result<Vec<HistoryRow>> {
    let sql = "SELECT record, events FROM event_histories WHERE record >= $1 AND record <= $2";
    all(connection, sql, [first.into(), last.into()]).await
}

/// Those of these records of which something is kept.
pub(crate) async fn known_histories(connection: &impl ConnectionTrait, records: &[i64]) -> Result<HashSet<i64>> {
    let mut found = HashSet::new();
    for chunk in records.chunks(RECORDS) {
        let list = in_list(chunk.iter().copied());
        let sql = format!("SELECT record AS number FROM event_histories WHERE record IN ({list})");
        found.extend(all::<NumberRow>(connection, &sql, []).await?.into_iter().map(|row| row.number));
    }
    Ok(found)
}

/// Writes what is kept of records, in place of what was.
pub(crate) async fn save_histories(tx: &impl ConnectionTrait, rows: Vec<(i64, Vec<u8>)>) -> Result<()> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<(i64, Vec<u8>)> = rows.by_ref().take(ROWS).collect();
        let sql = format!(
            "INSERT INTO event_histories (record, events) VALUES {}
             ON CONFLICT (record) DO UPDATE SET events = excluded.events",
            placeholders(chunk.len(), 2)
        );
        run(tx, &sql, chunk.into_iter().flat_map(|(record, events)| [record.into(), events.into()])).await?;
    }
    Ok(())
}

/// Throws away what is kept.
pub(crate) async fn forget_histories(tx: &impl ConnectionTrait) -> Result<()> {
    run(tx, "DELETE FROM event_histories", []).await
}

/// The events of these records beyond a place in the log. With `few`, all that is beyond is looked through.
pub(crate) async fn late(
    connection: &impl ConnectionTrait,
    after: Position,
    records: &[i64],
    few: bool,
) -> Result<Vec<LateRow>> {
    let mut found = Vec::new();
    for chunk in records.chunks(RECORDS) {
        // A sign before a column keeps an engine from looking it up in an index.
        let (seq, record) = if few { ("e.seq", "+e.record") } else { ("+e.seq", "e.record") };
        let beyond = beyond(connection, seq);
        let list = in_list(chunk.iter().copied());
        let sql = format!("SELECT {LATE} FROM events e WHERE {beyond} AND {record} IN ({list})");
        found.extend(all::<LateRow>(connection, &sql, [after.tx.into(), after.seq.into()]).await?);
    }
    Ok(found)
}

/// The next events to copy, in the order of the log: those that no running transaction can still precede.
pub(crate) async fn to_copy(db: &Db, after: Position, limit: i64) -> Result<Vec<LateRow>> {
    let beyond = beyond(db.read(), "e.seq");
    let sqlite = format!("SELECT {LATE} FROM events e WHERE {beyond} ORDER BY e.seq LIMIT $3");
    let postgres = format!(
        "SELECT {LATE} FROM events e WHERE {beyond} AND e.tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
         ORDER BY e.tx, e.seq LIMIT $3"
    );
    all(db.read(), db.by_engine(&sqlite, &postgres), [after.tx.into(), after.seq.into(), limit.into()]).await
}

/// All events beyond a place in the log.
pub(crate) async fn all_late(connection: &impl ConnectionTrait, after: Position) -> Result<Vec<LateRow>> {
    let sql = format!("SELECT {LATE} FROM events e WHERE {}", beyond(connection, "e.seq"));
    all(connection, &sql, [after.tx.into(), after.seq.into()]).await
}

/// That an event stands beyond the place `$1`, `$2`.
fn beyond(connection: &impl ConnectionTrait, seq: &str) -> String {
    match Engine::from(connection.get_database_backend()) {
        Engine::Sqlite => format!("{seq} > $2 AND $1 >= 0"),
        Engine::Postgres => format!("e.tx > 0 AND (e.tx, {seq}) > ($1, $2)"),
    }
}

/// The highest number of a record that events tell of; 0 in an empty log.
pub(crate) async fn last_record(db: &Db) -> Result<i64> {
    Ok(one::<NumberRow>(db.read(), "SELECT COALESCE(MAX(record), 0) AS number FROM events", []).await?.number)
}
