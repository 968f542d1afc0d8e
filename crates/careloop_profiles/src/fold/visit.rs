//! How visits go.

mod duty;
mod flow;

use std::collections::{BTreeMap, BTreeSet};

use crate::event::Event;
use crate::model::{Arg, Micros, Why};

use super::plans::{Plan, next_appointment, plans};
use super::{Fold, Timed, earlier, latest};

/// What the lifecycle needs to know of plans and bookings.
pub(crate) struct Plans {
    /// Start of the next appointment.
    pub next: Option<Micros>,
    /// A plan waits for an answer.
    pub undecided: Timed<bool>,
}

pub(super) fn fold(fold: &mut Fold<'_>) -> Plans {
    counts(fold);
    stores(fold);
    habits(fold);
    appointments(fold);
    entry(fold);
    let next = next_appointment(fold);
    let starts = next.map(|(_, starts)| starts);
    let why = next.map_or_else(Why::default, |(event, starts)| Why::events([event]).with("date", fold.date(starts)));
    fold.flag("visit.next_booked", next.is_some(), why, starts.map(|starts| starts + 1));
    let plans = plans(fold);
    treatment(fold, &plans, starts);
    flow::fold(fold, &plans, starts);
    duty::fold(fold);
    Plans { next: starts, undecided: undecided(fold, &plans) }
}

fn counts(fold: &mut Fold<'_>) {
    let visits = fold.seen.list("visit.closed");
    let band = match visits.len() {
        0 => "0",
        1 => "1",
        2..=3 => "2-3",
        4..=9 => "4-9",
        _ => "10+",
    };
    let (why, last) = (Why::events(visits.iter().copied()).with("n", visits.len()), visits.last().copied());
    fold.set("visit.count_band", band, why, None);
    let Some(last) = last else { return };
    let bands = [(30, "<=30"), (90, "31-90"), (180, "91-180"), (365, "181-365")];
    let current = bands.iter().find(|(days, _)| !fold.older(last.at_us, *days).value);
    let until = current.and_then(|(days, _)| fold.older(last.at_us, *days).until);
    let why = Why::events([last]).with("date", fold.date(last.at_us));
    fold.set("visit.recency", current.map_or(">365", |(_, name)| name), why, until);
}

fn stores(fold: &mut Fold<'_>) {
    let visits: Vec<&Event> =
        fold.seen.list("visit.closed").iter().copied().filter(|visit| visit.clinic.is_some()).collect();
    let code =
        |fold: &Fold<'_>, clinic: i64| fold.inputs.clinics.get(&clinic).cloned().unwrap_or_else(|| clinic.to_string());
    if let Some((first, clinic)) = visits.first().and_then(|visit| Some((*visit, visit.clinic?))) {
        let (value, why) = (code(fold, clinic), Why::events([first]).with("date", fold.date(first.at_us)));
        fold.set("visit.first_store", value, why, None);
    }
    let window = usize::try_from(fold.limits.home_visits).unwrap_or(5);
    let latest = &visits[visits.len().saturating_sub(window)..];
    let mut times: BTreeMap<i64, (usize, usize)> = BTreeMap::new();
    for (position, clinic) in latest.iter().enumerate().filter_map(|(position, visit)| Some((position, visit.clinic?)))
    {
        let (count, last) = times.entry(clinic).or_default();
        *count += 1;
        *last = position;
    }
    if let Some((clinic, (count, _))) = times.into_iter().max_by_key(|(_, standing)| *standing) {
        let why = Why::events(latest.iter().copied().filter(|visit| visit.clinic == Some(clinic)));
        fold.set("visit.home_store", code(fold, clinic), why.with("n", count).with("all", latest.len()), None);
    }
    let (recent, until) = fold.recent(&visits, fold.limits.cross_days);
    let distinct: BTreeSet<i64> = recent.iter().filter_map(|visit| visit.clinic).collect();
    fold.flag("visit.cross_store", distinct.len() >= 2, Why::events(recent).with("n", distinct.len()), until);
}

fn habits(fold: &mut Fold<'_>) {
    let visits = fold.seen.list("visit.closed");
    let (recent, until) = fold.recent(visits, fold.limits.multi_days);
    let lines: BTreeSet<&str> =
        recent.iter().filter_map(|visit| visit.text("line").or(visit.text("department"))).collect();
    fold.flag("visit.multi_dept", lines.len() >= 2, Why::events(recent.iter().copied()).with("n", lines.len()), until);
    let (recent, _) = fold.recent(visits, fold.limits.designates_days);
    let named: Vec<&Event> = recent.into_iter().filter(|visit| visit.is("designated")).collect();
    let (named, until) = fold.recent(&named, fold.limits.designates_days);
    fold.flag("visit.designates", !named.is_empty(), Why::events(named.iter().copied()).with("n", named.len()), until);
    let window = usize::try_from(fold.limits.walk_in_visits).unwrap_or(4);
    let latest = &visits[visits.len().saturating_sub(window)..];
    let unbooked: Vec<&Event> = latest.iter().copied().filter(|visit| visit.is("walk_in")).collect();
    let holds = latest.len() >= 2 && unbooked.len() * 2 >= latest.len();
    let count = unbooked.len();
    fold.flag("visit.walk_in_prone", holds, Why::events(unbooked).with("n", count).with("all", latest.len()), None);
}

fn appointments(fold: &mut Fold<'_>) {
    let missed = fold.seen.list("appt.no_show");
    let (recent, until) = fold.recent(missed, fold.limits.no_show_days);
    let reaches = |count: usize, limit: i64| i64::try_from(count).unwrap_or(i64::MAX) >= limit;
    let holds = reaches(missed.len(), fold.limits.no_show_ever) || reaches(recent.len(), fold.limits.no_show_recent);
    let why = Why::events(missed.iter().copied()).with("n", missed.len()).with("recent", recent.len());
    fold.flag("visit.no_show_prone", holds, why, until);
    let arrivals = fold.seen.list("appt.arrived");
    let window = usize::try_from(fold.limits.late_arrivals).unwrap_or(5);
    let latest = &arrivals[arrivals.len().saturating_sub(window)..];
    let minutes = fold.limits.late_minutes;
    let late: Vec<&Event> = latest
        .iter()
        .copied()
        .filter(|event| event.integer("late_minutes").is_some_and(|late| late > minutes))
        .collect();
    let (count, all) = (late.len(), latest.len());
    fold.flag(
        "visit.late_prone",
        reaches(count, fold.limits.late_times),
        Why::events(late).with("n", count).with("all", all),
        None,
    );
}

fn entry(fold: &mut Fold<'_>) {
    let order = fold.seen.first("order.created");
    let card = fold.seen.first("card.sold").filter(|card| order.is_none_or(|order| card.at_us <= order.at_us));
    let by_order = order.filter(|order| order.is("entry_item"));
    fold.flag("visit.entry_product", card.is_some() || by_order.is_some(), Why::events(card.or(by_order)), None);
    let payments = fold.paid;
    if let Some(first) = fold.seen.first("visit.closed") {
        let day = fold.date(first.at_us);
        let accepted = fold.seen.list("plan.accepted").iter().copied();
        let deal = accepted.chain(payments.events.iter().copied()).find(|event| fold.date(event.at_us) == day);
        fold.flag(
            "visit.first_day_deal",
            deal.is_some(),
            Why::events([Some(first), deal].into_iter().flatten()).with("date", day),
            None,
        );
    }
    let amount = |event: &Event| event.amount.or_else(|| event.minor("list_amount")).unwrap_or(0);
    let sales: Vec<&Event> = fold.seen.list("order.created").iter().chain(&payments.events).copied().collect();
    let limit = fold.limits.high_ticket_minor;
    let high = sales.iter().copied().filter(|sale| sale.is("high_ticket") || amount(sale) >= limit);
    let largest = high.max_by_key(|sale| amount(sale));
    let why = Why::events(largest).with("amount", Arg::Minor(largest.map_or(0, amount)));
    fold.flag("visit.high_ticket", largest.is_some(), why, None);
}

fn undecided(fold: &mut Fold<'_>, plans: &[Plan<'_>]) -> Timed<bool> {
    let open: Vec<&Event> = plans.iter().filter(|plan| plan.is_undecided()).filter_map(|plan| plan.presented).collect();
    let (fresh, until) = fold.recent(&open, fold.limits.undecided_days);
    let last = fresh.iter().copied().max_by_key(|event| (event.at_us, event.seq));
    let why = last.map_or_else(Why::default, |event| Why::events([event]).with("date", fold.date(event.at_us)));
    fold.flag("visit.undecided", last.is_some(), why, until);
    Timed { value: last.is_some(), until }
}

fn treatment(fold: &mut Fold<'_>, plans: &[Plan<'_>], next: Option<Micros>) {
    let open: Vec<&Plan<'_>> = plans.iter().filter(|plan| plan.is_open()).collect();
    let booked_until = next.map(|starts| starts + 1);
    let oldest = open.iter().filter_map(|plan| plan.accepted).min_by_key(|event| event.at_us);
    if let Some(accepted) = oldest {
        let waits = fold.older(accepted.at_us, fold.limits.unbooked_days);
        let why = Why::events([accepted]).with("date", fold.date(accepted.at_us));
        fold.flag("visit.accepted_unbooked", waits.value && next.is_none(), why, earlier(waits.until, booked_until));
    }
    let going: Vec<&&Plan<'_>> = open.iter().filter(|plan| !plan.done.is_empty() && plan.stopped().is_none()).collect();
    let done: Vec<&Event> = going.iter().flat_map(|plan| plan.done.iter().copied()).collect();
    let count = done.len();
    fold.flag("visit.in_treatment", !going.is_empty(), Why::events(done).with("n", count), None);
    interrupted(fold, &open, next);
    let completed = plans.iter().filter_map(|plan| plan.completed).max_by_key(|event| (event.at_us, event.seq));
    if let Some(event) = completed.filter(|_| open.is_empty()) {
        fold.set("visit.completed", crate::FLAG, Why::events([event]).with("date", fold.date(event.at_us)), None);
    }
}

fn interrupted(fold: &mut Fold<'_>, open: &[&Plan<'_>], next: Option<Micros>) {
    let stopped = open.iter().filter_map(|plan| plan.stopped()).max_by_key(|event| (event.at_us, event.seq));
    let last_done =
        open.iter().filter_map(|plan| plan.done.last().copied()).max_by_key(|event| (event.at_us, event.seq));
    let stale = last_done.map(|event| fold.older(event.at_us, fold.limits.interrupted_days));
    let silent = stale.is_some_and(|stale| stale.value) && next.is_none();
    let Some(event) = stopped.or(last_done) else { return };
    let until = if stopped.is_some() {
        None
    } else {
        earlier(stale.and_then(|stale| stale.until), next.map(|starts| starts + 1))
    };
    let why = Why::events([event]).with("date", fold.date(event.at_us));
    fold.flag("visit.interrupted", stopped.is_some() || silent, why, until);
}
