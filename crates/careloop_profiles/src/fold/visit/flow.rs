//! The visit that is going on, and where the journey stands.

use crate::event::Event;
use crate::library::tag_library;
use crate::model::{Micros, Why};

use super::super::mentions;
use super::super::plans::Plan;
use super::{Fold, latest};

pub(super) fn fold(fold: &mut Fold<'_>, plans: &[Plan<'_>], next: Option<Micros>) {
    now_stage(fold);
    assigned(fold, "visit.doctor", "doctor", &["visit.closed"]);
    assigned(fold, "visit.consultant", "consultant", &["visit.closed", "consult.opened", "consult.closed"]);
    short_notice(fold);
    grade_5a(fold, plans, next);
    service_grade(fold);
}

/// A visit left open counts to the end of its day.
fn now_stage(fold: &mut Fold<'_>) {
    let known = |event: &&Event| {
        let stage = event.text("stage").unwrap_or("arrived");
        tag_library().find("visit.now_stage").is_some_and(|tag| tag.check_value(stage).is_ok())
    };
    let steps: Vec<&Event> = fold.seen.lists(&["visit.opened", "visit.stage"]).into_iter().filter(known).collect();
    let Some(last) = steps.last().copied() else { return };
    let closed = fold.seen.list("visit.closed").iter().any(|event| {
        (event.at_us, event.seq) > (last.at_us, last.seq) && event.text("visit_id") == last.text("visit_id")
    });
    let day = fold.date(last.at_us);
    if closed || day != fold.today {
        return;
    }
    let time = fold.date_time(last.at_us).strftime("%H:%M").to_string();
    let until = fold.day_after(day, 1);
    fold.set("visit.now_stage", last.text("stage").unwrap_or("arrived"), Why::events([last]).with("time", time), until);
}

/// Who looked after the customer last; staff may name another.
fn assigned(fold: &mut Fold<'_>, tag: &str, field: &str, kinds: &[&str]) {
    let events = fold.seen.lists(kinds);
    if let Some((event, name)) = events.iter().rev().find_map(|event| Some((*event, event.text(field)?))) {
        fold.set(tag, name, Why::events([event]).with("date", fold.date(event.at_us)), None);
    }
}

fn short_notice(fold: &mut Fold<'_>) {
    let waiting = fold.seen.open("waitlist.joined", &["waitlist.left"], "waitlist_id");
    let waiting = latest(waiting.into_iter().filter(|event| fold.good(event, "until_on").value));
    let until = waiting.and_then(|event| fold.good(event, "until_on").until);
    let hours = fold.limits.short_notice_hours;
    let short = fold.seen.list("slot.accepted").iter().copied().filter(|event| {
        let starts = fold.instant(event, "starts_at");
        starts.is_some_and(|starts| starts <= Fold::hours_after(event.at_us, hours))
    });
    let accepted = latest(short).map(|event| (event, fold.lately(event.at_us, fold.limits.short_notice_days)));
    let accepted = accepted.filter(|(_, fresh)| fresh.value);
    let until = if waiting.is_some() { until } else { accepted.and_then(|(_, fresh)| fresh.until) };
    let event = waiting.or(accepted.map(|(event, _)| event));
    if let Some(event) = event {
        let why = Why::events([event]).with("date", fold.date(event.at_us));
        fold.flag("visit.short_notice_ok", true, why, until);
    }
}

/// Before, first, treatment, end, extension: one of them for everybody who visited or is about to.
fn grade_5a(fold: &mut Fold<'_>, plans: &[Plan<'_>], next: Option<Micros>) {
    let limits = fold.limits;
    let visits = fold.seen.list("visit.closed");
    let booked_until = next.map(|starts| starts + 1);
    let going = plans.iter().any(|plan| plan.is_open() && !plan.done.is_empty() && plan.stopped().is_none());
    let ended = latest(plans.iter().filter_map(|plan| plan.completed))
        .map(|event| (event, fold.lately(event.at_us, limits.grade_end_days)))
        .filter(|(_, fresh)| fresh.value);
    let first = visits.first().map(|event| (*event, fold.lately(event.at_us, limits.grade_first_days)));
    let lead = fold.seen.last("lead.created");
    let (grade, event, until) = match first {
        None if lead.is_some() => ("pre", lead, None),
        None if next.is_some() => ("pre", fold.seen.last("appt.booked"), booked_until),
        None => return,
        Some(_) if going => ("treat", fold.seen.last("plan.item_done"), None),
        Some(_) if ended.is_some() => ("end", ended.map(|(event, _)| event), ended.and_then(|(_, fresh)| fresh.until)),
        Some((event, fresh)) if fresh.value => ("first", Some(event), fresh.until),
        Some((_, _)) => ("extend", visits.last().copied(), None),
    };
    let count = visits.len();
    fold.set("visit.grade_5a", grade, Why::events(event).with("visits", count), until);
}

fn service_grade(fold: &mut Fold<'_>) {
    let visits = fold.seen.lists(&["visit.opened", "visit.closed"]);
    let Some(visit) = visits.iter().rfind(|visit| visit.text("complaint").is_some()).copied() else { return };
    let great = mentions(visit, "complaint", ("visit.service_grade", "great"));
    let need = if great { 2_i64 } else { 1 };
    let kept = fold.found("attr.compliance").map(|found| (found.value.clone(), found.until_us));
    let compliance = match kept.as_ref().map(|(value, _)| value.as_str()) {
        Some("H") => 2,
        Some("L") => 0,
        _ => 1,
    };
    let grade = match need + compliance {
        4.. => "S",
        3 => "A",
        2 => "B",
        _ => "C",
    };
    let why = Why::events([visit]).with("need", need).with("compliance", compliance);
    fold.set("visit.service_grade", grade, why, kept.and_then(|(_, until)| until));
}
