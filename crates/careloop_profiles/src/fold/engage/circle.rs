//! Friends, groups, followers, readers and journeys.

use std::collections::BTreeMap;

use crate::event::Event;
use crate::library::MAX_VALUE;
use crate::model::Why;

use super::super::count;
use super::{Fold, latest};

pub(super) fn fold(fold: &mut Fold<'_>) {
    owner(fold);
    busy(fold, "eng.group_active", "group.spoke", fold.limits.group_days);
    busy(fold, "eng.miniapp_user", "miniapp.opened", fold.limits.miniapp_days);
    follower(fold);
    reader(fold);
    journeys(fold);
    fatigue(fold);
}

fn owner(fold: &mut Fold<'_>) {
    let mut holding: BTreeMap<&str, &Event> = BTreeMap::new();
    for event in fold.seen.lists(&["friend.added", "friend.removed"]) {
        match (event.kind.as_str(), event.text("staff")) {
            ("friend.added", Some(staff)) => {
                holding.insert(staff, event);
            }
            ("friend.added", None) => {}
            (_, Some(staff)) => {
                holding.remove(staff);
            }
            (_, None) => holding.clear(),
        }
    }
    if let Some(last) = latest(holding.into_values()) {
        let why = Why::events([last]).with("date", fold.date(last.at_us));
        fold.set("eng.wecom_owner", last.text("staff").unwrap_or_default(), why, None);
    }
}

/// A flag for whoever did something in the last days.
fn busy(fold: &mut Fold<'_>, tag: &str, kind: &str, days: i64) {
    let (recent, until) = fold.recent(fold.seen.list(kind), days);
    let times = recent.len();
    fold.flag(tag, times > 0, Why::events(recent).with("n", times), until);
}

fn follower(fold: &mut Fold<'_>) {
    let open = fold.seen.open("oa.followed", &["oa.unfollowed"], "account");
    if let Some(last) = latest(open) {
        fold.flag("eng.oa_follower", true, Why::events([last]).with("date", fold.date(last.at_us)), None);
    }
}

fn reader(fold: &mut Fold<'_>) {
    let limits = fold.limits;
    let deep = |event: &&&Event| event.integer("seconds").is_some_and(|seconds| seconds >= limits.reader_seconds);
    let read: Vec<&Event> = fold.seen.list("content.viewed").iter().filter(deep).copied().collect();
    let (recent, until) = fold.recent(&read, limits.reader_days);
    let mut topics: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
    for event in recent {
        if let Some(topic) = event.text("topic") {
            topics.entry(topic).or_default().push(event);
        }
    }
    let best = topics.into_iter().max_by_key(|(_, events)| events.len());
    let Some((topic, events)) = best.filter(|(_, events)| count(events.len()) >= limits.reader_articles) else {
        return fold.look_again(until);
    };
    let why = Why::events(events.iter().copied()).with("n", events.len()).with("topic", topic);
    fold.flag("eng.deep_reader", true, why, until);
}

/// Adds each distinct value of a field, with the first event that names it.
pub(super) fn set_each(fold: &mut Fold<'_>, tag: &str, field: &str, events: &[&Event]) {
    let mut firsts: BTreeMap<String, &Event> = BTreeMap::new();
    for event in events {
        if let Some(text) = event.text(field) {
            firsts.entry(text.chars().take(MAX_VALUE).collect()).or_insert(event);
        }
    }
    for (value, event) in firsts {
        let why = Why::events([event]).with("date", fold.date(event.at_us));
        fold.set(tag, value, why, None);
    }
}

fn journeys(fold: &mut Fold<'_>) {
    let open = fold.seen.open("sop.enrolled", &["sop.exited"], "run");
    set_each(fold, "eng.sop_in", "journey", &open);
}

/// Touched too often, or driven away by a touch.
fn fatigue(fold: &mut Fold<'_>) {
    let limits = fold.limits;
    let sent = fold.seen.list("touch.sent");
    let (recent, leaves) = fold.recent(sent, limits.fatigue_days);
    let often = count(recent.len()) >= limits.fatigue_touches;
    let last = fold.seen.last_of(&["friend.added", "friend.removed"]);
    let removed = last.filter(|event| event.kind == "friend.removed" && event.text("by") != Some("staff"));
    let driven = removed.filter(|event| {
        let from = event.at_us - limits.fatigue_days * super::super::DAY_US;
        sent.iter().any(|touch| (from..=event.at_us).contains(&touch.at_us))
    });
    let gone = driven.map(|event| fold.lately(event.at_us, limits.fatigue_removed_days));
    let holds = often || gone.is_some_and(|gone| gone.value);
    let until = super::super::earlier(leaves, gone.and_then(|gone| gone.until));
    let times = recent.len();
    let events = driven.filter(|_| !often).into_iter().chain(recent);
    fold.flag("eng.fatigue", holds, Why::events(events).with("n", times), until);
}
