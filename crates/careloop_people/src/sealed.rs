//! How a record's personal data is stored: JSON, sealed under the record's own key.
//!
//! The format is readable for ever: fields may be added, none is renamed.

use std::collections::BTreeMap;

use careloop_kernel::{Error, Result, Seal, Vault};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::{Address, Gender, PhoneNumber, PhoneRole, RecordFields, Said};

const CONTEXT: &str = "record";

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Sealed {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    surname: Option<String>,
    /// Text and role.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    phones: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    emails: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_card: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wecom_external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    union_id: Option<String>,
    /// street, suburb, city, region, postcode, country, text
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    address: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guardian_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guardian_phone: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    identifiers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bad: Vec<String>,
    /// What the source says beyond identity. Nobody can tell what a column nobody knows holds, so it is sealed too.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, Value>,
    /// When the parts were said, for records that calls add to.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    said: Said,
}

/// Fields and attributes as JSON: what a record says. An attribute that is null is none.
pub(crate) fn to_json(fields: &RecordFields, attributes: &Map<String, Value>) -> Result<Vec<u8>> {
    to_json_with(fields, attributes, &Said::new())
}

/// The same with the instants at which it was said, before sealing.
pub(crate) fn to_json_with(fields: &RecordFields, attributes: &Map<String, Value>, said: &Said) -> Result<Vec<u8>> {
    let told = attributes.iter().filter(|(_, value)| !value.is_null());
    let attributes = told.map(|(name, value)| (name.clone(), value.clone())).collect();
    let whole = Sealed { attributes, said: said.clone(), ..Sealed::from(fields) };
    serde_json::to_vec(&whole).map_err(Error::internal)
}

/// Seals what [`to_json`] or [`to_json_with`] gave.
pub(crate) fn seal(vault: &Vault, salt: [u8; 16], nonce: [u8; 12], json: &[u8]) -> Result<Vec<u8>> {
    vault.seal(Seal(salt), nonce, CONTEXT, json)
}

/// Opens a record's fields; none when the record was erased or never had any.
pub(crate) fn open(vault: &Vault, salt: Option<&[u8]>, sealed: Option<&[u8]>) -> Result<Option<RecordFields>> {
    Ok(unseal(vault, salt, sealed)?.map(RecordFields::from))
}

/// Everything that is sealed of a record; empty when it was erased or never had any.
#[derive(Clone, Default)]
pub(crate) struct Whole {
    pub(crate) fields: RecordFields,
    pub(crate) attributes: Map<String, Value>,
    pub(crate) said: Said,
}

/// Opens all of it.
pub(crate) fn open_whole(vault: &Vault, salt: Option<&[u8]>, sealed: Option<&[u8]>) -> Result<Whole> {
    let mut whole = unseal(vault, salt, sealed)?.unwrap_or_default();
    let attributes = std::mem::take(&mut whole.attributes).into_iter().collect();
    let said = std::mem::take(&mut whole.said);
    Ok(Whole { fields: whole.into(), attributes, said })
}

fn unseal(vault: &Vault, salt: Option<&[u8]>, sealed: Option<&[u8]>) -> Result<Option<Sealed>> {
    let (Some(salt), Some(sealed)) = (salt, sealed) else { return Ok(None) };
    let json = vault.open(Seal::from_slice(salt)?, CONTEXT, sealed)?;
    serde_json::from_slice(&json).map(Some).map_err(Error::internal)
}

impl From<&RecordFields> for Sealed {
    fn from(fields: &RecordFields) -> Self {
        Self {
            name: fields.name.clone(),
            given_name: fields.given_name.clone(),
            surname: fields.surname.clone(),
            phones: fields.phones.iter().map(|phone| (phone.text.clone(), phone.role.as_str().to_owned())).collect(),
            emails: fields.emails.clone(),
            gender: fields.gender.map(|gender| gender.as_str().to_owned()),
            birth_date: fields.birth_date,
            birth_date_text: fields.birth_date_text.clone(),
            id_card: fields.id_card.clone(),
            wecom_external_id: fields.wecom_external_id.clone(),
            union_id: fields.union_id.clone(),
            address: parts(&fields.address),
            guardian_name: fields.guardian_name.clone(),
            guardian_phone: fields.guardian_phone.clone(),
            identifiers: fields.identifiers.clone(),
            bad: fields.bad.clone(),
            attributes: BTreeMap::new(),
            said: Said::new(),
        }
    }
}

impl From<Sealed> for RecordFields {
    fn from(mut sealed: Sealed) -> Self {
        let phone = |(text, role): (String, String)| PhoneNumber { text, role: PhoneRole::from_name(&role) };
        let mut part = |name: &str| sealed.address.remove(name);
        let address = Address {
            street: part("street"),
            suburb: part("suburb"),
            city: part("city"),
            region: part("region"),
            postcode: part("postcode"),
            country: part("country"),
            text: part("text"),
        };
        Self {
            name: sealed.name,
            given_name: sealed.given_name,
            surname: sealed.surname,
            phones: sealed.phones.into_iter().map(phone).collect(),
            emails: sealed.emails,
            gender: sealed.gender.and_then(|text| text.parse::<Gender>().ok()),
            birth_date: sealed.birth_date,
            birth_date_text: sealed.birth_date_text,
            id_card: sealed.id_card,
            wecom_external_id: sealed.wecom_external_id,
            union_id: sealed.union_id,
            address,
            guardian_name: sealed.guardian_name,
            guardian_phone: sealed.guardian_phone,
            identifiers: sealed.identifiers,
            bad: sealed.bad,
        }
    }
}

fn parts(address: &Address) -> BTreeMap<String, String> {
    [
        ("street", &address.street),
        ("suburb", &address.suburb),
        ("city", &address.city),
        ("region", &address.region),
        ("postcode", &address.postcode),
        ("country", &address.country),
        ("text", &address.text),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_survive_sealing() {
        let fields = RecordFields {
            name: Some("王小明".into()),
            phones: vec![PhoneNumber { text: "139 1234 5670".into(), role: PhoneRole::Parent }],
            gender: Some(Gender::Male),
            birth_date: Some("2015-03-12".parse().unwrap()),
            address: Address { postcode: Some("100000".into()), ..Address::default() },
            identifiers: [("social_security".to_owned(), "1234567".to_owned())].into(),
            bad: vec!["id_card".into()],
            ..RecordFields::default()
        };
        let vault = Vault::new(&[7; 32]);
        let attributes = Map::from_iter([("nickname".to_owned(), "小雨妈妈".into()), ("left".to_owned(), Value::Null)]);
        let sealed = seal(&vault, [1; 16], [2; 12], &to_json(&fields, &attributes).unwrap()).unwrap();
        let whole = open_whole(&vault, Some(&[1; 16]), Some(&sealed)).unwrap();
        assert!(whole.fields == fields && whole.said.is_empty());
        assert!(whole.attributes == Map::from_iter([("nickname".to_owned(), "小雨妈妈".into())]));
        assert!(open(&vault, Some(&[1; 16]), Some(&sealed)).unwrap() == Some(fields));
        assert!(open(&vault, None, Some(&sealed)).unwrap().is_none(), "without its salt it is gone");
    }

    #[test]
    fn the_oldest_format_is_read() {
        let json = r#"{"name":"王小明","phones":[["13912345670","own"]],"birth_date":"2015-03-12","later":1}"#;
        let fields: RecordFields = serde_json::from_str::<Sealed>(json).unwrap().into();
        assert_eq!(fields.birth_date.unwrap().to_string(), "2015-03-12");
        assert_eq!(fields.phones[0].role, PhoneRole::Own);
    }
}
