//! Where the customer stands.

mod stages;

use crate::event::Event;
use crate::model::{Micros, Why};

use super::care::{Care, is_in_vain};
use super::history::History;
use super::visit::Plans;
use super::{DAY_US, Fold, Past, Payments, Timed, earlier};

/// How staff and programs try to reach somebody.
const CONTACTS: [&str; 5] = ["touch.sent", "recall.contacted", "lead.contacted", "lead.followed", "fu.done"];

/// What the other areas found.
pub(crate) struct Circumstances {
    pub plans: Plans,
    /// Points for being late against one's own cycle: 0, 1 or 2.
    pub cycle_points: Timed<i64>,
    pub care: Care,
    pub silent: Timed<bool>,
}

/// The answers the stage is chosen from.
struct Standing {
    churned: bool,
    won_back: bool,
    dormant: bool,
    at_risk: bool,
    until: Option<Micros>,
}

pub(super) fn fold<'a>(fold: &mut Fold<'a>, known: &Circumstances) {
    let seen = seen(fold, fold.paid);
    newness(fold, known);
    let standing = standing(fold, known, &seen);
    stage(fold, known, &standing);
    lead_status(fold);
    stages::fold(fold, known);
}

/// When the customer was here: closed visits and payments.
fn seen<'a>(fold: &Fold<'a>, payments: &Payments<'a>) -> Vec<&'a Event> {
    let mut seen: Vec<&Event> = fold.seen.list("visit.closed").to_vec();
    seen.extend(payments.events.iter().copied());
    seen.sort_by_key(|event| (event.at_us, event.seq));
    seen
}

/// Whether a customer who was last seen by this event is lost. Touches and calls in vain before it do not count. Each of the
/// three rules is switched off by a threshold of 0.
fn churned(fold: &Fold<'_>, care: &Care, last: &Event) -> Timed<bool> {
    let limits = fold.limits;
    let gone = gone(fold, last);
    let missed = care.missed_recalls;
    let unreachable = limits.churned_unreachable > 0 && care.unreachable.is_some_and(|since| since >= last.at_us);
    let by_recalls = limits.churned_recalls > 0 && missed.value >= limits.churned_recalls;
    Timed { value: gone.value || unreachable || by_recalls, until: earlier(gone.until, missed.until) }
}

/// Whether the customer stayed away too long, if that is a rule.
fn gone(fold: &Fold<'_>, last: &Event) -> Timed<bool> {
    match fold.limits.churned_days {
        0 => Timed { value: false, until: None },
        days => fold.older(last.at_us, days),
    }
}

/// The visit of the last days that brought back a customer who was lost when somebody contacted them.
fn won_back<'a>(fold: &Fold<'a>, seen: &[&'a Event]) -> Option<&'a Event> {
    let contacts = fold.seen.lists(&CONTACTS);
    let (visits, _) = fold.recent(fold.seen.list("visit.closed"), fold.limits.won_back_days);
    visits.into_iter().rfind(|visit| {
        let before = seen.iter().rfind(|event| (event.at_us, event.seq) < (visit.at_us, visit.seq));
        let Some(before) = before else { return false };
        let from = (visit.at_us - fold.limits.won_back_contact_days * DAY_US).max(before.at_us + 1);
        let between = contacts.iter().filter(|contact| (from..visit.at_us).contains(&contact.at_us));
        between.rev().any(|contact| may_be_lost(fold, before, contact.at_us) && was_lost(fold, contact.at_us))
    })
}

/// Whether it is worth asking: nobody is lost without one of these.
fn may_be_lost(fold: &Fold<'_>, last: &Event, at: Micros) -> bool {
    let recalls = i64::try_from(fold.seen.list("recall.due").len()).unwrap_or(i64::MAX);
    at - last.at_us > fold.limits.churned_days * DAY_US
        || recalls >= fold.limits.churned_recalls
        || fold.seen.lists(&CONTACTS).iter().any(|contact| is_in_vain(contact))
}

/// Whether the customer was lost just before an instant: the same rules, as of then.
fn was_lost(fold: &Fold<'_>, at: Micros) -> bool {
    let all = fold.seen.all();
    let history = History::of(&all[..all.partition_point(|event| event.at_us < at)]);
    let paid = Payments::of(&history, fold.calendar);
    let past = Past { seen: &history, paid: &paid, calendar: fold.calendar };
    let mut then = Fold::of(fold.facts, fold.inputs, past, at);
    let care = super::care::fold(&mut then);
    seen(&then, &paid).last().is_some_and(|last| churned(&then, &care, last).value)
}

fn newness(fold: &mut Fold<'_>, known: &Circumstances) {
    if let Some(first) = fold.paid.events.first().copied() {
        let old = fold.older(first.at_us, fold.limits.new_days);
        fold.flag("life.new_30d", !old.value, Why::events([first]).with("date", fold.date(first.at_us)), old.until);
    }
    if let Some(first) = fold.seen.first("visit.closed") {
        let old = fold.older(first.at_us, fold.limits.golden_days);
        let undecided = known.plans.undecided;
        let holds = !old.value && undecided.value;
        let why = Why::events([first]).with("date", fold.date(first.at_us));
        fold.flag("life.golden_window", holds, why, earlier(old.until, undecided.until));
    }
}

fn standing<'a>(fold: &mut Fold<'a>, known: &Circumstances, seen: &[&'a Event]) -> Standing {
    let Some(last) = seen.last().copied() else {
        return Standing { churned: false, won_back: false, dormant: false, at_risk: false, until: None };
    };
    let limits = fold.limits;
    let (gone, asleep) = (gone(fold, last), fold.older(last.at_us, limits.dormant_days));
    let lost = churned(fold, &known.care, last);
    let (churned, churned_until) = (lost.value, lost.until);
    let why = Why::events([last]).with("date", fold.date(last.at_us));
    fold.flag("life.churned", churned, why.clone(), churned_until);
    let booked_until = known.plans.next.map(|starts| starts + 1);
    let dormant = asleep.value && !gone.value && known.plans.next.is_none();
    let dormant_until = earlier(earlier(asleep.until, gone.until), booked_until);
    fold.flag("life.dormant", dormant, why, dormant_until);
    let back = won_back(fold, seen);
    let long_ago = back.map(|event| fold.older(event.at_us, limits.won_back_days));
    let won_back = long_ago.is_some_and(|old| !old.value);
    let back_until = long_ago.and_then(|old| old.until);
    let why = back.map_or_else(Why::default, |event| Why::events([event]).with("date", fold.date(event.at_us)));
    fold.flag("life.won_back", won_back, why, back_until);
    let (at_risk, risk_until) =
        if fold.paid.events.is_empty() { (false, None) } else { churn_risk(fold, known, &gone) };
    let until = [churned_until, dormant_until, back_until, risk_until].into_iter().fold(None, earlier);
    Standing { churned, won_back, dormant, at_risk, until }
}

/// The risk score; tells whether it is high and until when.
fn churn_risk(fold: &mut Fold<'_>, known: &Circumstances, gone: &Timed<bool>) -> (bool, Option<Micros>) {
    let cycle = known.cycle_points;
    let recall = known.care.recall_overdue;
    let last_appointment = fold.seen.last_of(&["appt.arrived", "appt.no_show"]);
    let missed = last_appointment.filter(|event| event.kind == "appt.no_show");
    let points = [
        ("cycle", cycle.value),
        ("recall", i64::from(recall.value)),
        ("unhappy", 2 * i64::from(known.care.unhappy)),
        ("silent", i64::from(known.silent.value)),
        ("missed", i64::from(missed.is_some())),
    ];
    let until = [cycle.until, recall.until, known.silent.until, gone.until].into_iter().fold(None, earlier);
    fold.look_again(until);
    if gone.value {
        return (false, None);
    }
    let total: i64 = points.iter().map(|(_, value)| value).sum();
    let level = if total >= fold.limits.risk_high {
        "H"
    } else if total >= fold.limits.risk_middle {
        "M"
    } else {
        "L"
    };
    let last_paid = fold.paid.events.last().copied();
    let why = points
        .iter()
        .fold(Why::events(last_paid.into_iter().chain(missed)), |why, (name, value)| why.with(name, value));
    fold.set("life.churn_risk", level, why, until);
    (level == "H", until)
}

fn stage(fold: &mut Fold<'_>, known: &Circumstances, standing: &Standing) {
    let paid = i64::try_from(fold.paid.days.len()).unwrap_or(i64::MAX);
    let visits = fold.seen.list("visit.closed").len();
    let has_lead = fold.seen.first("lead.created").is_some();
    let stage = match paid {
        _ if standing.churned => "churned",
        _ if standing.won_back => "won_back",
        _ if standing.dormant => "dormant",
        _ if standing.at_risk => "at_risk",
        paid if paid >= fold.limits.loyal_days => "loyal",
        2.. => "repeat",
        1 => "new_customer",
        _ if known.plans.undecided.value => "undecided",
        _ if visits > 0 => "first_visit",
        _ if known.plans.next.is_some() => "booked",
        _ if has_lead => "lead",
        _ => "fan",
    };
    let until = [standing.until, known.plans.undecided.until, known.plans.next.map(|starts| starts + 1)]
        .into_iter()
        .fold(None, earlier);
    let last =
        fold.seen.last_of(&["visit.closed", "payment.received", "plan.presented", "appt.booked", "lead.created"]);
    fold.set("life.stage", stage, Why::events(last).with("paid", paid).with("visits", visits), until);
}

fn lead_status(fold: &mut Fold<'_>) {
    let Some(lead) = fold.seen.last("lead.created") else { return };
    let since = |event: &Event| (event.at_us, event.seq) > (lead.at_us, lead.seq);
    let kinds = [
        "lead.assigned",
        "lead.contacted",
        "lead.followed",
        "lead.qualified",
        "lead.invalid",
        "lead.lost",
        "lead.recycled",
    ];
    let of_lead = |event: &&Event| {
        since(event) && (event.text("lead_id").is_none() || event.text("lead_id") == lead.text("lead_id"))
    };
    let steps = fold.seen.lists(&kinds);
    let last = steps.iter().copied().rfind(of_lead);
    let after = |event: Option<&'_ Event>| event.is_some_and(since);
    let status = if after(fold.paid.events.last().copied()) {
        "deal"
    } else if after(fold.seen.last("visit.closed")) {
        "arrived"
    } else if after(fold.seen.last("appt.booked")) {
        "booked"
    } else {
        match last.map(|event| event.kind.as_str()) {
            Some("lead.assigned") => "assigned",
            Some("lead.contacted" | "lead.followed") => "contacted",
            Some("lead.qualified") => "qualified",
            Some("lead.invalid") => "invalid",
            Some("lead.lost") => "lost",
            Some("lead.recycled") => "pool",
            _ => "new",
        }
    };
    fold.set(
        "life.lead_status",
        status,
        Why::events([Some(lead), last].into_iter().flatten()).with("date", fold.date(lead.at_us)),
        None,
    );
}
