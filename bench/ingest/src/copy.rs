//! PostgreSQL's COPY of the same rows: the yardstick.

use std::time::Instant;

use anyhow::Context;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use crate::events::Event;

const COLUMNS: &str = "tx, key, kind, record, source, message_id, at, received_at, amount, currency, props, flags";
/// Rows of the durable batches.
const BATCH: usize = 500;

/// Rows a second.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) version: String,
    pub(crate) settings: String,
    /// One COPY into a table like `events`, with its indexes.
    pub(crate) same: f64,
    /// One COPY into the same table without any index.
    pub(crate) bare: f64,
    /// A COPY and a commit for each 500 rows, with the indexes.
    pub(crate) batches: f64,
}

/// How many events of tracking sources the log has.
pub(crate) async fn count(url: &str) -> anyhow::Result<i64> {
    let sql = "SELECT COUNT(*) FROM events WHERE source <> 1";
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await?;
        return Ok(sqlx::query_scalar(sql).fetch_one(&mut connection).await?);
    }
    let mut connection = PgConnection::connect(url).await?;
    Ok(sqlx::query_scalar(sql).fetch_one(&mut connection).await?)
}

pub(crate) async fn run(url: &str, rows: u64) -> anyhow::Result<Outcome> {
    let mut connection = PgConnection::connect(url).await.context("PostgreSQL does not answer")?;
    let version: String = sqlx::query_scalar("SHOW server_version").fetch_one(&mut connection).await?;
    let mut settings = Vec::new();
    for name in ["fsync", "synchronous_commit", "shared_buffers", "max_wal_size"] {
        let value: String =
            sqlx::query_scalar(AssertSqlSafe(format!("SHOW {name}"))).fetch_one(&mut connection).await?;
        settings.push(format!("{name}={value}"));
    }
    let lines: Vec<String> = (0..rows).map(|number| line(Event::new(0, number))).collect();
    // Interleaved, so that none of them has the disk at its best.
    let bare =
        timed(&mut connection, "copy_bare", "INCLUDING DEFAULTS INCLUDING IDENTITY", &lines, lines.len()).await?;
    let same = timed(&mut connection, "copy_same", "INCLUDING ALL", &lines, lines.len()).await?;
    let batches = timed(&mut connection, "copy_batches", "INCLUDING ALL", &lines, BATCH).await?;
    Ok(Outcome { version, settings: settings.join(" "), same, bare, batches })
}

async fn timed(
    connection: &mut PgConnection,
    table: &str,
    including: &str,
    lines: &[String],
    batch: usize,
) -> anyhow::Result<f64> {
    for sql in [
        format!("DROP TABLE IF EXISTS {table}"),
        format!("CREATE TABLE {table} (LIKE events {including})"),
        "CHECKPOINT".to_owned(),
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *connection).await?;
    }
    let bodies: Vec<String> = lines.chunks(batch).map(<[String]>::concat).collect();
    let start = Instant::now();
    for body in &bodies {
        let mut stream = connection.copy_in_raw(&format!("COPY {table} ({COLUMNS}) FROM STDIN")).await?;
        for part in body.as_bytes().chunks(1 << 20) {
            stream.send(part).await?;
        }
        stream.finish().await?;
    }
    Ok(lines.len() as f64 / start.elapsed().as_secs_f64())
}

/// The row of an event in COPY's text format.
fn line(event: Event) -> String {
    let (kind, props) = event.stored();
    let (amount, currency) = if kind == "payment.received" { ("12800", "CNY") } else { ("\\N", "\\N") };
    let id = event.message_id();
    let at = 1_767_254_400_000_000_i64;
    let key: String = id.rsplit('-').take(2).collect();
    let record = event.visitor() + 1;
    format!("1\t\\\\x{key}\t{kind}\t{record}\t2\t{id}\t{at}\t{at}\t{amount}\t{currency}\t{props}\t0\n")
}
