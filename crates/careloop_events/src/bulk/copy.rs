//! COPY on PostgreSQL.

use careloop_kernel::Money;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Postgres, Transaction};

use super::Prepared;

const COLUMNS: &str =
    "tx, key, kind, record, clinic, source, message_id, at, received_at, amount, currency, props, flags";
/// The signature, no flags, no extension (PostgreSQL manual, COPY, binary format).
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const UNIQUE_VIOLATION: &str = "23505";

/// Appends the rows that are new and gives their number.
///
/// COPY knows no ON CONFLICT. It goes straight into the log inside a savepoint; when an event is there already, or
/// twice in the list, the savepoint is undone and the rows go through a temporary table.
pub(super) async fn insert_new(tx: &mut Transaction<'_, Postgres>, rows: &[Prepared]) -> sqlx::Result<u64> {
    let transaction: i64 = sqlx::query_scalar("SELECT pg_current_xact_id()::text::bigint").fetch_one(&mut **tx).await?;
    let bytes = encode(transaction, rows);
    let mut savepoint = tx.begin().await?;
    match copy(&mut savepoint, "events", &bytes).await {
        Ok(count) => {
            savepoint.commit().await?;
            return Ok(count);
        }
        Err(error) if is_duplicate(&error) => savepoint.rollback().await?,
        Err(error) => return Err(error),
    }
    sqlx::query("CREATE TEMPORARY TABLE arrived (LIKE events) ON COMMIT DROP").execute(&mut **tx).await?;
    sqlx::query("ALTER TABLE arrived ALTER COLUMN seq DROP NOT NULL").execute(&mut **tx).await?;
    copy(tx, "arrived", &bytes).await?;
    let sql = "INSERT INTO events (tx, key, kind, record, clinic, source, message_id, at, received_at, amount, currency, \
               props, flags) SELECT tx, key, kind, record, clinic, source, message_id, at, received_at, amount, currency, \
               props, flags FROM arrived ON CONFLICT (key) DO NOTHING";
    Ok(sqlx::query(sql).execute(&mut **tx).await?.rows_affected())
}

fn is_duplicate(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == UNIQUE_VIOLATION)
}

async fn copy(connection: &mut PgConnection, table: &str, bytes: &[u8]) -> sqlx::Result<u64> {
    let sql = format!("COPY {table} ({COLUMNS}) FROM STDIN (FORMAT binary)");
    let mut stream = connection.copy_in_raw(&sql).await?;
    for part in bytes.chunks(1 << 20) {
        stream.send(part).await?;
    }
    stream.finish().await
}

fn encode(transaction: i64, rows: &[Prepared]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(rows.len() * 320);
    bytes.extend_from_slice(HEADER);
    for row in rows {
        bytes.extend_from_slice(&13_i16.to_be_bytes());
        number(&mut bytes, Some(transaction));
        field(&mut bytes, &row.key);
        field(&mut bytes, row.kind.as_bytes());
        number(&mut bytes, Some(row.record));
        number(&mut bytes, row.clinic);
        number(&mut bytes, Some(row.source));
        field(&mut bytes, row.message_id.as_bytes());
        number(&mut bytes, Some(row.at));
        number(&mut bytes, Some(row.received_at));
        number(&mut bytes, row.amount.map(Money::minor));
        match row.amount {
            Some(money) => field(&mut bytes, money.currency().as_str().as_bytes()),
            None => bytes.extend_from_slice(&(-1_i32).to_be_bytes()),
        }
        field(&mut bytes, row.props.as_bytes());
        number(&mut bytes, Some(row.flags));
    }
    bytes.extend_from_slice(&(-1_i16).to_be_bytes());
    bytes
}

fn field(bytes: &mut Vec<u8>, content: &[u8]) {
    // A field is far below 2 GB: the tracking API and the importer bound it.
    let length = i32::try_from(content.len()).unwrap_or(i32::MAX);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(content);
}

fn number(bytes: &mut Vec<u8>, value: Option<i64>) {
    match value {
        Some(value) => field(bytes, &value.to_be_bytes()),
        None => bytes.extend_from_slice(&(-1_i32).to_be_bytes()),
    }
}
