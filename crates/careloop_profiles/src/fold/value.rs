//! What the customer is worth: the paid ledger.

mod prepaid;

use std::collections::{BTreeMap, BTreeSet};

use crate::event::Event;
use crate::model::{Arg, Why};
use crate::quantiles::Payer;

use super::{Fold, Payments, Timed, earlier};

/// Folds the area and gives the points for being late against one's own cycle: 0, 1 or 2.
pub(super) fn fold(fold: &mut Fold<'_>) -> Timed<i64> {
    let payments = fold.paid;
    balances(fold);
    prepaid::fold(fold, payments);
    lifetime(fold);
    let refunds = fold.seen.list("refund.paid");
    let (recent, until) = fold.recent(refunds, fold.limits.refund_days);
    fold.flag(
        "val.refund_history",
        !recent.is_empty(),
        Why::events(recent.iter().copied()).with("n", recent.len()),
        until,
    );
    let mut cycle_points = Timed { value: 0, until: None };
    if !payments.events.is_empty() {
        scores(fold, payments);
        abc(fold, payments);
        bands(fold, payments);
        mix(fold, payments);
        super::worth::fold(fold, payments);
        super::worth::next(fold, payments);
        cycle_points = cycle(fold, payments);
    }
    cycle_points
}

/// Payments less refunds, minor units.
fn net(payments: &[&Event], refunds: &[&Event]) -> i64 {
    let sum = |events: &[&Event]| events.iter().filter_map(|event| event.amount).fold(0_i64, i64::saturating_add);
    sum(payments).saturating_sub(sum(refunds))
}

fn scores(fold: &mut Fold<'_>, payments: &Payments<'_>) {
    let (Some(quantiles), Some(last), Some(last_day)) =
        (&fold.inputs.quantiles, payments.events.last(), payments.days.last())
    else {
        return;
    };
    let window = fold.limits.value_days;
    let (paid, paid_leave) = fold.recent(&payments.events, window);
    let (refunded, refunds_leave) = fold.recent(&payments.refunds, window);
    let mut days: Vec<_> = paid.iter().map(|event| fold.date(event.at_us)).collect();
    days.dedup();
    let recency_days = i64::from((fold.today - *last_day).get_days());
    let payer = Payer {
        recency_days,
        paid_days: i64::try_from(days.len()).unwrap_or(i64::MAX),
        net_minor: net(&paid, &refunded),
    };
    let scores = quantiles.score(payer);
    let next_cut = quantiles.recency.iter().copied().filter(|cut| *cut >= recency_days).min();
    let r_until = next_cut.and_then(|cut| fold.day_after(*last_day, cut + 1));
    let m_until = earlier(paid_leave, refunds_leave);
    fold.set("val.r", scores.r.to_string(), Why::events([*last]).with("date", last_day), r_until);
    fold.set("val.f", scores.f.to_string(), Why::events(paid.iter().copied()).with("n", days.len()), paid_leave);
    let spent = paid.iter().chain(&refunded).copied();
    fold.set("val.m", scores.m.to_string(), Why::events(spent).with("amount", Arg::Minor(payer.net_minor)), m_until);
    let why = Why::events([*last]).with("r", scores.r).with("f", scores.f).with("m", scores.m);
    fold.set("val.rfm", quantiles.cell(scores), why, earlier(r_until, m_until));
}

/// How many treatments somebody took: distinct items paid, ordered or treated, or business lines where sources name more
/// of those.
fn breadth_of(fold: &Fold<'_>, payments: &Payments<'_>) -> i64 {
    let treated = fold.seen.lists(&["order.created", "visit.closed"]);
    let events = || payments.events.iter().chain(&treated);
    let distinct = |field: &str| events().filter_map(|event| event.text(field)).collect::<BTreeSet<_>>().len();
    i64::try_from(distinct("item").max(distinct("line"))).unwrap_or(i64::MAX)
}

fn abc(fold: &mut Fold<'_>, payments: &Payments<'_>) {
    let limits = fold.limits;
    let points = |value: i64, one: i64, two: i64| i64::from(value >= one) + i64::from(value >= two);
    let largest = payments.events.iter().copied().max_by_key(|event| event.amount);
    let (recent, until) = fold.recent(&payments.events, limits.abc_days);
    let mut days: Vec<_> = recent.iter().map(|event| fold.date(event.at_us)).collect();
    days.dedup();
    let count = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    let breadth =
        limits.abc_weight_breadth * points(breadth_of(fold, payments), limits.abc_items_1, limits.abc_items_2);
    let single = largest.and_then(|event| event.amount).unwrap_or(0);
    let ability = limits.abc_weight_ability * points(single, limits.abc_single_1_minor, limits.abc_single_2_minor);
    let often = points(count(days.len()), limits.abc_paid_days_1, limits.abc_paid_days_2);
    let willingness = limits.abc_weight_willingness * often;
    let total = breadth + ability + willingness;
    let class = if total >= limits.abc_a_points {
        "A"
    } else if total >= limits.abc_b_points {
        "B"
    } else {
        "C"
    };
    let why = Why::events(largest).with("breadth", breadth).with("ability", ability).with("willingness", willingness);
    fold.set("val.abc", class, why, until);
}

fn bands(fold: &mut Fold<'_>, payments: &Payments<'_>) {
    let days = i64::try_from(payments.days.len()).unwrap_or(1).max(1);
    let mean = net(&payments.events, &[]) / days;
    let ticket = [(300, "<300"), (1000, "300-1000"), (3000, "1000-3000"), (10_000, "3000-10000")];
    let why = Why::events(payments.events.iter().copied()).with("n", days).with("amount", Arg::Minor(mean));
    fold.set("val.ticket_band", band_of(mean, &ticket, "10000+"), why, None);
}

/// Revenue recognised to date.
fn lifetime(fold: &mut Fold<'_>) {
    let earned = fold.seen.list("revenue.recognised");
    if earned.is_empty() {
        return;
    }
    let total = net(earned, &[]);
    let bands = [(500, "<500"), (2000, "500-2000"), (10_000, "2000-10000"), (50_000, "10000-50000")];
    fold.set(
        "val.ltv_band",
        band_of(total, &bands, "50000+"),
        Why::events(earned.iter().copied()).with("amount", Arg::Minor(total)),
        None,
    );
}

/// The band of an amount in minor units; bands are named by what they end before, in the major unit.
fn band_of(minor: i64, bands: &[(i64, &'static str)], top: &'static str) -> &'static str {
    bands.iter().find(|(below, _)| minor < below * 100).map_or(top, |(_, name)| *name)
}

fn mix(fold: &mut Fold<'_>, payments: &Payments<'_>) {
    let mut lines: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
    for event in &payments.events {
        if let Some(line) = event.text("line") {
            lines.entry(line).or_default().push(event);
        }
    }
    for (line, events) in lines {
        let count = events.len();
        fold.set("val.category_mix", line, Why::events(events).with("value", line).with("n", count), None);
    }
}

/// Second purchase and repurchase cycle.
fn cycle(fold: &mut Fold<'_>, payments: &Payments<'_>) -> Timed<i64> {
    let days = &payments.days;
    let (Some(last), Some(second)) = (days.last(), days.get(1)) else { return Timed { value: 0, until: None } };
    let event = payments.events.iter().copied().find(|event| fold.date(event.at_us) == *second);
    fold.flag("val.second_purchase", true, Why::events(event).with("date", second), None);
    let mut gaps: Vec<i64> = days.windows(2).map(|pair| i64::from((pair[1] - pair[0]).get_days())).collect();
    gaps.sort_unstable();
    // Twice the median, so that the mean of two middle gaps stays whole.
    let twice_median = gaps[(gaps.len() - 1) / 2] + gaps[gaps.len() / 2];
    let since = i64::from((fold.today - *last).get_days());
    let over = |tenths: i64| since * 20 > tenths * twice_median;
    let flips = |tenths: i64| fold.day_after(*last, tenths * twice_median / 20 + 1);
    let tenths = fold.limits.cycle_tenths;
    let until = if over(tenths) { None } else { flips(tenths) };
    let median = if twice_median % 2 == 0 { (twice_median / 2).to_string() } else { format!("{}.5", twice_median / 2) };
    let why = Why::events(payments.events.iter().copied()).with("days", median).with("date", last);
    let points = Timed {
        value: i64::from(over(tenths)) + i64::from(over(20)),
        until: until.or_else(|| if over(20) { None } else { flips(20) }),
    };
    fold.set("val.cycle", if over(tenths) { "due" } else { "not_due" }, why, until);
    points
}

/// Stored value, units and debts: what was added and what was taken.
fn balances(fold: &mut Fold<'_>) {
    let money = |kind: &str| {
        let worth = |event: &&Event| event.amount.unwrap_or(0).saturating_add(event.minor("bonus").unwrap_or(0));
        fold.seen.list(kind).iter().map(worth).fold(0_i64, i64::saturating_add)
    };
    let units =
        |kind: &str| fold.seen.list(kind).iter().map(|event| milli_units(event)).fold(0_i64, i64::saturating_add);
    let wallet = money("wallet.topup") > money("wallet.spent");
    let left =
        units("entitle.sold") > units("entitle.redeemed") + units("entitle.expired") + units("entitle.transferred");
    let owed = money("debt.opened") - money("debt.settled");
    let (topup, sold, debt) =
        (fold.seen.last("wallet.topup"), fold.seen.last("entitle.sold"), fold.seen.last("debt.opened"));
    fold.flag("val.wallet", wallet, Why::events(topup), None);
    fold.flag("val.entitle_left", left, Why::events(sold), None);
    fold.flag("val.debt", owed > 0, Why::events(debt).with("amount", Arg::Minor(owed)), None);
}

/// Units of an entitlement event in thousandths; a decimal may come as text or number, and an event without it is one unit.
fn milli_units(event: &Event) -> i64 {
    let Some(value) = event.props.get("units") else { return 1000 };
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let thousandths = format!("{fraction:0<3}");
    let digits = thousandths.get(..3).unwrap_or("000");
    whole.parse::<i64>().unwrap_or(0).saturating_mul(1000).saturating_add(digits.parse().unwrap_or(0))
}
