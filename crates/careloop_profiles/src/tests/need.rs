//! The rules of need: one that holds with its end, one that does not.

use serde_json::json;

use super::support::{born, facts, holds, lacks, told};

#[test]
fn interest_is_as_strong_as_its_strongest_sign() {
    let tag = "need.intent_level";
    let viewed = told(&[("2026-01-01T10:00:00+08:00", "content.viewed", json!({}))]);
    holds(&facts(), &viewed, (tag, "C"), "2026-01-02", Some("2026-01-31T10:00:00.000001+08:00"));
    let asked = viewed.add("2025-12-20T10:00:00+08:00", "price.asked", json!({}));
    holds(&facts(), &asked, (tag, "A"), "2026-01-02", Some("2026-01-19T10:00:00.000001+08:00"));
    holds(&facts(), &asked, (tag, "C"), "2026-01-20", Some("2026-01-31T10:00:00.000001+08:00"));
    lacks(&facts(), &asked, (tag, "C"), "2026-02-01");
}

#[test]
fn an_assessment_of_caries_goes_before_counting() {
    let tag = "need.caries_risk";
    let caries = |at| (at, "dx.made", json!({ "code": "K02.1", "tooth": "16" }));
    let one = told(&[caries("2026-01-01")]);
    holds(&facts(), &one, (tag, "M"), "2026-02-01", Some("2027-01-01T00:00:00.000001+08:00"));
    let two = told(&[caries("2026-01-01"), caries("2026-01-02")]);
    lacks(&facts(), &two, (tag, "H"), "2026-02-01");
    let three = two.add("2026-01-03", "dx.made", json!({ "code": "K02.0" }));
    holds(&facts(), &three, (tag, "H"), "2026-02-01", Some("2027-01-01T00:00:00.000001+08:00"));
    let assessed = three.add("2026-01-04", "risk.assessed", json!({ "kind": "caries", "level": "L" }));
    holds(&facts(), &assessed, (tag, "L"), "2027-01-04", Some("2027-01-04T00:00:00.000001+08:00"));
    lacks(&facts(), &told(&[("2026-01-01", "dx.made", json!({ "code": "K05.0" }))]), (tag, "M"), "2026-02-01");
}

#[test]
fn the_last_chart_or_diagnosis_says_how_the_gums_are() {
    let tag = "need.perio";
    let log = told(&[("2026-01-01", "perio.charted", json!({ "depth_mm": 4, "bleeding": true }))]);
    holds(&facts(), &log, (tag, "periodontitis"), "2026-02-01", None);
    let shallow = log.add("2026-01-02", "perio.charted", json!({ "depth_mm": 3, "bleeding": true }));
    holds(&facts(), &shallow, (tag, "gingivitis"), "2026-02-01", None);
    lacks(&facts(), &shallow, (tag, "periodontitis"), "2026-02-01");
    let healed = shallow.add("2026-01-03", "perio.charted", json!({ "depth_mm": 2 }));
    holds(&facts(), &healed, (tag, "healthy"), "2026-02-01", None);
    let told_so = healed.add("2026-01-04", "dx.made", json!({ "code": "K05.3" }));
    holds(&facts(), &told_so, (tag, "periodontitis"), "2026-02-01", None);
}

#[test]
fn a_gap_is_one_until_something_stands_in_it() {
    let tag = ("need.missing_tooth", "true");
    let log = told(&[("2026-01-01", "tooth.charted", json!({ "tooth": "36", "state": "missing" }))]);
    holds(&facts(), &log, tag, "2026-02-01", None);
    for (kind, props) in [
        ("implant.staged", json!({ "tooth": "36", "stage": "surgery" })),
        ("plan.item_done", json!({ "tooth": "36", "item": "活动义齿修复" })),
        ("tooth.charted", json!({ "tooth": "36", "state": "bridge" })),
    ] {
        lacks(&facts(), &log.clone().add("2026-01-02", kind, props), tag, "2026-02-01");
    }
    let other = log.add("2026-01-02", "implant.staged", json!({ "tooth": "46", "stage": "surgery" }));
    holds(&facts(), &other, tag, "2026-02-01", None);
}

#[test]
fn a_wisdom_tooth_waits_until_it_is_out() {
    let tag = ("need.wisdom_tooth", "true");
    let log = told(&[("2026-01-01", "tooth.charted", json!({ "tooth": "48", "state": "impacted" }))]);
    holds(&facts(), &log, tag, "2026-02-01", None);
    let out = log.add("2026-01-05", "plan.item_done", json!({ "tooth": "48", "item": "阻生齿拔除" }));
    lacks(&facts(), &out, tag, "2026-02-01");
    let molar = told(&[("2026-01-01", "tooth.charted", json!({ "tooth": "47", "state": "impacted" }))]);
    lacks(&facts(), &molar, tag, "2026-02-01");
}

#[test]
fn a_malocclusion_is_untreated_without_a_case() {
    let tag = ("need.malocclusion", "true");
    let log = told(&[("2026-01-01", "dx.made", json!({ "code": "K07.2" }))]);
    holds(&facts(), &log, tag, "2026-02-01", None);
    lacks(&facts(), &log.add("2026-01-02", "ortho.opened", json!({ "case_id": "o" })), tag, "2026-02-01");
}

#[test]
fn deciduous_teeth_make_a_mixed_dentition_between_six_and_twelve() {
    let tag = ("need.mixed_dentition", "true");
    let log = told(&[("2026-01-01", "tooth.charted", json!({ "tooth": "55", "state": "present" }))]);
    holds(&born("2016-05-01"), &log, tag, "2026-02-01", Some("2029-05-01"));
    lacks(&born("2021-05-01"), &log, tag, "2026-02-01");
    let gone = log.add("2026-01-02", "tooth.charted", json!({ "tooth": "55", "state": "missing" }));
    lacks(&born("2016-05-01"), &gone, tag, "2026-02-01");
}

#[test]
fn molars_are_sealed_in_their_window() {
    let tag = ("need.sealant_due", "true");
    let log = told(&[("2023-01-01", "plan.item_done", json!({ "item": "窝沟封闭" }))]);
    holds(&born("2019-05-01"), &log, tag, "2026-02-01", Some("2028-05-01"));
    holds(&born("2014-05-01"), &log, tag, "2026-02-01", Some("2028-05-01"));
    lacks(&born("2016-05-01"), &log, tag, "2026-02-01");
    let sealed = log.add("2025-06-01", "visit.closed", json!({ "item": "窝沟封闭" }));
    lacks(&born("2019-05-01"), &sealed, tag, "2026-02-01");
}

#[test]
fn fluoride_falls_due_again() {
    let tag = ("need.fluoride_due", "true");
    let log = told(&[("2026-01-01", "visit.closed", json!({ "item": "全口涂氟" }))]);
    lacks(&born("2018-05-01"), &log, tag, "2026-06-30");
    holds(&born("2018-05-01"), &log, tag, "2026-07-01", Some("2033-05-01"));
    lacks(&born("1990-05-01"), &log, tag, "2026-07-01");
    let never = told(&[("2026-01-01", "visit.closed", json!({}))]);
    holds(&born("2018-05-01"), &never, tag, "2026-01-02", Some("2033-05-01"));
}

#[test]
fn orthodontics_go_from_active_to_retention() {
    let case = json!({ "case_id": "o1" });
    let log = told(&[("2026-01-01", "ortho.opened", case.clone())]);
    holds(&facts(), &log, ("need.ortho_active", "true"), "2026-02-01", None);
    lacks(&facts(), &log, ("need.ortho_retention", "true"), "2026-02-01");
    let debonded = log.add("2027-01-01", "ortho.debonded", case.clone());
    lacks(&facts(), &debonded, ("need.ortho_active", "true"), "2027-02-01");
    holds(&facts(), &debonded, ("need.ortho_retention", "true"), "2027-02-01", None);
    lacks(&facts(), &debonded.add("2028-01-01", "ortho.closed", case), ("need.ortho_retention", "true"), "2028-02-01");
}

#[test]
fn an_implant_heals_after_surgery() {
    let tag = "need.implant_stage";
    let log = told(&[("2026-01-01", "implant.staged", json!({ "stage": "surgery" }))]);
    holds(&facts(), &log, (tag, "surgery"), "2026-01-02", Some("2026-01-15T00:00:00.000001+08:00"));
    holds(&facts(), &log, (tag, "healing"), "2026-02-01", None);
    let crowned = log.add("2026-05-01", "implant.staged", json!({ "stage": "crown" }));
    holds(&facts(), &crowned, (tag, "crown"), "2026-06-01", None);
    lacks(&facts(), &crowned, (tag, "healing"), "2026-06-01");
}

#[test]
fn a_root_canal_wants_a_crown_on_its_tooth() {
    let tag = ("need.rct_no_crown", "true");
    let log = told(&[("2026-01-01", "plan.item_done", json!({ "tooth": "36", "item": "根管治疗" }))]);
    lacks(&facts(), &log, tag, "2026-01-31");
    holds(&facts(), &log, tag, "2026-02-01", None);
    let other = log.clone().add("2026-01-20", "plan.item_done", json!({ "tooth": "46", "item": "全瓷冠" }));
    holds(&facts(), &other, tag, "2026-02-01", None);
    let crowned = log.add("2026-01-20", "plan.item_done", json!({ "tooth": "36", "item": "全瓷冠" }));
    lacks(&facts(), &crowned, tag, "2026-02-01");
}

#[test]
fn a_diagnosis_waits_for_treatment_of_its_tooth() {
    let tag = ("need.dx_untreated", "true");
    let log = told(&[("2026-01-01", "dx.made", json!({ "code": "K04.0", "tooth": "36" }))]);
    lacks(&facts(), &log, tag, "2026-04-01");
    holds(&facts(), &log, tag, "2026-04-02", None);
    let treated = log.clone().add("2026-01-09", "revenue.recognised", json!({ "tooth": "36" }));
    lacks(&facts(), &treated, tag, "2026-04-02");
    let other = log.add("2026-01-09", "plan.item_done", json!({ "tooth": "37" }));
    holds(&facts(), &other, tag, "2026-04-02", None);
}

#[test]
fn an_image_that_led_to_nothing_shows() {
    let tag = ("need.imaged_no_deal", "true");
    let log = told(&[("2026-01-01", "image.taken", json!({ "modality": "cbct" }))]);
    lacks(&facts(), &log, tag, "2026-01-15");
    holds(&facts(), &log, tag, "2026-01-16", None);
    lacks(&facts(), &log.add("2026-01-10", "order.created", json!({ "amount": 1 })), tag, "2026-01-16");
    let small = told(&[("2026-01-01", "image.taken", json!({ "modality": "periapical" }))]);
    lacks(&facts(), &small, tag, "2026-01-16");
}

#[test]
fn a_pregnancy_goes_through_its_stages_by_the_due_date() {
    let tag = "need.maternity_week";
    let log = told(&[("2026-01-01", "pregnancy.declared", json!({ "due_on": "2026-08-01" }))]);
    let stages = [
        ("t1", "2026-01-02", "2026-01-31"),
        ("t2", "2026-02-01", "2026-05-09"),
        ("t3", "2026-05-09", "2026-08-01"),
        ("pp42", "2026-08-01", "2026-09-13"),
        ("pp365", "2026-09-13", "2027-08-02"),
    ];
    for (stage, now, until) in stages {
        holds(&facts(), &log, (tag, stage), now, Some(until));
    }
    assert_eq!(log.at(&facts(), "2027-08-02").value(tag), None);
}

#[test]
fn an_aesthetic_session_comes_round() {
    let tag = ("need.aesthetic_cycle_due", "true");
    let log = told(&[("2026-01-01", "plan.item_done", json!({ "line": "医美", "item": "水光" }))]);
    lacks(&facts(), &log, tag, "2026-03-26");
    holds(&facts(), &log, tag, "2026-03-27", None);
    lacks(&facts(), &told(&[("2026-01-01", "plan.item_done", json!({ "line": "种植" }))]), tag, "2026-03-27");
}

#[test]
fn seasons_come_with_age_and_calendar_and_occasions_by_their_day() {
    let tag = "need.scene";
    let none = told(&[]);
    holds(&born("2015-01-01"), &none, (tag, "summer_break"), "2026-08-20", Some("2026-09-01"));
    holds(&born("2015-01-01"), &none, (tag, "back_to_school"), "2026-08-20", Some("2026-09-11"));
    holds(&born("2008-08-25"), &none, (tag, "summer_break"), "2026-08-20", Some("2026-08-25"));
    lacks(&born("1990-01-01"), &none, (tag, "summer_break"), "2026-08-20");
    let wedding = told(&[("2026-01-01", "occasion.declared", json!({ "occasion": "wedding", "on": "2026-10-01" }))]);
    lacks(&facts(), &wedding, (tag, "wedding"), "2026-07-02");
    holds(&facts(), &wedding, (tag, "wedding"), "2026-07-03", Some("2026-10-02"));
}
