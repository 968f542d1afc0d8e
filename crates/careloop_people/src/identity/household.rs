//! Households: persons who share a phone, a WeChat account, a flat, or a door and a surname.
//!
//! A guardian's phone is a contact point like any other, so a child joins whoever is reached on it. What two people have in
//! common only by name is none: in a chain of any size, most who bear a guardian's name are somebody else.

use std::collections::BTreeMap;

use super::blocks::{Blocks, LARGEST_BLOCK};
use super::features::Features;
use crate::keys::KeyKind;

/// A contact point that more persons share than this is no home.
pub(crate) const LARGEST_HOME: usize = 8;

/// The kinds of keys that contact points are made of.
const KINDS: [KeyKind; 4] = [KeyKind::Phone, KeyKind::UnionId, KeyKind::Wecom, KeyKind::Door];

/// The keys of a record that contact points are made of.
pub(crate) fn contact_keys(record: &Features) -> impl Iterator<Item = u64> + '_ {
    KINDS.into_iter().flat_map(|kind| record.of_kind(kind))
}

/// The contact points of a record: phones, accounts, and the door: a flat by itself, a house together with the surname.
pub(crate) fn contact_points(record: &Features) -> impl Iterator<Item = u64> + '_ {
    let surname = record.name.is_evidence().then_some(&record.name).filter(|name| !name.name.surname.is_empty());
    let salt = if record.at_flat { Some(0) } else { surname.map(|name| name.surname_hash) };
    let doors =
        salt.into_iter().flat_map(|salt| record.of_kind(KeyKind::Door).map(move |door| door.rotate_left(17) ^ salt));
    let accounts = record.of_kind(KeyKind::UnionId).filter(|_| !record.account_is_hot);
    record.of_kind(KeyKind::Phone).chain(accounts).chain(record.of_kind(KeyKind::Wecom)).chain(doors)
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
