//! What the customer needs.

mod course;
mod season;
mod teeth;

use crate::event::Event;
use crate::library::tag_library;
use crate::model::{Micros, Why};

use super::attr::birthday;
use super::{Fold, Timed, earlier, latest};

/// Kinds that tell of work that was done.
pub(super) const DONE: [&str; 2] = ["plan.item_done", "revenue.recognised"];
/// The same, and visits, which name what was done only roughly.
pub(super) const CARE: [&str; 3] = ["plan.item_done", "revenue.recognised", "visit.closed"];

pub(super) fn fold(fold: &mut Fold<'_>) {
    complaint(fold);
    intent(fold);
    intent_level(fold);
    cleaning(fold);
    teeth::fold(fold);
    course::fold(fold);
    season::fold(fold);
}

/// Whether the customer is at least `from` and below `to` years old, and when that changes; none without a birth date.
fn aged(fold: &Fold<'_>, from: i64, to: i64) -> Option<Timed<bool>> {
    let birth = fold.facts.birth_date?;
    let turns = |years: i64| birthday(birth, years).and_then(|day| fold.start_of(day));
    let (starts, ends) = (turns(from)?, turns(to)?);
    let until = [starts, ends].into_iter().find(|at| *at > fold.now);
    Some(Timed { value: (starts..ends).contains(&fold.now), until })
}

/// The last of these events, and when it will be more than `days` times 24 hours ago.
fn last_within<'a>(fold: &Fold<'a>, kinds: &[&str], days: i64) -> Option<(&'a Event, Option<Micros>)> {
    let last = fold.seen.last_of(kinds)?;
    let fresh = fold.lately(last.at_us, days);
    fresh.value.then_some((last, fresh.until))
}

fn complaint(fold: &mut Fold<'_>) {
    let visits = fold.seen.lists(&["visit.opened", "visit.closed"]);
    if let Some((visit, complaint)) = visits.iter().rev().find_map(|visit| Some((*visit, visit.text("complaint")?))) {
        fold.set("need.complaint", complaint, Why::events([visit]).with("value", complaint), None);
    }
}

fn intent(fold: &mut Fold<'_>) {
    let asked = fold.seen.lists(&["lead.created", "consult.opened", "consult.closed"]);
    let (recent, _) = fold.recent(&asked, fold.limits.intent_days);
    let named = |event: &&Event| event.text("line").or(event.text("item")).map(str::to_owned);
    let Some((event, what)) = recent.iter().rev().find_map(|event| Some((*event, named(event)?))) else { return };
    let paid_since = fold.paid.events.last().is_some_and(|payment| payment.at_us >= event.at_us);
    let until = fold.older(event.at_us, fold.limits.intent_days).until;
    if paid_since {
        return;
    }
    fold.set("need.intent_item", &what, Why::events([event]).with("value", &what), until);
}

/// The strongest sign of interest of the last days.
fn intent_level(fold: &mut Fold<'_>) {
    const SIGNS: [(&str, &[&str]); 3] = [
        ("A", &["appt.booked", "price.asked"]),
        ("B", &["consult.opened", "consult.closed", "lead.created"]),
        ("C", &["content.viewed", "page.viewed", "screen.viewed"]),
    ];
    let days = fold.limits.intent_level_days;
    let sign = SIGNS.into_iter().find_map(|(level, kinds)| Some((level, last_within(fold, kinds, days)?)));
    if let Some((level, (event, until))) = sign {
        let why = Why::events([event]).with("date", fold.date(event.at_us)).with("kind", &event.kind);
        fold.set("need.intent_level", level, why, until);
    }
}

fn cleaning(fold: &mut Fold<'_>) {
    let words = tag_library().words("need.cleaning_due", "cleaning");
    let is_cleaning =
        |event: &&&Event| event.text("item").is_some_and(|item| words.iter().any(|word| item.contains(word.as_str())));
    let done =
        fold.seen.lists(&["visit.closed", "payment.received", "revenue.recognised", "order.created", "plan.item_done"]);
    let Some(last) = done.iter().rfind(is_cleaning).copied() else { return };
    let due = fold.older(last.at_us, fold.limits.cleaning_days);
    let why = Why::events([last]).with("date", fold.date(last.at_us));
    fold.flag("need.cleaning_due", due.value, why, due.until);
}
