//! People and events to fold.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::ltv::{BgNbd, GammaGamma, Ltv, Model};
use crate::next::Next;
use crate::{Event, Facts, Fields, Inputs, Limits, Payer, Profile, Quantiles, fold};

pub fn instant(text: &str) -> Timestamp {
    careloop_kernel::parse_instant(text, &zone()).unwrap()
}

pub fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

pub fn inputs() -> Inputs {
    let payers: Vec<Payer> =
        (0..50_i64).map(|n| Payer { recency_days: n * 10, paid_days: n % 7, net_minor: n * 50_000 }).collect();
    Inputs {
        zone: zone(),
        clinics: [(1, "BJ01".to_owned()), (2, "BJ02".to_owned())].into(),
        quantiles: Quantiles::of(&payers),
        limits: Limits::default(),
        ltv: Some(ltv()),
        next: Some(next()),
        waiting: std::collections::BTreeSet::new(),
    }
}

/// Value models with round parameters, fitted on a day in the middle of the lives that tests make up.
pub fn ltv() -> Ltv {
    let model = Model {
        purchases: BgNbd { r: 0.5, alpha: 8.0, a: 0.8, b: 2.5 },
        spend: GammaGamma { p: 2.0, q: 3.0, gamma: 600.0 },
        cuts: [5_000, 20_000, 60_000, 150_000],
        calibration: None,
    };
    Ltv { as_of: jiff::civil::date(2025, 9, 1), payers: 50, repeat_payers: 30, paid_days: 120, model: Ok(model) }
}

/// What followed what: of 100 who began with 洁牙 40 went on to 种植 and 10 to 正畸, of 100 who began with 种植 2 to 正畸.
pub fn next() -> Next {
    let transitions = r#"{"洁牙":{"steps":100,"to":{"种植":40,"正畸":10}},"种植":{"steps":100,"to":{"正畸":2}}}"#;
    let model = Ok(serde_json::from_str(transitions).unwrap());
    Next { as_of: jiff::civil::date(2025, 9, 1), people: 180, steps: 200, model, foretold: None }
}

pub fn facts() -> Facts {
    Facts { person: 1, records: vec![1], household_size: 1, ..Facts::default() }
}

pub fn born(date: &str) -> Facts {
    Facts { birth_date: Some(date.parse::<Date>().unwrap()), ..facts() }
}

/// One person's log, written in order.
#[derive(Default, Clone)]
pub struct Log(pub Vec<Event>);

impl Log {
    pub fn add(mut self, at: &str, kind: &str, props: Value) -> Self {
        self.push(instant(at).as_microsecond(), kind, props);
        self
    }

    pub fn pay(self, at: &str, minor: i64) -> Self {
        self.add(at, "payment.received", json!({ "amount": minor }))
    }

    pub fn push(&mut self, at_us: i64, kind: &str, mut props: Value) {
        let fields = props.as_object_mut().unwrap();
        let number = |value: Option<Value>| value.and_then(|value| value.as_i64());
        let amount = number(fields.remove("amount"));
        let clinic = number(fields.remove("clinic"));
        let record = number(fields.remove("record")).unwrap_or(1);
        let seq = i64::try_from(self.0.len()).unwrap() + 1;
        self.0.push(Event {
            seq,
            kind: kind.into(),
            record,
            clinic,
            source: 1,
            at_us,
            amount,
            props: Fields::from(&*fields),
        });
        self.0.sort_by_key(|event| (event.at_us, event.seq));
    }

    pub fn at(&self, facts: &Facts, now: &str) -> Profile {
        fold(facts, &self.0, &inputs(), instant(now))
    }
}

/// A value somebody has: at `now`, until `until`, and not from then on.
#[track_caller]
pub fn holds(facts: &Facts, log: &Log, (tag, value): (&str, &str), now: &str, until: Option<&str>) {
    let profile = log.at(facts, now);
    let held = profile.values.iter().find(|held| held.tag == tag && held.value == value);
    let held = held.unwrap_or_else(|| panic!("{tag} is {:?} at {now}, not {value}", profile.value(tag)));
    let until = until.map(instant);
    assert_eq!(held.until_us.map(|at| Timestamp::from_microsecond(at).unwrap()), until, "{tag} {value} until");
    if let Some(until) = until {
        let before = Timestamp::from_microsecond(until.as_microsecond() - 1).unwrap();
        assert!(fold(facts, &log.0, &inputs(), before).has(tag, value), "{tag} {value} ends before its until");
        assert!(!fold(facts, &log.0, &inputs(), until).has(tag, value), "{tag} {value} outlives its until");
    }
}

/// A value somebody lacks at `now`.
#[track_caller]
pub fn lacks(facts: &Facts, log: &Log, (tag, value): (&str, &str), now: &str) {
    assert!(!log.at(facts, now).has(tag, value), "{tag} {value} holds at {now}");
}

/// A log of these events.
pub fn told(events: &[(&str, &str, Value)]) -> Log {
    events.iter().fold(Log::default(), |log, (at, kind, props)| log.add(at, kind, props.clone()))
}
