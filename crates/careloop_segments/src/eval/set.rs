//! Everybody at once: each leaf gives a bitmap, the rest is set algebra.

use std::collections::BTreeMap;

use careloop_kernel::ids::SegmentId;
use roaring::RoaringBitmap;

use crate::rule::{AttrTest, EventTest, Measure, Rule, Scalar, TagTest, Test};

use super::columns::{KindColumns, Population};
use super::facts::named;
use super::person::{Total, tag_passes, tag_scalar};
use super::{World, listed};

/// The people for whom a rule holds just before `now`. The population holds what [`super::needs`] named.
pub fn members(rule: &Rule, population: &Population, world: &World, now: i64) -> RoaringBitmap {
    Sets { population, world, now, inside: Vec::new(), known: BTreeMap::new() }.rule(rule)
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
        let passes = |value: &str| tag_passes(&test.tag, &test.test, &[tag_scalar(&test.tag, value)]);
        let union = |all: RoaringBitmap, (_, set): (&String, &RoaringBitmap)| all | set;
        let mut found = values.iter().filter(|(value, _)| passes(value)).fold(RoaringBitmap::new(), union);
        if tag_passes(&test.tag, &test.test, &[]) {
            found |= &self.population.people - values.iter().fold(RoaringBitmap::new(), union);
        }
        found & &self.population.people
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

    fn event(&self, test: &EventTest) -> RoaringBitmap {
        let none = KindColumns::default();
        let columns = self.population.events.get(&test.kind).map_or(&none, |columns| &**columns);
        let (from, to) = test.window.bounds(self.now);
        let filters: Vec<Filter<'_>> =
            test.filters.iter().map(|(name, test)| self.filter(columns, name, test)).collect();
        let sum = match &test.measure {
            Measure::Sum { field, .. } => Some(field.as_str()),
            Measure::Exists | Measure::Count(_) | Measure::First(_) | Measure::Last(_) => None,
        };
        let mut tallies = vec![Tally::default(); self.population.people.max().map_or(0, |last| last as usize + 1)];
        for row in 0..columns.len() {
            let at = columns.at_us[row];
            if at < from || at >= to || !filters.iter().all(|filter| filter.passes(columns, row)) {
                continue;
            }
            let person = self.population.person_of.get(columns.record[row] as usize).copied().unwrap_or(0);
            if let Some(tally) = tallies.get_mut(person as usize) {
                tally.add(at, sum.and_then(|field| number(columns, field, row)));
            }
        }
        let holds =
            |person: &u32| tallies.get(*person as usize).is_some_and(|tally| tally.passes(&test.measure, self.now));
        self.population.people.iter().filter(holds).collect()
    }

    fn filter<'t>(&self, columns: &'t KindColumns, name: &str, test: &'t Test) -> Filter<'t> {
        let by_number = |names: &BTreeMap<i64, Vec<String>>| {
            let passes = |number: &i64| test.passes_any(&named(names, &[*number]));
            names.keys().copied().filter(passes).collect()
        };
        match name {
            "clinic" => Filter::Clinic { numbers: by_number(&self.world.names.clinics), absent: test.passes(None) },
            "source" => Filter::Source(by_number(&self.world.names.sources)),
            "amount" => Filter::Amount(test),
            _ => Filter::Cells(columns.fields.get(name).map_or(&[][..], Vec::as_slice), test),
        }
    }
}

/// A condition on rows.
enum Filter<'a> {
    Clinic { numbers: Vec<i64>, absent: bool },
    Source(Vec<i64>),
    Amount(&'a Test),
    Cells(&'a [Option<Scalar>], &'a Test),
}

impl Filter<'_> {
    fn passes(&self, columns: &KindColumns, row: usize) -> bool {
        match self {
            Self::Clinic { numbers, absent } => columns.clinic[row].map_or(*absent, |clinic| numbers.contains(&clinic)),
            Self::Source(numbers) => numbers.contains(&columns.source[row]),
            Self::Amount(test) => test.passes(columns.amount[row].map(Scalar::money).as_ref()),
            Self::Cells(cells, test) => test.passes(cells.get(row).and_then(Option::as_ref)),
        }
    }
}

fn number(columns: &KindColumns, field: &str, row: usize) -> Option<Scalar> {
    if field == "amount" {
        return columns.amount[row].map(Scalar::money);
    }
    columns.fields.get(field)?.get(row)?.clone()
}

/// One person's events that fit.
#[derive(Debug, Clone, Copy)]
struct Tally {
    count: i64,
    first: i64,
    last: i64,
    sum: Total,
}

impl Default for Tally {
    fn default() -> Self {
        Self { count: 0, first: i64::MAX, last: i64::MIN, sum: Total::default() }
    }
}

impl Tally {
    fn add(&mut self, at: i64, value: Option<Scalar>) {
        self.count += 1;
        self.first = self.first.min(at);
        self.last = self.last.max(at);
        if let Some(value) = value {
            self.sum = self.sum.add(&value);
        }
    }

    fn passes(&self, measure: &Measure, now: i64) -> bool {
        match measure {
            Measure::Exists => self.count > 0,
            Measure::Count(test) => test.passes(Some(&Scalar::Int(self.count))),
            Measure::Sum { test, .. } => test.passes(Some(&self.sum.value(test))),
            Measure::First(ends) => self.count > 0 && ends.hold(self.first, now),
            Measure::Last(ends) => self.count > 0 && ends.hold(self.last, now),
        }
    }
}
