//! Everybody, in columns: what [`super::members`] works on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use careloop_kernel::ids::SegmentId;
use roaring::RoaringBitmap;

use crate::rule::{Attr, Measure, Rule, Scalar};

use super::grouped::KindEvents;
use super::{World, listed};

/// What a rule asks, with all segments it reaches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Tags.
    pub tags: BTreeSet<String>,
    /// Facts.
    pub attrs: BTreeSet<Attr>,
    /// Kinds of events and the fields of each.
    pub kinds: BTreeMap<String, BTreeSet<String>>,
}

/// Collects what a rule asks.
pub fn needs(rule: &Rule, world: &World) -> Needs {
    let mut needs = Needs::default();
    collect(rule, world, &mut needs, &mut BTreeSet::new());
    needs
}

/// The quantiles a rule asks for, with all segments it reaches, each as a rule of nothing else.
pub(crate) fn quantiles(rule: &Rule, world: &World) -> Vec<Rule> {
    let mut reached = vec![rule];
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    while let Some(rule) = reached.pop() {
        found.extend(rule.quantiles());
        let named = rule.segments().into_iter().filter(|id| seen.insert(*id));
        reached.extend(named.filter_map(|id| world.segments.get(&id)));
    }
    found
}

fn collect(rule: &Rule, world: &World, needs: &mut Needs, seen: &mut BTreeSet<SegmentId>) {
    let mut reached = Vec::new();
    rule.walk(&mut |part| match part {
        Rule::Tag(test) => {
            needs.tags.insert(test.tag.clone());
        }
        Rule::Attr(test) => {
            needs.attrs.insert(test.attr);
        }
        Rule::Event(test) => {
            for (kind, filters) in test.reads() {
                let fields = needs.kinds.entry(kind.to_owned()).or_default();
                fields.extend(filters.iter().map(|(name, _)| name.clone()));
            }
            if let Measure::Sum { field, .. } | Measure::Distinct { field, .. } = &test.measure {
                needs.kinds.entry(test.kind.clone()).or_default().insert(field.clone());
            }
        }
        Rule::Segment(id) => reached.push(*id),
        Rule::Listed(_) => {
            for kind in listed::KINDS {
                needs.kinds.entry(kind.to_owned()).or_default().insert(listed::SEGMENT.to_owned());
            }
        }
        Rule::All(_) | Rule::Any(_) | Rule::Not(_) => {}
    });
    for id in reached {
        if let Some(rule) = world.segments.get(&id).filter(|_| seen.insert(id)) {
            collect(rule, world, needs, seen);
        }
    }
}

/// Values of a fact by person, one row a value.
pub type AttrColumn = Vec<(u32, Scalar)>;

/// Everybody.
#[derive(Debug, Clone, Default)]
pub struct Population {
    /// The people.
    pub people: RoaringBitmap,
    /// The person of each record, by the record's number; 0 is nobody.
    pub person_of: Arc<Vec<u32>>,
    /// Facts.
    pub attrs: BTreeMap<Attr, AttrColumn>,
    /// People by tag and value.
    pub tags: BTreeMap<String, BTreeMap<String, RoaringBitmap>>,
    /// Events by kind.
    pub events: BTreeMap<String, KindEvents>,
}
