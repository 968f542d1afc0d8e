//! Funnel, lead grade, membership and line journeys.

use serde_json::json;

use super::support::{born, facts, holds, lacks, told};

#[test]
fn the_funnel_shows_the_deepest_stage() {
    let tag = "life.funnel";
    holds(&facts(), &told(&[]), (tag, "aware"), "2026-01-01", None);
    let interest = told(&[("2026-01-01", "lead.created", json!({}))]);
    holds(&facts(), &interest, (tag, "interest"), "2026-02-01", None);
    let evaluates = interest.add("2026-01-02", "price.asked", json!({}));
    holds(&facts(), &evaluates, (tag, "evaluate"), "2026-02-01", None);
    let confirms = evaluates.add("2026-01-03", "visit.closed", json!({}));
    holds(&facts(), &confirms, (tag, "confirm"), "2026-02-01", None);
    lacks(&facts(), &confirms, (tag, "purchase"), "2026-02-01");
    holds(&facts(), &confirms.pay("2026-01-04", 100), (tag, "purchase"), "2026-02-01", None);
}

#[test]
fn a_lead_is_graded_by_points_or_by_hand() {
    let tag = "life.lead_grade";
    let money = json!({ "minor": 300_000, "currency": "CNY" });
    let log = told(&[("2026-01-01", "lead.created", json!({ "lead_id": "l" }))]);
    holds(&facts(), &log, (tag, "C"), "2026-01-02", Some("2026-01-31T00:00:00.000001+08:00"));
    holds(&facts(), &log, (tag, "D"), "2026-02-02", None);
    let reached = log.add("2026-01-02", "lead.contacted", json!({ "lead_id": "l", "result": "talked" }));
    holds(&facts(), &reached, (tag, "B"), "2026-01-03", Some("2026-01-31T00:00:00.000001+08:00"));
    let dear =
        told(&[("2026-01-01", "lead.created", json!({ "value": money })), ("2026-01-02", "price.asked", json!({}))]);
    holds(&facts(), &dear, (tag, "A"), "2026-01-03", Some("2026-02-01T00:00:00.000001+08:00"));
    let judged = reached.add("2026-01-03", "lead.qualified", json!({ "lead_id": "l", "grade": "A" }));
    lacks(&facts(), &judged, (tag, "B"), "2026-01-04");
    assert_eq!(judged.at(&facts(), "2026-01-04").value(tag), Some("A"));
}

#[test]
fn a_membership_has_a_tier_and_runs_out() {
    let log = told(&[
        ("2026-01-01", "membership.started", json!({ "tier": "silver", "expires_on": "2026-06-30" })),
        ("2026-02-01", "membership.changed", json!({ "tier": "gold", "expires_on": "2026-12-31" })),
    ]);
    holds(&facts(), &log, ("attr.member_tier", "gold"), "2026-03-01", Some("2027-01-01"));
    lacks(&facts(), &log, ("attr.member_tier", "silver"), "2026-03-01");
    lacks(&facts(), &log, ("life.member_expiring", "true"), "2026-11-30");
    holds(&facts(), &log, ("life.member_expiring", "true"), "2026-12-01", Some("2027-01-01"));
    let ended = log.add("2026-06-01", "membership.ended", json!({}));
    assert_eq!(ended.at(&facts(), "2026-12-01").value("attr.member_tier"), None);
    lacks(&facts(), &ended, ("life.member_expiring", "true"), "2026-12-01");
}

#[test]
fn journeys_of_a_line_follow_the_tags_of_need() {
    let tag = "life.line_stage";
    let log = told(&[
        ("2026-01-01", "implant.staged", json!({ "stage": "surgery" })),
        ("2026-01-01", "ortho.opened", json!({ "case_id": "o" })),
    ]);
    holds(&facts(), &log, (tag, "implant_surgery"), "2026-01-02", Some("2026-01-15T00:00:00.000001+08:00"));
    holds(&facts(), &log, (tag, "ortho_active"), "2026-01-02", None);
    lacks(&facts(), &log, (tag, "ortho_retention"), "2026-01-02");
    holds(&born("2019-05-01"), &told(&[]), (tag, "child_sealant"), "2026-01-02", Some("2028-05-01"));
}
