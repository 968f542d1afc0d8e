//! The 360° page: one person, masked, and the clear values for whoever may see them.

use std::collections::{BTreeMap, BTreeSet};

use careloop_db::{ConnectionTrait, Db};
use careloop_events::EventEntry;
use careloop_kernel::ids::{HouseholdId, PersonId};
use careloop_kernel::permissions::{ReadPeople, RevealPeople};
use careloop_kernel::{Ctx, Page, PageRequest, Result};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{reason, visible};
use crate::identity::roles::{self, Member};
use crate::identity::{FamilyRole, Rule};
use crate::keys::KeyKind;
use crate::model::{
    Address, Consent, Field, Household, HouseholdMember, OwnerName, Person, PersonPhone, PersonRecord, PhoneRole,
    Revealed,
};
use crate::portrait::{OpenRecord, Portrait};
use crate::store;
use crate::text::{birth, email, phone};

/// A person, masked; `reference` as in [`crate::find_person`].
pub async fn get(db: &Db, ctx: &Ctx<ReadPeople>, reference: &str) -> Result<Person> {
    let conn = db.read();
    let portrait = visible(conn, ctx, reference).await?;
    let asked = reference.parse::<PersonId>().ok();
    let ords: Vec<i64> = portrait.records.iter().map(|record| record.row.ord).collect();
    Ok(Person {
        person: portrait.person,
        id: portrait.id,
        redirected_from: asked.filter(|asked| *asked != portrait.id),
        gender: portrait.gender,
        birth_date: portrait.birth_date,
        age: age(ctx, &portrait),
        phones: phones(conn, ctx, &portrait).await?,
        emails_masked: portrait.emails.iter().map(|address| email::mask(address)).collect(),
        records: records(conn, &portrait).await?,
        household: household(conn, ctx, &portrait).await?,
        owner: owner(conn, portrait.owner).await?,
        consents: consents(conn, &ords).await?,
        name: portrait.name,
    })
}

fn today<P>(ctx: &Ctx<P>) -> Date {
    ctx.now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn age<P>(ctx: &Ctx<P>, portrait: &Portrait) -> Option<i64> {
    portrait.birth_date.and_then(|date| birth::age(date, today(ctx)))
}

async fn phones<P>(conn: &impl ConnectionTrait, ctx: &Ctx<P>, portrait: &Portrait) -> Result<Vec<PersonPhone>> {
    let mut out = Vec::new();
    for (phone, role) in &portrait.phones {
        let hash = ctx.vault().blind(KeyKind::Phone.as_str(), &phone.number);
        let shared = *role == PhoneRole::Own && store::care::persons_with(conn, hash).await? > 1;
        out.push(PersonPhone {
            masked: phone::mask(&phone.number),
            role: if shared { "shared" } else { role.as_str() },
        });
    }
    Ok(out)
}

/// The records with the rules that join each to the others.
pub(crate) async fn records(conn: &impl ConnectionTrait, portrait: &Portrait) -> Result<Vec<PersonRecord>> {
    let ords: Vec<i64> = portrait.records.iter().map(|record| record.row.ord).collect();
    let mut evidence: BTreeMap<i64, BTreeSet<Rule>> = BTreeMap::new();
    for link in store::care::links(conn, &ords).await? {
        let Some(rule) = Rule::from_name(&link.rule) else { continue };
        for ord in [link.a, link.b] {
            evidence.entry(ord).or_default().insert(rule);
        }
    }
    let of = |record: &OpenRecord| evidence.get(&record.row.ord).map(|rules| rules.iter().copied().collect());
    portrait.records.iter().map(|one| record(one, of(one).unwrap_or_default())).collect()
}

/// One record, masked, with the rules that join it to others.
pub(crate) fn record(record: &OpenRecord, evidence: Vec<Rule>) -> Result<PersonRecord> {
    Ok(PersonRecord {
        ord: record.row.ord,
        id: record.row.id.parse()?,
        source_name: record.row.source_name.clone(),
        source_key: record.row.source_key.clone(),
        name: record.name(),
        phone_masked: record.normal.phones.first().map(|(phone, _)| phone::mask(&phone.number)),
        clinic_name: record.row.clinic_name.clone(),
        created_at: record.row.created_at,
        evidence,
    })
}

/// The people of the household the caller may see, if there is anybody besides the person.
async fn household(
    conn: &impl ConnectionTrait,
    ctx: &Ctx<ReadPeople>,
    portrait: &Portrait,
) -> Result<Option<Household>> {
    let persons = store::persons::of_household(conn, portrait.household, &ctx.scope().record_condition("v")).await?;
    if persons.len() < 2 {
        return Ok(None);
    }
    let members = Portrait::of_persons(conn, ctx, &persons).await?;
    let told: Vec<Member> = members.values().map(Portrait::member).collect();
    let (roles, key) = roles::family(&told, today(ctx));
    let anchor = store::identity::ids(conn, &[portrait.household]).await?.pop();
    let Some((_, anchor)) = anchor else { return Ok(None) };
    let view = |(at, (member, role)): (usize, (&Portrait, FamilyRole))| HouseholdMember {
        person_id: member.id,
        name: member.name.clone(),
        age: age(ctx, member),
        gender: member.gender,
        role,
        is_key_person: Some(at) == key,
    };
    Ok(Some(Household {
        id: HouseholdId::anchored_at(crate::facts::person_id(&anchor)?),
        members: members.values().zip(roles).enumerate().map(view).collect(),
    }))
}

async fn owner(conn: &impl ConnectionTrait, owner: Option<i64>) -> Result<Option<OwnerName>> {
    let Some(ord) = owner else { return Ok(None) };
    let found = store::persons::staff(conn, &[ord]).await?.pop();
    found.map(|row| Ok(OwnerName { staff_id: row.id.parse()?, name: row.name })).transpose()
}

/// The latest word on each channel.
pub(crate) async fn consents(conn: &impl ConnectionTrait, records: &[i64]) -> Result<Vec<Consent>> {
    let mut latest: BTreeMap<String, Consent> = BTreeMap::new();
    for row in store::care::consents(conn, records).await? {
        let consent = Consent { id: row.id.parse()?, channel: row.channel, state: row.state, at: row.created_at };
        latest.insert(consent.channel.clone(), consent);
    }
    Ok(latest.into_values().collect())
}

/// What happened to a person, newest first.
pub async fn timeline(
    db: &Db,
    ctx: &Ctx<ReadPeople>,
    reference: &str,
    kind: Option<&str>,
    request: &PageRequest,
) -> Result<Page<EventEntry>> {
    let portrait = visible(db.read(), ctx, reference).await?;
    let records: Vec<i64> = portrait.records.iter().map(|record| record.row.ord).collect();
    let page = careloop_events::timeline(db, ctx, &records, kind, request).await?;
    Ok(Page { items: careloop_events::entries(db.read(), page.items).await?, next: page.next })
}

/// The clear values of some fields. Who asked, for which fields and why goes to the audit log.
pub async fn reveal(
    db: &Db,
    ctx: &Ctx<RevealPeople>,
    reference: &str,
    fields: &[Field],
    why: &str,
) -> Result<Vec<Revealed>> {
    let why = reason(why)?;
    let portrait = visible(db.read(), ctx, reference).await?;
    let tx = db.begin().await?;
    let names: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
    careloop_access::audit::append(
        &*tx,
        ctx,
        "person.revealed",
        &portrait.id.to_string(),
        json!({ "fields": names, "reason": why }),
    )
    .await?;
    tx.commit().await?;
    Ok(fields.iter().map(|field| Revealed { field: *field, values: clear(&portrait, *field) }).collect())
}

fn clear(portrait: &Portrait, field: Field) -> Vec<String> {
    let mut values: Vec<String> = match field {
        Field::Phone => portrait
            .phones
            .iter()
            .map(|(phone, _)| phone.number.strip_prefix("+86").unwrap_or(&phone.number).to_owned())
            .collect(),
        Field::Email => portrait.emails.clone(),
        Field::IdCard => portrait.records.iter().filter_map(|record| record.fields.id_card.clone()).collect(),
        Field::Address => portrait
            .records
            .iter()
            .map(|record| one_line(&record.fields.address))
            .filter(|line| !line.is_empty())
            .collect(),
        Field::Attributes => portrait.records.iter().flat_map(|record| &record.attributes).map(told).collect(),
    };
    let mut seen = BTreeSet::new();
    values.retain(|value| seen.insert(value.clone()));
    values
}

/// `occupation: teacher`
fn told((name, value): (&String, &Value)) -> String {
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    format!("{name}: {value}")
}

fn one_line(address: &Address) -> String {
    let Address { street, suburb, city, region, postcode, country, text } = address;
    [text, street, suburb, city, region, postcode, country]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}
