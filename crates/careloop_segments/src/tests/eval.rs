//! Both evaluators, on their own and against each other.

use std::collections::BTreeMap;
use std::sync::Arc;

use careloop_kernel::ids::{Id, SegmentId};
use careloop_profiles::{Event, Facts, Inputs, Profile, TagValue, fold, tag_library};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::rule::{contract, terms};
use crate::eval::{Cells, KindColumns};
use crate::eval::{Names, Population, Subject, World, attr_values, members, needs, verdict};
use crate::rule::{Rule, Scalar, cell, parse};

const DAY: i64 = 86_400_000_000;

fn at(text: &str) -> i64 {
    careloop_kernel::parse_instant(text, &terms().zone).unwrap().as_microsecond()
}

fn segment(number: u128) -> SegmentId {
    SegmentId::from_bits(number)
}

fn world() -> World {
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
    World { zone: terms().zone, currency: terms().currency, names, segments }
}

#[expect(clippy::needless_pass_by_value, reason = "callers write the rule in place")]
fn rule(json: Value) -> Rule {
    parse(&json, &terms()).unwrap().rule
}

/// A person with events at these instants.
fn person(kind: &str, instants: &[i64]) -> Vec<Event> {
    let event = |(index, at_us): (usize, &i64)| Event {
        seq: index as i64 + 1,
        kind: kind.to_owned(),
        record: 1,
        clinic: Some(1),
        source: 2,
        at_us: *at_us,
        amount: Some(10_000),
        props: json!({ "line": "种植", "quantity": 2 }).as_object().unwrap().clone(),
    };
    instants.iter().enumerate().map(event).collect()
}

fn holds(json: Value, events: &[Event], now: i64) -> bool {
    let (facts, profile) = (Facts::default(), Profile::default());
    verdict(&rule(json), Subject { facts: &facts, profile: &profile, events }, &world(), now).is
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

const KINDS: [&str; 4] = ["visit.closed", "payment.received", "appt.no_show", "refund.paid"];

fn any_facts() -> impl Strategy<Value = Facts> {
    let births = prop::option::of(prop::sample::select(vec!["1984-02-29", "1996-07-01", "2010-12-31"]));
    let gender = prop::option::of(prop::sample::select(vec!["male", "female"]));
    (births, gender, prop::collection::vec(1..3_i64, 0..3), prop::option::of(1..3_i64), 1..4_i64, any::<bool>())
        .prop_map(|(birth, gender, clinics, owner, household_size, flag)| Facts {
            birth_date: birth.map(|date| date.parse().unwrap()),
            gender: gender.map(str::to_owned),
            sources: clinics.clone(),
            clinics,
            owner,
            household_size,
            has_phone: flag,
            region: flag.then(|| "朝阳".to_owned()),
            created_us: Some(household_size * 700 * DAY),
            ..Facts::default()
        })
}

fn any_event() -> impl Strategy<Value = Event> {
    (prop::sample::select(KINDS.to_vec()), -420..20_i64, 0..3_i64, prop::option::of(1..3_i64), 1..3_i64).prop_map(
        |(kind, day, number, clinic, source)| Event {
            seq: 0,
            kind: kind.to_owned(),
            record: 0,
            clinic,
            source,
            // On edges of the windows below, and beside them.
            at_us: at("2026-07-01") + day / 30 * 30 * DAY + number - 1,
            amount: (number > 0).then_some(number * 5_000),
            props: match number {
                0 => json!({ "line": "种植", "quantity": 2, "walk_in": true }),
                1 => json!({ "line": "正畸", "walk_in": false, "cashier": "7" }),
                _ => json!({ "quantity": 1, "cashier": 7 }),
            }
            .as_object()
            .unwrap()
            .clone(),
        },
    )
}

fn any_rule() -> impl Strategy<Value = Value> {
    let mut leaves = contract();
    leaves.pop();
    leaves.extend([
        json!({"segment": segment(1)}),
        json!({"segment": segment(2)}),
        json!({"tag":"val.r","in":[1,5]}),
        json!({"tag":"val.r","exists":false}),
        json!({"tag":"life.dormant","is":false}),
        json!({"tag":"visit.recency","in":["31-90",">365"]}),
        json!({"tag":"val.category_mix","is":"种植"}),
        json!({"attr":"gender","exists":false}),
        json!({"attr":"clinic","in":["BJ01"]}),
        json!({"attr":"source","is":"id_2"}),
        json!({"attr":"owner","is":"li"}),
        json!({"attr":"household_size","gte":2,"lte":2}),
        json!({"attr":"has_phone","is":false}),
        json!({"attr":"region","is":"朝阳"}),
        json!({"attr":"birth_date","lte":"1990-01-01"}),
        json!({"attr":"created_at","gte":"1973-01-01"}),
        json!({"event":"visit.closed","within":"90d"}),
        json!({"event":"visit.closed","count":{"lte":1}}),
        json!({"event":"visit.closed","within":"30d","where":{"walk_in":{"is":true}}}),
        json!({"event":"visit.closed","where":{"cashier":{"is":7}},"count":{"between":[1,2]}}),
        json!({"event":"payment.received","where":{"clinic":{"is":"BJ01"}},"last":{"after":"120d"}}),
        json!({"event":"payment.received","where":{"clinic":{"exists":false},"amount":{"exists":true}}}),
        json!({"event":"payment.received","where":{"source":{"in":["his"]}},"sum":{"field":"quantity","gte":3}}),
        json!({"event":"refund.paid","from":"2026-03-03","sum":{"field":"amount","lte":"50.00"}}),
        json!({"event":"appt.no_show","first":{"before":"180d","after":"2025-07-01"}}),
    ]);
    prop::sample::select(leaves).prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|parts| json!({ "all": parts })),
            prop::collection::vec(inner.clone(), 0..4).prop_map(|parts| json!({ "any": parts })),
            inner.prop_map(|part| json!({ "not": part })),
        ]
    })
}

/// Somebody: facts, events and the records they are told of.
struct Somebody {
    facts: Facts,
    events: Vec<Event>,
    profile: Profile,
}

fn people(drawn: Vec<(Facts, Vec<Event>)>, now: i64) -> Vec<Somebody> {
    let inputs = Inputs {
        zone: terms().zone,
        clinics: [(1, "BJ01".to_owned()), (2, "BJ02".to_owned())].into(),
        ltv: None,
        quantiles: careloop_profiles::Quantiles::of(&[
            careloop_profiles::Payer { recency_days: 10, paid_days: 1, net_minor: 5_000 },
            careloop_profiles::Payer { recency_days: 200, paid_days: 3, net_minor: 9_000 },
        ]),
        limits: careloop_profiles::Limits::default(),
    };
    let mut seq = 0;
    let one = |(index, (mut facts, mut events)): (usize, (Facts, Vec<Event>))| {
        // Every person has two records, so that events reach them through the mapping.
        let person = index as i64 * 2 + 1;
        facts.person = person;
        facts.records = vec![person, person + 1];
        for event in &mut events {
            seq += 1;
            event.seq = seq;
            event.record = person + seq % 2;
        }
        events.sort_by_key(|event| (event.at_us, event.seq));
        let profile = fold(&facts, &events, &inputs, Timestamp::from_microsecond(now).unwrap());
        Somebody { facts, events, profile }
    };
    drawn.into_iter().enumerate().map(one).collect()
}

/// The population as a database would give it.
fn population(people: &[Somebody], rule: &Rule, world: &World, now: i64) -> Population {
    let needs = needs(rule, world);
    let mut population = Population::default();
    let mut person_of = vec![0; people.len() * 2 + 1];
    for somebody in people {
        let person = u32::try_from(somebody.facts.person).unwrap();
        population.people.insert(person);
        for record in &somebody.facts.records {
            person_of[usize::try_from(*record).unwrap()] = person;
        }
        for attr in &needs.attrs {
            let values = attr_values(*attr, &somebody.facts, world, now);
            population.attrs.entry(*attr).or_default().extend(values.into_iter().map(|value| (person, value)));
        }
        for TagValue { tag, value, .. } in
            somebody.profile.values.iter().filter(|value| needs.tags.contains(&value.tag))
        {
            population.tags.entry(tag.clone()).or_default().entry(value.clone()).or_default().insert(person);
        }
    }
    population.person_of = Arc::new(person_of);
    for (kind, fields) in needs.kinds {
        let mut columns = KindColumns::default();
        for event in people.iter().flat_map(|somebody| &somebody.events).filter(|event| event.kind == kind) {
            columns.record.push(u32::try_from(event.record).unwrap());
            columns.at_us.push(event.at_us);
            columns.seq.push(event.seq);
            columns.amount.push(event.amount);
            columns.clinic.push(event.clinic);
            columns.source.push(event.source);
            for field in &fields {
                let registered = careloop_events::catalogue()
                    .find(&kind)
                    .and_then(|kind| kind.fields.get(field))
                    .map(|field| field.r#type);
                let value: Option<Scalar> =
                    event.props.get(field).and_then(|value| cell(value, registered, &world.zone));
                let cells: &mut Cells = columns.fields.entry(field.clone()).or_default();
                cells.push(value);
            }
        }
        population.events.insert(kind, Arc::new(columns));
    }
    population
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn both_evaluators_agree(
        drawn in prop::collection::vec((any_facts(), prop::collection::vec(any_event(), 0..12)), 1..12),
        json in any_rule(),
        shift in -2..3_i64,
    ) {
        let (now, world) = (at("2026-07-01") + shift, world());
        let rule = rule(json);
        let people = people(drawn, now);
        let set = members(&rule, &population(&people, &rule, &world, now), &world, now);
        for somebody in &people {
            let subject = Subject { facts: &somebody.facts, profile: &somebody.profile, events: &somebody.events };
            let one = verdict(&rule, subject, &world, now);
            prop_assert_eq!(one.is, set.contains(u32::try_from(somebody.facts.person).unwrap()), "{:?}", one);
        }
    }

    #[test]
    fn a_verdict_stands_until_it_says(
        drawn in (any_facts(), prop::collection::vec(any_event(), 0..12)),
        json in any_rule(),
        share in 0.0..1.0_f64,
    ) {
        let (now, world) = (at("2026-07-01"), world());
        let rule = rule(json);
        let ahead = 900 * DAY;
        let drawn = vec![drawn];
        let before = people(drawn.clone(), now);
        let subject = |somebody: &'_ Somebody| (somebody.facts.clone(), somebody.profile.clone(), somebody.events.clone());
        let judge = |(facts, profile, events): &(Facts, Profile, Vec<Event>), now| verdict(&rule, Subject { facts, profile, events }, &world, now);
        let first = judge(&subject(&before[0]), now);
        let end = first.until.unwrap_or(now + ahead);
        let between = now + ((end - 1 - now) as f64 * share) as i64;
        for later in [between, end - 1] {
            let then = people(drawn.clone(), later);
            let again = judge(&subject(&then[0]), later);
            prop_assert_eq!(again.is, first.is);
            prop_assert_eq!(&again.why, &first.why);
        }
    }
}

#[test]
fn aliases_of_tags_are_evaluated_as_the_tag() {
    assert_eq!(rule(json!({"tag":"risk.churned"})), rule(json!({"tag":"life.churned","is":true})));
    assert!(tag_library().find("risk.churned").is_some());
}
