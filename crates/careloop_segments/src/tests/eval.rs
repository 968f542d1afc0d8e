//! The verdict on one person.

use std::collections::BTreeMap;

use careloop_kernel::ids::{Id, SegmentId};
use careloop_profiles::{Event, Facts, Fields, Profile, tag_library};
use serde_json::{Value, json};

use super::rule::terms;
use crate::eval::{Names, Subject, Verdict, World, verdict};
use crate::rule::{Rule, parse};

pub(super) const DAY: i64 = 86_400_000_000;

pub(super) fn at(text: &str) -> i64 {
    careloop_kernel::parse_instant(text, &terms().zone).unwrap().as_microsecond()
}

pub(super) fn segment(number: u128) -> SegmentId {
    SegmentId::from_bits(number)
}

pub(super) fn world() -> World {
    let name = |number: i64, name: &str| (number, vec![name.to_owned(), format!("id_{number}")]);
    let names = Names {
        clinics: [name(1, "BJ01"), name(2, "BJ02")].into(),
        sources: [name(1, "careloop"), name(2, "his")].into(),
        staff: [name(1, "li"), name(2, "wang")].into(),
    };
    let rule = |json: Value| parse(&json, &terms()).unwrap().rule;
    let segments = BTreeMap::from([
        (segment(1), rule(json!({"event":"visit.closed","within":"365d"}))),
        (segment(2), rule(json!({"all":[{"segment": segment(1)}, {"not":{"attr":"gender","is":"male"}}]}))),
    ]);
    let waiting = ["visit.no_show_prone", "visit.count_band"].map(str::to_owned).into();
    World { zone: terms().zone, currency: terms().currency, names, segments, waiting }
}

#[expect(clippy::needless_pass_by_value, reason = "callers write the rule in place")]
pub(super) fn rule(json: Value) -> Rule {
    parse(&json, &terms()).unwrap().rule
}

/// A person with events at these instants.
pub(super) fn person(kind: &str, instants: &[i64]) -> Vec<Event> {
    let event = |(index, at_us): (usize, &i64)| Event {
        seq: index as i64 + 1,
        kind: kind.into(),
        record: 1,
        clinic: Some(1),
        source: 2,
        at_us: *at_us,
        amount: Some(10_000),
        props: Fields::of(r#"{"line":"种植","quantity":2}"#),
    };
    instants.iter().enumerate().map(event).collect()
}

pub(super) fn holds(json: Value, events: &[Event], now: i64) -> bool {
    judged(json, events, now).is
}

pub(super) fn judged(json: Value, events: &[Event], now: i64) -> Verdict {
    let (facts, profile) = (Facts::default(), Profile::default());
    verdict(&rule(json), Subject { facts: &facts, profile: &profile, events }, &world(), now)
}

#[test]
fn windows_are_half_open_to_the_microsecond() {
    let now = at("2026-07-01");
    let within = json!({"event":"visit.closed","within":"180d"});
    assert!(holds(within.clone(), &person("visit.closed", &[now - 180 * DAY]), now), "the start belongs to it");
    assert!(!holds(within.clone(), &person("visit.closed", &[now - 180 * DAY - 1]), now));
    assert!(!holds(within.clone(), &person("visit.closed", &[now]), now), "the end does not");
    assert!(holds(within, &person("visit.closed", &[now - 1]), now));
    let fixed = json!({"event":"visit.closed","from":"2026-01-01","to":"2026-02-01"});
    for (instant, inside) in [
        ("2025-12-31T23:59:59.999999+08:00", false),
        ("2026-01-01T00:00:00+08:00", true),
        ("2026-01-31T23:59:59+08:00", true),
        ("2026-02-01", false),
    ] {
        assert_eq!(holds(fixed.clone(), &person("visit.closed", &[at(instant)]), now), inside, "{instant}");
    }
    assert!(!holds(json!({"event":"visit.closed"}), &person("visit.closed", &[now]), now), "nothing after now counts");
}

#[test]
fn counts_sums_firsts_and_lasts() {
    let now = at("2026-07-01");
    let two = person("payment.received", &[now - 200 * DAY, now - 10 * DAY]);
    for (rule, expected) in [
        (json!({"event":"payment.received","count":{"gte":2}}), true),
        (json!({"event":"payment.received","within":"180d","count":{"gte":2}}), false),
        (json!({"event":"payment.received","within":"180d","count":{"is":1}}), true),
        (json!({"event":"refund.paid","count":{"is":0}}), true),
        (json!({"event":"payment.received","sum":{"field":"amount","gte":"200.00"}}), true),
        (json!({"event":"payment.received","sum":{"field":"amount","gte":"200.01"}}), false),
        (json!({"event":"payment.received","sum":{"field":"quantity","between":[4,4]}}), true),
        (json!({"event":"refund.paid","sum":{"field":"amount","lte":"0.00"}}), true),
        (json!({"event":"payment.received","first":{"before":"180d"}}), true),
        (json!({"event":"payment.received","last":{"before":"180d"}}), false),
        (json!({"event":"payment.received","last":{"after":"10d"}}), true),
        (json!({"event":"payment.received","last":{"before":"2026-06-22"}}), true),
        (json!({"event":"refund.paid","last":{"before":"180d"}}), false),
        (
            json!({"event":"payment.received","where":{"line":{"in":["种植","正畸"]},"amount":{"gte":"100"},"clinic":{"is":"BJ01"},"source":{"is":"his"}}}),
            true,
        ),
        (json!({"event":"payment.received","where":{"clinic":{"is":"BJ02"}}}), false),
        (json!({"event":"payment.received","where":{"item":{"exists":false}}}), true),
    ] {
        assert_eq!(holds(rule.clone(), &two, now), expected, "{rule}");
    }
}

#[test]
fn a_verdict_names_the_parts_that_decided_and_when_it_may_change() {
    let now = at("2026-07-01");
    let events = person("visit.closed", &[now - 100 * DAY]);
    let (facts, profile) = (Facts::default(), Profile::default());
    let subject = Subject { facts: &facts, profile: &profile, events: &events };
    let sleeping = rule(json!({"all":[{"event":"visit.closed","last":{"before":"180d"}},{"event":"visit.closed"}]}));
    let found = verdict(&sleeping, subject, &world(), now);
    assert!(!found.is);
    assert_eq!(
        found.why.iter().map(|clause| clause.path.as_str()).collect::<Vec<_>>(),
        ["all[0]"],
        "the part that failed"
    );
    let turns = now + 80 * DAY + 1;
    assert_eq!(found.until, Some(turns));
    assert!(!verdict(&sleeping, subject, &world(), turns - 1).is);
    let turned = verdict(&sleeping, subject, &world(), turns);
    assert!(turned.is);
    assert_eq!((turned.until, turned.why[0].events.as_slice()), (None, &[1][..]));
    let nested = verdict(&rule(json!({"segment": segment(2)})), subject, &world(), now);
    assert_eq!(
        nested.why.iter().map(|clause| clause.path.clone()).collect::<Vec<_>>(),
        [
            String::new(),
            format!("{}/all[0]", segment(2)),
            format!("{}/{}/", segment(2), segment(1)),
            format!("{}/all[1].not", segment(2)),
        ]
    );
}

#[test]
fn a_segment_that_names_itself_has_no_members() {
    let mut world = world();
    world.segments.insert(segment(3), Rule::Not(Box::new(Rule::Segment(segment(3)))));
    let (facts, profile) = (Facts::default(), Profile::default());
    let subject = Subject { facts: &facts, profile: &profile, events: &[] };
    assert!(verdict(&Rule::Segment(segment(3)), subject, &world, 0).is, "not of nobody");
}

#[test]
fn aliases_of_tags_are_evaluated_as_the_tag() {
    assert_eq!(rule(json!({"tag":"risk.churned"})), rule(json!({"tag":"life.churned","is":true})));
    assert!(tag_library().find("risk.churned").is_some());
}
