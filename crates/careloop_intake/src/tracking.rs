//! The Segment HTTP Tracking API: what eleven client libraries send, unmodified.
//!
//! The way of a call: [`routes`] reads it (body first, headers are hints), [`key`] finds the source, [`message`] turns
//! each event into a row or a refusal, and [`writer`] puts the rows of many calls into one transaction. The call is
//! answered with 200 after that transaction is durable, so a crash loses nothing that was acknowledged; a client that
//! saw no answer sends again, and the message id keeps the second copy out.
//!
//! What is refused is kept with its reason, sealed. A lenient source answers 200 all the same, as Segment does; a strict
//! one answers 4xx, as RudderStack does.

mod body;
mod clock;
mod key;
mod limits;
mod message;
mod reply;
mod routes;
mod store;
mod traits;
mod writer;

use std::fmt;
use std::sync::Arc;

use careloop_http::App;
use careloop_kernel::Ctx;

pub use routes::router;

/// The tracking API of one process: its queue, its writer, what it remembers of sources. Cheap to clone.
#[derive(Clone)]
pub struct Tracking(Arc<Inner>);

struct Inner {
    app: App,
    ctx: Ctx,
    keys: key::Keys,
    queue: writer::Queue,
}

impl Tracking {
    /// Starts the writer; it ends when the last copy of this is dropped. Called inside a Tokio runtime.
    pub fn start(app: &App) -> Self {
        let ctx = Ctx::system(app.env.clone(), "tracking");
        let queue = writer::start(app.clone(), ctx.clone());
        Self(Arc::new(Inner { app: app.clone(), ctx, keys: key::Keys::default(), queue }))
    }

    /// Whether so many events wait to be stored that other work should make way: clients wait for their answers, while
    /// tags and the lake may be late for a moment.
    pub fn is_pressed(&self) -> bool {
        self.0.queue.waiting() > limits::PRESSED
    }
}

impl fmt::Debug for Tracking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tracking(..)")
    }
}
