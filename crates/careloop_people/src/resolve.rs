//! Persons and households, computed: everything at once, or the neighbourhood of what changed.
//!
//! Both ways feed the same engine ([`crate::identity`]) and end in the same tables; a test compares them. The whole of it is
//! one transaction: persons, households, reasons and the events that tell of them appear together.

mod full;
mod near;
mod outcome;
mod read;
mod story;
pub(crate) mod weights;

use std::collections::{BTreeSet, HashMap};

use careloop_db::{ConnectionTrait, Db, Tx};
use careloop_kernel::{Ctx, Result, Vault};

use crate::identity::Features;
use crate::identity::blocks::CROWD;
use crate::identity::blocks::LARGEST_BLOCK;
use crate::identity::names::Names;
use crate::keys::KeyKind;
use crate::portrait::OpenRecord;
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
    /// Everything, with weights learned anew.
    Learn,
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
    let report = resolve_in(&tx, ctx, mode, &BTreeSet::new()).await?;
    tx.commit().await?;
    Ok(report)
}

/// The features of two records as a resolve sees them now.
pub(crate) async fn features(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    records: [&OpenRecord; 2],
) -> Result<Vec<Features>> {
    let names = Names::default();
    let hash = |kind: KeyKind, text: &str| vault.blind(kind.as_str(), text).cast_unsigned();
    let mut features: Vec<Features> =
        records.iter().map(|record| Features::of(&record.normal, 0, hash, &names)).collect();
    let hashes: Vec<i64> =
        features.iter().flat_map(|record| &record.keys).map(|key| { key.hash }.cast_signed()).collect();
    let counts: HashMap<u64, i64> = store::keys::counts(connection, &hashes)
        .await?
        .into_iter()
        .map(|row| (row.hash.cast_unsigned(), row.records))
        .collect();
    let above = |hash: u64, limit: usize| counts.get(&hash).is_some_and(|records| *records > limit as i64);
    for record in &mut features {
        record.forget(|hash| above(hash, LARGEST_BLOCK));
        record.mark_crowded(|hash| above(hash, CROWD));
    }
    Ok(features)
}

/// The same as [`resolve`] inside a transaction. `decided`: the records about which the caller has just decided, so that what
/// becomes of them is told as their doing.
pub(crate) async fn resolve_in<P>(
    tx: &Tx,
    ctx: &Ctx<P>,
    mode: Resolve,
    decided: &BTreeSet<i64>,
) -> Result<ResolveReport> {
    store::lock_for_resolve(&**tx).await?;
    if mode != Resolve::Incremental {
        return full::resolve(tx, ctx, mode, decided).await;
    }
    let (weights, waiting) = store::near::start(&**tx, NEAR_LIMIT + 1).await?;
    let is_much = waiting.iter().filter(|row| row.stale).count() as i64 > NEAR_LIMIT;
    let Some(known) = weights::known(weights)?.filter(|_| !is_much) else {
        return full::resolve(tx, ctx, Resolve::Full, decided).await;
    };
    match Box::pin(near::resolve(tx, ctx, known, (waiting, decided))).await? {
        Some(report) => Ok(report),
        None => full::resolve(tx, ctx, Resolve::Full, decided).await,
    }
}
