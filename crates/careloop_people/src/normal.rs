//! A record in its normal form: everything readable, read once. Keys and features are made from it.

use jiff::civil::Date;

use crate::model::{Gender, PhoneRole, RecordFields, redacted};
use crate::text::id_card::IdCard;
use crate::text::name::PersonName;
use crate::text::phone::Phone;
use crate::text::{address, birth, email, id_card, name, phone};

/// The normal form of a record's fields.
#[derive(Clone, Default)]
pub(crate) struct Normal {
    pub name: PersonName,
    pub guardian: PersonName,
    pub phones: Vec<(Phone, PhoneRole)>,
    pub emails: Vec<String>,
    pub id_card: Option<IdCard>,
    /// The card's digits before the check letter, and whether that holds.
    pub card_digits: Option<(u64, bool)>,
    pub union_id: Option<String>,
    pub wecom: Option<String>,
    /// Kind and value, the value squeezed to letters and digits.
    pub identifiers: Vec<(String, String)>,
    pub gender: Option<Gender>,
    /// The birth date where it is evidence.
    pub birth: Option<Date>,
    pub postcode: String,
    pub suburb: String,
    pub street: String,
}

redacted!(Normal);

impl Normal {
    /// Reads the fields; those listed in `bad` are left out.
    pub fn of(fields: &RecordFields) -> Self {
        let good = |field: &str| !fields.bad.iter().any(|bad| bad == field);
        let card = fields.id_card.as_deref().filter(|_| good("id_card")).and_then(id_card::parse);
        let given_birth = fields.birth_date.filter(|date| good("birth_date") && birth::is_evidence(*date));
        let birth = card.as_ref().map(|card| card.birth).or(given_birth);
        let name = name::parse(fields.name.as_deref(), fields.given_name.as_deref(), fields.surname.as_deref());
        let place = |text: &Option<String>| text.as_deref().map(address::squeeze).unwrap_or_default();
        let street = fields.address.street.as_ref().or(fields.address.text.as_ref());
        Self {
            // Nobody gives the birth date of a nickname: on such a record the text is a name, if an uncommon one.
            name: if birth.is_some() { name.on_a_file() } else { name },
            guardian: name::parse(fields.guardian_name.as_deref(), None, None),
            phones: phones(fields),
            emails: fields.emails.iter().filter_map(|text| email::parse(text)).collect(),
            gender: fields.gender.or(card.as_ref().map(|card| card.gender)),
            birth,
            card_digits: card
                .as_ref()
                .map(|card| (id_card::digits(&card.number), true))
                .or_else(|| Some((id_card::digits_of_text(fields.id_card.as_deref()?)?, false))),
            id_card: card,
            union_id: opaque(fields.union_id.as_deref()),
            wecom: opaque(fields.wecom_external_id.as_deref()),
            identifiers: identifiers(fields),
            postcode: place(&fields.address.postcode),
            suburb: place(&fields.address.suburb),
            street: street.map(|text| address::door(text)).unwrap_or_default(),
        }
    }

    /// Whether it is the record of somebody in another's care.
    pub fn has_guardian(&self) -> bool {
        self.guardian.is_evidence() || self.phones.iter().any(|(_, role)| *role == PhoneRole::Parent)
    }
}

/// Numbers in the record's order, each once; the guardian's last.
fn phones(fields: &RecordFields) -> Vec<(Phone, PhoneRole)> {
    let mut out: Vec<(Phone, PhoneRole)> = Vec::new();
    let guardian = fields.guardian_phone.as_deref().and_then(phone::parse);
    for number in &fields.phones {
        let Some(read) = phone::parse(&number.text) else { continue };
        let role = if guardian.as_ref() == Some(&read) { PhoneRole::Parent } else { number.role };
        if !out.iter().any(|(known, _)| *known == read) {
            out.push((read, role));
        }
    }
    if let Some(read) = guardian.filter(|read| !out.iter().any(|(known, _)| known == read)) {
        out.push((read, PhoneRole::Parent));
    }
    out
}

/// Ids that other systems give out: compared letter by letter, fillers left out.
fn opaque(text: Option<&str>) -> Option<String> {
    let text = text?.trim();
    let filler =
        text.len() < 4 || text.chars().all(|letter| matches!(letter, '0' | '-')) || text.eq_ignore_ascii_case("null");
    (!filler).then(|| text.to_owned())
}

fn identifiers(fields: &RecordFields) -> Vec<(String, String)> {
    let read = |(kind, text): (&String, &String)| {
        let value = address::squeeze(text);
        let same = value.chars().all(|letter| value.starts_with(letter));
        (value.len() >= 4 && !same).then(|| (kind.clone(), value))
    };
    fields.identifiers.iter().filter_map(read).collect()
}
