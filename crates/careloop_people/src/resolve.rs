//! Persons and households, computed: everything at once, or the neighbourhood of what changed.
//!
//! Both ways feed the same engine ([`crate::identity`]) and end in the same tables; a test compares them. The whole of it is
//! one transaction: persons, households, reasons and the events that tell of them appear together.

mod full;
mod near;
mod outcome;
mod read;

use careloop_db::{Db, Tx};
use careloop_kernel::{Ctx, Result};

use crate::store;

/// More changed records than this are quicker done with all the others.
const NEAR_LIMIT: i64 = 20_000;

/// How much to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolve {
    /// What changed since the last time; everything, if that is much.
    Incremental,
    /// Everything.
    Full,
}

/// What a resolve did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolveReport {
    /// Whether everything was looked at.
    pub full: bool,
    /// How many records were looked at.
    pub records: u64,
    /// How many persons there are now.
    pub persons: i64,
    /// How often a person lost records to another one.
    pub merged: u64,
    /// How often records left a person.
    pub unmerged: u64,
    /// Persons to look at again: new, grown, shrunk, gone, or of another household.
    pub changed: Vec<i64>,
}

/// (Re)computes persons and households.
pub async fn resolve<P>(db: &Db, ctx: &Ctx<P>, mode: Resolve) -> Result<ResolveReport> {
    let tx = db.begin().await?;
    let report = resolve_in(&tx, ctx, mode).await?;
    tx.commit().await?;
    Ok(report)
}

/// The same inside a transaction.
pub(crate) async fn resolve_in<P>(tx: &Tx, ctx: &Ctx<P>, mode: Resolve) -> Result<ResolveReport> {
    store::lock_for_resolve(&**tx).await?;
    if mode == Resolve::Full {
        return full::resolve(tx, ctx).await;
    }
    let seeds = store::identity::unresolved(&**tx, NEAR_LIMIT + 1).await?;
    if seeds.len() as i64 > NEAR_LIMIT {
        return full::resolve(tx, ctx).await;
    }
    match Box::pin(near::resolve(tx, ctx, seeds)).await? {
        Some(report) => Ok(report),
        None => full::resolve(tx, ctx).await,
    }
}
