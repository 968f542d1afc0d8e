//! What was paid ahead, given away or earned: entitlements, plans, discounts, points, coupons.

use std::collections::BTreeMap;

use crate::event::Event;
use crate::model::{Micros, Why};

use super::super::plans::plans;
use super::{Fold, Payments, earlier, milli_units};

pub(super) fn fold(fold: &mut Fold<'_>, payments: &Payments<'_>) {
    expiring(fold);
    overdue(fold, payments);
    discounts(fold);
    points(fold);
    coupons(fold);
}

/// Entitlements with units left: the last event that sold some, by number.
fn left<'a>(fold: &Fold<'a>) -> Vec<&'a Event> {
    let mut units: BTreeMap<&str, (i64, Option<&Event>)> = BTreeMap::new();
    for event in fold.seen.lists(&["entitle.sold", "entitle.redeemed", "entitle.expired", "entitle.transferred"]) {
        let (left, sold) = units.entry(event.text("entitlement_id").unwrap_or_default()).or_default();
        if event.kind == "entitle.sold" {
            *left = left.saturating_add(milli_units(event));
            *sold = Some(event);
        } else {
            *left = left.saturating_sub(milli_units(event));
        }
    }
    units.into_values().filter(|(left, _)| *left > 0).filter_map(|(_, sold)| sold).collect()
}

fn expiring(fold: &mut Fold<'_>) {
    let days = fold.limits.entitle_days;
    let mut soonest = None;
    for event in left(fold) {
        let Some(day) = Fold::day_of(event, "expires_on") else { continue };
        let near = fold.nears(day, days);
        fold.look_again(near.until);
        if near.value && soonest.is_none_or(|(first, _, _)| day < first) {
            soonest = Some((day, event, near.until));
        }
    }
    if let Some((day, event, until)) = soonest {
        fold.flag("val.entitle_expiring", true, Why::events([event]).with("date", day), until);
    }
}

fn overdue(fold: &mut Fold<'_>, payments: &Payments<'_>) {
    let mut first = None;
    for plan in plans(fold).iter().filter(|plan| plan.is_open()) {
        let Some(accepted) = plan.accepted else { continue };
        let Some(day) = Fold::day_of(accepted, "planned_end") else { continue };
        if payments.events.last().is_none_or(|payment| payment.at_us < accepted.at_us) {
            continue;
        }
        let over = fold.day_after(day, 1);
        fold.look_again(over);
        if over.is_some_and(|over| over <= fold.now) && first.is_none_or(|(earliest, _)| day < earliest) {
            first = Some((day, accepted));
        }
    }
    if let Some((day, accepted)) = first {
        fold.flag("val.overdue_unexecuted", true, Why::events([accepted]).with("date", day), None);
    }
}

fn discounts(fold: &mut Fold<'_>) {
    let limits = fold.limits;
    let orders = fold.seen.list("order.created").iter().copied();
    let orders: Vec<&Event> = orders.filter(|order| order.minor("list_amount").is_some()).collect();
    let sum = |field: &str| orders.iter().filter_map(|order| order.minor(field)).fold(0_i64, i64::saturating_add);
    let (list, off) = (sum("list_amount"), sum("discount"));
    if list <= 0 {
        return;
    }
    let holds = i128::from(off) * 100 > i128::from(list) * i128::from(limits.discount_mean * limits.discount_times);
    let percent = i128::from(off) * 100 / i128::from(list);
    fold.flag("val.discount_heavy", holds, Why::events(orders).with("percent", percent.to_string()), None);
}

fn points(fold: &mut Fold<'_>) {
    let sum = |kind: &str| {
        let moved = fold.seen.list(kind).iter().filter_map(|event| event.integer("points"));
        moved.fold(0_i64, i64::saturating_add)
    };
    let balance = sum("points.earned").saturating_sub(sum("points.spent"));
    if balance <= 0 {
        return;
    }
    let band = match balance {
        ..500 => "<500",
        500..2000 => "500-2000",
        _ => "2000+",
    };
    let moved = fold.seen.lists(&["points.earned", "points.spent"]);
    fold.set("val.points_band", band, Why::events(moved).with("n", balance), None);
    let mut ending: Vec<&Event> = Vec::new();
    let mut until: Option<Micros> = None;
    for event in fold.seen.list("points.earned") {
        let Some(day) = Fold::day_of(event, "expires_on") else { continue };
        let near = fold.nears(day, fold.limits.points_days);
        until = earlier(until, near.until);
        if near.value {
            ending.push(event);
        }
    }
    if ending.is_empty() {
        fold.look_again(until);
    } else {
        fold.set("val.points_band", "expiring", Why::events(ending).with("n", balance), until);
    }
}

fn coupons(fold: &mut Fold<'_>) {
    let open = fold.seen.open("coupon.issued", &["coupon.used"], "coupon_id");
    let good: Vec<&Event> = open.into_iter().filter(|event| fold.good(event, "expires_on").value).collect();
    // The reason names the coupon issued last; when that one ends, another may take its place.
    if let Some(last) = good.last().copied() {
        let until = fold.good(last, "expires_on").until;
        fold.flag("val.coupon_unused", true, Why::events([last]).with("date", fold.date(last.at_us)), until);
    }
}
