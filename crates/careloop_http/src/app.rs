//! What every handler can reach.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use careloop_db::Db;
use careloop_kernel::Env;
use tokio::sync::Notify;

use crate::Authenticator;

/// Rouses the background workers after something was appended to the log.
#[derive(Debug, Clone, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// Says that there is something to do.
    pub fn call(&self) {
        self.0.notify_one();
    }

    /// Waits until somebody calls.
    pub async fn wait(&self) {
        self.0.notified().await;
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
