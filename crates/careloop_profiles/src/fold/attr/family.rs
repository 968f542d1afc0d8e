//! The customer in the family.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::model::{Micros, Why};

use super::super::count;
use super::{Fold, birthday};

pub(super) fn fold(fold: &mut Fold<'_>) {
    role(fold);
    decision_maker(fold);
}

/// Whether `younger` is born at least `years` after `older`.
fn apart(older: Date, younger: Date, years: i64) -> bool {
    birthday(older, years).is_some_and(|day| day <= younger)
}

fn role(fold: &mut Fold<'_>) {
    let limits = fold.limits;
    let Some(own) = fold.facts.birth_date else { return };
    let others = &fold.facts.household_births;
    if others.is_empty() {
        return;
    }
    let younger_by = |years: i64| others.iter().any(|other| apart(own, *other, years));
    let older_by = |years: i64| others.iter().any(|other| apart(*other, own, years));
    // Two of one generation are a couple once both are of age.
    let comes_of_age = |birth: Date| birthday(birth, limits.adult_age).and_then(|day| fold.start_of(day));
    let couple: Option<Micros> = others.iter().filter_map(|other| comes_of_age(own.max(*other))).min();
    let (role, until) = if younger_by(limits.grand_years) {
        ("grandparent", None)
    } else if younger_by(limits.parent_years) {
        ("parent", None)
    } else if older_by(limits.parent_years) {
        ("child", None)
    } else if couple.is_some_and(|at| at <= fold.now) {
        ("spouse", None)
    } else {
        ("other", couple)
    };
    fold.set("attr.family_role", role, Why::recorded(), until);
}

fn decision_maker(fold: &mut Fold<'_>) {
    let acts = fold.seen.lists(&["family.paid", "family.booked"]);
    let (recent, until) = fold.recent(&acts, fold.limits.decision_days);
    let members: BTreeSet<&str> = recent.iter().filter_map(|event| event.text("member")).collect();
    let holds = count(members.len()) >= fold.limits.decision_members;
    fold.flag("attr.decision_maker", holds, Why::events(recent).with("n", members.len()), until);
}
