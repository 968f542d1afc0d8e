//! Everything at once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use careloop_db::Tx;
use careloop_kernel::{Ctx, Error, Result, Vault};

use super::outcome::{self, Assigned, Found, Link, Looked};
use super::read::{self, Hashing, Loaded};
use super::weights::{self, Learned};
use super::{Resolve, ResolveReport};
use crate::identity::cluster::{Clusters, Decisions, Edge};
use crate::identity::engine::Crowd;
use crate::identity::model::Model;
use crate::identity::names::Names;
use crate::identity::{engine, household};
use crate::store;
use crate::store::identity::DecisionRow;
use crate::store::review::CrowdRow;

/// Records of one read; while one is opened the next is read.
const PAGE: i64 = 20_000;

/// Looks at every record.
pub(super) async fn resolve<P>(tx: &Tx, ctx: &Ctx<P>, mode: Resolve, decided: &BTreeSet<i64>) -> Result<ResolveReport> {
    let records = load(tx, ctx).await?;
    let decisions = store::identity::all_decisions(&**tx).await?;
    let mut model = if mode == Resolve::Learn { None } else { weights::current(&**tx).await? };
    if let Some(model) = &mut model {
        let names = records.iter().map(|record| &record.features.name);
        weights::add_names(&**tx, ctx.vault(), model, names, true).await?;
    }
    let vault = ctx.vault().clone();
    let deciding = tokio::task::spawn_blocking(move || decide(records, model, &decisions, &vault));
    let Decided { found, learned, crowds } = deciding.await.map_err(Error::internal)?;
    if let Some(learned) = learned {
        weights::keep(tx, ctx, learned).await?;
    }
    let report = outcome::write(tx, ctx, found, (Looked::AtEverything, decided)).await?;
    tell_quality(tx, ctx, &crowds, report.persons).await?;
    Ok(report)
}

/// What the quality page shows of this resolve.
async fn tell_quality<P>(tx: &Tx, ctx: &Ctx<P>, crowds: &[(i64, Crowd)], persons: i64) -> Result<()> {
    let ords: Vec<i64> = crowds.iter().map(|(ord, _)| *ord).collect();
    let rows: HashMap<i64, _> = store::identity::by(&**tx, store::identity::By::Ord, &ords)
        .await?
        .into_iter()
        .map(|row| (row.ord, row))
        .collect();
    let mut told = Vec::new();
    for (ord, crowd) in crowds {
        let Some(row) = rows.get(ord) else { continue };
        let Some(text) = read::key_text(ctx.vault(), row, (crowd.kind, crowd.hash))? else { continue };
        let records = i64::try_from(crowd.records).map_err(Error::internal)?;
        told.push(CrowdRow { kind: crowd.kind.as_str().to_owned(), masked: crowd.kind.mask(&text), records });
    }
    store::review::replace_crowds(&**tx, told).await?;
    let day = ctx.now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    store::review::set_day(&**tx, &day, persons).await
}

async fn load<P>(tx: &Tx, ctx: &Ctx<P>) -> Result<Vec<Loaded>> {
    let names = Arc::new(Names::default());
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
        let (vault, names) = (ctx.vault().clone(), Arc::clone(&names));
        opening = Some(tokio::task::spawn_blocking(move || read::load(&vault, &names, &rows, Hashing::Plain)));
    }
}

/// What the pure part gives.
struct Decided {
    found: Found,
    learned: Option<Learned>,
    /// Shared identifiers, each with the number of a record that has it.
    crowds: Vec<(i64, Crowd)>,
}

/// The pure part: with the weights given, or with weights learned on the way.
fn decide(records: Vec<Loaded>, model: Option<Model>, decisions: &[DecisionRow], vault: &Vault) -> Decided {
    let index: HashMap<i64, u32> = match decisions {
        [] => HashMap::new(),
        _ => (0..).zip(&records).map(|(index, record)| (record.ord, index)).collect(),
    };
    let decisions = by_index(decisions, &index);
    let mut assigned: Vec<Assigned> = records.iter().map(Assigned::of).collect();
    let mut features: Vec<_> = records.into_iter().map(|record| record.features).collect();
    let blocks = engine::blocks(&features);
    let crowds = engine::crowds(&features, &blocks);
    let pairs = engine::pairs(&mut features, &blocks);
    drop(blocks);
    let (learned, model) = match model {
        Some(model) => (None, model),
        None => {
            let (learned, model) = Learned::of(&engine::learn(&features, &pairs), &features, vault);
            (Some(learned), model)
        }
    };
    let clusters = engine::resolve(&features, &model, pairs, &decisions);
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
    let links = |edges: &[Edge]| edges.iter().map(|edge| Link::of(&ords, edge)).collect();
    Decided {
        crowds: crowds.into_iter().map(|crowd| (ords[crowd.record as usize], crowd)).collect(),
        found: Found { links: links(&clusters.links), doubts: links(&clusters.doubts), records: assigned },
        learned,
    }
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
