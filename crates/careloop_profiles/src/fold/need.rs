//! What the customer needs.

use crate::library::tag_library;
use crate::model::{Event, Why};

use super::{Fold, Payments};

pub(super) fn fold(fold: &mut Fold<'_>) {
    complaint(fold);
    intent(fold);
    cleaning(fold);
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
    let paid_since = Payments::of(fold).events.last().is_some_and(|payment| payment.at_us >= event.at_us);
    let until = fold.older(event.at_us, fold.limits.intent_days).until;
    if paid_since {
        return;
    }
    fold.set("need.intent_item", &what, Why::events([event]).with("value", &what), until);
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
