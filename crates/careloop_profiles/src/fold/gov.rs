//! Identity and governance.

use std::collections::BTreeMap;

use crate::model::Why;

use super::Fold;
use super::attr::birthday;

pub(super) fn fold(fold: &mut Fold<'_>) {
    let facts = fold.facts;
    fold.flag("gov.phone_present", facts.has_phone, Why::recorded(), None);
    fold.flag("gov.phone_shared", facts.phone_shared, Why::recorded(), None);
    let records = facts.records.len().max(1);
    let band = if records >= 3 { "3+".to_owned() } else { records.to_string() };
    fold.set("gov.records", band, Why::recorded().with("n", records), None);
    let of_age =
        facts.birth_date.and_then(|birth| birthday(birth, fold.limits.adult_age)).and_then(|day| fold.start_of(day));
    if of_age.is_some_and(|at| at > fold.now) {
        fold.set("gov.minor", if facts.has_guardian { "guardian" } else { "missing" }, Why::recorded(), of_age);
    }
    consent(fold);
}

fn consent(fold: &mut Fold<'_>) {
    let changes = fold.seen.list("consent.changed").to_vec();
    let mut channels: BTreeMap<&str, &str> = BTreeMap::new();
    for change in &changes {
        channels.insert(change.text("channel").unwrap_or("all"), change.text("state").unwrap_or("unknown"));
    }
    let any = |state: &str| channels.values().any(|held| *held == state);
    let state = if any("refused") {
        "refused"
    } else if any("granted") {
        "granted"
    } else {
        "unknown"
    };
    fold.set("gov.marketing_consent", state, Why::events(changes.iter().copied()).with("n", changes.len()), None);
}
