//! People and rules drawn at random.

use careloop_profiles::{Event, Facts, Fields};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::eval::{DAY, at, segment};
use super::rule::contract;

const KINDS: [&str; 4] = ["visit.closed", "payment.received", "appt.no_show", "refund.paid"];

pub(super) fn any_facts() -> impl Strategy<Value = Facts> {
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

pub(super) fn any_event() -> impl Strategy<Value = Event> {
    (prop::sample::select(KINDS.to_vec()), -420..20_i64, 0..3_i64, prop::option::of(1..3_i64), 1..3_i64).prop_map(
        |(kind, day, number, clinic, source)| Event {
            seq: 0,
            kind: kind.into(),
            record: 0,
            clinic,
            source,
            // On edges of the windows below, and beside them.
            at_us: at("2026-07-01") + day / 30 * 30 * DAY + number - 1,
            amount: (number > 0).then_some(number * 5_000),
            props: Fields::of(match number {
                0 => r#"{"line":"种植","quantity":2,"walk_in":true}"#,
                1 => r#"{"line":"正畸","walk_in":false,"cashier":"7"}"#,
                _ => r#"{"quantity":1,"cashier":7}"#,
            }),
        },
    )
}

/// A window, a measure and conditions drawn at random, on the edges where events lie and beside them.
fn any_event_rule() -> impl Strategy<Value = Value> {
    let kinds = || prop::sample::select(KINDS.to_vec());
    let windows = prop::sample::select(vec![
        json!({}),
        json!({"within":"90d"}),
        json!({"within":"360d"}),
        json!({"from":"2026-01-01"}),
        json!({"from":"2025-09-01","to":"2026-05-01"}),
    ]);
    let filters = prop::sample::select(vec![
        json!({}),
        json!({"where":{"line":{"in":["种植","正畸"]}}}),
        json!({"where":{"clinic":{"is":"BJ01"}}}),
        json!({"where":{"amount":{"gte":"50.00"}}}),
        json!({"where":{"cashier":{"exists":true}}}),
    ]);
    (kinds(), windows, filters, any_measure()).prop_map(|(kind, window, filters, measure)| {
        let mut rule = json!({ "event": kind });
        for part in [window, filters, measure] {
            rule.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        }
        rule
    })
}

fn any_measure() -> impl Strategy<Value = Value> {
    let plain = (prop::sample::select(vec!["is", "gte", "lte"]), (0..4_i64).prop_map(|number| json!(number)));
    let rank = (prop::sample::select(vec!["gte", "lte"]), prop::sample::select(vec![1, 20, 50, 80, 99]))
        .prop_map(|(op, percent)| (op, json!({ "quantile": percent })));
    let number = prop_oneof![2 => plain, 1 => rank.clone()];
    let sums = prop::sample::select(vec!["amount", "quantity"]);
    let length = || prop::sample::select(vec!["1s", "30d", "60d", "120d"]);
    let fields = prop::sample::select(vec!["line", "quantity", "cashier", "clinic", "source", "amount", "walk_in"]);
    let gap = prop::sample::select(vec!["shortest", "longest", "median", "average", "last"]);
    let second = (prop::sample::select(KINDS.to_vec()), prop::option::of(length()), any::<bool>()).prop_map(
        |(kind, within, filtered)| {
            let mut second = json!({ "event": kind });
            if let Some(within) = within {
                second["within"] = json!(within);
            }
            if filtered {
                second["where"] = json!({ "quantity": { "gte": 1 } });
            }
            second
        },
    );
    prop_oneof![
        Just(json!({})),
        number.clone().prop_map(|(op, number)| json!({ "count": { op: number } })),
        (fields, number).prop_map(|(field, (op, number))| json!({ "distinct": { "field": field, op: number } })),
        (sums, rank).prop_map(|(field, (op, rank))| json!({ "sum": { "field": field, op: rank } })),
        (gap, prop::sample::select(vec!["gte", "lte"]), length())
            .prop_map(|(gap, op, length)| json!({ "gaps": { "which": gap, op: length } })),
        (prop::sample::select(vec!["followed_by", "not_followed_by"]), second)
            .prop_map(|(name, second)| json!({ name: second })),
    ]
}

pub(super) fn any_rule() -> impl Strategy<Value = Value> {
    let mut leaves = contract();
    leaves.pop();
    leaves.extend([
        json!({"segment": segment(1)}),
        json!({"segment": segment(2)}),
        json!({"tag":"val.r","in":[1,5]}),
        json!({"tag":"val.r","exists":false}),
        json!({"tag":"val.m","gte":{"quantile":60}}),
        json!({"tag":"val.r","lte":{"quantile":40},"gte":2}),
        json!({"tag":"life.dormant","is":false}),
        json!({"tag":"visit.no_show_prone","is":false}),
        json!({"tag":"visit.no_show_prone","exists":false}),
        json!({"tag":"visit.count_band","in":["0","1"]}),
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
    let leaf = prop_oneof![2 => prop::sample::select(leaves), 3 => any_event_rule()];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|parts| json!({ "all": parts })),
            prop::collection::vec(inner.clone(), 0..4).prop_map(|parts| json!({ "any": parts })),
            inner.prop_map(|part| json!({ "not": part })),
        ]
    })
}
