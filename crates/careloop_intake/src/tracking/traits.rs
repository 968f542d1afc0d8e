//! From traits to a record: what says who somebody is goes to the fields, the rest to the attributes; both are sealed. Pure.

use careloop_people::{Address, Gender, IncomingRecord, PhoneNumber, PhoneRole, RecordFields};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::clock;

/// What one call said of somebody: traits, and ids of other systems by kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Declared {
    /// When it was said.
    pub(crate) at: Timestamp,
    /// Traits as they came; null removes one.
    pub(crate) traits: Map<String, Value>,
    /// Kind and value.
    pub(crate) external_ids: Vec<(String, String)>,
}

/// The record that this says something about.
pub(crate) fn to_record(source_key: String, declared: Declared) -> IncomingRecord {
    let mut traits = declared.traits;
    let created_at = take(&mut traits, &["createdAt", "created_at"]).as_ref().and_then(clock::read);
    let cleared = cleared(&traits);
    let mut fields = fields(&mut traits);
    for (kind, value) in declared.external_ids {
        match kind.as_str() {
            "unionid" | "union_id" => fields.union_id = Some(value),
            "external_userid" | "wecom_external_id" => fields.wecom_external_id = Some(value),
            _ => {
                fields.identifiers.insert(kind, value);
            }
        }
    }
    let record =
        IncomingRecord { source_key, fields, created_at, attributes: traits, cleared, ..IncomingRecord::default() };
    record.said_at(declared.at.as_microsecond())
}

/// The sealed fields, and how senders spell their traits.
const SPELLINGS: &[(&str, &[&str])] = &[
    ("name", &["name", "fullName", "full_name", "姓名"]),
    ("given_name", &["firstName", "first_name", "firstname", "givenName", "given_name"]),
    ("surname", &["lastName", "last_name", "lastname", "surname", "familyName", "family_name"]),
    ("phones", &["phone", "mobile", "phoneNumber", "phone_number", "tel", "手机", "手机号", "电话"]),
    ("emails", &["email", "mail", "邮箱"]),
    ("gender", &["gender", "sex", "性别"]),
    ("birth_date", &["birthday", "birthDate", "birth_date", "dateOfBirth", "dob", "生日", "出生日期"]),
    ("id_card", &["idCard", "id_card", "idNumber", "身份证", "身份证号"]),
    ("wecom_external_id", &["external_userid", "externalUserId", "wecomExternalId", "wecom_external_id"]),
    ("union_id", &["unionid", "unionId", "union_id"]),
    ("address", &["address", "地址"]),
    ("guardian_name", &["guardianName", "guardian_name"]),
    ("guardian_phone", &["guardianPhone", "guardian_phone"]),
];

fn spellings(field: &str) -> &'static [&'static str] {
    SPELLINGS.iter().find(|(name, _)| *name == field).map_or(&[], |(_, names)| names)
}

/// The fields that a null empties.
fn cleared(traits: &Map<String, Value>) -> Vec<&'static str> {
    let is_null = |names: &[&str]| names.iter().any(|name| traits.get(*name).is_some_and(Value::is_null));
    SPELLINGS.iter().filter(|(_, names)| is_null(names)).map(|(field, _)| *field).collect()
}

fn fields(traits: &mut Map<String, Value>) -> RecordFields {
    let mut text = |field: &str| take(traits, spellings(field)).and_then(into_text);
    let birth = text("birth_date");
    let mut fields = RecordFields {
        name: text("name"),
        given_name: text("given_name"),
        surname: text("surname"),
        phones: text("phones").map(|text| PhoneNumber { text, role: PhoneRole::Own }).into_iter().collect(),
        emails: text("emails").into_iter().collect(),
        gender: text("gender").as_deref().and_then(read_gender),
        id_card: text("id_card"),
        wecom_external_id: text("wecom_external_id"),
        union_id: text("union_id"),
        guardian_name: text("guardian_name"),
        guardian_phone: text("guardian_phone"),
        ..RecordFields::default()
    };
    if let Some(text) = birth {
        match text.get(..10).unwrap_or(&text).parse::<Date>() {
            Ok(date) => fields.birth_date = Some(date),
            Err(_) => fields.birth_date_text = Some(text),
        }
    }
    if let Some(value) = take(traits, spellings("address")) {
        fields.address = read_address(value);
    }
    fields
}

fn take(traits: &mut Map<String, Value>, names: &[&str]) -> Option<Value> {
    let mut found = None;
    for name in names {
        // Every spelling is taken out; the first that says something counts.
        let value = traits.remove(*name).filter(|value| !value.is_null());
        found = found.or(value);
    }
    found
}

fn into_text(value: Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn read_gender(text: &str) -> Option<Gender> {
    match text.to_lowercase().as_str() {
        "male" | "m" | "man" | "男" => Some(Gender::Male),
        "female" | "f" | "woman" | "女" => Some(Gender::Female),
        _ => None,
    }
}

fn read_address(value: Value) -> Address {
    match value {
        Value::Object(mut parts) => {
            let mut part = |names: &[&str]| take(&mut parts, names).and_then(into_text);
            Address {
                street: part(&["street", "line1"]),
                suburb: part(&["suburb", "district"]),
                city: part(&["city"]),
                region: part(&["region", "state", "province"]),
                postcode: part(&["postalCode", "postal_code", "postcode", "zip"]),
                country: part(&["country"]),
                text: None,
            }
        }
        other => Address { text: into_text(other), ..Address::default() },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(traits: Value) -> IncomingRecord {
        let Value::Object(traits) = traits else { return IncomingRecord::default() };
        to_record("u1".to_owned(), Declared { traits, ..Declared::default() })
    }

    #[test]
    fn traits_that_say_who_somebody_is_are_fields_and_the_rest_attributes() {
        let record = record(json!({
            "name": "张三", "phone": 13_800_138_000_u64, "email": " a@b.cn ", "gender": "女", "birthday": "1990-02-03T00:00:00Z",
            "address": { "city": "上海", "state": "上海市", "postalCode": 200_000 }, "unionid": "oXy",
            "createdAt": "2025-01-01T00:00:00Z", "plan": "正畸", "avatar": "https://x/y.png", "score": 3,
        }));
        let fields = &record.fields;
        assert!(fields.name.as_deref() == Some("张三") && fields.phones[0].text == "13800138000");
        assert!(fields.emails == ["a@b.cn"] && fields.gender == Some(Gender::Female));
        assert_eq!(fields.birth_date, Some("1990-02-03".parse().unwrap()));
        assert!(fields.address.city.as_deref() == Some("上海") && fields.address.postcode.as_deref() == Some("200000"));
        assert!(fields.union_id.as_deref() == Some("oXy") && record.created_at.is_some());
        assert_eq!(
            Value::Object(record.attributes),
            json!({ "avatar": "https://x/y.png", "plan": "正畸", "score": 3 })
        );
    }

    #[test]
    fn what_cannot_be_read_is_kept_as_text_or_left_out() {
        let record =
            record(json!({ "birthday": "三月", "gender": "x", "phone": { "a": 1 }, "mobile": null, "plan": null }));
        assert!(record.fields.birth_date_text.as_deref() == Some("三月") && record.fields.gender.is_none());
        assert!(record.fields.phones.is_empty());
        assert_eq!(record.cleared, ["phones"]);
        assert_eq!(Value::Object(record.attributes), json!({ "plan": null }), "null says that it is to be removed");
    }

    #[test]
    fn ids_of_other_systems_are_identifiers() {
        let external_ids = vec![("unionid".to_owned(), "oA".to_owned()), ("crm".to_owned(), "77".to_owned())];
        let record = to_record("u".to_owned(), Declared { external_ids, ..Declared::default() });
        assert!(record.fields.union_id.as_deref() == Some("oA"));
        assert!(record.fields.identifiers.get("crm").map(String::as_str) == Some("77"));
    }
}
