//! What other features ask about persons: facts for the fold, cards for lists, one address to write to.

use std::collections::{BTreeSet, HashMap};

use careloop_db::ConnectionTrait;
use careloop_kernel::ids::{PersonId, RecordId};
use careloop_kernel::permissions::ReadPeople;
use careloop_kernel::{Ctx, Error, Result, Scope};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::civil::Date;

use crate::model::{Consent, PersonCard, PersonFacts};
use crate::portrait::Portrait;
use crate::store::persons as store;
use crate::store::persons::FactRow;
use crate::store::records::{CONTACT_EMAIL, CONTACT_GUARDIAN, CONTACT_PHONE, CONTACT_WECOM};
use crate::text::birth;

/// Of how many numbers of households records are asked for at once by those who read all.
const NUMBERS: i64 = 50_000;
/// How many such questions are asked side by side.
const READERS: usize = 4;

/// The facts of these persons, in the order of their numbers; numbers that are no person (any more) are left out.
pub async fn facts(connection: &impl ConnectionTrait, persons: &[i64]) -> Result<Vec<PersonFacts>> {
    let rows = store::facts(connection, persons).await?;
    let households: BTreeSet<i64> = rows.iter().map(|row| row.household).collect();
    let sizes = store::household_sizes(connection, &households.into_iter().collect::<Vec<_>>()).await?;
    of_persons(rows, &HouseholdSizes(sizes.into_iter().collect()))
}

/// Whose a record is.
#[derive(Debug, Clone, Copy)]
pub struct RecordNumbers {
    /// `records.ord`.
    pub record: u32,
    /// The person's number.
    pub person: u32,
    /// The household's number.
    pub household: u32,
    /// The date of birth on it.
    pub birth_date: Option<Date>,
}

/// Whose every record is, in order.
pub async fn record_numbers(connection: &impl ConnectionTrait) -> Result<Vec<RecordNumbers>> {
    let last = store::last(connection).await?;
    let parts = (0..=last / NUMBERS).map(|part| store::numbers(connection, part * NUMBERS, (part + 1) * NUMBERS - 1));
    let mut parts = stream::iter(parts).buffered(READERS);
    let mut numbers = Vec::new();
    while let Some(rows) = parts.try_next().await? {
        numbers.extend(rows.into_iter().map(|(record, person, household, birth)| {
            let birth_date = birth.and_then(|birth| birth.parse().ok());
            RecordNumbers { record, person, household, birth_date }
        }));
    }
    numbers.sort_unstable_by_key(|numbers| numbers.record);
    Ok(numbers)
}

/// The person of every record, by the record's number; 0 where there is none.
pub fn persons_of(records: &[RecordNumbers]) -> Vec<u32> {
    let mut person_of = vec![0; records.last().map_or(0, |last| last.record as usize + 1)];
    for numbers in records {
        if let Some(slot) = person_of.get_mut(numbers.record as usize) {
            *slot = numbers.person;
        }
    }
    person_of
}

/// How many people the households of the chain have.
#[derive(Debug)]
pub struct HouseholdSizes(HashMap<i64, i64>);

impl HouseholdSizes {
    /// Of the households of all records.
    pub fn of_records(records: &[RecordNumbers]) -> Self {
        let mut sizes = HashMap::new();
        for record in records.iter().filter(|numbers| numbers.record == numbers.person) {
            *sizes.entry(i64::from(record.household)).or_default() += 1;
        }
        sizes.retain(|_, size| *size > 1);
        Self(sizes)
    }

    /// How many people a household has.
    pub fn of(&self, household: i64) -> i64 {
        self.0.get(&household).copied().unwrap_or(1)
    }
}

/// The facts of the persons whose numbers lie between these two, both included, for those who read everybody.
pub async fn facts_between(
    connection: &impl ConnectionTrait,
    (first, last): (i64, i64),
    sizes: &HouseholdSizes,
) -> Result<Vec<PersonFacts>> {
    of_persons(store::facts_between(connection, first, last).await?, sizes)
}

fn of_persons(mut rows: Vec<FactRow>, sizes: &HouseholdSizes) -> Result<Vec<PersonFacts>> {
    rows.sort_unstable_by_key(|row| (row.person, row.ord));
    rows.chunk_by(|a, b| a.person == b.person).map(|rows| of_rows(rows, sizes)).collect()
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

fn of_rows(rows: &[FactRow], sizes: &HouseholdSizes) -> Result<PersonFacts> {
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
        household_size: sizes.of(anchor.household),
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
