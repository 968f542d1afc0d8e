//! The second step: rows into the log, as many as wait, in one transaction.

use std::collections::{BTreeSet, HashMap};
use std::panic::AssertUnwindSafe;

use careloop_events::{Prepared, append_bulk};
use careloop_http::App;
use careloop_kernel::Ctx;
use futures::FutureExt;
use tokio::sync::{mpsc, watch};

use super::{CAREFUL, Caller, fail, gather};
use crate::sources::touch;

/// How often a source is noted as heard of, in microseconds.
const TOUCH_EVERY: i64 = 10_000_000;

/// The rows of one call.
pub(super) struct Ready {
    pub(super) source: i64,
    pub(super) rows: Vec<Prepared>,
    pub(super) caller: Caller,
}

/// The way to the task that appends.
pub(super) struct Appender {
    sender: mpsc::UnboundedSender<Ready>,
    sent: u64,
    answered: watch::Receiver<u64>,
}

impl Appender {
    /// Hands rows over. A caller whose rows go nowhere hears of it when they are dropped.
    pub(super) fn send(&mut self, ready: Ready) {
        if self.sender.send(ready).is_ok() {
            self.sent += 1;
        }
    }

    /// Waits until all that was handed over is in the log, or was refused.
    pub(super) async fn drained(&mut self) {
        let sent = self.sent;
        if self.answered.wait_for(|answered| *answered >= sent).await.is_err() {
            tracing::error!("the task that appends tracked events has ended");
        }
    }
}

/// Starts the task; it ends when the [`Appender`] is dropped.
pub(super) fn start(app: App, ctx: Ctx) -> Appender {
    let (sender, mut receiver) = mpsc::unbounded_channel::<Ready>();
    let (done, answered) = watch::channel(0_u64);
    tokio::spawn(async move {
        let (mut careful, mut heard) = (0, HashMap::new());
        while let Some(first) = receiver.recv().await {
            let group = gather(first, &mut receiver, |ready| ready.rows.len(), &mut careful);
            let calls = group.len();
            // A panic takes its own calls with it, whose clients send again; the next ones find a writer all the same.
            match AssertUnwindSafe(append(&app, &ctx, &mut heard, group)).catch_unwind().await {
                Ok(true) => {}
                Ok(false) if calls == 1 => {}
                Ok(false) => careful = CAREFUL,
                Err(_) => {
                    tracing::error!("storing tracked events panicked; clients will send them again");
                    careful = CAREFUL;
                }
            }
            done.send_modify(|answered| *answered += calls as u64);
        }
    });
    Appender { sender, sent: 0, answered }
}

/// Appends and answers; false when nothing could be stored.
async fn append(app: &App, ctx: &Ctx, heard: &mut HashMap<i64, i64>, group: Vec<Ready>) -> bool {
    let sources: BTreeSet<i64> = group.iter().map(|ready| ready.source).collect();
    let (mut rows, mut callers) = (Vec::new(), Vec::with_capacity(group.len()));
    for ready in group {
        rows.extend(ready.rows);
        callers.push(ready.caller);
    }
    if let Err(error) = append_bulk(&app.db, rows).await {
        fail(callers, &error);
        return false;
    }
    callers.into_iter().for_each(|caller| caller.answer(true));
    app.wake.call();
    note(app, ctx, heard, sources).await;
    true
}

/// Notes that these sources were heard of.
async fn note(app: &App, ctx: &Ctx, heard: &mut HashMap<i64, i64>, sources: BTreeSet<i64>) {
    let now = ctx.now_us();
    let is_due = |source: &i64| heard.get(source).is_none_or(|at| now - at >= TOUCH_EVERY);
    let due: Vec<i64> = sources.into_iter().filter(is_due).collect();
    if due.is_empty() {
        return;
    }
    match touch(app.db.write(), &due, now).await {
        Ok(()) => heard.extend(due.into_iter().map(|source| (source, now))),
        Err(error) => tracing::warn!(code = error.code(), "a source's last sign of life was not noted"),
    }
}
