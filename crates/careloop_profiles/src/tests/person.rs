//! The rules of who somebody is, and of identity and governance.

use serde_json::json;

use crate::Facts;

use super::support::{Log, born, facts, holds, lacks, told};

fn with_family(own: &str, others: &[&str]) -> Facts {
    let births = others.iter().map(|birth| birth.parse().unwrap()).collect();
    Facts { household_births: births, household_size: 1 + others.len() as i64, ..born(own) }
}

#[test]
fn age_distance_makes_the_role_in_the_family() {
    let tag = "attr.family_role";
    let none = Log::default();
    for (own, others, role) in [
        ("2015-01-01", ["1985-01-01"].as_slice(), "child"),
        ("1985-01-01", &["2015-01-01"], "parent"),
        ("1985-01-01", &["2015-01-01", "1955-01-01"], "parent"),
        ("1955-01-01", &["2015-01-01", "1985-01-01"], "grandparent"),
        ("1985-01-01", &["1988-01-01"], "spouse"),
    ] {
        holds(&with_family(own, others), &none, (tag, role), "2026-01-01", None);
    }
    holds(&with_family("2010-01-01", &["2009-01-01"]), &none, (tag, "other"), "2026-01-01", Some("2028-01-01"));
    assert_eq!(none.at(&born("1985-01-01"), "2026-01-01").value(tag), None);
}

#[test]
fn whoever_acts_for_two_of_the_family_decides() {
    let tag = ("attr.decision_maker", "true");
    let log = told(&[
        ("2026-01-01", "family.paid", json!({ "member": "a" })),
        ("2026-02-01", "family.booked", json!({ "member": "b" })),
    ]);
    holds(&facts(), &log, tag, "2026-03-01", Some("2027-01-01T00:00:00.000001+08:00"));
    let same = told(&[
        ("2026-01-01", "family.paid", json!({ "member": "a" })),
        ("2026-02-01", "family.booked", json!({ "member": "a" })),
    ]);
    lacks(&facts(), &same, tag, "2026-03-01");
}

#[test]
fn the_last_measure_bands_the_distance() {
    let at = |metres: i64| told(&[("2026-01-01", "home.measured", json!({ "metres": metres }))]);
    for (metres, band) in [(3_000, "<=3"), (3_001, "3-8"), (20_000, "8-20"), (20_001, ">20")] {
        holds(&facts(), &at(metres), ("attr.distance_band", band), "2026-02-01", None);
    }
    lacks(&facts(), &at(-1), ("attr.distance_band", "<=3"), "2026-02-01");
}

#[test]
fn the_largest_sale_tells_of_the_ability_to_pay() {
    let tag = "attr.pay_ability";
    for (minor, level) in [(299_999, "L"), (300_000, "M"), (1_000_000, "H")] {
        holds(&facts(), &Log::default().pay("2026-01-01", minor), (tag, level), "2026-02-01", None);
    }
    assert_eq!(Log::default().at(&facts(), "2026-02-01").value(tag), None);
}

#[test]
fn reactions_and_views_tell_of_hours_and_topics() {
    let evening = told(&[
        ("2026-01-01T20:00:00+08:00", "touch.opened", json!({})),
        ("2026-01-02T19:00:00+08:00", "touch.replied", json!({})),
        ("2026-01-03T09:00:00+08:00", "touch.opened", json!({})),
    ]);
    lacks(&facts(), &evening, ("attr.active_hours", "9-12"), "2026-01-04");
    holds(&facts(), &evening, ("attr.active_hours", "18-21"), "2026-01-04", Some("2026-06-30T20:00:00.000001+08:00"));
    let viewed = told(&[
        ("2026-01-01", "content.viewed", json!({ "topic": "种植" })),
        ("2026-01-01", "content.shared", json!({ "topic": "正畸" })),
        ("2026-01-01", "content.viewed", json!({ "topic": "儿牙", "seconds": 60 })),
        ("2026-01-01", "content.viewed", json!({ "topic": "阿" })),
    ]);
    for topic in ["正畸", "儿牙", "种植"] {
        let until = Some("2026-06-30T00:00:00.000001+08:00");
        holds(&facts(), &viewed, ("attr.content_pref", topic), "2026-01-04", until);
    }
    lacks(&facts(), &viewed, ("attr.content_pref", "阿"), "2026-01-04");
}

#[test]
fn identity_is_as_sure_as_its_records() {
    let tag = "gov.oneid_conf";
    let none = Log::default();
    let phone = Facts { has_phone: true, ..facts() };
    holds(&phone, &none, (tag, "strong"), "2026-01-01", None);
    holds(&Facts { phone_shared: true, ..phone }, &none, (tag, "medium"), "2026-01-01", None);
    holds(&Facts { has_wecom: true, ..facts() }, &none, (tag, "strong"), "2026-01-01", None);
    holds(&born("1990-01-01"), &none, (tag, "medium"), "2026-01-01", None);
    holds(&facts(), &none, (tag, "weak"), "2026-01-01", None);
    holds(&Facts { in_doubt: true, ..facts() }, &none, ("gov.dup_suspect", "true"), "2026-01-01", None);
    lacks(&facts(), &none, ("gov.dup_suspect", "true"), "2026-01-01");
}

#[test]
fn a_wrong_number_is_not_valid() {
    let tag = ("gov.phone_valid", "true");
    let phone = Facts { has_phone: true, ..facts() };
    holds(&phone, &Log::default(), tag, "2026-01-01", None);
    lacks(&facts(), &Log::default(), tag, "2026-01-01");
    let wrong = told(&[("2026-01-01", "recall.contacted", json!({ "method": "phone", "result": "wrong_number" }))]);
    lacks(&phone, &wrong, tag, "2026-02-01");
    let reached = wrong.add("2026-01-02", "recall.contacted", json!({ "method": "phone", "result": "talked" }));
    holds(&phone, &reached, tag, "2026-02-01", None);
}

#[test]
fn a_policy_is_signed_until_it_is_withdrawn() {
    let tag = ("gov.privacy_consent", "v2");
    let log = told(&[("2026-01-01", "privacy.signed", json!({ "version": "v2" }))]);
    holds(&facts(), &log, tag, "2026-02-01", None);
    lacks(&facts(), &log.add("2026-01-02", "privacy.withdrawn", json!({})), tag, "2026-02-01");
}

#[test]
fn a_profile_is_as_complete_as_its_fields() {
    let tag = "gov.profile_complete";
    let none = Log::default();
    let half = Facts { gender: Some("male".to_owned()), has_phone: true, ..born("1990-01-01") };
    holds(&facts(), &none, (tag, "<50"), "2026-01-01", None);
    holds(&half, &none, (tag, "50-79"), "2026-01-01", None);
    let more = Facts { region: Some("朝阳".to_owned()), channel: Some("美团".to_owned()), ..half };
    holds(&more, &none, (tag, "80-99"), "2026-01-01", None);
    holds(&Facts { owner: Some(1), ..more }, &none, (tag, "100"), "2026-01-01", None);
}
