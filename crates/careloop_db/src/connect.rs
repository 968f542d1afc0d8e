//! Opening a database and starting transactions.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use careloop_kernel::{Error, Result};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, FromQueryResult,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};

use crate::address::{self, Address};
use crate::migrations;
use crate::query::{one, run};

/// Which engine runs below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The embedded default.
    Sqlite,
    /// PostgreSQL 15 or later.
    Postgres,
}

/// Pages the writing connection of SQLite holds: a bulk import touches many.
const WRITE_CACHE_KIB: u32 = 96 * 1024;
/// Connections of SQLite that read: so many pages of a file that is not in memory are waited for side by side.
const READERS: u32 = 8;
/// Pages each reading connection holds; the operating system's cache is behind them.
const READ_CACHE_KIB: u32 = 8 * 1024;
/// Pages in the write-ahead log from which on it is folded into the file. The pages of an index are written again by
/// nearly every transaction of a busy intake, so folding seldom (SQLite does at 1,000 pages) saves most of the copies.
const FOLD_EVERY: &str = "64000";
/// Bytes of the write-ahead log from which on a server folds it beside whoever writes, who then has little left to fold.
const FOLD_BESIDE: u64 = 64 << 20;
/// Bytes of the write-ahead log that stay on disk once it was folded.
const LOG_KEPT: &str = "16777216";
/// Prepared statements each connection of SQLite keeps.
const STATEMENTS: usize = 64;
/// Rows that SQLite's thread reads before the reader must have taken one.
const ROWS_AHEAD: usize = 1_024;

/// A running write transaction; dropping it rolls back.
#[derive(Debug)]
pub struct Tx(DatabaseTransaction);

impl Tx {
    /// Makes everything done in it durable and visible.
    pub async fn commit(self) -> Result<()> {
        self.0.commit().await.map_err(Error::internal)
    }
}

impl std::ops::Deref for Tx {
    type Target = DatabaseTransaction;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// A database, cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    write: DatabaseConnection,
    read: DatabaseConnection,
    engine: Engine,
    file: Option<Arc<Path>>,
}

impl Db {
    /// Opens the database of a URL, `sqlite:///path/file.db` or `postgres://…`, and brings its schema up to date. A SQLite
    /// file that is missing is made, for its owner's eyes only.
    pub async fn open(url: &str) -> Result<Self> {
        if let Address::Sqlite(path) = address::parse(url)? {
            address::make_file(&path)?;
        }
        let db = Self::connect(url).await?;
        db.migrate(url).await?;
        Ok(db)
    }

    /// Opens a database that exists, without touching its schema.
    ///
    /// Fails with `db.url` when the address cannot be read, `db.missing` when there is no such file, `db.version` when
    /// PostgreSQL is too old, `db.unreachable` otherwise.
    pub async fn connect(url: &str) -> Result<Self> {
        match address::parse(url)? {
            Address::Postgres => {
                let connection = Database::connect(options(url, 16)).await.map_err(unreachable)?;
                require_version(&connection).await?;
                Ok(Self { write: connection.clone(), read: connection, engine: Engine::Postgres, file: None })
            }
            Address::Sqlite(path) => {
                address::require_file(&path)?;
                let url = format!("{}?mode=rw", address::sqlite_url(&path));
                let write = Database::connect(sqlite_options(&url, 1, WRITE_CACHE_KIB)).await.map_err(unreachable)?;
                let read =
                    Database::connect(sqlite_options(&url, READERS, READ_CACHE_KIB)).await.map_err(unreachable)?;
                Ok(Self { write, read, engine: Engine::Sqlite, file: Some(path.into()) })
            }
        }
    }

    async fn migrate(&self, url: &str) -> Result<()> {
        match self.engine {
            Engine::Sqlite => migrations::apply(&self.write).await,
            // One connection, so that the advisory lock and the migrations share a session: nodes that start together wait.
            Engine::Postgres => {
                let single = Database::connect(options(url, 1)).await.map_err(unreachable)?;
                run(&single, "SELECT pg_advisory_lock(7215060141)", []).await?;
                let applied = migrations::apply(&single).await;
                run(&single, "SELECT pg_advisory_unlock(7215060141)", []).await?;
                single.close().await.map_err(Error::internal)?;
                applied
            }
        }
    }

    /// Says whether every migration of this program is applied.
    pub async fn check_schema(&self) -> Result<()> {
        match migrations::pending(&self.write).await? {
            0 => Ok(()),
            missing => Err(Error::invalid(
                "db.schema",
                format!("{missing} migrations are missing; start the server or run `careloop init`"),
            )),
        }
    }

    /// A connection for reading outside a transaction.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// The connection writes go through; single statements may use it directly.
    pub fn write(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Starts a write transaction.
    ///
    /// It starts in a task of its own: a caller that goes away meanwhile (a browser that hangs up) must not take the
    /// answer to `BEGIN` with it. The driver would hand the connection on with the transaction open, and what the next
    /// one wrote outside a transaction would never be committed.
    pub async fn begin(&self) -> Result<Tx> {
        let write = self.write.clone();
        let started = tokio::spawn(async move {
            let options = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..Default::default()
            };
            write.begin_with_options(options).await
        });
        started.await.map_err(Error::internal)?.map(Tx).map_err(Error::internal)
    }

    /// Which engine runs below.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Picks the text for the engine, where one text cannot serve both.
    pub fn by_engine<'a>(&self, sqlite: &'a str, postgres: &'a str) -> &'a str {
        match self.engine {
            Engine::Sqlite => sqlite,
            Engine::Postgres => postgres,
        }
    }

    /// The writer pool, for bulk paths on SQLite.
    pub fn sqlite_pool(&self) -> Option<&sqlx::SqlitePool> {
        (self.engine == Engine::Sqlite).then(|| self.write.get_sqlite_connection_pool())
    }

    /// The file, for readers with a connection of their own on SQLite.
    pub fn sqlite_file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The pool, for COPY on PostgreSQL.
    pub fn postgres_pool(&self) -> Option<&sqlx::PgPool> {
        (self.engine == Engine::Postgres).then(|| self.write.get_postgres_connection_pool())
    }

    /// Copies a long write-ahead log of SQLite into the file without keeping anybody waiting. Left to itself, whoever makes it
    /// too long folds all of it before their transaction returns, and every other writer waits for them.
    pub async fn fold_beside(&self) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        let length = tokio::fs::metadata(&log).await.map_or(0, |log| log.len());
        if length >= FOLD_BESIDE {
            run(&self.read, "PRAGMA wal_checkpoint(PASSIVE)", []).await?;
        }
        Ok(())
    }

    /// Closes all connections; on SQLite this folds the write-ahead log into the file.
    pub async fn close(self) -> Result<()> {
        self.read.close().await.map_err(Error::internal)?;
        self.write.close().await.map_err(Error::internal)
    }
}

/// The engine behind a connection or transaction.
impl From<DbBackend> for Engine {
    fn from(backend: DbBackend) -> Self {
        if matches!(backend, DbBackend::Postgres) { Self::Postgres } else { Self::Sqlite }
    }
}

#[derive(FromQueryResult)]
struct Version {
    number: i64,
}

/// The statements rely on what PostgreSQL 15 brought.
async fn require_version(connection: &DatabaseConnection) -> Result<()> {
    let sql = "SELECT CAST(current_setting('server_version_num') AS BIGINT) AS number";
    let Version { number } = one(connection, sql, []).await?;
    check_version(number)
}

fn check_version(number: i64) -> Result<()> {
    if number >= 150_000 {
        return Ok(());
    }
    let message = format!("this is PostgreSQL {}; Careloop needs 15 or later: upgrade the cluster", number / 10_000);
    Err(Error::invalid("db.version", message))
}

fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false)
        .test_before_acquire(false);
    options
}

fn sqlite_options(url: &str, connections: u32, cache_kib: u32) -> ConnectOptions {
    let mut options = options(url, connections);
    options.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            .statement_cache_capacity(STATEMENTS)
            .row_buffer_size(ROWS_AHEAD)
            .pragma("cache_size", format!("-{cache_kib}"))
            .pragma("temp_store", "memory")
            .pragma("wal_autocheckpoint", FOLD_EVERY)
            .pragma("journal_size_limit", LOG_KEPT)
    });
    options.idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
    options
}

fn unreachable(source: sea_orm::DbErr) -> Error {
    Error::new(
        careloop_kernel::ErrorKind::Unavailable,
        "db.unreachable",
        "the database cannot be opened; run `careloop doctor` to see why",
    )
    .with_source(source)
}

#[cfg(test)]
mod tests {
    use super::check_version;

    #[test]
    fn an_old_postgresql_is_refused_with_the_next_step() {
        assert!(check_version(150_004).is_ok() && check_version(170_000).is_ok());
        let error = check_version(140_011).unwrap_err();
        assert_eq!(error.code(), "db.version");
        assert!(error.message().contains("PostgreSQL 14"), "{error}");
    }
}
