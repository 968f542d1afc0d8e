//! What every handler can reach.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use careloop_db::Db;
use careloop_kernel::Env;
use tokio::sync::watch;

use crate::Authenticator;

/// Rouses the background workers after something was appended to the log.
#[derive(Debug, Clone)]
pub struct Wake(watch::Sender<u64>);

impl Default for Wake {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Wake {
    /// Says that there is something to do.
    pub fn call(&self) {
        self.0.send_modify(|calls| *calls = calls.wrapping_add(1));
    }

    /// An ear of one's own: every listener hears every call, also one made while it was busy.
    pub fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
    }
}

/// Hears the calls of a [`Wake`].
#[derive(Debug)]
pub struct Listener(watch::Receiver<u64>);

impl Listener {
    /// Waits for the next call; returns at once when one was made since the last.
    pub async fn wait(&mut self) {
        if self.0.changed().await.is_err() {
            // Nobody is left who could call.
            std::future::pending::<()>().await;
        }
    }
}

/// The state of the server, cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// Clock, randomness, keys.
    pub env: Env,
    /// Tells who is calling.
    pub authenticator: Arc<dyn Authenticator>,
    /// Rouses the workers.
    pub wake: Wake,
    /// Where uploads and the lake live.
    pub data_dir: PathBuf,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("App(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_call_wakes_every_listener_also_a_busy_one() {
        let wake = Wake::default();
        let mut listeners = [wake.listen(), wake.listen(), wake.listen()];
        wake.call();
        for listener in &mut listeners {
            listener.wait().await;
        }
    }
}
