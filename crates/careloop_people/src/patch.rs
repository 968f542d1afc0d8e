//! What an `identify` call adds to a record that is known.

use crate::model::{Address, IncomingRecord, RecordFields};

/// The old record with what the new row says on top of it.
pub(crate) fn apply(old: IncomingRecord, new: IncomingRecord) -> IncomingRecord {
    let mut attributes = old.attributes;
    attributes.extend(new.attributes);
    let mut known = old.fields;
    new.cleared.iter().for_each(|name| clear(&mut known, name));
    IncomingRecord {
        source_key: new.source_key,
        fields: fields(known, new.fields),
        clinic: new.clinic.or(old.clinic),
        created_at: new.created_at.or(old.created_at),
        attributes,
        cleared: Vec::new(),
    }
}

/// Empties one field; a name without a field empties nothing.
fn clear(fields: &mut RecordFields, name: &str) {
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
        "address" => fields.address = Address::default(),
        "guardian_name" => fields.guardian_name = None,
        "guardian_phone" => fields.guardian_phone = None,
        _ => {}
    }
}

fn fields(old: RecordFields, new: RecordFields) -> RecordFields {
    // A name comes as one text or in parts; the newer form stands for the whole.
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
}
