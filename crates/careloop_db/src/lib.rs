//! The only crate that knows which database runs below: connections, transactions, migrations and the few
//! functions every `store.rs` uses to run SQL.
//!
//! One SQL text serves SQLite and PostgreSQL: `$1` placeholders, `RETURNING`, `ON CONFLICT`, columns of TEXT, BIGINT,
//! BOOLEAN and bytes. Where the engines truly differ, [`Db::by_engine`] picks between two texts that stand side by side.
//! SQLite has one writer connection and write transactions start `IMMEDIATE`, so "database is locked" cannot happen
//! between tasks of one process; between processes a writer waits.

mod address;
mod connect;
mod lease;
mod migrations;
mod query;

pub use address::sqlite_url;
pub use connect::{Db, Engine, Tx};
pub use lease::{Lease, release, renew, try_acquire};
pub use migrations::migration_names;
pub use query::{
    all, among, among_those, batch, by_key, conflict, execute, in_list, numbers, one, optional, placeholders, run,
    together,
};
pub use sea_orm::{ConnectionTrait, FromQueryResult, Value};
