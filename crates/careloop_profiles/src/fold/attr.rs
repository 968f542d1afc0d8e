//! Who the customer is.

mod family;
mod taste;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::event::Event;
use crate::library::tag_library;
use crate::model::{Micros, Why};

use super::calendar::years_after;
use super::{Fold, earlier};

const BANDS: [(i64, &str); 9] = [
    (0, "0-2"),
    (3, "3-6"),
    (7, "7-12"),
    (13, "13-17"),
    (18, "18-25"),
    (26, "26-35"),
    (36, "36-45"),
    (46, "46-60"),
    (61, "60+"),
];
const CHANNEL_KINDS: [&str; 8] = [
    "lead.created",
    "card.sold",
    "visit.first",
    "visit.opened",
    "consult.opened",
    "order.created",
    "payment.received",
    "visit.closed",
];

pub(super) fn fold(fold: &mut Fold<'_>) {
    age_band(fold);
    recorded(fold);
    has_minor(fold);
    source(fold);
    price_sensitive(fold);
    compliance(fold);
    channel_pref(fold);
    family::fold(fold);
    taste::fold(fold);
}

/// The date on which somebody born on `birth` completes `years` years.
pub(super) fn birthday(birth: Date, years: i64) -> Option<Date> {
    years_after(birth, years)
}

/// Completed years on `today`; none before birth.
pub(crate) fn age_on(birth: Date, today: Date) -> Option<i64> {
    if today < birth {
        return None;
    }
    let years = i64::from(today.year()) - i64::from(birth.year());
    let passed = birthday(birth, years).is_some_and(|day| day <= today);
    Some(if passed { years } else { years - 1 })
}

fn age_band(fold: &mut Fold<'_>) {
    let Some(birth) = fold.facts.birth_date else { return };
    let Some(age) = age_on(birth, fold.today) else {
        let born = fold.start_of(birth);
        return fold.look_again(born);
    };
    let band = BANDS.partition_point(|(from, _)| *from <= age) - 1;
    let (_, value) = BANDS[band];
    let until = BANDS.get(band + 1).and_then(|(from, _)| birthday(birth, *from)).and_then(|day| fold.start_of(day));
    fold.set("attr.age_band", value, Why::recorded().with("value", value), until);
    let born_now = birth.month() == fold.today.month();
    let month_of = |month: i8, next_year: bool| Date::new(fold.today.year() + i16::from(next_year), month, 1).ok();
    let next = match (born_now, fold.today.month()) {
        (true, 12) => month_of(1, true),
        (true, month) => month_of(month + 1, false),
        (false, month) => month_of(birth.month(), birth.month() < month),
    };
    let until = next.and_then(|day| fold.start_of(day));
    fold.flag("attr.birthday_month", born_now, Why::recorded().with("month", birth.month()), until);
}

fn recorded(fold: &mut Fold<'_>) {
    let facts = fold.facts;
    fold.set("attr.gender", facts.gender.as_deref().unwrap_or("unknown"), Why::recorded(), None);
    let size = facts.household_size.max(1);
    let band = if size >= 4 { "4+".to_owned() } else { size.to_string() };
    fold.set("attr.household_size", band, Why::recorded().with("n", size), None);
    if let Some(region) = &facts.region {
        fold.set("attr.region", region, Why::recorded(), None);
    }
}

fn has_minor(fold: &mut Fold<'_>) {
    let adult = fold.limits.adult_age;
    let comes_of_age = |fold: &Fold<'_>, birth: Date| birthday(birth, adult).and_then(|day| fold.start_of(day));
    let own = fold.facts.birth_date.and_then(|birth| comes_of_age(fold, birth)).filter(|at| *at > fold.now);
    let minors: Vec<Micros> = fold
        .facts
        .household_births
        .iter()
        .filter_map(|birth| comes_of_age(fold, *birth))
        .filter(|at| *at > fold.now)
        .collect();
    let until = minors.iter().copied().min();
    let holds = own.is_none() && !minors.is_empty();
    fold.flag("attr.has_minor", holds, Why::recorded().with("n", minors.len()), earlier(own, until));
}

fn source(fold: &mut Fold<'_>) {
    let telling = fold.seen.lists(&CHANNEL_KINDS);
    let first = |field: &str| telling.iter().copied().find(|event| event.text(field).is_some());
    let (channel_event, class_event) = (first("channel"), first("source_class"));
    let channel =
        channel_event.and_then(|event| event.text("channel")).or(fold.facts.channel.as_deref()).map(str::to_owned);
    if let Some(channel) = &channel {
        fold.set("attr.source_channel", channel, Why::events(channel_event).with("value", channel), None);
    }
    let told = class_event.and_then(|event| event.text("source_class"));
    let class = told.or_else(|| channel.as_deref().and_then(class_of));
    if let Some(class) = class.map(str::to_owned) {
        let name = class_event.and_then(|event| event.text("channel")).or(channel.as_deref()).unwrap_or("-");
        fold.set("attr.source_class", class, Why::events(class_event.or(channel_event)).with("channel", name), None);
    }
}

/// The class that a channel's name tells of.
fn class_of(channel: &str) -> Option<&'static str> {
    let channel = channel.to_lowercase();
    ["referral", "walk_in", "offline", "online"].into_iter().find(|class| {
        tag_library().words("attr.source_class", class).iter().any(|word| channel.contains(word.as_str()))
    })
}

fn price_sensitive(fold: &mut Fold<'_>) {
    let orders: Vec<&Event> =
        fold.seen.list("order.created").iter().copied().filter(|order| order.minor("list_amount").is_some()).collect();
    let list: i64 = orders.iter().filter_map(|order| order.minor("list_amount")).sum();
    let off: i64 = orders.iter().filter_map(|order| order.minor("discount")).sum();
    let count = i64::try_from(orders.len()).unwrap_or(i64::MAX);
    let holds = count >= fold.limits.price_orders && list > 0 && off * 100 > list * fold.limits.price_percent;
    let percent = if list > 0 { off * 100 / list } else { 0 };
    fold.flag("attr.price_sensitive", holds, Why::events(orders).with("n", count).with("percent", percent), None);
}

fn compliance(fold: &mut Fold<'_>) {
    let (days, least) = (fold.limits.compliance_days, fold.limits.compliance_appointments);
    let appointments = fold.seen.lists(&["appt.arrived", "appt.no_show"]);
    let (recent, until) = fold.recent(&appointments, days);
    let all = i64::try_from(recent.len()).unwrap_or(i64::MAX);
    if all < least {
        return fold.look_again(until);
    }
    let kept = i64::try_from(recent.iter().filter(|event| event.kind == "appt.arrived").count()).unwrap_or(0);
    let reaches = |percent: i64| kept * 100 >= all * percent;
    let value = if reaches(fold.limits.compliance_high_percent) {
        "H"
    } else if reaches(fold.limits.compliance_middle_percent) {
        "M"
    } else {
        "L"
    };
    fold.set("attr.compliance", value, Why::events(recent).with("all", all).with("kept", kept), until);
}

fn channel_pref(fold: &mut Fold<'_>) {
    let (replies, until) = fold.recent(fold.seen.list("touch.replied"), fold.limits.channel_days);
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (position, channel) in
        replies.iter().enumerate().filter_map(|(position, reply)| Some((position, reply.text("channel")?)))
    {
        let (count, latest) = counts.entry(channel).or_default();
        *count += 1;
        *latest = position;
    }
    let Some((channel, (count, _))) = counts.into_iter().max_by_key(|(_, standing)| *standing) else {
        return fold.look_again(until);
    };
    let channel = channel.to_owned();
    fold.set("attr.channel_pref", &channel, Why::events(replies).with("value", &channel).with("n", count), until);
}
