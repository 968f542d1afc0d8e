//! The SQL of the log.

mod counts;
mod histories;
mod scan;
mod warming;

use std::collections::HashSet;

use careloop_db::{ConnectionTrait, Db, Engine, FromQueryResult, Value, all, execute, in_list, one, optional};
use careloop_kernel::{Error, Money, Result, Scope};
use jiff::Timestamp;

pub(crate) use histories::{
    HistoryRow, LateRow, all_late, forget_histories, histories, histories_between, known_histories, last_record, late,
    save_histories, to_copy,
};
pub use scan::{Scanned, scan};
pub(crate) use warming::{walk_keys, walk_records};

pub(crate) use counts::{BY_KIND, BY_SOURCE, Grouping, count_between, save_counts, saved_counts};

use crate::bulk::Prepared;
use crate::model::event_id;
use crate::{Position, Props, StoredEvent};

/// The columns a reader needs, in the order of [`EventRow`].
const COLUMNS: &str = "e.seq, e.tx, e.key, e.kind, e.record, e.clinic, e.source, e.message_id, e.at, e.received_at, \
                       e.amount, e.currency, e.props, e.flags";
/// How many rows one INSERT carries; 12 values each stay far below SQLite's 32,766.
const ROWS: usize = 250;
/// How many keys one statement names.
const KEYS: usize = 500;
/// How many record numbers one statement names.
const RECORDS: usize = 1_000;

#[derive(FromQueryResult)]
struct EventRow {
    seq: i64,
    tx: i64,
    key: Vec<u8>,
    kind: String,
    record: i64,
    clinic: Option<i64>,
    source: i64,
    message_id: String,
    at: i64,
    received_at: i64,
    amount: Option<i64>,
    currency: Option<String>,
    props: String,
    flags: i64,
}

impl TryFrom<EventRow> for StoredEvent {
    type Error = Error;

    fn try_from(row: EventRow) -> Result<Self> {
        let key = row.key.try_into().map_err(|_| Error::internal("an event's key is not 16 bytes"))?;
        let amount = match (row.amount, row.currency) {
            (Some(minor), Some(code)) => Some(Money::of_minor(minor, code.parse().map_err(Error::internal)?)),
            _ => None,
        };
        Ok(Self {
            seq: row.seq,
            tx: row.tx,
            event_id: event_id(key),
            kind: row.kind,
            record: row.record,
            clinic: row.clinic,
            source: row.source,
            message_id: row.message_id,
            at: instant(row.at)?,
            received_at: instant(row.received_at)?,
            amount,
            props: Props::from_text(row.props),
            flags: row.flags,
        })
    }
}

fn instant(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(Error::internal)
}

fn events(rows: Vec<EventRow>) -> Result<Vec<StoredEvent>> {
    rows.into_iter().map(StoredEvent::try_from).collect()
}

/// Appends rows and gives the number that were new.
pub(crate) async fn insert(tx: &impl ConnectionTrait, rows: Vec<Prepared>) -> Result<u64> {
    let engine = Engine::from(tx.get_database_backend());
    let mut inserted = 0;
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<Prepared> = rows.by_ref().take(ROWS).collect();
        let sql = insert_sql(engine, chunk.len());
        inserted += execute(tx, &sql, chunk.into_iter().flat_map(values)).await?;
    }
    Ok(inserted)
}

#[derive(FromQueryResult)]
struct KeyRow {
    key: Vec<u8>,
}

/// Which of these keys are in the log.
pub(crate) async fn stored_keys(connection: &impl ConnectionTrait, keys: &[[u8; 16]]) -> Result<HashSet<[u8; 16]>> {
    let mut found = HashSet::new();
    for part in keys.chunks(KEYS) {
        let marks: Vec<String> = (1..=part.len()).map(|number| format!("${number}")).collect();
        let sql = format!("SELECT key FROM events WHERE key IN ({})", marks.join(", "));
        let rows: Vec<KeyRow> = all(connection, &sql, part.iter().map(|key| Value::from(key.to_vec()))).await?;
        found.extend(rows.into_iter().filter_map(|row| <[u8; 16]>::try_from(row.key).ok()));
    }
    Ok(found)
}

/// The INSERT of so many rows. The writing transaction's number is PostgreSQL's own; SQLite has one writer and needs none.
pub(crate) fn insert_sql(engine: Engine, rows: usize) -> String {
    let transaction = match engine {
        Engine::Sqlite => "0",
        Engine::Postgres => "pg_current_xact_id()::text::bigint",
    };
    let row = |index: usize| {
        let first = index * 12;
        // SQLite searches a list of names for every `$1`, which is slow for thousands; `?` has no name.
        let places: Vec<String> = match engine {
            Engine::Sqlite => vec!["?".to_owned(); 12],
            Engine::Postgres => (first + 1..=first + 12).map(|place| format!("${place}")).collect(),
        };
        format!("({transaction}, {})", places.join(", "))
    };
    let rows = (0..rows).map(row).collect::<Vec<_>>().join(", ");
    // A statement that undoes itself when a row is refused copies every page before it changes it. The transaction
    // around it is undone anyway, so SQLite need not.
    let or_fail = match engine {
        Engine::Sqlite => " OR FAIL",
        Engine::Postgres => "",
    };
    format!(
        "INSERT{or_fail} INTO events (tx, key, kind, record, clinic, source, message_id, at, received_at, amount, currency, props, \
         flags) VALUES {rows} ON CONFLICT (key) DO NOTHING"
    )
}

fn values(row: Prepared) -> [Value; 12] {
    [
        row.key.to_vec().into(),
        row.kind.into(),
        row.record.into(),
        row.clinic.into(),
        row.source.into(),
        row.message_id.into(),
        row.at.into(),
        row.received_at.into(),
        row.amount.map(Money::minor).into(),
        row.amount.map(|money| money.currency().to_string()).into(),
        row.props.into(),
        row.flags.into(),
    ]
}

/// The events after a position that no running transaction can still precede.
///
/// On PostgreSQL a sequence number is taken before the commit, so order of `seq` is not order of visibility. Readers
/// follow (tx, seq) and stop before the oldest transaction that still runs: whatever commits later has a higher `tx`.
pub(crate) async fn after(db: &Db, after: Position, limit: u64) -> Result<Vec<StoredEvent>> {
    let sqlite = format!("SELECT {COLUMNS} FROM events e WHERE e.seq > $2 AND $1 >= 0 ORDER BY e.seq LIMIT $3");
    let postgres = format!(
        "SELECT {COLUMNS} FROM events e WHERE e.tx > 0 AND (e.tx, e.seq) > ($1, $2)
         AND e.tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY e.tx, e.seq LIMIT $3"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [after.tx.into(), after.seq.into(), limit.into()];
    events(all(db.read(), db.by_engine(&sqlite, &postgres), values).await?)
}

/// Everything committed after a position, without waiting for transactions that still run: for a single look, not for a
/// reader that keeps its place.
pub(crate) async fn committed(db: &Db, after: Position, limit: u64) -> Result<Vec<StoredEvent>> {
    let sqlite = format!("SELECT {COLUMNS} FROM events e WHERE e.seq > $2 AND $1 >= 0 ORDER BY e.seq LIMIT $3");
    // `tx > 0` is true of every row there; it lets the partial index serve.
    let postgres = format!(
        "SELECT {COLUMNS} FROM events e WHERE e.tx > 0 AND (e.tx, e.seq) > ($1, $2) ORDER BY e.tx, e.seq LIMIT $3"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [after.tx.into(), after.seq.into(), limit.into()];
    events(all(db.read(), db.by_engine(&sqlite, &postgres), values).await?)
}

/// How many events are committed after a position.
pub(crate) async fn count_committed(db: &Db, after: Position) -> Result<i64> {
    let sqlite = "SELECT COUNT(*) AS number FROM events e WHERE e.seq > $2 AND $1 >= 0";
    let postgres = "SELECT COUNT(*) AS number FROM events e WHERE e.tx > 0 AND (e.tx, e.seq) > ($1, $2)";
    let values = [after.tx.into(), after.seq.into()];
    Ok(one::<NumberRow>(db.read(), db.by_engine(sqlite, postgres), values).await?.number)
}

#[derive(FromQueryResult)]
struct PositionRow {
    tx: i64,
    seq: i64,
}

impl From<PositionRow> for Position {
    fn from(row: PositionRow) -> Self {
        Self { tx: row.tx, seq: row.seq }
    }
}

/// The position after which [`after`] finds nothing at this moment.
pub(crate) async fn tip(db: &Db) -> Result<Position> {
    let sql = db.by_engine(
        "SELECT tx, seq FROM events ORDER BY seq DESC LIMIT 1",
        "SELECT tx, seq FROM events WHERE tx > 0 AND tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
         ORDER BY tx DESC, seq DESC LIMIT 1",
    );
    Ok(optional::<PositionRow>(db.read(), sql, []).await?.map(Position::from).unwrap_or_default())
}

/// All events of these records in the order they happened.
pub(crate) async fn of_records(connection: &impl ConnectionTrait, records: &[i64]) -> Result<Vec<StoredEvent>> {
    let mut found = Vec::new();
    for chunk in records.chunks(RECORDS) {
        let list = in_list(chunk.iter().copied());
        let sql = format!("SELECT {COLUMNS} FROM events e WHERE e.record IN ({list}) ORDER BY e.at, e.seq");
        found.extend(events(all(connection, &sql, []).await?)?);
    }
    if records.len() > RECORDS {
        found.sort_by_key(|event| (event.at, event.seq));
    }
    Ok(found)
}

/// These events, in the order of the log.
pub(crate) async fn by_seqs(connection: &impl ConnectionTrait, seqs: &[i64]) -> Result<Vec<StoredEvent>> {
    let sql =
        format!("SELECT {COLUMNS} FROM events e WHERE e.seq IN ({}) ORDER BY e.seq", in_list(seqs.iter().copied()));
    events(all(connection, &sql, []).await?)
}

/// One page of these records' history, newest first.
pub(crate) async fn history(
    db: &Db,
    records: &[i64],
    kind: Option<&str>,
    before: Option<[i64; 2]>,
    limit: i64,
) -> Result<Vec<StoredEvent>> {
    let list = in_list(records.iter().copied());
    let [at, seq] = before.unwrap_or([i64::MAX, i64::MAX]);
    let sql = format!(
        "SELECT {COLUMNS} FROM events e WHERE e.record IN ({list}) AND (e.at, e.seq) < ($1, $2)
         AND ($3 = '' OR e.kind = $3) ORDER BY e.at DESC, e.seq DESC LIMIT $4"
    );
    let values = [at.into(), seq.into(), kind.unwrap_or_default().into(), limit.into()];
    events(all(db.read(), &sql, values).await?)
}

/// What to look for in the log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted<'a> {
    /// Only this kind.
    pub(crate) kind: Option<&'a str>,
    /// Only from this source.
    pub(crate) source: Option<i64>,
}

/// The events with `low <= seq < high` that are wanted and visible, newest first.
pub(crate) async fn window(
    db: &Db,
    scope: &Scope,
    wanted: &Wanted<'_>,
    bounds: [i64; 2],
    limit: i64,
) -> Result<Vec<StoredEvent>> {
    let visible = match scope {
        Scope::Chain => String::new(),
        Scope::Clinics(_) | Scope::Own { .. } => {
            format!("AND EXISTS (SELECT 1 FROM records r WHERE r.ord = e.record AND {})", scope.record_condition("r"))
        }
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM events e WHERE e.seq >= $1 AND e.seq < $2 AND ($3 = '' OR e.kind = $3)
         AND ($4 = 0 OR e.source = $4) {visible} ORDER BY e.seq DESC LIMIT $5"
    );
    let [low, high] = bounds;
    let values = [
        low.into(),
        high.into(),
        wanted.kind.unwrap_or_default().into(),
        wanted.source.unwrap_or_default().into(),
        limit.into(),
    ];
    events(all(db.read(), &sql, values).await?)
}

#[derive(FromQueryResult)]
struct NumberRow {
    number: i64,
}

/// The highest sequence number there is; 0 in an empty log.
pub(crate) async fn last_seq(connection: &impl ConnectionTrait) -> Result<i64> {
    Ok(one::<NumberRow>(connection, "SELECT COALESCE(MAX(seq), 0) AS number FROM events", []).await?.number)
}

/// The number of a source by its public id.
pub(crate) async fn source_ord(db: &Db, id: &str) -> Result<Option<i64>> {
    let row = optional::<NumberRow>(db.read(), "SELECT ord AS number FROM sources WHERE id = $1", [id.into()]).await?;
    Ok(row.map(|row| row.number))
}

#[derive(FromQueryResult)]
pub(crate) struct NameRow {
    pub(crate) number: i64,
    pub(crate) name: String,
}

/// Number and public id of records.
pub(crate) async fn record_ids(connection: &impl ConnectionTrait, records: &[i64]) -> Result<Vec<NameRow>> {
    named(connection, "SELECT ord AS number, id AS name FROM records WHERE ord IN", records).await
}

/// Number and name of sources.
pub(crate) async fn source_names(connection: &impl ConnectionTrait, sources: &[i64]) -> Result<Vec<NameRow>> {
    named(connection, "SELECT ord AS number, name FROM sources WHERE ord IN", sources).await
}

/// Number and name of clinics.
pub(crate) async fn clinic_names(connection: &impl ConnectionTrait, clinics: &[i64]) -> Result<Vec<NameRow>> {
    named(connection, "SELECT ord AS number, name FROM clinics WHERE ord IN", clinics).await
}

async fn named(connection: &impl ConnectionTrait, sql: &str, numbers: &[i64]) -> Result<Vec<NameRow>> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    all(connection, &format!("{sql} ({})", in_list(numbers.iter().copied())), []).await
}

/// How far a reader has come.
pub(crate) async fn consumer(connection: &impl ConnectionTrait, name: &str) -> Result<Option<Position>> {
    let row =
        optional::<PositionRow>(connection, "SELECT tx, seq FROM consumers WHERE name = $1", [name.into()]).await?;
    Ok(row.map(Position::from))
}

/// How far a reader has come; nobody else moves it before the transaction ends.
pub(crate) async fn lock_consumer(tx: &impl ConnectionTrait, name: &str, now: i64) -> Result<Position> {
    let sql = "INSERT INTO consumers (name, tx, seq, updated_at) VALUES ($1, 0, 0, $2)
               ON CONFLICT (name) DO UPDATE SET updated_at = excluded.updated_at RETURNING tx, seq";
    Ok(one::<PositionRow>(tx, sql, [name.into(), now.into()]).await?.into())
}

/// Writes down how far a reader has come.
pub(crate) async fn save_consumer(
    connection: &impl ConnectionTrait,
    name: &str,
    position: Position,
    now: i64,
) -> Result<()> {
    let sql = "INSERT INTO consumers (name, tx, seq, updated_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (name) DO UPDATE SET tx = excluded.tx, seq = excluded.seq, updated_at = excluded.updated_at";
    execute(connection, sql, [name.into(), position.tx.into(), position.seq.into(), now.into()]).await.map(|_| ())
}
