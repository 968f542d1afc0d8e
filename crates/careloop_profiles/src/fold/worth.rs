//! What the customer will be worth, by the value models.

use crate::ltv::PaidDays;
use crate::model::Why;

use super::{Fold, Payments, major};

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
        .with("spend", major(worth.spend_minor))
        .with("amount", major(worth.value_minor))
        .with("date", ltv.as_of);
    fold.set("val.ltv_pred", model.quintile(worth).to_string(), why, None);
}
