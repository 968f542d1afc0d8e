//! Background work: each worker is a step that is repeated until it finds nothing to do, then waits to be woken.
//!
//! A worker holds a lease while it runs, so that of several nodes on one database only one does a given work. Losing
//! the lease between steps is harmless: every step is one transaction that also moves its cursor.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use careloop_db::{Lease, release, renew, try_acquire};
use careloop_events::Warming;
use careloop_kernel::{Ctx, Result};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::Parts;

/// Whether a worker found something to do.
type Step = Pin<Box<dyn Future<Output = Result<bool>> + Send>>;

struct Worker {
    name: &'static str,
    step: Arc<dyn Fn(Parts, Ctx) -> Step + Send + Sync>,
    /// How long it rests when it found nothing to do and nobody wakes it.
    rest: Duration,
    /// Whether somebody may wake it: nobody waits for those that rest for a time of their own.
    wakes: bool,
}

/// How long most workers rest.
const REST: Duration = Duration::from_millis(300);
/// Queries read the tail of the log as well as the lake, so nobody waits for the lake.
const LAKE_REST: Duration = Duration::from_secs(5);
/// How often the write-ahead log is looked at.
const FOLD_REST: Duration = Duration::from_secs(1);
/// The log's indexes are read ahead once, after the start.
const WARMING_REST: Duration = Duration::from_secs(3_600);
/// How often a long step looks after its lease.
const KEEP: Duration = Duration::from_secs(5);
/// How long it rests after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(3);
/// While clients wait for their events to be stored, a worker rests so many times as long as its step took, so that each
/// takes a tenth of its usual share of the machine and of the one writer that SQLite has; and so long at least, since
/// every stored group of events wakes all of them.
const MAKE_WAY: u32 = 9;
const MAKE_WAY_AT_LEAST: Duration = Duration::from_millis(500);

/// The running workers.
#[derive(Debug)]
pub struct Workers {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Workers {
    /// Starts them all.
    pub fn start(parts: &Parts) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for worker in list() {
            tasks.spawn(run(worker, parts.clone(), stopped.clone()));
        }
        Self { stop, tasks }
    }

    /// Lets every worker finish its step, then ends it.
    pub async fn stop(mut self) {
        if self.stop.send(true).is_err() {
            tracing::debug!("every worker has ended already");
        }
        while self.tasks.join_next().await.is_some() {}
    }
}

fn worker<F, Fut>(name: &'static str, step: F) -> Worker
where
    F: Fn(Parts, Ctx) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<bool>> + Send + 'static,
{
    Worker { name, step: Arc::new(move |parts, ctx| Box::pin(step(parts, ctx)) as Step), rest: REST, wakes: true }
}

impl Worker {
    fn rests(self, rest: Duration) -> Self {
        Self { rest, wakes: false, ..self }
    }
}

fn list() -> Vec<Worker> {
    vec![
        worker("imports", |parts, ctx| async move { careloop_intake::files::jobs::resume(&parts.files, &ctx).await }),
        worker(
            "identity",
            |parts, ctx| async move { careloop_people::jobs::resolve_pending(&parts.app.db, &ctx).await },
        ),
        worker("segments", |parts, ctx| async move { careloop_segments::jobs::follow(&parts.app.db, &ctx).await }),
        worker("bulk", |parts, ctx| async move { careloop_segments::jobs::work(&parts.app.db, &ctx).await }),
        worker("outreach", |parts, ctx| async move { careloop_outreach::jobs::follow(&parts.app.db, &ctx).await }),
        worker("sender", |parts, ctx| async move { careloop_outreach::jobs::send(&parts.outreach, &ctx).await }),
        worker("lake", |parts, ctx| async move { Ok(parts.analytics.compact_step(&ctx, LAKE_BATCH).await?.is_some()) })
            .rests(LAKE_REST),
        worker("warming", {
            let warming = Arc::new(Warming::default());
            move |parts, _| {
                let warming = Arc::clone(&warming);
                async move { warming.step(&parts.app.db).await }
            }
        })
        .rests(WARMING_REST),
        worker("fold", |parts, _| async move { parts.app.db.fold_beside().await.map(|()| false) }).rests(FOLD_REST),
    ]
}

/// The tail is moved to the lake in pieces of at least this many events.
const LAKE_BATCH: u64 = 20_000;

async fn run(worker: Worker, parts: Parts, mut stopped: watch::Receiver<bool>) {
    let Worker { name, step, rest, wakes } = worker;
    let mut post = Post::new(name);
    let mut woken = parts.app.wake.listen();
    while !*stopped.borrow() {
        let started = Instant::now();
        let rest = match turn(&mut post, &*step, &parts).await {
            Ok(true) => Duration::ZERO,
            Ok(false) => rest,
            Err(error) => {
                tracing::error!(worker = name, code = error.code(), error = %error, cause = error.causes(), "a worker's step failed");
                AFTER_FAILURE
            }
        };
        if parts.tracking.is_pressed() {
            tokio::select! {
                () = tokio::time::sleep((started.elapsed() * MAKE_WAY).max(MAKE_WAY_AT_LEAST)) => {}
                _ = stopped.changed() => {}
            }
        }
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            () = woken.wait(), if wakes => {}
            _ = stopped.changed() => {}
        }
    }
    post.leave(&parts).await;
}

/// One step under the lease; false when there was nothing to do or somebody else holds the lease.
async fn turn(post: &mut Post, step: &(dyn Fn(Parts, Ctx) -> Step + Send + Sync), parts: &Parts) -> Result<bool> {
    if !post.take(parts).await? {
        return Ok(false);
    }
    let ctx = Ctx::system(parts.app.env.clone(), post.name);
    post.keep_during(parts, step(parts.clone(), ctx)).await
}

/// A worker's place: the lease of its name, as far as this process holds it.
pub(crate) struct Post {
    name: &'static str,
    held: Option<Lease>,
}

impl Post {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, held: None }
    }

    /// Takes the lease, or renews it when that is due; false when somebody else holds it.
    pub(crate) async fn take(&mut self, parts: &Parts) -> Result<bool> {
        let (db, ctx) = (&parts.app.db, Ctx::system(parts.app.env.clone(), self.name));
        if let Some(lease) = &mut self.held
            && (!lease.is_due(&ctx) || renew(db, &ctx, lease).await?)
        {
            return Ok(true);
        }
        self.held = try_acquire(db, &ctx, self.name, &parts.node).await?;
        Ok(self.held.is_some())
    }

    /// Finishes a step and renews the lease meanwhile, however long it takes.
    pub(crate) async fn keep_during<T>(&mut self, parts: &Parts, step: impl Future<Output = T>) -> T {
        let mut step = std::pin::pin!(step);
        loop {
            tokio::select! {
                done = &mut step => return done,
                () = tokio::time::sleep(KEEP) => {}
            }
            // Polled together: on SQLite the renewal waits for the step's own transaction.
            tokio::select! {
                done = &mut step => return done,
                kept = self.take(parts) => if let Err(error) = kept {
                    tracing::warn!(error = %error, cause = error.causes(), "a lease could not be renewed");
                },
            }
        }
    }

    /// Gives the lease back.
    pub(crate) async fn leave(self, parts: &Parts) {
        if let Some(lease) = self.held
            && let Err(error) = release(&parts.app.db, &lease).await
        {
            tracing::debug!(worker = self.name, error = %error, cause = error.causes(), "the lease will run out by itself");
        }
    }
}
