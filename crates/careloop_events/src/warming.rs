//! Reading ahead what appending looks up at random. An event's key and its record may stand anywhere in their indexes, so after
//! the start of a machine the first thousands of events would each wait for the disk, and everybody else for them.

use std::sync::atomic::{AtomicU32, Ordering};

use careloop_db::{Db, Engine};
use careloop_kernel::Result;

use crate::store;

/// Parts of each index: one is read in a moment.
const PARTS: u32 = 256;

/// One walk through the indexes of the log, part by part.
#[derive(Debug, Default)]
pub struct Warming(AtomicU32);

impl Warming {
    /// Reads the next part; false when all have been read. PostgreSQL looks after its own cache.
    pub async fn step(&self, db: &Db) -> Result<bool> {
        let done = self.0.load(Ordering::Relaxed);
        if db.engine() == Engine::Postgres || done >= 2 * PARTS {
            return Ok(false);
        }
        match u8::try_from(done) {
            Ok(first) => store::walk_keys(db, first).await?,
            Err(_) => store::walk_records(db, (done - PARTS, PARTS)).await?,
        };
        self.0.store(done + 1, Ordering::Relaxed);
        Ok(true)
    }
}
