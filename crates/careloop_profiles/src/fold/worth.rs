//! What the customer will be worth, by the value models, and what they take up next.

use crate::ltv::PaidDays;
use crate::model::{Arg, Why};
use crate::next::{HORIZON_DAYS, Steps};

use super::{Fold, Payments};

/// The value holds until the person pays or the models are fitted again: it is that of the day of the fit, or of a payment
/// since, whenever one looks.
pub(super) fn fold(fold: &mut Fold<'_>, payments: &Payments<'_>) {
    let Some(ltv) = &fold.inputs.ltv else { return };
    let Ok(model) = &ltv.model else { return };
    let day = |event: &&crate::Event| (fold.date(event.at_us), event.amount.unwrap_or(0));
    let paid = PaidDays::of(payments.events.iter().map(day));
    let Some(worth) = model.worth(&paid, ltv.as_of) else { return };
    let why = Why::events(payments.events.iter().copied())
        .with("purchases", format!("{:.2}", worth.purchases))
        .with("alive", format!("{:.0}", worth.alive * 100.0))
        .with("spend", Arg::Minor(worth.spend_minor))
        .with("amount", Arg::Minor(worth.value_minor))
        .with("date", ltv.as_of);
    fold.set("val.ltv_pred", model.quintile(worth).to_string(), why, None);
}

/// The line that most often follows the newest one, of those the person has not. It is named for as long as steps were
/// counted: half a year after the newest line nothing is known of what comes next.
pub(super) fn next(fold: &mut Fold<'_>, payments: &Payments<'_>) {
    let Some(counted) = &fold.inputs.next else { return };
    let Ok(transitions) = &counted.model else { return };
    let lines = payments.events.iter().filter_map(|event| Some((fold.date(event.at_us), event.text("line")?)));
    let steps = Steps::of(lines);
    let Some((day, newest)) = steps.newest() else { return };
    let over = fold.day_after(day, HORIZON_DAYS + 1);
    if over.is_none_or(|over| over <= fold.now) {
        return;
    }
    let owned: Vec<&str> = steps.lines().collect();
    let Some(next) = transitions.next(newest, &owned) else { return };
    let first = payments.events.iter().copied().find(|event| event.text("line") == Some(newest));
    let why = Why::events(first)
        .with("newest", newest)
        .with("value", next.line)
        .with("percent", format!("{:.0}", next.chance * 100.0))
        .with("n", next.seen)
        .with("of", next.steps)
        .with("date", counted.as_of);
    fold.set("val.next_category", next.line, why, over);
}
