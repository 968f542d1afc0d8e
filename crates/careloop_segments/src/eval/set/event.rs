//! A test over everybody's events: one walk through the events of a kind, person by person, on all cores.

use roaring::RoaringBitmap;

use crate::eval::grouped::KindEvents;
use crate::rule::{EventTest, Measure};

use super::Sets;
use super::leaf::{Leaf, Room};

/// Fewer events than this are walked through sooner than a thread has started.
const ALONE: usize = 100_000;

impl Sets<'_> {
    pub(super) fn event(&self, test: &EventTest) -> RoaringBitmap {
        let none = KindEvents::default();
        let (events, second) = self.events_of(test, &none);
        let (fresh, block) = &*events.fresh;
        let base = Leaf::of(test, &events.base, second, (self.world, self.now));
        let mut found = vec![0_u8; self.slots().div_ceil(8)];
        if events.len() < ALONE {
            mark(&mut found, 0, events, &base);
        } else {
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            let share = found.len().div_ceil(cores).max(1);
            std::thread::scope(|scope| {
                for (part, first) in found.chunks_mut(share).zip((0..).step_by(share)) {
                    let base = &base;
                    scope.spawn(move || mark(part, first * 8, events, base));
                }
            });
        }
        let mut found = RoaringBitmap::from_lsb0_bytes(0, &found) - fresh;
        let (leaf, mut room) = (Leaf::of(test, block, second, (self.world, self.now)), Room::default());
        found.extend(fresh.iter().filter(|person| leaf.holds(*person, block.rows_of(*person), &mut room)));
        found & &self.population.people
    }

    /// The numbers of everybody with an event that fits: how many, their sum, or how many different values.
    pub(super) fn numbers(&self, test: &EventTest) -> Vec<i64> {
        let none = KindEvents::default();
        let (events, second) = self.events_of(test, &none);
        let [base, fresh] =
            [&events.base, &events.fresh.1].map(|block| Leaf::of(test, block, second, (self.world, self.now)));
        let mut room = Room::default();
        let people = 0..u32::try_from(self.slots()).unwrap_or(u32::MAX);
        let number = |person: u32| {
            let (rows, new) = events.rows_of(person);
            base.number(rows, &mut room).or_else(|| fresh.number(new, &mut room))
        };
        people.filter_map(number).collect()
    }

    /// The events a test asks about, and those that may follow them.
    fn events_of<'t>(&'t self, test: &EventTest, none: &'t KindEvents) -> (&'t KindEvents, &'t KindEvents) {
        let of = |kind: &str| self.population.events.get(kind).unwrap_or(none);
        let second = match &test.measure {
            Measure::FollowedBy(second) | Measure::NotFollowedBy(second) => of(&second.kind),
            _ => none,
        };
        (of(&test.kind), second)
    }

    /// One more than the highest number of a person.
    fn slots(&self) -> usize {
        self.population.people.max().map_or(0, |last| last as usize + 1)
    }
}

/// Sets the bit of each person from the first on for whom a test holds by the sorted events.
fn mark(bits: &mut [u8], first: usize, events: &KindEvents, leaf: &Leaf<'_>) {
    let mut room = Room::default();
    let without = leaf.holds(u32::MAX, 0..0, &mut room);
    let mut groups = events.base.groups(first);
    for (byte, eight) in bits.iter_mut().zip((first..).step_by(8)) {
        for bit in 0..8 {
            let person = u32::try_from(eight + bit).unwrap_or(u32::MAX);
            let rows = groups.next().unwrap_or(0..0);
            let holds = if rows.is_empty() { without } else { leaf.holds(person, rows, &mut room) };
            *byte |= u8::from(holds) << bit;
        }
    }
}
