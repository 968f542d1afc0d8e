//! Reading the whole log on all cores.
//!
//! A row through the layers above costs several times what finding it does, so here the engines are asked directly: SQLite
//! by connections of this module's own, whose values are looked at where they lie, PostgreSQL by COPY. The log is cut into
//! ranges of sequence numbers, and each worker takes the next one when it is through with the last.

mod postgres;
mod sqlite;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use careloop_db::Db;
use careloop_kernel::{Error, Result};
use tokio::task::JoinHandle;

use super::last_seq;
use crate::Position;

/// How many sequence numbers a worker takes at a time.
const RANGE: i64 = 50_000;

/// One event as short as rules need it, borrowed from the reader's buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scanned<'a> {
    /// Where it stands in the log.
    pub position: Position,
    /// What happened.
    pub kind: &'a str,
    /// To which record.
    pub record: i64,
    /// At which clinic.
    pub clinic: Option<i64>,
    /// Who says so.
    pub source: i64,
    /// When it happened, in microseconds since 1970, UTC.
    pub at_us: i64,
    /// The amount it is about, in minor units of `currency`.
    pub amount: Option<i64>,
    /// The currency's code; there is one exactly when there is an amount.
    pub currency: Option<&'a str>,
    /// Everything else, the JSON text of an object.
    pub props: &'a str,
}

/// Reads every committed event with a sequence number after `after` on all cores, and gives the workers' states.
///
/// Each worker has a state of its own, made by `make`, and shows it each of its events with `each`, in the order of their
/// sequence numbers; between workers there is no order. Everything that is committed when this is called is read, and
/// nothing whose number is higher than the highest at that moment. The first failure of `each` ends it.
pub async fn scan<S, M, E>(db: &Db, after: i64, make: M, each: E) -> Result<Vec<S>>
where
    S: Send + 'static,
    M: Fn() -> S + Send + Sync + 'static,
    E: Fn(&mut S, Scanned<'_>) -> Result<()> + Send + Sync + 'static,
{
    scan_by(db, after, RANGE, (make, each)).await
}

/// [`scan`], so many sequence numbers at a time.
async fn scan_by<S, M, E>(db: &Db, after: i64, range: i64, (make, each): (M, E)) -> Result<Vec<S>>
where
    S: Send + 'static,
    M: Fn() -> S + Send + Sync + 'static,
    E: Fn(&mut S, Scanned<'_>) -> Result<()> + Send + Sync + 'static,
{
    let end = last_seq(db.read()).await?;
    let ranges = Arc::new(Ranges { next: AtomicI64::new(after), end, size: range });
    // A caller that goes away takes the workers with it.
    let _closing = Closing(Arc::clone(&ranges));
    let each = Arc::new(each);
    let mut workers: Vec<JoinHandle<Result<S>>> = Vec::new();
    for _ in 0..workers_for(end - after, range) {
        let (state, closing, each) = (make(), Closing(Arc::clone(&ranges)), Arc::clone(&each));
        workers.push(match (db.sqlite_file(), db.postgres_pool()) {
            (Some(file), _) => {
                let file = file.to_owned();
                tokio::task::spawn_blocking(move || sqlite::read(&file, &closing.0, state, &*each))
            }
            (_, Some(pool)) => {
                let pool = pool.clone();
                tokio::spawn(async move { postgres::read(&pool, &closing.0, state, &*each).await })
            }
            (None, None) => return Err(Error::internal("the database is neither SQLite nor PostgreSQL")),
        });
    }
    let mut states = Vec::with_capacity(workers.len());
    for worker in workers {
        states.push(worker.await.map_err(Error::internal)??);
    }
    Ok(states)
}

/// One worker a core, and none without a range.
fn workers_for(events: i64, range: i64) -> i64 {
    let cores = std::thread::available_parallelism().map_or(1, |cores| i64::try_from(cores.get()).unwrap_or(1));
    cores.min(events.max(0) / range + 1)
}

/// What is left to read, handed out range by range.
struct Ranges {
    next: AtomicI64,
    end: i64,
    size: i64,
}

impl Ranges {
    /// The next range, as the number before it and its last; none when all are taken.
    fn take(&self) -> Option<(i64, i64)> {
        let after = self.next.fetch_add(self.size, Ordering::Relaxed);
        (after < self.end).then(|| (after, self.end.min(after + self.size)))
    }
}

/// Leaves no range to take once it is dropped: a worker that failed ends the others, and one that is through finds none left
/// anyway.
struct Closing(Arc<Ranges>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.next.store(self.0.end, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
