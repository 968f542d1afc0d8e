//! The rules of visits: one that holds with its end, one that does not.

use serde_json::json;

use super::support::{facts, holds, lacks, told};

#[test]
fn an_open_visit_has_a_stage_until_it_closes_or_the_day_ends() {
    let tag = "visit.now_stage";
    let visit = json!({ "visit_id": "v" });
    let opened = told(&[("2026-01-01T09:00:00+08:00", "visit.opened", visit.clone())]);
    holds(&facts(), &opened, (tag, "arrived"), "2026-01-01T09:05:00+08:00", Some("2026-01-02"));
    let staged = opened.add("2026-01-01T09:10:00+08:00", "visit.stage", json!({ "visit_id": "v", "stage": "consult" }));
    holds(&facts(), &staged, (tag, "consult"), "2026-01-01T09:11:00+08:00", Some("2026-01-02"));
    let closed = staged.add("2026-01-01T10:00:00+08:00", "visit.closed", visit);
    assert_eq!(closed.at(&facts(), "2026-01-01T10:01:00+08:00").value(tag), None);
}

#[test]
fn who_looked_after_somebody_last_does_unless_staff_name_another() {
    let seen = told(&[
        ("2026-01-01", "visit.closed", json!({ "doctor": "D1", "consultant": "K1" })),
        ("2026-02-01", "visit.closed", json!({ "doctor": "D2" })),
    ]);
    holds(&facts(), &seen, ("visit.doctor", "D2"), "2026-03-01", None);
    holds(&facts(), &seen, ("visit.consultant", "K1"), "2026-03-01", None);
    lacks(&facts(), &seen, ("visit.doctor", "D1"), "2026-03-01");
    let named = seen.add("2026-02-02", "tag.set", json!({ "tag": "visit.doctor", "value": "D9", "by": "staff" }));
    holds(&facts(), &named, ("visit.doctor", "D9"), "2026-03-01", None);
    lacks(&facts(), &named, ("visit.doctor", "D2"), "2026-03-01");
}

#[test]
fn waiting_or_jumping_in_is_short_notice() {
    let tag = ("visit.short_notice_ok", "true");
    let waits = told(&[("2026-01-01", "waitlist.joined", json!({ "waitlist_id": "w", "until_on": "2026-01-31" }))]);
    holds(&facts(), &waits, tag, "2026-01-10", Some("2026-02-01"));
    lacks(&facts(), &waits.add("2026-01-05", "waitlist.left", json!({ "waitlist_id": "w" })), tag, "2026-01-10");
    let jumped =
        told(&[("2026-01-01T09:00:00+08:00", "slot.accepted", json!({ "starts_at": "2026-01-02T09:00:00+08:00" }))]);
    holds(&facts(), &jumped, tag, "2026-01-10", Some("2026-06-30T09:00:00.000001+08:00"));
    let calm =
        told(&[("2026-01-01T09:00:00+08:00", "slot.accepted", json!({ "starts_at": "2026-01-02T09:00:01+08:00" }))]);
    lacks(&facts(), &calm, tag, "2026-01-10");
}

#[test]
fn a_record_is_owed_until_it_is_written_and_right() {
    let tag = "visit.emr_gap";
    let due = json!({ "record_no": "r", "due_at": "2026-01-02T09:00:00+08:00" });
    let log = told(&[("2026-01-01", "emr.due", due)]);
    lacks(&facts(), &log, (tag, "unwritten"), "2026-01-02T09:00:00+08:00");
    holds(&facts(), &log, (tag, "unwritten"), "2026-01-02T09:00:00.000001+08:00", None);
    let written = log.add("2026-01-03", "emr.written", json!({ "record_no": "r" }));
    lacks(&facts(), &written, (tag, "unwritten"), "2026-01-04");
    let flagged = written.add("2026-01-04", "emr.flagged", json!({ "record_no": "r" }));
    holds(&facts(), &flagged, (tag, "to_rectify"), "2026-01-05", None);
    let right = flagged.add("2026-01-06", "emr.rectified", json!({ "record_no": "r" }));
    lacks(&facts(), &right, (tag, "to_rectify"), "2026-01-07");
}

#[test]
fn an_operation_wants_a_form_before_it() {
    let tag = ("visit.consent_missing", "true");
    let done = |item: &str| ("2026-01-02", "plan.item_done", json!({ "item": item }));
    holds(&facts(), &told(&[done("种植体植入")]), tag, "2026-02-01", Some("2027-01-02T00:00:00.000001+08:00"));
    lacks(&facts(), &told(&[done("洁牙")]), tag, "2026-02-01");
    let form = |at, item: &str| (at, "consent_form.signed", json!({ "item": item }));
    lacks(&facts(), &told(&[form("2026-01-01", "种植体植入"), done("种植体植入")]), tag, "2026-02-01");
    let late = told(&[done("种植体植入"), form("2026-01-03", "种植体植入")]);
    holds(&facts(), &late, tag, "2026-02-01", Some("2027-01-02T00:00:00.000001+08:00"));
    let other = told(&[form("2026-01-01", "拔牙"), done("种植体植入")]);
    holds(&facts(), &other, tag, "2026-02-01", Some("2027-01-02T00:00:00.000001+08:00"));
}

#[test]
fn the_journey_has_five_touchpoints() {
    let tag = "visit.grade_5a";
    let booked = json!({ "appointment_id": "a", "starts_at": "2026-01-05T09:00:00+08:00" });
    let log = told(&[("2026-01-01", "appt.booked", booked)]);
    holds(&facts(), &log, (tag, "pre"), "2026-01-02", Some("2026-01-05T09:00:00.000001+08:00"));
    let first = log.add("2026-01-05T10:00:00+08:00", "visit.closed", json!({}));
    holds(&facts(), &first, (tag, "first"), "2026-01-06", Some("2026-01-12T10:00:00.000001+08:00"));
    let treated = first.add("2026-01-06", "plan.accepted", json!({ "plan_id": "p" })).add(
        "2026-01-07",
        "plan.item_done",
        json!({ "plan_id": "p" }),
    );
    holds(&facts(), &treated, (tag, "treat"), "2026-01-08", None);
    let ended = treated.add("2026-02-01", "plan.completed", json!({ "plan_id": "p" }));
    holds(&facts(), &ended, (tag, "end"), "2026-02-02", Some("2026-03-03T00:00:00.000001+08:00"));
    holds(&facts(), &ended, (tag, "extend"), "2026-04-01", None);
    assert_eq!(told(&[]).at(&facts(), "2026-01-01").value(tag), None);
}

#[test]
fn need_and_compliance_make_the_grade_of_service() {
    let tag = "visit.service_grade";
    let visit = |complaint: &str| told(&[("2026-01-01", "visit.closed", json!({ "complaint": complaint }))]);
    holds(&facts(), &visit("缺牙"), (tag, "A"), "2026-02-01", None);
    holds(&facts(), &visit("检查"), (tag, "B"), "2026-02-01", None);
    let kept = visit("缺牙").add("2026-01-02", "appt.arrived", json!({})).add("2026-01-03", "appt.arrived", json!({}));
    holds(&facts(), &kept, (tag, "S"), "2026-02-01", Some("2027-01-02T00:00:00.000001+08:00"));
    let missed =
        visit("检查").add("2026-01-02", "appt.no_show", json!({})).add("2026-01-03", "appt.no_show", json!({}));
    holds(&facts(), &missed, (tag, "C"), "2026-02-01", Some("2027-01-02T00:00:00.000001+08:00"));
    assert_eq!(told(&[("2026-01-01", "visit.closed", json!({}))]).at(&facts(), "2026-02-01").value(tag), None);
}
