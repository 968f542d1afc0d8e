//! Properties of the engine over small worlds full of collisions.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{prior, resolve_with, world};
use crate::identity::cluster::Decisions;
use crate::identity::features::{Features, KeyMark};
use crate::identity::frequencies::Frequencies;
use crate::identity::table::Table;
use crate::identity::{compare, conflict};
use crate::model::{Gender, PhoneNumber, PhoneRole, RecordFields};

fn pick(values: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    prop::sample::select(values).prop_map(|value| (!value.is_empty()).then(|| value.to_owned()))
}

fn record() -> impl Strategy<Value = RecordFields> {
    let name =
        pick(&["王小明", "王晓明", "王子轩", "王子涵", "李梅", "小雨妈妈", "王小雨", "阳光", "Xiaoming Wang", ""]);
    let phone = pick(&["13912345670", "13912345671", "13800138000", "", ""]);
    let birth = pick(&["1990-03-12", "1990-12-03", "2016-05-20", "1900-01-01", "", ""]);
    let union = pick(&["u-1111", "u-2222", "", "", ""]);
    let card = pick(&["11010519491231002X", "440524188001010014", "", "", "", ""]);
    let guardian = pick(&["李梅", "", "", ""]);
    let gender = prop::sample::select(&[None, Some(Gender::Male), Some(Gender::Female)][..]);
    (name, phone, birth, union, card, guardian, gender).prop_map(
        |(name, phone, birth, union_id, id_card, guardian_name, gender)| RecordFields {
            name,
            phones: phone.map(|text| PhoneNumber { text, role: PhoneRole::Own }).into_iter().collect(),
            birth_date: birth.and_then(|text| text.parse().ok()),
            union_id,
            id_card,
            guardian_name,
            gender,
            ..RecordFields::default()
        },
    )
}

/// Clusters as sets of ties, and links likewise.
type Outcome = (BTreeSet<BTreeSet<u64>>, BTreeSet<(u64, u64, &'static str)>);

/// The clusters as sets of ties, and the links likewise: what does not depend on the order of arrival.
fn outcome(features: &[Features], decisions: &Decisions) -> Outcome {
    let clusters = resolve_with(&mut Table::of(features), &prior(), decisions);
    let mut sets: BTreeMap<u32, BTreeSet<u64>> = BTreeMap::new();
    for (record, root) in features.iter().zip(&clusters.root) {
        sets.entry(*root).or_default().insert(record.tie);
    }
    let tie = |index: u32| features[index as usize].tie;
    let link = |a: u64, b: u64, rule: &'static str| (a.min(b), a.max(b), rule);
    let links = clusters.links.iter().map(|edge| link(tie(edge.a), tie(edge.b), edge.rule.as_str())).collect();
    (sets.into_values().collect(), links)
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_matter(records in prop::collection::vec(record(), 1..24), seed in any::<u64>()) {
        let ordered = world(&records);
        let mut shuffled = ordered.clone();
        shuffled.sort_by_key(|record| (record.tie ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        prop_assert_eq!(outcome(&ordered, &Decisions::default()), outcome(&shuffled, &Decisions::default()));
    }

    #[test]
    fn no_cluster_holds_a_contradiction(records in prop::collection::vec(record(), 1..24)) {
        let mut table = Table::of(&world(&records));
        let roots = resolve_with(&mut table, &prior(), &Decisions::default()).root;
        for (a, one) in table.iter().enumerate() {
            for (b, other) in table.iter().enumerate().skip(a + 1) {
                let pattern = compare::pattern(one, other, &Frequencies::default());
                let parted = conflict::between(one, other, pattern).is_some();
                prop_assert!(roots[a] != roots[b] || !parted);
            }
        }
    }

    #[test]
    fn what_people_decide_holds(records in prop::collection::vec(record(), 4..16)) {
        let decisions = Decisions { must: vec![(0, 1)], cannot: [(2, 3)].into() };
        let roots = resolve_with(&mut Table::of(&world(&records)), &prior(), &decisions).root;
        prop_assert_eq!(roots[0], roots[1]);
        prop_assert_ne!(roots[2], roots[3]);
    }

    #[test]
    fn a_component_alone_comes_out_as_in_the_whole(records in prop::collection::vec(record(), 1..16)) {
        // Two copies of a world that share nothing: each comes out as it does alone.
        let alone = world(&records);
        let stranger = |mut record: Features| {
            record.tie += 1_000;
            record.keys = record.keys.iter().map(|key| KeyMark { hash: !key.hash, ..*key }).collect();
            record.phones.iter_mut().for_each(|phone| phone.hash = !phone.hash);
            record
        };
        let both: Vec<_> = alone.iter().cloned().chain(alone.iter().cloned().map(stranger)).collect();
        let (sets, _) = outcome(&both, &Decisions::default());
        let (wanted, _) = outcome(&alone, &Decisions::default());
        let found: BTreeSet<_> = sets.into_iter().filter(|set| set.iter().all(|tie| *tie < 1_000)).collect();
        prop_assert_eq!(found, wanted);
    }
}
