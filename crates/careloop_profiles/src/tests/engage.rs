//! The rules of interaction and referral.

use serde_json::{Value, json};

use super::support::{facts, holds, lacks, told};

#[test]
fn the_last_friend_among_staff_owns_the_contact() {
    let tag = "eng.wecom_owner";
    let staff = |name: &str| json!({ "staff": name });
    let log = told(&[("2026-01-01", "friend.added", staff("s1")), ("2026-01-02", "friend.added", staff("s2"))]);
    holds(&facts(), &log, (tag, "s2"), "2026-02-01", None);
    let left = log.add("2026-01-03", "friend.removed", staff("s2"));
    holds(&facts(), &left, (tag, "s1"), "2026-02-01", None);
    lacks(&facts(), &left, (tag, "s2"), "2026-02-01");
}

#[test]
fn what_is_done_lately_counts_for_its_days() {
    for (tag, kind, until) in [
        ("eng.group_active", "group.spoke", "2026-01-31T00:00:00.000001+08:00"),
        ("eng.miniapp_user", "miniapp.opened", "2026-04-01T00:00:00.000001+08:00"),
        ("eng.card_buyer", "card.sold", "2026-04-01T00:00:00.000001+08:00"),
    ] {
        let log = told(&[("2026-01-01", kind, json!({}))]);
        holds(&facts(), &log, (tag, "true"), "2026-01-02", Some(until));
        lacks(&facts(), &log, (tag, "true"), "2026-06-01");
    }
}

#[test]
fn a_follower_is_one_until_they_leave() {
    let tag = ("eng.oa_follower", "true");
    let log = told(&[("2026-01-01", "oa.followed", json!({ "account": "a" }))]);
    holds(&facts(), &log, tag, "2026-02-01", None);
    lacks(&facts(), &log.add("2026-01-05", "oa.unfollowed", json!({ "account": "a" })), tag, "2026-02-01");
}

#[test]
fn three_long_reads_of_a_topic_are_deep() {
    let tag = ("eng.deep_reader", "true");
    let read = |at, seconds: i64, topic: &str| (at, "content.viewed", json!({ "seconds": seconds, "topic": topic }));
    let deep = told(&[read("2026-01-01", 60, "正畸"), read("2026-01-02", 90, "正畸"), read("2026-01-03", 61, "正畸")]);
    holds(&facts(), &deep, tag, "2026-01-04", Some("2026-01-31T00:00:00.000001+08:00"));
    let short = told(&[read("2026-01-01", 60, "正畸"), read("2026-01-02", 59, "正畸"), read("2026-01-03", 61, "正畸")]);
    lacks(&facts(), &short, tag, "2026-01-04");
    let mixed = told(&[read("2026-01-01", 60, "正畸"), read("2026-01-02", 60, "种植"), read("2026-01-03", 61, "正畸")]);
    lacks(&facts(), &mixed, tag, "2026-01-04");
}

#[test]
fn campaigns_and_journeys_are_listed() {
    let log = told(&[
        ("2026-01-01", "lead.created", json!({ "campaign": "618" })),
        ("2026-01-02", "campaign.joined", json!({ "campaign": "双11" })),
        ("2026-01-03", "sop.enrolled", json!({ "journey": "术后", "run": "1" })),
    ]);
    holds(&facts(), &log, ("eng.campaign_joined", "618"), "2026-02-01", None);
    holds(&facts(), &log, ("eng.campaign_joined", "双11"), "2026-02-01", None);
    holds(&facts(), &log, ("eng.sop_in", "术后"), "2026-02-01", None);
    lacks(&facts(), &log.add("2026-01-04", "sop.exited", json!({ "run": "1" })), ("eng.sop_in", "术后"), "2026-02-01");
}

#[test]
fn what_happened_once_stays() {
    for (tag, kind) in [("eng.offline_event", "activity.attended"), ("eng.household_opened", "family.joined")] {
        holds(&facts(), &told(&[("2026-01-01", kind, json!({}))]), (tag, "true"), "2030-01-01", None);
        lacks(&facts(), &told(&[("2026-01-01", "visit.closed", json!({}))]), (tag, "true"), "2030-01-01");
    }
}

#[test]
fn promoters_have_levels() {
    let tag = "eng.promoter_level";
    let sold = |times: usize| told(&vec![("2026-01-01", "card.promoted", json!({})); times]);
    let until = Some("2026-06-30T00:00:00.000001+08:00");
    holds(&facts(), &sold(1), (tag, "bronze"), "2026-01-02", until);
    holds(&facts(), &sold(3), (tag, "silver"), "2026-01-02", until);
    holds(&facts(), &sold(10), (tag, "gold"), "2026-01-02", until);
    assert_eq!(sold(0).at(&facts(), "2026-01-02").value(tag), None);
}

#[test]
fn a_content_customer_may_refer() {
    let tag = ("eng.referral_potential", "true");
    let life = |score: i64, more: &[(&'static str, &'static str, Value)]| {
        let mut events = vec![
            ("2026-01-01", "plan.accepted", json!({ "plan_id": "p" })),
            ("2026-01-02", "plan.completed", json!({ "plan_id": "p" })),
            ("2026-01-02", "visit.closed", json!({})),
            ("2026-01-03", "survey.answered", json!({ "score": score })),
        ];
        events.extend_from_slice(more);
        told(&events)
    };
    holds(&facts(), &life(4, &[]), tag, "2026-02-01", Some("2027-01-02T00:00:00.000001+08:00"));
    lacks(&facts(), &life(3, &[]), tag, "2026-02-01");
    lacks(&facts(), &life(5, &[("2026-01-04", "ref.arrived", json!({}))]), tag, "2026-02-01");
    lacks(&facts(), &life(5, &[("2026-01-04", "plan.accepted", json!({ "plan_id": "q" }))]), tag, "2026-02-01");
}

#[test]
fn the_first_referrer_counts() {
    let by = |at, kind: &str| (at, "person.referred", json!({ "referrer_kind": kind }));
    let log = told(&[by("2026-01-01", "customer"), by("2026-01-02", "staff")]);
    holds(&facts(), &log, ("eng.referred_by", "customer"), "2026-02-01", None);
    lacks(&facts(), &log, ("eng.referred_by", "staff"), "2026-02-01");
}

#[test]
fn a_reward_is_pending_until_it_is_given() {
    let tag = ("eng.reward_pending", "true");
    let log = told(&[("2026-01-01", "ref.deal", json!({ "referral_id": "r" }))]);
    holds(&facts(), &log, tag, "2026-02-01", None);
    lacks(&facts(), &log.add("2026-01-05", "ref.reward", json!({ "referral_id": "r" })), tag, "2026-02-01");
}

#[test]
fn too_many_touches_tire_and_one_too_many_drives_away() {
    let tag = ("eng.fatigue", "true");
    let five = told(&vec![("2026-01-01", "touch.sent", json!({})); 5]);
    holds(&facts(), &five, tag, "2026-01-02", Some("2026-01-08T00:00:00.000001+08:00"));
    let one = told(&[("2026-01-01", "touch.sent", json!({}))]);
    lacks(&facts(), &one, tag, "2026-01-02");
    let driven = one.clone().add("2026-01-03", "friend.removed", json!({ "by": "customer" }));
    holds(&facts(), &driven, tag, "2026-02-01", Some("2026-04-03T00:00:00.000001+08:00"));
    lacks(&facts(), &driven.add("2026-01-04", "friend.added", json!({})), tag, "2026-02-01");
    lacks(&facts(), &one.add("2026-01-09", "friend.removed", json!({ "by": "customer" })), tag, "2026-02-01");
}
