//! A test over everybody's events: one pass over the columns of a kind, person by person where order matters.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::eval::columns::KindColumns;
use crate::eval::facts::named;
use crate::eval::person::Total;
use crate::rule::{EventTest, Identity, Measure, Scalar, Second, Test};

use super::Sets;

/// Rows of the columns with their people.
type Row = (u32, usize);

impl Sets<'_> {
    pub(super) fn event(&self, test: &EventTest) -> RoaringBitmap {
        let none = KindColumns::default();
        let columns = self.population.events.get(&test.kind).map_or(&none, |columns| &**columns);
        let rows = || self.rows(columns, &test.filters, test.window.bounds(self.now));
        let instants = || ordered(rows().map(|(person, row)| (person, columns.at_us[row])).collect());
        match &test.measure {
            Measure::Distinct { field, test } => self.distinct(columns, field, test, rows()),
            Measure::Gaps(bounds) => {
                let holds = |instants: &[i64]| bounds.hold(bounds.gap.of(instants));
                grouped(&instants()).filter(|(_, instants)| holds(instants)).map(|(person, _)| person).collect()
            }
            Measure::FollowedBy(second) => self.sequence(&test.kind, second, &instants(), |_, follows| follows),
            Measure::NotFollowedBy(second) => {
                let alone = |at: i64, follows: bool| !follows && second.is_over(at, self.now);
                self.sequence(&test.kind, second, &instants(), alone)
            }
            Measure::Sum { field, .. } => self.tallied(&test.measure, columns, Some(field), rows()),
            Measure::Exists | Measure::Count(_) | Measure::First(_) | Measure::Last(_) => {
                self.tallied(&test.measure, columns, None, rows())
            }
        }
    }

    /// The rows inside a stretch of time that pass, each with its person.
    fn rows<'t>(
        &'t self,
        columns: &'t KindColumns,
        filters: &'t [(String, Test)],
        (from, to): (i64, i64),
    ) -> impl Iterator<Item = Row> + 't {
        let filters: Vec<Filter<'t>> = filters.iter().map(|(name, test)| self.filter(columns, name, test)).collect();
        let people = self.slots();
        (0..columns.len()).filter_map(move |row| {
            let at = columns.at_us[row];
            if at < from || at >= to || !filters.iter().all(|filter| filter.passes(columns, row)) {
                return None;
            }
            let person = self.population.person_of.get(columns.record[row] as usize).copied().unwrap_or(0);
            ((person as usize) < people).then_some((person, row))
        })
    }

    /// One more than the highest number of a person.
    fn slots(&self) -> usize {
        self.population.people.max().map_or(0, |last| last as usize + 1)
    }

    /// The numbers of everybody with an event that fits: how many, their sum, or how many different values.
    pub(super) fn numbers(&self, test: &EventTest) -> Vec<i64> {
        let none = KindColumns::default();
        let columns = self.population.events.get(&test.kind).map_or(&none, |columns| &**columns);
        let rows = || self.rows(columns, &test.filters, test.window.bounds(self.now));
        match &test.measure {
            Measure::Distinct { field, .. } => {
                self.different(columns, field, rows()).into_iter().filter(|number| *number > 0).collect()
            }
            Measure::Sum { field, test } => {
                let tallies = self.tallies(columns, Some(field), rows()).into_iter().filter(|tally| tally.count > 0);
                tallies.filter_map(|tally| tally.sum.value(test).parts()).collect()
            }
            _ => {
                let tallies = self.tallies(columns, None, rows()).into_iter();
                tallies.map(|tally| tally.count).filter(|count| *count > 0).collect()
            }
        }
    }

    fn tallies(&self, columns: &KindColumns, sum: Option<&str>, rows: impl Iterator<Item = Row>) -> Vec<Tally> {
        let mut tallies = vec![Tally::default(); self.slots()];
        for (person, row) in rows {
            tallies[person as usize].add(columns.at_us[row], sum.and_then(|field| number(columns, field, row)));
        }
        tallies
    }

    fn tallied(
        &self,
        measure: &Measure,
        columns: &KindColumns,
        sum: Option<&str>,
        rows: impl Iterator<Item = Row>,
    ) -> RoaringBitmap {
        let tallies = self.tallies(columns, sum, rows);
        let holds = |person: &u32| tallies[*person as usize].passes(measure, self.now);
        self.population.people.iter().filter(holds).collect()
    }

    fn distinct(
        &self,
        columns: &KindColumns,
        field: &str,
        test: &Test,
        rows: impl Iterator<Item = Row>,
    ) -> RoaringBitmap {
        let numbers = self.different(columns, field, rows);
        let holds = |person: &u32| {
            let number = numbers[*person as usize];
            test.passes_number(&Scalar::Int(number), number)
        };
        self.population.people.iter().filter(holds).collect()
    }

    /// How many different values everybody's events have, by the number of the person.
    fn different(&self, columns: &KindColumns, field: &str, rows: impl Iterator<Item = Row>) -> Vec<i64> {
        let mut found: Vec<(u32, Identity<'_>)> =
            rows.filter_map(|(person, row)| Some((person, identity(columns, field, row)?))).collect();
        found.sort_unstable();
        found.dedup();
        let mut numbers = vec![0; self.slots()];
        for (person, _) in found {
            numbers[person as usize] += 1;
        }
        numbers
    }

    /// The people one of whose events is as wanted, by its instant and whether another follows it.
    fn sequence(
        &self,
        kind: &str,
        second: &Second,
        firsts: &[(u32, i64)],
        wanted: impl Fn(i64, bool) -> bool,
    ) -> RoaringBitmap {
        let none = KindColumns::default();
        let columns = self.population.events.get(&second.kind).map_or(&none, |columns| &**columns);
        let rows = self.rows(columns, &second.filters, (i64::MIN, self.now));
        let seconds = ordered(rows.map(|(person, row)| (person, columns.at_us[row])).collect());
        let mut seconds = grouped(&seconds).peekable();
        let mut found = RoaringBitmap::new();
        for (person, instants) in grouped(firsts) {
            while seconds.next_if(|(other, _)| *other < person).is_some() {}
            let after = seconds.next_if(|(other, _)| *other == person).map_or(Vec::new(), |(_, instants)| instants);
            if instants.iter().any(|at| wanted(*at, second.follower(kind, *at, &after).is_some())) {
                found.insert(person);
            }
        }
        found & &self.population.people
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

/// By person, then by time.
fn ordered(mut instants: Vec<(u32, i64)>) -> Vec<(u32, i64)> {
    instants.sort_unstable();
    instants
}

/// The instants of each person, which are ordered.
fn grouped(instants: &[(u32, i64)]) -> impl Iterator<Item = (u32, Vec<i64>)> {
    let group = |group: &[(u32, i64)]| Some((group.first()?.0, group.iter().map(|(_, at)| *at).collect()));
    instants.chunk_by(|a, b| a.0 == b.0).filter_map(group)
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

/// What tells the value of a field from others; clinics and sources are told apart by their numbers.
fn identity<'c>(columns: &'c KindColumns, field: &str, row: usize) -> Option<Identity<'c>> {
    match field {
        "clinic" => columns.clinic[row].map(Identity::of_number),
        "source" => Some(Identity::of_number(columns.source[row])),
        "amount" => columns.amount[row].map(Identity::of_money),
        _ => columns.fields.get(field)?.get(row)?.as_ref().map(Scalar::identity),
    }
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
            Measure::Count(test) => test.passes_number(&Scalar::Int(self.count), self.count),
            Measure::Sum { test, .. } => test.passes_number(&self.sum.value(test), self.count),
            Measure::First(ends) => self.count > 0 && ends.hold(self.first, now),
            Measure::Last(ends) => self.count > 0 && ends.hold(self.last, now),
            Measure::Distinct { .. } | Measure::Gaps(_) | Measure::FollowedBy(_) | Measure::NotFollowedBy(_) => false,
        }
    }
}
