//! All SQL of this feature. Statements with many rows come in a few widths, so that each text is prepared once.

pub(crate) mod alias;
pub(crate) mod care;
pub(crate) mod identity;
pub(crate) mod keys;
pub(crate) mod links;
pub(crate) mod list;
pub(crate) mod lookup;
pub(crate) mod near;
pub(crate) mod owners;
pub(crate) mod persons;
pub(crate) mod records;
pub(crate) mod review;

use careloop_db::{ConnectionTrait, Engine, Value, batch, execute, run};
use careloop_kernel::Result;

/// Upserts hold it shared, a resolve holds it alone, so that no record changes under a resolve.
const IDENTITY_LOCK: i64 = 7_215_060_143;
/// First half of the lock that lets one writer at a time add records to a source.
const SOURCE_LOCK: i64 = 721_506;

/// Waits until no resolve runs, and keeps one from starting before this transaction ends. SQLite has one writer anyway.
pub(crate) async fn lock_for_upsert(tx: &impl ConnectionTrait, source: i64) -> Result<()> {
    match Engine::from(tx.get_database_backend()) {
        Engine::Sqlite => Ok(()),
        Engine::Postgres => {
            run(tx, &format!("SELECT pg_advisory_xact_lock_shared({IDENTITY_LOCK})"), []).await?;
            run(tx, &format!("SELECT pg_advisory_xact_lock({SOURCE_LOCK}, CAST($1 AS integer))"), [source.into()]).await
        }
    }
}

/// Keeps a resolve from running before this transaction ends, so that it misses nothing that is said here.
pub(crate) async fn lock_out_resolve(tx: &impl ConnectionTrait) -> Result<()> {
    match Engine::from(tx.get_database_backend()) {
        Engine::Sqlite => Ok(()),
        Engine::Postgres => run(tx, &format!("SELECT pg_advisory_xact_lock_shared({IDENTITY_LOCK})"), []).await,
    }
}

/// Waits until no upsert and no other resolve runs, and keeps them from starting before this transaction ends. What a
/// neighbourhood asks for is planned once: PostgreSQL would plan it again for each list of numbers, which takes longer than
/// finding them.
pub(crate) async fn lock_for_resolve(tx: &impl ConnectionTrait) -> Result<()> {
    match Engine::from(tx.get_database_backend()) {
        Engine::Sqlite => Ok(()),
        Engine::Postgres => {
            let plan_once = "SET LOCAL plan_cache_mode = force_generic_plan".to_owned();
            batch(tx, &[plan_once, format!("SELECT pg_advisory_xact_lock({IDENTITY_LOCK})")]).await
        }
    }
}

/// Lets PostgreSQL plan for the numbers at hand again, for statements that read much.
pub(crate) async fn plan_anew(tx: &impl ConnectionTrait) -> Result<()> {
    match Engine::from(tx.get_database_backend()) {
        Engine::Sqlite => Ok(()),
        Engine::Postgres => run(tx, "SET LOCAL plan_cache_mode = auto", []).await,
    }
}

/// `(…), (…)`: the places of `rows` rows with `columns` values each, counted from `first`.
///
/// SQLite keeps names such as `$1` in a list that it searches from the start for every parameter, which is slow for
/// thousands; a bare `?` has no name.
pub(crate) fn marks(engine: Engine, (rows, columns): (usize, usize), first: usize) -> String {
    let row = |row: usize| {
        let start = first + row * columns;
        let marks: Vec<String> = match engine {
            Engine::Sqlite => vec!["?".to_owned(); columns],
            Engine::Postgres => (start..start + columns).map(|number| format!("${number}")).collect(),
        };
        format!("({})", marks.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// `INSERT` of any number of rows, `columns` values each.
pub(crate) async fn insert_rows(
    tx: &impl ConnectionTrait,
    head: &str,
    columns: usize,
    rows: impl ExactSizeIterator<Item = Vec<Value>>,
) -> Result<u64> {
    let engine = Engine::from(tx.get_database_backend());
    let mut rows = rows;
    let mut inserted = 0;
    for width in [4_000 / columns, 32, 8, 2, 1] {
        if rows.len() < width {
            continue;
        }
        let sql = format!("{head} VALUES {} ON CONFLICT DO NOTHING", marks(engine, (width, columns), 1));
        while rows.len() >= width {
            let values: Vec<Value> = rows.by_ref().take(width).flatten().collect();
            inserted += execute(tx, &sql, values).await?;
        }
    }
    Ok(inserted)
}
