//! Fresh databases, one per test and engine.

use std::future::Future;
use std::sync::Arc;

use careloop_db::{Db, Engine};
use careloop_kernel::Random as _;
use careloop_kernel::{Ctx, Env, FixedClock, SeededRandom, SystemRandom, Vault};
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;

/// A fresh, migrated database and the context to use it with.
#[derive(Debug)]
pub struct TestDb {
    /// The database.
    pub db: Db,
    /// The program's context: all permissions, the whole chain, fixed clock, seeded randomness, test keys.
    pub ctx: Ctx,
    /// The clock inside `ctx`, to move it. It starts at 2026-03-02T01:00:00Z, a Monday morning in Shanghai.
    pub clock: Arc<FixedClock>,
    /// A folder that lives as long as the test.
    pub folder: Arc<TempDir>,
}

/// Clock, randomness and keys for tests.
pub fn test_env() -> (Env, Arc<FixedClock>) {
    let clock = Arc::new(FixedClock::at("2026-03-02T01:00:00Z".parse().expect("a valid instant")));
    let env =
        Env { clock: Arc::clone(&clock) as _, random: Arc::new(SeededRandom::new(1)), vault: Vault::new(&[7; 32]) };
    (env, clock)
}

/// Runs a test on SQLite, then on PostgreSQL, each on a database of its own.
pub async fn on_both<F, Fut>(test: F)
where
    F: Fn(TestDb) -> Fut,
    Fut: Future<Output = ()>,
{
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let fresh = fresh(engine).await;
        // An `async move` test captures only the fields it names; the folder must outlive it all the same.
        let folder = Arc::clone(&fresh.folder);
        test(fresh).await;
        drop(folder);
    }
}

impl TestDb {
    /// A fresh SQLite database, for tests of what does not touch the engine (routes, views).
    pub async fn sqlite() -> Self {
        fresh(Engine::Sqlite).await
    }
}

async fn fresh(engine: Engine) -> TestDb {
    let folder = Arc::new(tempfile::tempdir().expect("a folder for the test"));
    let url = match engine {
        Engine::Sqlite => format!("sqlite://{}", folder.path().join("test.db").display()),
        Engine::Postgres => postgres_database().await,
    };
    let db = Db::open(&url).await.expect("a fresh database opens");
    let (env, clock) = test_env();
    TestDb { db, ctx: Ctx::system(env, "test"), clock, folder }
}

/// Creates a database of its own in the cluster of the test run; the cluster goes away as a whole.
async fn postgres_database() -> String {
    let base = std::env::var("CARELOOP_TEST_POSTGRES_URL").expect(
        "CARELOOP_TEST_POSTGRES_URL is not set: run the tests through `make test`, or start a cluster with `scripts/pg.sh start`",
    );
    let mut bytes = [0_u8; 8];
    SystemRandom.fill(&mut bytes);
    let name = format!("t_{:016x}", u64::from_be_bytes(bytes));
    let admin = Database::connect(format!("{base}/postgres")).await.expect("the test cluster answers");
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database can be made");
    admin.close().await.expect("the connection closes");
    format!("{base}/{name}")
}
