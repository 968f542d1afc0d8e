//! What tests share: a fresh database on each engine, a clock that stands still, repeatable randomness, and a
//! client that talks to the real router.
//!
//! PostgreSQL is not optional: `scripts/pg.sh` starts a private cluster and puts its URL into
//! `CARELOOP_TEST_POSTGRES_URL`; without it tests fail and say so.

mod client;
mod databases;

pub use client::{Answer, Client};
pub use databases::{TestDb, on_both, test_env};
