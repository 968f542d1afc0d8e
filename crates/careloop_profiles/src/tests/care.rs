//! The rules of care after treatment.

use serde_json::json;

use super::support::{facts, holds, lacks, told};

#[test]
fn an_operation_is_watched_as_long_as_its_kind_asks() {
    let tag = ("care.postop", "true");
    let done = |item: &str| told(&[("2026-01-01", "plan.item_done", json!({ "item": item }))]);
    holds(&facts(), &done("拔牙"), tag, "2026-01-02", Some("2026-01-08T00:00:00.000001+08:00"));
    holds(&facts(), &done("翻瓣手术"), tag, "2026-01-02", Some("2026-01-15T00:00:00.000001+08:00"));
    holds(&facts(), &done("种植体植入"), tag, "2026-01-02", Some("2026-01-31T00:00:00.000001+08:00"));
    lacks(&facts(), &done("洁牙"), tag, "2026-01-02");
}

#[test]
fn a_course_of_medication_ends_with_its_days_or_earlier() {
    let tag = ("care.medication", "true");
    let course = json!({ "course_id": "m", "days": 3, "starts_on": "2026-01-02" });
    let log = told(&[("2026-01-01T10:00:00+08:00", "medication.prescribed", course)]);
    holds(&facts(), &log, tag, "2026-01-03", Some("2026-01-05"));
    lacks(&facts(), &log.add("2026-01-03", "medication.finished", json!({ "course_id": "m" })), tag, "2026-01-04");
}

#[test]
fn members_are_owed_a_report_twice_a_year() {
    let tag = ("care.report_due", "true");
    let log = told(&[("2026-01-01", "membership.started", json!({ "tier": "gold", "expires_on": "2026-12-31" }))]);
    lacks(&facts(), &log, tag, "2026-06-30");
    holds(&facts(), &log, tag, "2026-07-01", Some("2027-01-01"));
    lacks(&facts(), &log.add("2026-06-01", "report.sent", json!({})), tag, "2026-07-01");
    lacks(&facts(), &told(&[("2025-01-01", "report.sent", json!({}))]), tag, "2026-07-01");
}

#[test]
fn an_adverse_event_is_watched_until_it_is_closed() {
    let tag = ("care.adverse", "true");
    let log = told(&[("2026-01-01", "adverse.reported", json!({ "adverse_id": "a" }))]);
    holds(&facts(), &log, tag, "2026-02-01", None);
    let other = log.clone().add("2026-01-05", "adverse.closed", json!({ "adverse_id": "b" }));
    holds(&facts(), &other, tag, "2026-02-01", None);
    lacks(&facts(), &log.add("2026-01-05", "adverse.closed", json!({ "adverse_id": "a" })), tag, "2026-02-01");
}

#[test]
fn a_warranty_is_good_on_its_last_day() {
    let tag = ("care.warranty", "true");
    let log = told(&[("2026-01-01", "warranty.issued", json!({ "expires_on": "2027-01-01" }))]);
    holds(&facts(), &log, tag, "2026-06-01", Some("2027-01-02"));
    lacks(&facts(), &log, tag, "2027-01-02");
}

#[test]
fn check_ins_done_of_those_due_make_compliance() {
    let tag = "care.checkin_compliance";
    let due: Vec<_> = (1..=5).map(|_| ("2026-01-01", "checkin.due", json!({}))).collect();
    let log = told(&due);
    holds(&facts(), &log, (tag, "L"), "2026-01-10", Some("2026-01-31T00:00:00.000001+08:00"));
    let done = (0..4).fold(log, |log, _| log.add("2026-01-02", "checkin.done", json!({})));
    holds(&facts(), &done, (tag, "H"), "2026-01-10", Some("2026-01-31T00:00:00.000001+08:00"));
    assert_eq!(told(&[("2026-01-01", "checkin.done", json!({}))]).at(&facts(), "2026-01-10").value(tag), None);
}

#[test]
fn winning_back_has_stages() {
    let tag = "care.winback";
    let gone = told(&[]).pay("2024-01-01", 100);
    holds(&facts(), &gone, (tag, "not_started"), "2026-01-01", None);
    assert_eq!(told(&[]).pay("2026-01-01", 100).at(&facts(), "2026-02-01").value(tag), None);
    let written = gone.add("2026-01-01", "touch.sent", json!({}));
    holds(&facts(), &written, (tag, "contacted"), "2026-01-02", Some("2026-04-01T00:00:00.000001+08:00"));
    let again = (0..4).fold(written.clone(), |log, _| log.add("2026-01-01", "touch.sent", json!({})));
    holds(&facts(), &again, (tag, "given_up"), "2026-01-02", Some("2026-04-01T00:00:00.000001+08:00"));
    let replied = written.add("2026-01-03", "touch.replied", json!({}));
    holds(&facts(), &replied, (tag, "replied"), "2026-04-02", Some("2026-04-03T00:00:00.000001+08:00"));
    let starts = json!({ "appointment_id": "a", "starts_at": "2026-02-01T09:00:00+08:00" });
    let booked = replied.add("2026-01-04", "appt.booked", starts);
    holds(&facts(), &booked, (tag, "booked"), "2026-01-05", Some("2026-02-01T09:00:00.000001+08:00"));
    let back = booked.add("2026-02-01T10:00:00+08:00", "visit.closed", json!({}));
    holds(&facts(), &back, (tag, "returned"), "2026-02-02", Some("2026-05-02T10:00:00.000001+08:00"));
}

#[test]
fn the_best_by_class_or_tier_are_vip() {
    let tag = ("care.vip", "true");
    let tier =
        |tier: &str| told(&[("2026-01-01", "membership.started", json!({ "tier": tier, "expires_on": "2026-12-31" }))]);
    holds(&facts(), &tier("黑金卡"), tag, "2026-06-01", Some("2027-01-01"));
    lacks(&facts(), &tier("银卡"), tag, "2026-06-01");
    let paid = |at, line: &str| (at, "payment.received", json!({ "amount": 1_000_000, "line": line }));
    let first = told(&[paid("2026-01-01", "种植"), paid("2026-01-01", "综合"), paid("2026-01-02", "正畸")]);
    lacks(&facts(), &told(&[paid("2026-01-01", "种植")]), tag, "2026-06-01");
    let best = first.add("2026-01-03", "payment.received", json!({ "amount": 1_000_000, "line": "儿牙" }));
    let abc = best.at(&facts(), "2026-06-01").values.into_iter().find(|value| value.tag == "val.abc").unwrap();
    assert_eq!(abc.value, "A");
    assert!(best.at(&facts(), "2026-06-01").has(tag.0, tag.1));
    let by_hand = told(&[("2026-01-01", "tag.set", json!({ "tag": "care.vip", "value": "true", "by": "staff" }))]);
    holds(&facts(), &by_hand, tag, "2026-06-01", None);
}
