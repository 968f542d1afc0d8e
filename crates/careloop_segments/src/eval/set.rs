//! Everybody at once: each leaf gives a bitmap, the rest is set algebra.

mod event;
mod leaf;
mod numbers;
mod rows;

use std::collections::BTreeMap;

use careloop_kernel::ids::SegmentId;
use roaring::RoaringBitmap;

use crate::rule::{AttrTest, Rule, TagTest};

use super::columns::Population;
use super::person::tag_passes;
use super::{World, listed};

/// The people for whom a rule holds just before `now`. The population holds what [`super::needs`] named.
pub fn members(rule: &Rule, population: &Population, world: &World, now: i64) -> RoaringBitmap {
    Sets { population, world, now, inside: Vec::new(), known: BTreeMap::new() }.rule(rule)
}

/// Measures a quantile, as a rule that asks for nothing else, over everybody who has such a number.
pub fn cut(alone: &Rule, population: &Population, world: &World, now: i64) -> Option<i64> {
    let sets = Sets { population, world, now, inside: Vec::new(), known: BTreeMap::new() };
    let numbers = match alone {
        Rule::Event(test) => sets.numbers(test),
        Rule::Tag(test) => sets.tag_numbers(&test.tag),
        _ => Vec::new(),
    };
    alone.quantile()?.measure(numbers)
}

struct Sets<'a> {
    population: &'a Population,
    world: &'a World,
    now: i64,
    inside: Vec<SegmentId>,
    known: BTreeMap<SegmentId, RoaringBitmap>,
}

impl Sets<'_> {
    fn rule(&mut self, rule: &Rule) -> RoaringBitmap {
        match rule {
            Rule::All(parts) => parts.iter().fold(self.population.people.clone(), |all, part| all & self.rule(part)),
            Rule::Any(parts) => parts.iter().fold(RoaringBitmap::new(), |any, part| any | self.rule(part)),
            Rule::Not(part) => &self.population.people - self.rule(part),
            Rule::Segment(id) => self.segment(*id),
            Rule::Listed(id) => listed::everybody(*id, self.population, self.now),
            Rule::Tag(test) => self.tag(test),
            Rule::Attr(test) => self.attr(test),
            Rule::Event(test) => self.event(test),
        }
    }

    fn segment(&mut self, id: SegmentId) -> RoaringBitmap {
        if let Some(known) = self.known.get(&id) {
            return known.clone();
        }
        let Some(rule) = self.world.segments.get(&id).filter(|_| !self.inside.contains(&id)) else {
            return RoaringBitmap::new();
        };
        self.inside.push(id);
        let set = self.rule(rule);
        self.inside.pop();
        // Inside a cycle a segment counts as empty; such an answer is not kept.
        if self.inside.is_empty() {
            self.known.insert(id, set.clone());
        }
        set
    }

    fn tag(&self, test: &TagTest) -> RoaringBitmap {
        let empty = BTreeMap::new();
        let values = self.population.tags.get(&test.tag).unwrap_or(&empty);
        let passes = |value: &str| tag_passes(test, [value], self.world);
        let union = |all: RoaringBitmap, (_, set): (&String, &RoaringBitmap)| all | set;
        let mut found = values.iter().filter(|(value, _)| passes(value)).fold(RoaringBitmap::new(), union);
        if tag_passes(test, [], self.world) {
            found |= &self.population.people - values.iter().fold(RoaringBitmap::new(), union);
        }
        found & &self.population.people
    }

    /// The values of a tag of numbers, one for each person who has one.
    fn tag_numbers(&self, tag: &str) -> Vec<i64> {
        let held = self.population.tags.get(tag).into_iter().flatten();
        let of_value = |(value, people): (&String, &RoaringBitmap)| {
            let people = people.intersection_len(&self.population.people);
            value.parse().ok().map(|number: i64| std::iter::repeat_n(number, usize::try_from(people).unwrap_or(0)))
        };
        held.filter_map(of_value).flatten().collect()
    }

    fn attr(&self, test: &AttrTest) -> RoaringBitmap {
        let column = self.population.attrs.get(&test.attr).map_or(&[][..], Vec::as_slice);
        let mut passing: RoaringBitmap =
            column.iter().filter(|(_, value)| test.test.passes(Some(value))).map(|(person, _)| *person).collect();
        if test.test.passes(None) {
            let known: RoaringBitmap = column.iter().map(|(person, _)| *person).collect();
            passing |= &self.population.people - known;
        }
        passing & &self.population.people
    }
}
