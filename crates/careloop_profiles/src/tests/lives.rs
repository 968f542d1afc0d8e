//! Lives of any kind: the fold keeps its promises, and some life reaches every tag.

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::fold::seconds_later;
use super::support::{Log, born, facts, inputs, instant};
use crate::{Event, Facts, Profile, fold, tag_library};

/// Streams that touch every rule.
fn any_event() -> impl Strategy<Value = (i64, &'static str, Value)> {
    let kinds = prop::sample::select(KINDS.to_vec());
    (kinds, 0..900_i64, 0..86_400_i64, 0..4_i64, -40..200_i64).prop_map(|(kind, day, second, number, ahead)| {
        let at = instant("2024-01-01").as_microsecond() + (day * 86_400 + second) * 1_000_000;
        let later = Timestamp::from_microsecond(at + ahead * 86_400_000_000).unwrap();
        let date = later.to_zoned(super::support::zone()).date();
        let id = number.to_string();
        let mut props = json!({
            "amount": number * 400_000, "clinic": number % 2 + 1, "record": 1, "line": (["种植", "正畸", "综合", "儿牙"][number as usize]),
            "item": (["洁牙", "根管治疗", "拔牙", "种植体"][number as usize]), "channel": (["美团", "转介绍", "路过", "地推"][number as usize]),
            "appointment_id": id, "plan_id": id, "recall_id": id, "complaint_id": id, "followup_id": id, "card_id": id, "group": id, "lead_id": id,
            "starts_at": later.to_string(), "due_at": later.to_string(), "due_on": date.to_string(), "walk_in": number == 0, "designated": number == 1,
            "entry_item": number == 2, "high_ticket": number == 3, "late_minutes": number * 10, "score": number + 1, "nps": number + 6,
            "complaint": "疼痛", "units": 1, "list_amount": { "minor": 1000, "currency": "CNY" }, "discount": { "minor": number * 200, "currency": "CNY" },
            "result": (["no_answer", "unreachable", "fine", "booked"][number as usize]), "method": "phone", "state": (["granted", "refused", "unknown", "granted"][number as usize]),
            "tag": (["attr.personality", "val.abc", "care.vip", "custom.label"][number as usize]), "value": (["怕疼", "A", "true", "熟客"][number as usize]), "by": "staff",
            "reason": "熟人",
        });
        let more = json!({
            "days": number, "planned_end": date.to_string(), "expires_on": date.to_string(), "until_on": date.to_string(), "on": date.to_string(),
            "starts_on": date.to_string(), "tooth": (["18", "36", "55", "36"][number as usize]), "code": (["K02.1", "K05.3", "K07.2", "K04.0"][number as usize]),
            "modality": (["cbct", "panoramic", "photo", "cbct"][number as usize]), "depth_mm": number + 2, "bleeding": number == 1, "level": (["H", "M", "L", "H"][number as usize]),
            "kind": (["caries", "caries", "perio", "caries"][number as usize]), "case_id": id, "course_id": id, "waitlist_id": id, "account": id, "adverse_id": id, "record_no": id,
            "coupon_id": id, "entitlement_id": id, "run": id, "journey": id, "referral_id": id, "visit_id": id, "member": id, "staff": id, "doctor": id, "consultant": id,
            "topic": (["种植", "正畸", "儿牙", "种植"][number as usize]), "seconds": number * 40, "points": 700 - number * 150, "metres": number * 6_000, "tier": (["gold", "silver", "gold", "silver"][number as usize]),
            "campaign": (["618", "双11", "春节", "618"][number as usize]), "referrer_kind": (["customer", "staff", "doctor", "partner"][number as usize]), "version": id,
            "occasion": (["wedding", "travel", "exam", "wedding"][number as usize]), "grade": (["A", "B", "C", "none"][number as usize]),
        });
        for (field, value) in more.as_object().unwrap() {
            props[field] = value.clone();
        }
        // These fields mean something else in these kinds.
        let own = match kind {
            "tooth.charted" => ("state", ["impacted", "missing", "deciduous", "present"][number as usize]),
            "implant.staged" => ("stage", ["surgery", "second_stage", "crown", "maintenance"][number as usize]),
            "visit.stage" => ("stage", ["consult", "exam", "cashier", "left"][number as usize]),
            "plan.item_done" | "visit.closed" if ahead % 2 == 0 => {
                ("item", ["医美", "全瓷冠", "涂氟", "窝沟封闭"][number as usize])
            }
            _ => return (at, kind, props),
        };
        props[own.0] = json!(own.1);
        (at, kind, props)
    })
}

const KINDS: [&str; 107] = [
    "revenue.recognised",
    "visit.closed",
    "visit.closed",
    "visit.opened",
    "payment.received",
    "payment.received",
    "payment.received",
    "refund.paid",
    "order.created",
    "appt.booked",
    "appt.cancelled",
    "appt.arrived",
    "appt.no_show",
    "plan.presented",
    "plan.accepted",
    "plan.declined",
    "plan.item_done",
    "plan.completed",
    "plan.interrupted",
    "recall.due",
    "recall.contacted",
    "recall.returned",
    "fu.due",
    "fu.done",
    "survey.answered",
    "complaint.opened",
    "complaint.closed",
    "touch.sent",
    "touch.sent",
    "touch.opened",
    "touch.replied",
    "friend.added",
    "friend.removed",
    "group.joined",
    "group.left",
    "content.shared",
    "card.sold",
    "card.redeemed",
    "ref.arrived",
    "lead.created",
    "lead.contacted",
    "consult.opened",
    "consent.changed",
    "wallet.topup",
    "entitle.sold",
    "tag.set",
    "tag.removed",
    "price.asked",
    "group.spoke",
    "oa.followed",
    "oa.unfollowed",
    "miniapp.opened",
    "campaign.joined",
    "activity.attended",
    "card.promoted",
    "waitlist.joined",
    "waitlist.left",
    "slot.accepted",
    "dx.made",
    "tooth.charted",
    "tooth.charted",
    "perio.charted",
    "risk.assessed",
    "image.taken",
    "ortho.opened",
    "ortho.debonded",
    "ortho.closed",
    "implant.staged",
    "pregnancy.declared",
    "medication.prescribed",
    "medication.finished",
    "report.sent",
    "warranty.issued",
    "checkin.due",
    "checkin.done",
    "consent_form.signed",
    "adverse.reported",
    "adverse.closed",
    "membership.started",
    "membership.changed",
    "membership.ended",
    "person.referred",
    "family.paid",
    "family.booked",
    "family.joined",
    "home.measured",
    "occasion.declared",
    "privacy.signed",
    "privacy.withdrawn",
    "points.earned",
    "points.spent",
    "coupon.issued",
    "coupon.used",
    "emr.due",
    "emr.written",
    "emr.flagged",
    "emr.rectified",
    "visit.stage",
    "content.viewed",
    "content.viewed",
    "ref.deal",
    "ref.reward",
    "sop.enrolled",
    "sop.exited",
    "lead.qualified",
    "touch.clicked",
    "appt.done",
];

fn any_person() -> impl Strategy<Value = (Facts, Vec<Event>)> {
    let births = prop::option::of(prop::sample::select(vec![
        "1950-01-31",
        "1980-02-29",
        "2007-06-15",
        "2012-12-01",
        "2019-05-05",
        "2015-02-02",
        "2025-03-01",
    ]));
    let events = prop::collection::vec(any_event(), 0..60);
    (births, any::<bool>(), events).prop_map(|(birth, flag, events)| {
        let mut log = Log::default();
        for (at, kind, props) in events {
            log.push(at, kind, props);
        }
        let base = birth.map_or_else(facts, born);
        let household_births = if flag { vec!["2010-05-05".parse().unwrap()] } else { Vec::new() };
        let facts = Facts {
            household_births,
            has_phone: flag,
            phone_shared: flag,
            has_wecom: flag,
            in_doubt: flag,
            region: Some("朝阳".to_owned()),
            ..base
        };
        (facts, log.0)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A value holds, with its reason, at every instant up to `due_us`, and nothing changes before.
    #[test]
    fn nothing_changes_before_it_is_due((facts, events) in any_person(), day in 0..1100_i64, share in 0.0..1.0_f64) {
        let inputs = inputs();
        let now = instant("2024-01-01").as_microsecond() + day * 86_400_000_000;
        let profile = fold(&facts, &events, &inputs, seconds_later(now));
        let end = profile.due_us.unwrap_or(now + 2000 * 86_400_000_000);
        prop_assert!(end > now);
        let between = now + ((end - 1 - now) as f64 * share) as i64;
        for later in [between, end - 1] {
            prop_assert_eq!(&fold(&facts, &events, &inputs, seconds_later(later)), &profile);
        }
        for value in &profile.values {
            prop_assert!(value.until_us.is_none_or(|until| until > now && Some(until) >= profile.due_us), "{:?}", value);
        }
    }

    /// Values are in the library, reasons fill their sentences, and a tag that is not `multi` has one value.
    #[test]
    fn values_fit_the_library((facts, events) in any_person(), day in 0..1100_i64) {
        let now = seconds_later(instant("2024-01-01").as_microsecond() + day * 86_400_000_000);
        let profile = fold(&facts, &events, &inputs(), now);
        for value in &profile.values {
            let tag = tag_library().get(&value.tag).unwrap();
            prop_assert!(tag.check_value(&value.value).is_ok(), "{:?}", value);
            prop_assert_eq!(&tag.id, &value.tag);
            let same = profile.values.iter().filter(|other| other.tag == value.tag).count();
            prop_assert!(tag.multi || same == 1, "{} has {same} values", tag.id);
            let (zh, en) = crate::because(tag, value);
            prop_assert!(!zh.contains('{') && !en.contains('{'), "{}: {zh} {en}", tag.id);
        }
    }
}

#[test]
fn every_computed_tag_is_reached_by_some_life() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    let rare = Log::default()
        .add("2026-01-01T09:00:00+08:00", "visit.closed", json!({}))
        .add("2026-01-01T10:00:00+08:00", "plan.presented", json!({ "plan_id": "p" }))
        .pay("2026-01-01T11:00:00+08:00", 100)
        .add("2026-01-01", "debt.opened", json!({ "amount": 100 }))
        .add("2026-01-02", "fu.due", json!({ "due_at": "2026-01-03T09:00:00+08:00" }))
        .add("2026-01-02", "friend.removed", json!({ "by": "customer" }))
        .add("2026-01-02", "content.shared", json!({}))
        .add("2026-01-02T01:00:00Z", "content.shared", json!({}));
    let rare = (0..5)
        .fold(rare, |log, _| log.add("2026-01-02", "touch.sent", json!({})))
        .at(&facts(), "2026-01-03T09:30:00+08:00");
    let mut missing: Vec<&str> =
        tag_library().tags().iter().filter(|tag| !tag.manual).map(|tag| tag.id.as_str()).collect();
    let back = Log::default()
        .pay("2024-01-01", 100)
        .add("2026-01-01", "touch.sent", json!({}))
        .add("2026-02-01", "visit.closed", json!({}))
        .at(&facts(), "2026-02-02");
    let content = Log::default()
        .add("2026-01-01", "plan.accepted", json!({ "plan_id": "p", "planned_end": "2026-01-10" }))
        .add("2026-01-02", "survey.answered", json!({ "score": 5 }))
        .add("2026-01-03", "plan.completed", json!({ "plan_id": "p" }))
        .add("2026-01-03", "visit.closed", json!({}))
        .add("2026-01-03", "appt.arrived", json!({ "late_minutes": 16 }))
        .add("2026-01-03", "appt.arrived", json!({ "late_minutes": 20 }));
    let content = (0..3)
        .fold(content, |log, _| log.add("2026-01-03", "content.viewed", json!({ "topic": "正畸", "seconds": 61 })))
        .at(&facts(), "2026-01-04");
    let here = Log::default()
        .add("2026-01-03T09:00:00+08:00", "visit.opened", json!({ "visit_id": "v" }))
        .add("2026-01-03T09:00:00+08:00", "slot.accepted", json!({ "starts_at": "2026-01-03T12:00:00+08:00" }))
        .at(&facts(), "2026-01-03T10:00:00+08:00");
    let known = [&rare, &back, &content, &here];
    missing.retain(|tag| known.iter().all(|profile| profile.value(tag).is_none()));
    for round in 0..600_i64 {
        let (facts, events) = any_person().new_tree(&mut runner).unwrap().current();
        let now = seconds_later(instant("2024-06-01").as_microsecond() + (round % 900) * 86_400_000_000);
        let profile: Profile = fold(&facts, &events, &inputs(), now);
        missing.retain(|tag| profile.value(tag).is_none());
    }
    assert!(missing.is_empty(), "never reached: {missing:?}");
}
