//! Facts as values.

use std::collections::BTreeMap;

use careloop_profiles::Facts;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::rule::{Attr, Scalar};

use super::World;

/// The values of a fact of a person at an instant; several for clinics and sources, of which each name is one.
pub fn attr_values(attr: Attr, facts: &Facts, world: &World, now: i64) -> Vec<Scalar> {
    let text = |value: &Option<String>| value.iter().map(|value| Scalar::Text(value.clone())).collect();
    match attr {
        Attr::Gender => text(&facts.gender),
        Attr::Region => text(&facts.region),
        Attr::Channel => text(&facts.channel),
        Attr::BirthDate => facts.birth_date.map(Scalar::Date).into_iter().collect(),
        Attr::Age => {
            facts.birth_date.and_then(|birth| age_at(birth, world, now)).map(Scalar::Int).into_iter().collect()
        }
        Attr::CreatedAt => facts.created_us.map(Scalar::Instant).into_iter().collect(),
        Attr::HouseholdSize => vec![Scalar::Int(facts.household_size)],
        Attr::HasPhone => vec![Scalar::Bool(facts.has_phone)],
        Attr::HasWecom => vec![Scalar::Bool(facts.has_wecom)],
        Attr::Clinic => named(&world.names.clinics, &facts.clinics),
        Attr::Source => named(&world.names.sources, &facts.sources),
        Attr::Owner => named(&world.names.staff, facts.owner.as_slice()),
    }
}

/// The names of numbered things.
pub(super) fn named(names: &BTreeMap<i64, Vec<String>>, numbers: &[i64]) -> Vec<Scalar> {
    numbers
        .iter()
        .flat_map(|number| names.get(number).into_iter().flatten())
        .map(|name| Scalar::Text(name.clone()))
        .collect()
}

/// Completed years at an instant, in the chain's zone; none before birth.
pub(super) fn age_at(birth: Date, world: &World, now: i64) -> Option<i64> {
    let today = date_at(world, now);
    if today < birth {
        return None;
    }
    let years = i64::from(today.year()) - i64::from(birth.year());
    let passed = birth.checked_add(years.years()).is_ok_and(|day| day <= today);
    Some(if passed { years } else { years - 1 })
}

/// When the age changes next.
pub(super) fn next_birthday(birth: Date, world: &World, now: i64) -> Option<i64> {
    let years = age_at(birth, world, now).map_or(0, |age| age + 1);
    let day = birth.checked_add(years.years()).ok()?;
    day.to_zoned(world.zone.clone()).ok().map(|start| start.timestamp().as_microsecond())
}

fn date_at(world: &World, at: i64) -> Date {
    world.zone.to_datetime(Timestamp::from_microsecond(at).unwrap_or(Timestamp::UNIX_EPOCH)).date()
}
