//! Events of one kind, each person's together and in the order they happened, so that a question is one walk through them.
//!
//! Sorting millions of events takes longer than any question, so what is sorted stays, and people of whom something is new
//! (an event, or a record that became theirs or went) are looked up in a second, small block.

use std::ops::Range;
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::kind::KindColumns;

/// So many rows beside the sorted ones are never worth sorting everything for.
const FRESH: usize = 20_000;

/// Events grouped by person.
#[derive(Debug, Clone, Default)]
pub struct Block {
    pub(super) columns: KindColumns,
    /// The first row of each person by number, and the end after the last.
    starts: Vec<u32>,
}

impl Block {
    /// Groups events by the person of each record.
    ///
    /// INVARIANT: there are fewer events of a kind than 32 bits count.
    fn of(mut columns: KindColumns, person_of: &[u32]) -> Self {
        let person = |row: usize| owner(person_of, columns.record[row]);
        let slots = (0..columns.len()).map(person).max().map_or(0, |last| last as usize + 1);
        let mut starts = vec![0_u32; slots + 1];
        (0..columns.len()).for_each(|row| starts[person(row) as usize + 1] += 1);
        (1..starts.len()).for_each(|slot| starts[slot] += starts[slot - 1]);
        let mut next = starts.clone();
        let mut order = vec![0_u32; columns.len()];
        for (row, number) in (0..columns.len()).zip(0..) {
            let place = &mut next[person(row) as usize];
            order[*place as usize] = number;
            *place += 1;
        }
        for group in starts.windows(2) {
            order[group[0] as usize..group[1] as usize].sort_unstable_by_key(|row| columns.at_us[*row as usize]);
        }
        columns.arrange(&order);
        Self { columns, starts }
    }

    /// The rows of a person, in the order they happened.
    pub(super) fn rows_of(&self, person: u32) -> Range<usize> {
        let person = person as usize;
        match self.starts.get(person..person + 2) {
            Some(ends) => ends[0] as usize..ends[1] as usize,
            None => 0..0,
        }
    }

    /// The rows of each person from this one on, by number.
    pub(super) fn groups(&self, first: usize) -> impl Iterator<Item = Range<usize>> + '_ {
        let starts = self.starts.get(first..).unwrap_or_default();
        starts.windows(2).map(|ends| ends[0] as usize..ends[1] as usize)
    }
}

/// The person of a record; 0 is nobody.
fn owner(person_of: &[u32], record: u32) -> u32 {
    person_of.get(record as usize).copied().unwrap_or(0)
}

/// All events of one kind as a question sees them; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct KindEvents {
    /// Everybody's, as they were when they were sorted.
    pub(super) base: Arc<Block>,
    /// The people of whom something is new, and all events of theirs.
    pub(super) fresh: Arc<(RoaringBitmap, Block)>,
}

impl KindEvents {
    /// Groups events, where `person_of` says whom each record belongs to.
    pub fn of(columns: KindColumns, person_of: &[u32]) -> Self {
        Self { base: Arc::new(Block::of(columns, person_of)), fresh: Arc::default() }
    }

    /// How many rows are held.
    pub(super) fn len(&self) -> usize {
        self.base.columns.len()
    }

    /// The rows of a person in each block; one of the two is empty.
    pub(super) fn rows_of(&self, person: u32) -> (Range<usize>, Range<usize>) {
        let (people, block) = &*self.fresh;
        if people.contains(person) { (0..0, block.rows_of(person)) } else { (self.base.rows_of(person), 0..0) }
    }

    /// All events of these people.
    pub(super) fn rows<'a>(&'a self, people: &'a RoaringBitmap) -> impl Iterator<Item = (&'a KindColumns, usize)> {
        people.iter().flat_map(|person| {
            let (base, fresh) = self.rows_of(person);
            let base = base.map(|row| (&self.base.columns, row));
            base.chain(fresh.map(|row| (&self.fresh.1.columns, row)))
        })
    }
}

/// The events of a kind, to which more are added and whose records may change hands.
#[derive(Debug)]
pub(crate) struct KindLog {
    events: KindEvents,
    /// Whom the records belonged to when the base was sorted.
    sorted_by: Arc<Vec<u32>>,
    /// Events that came since.
    pub(crate) tail: KindColumns,
    /// Whom the records belonged to, and how many events had come, when the fresh block was made.
    seen: (Arc<Vec<u32>>, usize),
}

impl KindLog {
    /// A log of these events.
    pub(crate) fn new(columns: KindColumns, person_of: &Arc<Vec<u32>>) -> Self {
        Self {
            events: KindEvents::of(columns, person_of),
            sorted_by: Arc::clone(person_of),
            tail: KindColumns::default(),
            seen: (Arc::clone(person_of), 0),
        }
    }

    /// How many events.
    pub(crate) fn len(&self) -> usize {
        self.events.len() + self.tail.len()
    }

    /// The events by the people that records belong to now.
    pub(crate) fn events(&mut self, person_of: &Arc<Vec<u32>>) -> KindEvents {
        let (seen, rows) = &self.seen;
        if !Arc::ptr_eq(seen, person_of) || *rows != self.tail.len() {
            self.group(person_of);
            self.seen = (Arc::clone(person_of), self.tail.len());
        }
        self.events.clone()
    }

    fn group(&mut self, person_of: &Arc<Vec<u32>>) {
        let people = self.stirred(person_of);
        let base = Arc::clone(&self.events.base);
        let rows: Vec<usize> = people.iter().flat_map(|person| base.rows_of(person)).collect();
        let all = rows.len() + self.tail.len() > FRESH + base.columns.len() / 16;
        let mut columns = KindColumns::default();
        if all {
            columns.take(&base.columns, &(0..base.columns.len()));
        } else {
            columns.take(&base.columns, &rows.into_iter());
        }
        columns.take(&self.tail, &(0..self.tail.len()));
        if all {
            *self = Self::new(columns, person_of);
        } else {
            self.events.fresh = Arc::new((people, Block::of(columns, person_of)));
        }
    }

    /// The people whose events are other than the base says: whoever gained or lost a record, and whoever an event that came
    /// is about, before and now. Whoever has an event among theirs has all of them there.
    fn stirred(&self, person_of: &[u32]) -> RoaringBitmap {
        let mut people = RoaringBitmap::new();
        for record in &self.tail.record {
            people.extend([owner(person_of, *record), owner(&self.sorted_by, *record)]);
        }
        for (record, before) in (0..).zip(self.sorted_by.iter()) {
            let now = owner(person_of, record);
            if now != *before {
                people.extend([now, *before]);
            }
        }
        people
    }
}

#[cfg(test)]
mod tests;
