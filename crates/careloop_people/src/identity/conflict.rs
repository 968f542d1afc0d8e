//! What two records of one person can never say.

use super::levels::{Comparison, Pattern, account, given, guardian, near, same};
use super::table::Record;

/// Why two records are two people, whatever else they have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// Two valid identity cards.
    IdCards,
    /// Two WeChat accounts.
    UnionIds,
    /// One is the other's guardian.
    Guardian,
    /// Neither gender nor given name agree: brother and sister whose names sound alike.
    Gender,
}

/// The contradiction between two records of this pattern, if there is one.
pub(crate) fn between(a: Record<'_>, b: Record<'_>, pattern: Pattern) -> Option<Conflict> {
    let valid = |record: Record<'_>| record.card().is_some_and(|card| card.valid);
    if pattern.level(Comparison::Card) == near::UNLIKE && valid(a) && valid(b) {
        return Some(Conflict::IdCards);
    }
    if pattern.level(Comparison::Account) == account::UNLIKE {
        return Some(Conflict::UnionIds);
    }
    if pattern.level(Comparison::Guardian) == guardian::WARD {
        return Some(Conflict::Guardian);
    }
    let other_name = pattern.level(Comparison::Given) >= given::SOUND;
    let other_gender = pattern.level(Comparison::Gender) == same::UNLIKE;
    (other_name && other_gender && pattern.level(Comparison::Card) != near::EQUAL).then_some(Conflict::Gender)
}
