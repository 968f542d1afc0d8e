//! Households: persons who share a phone, or a door and a surname.

use std::collections::BTreeMap;

use super::blocks::{Blocks, LARGEST_BLOCK};
use super::features::Features;
use crate::keys::KeyKind;
use crate::text::name::NameKind;

/// A contact point that more persons share than this is no home.
pub(crate) const LARGEST_HOME: usize = 8;

/// The contact points of a record: phones, and the door together with the surname.
pub(crate) fn contact_points(record: &Features) -> impl Iterator<Item = u64> + '_ {
    let surname = matches!(record.name.name.kind, NameKind::Han | NameKind::Latin)
        .then(|| record.name.surname_hash)
        .filter(|_| !record.name.name.surname.is_empty());
    let doors = surname
        .into_iter()
        .flat_map(|surname| record.of_kind(KeyKind::Door).map(move |door| door.rotate_left(17) ^ surname));
    record.of_kind(KeyKind::Phone).chain(doors)
}

/// The household of each person: the lowest person it is connected with. `entries` pair a contact point with a person;
/// contact points of too many persons connect nobody.
pub(crate) fn households(persons: impl IntoIterator<Item = u32>, entries: Vec<(u64, u32)>) -> BTreeMap<u32, u32> {
    let mut parent: BTreeMap<u32, u32> = persons.into_iter().map(|person| (person, person)).collect();
    for (_, block) in
        Blocks::of(entries).iter().filter(|(_, block)| (2..=LARGEST_HOME.min(LARGEST_BLOCK)).contains(&block.len()))
    {
        for pair in block.windows(2) {
            let (a, b) = (root(&mut parent, pair[0].1), root(&mut parent, pair[1].1));
            parent.insert(a.max(b), a.min(b));
        }
    }
    let persons: Vec<u32> = parent.keys().copied().collect();
    persons.into_iter().map(|person| (person, root(&mut parent, person))).collect()
}

fn root(parent: &mut BTreeMap<u32, u32>, mut person: u32) -> u32 {
    while let Some(above) = parent.get(&person).copied().filter(|above| *above != person) {
        let next = parent.get(&above).copied().unwrap_or(above);
        parent.insert(person, next);
        person = above;
    }
    person
}
