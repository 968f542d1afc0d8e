//! What the fold says of one person.

use jiff::Timestamp;
use serde_json::json;

use super::support::{Log, born, facts, inputs, instant};
use crate::fold;

pub(super) fn seconds_later(instant: i64) -> Timestamp {
    Timestamp::from_microsecond(instant).unwrap()
}

#[test]
fn windows_close_at_their_microsecond() {
    let log = Log::default().add("2026-01-01T10:00:00+08:00", "visit.closed", json!({}));
    let visit = instant("2026-01-01T10:00:00+08:00").as_microsecond();
    for (days, before, after) in
        [(30, "<=30", "31-90"), (90, "31-90", "91-180"), (180, "91-180", "181-365"), (365, "181-365", ">365")]
    {
        let edge = visit + days * 86_400_000_000;
        let at = |us| fold(&facts(), &log.0, &inputs(), seconds_later(us));
        assert_eq!(at(edge).value("visit.recency"), Some(before));
        assert_eq!(at(edge + 1).value("visit.recency"), Some(after));
    }
}

#[test]
fn an_event_counts_from_the_microsecond_after_it() {
    let log = Log::default().add("2026-01-01T10:00:00+08:00", "visit.closed", json!({}));
    let at = instant("2026-01-01T10:00:00+08:00");
    let before = fold(&facts(), &log.0, &inputs(), at);
    assert_eq!(before.value("visit.count_band"), Some("0"));
    assert_eq!(before.due_us, Some(at.as_microsecond() + 1));
    assert_eq!(
        fold(&facts(), &log.0, &inputs(), seconds_later(at.as_microsecond() + 1)).value("visit.count_band"),
        Some("1")
    );
}

#[test]
fn ages_change_at_midnight_of_the_chain() {
    let child = born("2008-03-15");
    let log = Log::default();
    let before = log.at(&child, "2026-03-14T23:59:59.999999+08:00");
    assert_eq!((before.value("attr.age_band"), before.value("gov.minor")), (Some("13-17"), Some("missing")));
    let after = log.at(&child, "2026-03-15T00:00:00+08:00");
    assert_eq!((after.value("attr.age_band"), after.value("gov.minor")), (Some("18-25"), None));
    assert_eq!(log.at(&born("2004-02-29"), "2026-02-28").value("attr.age_band"), Some("18-25"));
    assert!(log.at(&born("1990-07-01"), "2026-07-31T12:00:00+08:00").has("attr.birthday_month", "true"));
    assert!(!log.at(&born("1990-07-01"), "2026-08-01").has("attr.birthday_month", "true"));
}

#[test]
fn no_shows_are_counted_ever_and_lately() {
    let two = Log::default().add("2025-01-01", "appt.no_show", json!({})).add("2026-01-01", "appt.no_show", json!({}));
    assert!(!two.at(&facts(), "2026-01-02").has("visit.no_show_prone", "true"));
    let recent = two.add("2026-02-01", "appt.no_show", json!({}));
    assert!(recent.at(&facts(), "2027-01-01").has("visit.no_show_prone", "true"), "three ever");
    let lately =
        Log::default().add("2026-01-01", "appt.no_show", json!({})).add("2026-02-01", "appt.no_show", json!({}));
    assert!(lately.at(&facts(), "2026-06-30").has("visit.no_show_prone", "true"));
    assert!(!lately.at(&facts(), "2026-07-01").has("visit.no_show_prone", "true"), "the first left the window");
}

#[test]
fn a_future_appointment_holds_until_it_starts() {
    let booked = json!({ "appointment_id": "a1", "starts_at": "2026-05-10T09:00:00+08:00" });
    let log = Log::default().add("2026-05-01", "appt.booked", booked.clone());
    assert!(log.at(&facts(), "2026-05-10T09:00:00+08:00").has("visit.next_booked", "true"));
    assert!(!log.at(&facts(), "2026-05-10T09:00:00.000001+08:00").has("visit.next_booked", "true"));
    let cancelled = log.add("2026-05-02", "appt.cancelled", booked);
    assert!(!cancelled.at(&facts(), "2026-05-03").has("visit.next_booked", "true"));
}

#[test]
fn paid_days_make_value_and_stage() {
    let log = Log::default()
        .pay("2026-01-01T09:00:00+08:00", 30_000)
        .pay("2026-01-01T15:00:00+08:00", 20_000)
        .pay("2026-02-01", 0);
    let once = log.at(&facts(), "2026-02-10");
    assert!(
        !once.has("val.second_purchase", "true"),
        "two payments of one day and a payment of nothing are one paid day"
    );
    assert_eq!(once.value("life.stage"), Some("new_customer"));
    assert_eq!(once.value("val.ltv_band"), None, "nothing was recognised");
    let earned = log.clone().add("2026-01-03", "revenue.recognised", json!({ "amount": 60_000 }));
    assert_eq!(earned.at(&facts(), "2026-02-10").value("val.ltv_band"), Some("500-2000"));
    let twice = log.pay("2026-02-05", 10_000).at(&facts(), "2026-02-10");
    assert!(twice.has("val.second_purchase", "true"));
    assert_eq!(twice.value("life.stage"), Some("repeat"));
}

#[test]
fn sleeping_customers_become_lost_and_come_back() {
    let log = Log::default().pay("2025-01-01", 10_000);
    assert_eq!(log.at(&facts(), "2025-06-30").value("life.stage"), Some("new_customer"));
    let dormant = log.at(&facts(), "2025-07-01");
    assert!(dormant.has("life.dormant", "true"));
    assert_eq!(dormant.value("life.stage"), Some("dormant"));
    assert_eq!(log.at(&facts(), "2026-01-02").value("life.stage"), Some("churned"));
    let by_itself = log.clone().add("2026-03-01", "visit.closed", json!({}));
    assert_eq!(by_itself.at(&facts(), "2026-03-02").value("life.won_back"), None, "nobody had called");
    let early = by_itself.add("2025-12-01", "touch.sent", json!({}));
    assert_eq!(early.at(&facts(), "2026-03-02").value("life.won_back"), None, "not lost when written to");
    let back = log
        .add("2026-02-01", "recall.contacted", json!({ "result": "booked" }))
        .add("2026-03-01", "visit.closed", json!({}))
        .pay("2026-03-01T01:00:00Z", 10_000);
    assert_eq!(back.at(&facts(), "2026-03-02").value("life.stage"), Some("won_back"));
    assert!(back.at(&facts(), "2026-05-30").has("life.won_back", "true"));
    assert_eq!(back.at(&facts(), "2026-05-31").value("life.stage"), Some("repeat"));
}

#[test]
fn who_comes_after_touches_in_vain_is_not_lost() {
    let vain = Log::default()
        .pay("2026-01-01", 10_000)
        .add("2026-01-10", "touch.sent", json!({}))
        .add("2026-01-11", "touch.sent", json!({}))
        .add("2026-01-12", "recall.contacted", json!({ "result": "no_answer" }));
    assert!(vain.at(&facts(), "2026-01-13").has("life.churned", "true"));
    let came = vain.add("2026-01-20", "visit.closed", json!({})).at(&facts(), "2026-01-21");
    assert!(came.has("care.unreachable", "true") && !came.has("life.churned", "true"));
}

#[test]
fn a_balance_is_not_paid() {
    let log = Log::default().add("2026-01-01", "payment.received", json!({ "amount": 50_000, "method": "储值" })).add(
        "2026-01-02",
        "payment.received",
        json!({ "amount": 2_000_000, "method": "会员卡" }),
    );
    let spent = log.at(&facts(), "2026-01-10");
    for tag in ["val.r", "val.m", "val.abc", "val.ticket_band", "visit.high_ticket", "life.new_30d"] {
        assert_eq!(spent.value(tag), None, "{tag}");
    }
    let paid =
        log.pay("2026-01-03", 20_000).add("2026-01-04", "refund.paid", json!({ "amount": 5_000, "method": "余额" }));
    let profile = paid.at(&facts(), "2026-01-10");
    assert_eq!(profile.value("val.ticket_band"), Some("<300"));
    let why = profile.values.iter().find(|value| value.tag == "val.m").unwrap().why.args.clone();
    assert!(why.iter().any(|(name, text)| name == "amount" && text.text() == "200.00"), "{why:?}");
}

#[test]
fn an_entry_card_is_unused_until_its_last_day_is_over() {
    let card = |id: &str, last: Option<&str>| json!({ "card_id": id, "expires_on": last });
    let log = Log::default().add("2026-01-01", "card.sold", card("a", Some("2026-01-31")));
    assert!(log.at(&facts(), "2026-01-31T23:59:59+08:00").has("eng.card_unused", "true"));
    assert!(!log.at(&facts(), "2026-02-01").has("eng.card_unused", "true"));
    let another = log.add("2026-01-02", "card.sold", card("b", Some("2026-01-10")));
    assert!(another.at(&facts(), "2026-01-20").has("eng.card_unused", "true"), "the first is still good");
}

#[test]
fn classes_are_counted_as_defined() {
    let line = |line: &str, minor: i64| json!({ "amount": minor, "line": line });
    let abc = |log: &Log| log.at(&facts(), "2026-03-01").value("val.abc").map(str::to_owned);
    let one = Log::default().add("2026-01-01", "payment.received", line("综合", 100_000));
    assert_eq!(abc(&one).as_deref(), Some("C"));
    let two = one.clone().add("2026-01-02", "payment.received", line("种植", 300_000));
    assert_eq!(abc(&two).as_deref(), Some("B"), "two lines, 3,000 yuan, two days: 1 + 1 + 1");
    let three = two.add("2026-01-03", "payment.received", line("正畸", 1_000_000));
    assert_eq!(abc(&three).as_deref(), Some("B"), "three lines, 10,000 yuan, three days: 1 + 2 + 1");
    let four = three.add("2026-01-03", "order.created", line("儿牙", 10_000));
    assert_eq!(abc(&four).as_deref(), Some("A"), "four lines, 10,000 yuan, three days: 2 + 2 + 1");
    let items = ["洁牙", "补牙", "拔牙"]
        .into_iter()
        .fold(one.clone(), |log, item| log.add("2026-02-01", "visit.closed", json!({ "line": "综合", "item": item })));
    assert_eq!(abc(&items), abc(&one), "three items: 1 + 0 + 0");
    let many = items.add("2026-02-02", "order.created", json!({ "amount": 300_000, "item": "根管" }));
    let paying = many.add("2026-02-02", "payment.received", json!({ "amount": 300_000 }));
    assert_eq!(abc(&paying).as_deref(), Some("B"), "four items, 3,000 yuan, two days: 2 + 1 + 1");
    let kept = |kept: usize, missed: usize| {
        let log = (0..kept).fold(Log::default(), |log, _| log.add("2026-01-01", "appt.arrived", json!({})));
        let log = (0..missed).fold(log, |log, _| log.add("2026-01-01", "appt.no_show", json!({})));
        log.at(&facts(), "2026-03-01").value("attr.compliance").map(str::to_owned)
    };
    let expected = [((1, 0), None), ((9, 1), Some("H")), ((7, 3), Some("M")), ((2, 1), Some("L")), ((1, 1), Some("L"))];
    for ((arrived, missed), value) in expected {
        assert_eq!(kept(arrived, missed).as_deref(), value, "{arrived} of {}", arrived + missed);
    }
    let order = |discount: i64| {
        let money = |minor: i64| json!({ "minor": minor, "currency": "CNY" });
        json!({ "amount": 10_000 - discount, "list_amount": money(10_000), "discount": money(discount) })
    };
    let sensitive = |discounts: &[i64]| {
        let log = discounts
            .iter()
            .fold(Log::default(), |log, discount| log.add("2026-01-01", "order.created", order(*discount)));
        log.at(&facts(), "2026-03-01").has("attr.price_sensitive", "true")
    };
    assert!(!sensitive(&[9_000]), "one order is none");
    assert!(!sensitive(&[3_000, 3_000]), "30 % is not over 30 %");
    assert!(sensitive(&[3_000, 3_001]));
    let class = |channel: &str| {
        let log = Log::default().add("2026-01-01", "lead.created", json!({ "channel": channel }));
        log.at(&facts(), "2026-03-01").value("attr.source_class").map(str::to_owned)
    };
    let channels = [("美团", "online"), ("老带新", "referral"), ("路过", "walk_in"), ("社区义诊", "offline")];
    for (channel, expected) in channels {
        assert_eq!(class(channel).as_deref(), Some(expected), "{channel}");
    }
    assert_eq!(class("其它"), None);
}

#[test]
fn the_risk_of_leaving_adds_up() {
    let risk = |log: &Log, at: &str| log.at(&facts(), at).value("life.churn_risk").map(str::to_owned);
    let calm = Log::default().pay("2026-01-01", 10_000).pay("2026-01-11", 10_000);
    assert_eq!(risk(&calm, "2026-01-20").as_deref(), Some("L"), "the cycle is 10 days");
    assert_eq!(risk(&calm, "2026-01-24").as_deref(), Some("M"), "over 12 days");
    let missed = calm.add("2026-01-15", "appt.no_show", json!({}));
    assert_eq!(risk(&missed, "2026-01-20").as_deref(), Some("M"), "an appointment missed");
    assert_eq!(risk(&missed, "2026-02-01").as_deref(), Some("H"), "over 20 days, and an appointment missed: 2 + 1");
    let angry = missed.add("2026-01-16", "complaint.opened", json!({ "complaint_id": "k" }));
    assert_eq!(risk(&angry, "2026-01-20").as_deref(), Some("H"), "2 for the complaint");
}

#[test]
fn recalls_fall_due_pass_and_are_answered() {
    let recall = json!({ "recall_id": "r1", "due_on": "2026-06-01" });
    let log = Log::default().add("2026-01-01", "recall.due", recall);
    assert!(!log.at(&facts(), "2026-05-01T12:00:00+08:00").has("care.recall_due", "true"));
    assert!(log.at(&facts(), "2026-05-02").has("care.recall_due", "true"));
    assert!(log.at(&facts(), "2026-06-01T23:59:59+08:00").has("care.recall_due", "true"));
    let late = log.at(&facts(), "2026-06-02");
    assert_eq!((late.value("care.recall_due"), late.value("care.recall_overdue")), (None, Some("1-30")));
    assert_eq!(log.at(&facts(), "2026-07-02").value("care.recall_overdue"), Some("31-90"));
    let returned = log.add("2026-05-20", "visit.closed", json!({}));
    assert_eq!(returned.at(&facts(), "2026-06-02").value("care.recall_overdue"), None);
}

#[test]
fn staff_tags_follow_their_records() {
    let log = Log::default()
        .add("2026-01-01", "tag.set", json!({ "tag": "attr.personality", "value": "怕疼", "by": "staff", "record": 1 }))
        .add("2026-01-02", "tag.set", json!({ "tag": "attr.personality", "value": "健谈", "by": "staff", "record": 2 }))
        .add("2026-01-03", "tag.set", json!({ "tag": "val.abc", "value": "A", "by": "staff", "record": 1 }))
        .add("2026-01-04", "tag.removed", json!({ "tag": "attr.personality", "value": "怕疼", "record": 2 }));
    let joined = log.pay("2026-01-05", 100).at(&facts(), "2026-02-01");
    assert!(joined.has("attr.personality", "怕疼"), "removed from the other record only");
    assert!(joined.has("attr.personality", "健谈"));
    assert_eq!(
        joined
            .values
            .iter()
            .filter(|value| value.tag == "val.abc")
            .map(|value| value.value.as_str())
            .collect::<Vec<_>>(),
        ["A"]
    );
}
