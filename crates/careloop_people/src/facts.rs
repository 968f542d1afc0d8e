//! What other features ask about persons: facts for the fold, cards for lists, one address to write to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use careloop_db::ConnectionTrait;
use careloop_kernel::ids::{PersonId, RecordId};
use careloop_kernel::permissions::ReadPeople;
use careloop_kernel::{Ctx, Error, Result, Scope};
use jiff::civil::Date;

use crate::model::{Consent, PersonCard, PersonFacts};
use crate::portrait::Portrait;
use crate::store::persons as store;
use crate::store::persons::FactRow;
use crate::store::records::{CONTACT_EMAIL, CONTACT_GUARDIAN, CONTACT_PHONE, CONTACT_WECOM};
use crate::text::birth;

/// The facts of these persons, in the order of their numbers; numbers that are no person (any more) are left out.
pub async fn facts(connection: &impl ConnectionTrait, persons: &[i64]) -> Result<Vec<PersonFacts>> {
    let rows = store::facts(connection, persons).await?;
    let households: BTreeSet<i64> = rows.iter().map(|row| row.household).collect();
    let sizes: HashMap<i64, i64> =
        store::household_sizes(connection, &households.into_iter().collect::<Vec<_>>()).await?.into_iter().collect();
    let mut groups: BTreeMap<i64, Vec<FactRow>> = BTreeMap::new();
    for row in rows {
        groups.entry(row.person).or_default().push(row);
    }
    groups.into_values().map(|rows| of_rows(&rows, &sizes)).collect()
}

/// The persons after a number, in order: to walk all of them.
pub async fn persons_after(connection: &impl ConnectionTrait, person: i64, limit: i64) -> Result<Vec<i64>> {
    store::after(connection, person, limit).await
}

/// The persons with a record in the scope, in no order; none when that is everybody.
pub async fn visible(connection: &impl ConnectionTrait, scope: &Scope) -> Result<Option<Vec<i64>>> {
    match scope {
        Scope::Chain => Ok(None),
        Scope::Clinics(_) | Scope::Own { .. } => store::in_scope(connection, scope).await.map(Some),
    }
}

/// Those of these persons with a record in the scope, in the order of their numbers.
pub async fn visible_of(connection: &impl ConnectionTrait, scope: &Scope, persons: Vec<i64>) -> Result<Vec<i64>> {
    match scope {
        Scope::Chain => Ok(persons),
        Scope::Clinics(_) | Scope::Own { .. } => store::those_in_scope(connection, scope, &persons).await,
    }
}

fn of_rows(rows: &[FactRow], sizes: &HashMap<i64, i64>) -> Result<PersonFacts> {
    let anchor = rows.first().ok_or_else(|| Error::internal("a person without records"))?;
    let first = |value: fn(&FactRow) -> Option<&str>| rows.iter().find_map(value).map(str::to_owned);
    let contacts = rows.iter().fold(0, |bits, row| bits | row.contacts);
    let births: Vec<Date> = rows.iter().filter_map(|row| row.birth_date.as_deref()?.parse().ok()).collect();
    let clinics: BTreeSet<i64> = rows.iter().filter_map(|row| row.clinic).collect();
    let mut sources: Vec<i64> = Vec::new();
    for row in rows {
        if !sources.contains(&row.source) {
            sources.push(row.source);
        }
    }
    Ok(PersonFacts {
        person: anchor.person,
        person_id: person_id(&anchor.id)?,
        records: rows.iter().map(|row| row.ord).collect(),
        household: anchor.household,
        household_size: sizes.get(&anchor.household).copied().unwrap_or(1),
        has_guardian: contacts & CONTACT_GUARDIAN != 0,
        gender: first(|row| row.gender.as_deref()).and_then(|text| text.parse().ok()),
        birth_date: births.iter().copied().find(|date| birth::is_evidence(*date)).or(births.first().copied()),
        region: first(|row| row.region.as_deref()),
        channel: first(|row| row.channel.as_deref()),
        clinics: clinics.into_iter().collect(),
        owner: rows.iter().find_map(|row| row.owner),
        sources,
        created_at: rows.iter().map(|row| row.created_at).min().unwrap_or_default(),
        changed_at: rows.iter().map(|row| row.updated_at.max(row.resolved_at.unwrap_or(0))).max().unwrap_or_default(),
        wecom: contacts & CONTACT_WECOM != 0,
        phone: contacts & CONTACT_PHONE != 0,
        email: contacts & CONTACT_EMAIL != 0,
    })
}

/// The id of the person anchored at the record with this id.
pub(crate) fn person_id(record_id: &str) -> Result<PersonId> {
    Ok(PersonId::anchored_at(record_id.parse::<RecordId>()?))
}

/// One masked line about each of these persons, in the order asked. The caller has checked that they may be seen.
pub async fn cards(
    connection: &impl ConnectionTrait,
    ctx: &Ctx<ReadPeople>,
    persons: &[i64],
) -> Result<Vec<PersonCard>> {
    let mut portraits = Portrait::of_persons(connection, ctx, persons).await?;
    let portraits = persons.iter().filter_map(|person| portraits.remove(person)).collect();
    cards_of(connection, ctx, portraits).await
}

/// The same of persons that are opened already.
pub(crate) async fn cards_of(
    connection: &impl ConnectionTrait,
    ctx: &Ctx<ReadPeople>,
    portraits: Vec<Portrait>,
) -> Result<Vec<PersonCard>> {
    let owners: BTreeSet<i64> = portraits.iter().filter_map(|portrait| portrait.owner).collect();
    let staff = store::staff(connection, &owners.into_iter().collect::<Vec<_>>()).await?;
    let names: HashMap<i64, String> = staff.into_iter().map(|row| (row.ord, row.name)).collect();
    let today = ctx.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let card = |portrait: Portrait| PersonCard {
        person: portrait.person,
        person_id: portrait.id,
        age: portrait.birth_date.and_then(|date| birth::age(date, today)),
        phone_masked: portrait.phones.first().map(|(phone, _)| crate::text::phone::mask(&phone.number)),
        gender: portrait.gender,
        clinic_names: portrait.clinic_names.into_iter().collect(),
        owner_name: portrait.owner.and_then(|owner| names.get(&owner).cloned()),
        record_count: portrait.records.len() as i64,
        name: portrait.name,
    };
    Ok(portraits.into_iter().map(card).collect())
}

/// The address to write to: of the oldest record that has one. For sending only; it is shown nowhere.
pub async fn email_for_sending<P>(
    connection: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    person: i64,
) -> Result<Option<String>> {
    let portrait = Portrait::of_persons(connection, ctx, &[person]).await?.remove(&person);
    Ok(portrait.and_then(|portrait| portrait.emails.into_iter().next()))
}

/// The latest word of a person on each channel they have spoken about.
pub async fn consents(connection: &impl ConnectionTrait, person: i64) -> Result<Vec<Consent>> {
    let records: Vec<i64> = store::facts(connection, &[person]).await?.iter().map(|row| row.ord).collect();
    crate::service::view::consents(connection, &records).await
}

/// The number of the person a reference names: `per_…` (also one that was merged away), `rec_…` or `SOURCE:KEY`. People
/// outside the caller's scope are not found.
pub async fn find_person(connection: &impl ConnectionTrait, ctx: &Ctx<ReadPeople>, reference: &str) -> Result<i64> {
    let missing = || Error::not_found("people.not_found", "there is no such person, or they belong to another clinic");
    let found = match (reference.parse::<PersonId>(), reference.parse::<RecordId>()) {
        (Ok(person), _) => store::find_by_record(connection, &person.anchor().to_string()).await?,
        (_, Ok(record)) => store::find_by_record(connection, &record.to_string()).await?,
        _ => match reference.split_once(':') {
            Some((source, key)) => store::find_by_source(connection, source, key).await?,
            None => None,
        },
    };
    let person = found.ok_or_else(missing)?;
    let condition = ctx.scope().record_condition("r");
    if store::is_visible(connection, person, &condition).await? { Ok(person) } else { Err(missing()) }
}
