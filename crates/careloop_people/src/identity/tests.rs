//! The engine on its own: public data with known answers, families, and properties.

mod families;
mod febrl;
mod properties;
mod roles;
mod town;

use super::cluster::{Clusters, Decisions};
use super::features::Features;
use super::frequencies::Frequencies;
use super::model::Model;
use super::names::Names;
use super::table::Table;
use super::{engine, rules::Rule};
use crate::keys::KeyKind;
use crate::model::RecordFields;
use crate::normal::Normal;

/// SHA-free stand-in for the blind index: equal text, equal number.
fn hash(kind: KeyKind, text: &str) -> u64 {
    super::names::hash(&format!("{kind:?}{text}"))
}

pub(super) fn features(tie: u64, fields: &RecordFields) -> Features {
    Features::of(&Normal::of(fields), tie, hash, &Names::default())
}

fn world(records: &[RecordFields]) -> Vec<Features> {
    (0..).zip(records).map(|(tie, fields)| features(tie, fields)).collect()
}

/// Weights as a chain has them before it has learned any.
fn prior() -> Model {
    Model::prior(1_000, Frequencies::default())
}

fn resolve_with(table: &mut Table, model: &Model, decisions: &Decisions) -> Clusters {
    let (pairs, _) = engine::pairs(table);
    engine::resolve(table, model, pairs, decisions)
}

fn resolve(records: &[RecordFields]) -> Clusters {
    resolve_with(&mut Table::of(&world(records)), &prior(), &Decisions::default())
}

/// The same with weights learned from the records.
fn learned(records: &[RecordFields]) -> Clusters {
    let mut table = Table::of(&world(records));
    let (pairs, _) = engine::pairs(&mut table);
    let model = engine::learn(&table, &pairs);
    engine::resolve(&table, &model, pairs, &Decisions::default())
}

/// Whether the first two of the records end up as one person.
fn same(records: &[RecordFields]) -> bool {
    let clusters = resolve(records);
    clusters.root[0] == clusters.root[1]
}

/// The same in a chain of so many records, where this name is as common as any.
fn same_among(chain: usize, records: &[RecordFields]) -> bool {
    let features = world(records);
    let (mut surnames, mut given) = (std::collections::HashMap::new(), std::collections::HashMap::new());
    let half = u32::try_from(chain / 2).unwrap();
    let name = &features[0].name;
    surnames.extend([(name.surname_hash, half / 7), (1, half - half / 7)]);
    given.extend([(name.given_hash, half / 100), (1, half - half / 100)]);
    let model = Model::prior(chain, Frequencies::count(&surnames, &given));
    let clusters = resolve_with(&mut Table::of(&features), &model, &Decisions::default());
    clusters.root[0] == clusters.root[1]
}

fn rule(a: &RecordFields, b: &RecordFields) -> Option<Rule> {
    let two = Table::of(&[features(0, a), features(1, b)]);
    engine::judge(&two, &prior(), &[(0, 1)]).edges.first().map(|edge| edge.rule)
}
