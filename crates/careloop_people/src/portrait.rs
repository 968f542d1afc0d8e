//! A person in the clear, inside the process: the best of what their records say.

use std::collections::{BTreeMap, BTreeSet};

use careloop_db::ConnectionTrait;
use careloop_kernel::ids::PersonId;
use careloop_kernel::{Ctx, Error, Result};
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::facts::person_id;
use crate::identity::names::NameForm;
use crate::identity::roles::Member;
use crate::model::{Gender, PhoneRole, RecordFields, redacted};
use crate::normal::Normal;
use crate::store::persons::PersonRow;
use crate::text::name::NameKind;
use crate::text::phone::Phone;
use crate::text::{birth, is_han};
use crate::{sealed, store};

/// A record and what it says.
#[derive(Clone)]
pub(crate) struct OpenRecord {
    pub row: PersonRow,
    pub fields: RecordFields,
    pub attributes: Map<String, Value>,
    pub normal: Normal,
}

/// A person in the clear.
#[derive(Clone)]
pub(crate) struct Portrait {
    pub person: i64,
    pub id: PersonId,
    pub household: i64,
    pub name: String,
    pub gender: Option<Gender>,
    pub birth_date: Option<Date>,
    /// Own numbers first, then a parent's, then an agency's.
    pub phones: Vec<(Phone, PhoneRole)>,
    pub emails: Vec<String>,
    pub clinic_names: BTreeSet<String>,
    pub owner: Option<i64>,
    pub has_guardian: bool,
    pub records: Vec<OpenRecord>,
}

redacted!(OpenRecord, Portrait);

impl OpenRecord {
    fn open<P>(ctx: &Ctx<P>, row: PersonRow) -> Result<Self> {
        let whole = sealed::open_whole(ctx.vault(), row.salt.as_deref(), row.sealed.as_deref())?;
        let sealed::Whole { fields, attributes, .. } = whole;
        let normal = Normal::of(&fields);
        Ok(Self { row, fields, attributes, normal })
    }

    /// The name as people read it: as it was written, not as it is compared.
    pub fn name(&self) -> String {
        let RecordFields { name, given_name, surname, .. } = &self.fields;
        let text = |part: &Option<String>| part.as_deref().unwrap_or_default().trim().to_owned();
        let (whole, given, surname) = (text(name), text(given_name), text(surname));
        match () {
            () if !whole.is_empty() => whole,
            () if given.chars().chain(surname.chars()).any(is_han) => format!("{surname}{given}"),
            () => [given, surname]
                .into_iter()
                .filter(|part| !part.is_empty())
                .map(|part| capitalised(&part))
                .collect::<Vec<_>>()
                .join(" "),
        }
    }

    /// Real names before nicknames before nothing.
    fn name_rank(&self) -> u8 {
        match self.normal.name.kind {
            NameKind::Han => 0,
            NameKind::Latin if !self.normal.name.given.is_empty() && !self.normal.name.surname.is_empty() => 0,
            NameKind::Latin => 1,
            NameKind::Alias => 2,
            NameKind::Missing => 3,
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

impl Portrait {
    /// One of the person's records.
    pub fn record(&self, ord: i64) -> Option<&OpenRecord> {
        self.records.iter().find(|record| record.row.ord == ord)
    }

    /// What roles in a household follow from.
    pub fn member(&self) -> Member {
        let phones = |owned: bool| {
            let asked = self.phones.iter().filter(move |(phone, role)| {
                phone.is_evidence() && *role != PhoneRole::Agency && (*role == PhoneRole::Own) == owned
            });
            asked.map(|(phone, _)| phone.number.clone()).collect()
        };
        let normals = || self.records.iter().map(|record| &record.normal);
        let guardians = normals().filter(|normal| normal.guardian.is_evidence() && normal.guardian != normal.name);
        Member {
            person: self.person,
            birth: self.birth_date.filter(|date| birth::is_evidence(*date)),
            gender: self.gender,
            in_care: self.has_guardian,
            names: normals().map(|normal| NameForm::of(normal.name.clone())).collect(),
            guardians: guardians.map(|normal| NameForm::of(normal.guardian.clone())).collect(),
            own_phones: phones(true),
            guardian_phones: phones(false),
        }
    }

    /// The persons of these numbers.
    pub async fn of_persons<P>(
        connection: &impl ConnectionTrait,
        ctx: &Ctx<P>,
        persons: &[i64],
    ) -> Result<BTreeMap<i64, Self>> {
        let mut groups: BTreeMap<i64, Vec<OpenRecord>> = BTreeMap::new();
        for row in store::persons::with_names(connection, persons).await? {
            groups.entry(row.person).or_default().push(OpenRecord::open(ctx, row)?);
        }
        groups.into_iter().map(|(person, records)| Ok((person, Self::of_records(records)?))).collect()
    }

    fn of_records(records: Vec<OpenRecord>) -> Result<Self> {
        let anchor = records.first().ok_or_else(|| Error::internal("a person without records"))?;
        let births = || records.iter().filter_map(|record| record.fields.birth_date.or(record.normal.birth));
        let named = records.iter().min_by_key(|record| record.name_rank()).filter(|record| record.name_rank() < 3);
        let mut phones: Vec<(Phone, PhoneRole)> = Vec::new();
        for (phone, role) in records.iter().flat_map(|record| &record.normal.phones) {
            match phones.iter_mut().find(|(known, _)| known == phone) {
                Some((_, known)) if order(*role) < order(*known) => *known = *role,
                Some(_) => {}
                None => phones.push((phone.clone(), *role)),
            }
        }
        phones.sort_by_key(|(phone, role)| (!phone.is_evidence(), order(*role)));
        let mut emails: Vec<String> = Vec::new();
        for email in records.iter().flat_map(|record| &record.normal.emails) {
            if !emails.contains(email) {
                emails.push(email.clone());
            }
        }
        Ok(Self {
            person: anchor.row.person,
            id: person_id(&anchor.row.id)?,
            household: anchor.row.household,
            name: named.map(OpenRecord::name).unwrap_or_default(),
            gender: records.iter().find_map(|record| record.normal.gender),
            birth_date: births().find(|date| birth::is_evidence(*date)).or_else(|| births().next()),
            phones,
            emails,
            clinic_names: records.iter().filter_map(|record| record.row.clinic_name.clone()).collect(),
            owner: records.iter().find_map(|record| record.row.owner),
            has_guardian: records.iter().any(|record| record.normal.has_guardian()),
            records,
        })
    }
}

fn order(role: PhoneRole) -> u8 {
    match role {
        PhoneRole::Own => 0,
        PhoneRole::Parent => 1,
        PhoneRole::Agency => 2,
    }
}
