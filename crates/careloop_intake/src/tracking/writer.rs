//! What all calls bring is written in two steps, each by one task, so that one prepares while the other waits for the disk.
//!
//! [`prepare`] finds or makes the records that events are of and keeps what was refused; [`append`] puts the rows of all
//! calls that wait into one transaction: a disk that syncs a hundred times a second carries fifty thousand events a second.

mod append;
mod prepare;

use std::sync::Arc;

use careloop_http::App;
use careloop_kernel::Ctx;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::limits;
use super::message::Message;
use crate::sources::NewReject;

/// After a transaction failed, so many calls go one by one, so that one that cannot be stored takes no other with it.
const CAREFUL: usize = 64;

/// The events of one call.
pub(crate) struct Batch {
    pub(crate) source: i64,
    pub(crate) messages: Vec<Message>,
    pub(crate) rejects: Vec<NewReject>,
}

/// Whoever waits for the end of a call.
struct Caller {
    /// Its place in the queue, free again once it is stored.
    _room: OwnedSemaphorePermit,
    done: oneshot::Sender<bool>,
}

impl Caller {
    fn answer(self, is_stored: bool) {
        if self.done.send(is_stored).is_err() {
            tracing::debug!("a client went away before its answer");
        }
    }
}

struct Waiting {
    batch: Batch,
    caller: Caller,
}

/// Why a call was not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotStored {
    /// The queue is full.
    Full,
    /// The transaction failed.
    Failed,
}

/// The way to the writer.
pub(crate) struct Queue {
    sender: mpsc::UnboundedSender<Waiting>,
    room: Arc<Semaphore>,
}

impl Queue {
    /// How many events wait to be stored.
    pub(crate) fn waiting(&self) -> usize {
        (limits::WAITING as usize).saturating_sub(self.room.available_permits())
    }

    /// Hands a call to the writer and waits until it is durable.
    pub(crate) async fn store(&self, batch: Batch) -> std::result::Result<(), NotStored> {
        let size = u32::try_from(batch.messages.len() + batch.rejects.len()).unwrap_or(u32::MAX).max(1);
        let room = Arc::clone(&self.room).try_acquire_many_owned(size).map_err(|_| NotStored::Full)?;
        let (done, stored) = oneshot::channel();
        let caller = Caller { _room: room, done };
        self.sender.send(Waiting { batch, caller }).map_err(|_| NotStored::Failed)?;
        match stored.await {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(NotStored::Failed),
        }
    }
}

/// Starts the writer.
pub(crate) fn start(app: App, ctx: Ctx) -> Queue {
    let (sender, calls) = mpsc::unbounded_channel::<Waiting>();
    let appender = append::start(app.clone(), ctx.clone());
    tokio::spawn(prepare::run(app.db, ctx, calls, appender));
    Queue { sender, room: Arc::new(Semaphore::new(limits::WAITING as usize)) }
}

/// The first call and what else waits, up to a transaction's worth; while careful, the first alone.
fn gather<T>(
    first: T,
    receiver: &mut mpsc::UnboundedReceiver<T>,
    events: impl Fn(&T) -> usize,
    careful: &mut usize,
) -> Vec<T> {
    let mut count = events(&first);
    let mut group = vec![first];
    if *careful > 0 {
        *careful -= 1;
        return group;
    }
    while count < limits::GROUP {
        let Ok(next) = receiver.try_recv() else { break };
        count += events(&next);
        group.push(next);
    }
    group
}

/// Says that calls were not stored, to the log and to their clients.
fn fail(callers: Vec<Caller>, error: &careloop_kernel::Error) {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    tracing::error!(
        code = error.code(),
        cause,
        calls = callers.len(),
        "tracked events could not be stored; clients will send them again"
    );
    callers.into_iter().for_each(|caller| caller.answer(false));
}
