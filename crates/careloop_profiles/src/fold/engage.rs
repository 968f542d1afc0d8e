//! Interaction and referral.

mod circle;
mod referral;

use std::collections::BTreeSet;

use crate::event::Event;
use crate::model::Why;

use super::{Fold, Timed, latest};

const REACTIONS: [&str; 3] = ["touch.opened", "touch.clicked", "touch.replied"];

/// Folds the area and tells whether the person is silent, for the lifecycle.
pub(super) fn fold(fold: &mut Fold<'_>) -> Timed<bool> {
    friends(fold);
    groups(fold);
    activity(fold);
    referrals(fold);
    card(fold);
    circle::fold(fold);
    referral::fold(fold);
    silent(fold)
}

/// The last card that is still good; one without a last day is good until an event says otherwise.
fn card(fold: &mut Fold<'_>) {
    let open = fold.seen.open("card.sold", &["card.redeemed", "card.expired"], "card_id");
    let ends = |fold: &Fold<'_>, card: &Event| Fold::day_of(card, "expires_on").and_then(|day| fold.day_after(day, 1));
    let good: Vec<&Event> = open.into_iter().filter(|card| ends(fold, card).is_none_or(|end| end > fold.now)).collect();
    // The reason names the card bought last; when that one ends, another may take its place.
    let until = good.last().and_then(|card| ends(fold, card));
    let why = good.last().map_or_else(Why::default, |card| Why::events([*card]).with("date", fold.date(card.at_us)));
    fold.flag("eng.card_unused", !good.is_empty(), why, until);
}

fn friends(fold: &mut Fold<'_>) {
    let last = fold.seen.last_of(&["friend.added", "friend.removed"]);
    let removed = last.filter(|event| event.kind == "friend.removed");
    let holds = if last.is_some() { removed.is_none() } else { fold.facts.has_wecom };
    fold.flag("eng.wecom_friend", holds, Why::events(last), None);
    if let Some(event) = removed.filter(|event| event.text("by") != Some("staff")) {
        fold.set("eng.wecom_removed", crate::FLAG, Why::events([event]).with("date", fold.date(event.at_us)), None);
    }
}

fn groups(fold: &mut Fold<'_>) {
    let mut inside: BTreeSet<&str> = BTreeSet::new();
    for event in fold.seen.lists(&["group.joined", "group.left"]) {
        let group = event.text("group").unwrap_or_default();
        if event.kind == "group.joined" {
            inside.insert(group);
        } else {
            inside.remove(group);
        }
    }
    let count = inside.len();
    fold.flag("eng.group_member", count > 0, Why::events(fold.seen.last("group.joined")).with("n", count), None);
    let (shares, until) = fold.recent(fold.seen.list("content.shared"), fold.limits.sharer_days);
    let count = i64::try_from(shares.len()).unwrap_or(i64::MAX);
    fold.flag("eng.sharer", count >= fold.limits.sharer_times, Why::events(shares).with("n", count), until);
}

fn activity(fold: &mut Fold<'_>) {
    let kinds = ["touch.replied", "touch.clicked", "touch.opened", "content.viewed", "page.viewed", "screen.viewed"];
    let (recent, until) = fold.recent(&fold.seen.lists(&kinds), fold.limits.activity_days);
    let worth = |event: &&Event| match event.kind.as_str() {
        "touch.replied" => 3,
        "touch.clicked" => 2,
        _ => 1,
    };
    let points: i64 = recent.iter().map(worth).sum();
    let level = if points >= fold.limits.activity_high {
        "H"
    } else if points >= fold.limits.activity_middle {
        "M"
    } else if points > 0 {
        "L"
    } else {
        "none"
    };
    fold.set("eng.activity", level, Why::events(recent).with("n", points), until);
}

fn referrals(fold: &mut Fold<'_>) {
    let arrived = fold.seen.list("ref.arrived");
    let count = i64::try_from(arrived.len()).unwrap_or(i64::MAX);
    let why = Why::events(arrived.iter().copied()).with("n", count);
    if count > 0 {
        let band = if count >= 3 { "3+".to_owned() } else { count.to_string() };
        fold.set("eng.referrer", band, why.clone(), None);
    }
    fold.flag("eng.koc", count >= fold.limits.koc_arrivals, why, None);
}

fn silent(fold: &mut Fold<'_>) -> Timed<bool> {
    let days = fold.limits.silent_days;
    let (sent, sent_until) = fold.recent(fold.seen.list("touch.sent"), days);
    let reaction = fold.seen.last_of(&REACTIONS);
    let quiet = reaction.map_or(Timed { value: true, until: None }, |event| fold.older(event.at_us, days));
    let count = i64::try_from(sent.len()).unwrap_or(i64::MAX);
    let value = count >= fold.limits.silent_touches && quiet.value;
    let until = super::earlier(sent_until, quiet.until);
    fold.flag("eng.silent", value, Why::events(sent).with("n", count), until);
    Timed { value, until }
}
