//! After treatment: watching, reminding, reporting, vouching.

use crate::event::Event;
use crate::model::{Micros, Why};

use super::super::member::membership;
use super::super::need::CARE;
use super::super::{DAY_US, count, mentions};
use super::{Fold, earlier, latest};

pub(super) fn fold(fold: &mut Fold<'_>) {
    postop(fold);
    medication(fold);
    report(fold);
    adverse(fold);
    warranty(fold);
    checkins(fold);
    vip(fold);
}

/// The operation that is watched longest.
fn postop(fold: &mut Fold<'_>) {
    let limits = fold.limits;
    let classes = [
        ("implant", limits.postop_implant_days),
        ("surgery", limits.postop_surgery_days),
        ("extraction", limits.postop_extraction_days),
    ];
    let ends = |event: &Event| {
        let class = classes.iter().find(|(words, _)| mentions(event, "item", ("care.postop", words)))?;
        Some(event.at_us + class.1 * DAY_US + 1)
    };
    let done = fold.seen.lists(&CARE).into_iter().filter_map(|event| Some((ends(event)?, event)));
    let last = done.filter(|(end, _)| *end > fold.now).max_by_key(|(end, event)| (*end, event.seq));
    if let Some((end, event)) = last {
        let item = event.text("item").unwrap_or_default();
        let why = Why::events([event]).with("date", fold.date(event.at_us)).with("item", item);
        fold.flag("care.postop", true, why, Some(end));
    }
}

fn medication(fold: &mut Fold<'_>) {
    let open = fold.seen.open("medication.prescribed", &["medication.finished"], "course_id");
    let ends = |event: &Event| -> Option<Micros> {
        let starts = Fold::day_of(event, "starts_on").unwrap_or_else(|| fold.date(event.at_us));
        fold.day_after(starts, event.integer("days")?)
    };
    let courses = open.into_iter().filter_map(|event| Some((ends(event)?, event)));
    let last = courses.filter(|(end, _)| *end > fold.now).max_by_key(|(end, event)| (*end, event.seq));
    if let Some((end, event)) = last {
        let why = Why::events([event]).with("date", fold.date(end - 1));
        fold.flag("care.medication", true, why, Some(end));
    }
}

fn report(fold: &mut Fold<'_>) {
    let Some(member) = membership(fold) else { return };
    let since = fold.seen.first("membership.started").unwrap_or(member.event);
    let last = fold.seen.last("report.sent").unwrap_or(since);
    let due = fold.older(last.at_us, fold.limits.report_days);
    let why = Why::events([last]).with("date", fold.date(last.at_us));
    fold.flag("care.report_due", due.value, why, earlier(due.until, member.until));
}

fn adverse(fold: &mut Fold<'_>) {
    let open = fold.seen.open("adverse.reported", &["adverse.closed"], "adverse_id");
    if let Some(last) = latest(open) {
        fold.flag("care.adverse", true, Why::events([last]).with("date", fold.date(last.at_us)), None);
    }
}

fn warranty(fold: &mut Fold<'_>) {
    let issued = fold.seen.list("warranty.issued").iter().copied();
    let dated = issued.filter_map(|event| Some((Fold::day_of(event, "expires_on")?, event)));
    let Some((day, event)) = dated.max_by_key(|(day, event)| (*day, event.seq)) else { return };
    let good = fold.good(event, "expires_on");
    fold.flag("care.warranty", good.value, Why::events([event]).with("date", day), good.until);
}

fn checkins(fold: &mut Fold<'_>) {
    let limits = fold.limits;
    let (due, due_leaves) = fold.recent(fold.seen.list("checkin.due"), limits.checkin_days);
    let (done, done_leaves) = fold.recent(fold.seen.list("checkin.done"), limits.checkin_days);
    let until = earlier(due_leaves, done_leaves);
    let (all, kept) = (count(due.len()), count(done.len()));
    if all == 0 {
        return fold.look_again(until);
    }
    let reaches = |percent: i64| kept * 100 >= all * percent;
    let level = if reaches(limits.checkin_high) {
        "H"
    } else if reaches(limits.checkin_middle) {
        "M"
    } else {
        "L"
    };
    fold.set("care.checkin_compliance", level, Why::events(done).with("all", all).with("n", kept), until);
}

/// The best customers by class or by tier.
fn vip(fold: &mut Fold<'_>) {
    let tag = "care.vip";
    let class = fold.found("val.abc").filter(|found| found.value == "A").cloned();
    let member = membership(fold).filter(|member| mentions(member.event, "tier", (tag, "tier")));
    if class.is_none() && member.is_none() {
        return;
    }
    let until =
        earlier(class.as_ref().and_then(|class| class.until_us), member.as_ref().and_then(|member| member.until));
    let of_member = member.iter().map(|member| member.event.seq);
    let of_class = class.iter().flat_map(|class| class.why.events.iter().copied());
    let why = Why { events: of_member.chain(of_class).take(Why::EVENTS).collect(), ..Why::default() };
    let tier = member.as_ref().map_or("-", |member| member.tier);
    let why = why.with("class", if class.is_some() { "A" } else { "-" }).with("tier", tier);
    fold.flag(tag, true, why, until);
}
