//! Households: persons who share a phone, a WeChat account, a flat, or a door and a surname.
//!
//! A guardian's phone is a contact point like any other, so a child joins whoever is reached on it. What two people have in
//! common only by name is none: in a chain of any size, most who bear a guardian's name are somebody else.

use super::blocks::grouped;
use super::features::KeyMark;
use super::table::Record;
use crate::keys::KeyKind;

/// A contact point that more persons share than this is no home.
pub(crate) const LARGEST_HOME: usize = 8;

/// The kinds of keys that contact points are made of.
const KINDS: [KeyKind; 4] = [KeyKind::Phone, KeyKind::UnionId, KeyKind::Wecom, KeyKind::Door];

/// Those of a record's keys that contact points are made of.
pub(crate) fn contact_keys(keys: &[KeyMark]) -> impl Iterator<Item = u64> + '_ {
    keys.iter().filter(|key| KINDS.contains(&{ key.kind })).map(|key| key.hash)
}

/// The contact points of a record: phones, accounts, and the door: a flat by itself, a house together with the surname.
pub(crate) fn contact_points(record: Record<'_>) -> impl Iterator<Item = u64> {
    let surname = record.name().is_evidence().then_some(record.name()).filter(|name| !name.name.surname.is_empty());
    let salt = if record.at_flat() { Some(0) } else { surname.map(|name| name.surname_hash) };
    let doors = salt
        .into_iter()
        .flat_map(move |salt| record.of_kind(KeyKind::Door).map(move |door| door.rotate_left(17) ^ salt));
    let accounts = record.of_kind(KeyKind::UnionId).filter(move |_| !record.account_is_hot());
    record.of_kind(KeyKind::Phone).chain(accounts).chain(record.of_kind(KeyKind::Wecom)).chain(doors)
}

/// The household of each of so many persons: the lowest one it is connected with. `entries` pair a contact point with a
/// person; contact points of too many persons connect nobody.
pub(crate) fn households(persons: usize, mut entries: Vec<(u64, u32)>) -> Vec<u32> {
    let mut parent: Vec<u32> = (0..u32::try_from(persons).unwrap_or(u32::MAX)).collect();
    for block in grouped(&mut entries).filter(|block| (2..=LARGEST_HOME).contains(&block.len())) {
        for pair in block.windows(2) {
            let (a, b) = (root(&mut parent, pair[0].1), root(&mut parent, pair[1].1));
            parent[a.max(b) as usize] = a.min(b);
        }
    }
    // The lowest is above all others, so whoever is above somebody is known before.
    for person in 0..parent.len() {
        parent[person] = parent[parent[person] as usize];
    }
    parent
}

fn root(parent: &mut [u32], mut person: u32) -> u32 {
    while parent[person as usize] != person {
        let next = parent[parent[person as usize] as usize];
        parent[person as usize] = next;
        person = next;
    }
    person
}
