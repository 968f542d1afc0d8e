//! Everything at once.

use std::collections::HashMap;

use careloop_db::Tx;
use careloop_kernel::{Ctx, Error, Result};

use super::ResolveReport;
use super::outcome::{self, Assigned, Link, Looked};
use super::read::{self, Hashing, Loaded};
use crate::identity::cluster::{Clusters, Decisions};
use crate::identity::{engine, household};
use crate::store;
use crate::store::identity::DecisionRow;

/// Records of one read; while one is opened the next is read.
const PAGE: i64 = 20_000;

/// Looks at every record.
pub(super) async fn resolve<P>(tx: &Tx, ctx: &Ctx<P>) -> Result<ResolveReport> {
    let records = load(tx, ctx).await?;
    let decisions = store::identity::all_decisions(&**tx).await?;
    let (assigned, links) =
        tokio::task::spawn_blocking(move || decide(records, &decisions)).await.map_err(Error::internal)?;
    outcome::write(tx, ctx, assigned, links, Looked::AtEverything).await
}

async fn load<P>(tx: &Tx, ctx: &Ctx<P>) -> Result<Vec<Loaded>> {
    let mut records = Vec::new();
    let mut after = 0;
    let mut opening: Option<tokio::task::JoinHandle<Result<Vec<Loaded>>>> = None;
    loop {
        let rows = store::identity::after(&**tx, after, PAGE).await?;
        if let Some(open) = opening.take() {
            records.extend(open.await.map_err(Error::internal)??);
        }
        let Some(last) = rows.last() else { return Ok(records) };
        after = last.ord;
        let vault = ctx.vault().clone();
        opening = Some(tokio::task::spawn_blocking(move || read::load(&vault, &rows, Hashing::Plain)));
    }
}

/// The pure part.
fn decide(records: Vec<Loaded>, decisions: &[DecisionRow]) -> (Vec<Assigned>, Vec<Link>) {
    let index: HashMap<i64, u32> = match decisions {
        [] => HashMap::new(),
        _ => (0..).zip(&records).map(|(index, record)| (record.ord, index)).collect(),
    };
    let decisions = by_index(decisions, &index);
    let mut assigned: Vec<Assigned> = records.iter().map(Assigned::of).collect();
    let mut features: Vec<_> = records.into_iter().map(|record| record.features).collect();
    let clusters = engine::resolve(&mut features, &decisions);
    let persons = lowest(&clusters);
    let points = (0..).zip(&features).flat_map(|(at, record): (usize, _)| {
        let person = persons[at];
        household::contact_points(record).map(move |point| (point, person))
    });
    let homes = household::households(persons.iter().copied(), points.collect());
    let ords: Vec<i64> = assigned.iter().map(|record| record.ord).collect();
    for (record, person) in assigned.iter_mut().zip(&persons) {
        record.person = ords[*person as usize];
        record.household = ords[homes[person] as usize];
    }
    let links =
        clusters.links.iter().map(|edge| Link::of(ords[edge.a as usize], ords[edge.b as usize], edge.rule)).collect();
    (assigned, links)
}

/// For each record the lowest record of its cluster.
fn lowest(clusters: &Clusters) -> Vec<u32> {
    let mut lowest = vec![u32::MAX; clusters.root.len()];
    for (index, root) in (0..).zip(&clusters.root) {
        let known = &mut lowest[*root as usize];
        *known = index.min(*known);
    }
    clusters.root.iter().map(|root| lowest[*root as usize]).collect()
}

/// Decisions in terms of indexes; those about records that are not looked at are left out.
pub(super) fn by_index(decisions: &[DecisionRow], index: &HashMap<i64, u32>) -> Decisions {
    let mut out = Decisions::default();
    for row in decisions {
        let (Some(a), Some(b)) = (index.get(&row.record_a), index.get(&row.record_b)) else { continue };
        let pair = (*a.min(b), *a.max(b));
        if row.kind == "must" {
            out.must.push(pair);
        } else {
            out.cannot.insert(pair);
        }
    }
    out
}
