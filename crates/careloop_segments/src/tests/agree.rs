//! Both evaluators against each other, and a verdict against later ones.

use std::collections::BTreeSet;
use std::sync::Arc;

use careloop_events::catalogue;
use careloop_profiles::{Event, Facts, Inputs, Profile, TagValue, fold};
use jiff::Timestamp;
use proptest::prelude::*;

use super::drawn::{any_event, any_facts, any_rule};
use super::eval::{DAY, at, rule, world};
use super::rule::terms;
use crate::eval::{KindColumns, KindLog, Told};
use crate::eval::{Population, Subject, World, attr_values, cut, members, needs, verdict};
use crate::rule::{Rule, cell, quantile_key};

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
        next: None,
        waiting: world().waiting,
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
            somebody.profile.values.iter().filter(|value| needs.tags.contains(&*value.tag))
        {
            population.tags.entry(tag.to_string()).or_default().entry(value.clone()).or_default().insert(person);
        }
    }
    population.person_of = Arc::new(person_of);
    // Some events came after the others were sorted, and some records have changed hands since.
    let before = population.person_of.iter().zip(0..).map(|(person, record)| if record % 5 == 3 { 1 } else { *person });
    let before = Arc::new(before.collect::<Vec<u32>>());
    for (kind, fields) in needs.kinds {
        let (mut sorted, mut came) = (KindColumns::default(), KindColumns::default());
        for event in people.iter().flat_map(|somebody| &somebody.events).filter(|event| event.kind == kind) {
            add(if event.seq % 4 == 0 { &mut came } else { &mut sorted }, event, &fields, world);
        }
        let mut log = KindLog::new(sorted, &before);
        log.tail = came;
        population.events.insert(kind, log.events(&population.person_of));
    }
    population
}

fn add(columns: &mut KindColumns, event: &Event, fields: &BTreeSet<String>, world: &World) {
    columns.push(Told {
        record: u32::try_from(event.record).unwrap(),
        at_us: event.at_us,
        seq: Some(event.seq),
        amount: event.amount,
        clinic: event.clinic,
        source: event.source,
    });
    let registered = catalogue().find(&event.kind);
    for field in fields {
        let registered = registered.and_then(|kind| kind.fields.get(field)).map(|field| field.r#type);
        let value = event.props.get(field).and_then(|value| cell(&value, registered, &world.zone));
        columns.fields.entry(field.clone()).or_default().push(value);
    }
}

/// The rule with its quantiles measured over these people.
fn measured(mut rule: Rule, people: &[Somebody], world: &World, now: i64) -> Rule {
    let measure = |alone: &Rule| (quantile_key(alone), cut(alone, &population(people, alone, world, now), world, now));
    let cuts = rule.quantiles().iter().map(measure).collect();
    rule.bind(&cuts);
    rule
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
        let people = people(drawn, now);
        let rule = measured(rule(json), &people, &world, now);
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
        let ahead = 900 * DAY;
        let drawn = vec![drawn];
        let before = people(drawn.clone(), now);
        let rule = measured(rule(json), &before, &world, now);
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
