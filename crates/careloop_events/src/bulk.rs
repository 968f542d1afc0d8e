//! The bulk path: a transaction of its own, sqlx below SeaORM, for intake at full speed.

use std::collections::HashSet;

use careloop_db::{Db, Engine};
use careloop_kernel::{Error, Money, Result};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};

use crate::store::insert_sql;
use crate::{Appended, NewEvent, event_key};

/// Rows of the widest INSERT on SQLite, and the narrower ones for what is left: few texts, so each is prepared once.
const WIDTHS: [usize; 4] = [256, 64, 8, 1];

/// An event in the shape of its row. Making one is the costly part that needs no database, so that request handlers
/// do it side by side and the one writer only hands rows over.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(crate) key: [u8; 16],
    pub(crate) kind: String,
    pub(crate) record: i64,
    pub(crate) clinic: Option<i64>,
    pub(crate) source: i64,
    pub(crate) message_id: String,
    pub(crate) at: i64,
    pub(crate) received_at: i64,
    pub(crate) amount: Option<Money>,
    pub(crate) props: String,
    pub(crate) flags: i64,
}

impl Prepared {
    /// The row of an event that was received at this instant.
    pub fn new(event: &NewEvent, received_at: Timestamp) -> Self {
        Self {
            key: event_key(event.source, &event.message_id),
            kind: storable(&event.kind),
            record: event.record,
            clinic: event.clinic,
            source: event.source,
            message_id: storable(&event.message_id),
            at: event.at.as_microsecond(),
            received_at: received_at.as_microsecond(),
            amount: event.amount,
            // Text keys and plain values: there is nothing in a JSON object that cannot be written.
            props: serde_json::to_string(&event.props).unwrap_or_else(|_| "{}".to_owned()),
            flags: event.flags,
        }
    }

    /// Names the event in the log, whatever its record; see [`stored_keys`].
    pub fn key(&self) -> [u8; 16] {
        self.key
    }

    /// The same event of another record.
    #[must_use]
    pub fn of_record(mut self, record: i64) -> Self {
        self.record = record;
        self
    }

    /// Takes the row out, as an event of this record; what stays behind is empty.
    #[must_use]
    pub fn take_for(&mut self, record: i64) -> Self {
        let (kind, message_id, props) =
            (std::mem::take(&mut self.kind), std::mem::take(&mut self.message_id), std::mem::take(&mut self.props));
        Self { kind, message_id, props, record, ..*self }
    }
}

/// PostgreSQL has no text with a zero byte in it.
fn storable(text: &str) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text.to_owned() }
}

/// Which of these events the log holds already.
pub async fn stored_keys(db: &Db, keys: &[[u8; 16]]) -> Result<HashSet<[u8; 16]>> {
    crate::store::stored_keys(db.read(), keys).await
}

/// Appends events in a transaction of its own; when it returns they are durable.
pub async fn append_bulk(db: &Db, rows: Vec<Prepared>) -> Result<Appended> {
    let total = rows.len() as u64;
    let inserted = match (db.sqlite_pool(), db.postgres_pool()) {
        (Some(pool), _) => into_sqlite(pool, rows).await,
        (_, Some(pool)) => into_postgres(pool, rows).await,
        (None, None) => return Err(Error::internal("the database is neither SQLite nor PostgreSQL")),
    }
    .map_err(Error::internal)?;
    Ok(Appended { inserted, duplicates: total - inserted })
}

async fn into_sqlite(pool: &SqlitePool, rows: Vec<Prepared>) -> sqlx::Result<u64> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    let mut inserted = 0;
    let mut rows = rows.into_iter();
    for width in WIDTHS {
        let sql = insert_sql(Engine::Sqlite, width);
        while rows.len() >= width {
            let mut query = sqlx::query(AssertSqlSafe(sql.as_str()));
            for row in rows.by_ref().take(width) {
                query = query
                    .bind(row.key.to_vec())
                    .bind(row.kind)
                    .bind(row.record)
                    .bind(row.clinic)
                    .bind(row.source)
                    .bind(row.message_id)
                    .bind(row.at)
                    .bind(row.received_at)
                    .bind(row.amount.map(Money::minor))
                    .bind(row.amount.map(|money| money.currency().to_string()))
                    .bind(row.props)
                    .bind(row.flags);
            }
            inserted += query.execute(&mut *tx).await?.rows_affected();
        }
    }
    tx.commit().await?;
    Ok(inserted)
}

/// Straight COPY when every event is new, which is the rule; else the same rows one by one past those that are there.
async fn into_postgres(pool: &PgPool, rows: Vec<Prepared>) -> sqlx::Result<u64> {
    let mut tx = pool.begin().await?;
    let inserted = copy::insert_new(&mut tx, &rows).await?;
    tx.commit().await?;
    Ok(inserted)
}

mod copy;
