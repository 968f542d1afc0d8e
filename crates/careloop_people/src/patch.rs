//! What an `identify` call adds to a record that is known.
//!
//! Calls arrive in any order, so each part of a record remembers when it was said, and what an older call says of a part
//! counts only where nothing newer is known of it.

use crate::model::{Address, IncomingRecord, RecordFields, Said};

/// The parts of an address.
const ADDRESS: [&str; 7] = [
    "address.street",
    "address.suburb",
    "address.city",
    "address.region",
    "address.postcode",
    "address.country",
    "address.text",
];
/// A name comes as one text or in parts; whatever its form, it is one part of the record.
const NAME: [&str; 3] = ["name", "given_name", "surname"];

impl IncomingRecord {
    /// The same, with this as the instant at which everything in it was said, in microseconds.
    #[must_use]
    pub fn said_at(mut self, at: i64) -> Self {
        if self.cleared.contains(&"address") {
            self.cleared.retain(|name| *name != "address");
            self.cleared.extend(ADDRESS);
        }
        self.said = mentioned(&self).into_iter().map(|part| (part, at)).collect();
        self
    }

    /// What this and then `later` say of one record. Of each part the newer counts, whichever of the two it stands in.
    #[must_use]
    pub fn followed_by(self, later: Self) -> Self {
        apply(self, later)
    }
}

/// The old record with what the new row says on top of it.
pub(crate) fn apply(old: IncomingRecord, mut new: IncomingRecord) -> IncomingRecord {
    drop_outdated(&old.said, &mut new);
    let mut attributes = old.attributes;
    attributes.extend(new.attributes);
    let mut known = old.fields;
    new.cleared.iter().for_each(|name| clear(&mut known, name));
    let mut cleared = old.cleared;
    cleared.extend(new.cleared);
    let mut said = old.said;
    said.extend(new.said);
    IncomingRecord {
        source_key: new.source_key,
        fields: fields(known, new.fields),
        clinic: new.clinic.or(old.clinic),
        created_at: new.created_at.or(old.created_at),
        attributes,
        cleared,
        said,
    }
}

/// The names of the parts that a row says something of, be it that there is nothing.
fn mentioned(row: &IncomingRecord) -> Vec<String> {
    let RecordFields { address, .. } = &row.fields;
    let fields = [
        (NAME[0], row.fields.name.is_some() || row.fields.given_name.is_some() || row.fields.surname.is_some()),
        ("phones", !row.fields.phones.is_empty()),
        ("emails", !row.fields.emails.is_empty()),
        ("gender", row.fields.gender.is_some()),
        ("birth_date", row.fields.birth_date.is_some() || row.fields.birth_date_text.is_some()),
        ("id_card", row.fields.id_card.is_some()),
        ("wecom_external_id", row.fields.wecom_external_id.is_some()),
        ("union_id", row.fields.union_id.is_some()),
        ("guardian_name", row.fields.guardian_name.is_some()),
        ("guardian_phone", row.fields.guardian_phone.is_some()),
        ("clinic", row.clinic.is_some()),
        ("created_at", row.created_at.is_some()),
    ];
    let parts = [
        &address.street,
        &address.suburb,
        &address.city,
        &address.region,
        &address.postcode,
        &address.country,
        &address.text,
    ];
    let fields = fields.into_iter().filter_map(|(name, there)| there.then_some(name));
    let address = ADDRESS.into_iter().zip(parts).filter_map(|(name, part)| part.is_some().then_some(name));
    let cleared = row.cleared.iter().map(|name| if NAME.contains(name) { NAME[0] } else { *name });
    let identifiers = row.fields.identifiers.keys().map(|kind| format!("identifiers.{kind}"));
    let attributes = row.attributes.keys().map(|name| format!("attributes.{name}"));
    fields.chain(address).chain(cleared).map(str::to_owned).chain(identifiers).chain(attributes).collect()
}

/// Takes out of a row what was said before what is known.
fn drop_outdated(known: &Said, new: &mut IncomingRecord) {
    let is_outdated = |(part, at): (&String, &i64)| known.get(part).is_some_and(|known| known > at);
    let outdated: Vec<String> =
        new.said.iter().filter(|said| is_outdated(*said)).map(|(part, _)| part.clone()).collect();
    for part in outdated {
        new.said.remove(&part);
        forget(new, &part);
    }
}

/// Makes a row say nothing of a part, not even that it is empty.
fn forget(row: &mut IncomingRecord, part: &str) {
    match part.split_once('.') {
        Some(("identifiers", kind)) => drop(row.fields.identifiers.remove(kind)),
        Some(("attributes", name)) => drop(row.attributes.remove(name)),
        _ if part == "clinic" => row.clinic = None,
        _ if part == "created_at" => row.created_at = None,
        _ if part == NAME[0] => {
            NAME.iter().for_each(|name| clear(&mut row.fields, name));
            row.cleared.retain(|name| !NAME.contains(name));
        }
        _ => {
            clear(&mut row.fields, part);
            row.cleared.retain(|name| *name != part);
        }
    }
}

/// Empties one field; a name without a field empties nothing.
fn clear(fields: &mut RecordFields, name: &str) {
    let address = &mut fields.address;
    match name {
        "name" => fields.name = None,
        "given_name" => fields.given_name = None,
        "surname" => fields.surname = None,
        "phones" => fields.phones.clear(),
        "emails" => fields.emails.clear(),
        "gender" => fields.gender = None,
        "birth_date" => (fields.birth_date, fields.birth_date_text) = (None, None),
        "id_card" => fields.id_card = None,
        "wecom_external_id" => fields.wecom_external_id = None,
        "union_id" => fields.union_id = None,
        "address" => *address = Address::default(),
        "address.street" => address.street = None,
        "address.suburb" => address.suburb = None,
        "address.city" => address.city = None,
        "address.region" => address.region = None,
        "address.postcode" => address.postcode = None,
        "address.country" => address.country = None,
        "address.text" => address.text = None,
        "guardian_name" => fields.guardian_name = None,
        "guardian_phone" => fields.guardian_phone = None,
        _ => {}
    }
}

fn fields(old: RecordFields, new: RecordFields) -> RecordFields {
    // The newer form of a name stands for the whole.
    let renamed = new.name.is_some() || new.given_name.is_some() || new.surname.is_some();
    let (name, given_name, surname) =
        if renamed { (new.name, new.given_name, new.surname) } else { (old.name, old.given_name, old.surname) };
    let born = new.birth_date.is_some() || new.birth_date_text.is_some();
    let (birth_date, birth_date_text) =
        if born { (new.birth_date, new.birth_date_text) } else { (old.birth_date, old.birth_date_text) };
    let mut identifiers = old.identifiers;
    identifiers.extend(new.identifiers);
    RecordFields {
        name,
        given_name,
        surname,
        phones: if new.phones.is_empty() { old.phones } else { new.phones },
        emails: if new.emails.is_empty() { old.emails } else { new.emails },
        gender: new.gender.or(old.gender),
        birth_date,
        birth_date_text,
        id_card: new.id_card.or(old.id_card),
        wecom_external_id: new.wecom_external_id.or(old.wecom_external_id),
        union_id: new.union_id.or(old.union_id),
        address: address(old.address, new.address),
        guardian_name: new.guardian_name.or(old.guardian_name),
        guardian_phone: new.guardian_phone.or(old.guardian_phone),
        identifiers,
        bad: if new.bad.is_empty() { old.bad } else { new.bad },
    }
}

fn address(old: Address, new: Address) -> Address {
    Address {
        street: new.street.or(old.street),
        suburb: new.suburb.or(old.suburb),
        city: new.city.or(old.city),
        region: new.region.or(old.region),
        postcode: new.postcode.or(old.postcode),
        country: new.country.or(old.country),
        text: new.text.or(old.text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_is_not_mentioned_stays() {
        let old = IncomingRecord {
            fields: RecordFields {
                name: Some("王小明".into()),
                emails: vec!["a@b.cn".into()],
                ..RecordFields::default()
            },
            clinic: Some(3),
            ..IncomingRecord::default()
        };
        let new = IncomingRecord {
            source_key: "u1".into(),
            fields: RecordFields { emails: vec!["c@d.cn".into()], ..RecordFields::default() },
            ..IncomingRecord::default()
        };
        let patched = apply(old.clone(), new);
        assert_eq!(patched.fields.name.as_deref(), Some("王小明"));
        assert_eq!(patched.fields.emails, ["c@d.cn"]);
        assert_eq!(patched.clinic, Some(3));
        let cleared = apply(old, IncomingRecord { cleared: vec!["emails"], ..IncomingRecord::default() });
        assert!(cleared.fields.emails.is_empty() && cleared.fields.name.is_some());
    }

    /// Four calls that speak of the same parts, each at its minute.
    fn calls() -> Vec<IncomingRecord> {
        let call = |at: i64, fields: RecordFields, attributes: Value, cleared: &[&'static str]| {
            let attributes = attributes.as_object().unwrap().clone();
            IncomingRecord { fields, attributes, cleared: cleared.to_vec(), ..IncomingRecord::default() }.said_at(at)
        };
        let address = |city: &str, street: &str| Address {
            city: (!city.is_empty()).then(|| city.into()),
            street: (!street.is_empty()).then(|| street.into()),
            ..Address::default()
        };
        let first = RecordFields {
            name: Some("王小明".into()),
            emails: vec!["a@b.cn".into()],
            address: address("上海", "南京路"),
            identifiers: [("crm".to_owned(), "1".to_owned())].into(),
            ..RecordFields::default()
        };
        let last = RecordFields {
            given_name: Some("晓明".into()),
            identifiers: [("crm".to_owned(), "2".to_owned())].into(),
            ..RecordFields::default()
        };
        vec![
            call(1, first, json!({ "plan": "洗牙", "level": 1 }), &[]),
            call(2, RecordFields::default(), json!({ "plan": "正畸" }), &["emails", "address"]),
            call(
                3,
                RecordFields { address: address("北京", ""), ..RecordFields::default() },
                json!({ "level": null }),
                &[],
            ),
            call(4, last, json!({}), &[]),
        ]
    }

    #[test]
    fn whatever_the_order_of_arrival_the_newest_counts() {
        let orders = [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1], [3, 0, 1, 2]];
        let whole = |order: [usize; 4], from: usize| {
            let calls = calls();
            let mut calls = order.into_iter().map(|index| calls[index].clone()).collect::<Vec<_>>();
            // What stands in one batch is added up before it meets the record.
            let batch = calls.split_off(from).into_iter().reduce(IncomingRecord::followed_by);
            calls.into_iter().chain(batch).fold(IncomingRecord::default(), apply)
        };
        for (order, from) in orders.into_iter().flat_map(|order| (0..4).map(move |from| (order, from))) {
            let known = whole(order, from);
            let RecordFields { name, given_name, emails, address, identifiers, .. } = &known.fields;
            assert!(name.is_none() && given_name.as_deref() == Some("晓明"), "{order:?}, {from}");
            assert!(emails.is_empty() && address.street.is_none(), "{order:?}, {from}");
            assert!(address.city.as_deref() == Some("北京") && identifiers["crm"] == "2", "{order:?}, {from}");
            assert_eq!(known.attributes.get("plan"), Some(&json!("正畸")), "{order:?}, {from}");
            assert!(known.attributes.get("level").is_none_or(Value::is_null), "{order:?}, {from}");
        }
    }
}
