//! What a rule can measure beyond a number, a sum and the ends: different values, gaps, sequences.

use careloop_profiles::{Event, Fields};
use serde_json::{Value, json};

use super::eval::{DAY, at, holds, judged, person, rule};

/// Events of several kinds, in order of time.
fn together(lists: Vec<Vec<Event>>) -> Vec<Event> {
    let mut events: Vec<Event> = lists.into_iter().flatten().collect();
    events.sort_by_key(|event| event.at_us);
    for (seq, event) in events.iter_mut().enumerate() {
        event.seq = seq as i64 + 1;
    }
    events
}

#[test]
fn different_values_are_counted_once_each() {
    let now = at("2026-07-01");
    let mut events = person("visit.closed", &[now - 9 * DAY, now - 8 * DAY, now - 7 * DAY, now - 6 * DAY]);
    for (event, (line, clinic)) in
        events.iter_mut().zip([("种植", Some(1)), ("正畸", Some(2)), ("种植", Some(2)), ("", None)])
    {
        (event.props, event.clinic) = (Fields::of(&json!({ "line": line, "quantity": 2 }).to_string()), clinic);
    }
    for (rule, expected) in [
        (json!({"event":"visit.closed","distinct":{"field":"line","is":2}}), true),
        (json!({"event":"visit.closed","distinct":{"field":"clinic","gte":2}}), true),
        (json!({"event":"visit.closed","distinct":{"field":"clinic","gte":3}}), false),
        (json!({"event":"visit.closed","distinct":{"field":"quantity","is":1}}), true),
        (json!({"event":"visit.closed","within":"8d","distinct":{"field":"line","is":2}}), true),
        (json!({"event":"visit.closed","where":{"line":{"is":"种植"}},"distinct":{"field":"clinic","is":2}}), true),
        (json!({"event":"refund.paid","distinct":{"field":"line","is":0}}), true),
    ] {
        assert_eq!(holds(rule.clone(), &events, now), expected, "{rule}");
    }
}

#[test]
fn gaps_are_between_one_event_and_the_next() {
    let now = at("2026-07-01");
    // Gaps of 10, 60, 20 and 31 days.
    let events = person("visit.closed", &[121, 111, 51, 31, 0].map(|days| now - (days + 1) * DAY));
    let asks = |which: &str, op: &str, length: &str| json!({"event":"visit.closed","gaps":{"which":which, op:length}});
    for (which, op, length, expected) in [
        ("shortest", "lte", "10d", true),
        ("shortest", "lte", "239h", false),
        ("longest", "gte", "60d", true),
        ("longest", "gte", "61d", false),
        ("median", "gte", "612h", true),
        ("median", "lte", "25d", false),
        ("average", "gte", "726h", true),
        ("average", "lte", "30d", false),
        ("last", "gte", "31d", true),
        ("last", "lte", "30d", false),
    ] {
        assert_eq!(holds(asks(which, op, length), &events, now), expected, "{which} {op} {length}");
    }
    assert!(!holds(asks("longest", "lte", "60d"), &events[..1], now), "one visit has no gap");
    assert!(!holds(
        json!({"event":"visit.closed","within":"40d","gaps":{"which":"longest","gte":"60d"}}),
        &events,
        now
    ));
    let found = judged(asks("longest", "gte", "60d"), &events, now).why.remove(0);
    assert_eq!((found.found.as_deref(), found.events), (Some("60d"), vec![2, 3]));
    let found = judged(asks("median", "gte", "1d"), &events, now).why.remove(0);
    assert_eq!(found.found.as_deref(), Some("25.5d"));
}

#[test]
fn a_quantile_takes_in_as_many_as_it_names_and_all_who_are_equal() {
    for (op, percent, numbers, expected) in [
        ("gte", 80, (1..=10).collect(), Some(9)),
        ("gte", 75, (1..=10).collect(), Some(8)),
        ("gte", 99, (1..=10).collect(), Some(10)),
        ("gte", 80, vec![5, 1, 5, 5, 2, 5, 5, 5, 5, 5], Some(5)),
        ("lte", 20, (1..=10).collect(), Some(2)),
        ("lte", 1, (1..=10).collect(), Some(1)),
        ("lte", 50, vec![7], Some(7)),
        ("gte", 50, vec![7], Some(7)),
        ("gte", 50, Vec::new(), None),
        ("lte", 50, Vec::new(), None),
    ] {
        let rule = rule(json!({"event":"visit.closed","count":{op:{"quantile":percent}}}));
        assert_eq!(rule.quantile().unwrap().measure(numbers), expected, "{op} {percent}");
    }
    let top = json!({"event":"visit.closed","count":{"gte":{"quantile":80}}});
    assert!(!holds(top, &person("visit.closed", &[1, 2, 3]), 9), "nobody has measured it");
}

fn no_payment() -> Value {
    json!({"event":"plan.presented","not_followed_by":{"event":"payment.received","within":"30d"}})
}

#[test]
fn a_sequence_without_its_end_holds_from_the_instant_the_time_is_over() {
    let shown = at("2026-06-01");
    let events = person("plan.presented", &[shown]);
    let over = shown + 30 * DAY + 1;
    assert!(!holds(no_payment(), &events, over - 1), "a payment at the last instant would be in time");
    assert!(holds(no_payment(), &events, over));
    assert_eq!(judged(no_payment(), &events, shown + DAY).until, Some(over));
    assert_eq!(judged(no_payment(), &events, over).until, None);
    for (paid, in_time) in [(shown, true), (shown + 30 * DAY, true), (shown + 30 * DAY + 1, false), (shown - 1, false)]
    {
        let events = together(vec![events.clone(), person("payment.received", &[paid])]);
        assert_eq!(!holds(no_payment(), &events, over + DAY), in_time, "{paid}");
    }
    let twice = person("plan.presented", &[shown, shown + 90 * DAY]);
    let twice = together(vec![twice, person("payment.received", &[shown + DAY])]);
    assert!(!holds(no_payment(), &twice, shown + 91 * DAY), "the first was answered, the second still can be");
    assert!(holds(no_payment(), &twice, shown + 121 * DAY));
}

#[test]
fn a_sequence_says_which_two_events_it_is() {
    let shown = at("2026-06-01");
    let then = json!({"event":"plan.presented","followed_by":{"event":"payment.received","within":"30d"}});
    let events = together(vec![
        person("plan.presented", &[shown - 90 * DAY, shown]),
        person("payment.received", &[shown - 89 * DAY, shown + 40 * DAY]),
    ]);
    let found = judged(then.clone(), &events, shown + 60 * DAY);
    assert!(found.is);
    assert_eq!(found.why[0].events, [1, 2]);
    assert_eq!(judged(then, &events, shown - 89 * DAY).until, Some(shown - 89 * DAY + 1), "the payment lies ahead");
    let ever = json!({"event":"plan.presented","not_followed_by":{"event":"payment.received"}});
    assert!(holds(ever.clone(), &events, shown + 1), "so far nothing followed the second");
    assert!(!holds(ever, &events, shown + 60 * DAY));
    let again = json!({"event":"visit.closed","followed_by":{"event":"visit.closed","within":"7d"}});
    assert!(!holds(again.clone(), &person("visit.closed", &[shown]), shown + DAY), "no event follows itself");
    assert!(
        !holds(again.clone(), &person("visit.closed", &[shown, shown]), shown + DAY),
        "nor its like of that instant"
    );
    assert!(holds(again, &person("visit.closed", &[shown, shown + 7 * DAY]), shown + 9 * DAY));
}
