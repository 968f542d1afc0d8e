//! The engine on its own: public data with known answers, families, and properties.

mod families;
mod febrl;
mod properties;
mod town;

use super::cluster::{Clusters, Decisions};
use super::features::Features;
use super::{engine, rules, rules::Rule};
use crate::keys::KeyKind;
use crate::model::RecordFields;
use crate::normal::Normal;

/// SHA-free stand-in for the blind index: equal text, equal number.
fn hash(kind: KeyKind, text: &str) -> u64 {
    format!("{kind:?}{text}")
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn features(tie: u64, fields: &RecordFields) -> Features {
    Features::of(&Normal::of(fields), tie, None, hash)
}

fn resolve(records: &[RecordFields]) -> Clusters {
    let mut features: Vec<_> = (0..).zip(records).map(|(tie, fields)| self::features(tie, fields)).collect();
    engine::resolve(&mut features, &Decisions::default())
}

/// Whether the first two of the records end up as one person.
fn same(records: &[RecordFields]) -> bool {
    let clusters = resolve(records);
    clusters.root[0] == clusters.root[1]
}

fn rule(a: &RecordFields, b: &RecordFields) -> Option<Rule> {
    rules::decide(&features(0, a), &features(1, b))
}
