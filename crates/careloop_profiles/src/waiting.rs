//! Who has to be folded again without an event of theirs: by the clock, by new inputs or rules, by a changed record.

use std::collections::BTreeMap;

use careloop_db::{ConnectionTrait, Db};
use careloop_kernel::{Ctx, Result};

use crate::inputs::LiveInputs;
use crate::refold::live_now;
use crate::store;

fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// People whose time has come, at most `limit`.
pub async fn due<P>(db: &Db, ctx: &Ctx<P>, limit: usize) -> Result<Vec<i64>> {
    store::due_people(db.read(), live_now(ctx).as_microsecond(), limit_of(limit)).await
}

/// People folded with older inputs or rules, at most `limit`.
pub async fn outdated(db: &Db, live: &LiveInputs, limit: usize) -> Result<Vec<i64>> {
    store::outdated_people(db.read(), live.basis, limit_of(limit)).await
}

/// People whose records changed and were not folded since, at most `limit`; resolved records are looked at from an instant
/// (microseconds) on.
pub async fn changed(db: &Db, since_us: i64, limit: usize) -> Result<Vec<i64>> {
    store::changed_people(db.read(), since_us, limit_of(limit)).await
}

/// These people and everybody of their households.
pub async fn with_households(connection: &impl ConnectionTrait, people: &[i64]) -> Result<Vec<i64>> {
    store::households_of(connection, people).await
}

/// People, and numbers that were people when last folded, after a number, in order.
pub async fn people_after(connection: &impl ConnectionTrait, after: i64, limit: usize) -> Result<Vec<i64>> {
    store::people_after(connection, after, limit_of(limit)).await
}

/// The people between two numbers, both included, in order.
pub async fn people_between(connection: &impl ConnectionTrait, (first, last): (u32, u32)) -> Result<Vec<i64>> {
    store::people_between(connection, (first.into(), last.into())).await
}

/// The present person of each record.
pub async fn person_of_record(connection: &impl ConnectionTrait, records: &[i64]) -> Result<BTreeMap<i64, i64>> {
    store::person_of_record(connection, records).await
}
