//! The rules of what was paid ahead, given away or earned.

use serde_json::json;

use super::support::{facts, holds, lacks, told};

#[test]
fn units_that_are_left_expire() {
    let tag = ("val.entitle_expiring", "true");
    let sold = json!({ "entitlement_id": "e", "units": "2", "expires_on": "2026-06-30" });
    let log = told(&[("2026-01-01", "entitle.sold", sold)]);
    lacks(&facts(), &log, tag, "2026-05-30");
    holds(&facts(), &log, tag, "2026-05-31", Some("2026-07-01"));
    let used = log.add("2026-02-01", "entitle.redeemed", json!({ "entitlement_id": "e", "units": 2 }));
    lacks(&facts(), &used, tag, "2026-05-31");
}

#[test]
fn a_paid_plan_past_its_end_is_overdue() {
    let tag = ("val.overdue_unexecuted", "true");
    let plan = json!({ "plan_id": "p", "planned_end": "2026-03-31" });
    let unpaid = told(&[("2026-01-01", "plan.accepted", plan)]);
    lacks(&facts(), &unpaid, tag, "2026-04-01");
    let paid = unpaid.pay("2026-01-02", 100);
    lacks(&facts(), &paid, tag, "2026-03-31T23:59:59+08:00");
    holds(&facts(), &paid, tag, "2026-04-01", None);
    lacks(&facts(), &paid.add("2026-04-01", "plan.completed", json!({ "plan_id": "p" })), tag, "2026-04-02");
}

#[test]
fn twice_the_usual_discount_is_heavy() {
    let tag = ("val.discount_heavy", "true");
    let order = |off: i64| {
        let money = |minor: i64| json!({ "minor": minor, "currency": "CNY" });
        told(&[("2026-01-01", "order.created", json!({ "list_amount": money(10_000), "discount": money(off) }))])
    };
    lacks(&facts(), &order(3_000), tag, "2026-02-01");
    holds(&facts(), &order(3_001), tag, "2026-02-01", None);
}

#[test]
fn points_are_in_a_band_and_expire() {
    let tag = "val.points_band";
    let log = told(&[("2026-01-01", "points.earned", json!({ "points": 600, "expires_on": "2026-06-30" }))]);
    holds(&facts(), &log, (tag, "500-2000"), "2026-02-01", None);
    lacks(&facts(), &log, (tag, "expiring"), "2026-05-30");
    holds(&facts(), &log, (tag, "expiring"), "2026-05-31", Some("2026-07-01"));
    let fewer = log.add("2026-02-01", "points.spent", json!({ "points": 101 }));
    holds(&facts(), &fewer, (tag, "<500"), "2026-03-01", None);
    let none = fewer.add("2026-02-02", "points.spent", json!({ "points": 499 }));
    assert_eq!(none.at(&facts(), "2026-03-01").value(tag), None);
}

#[test]
fn a_coupon_is_unused_until_its_last_day_is_over() {
    let tag = ("val.coupon_unused", "true");
    let log = told(&[("2026-01-01", "coupon.issued", json!({ "coupon_id": "c", "expires_on": "2026-01-31" }))]);
    holds(&facts(), &log, tag, "2026-01-31T23:00:00+08:00", Some("2026-02-01"));
    lacks(&facts(), &log.add("2026-01-10", "coupon.used", json!({ "coupon_id": "c" })), tag, "2026-01-11");
}
