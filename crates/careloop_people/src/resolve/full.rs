//! Everything at once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use careloop_db::Tx;
use careloop_kernel::{Ctx, Error, Result, Vault};
use tokio::task::JoinHandle;

use super::outcome::{self, Assigned, Found, Link, Looked};
use super::read;
use super::weights::{self, Learned};
use super::{Resolve, ResolveReport};
use crate::identity::cluster::{Clusters, Decisions, Edge};
use crate::identity::engine::Crowd;
use crate::identity::model::Model;
use crate::identity::names::Names;
use crate::identity::table::{PAGE, Page, Table};
use crate::identity::{engine, household};
use crate::store;
use crate::store::identity::DecisionRow;
use crate::store::review::CrowdRow;

/// Records of one read; while one is opened the next is read.
const READ: i64 = 2 * PAGE as i64;

/// Looks at every record.
pub(super) async fn resolve<P>(tx: &Tx, ctx: &Ctx<P>, mode: Resolve, decided: &BTreeSet<i64>) -> Result<ResolveReport> {
    store::plan_anew(&**tx).await?;
    let (records, table) = load(tx, ctx).await?;
    let decisions = store::identity::all_decisions(&**tx).await?;
    let mut model = if mode == Resolve::Learn {
        None
    } else {
        weights::known(store::identity::model(&**tx).await?)?.map(|known| known.model)
    };
    if let Some(model) = &mut model {
        weights::add_names(&**tx, ctx.vault(), model, table.names(), true).await?;
    }
    let vault = ctx.vault().clone();
    let deciding = tokio::task::spawn_blocking(move || decide(records, table, model, &decisions, &vault));
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
    let rows: HashMap<i64, _> =
        store::identity::by_ord(&**tx, &ords).await?.into_iter().map(|row| (row.ord, row)).collect();
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

/// All records as they stand, and what they say.
async fn load<P>(tx: &Tx, ctx: &Ctx<P>) -> Result<(Vec<Assigned>, Table)> {
    let names = Arc::new(Names::default());
    let highest = usize::try_from(store::identity::highest(&**tx).await?).map_err(Error::internal)?;
    let (mut records, mut table) = (Vec::with_capacity(highest), Table::default());
    let mut opening: Option<JoinHandle<Result<Vec<Page>>>> = None;
    let mut after = 0;
    loop {
        let rows = store::identity::after(&**tx, after, READ).await?;
        if let Some(pages) = opening.take() {
            pages.await.map_err(Error::internal)??.into_iter().for_each(|page| table.push(page));
        }
        let Some(last) = rows.last() else { return Ok((records, table)) };
        after = last.ord;
        records.extend(rows.iter().map(Assigned::of));
        let (vault, names) = (ctx.vault().clone(), Arc::clone(&names));
        opening = Some(tokio::task::spawn_blocking(move || read::pages(&vault, &names, &rows)));
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
fn decide(
    mut records: Vec<Assigned>,
    mut table: Table,
    model: Option<Model>,
    decisions: &[DecisionRow],
    vault: &Vault,
) -> Decided {
    let decisions = by_index(decisions, |ord| {
        records.binary_search_by_key(&ord, |record| record.ord).ok().and_then(|index| u32::try_from(index).ok())
    });
    let (pairs, crowds) = engine::pairs(&mut table);
    let (learned, model) = match model {
        Some(model) => (None, model),
        None => {
            let (learned, model) = Learned::of(&engine::learn(&table, &pairs), &table, vault);
            (Some(learned), model)
        }
    };
    let clusters = engine::resolve(&table, &model, pairs, &decisions);
    let persons = lowest(&clusters);
    let points = table
        .iter()
        .zip(&persons)
        .flat_map(|(record, person)| household::contact_points(record).map(move |point| (point, *person)));
    let homes = household::households(persons.len(), points.collect());
    let ords: Vec<i64> = records.iter().map(|record| record.ord).collect();
    for (record, person) in records.iter_mut().zip(&persons) {
        record.person = ords[*person as usize];
        record.household = ords[homes[*person as usize] as usize];
    }
    let links = |edges: &[Edge]| edges.iter().map(|edge| Link::of(&ords, edge)).collect();
    Decided {
        crowds: crowds.into_iter().map(|crowd| (ords[crowd.record as usize], crowd)).collect(),
        found: Found { links: links(&clusters.links), doubts: links(&clusters.doubts), records },
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
pub(super) fn by_index(decisions: &[DecisionRow], index: impl Fn(i64) -> Option<u32>) -> Decisions {
    let mut out = Decisions::default();
    for row in decisions {
        let (Some(a), Some(b)) = (index(row.record_a), index(row.record_b)) else { continue };
        let pair = (a.min(b), a.max(b));
        if row.kind == "must" {
            out.must.push(pair);
        } else {
            out.cannot.insert(pair);
        }
    }
    out
}
