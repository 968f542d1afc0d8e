//! Identity and governance.

use std::collections::BTreeMap;

use crate::model::Why;

use super::Fold;
use super::attr::birthday;

pub(super) fn fold(fold: &mut Fold<'_>) {
    let facts = fold.facts;
    fold.flag("gov.phone_present", facts.has_phone, Why::recorded(), None);
    fold.flag("gov.phone_shared", facts.phone_shared, Why::recorded(), None);
    fold.flag("gov.dup_suspect", facts.in_doubt, Why::recorded(), None);
    let records = facts.records.len().max(1);
    let band = if records >= 3 { "3+".to_owned() } else { records.to_string() };
    fold.set("gov.records", band, Why::recorded().with("n", records), None);
    let of_age =
        facts.birth_date.and_then(|birth| birthday(birth, fold.limits.adult_age)).and_then(|day| fold.start_of(day));
    if of_age.is_some_and(|at| at > fold.now) {
        fold.set("gov.minor", if facts.has_guardian { "guardian" } else { "missing" }, Why::recorded(), of_age);
    }
    consent(fold);
    confidence(fold);
    phone_valid(fold);
    privacy(fold);
    completeness(fold);
}

fn consent(fold: &mut Fold<'_>) {
    let changes = fold.seen.list("consent.changed");
    let mut channels: BTreeMap<&str, &str> = BTreeMap::new();
    for change in changes {
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

/// How sure it is that this is one human being, from what the records hold.
fn confidence(fold: &mut Fold<'_>) {
    let facts = fold.facts;
    let value = if facts.has_wecom || facts.has_phone && !facts.phone_shared {
        "strong"
    } else if facts.has_phone || facts.birth_date.is_some() {
        "medium"
    } else {
        "weak"
    };
    fold.set("gov.oneid_conf", value, Why::recorded(), None);
}

/// A call tells: a number that reached somebody else is not this customer's.
fn phone_valid(fold: &mut Fold<'_>) {
    let calls = fold.seen.lists(&["lead.contacted", "lead.followed", "recall.contacted"]);
    let last = calls.iter().rfind(|call| call.text("method").is_none_or(|method| method == "phone")).copied();
    let wrong = last.is_some_and(|call| call.text("result") == Some("wrong_number"));
    fold.flag("gov.phone_valid", fold.facts.has_phone && !wrong, Why::events(last), None);
}

fn privacy(fold: &mut Fold<'_>) {
    let last = fold.seen.last_of(&["privacy.signed", "privacy.withdrawn"]);
    let signed = last.filter(|event| event.kind == "privacy.signed");
    if let Some((event, version)) = signed.and_then(|event| Some((event, event.text("version")?))) {
        fold.set("gov.privacy_consent", version, Why::events([event]).with("date", fold.date(event.at_us)), None);
    }
}

fn completeness(fold: &mut Fold<'_>) {
    let facts = fold.facts;
    let fields = [
        facts.gender.is_some(),
        facts.birth_date.is_some(),
        facts.region.is_some(),
        facts.channel.is_some(),
        facts.has_phone,
        facts.owner.is_some(),
    ];
    let filled = fields.iter().filter(|field| **field).count();
    let band = match filled * 100 / fields.len() {
        100.. => "100",
        80.. => "80-99",
        50.. => "50-79",
        _ => "<50",
    };
    fold.set("gov.profile_complete", band, Why::recorded().with("n", filled), None);
}
