//! Background work: each worker is a step that is repeated until it finds nothing to do, then waits to be woken.
//!
//! A worker holds a lease while it runs, so that of several nodes on one database only one does a given work. Losing
//! the lease between steps is harmless: every step is one transaction that also moves its cursor.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use careloop_db::{Lease, release, renew, try_acquire};
use careloop_kernel::{Ctx, Result};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Parts;

/// Whether a worker found something to do.
type Step = Pin<Box<dyn Future<Output = Result<bool>> + Send>>;
type Worker = (&'static str, Arc<dyn Fn(Parts, Ctx) -> Step + Send + Sync>);

/// How long a worker rests when nobody wakes it.
const REST: Duration = Duration::from_millis(300);
/// How long it rests after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(3);

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

/// Runs every worker's steps until none finds anything to do: what the CLI does before it answers.
pub async fn settle(parts: &Parts) -> Result<()> {
    loop {
        let mut busy = false;
        for (name, step) in list() {
            let ctx = Ctx::system(parts.app.env.clone(), name);
            busy |= step(parts.clone(), ctx).await?;
        }
        if !busy {
            return Ok(());
        }
    }
}

fn worker<F, Fut>(name: &'static str, step: F) -> Worker
where
    F: Fn(Parts, Ctx) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<bool>> + Send + 'static,
{
    (name, Arc::new(move |parts, ctx| Box::pin(step(parts, ctx)) as Step))
}

fn list() -> Vec<Worker> {
    vec![
        worker("imports", |parts, ctx| async move { careloop_intake::files::jobs::resume(&parts.files, &ctx).await }),
        worker(
            "identity",
            |parts, ctx| async move { careloop_people::jobs::resolve_pending(&parts.app.db, &ctx).await },
        ),
        worker("segments", |parts, ctx| async move { careloop_segments::jobs::follow(&parts.app.db, &ctx).await }),
        worker("outreach", |parts, ctx| async move { careloop_outreach::jobs::follow(&parts.app.db, &ctx).await }),
        worker("sender", |parts, ctx| async move { careloop_outreach::jobs::send(&parts.outreach, &ctx).await }),
        worker("lake", |parts, ctx| async move { Ok(parts.analytics.compact(&ctx, LAKE_BATCH).await?.events > 0) }),
    ]
}

/// The tail is moved to the lake in pieces of at least this many events.
const LAKE_BATCH: usize = 20_000;

async fn run((name, step): Worker, parts: Parts, mut stopped: watch::Receiver<bool>) {
    let mut held: Option<Lease> = None;
    while !*stopped.borrow() {
        let rest = match turn(name, &*step, &parts, &mut held).await {
            Ok(true) => Duration::ZERO,
            Ok(false) => REST,
            Err(error) => {
                tracing::error!(worker = name, code = error.code(), error = %error, cause = error.causes(), "a worker's step failed");
                AFTER_FAILURE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            () = parts.app.wake.wait() => {}
            _ = stopped.changed() => {}
        }
    }
    if let Some(lease) = held
        && let Err(error) = release(&parts.app.db, &lease).await
    {
        tracing::debug!(worker = name, error = %error, cause = error.causes(), "the lease will run out by itself");
    }
}

/// One step under the lease; false when there was nothing to do or somebody else holds the lease.
async fn turn(
    name: &'static str,
    step: &(dyn Fn(Parts, Ctx) -> Step + Send + Sync),
    parts: &Parts,
    held: &mut Option<Lease>,
) -> Result<bool> {
    let ctx = Ctx::system(parts.app.env.clone(), name);
    let still_ours = match held {
        Some(lease) => renew(&parts.app.db, &ctx, lease).await?,
        None => false,
    };
    if !still_ours {
        *held = try_acquire(&parts.app.db, &ctx, name, &parts.node).await?;
        if held.is_none() {
            return Ok(false);
        }
    }
    step(parts.clone(), ctx).await
}
