//! What the customer can pay, reads and answers, how far away they live and which membership they hold.

use std::collections::BTreeMap;

use crate::event::Event;
use crate::library::MAX_VALUE;
use crate::model::{Arg, Why};

use super::super::member::membership;
use super::Fold;

const HOURS: [(i8, &str); 7] =
    [(0, "0-6"), (6, "6-9"), (9, "9-12"), (12, "12-14"), (14, "14-18"), (18, "18-21"), (21, "21-24")];
/// Seconds from which a view counts as read.
const READ_SECONDS: i64 = 60;

pub(super) fn fold(fold: &mut Fold<'_>) {
    distance(fold);
    pay_ability(fold);
    active_hours(fold);
    content(fold);
    if let Some(member) = membership(fold) {
        let why = Why::events([member.event]).with("date", fold.date(member.event.at_us));
        fold.set("attr.member_tier", member.tier, why, member.until);
    }
}

fn distance(fold: &mut Fold<'_>) {
    let measured = |event: &&&Event| event.integer("metres").is_some_and(|metres| metres >= 0);
    let Some(last) = fold.seen.list("home.measured").iter().rfind(measured).copied() else { return };
    let metres = last.integer("metres").unwrap_or_default();
    let band = match metres {
        ..=3_000 => "<=3",
        3_001..=8_000 => "3-8",
        8_001..=20_000 => "8-20",
        _ => ">20",
    };
    let why = Why::events([last]).with("date", fold.date(last.at_us)).with("n", metres);
    fold.set("attr.distance_band", band, why, None);
}

fn pay_ability(fold: &mut Fold<'_>) {
    let payments = fold.paid;
    let sales = fold.seen.list("order.created").iter().chain(&payments.events).copied();
    let Some(largest) = sales.filter(|sale| sale.amount.is_some()).max_by_key(|sale| (sale.amount, sale.seq)) else {
        return;
    };
    let amount = largest.amount.unwrap_or(0);
    let level = if amount >= fold.limits.ability_high_minor {
        "H"
    } else if amount >= fold.limits.ability_middle_minor {
        "M"
    } else {
        "L"
    };
    fold.set("attr.pay_ability", level, Why::events([largest]).with("amount", Arg::Minor(amount)), None);
}

fn active_hours(fold: &mut Fold<'_>) {
    let reactions = fold.seen.lists(&["touch.opened", "touch.clicked", "touch.replied"]);
    let (recent, until) = fold.recent(&reactions, fold.limits.hours_days);
    let mut bands: BTreeMap<usize, Vec<&Event>> = BTreeMap::new();
    for event in recent {
        let hour = fold.hour(event.at_us);
        bands.entry(HOURS.partition_point(|(from, _)| *from <= hour) - 1).or_default().push(event);
    }
    let standing = |events: &Vec<&Event>| (events.len(), events.last().map(|event| (event.at_us, event.seq)));
    let Some((band, events)) = bands.into_iter().max_by_key(|(_, events)| standing(events)) else { return };
    let times = events.len();
    fold.set("attr.active_hours", HOURS[band].1, Why::events(events).with("n", times), until);
}

fn content(fold: &mut Fold<'_>) {
    let (recent, until) = fold.recent(&fold.seen.lists(&["content.viewed", "content.shared"]), fold.limits.topic_days);
    let mut topics: BTreeMap<String, (i64, Vec<&Event>)> = BTreeMap::new();
    for event in recent {
        let Some(topic) = event.text("topic") else { continue };
        let points = match event.kind.as_str() {
            "content.shared" => 3,
            _ if event.integer("seconds").is_some_and(|seconds| seconds >= READ_SECONDS) => 2,
            _ => 1,
        };
        let (sum, events) = topics.entry(topic.chars().take(MAX_VALUE).collect()).or_default();
        *sum += points;
        events.push(event);
    }
    fold.look_again(until);
    let mut ranked: Vec<_> = topics.into_iter().collect();
    ranked.sort_by(|(a, (more, _)), (b, (less, _))| less.cmp(more).then_with(|| a.cmp(b)));
    ranked.truncate(usize::try_from(fold.limits.topic_count).unwrap_or(3));
    for (topic, (points, events)) in ranked {
        fold.set("attr.content_pref", topic, Why::events(events).with("n", points), until);
    }
}
