//! From rows to records and events, cell by cell.

use careloop_people::{Gender, IncomingRecord};
use serde_json::json;

use super::fixture::around;
use crate::files::convert::{Binding, Converted, Issue};
use crate::files::map::Map;
use crate::files::read::read_text;

const PEOPLE: &str = r#"
kind = "people"
source_id = "no"
[fields]
name = ["last", "first"]
phone = ["phone", "tel"]
gender = { column = "sex", values = { "1" = "male", "2" = "female" } }
birth_date = { column = "born", format = "%Y%m%d" }
id_card = "card"
clinic = "clinic"
created_at = { column = "made", format = "%Y-%m-%d %H:%M", time_zone = "Asia/Shanghai" }
[identifiers]
social_security = "ssn"
[attributes]
job = "job"
visits = { column = "visits", type = "integer" }
"#;
const PEOPLE_HEADER: &str = "no,last,first,phone,tel,sex,born,card,clinic,made,ssn,job,visits";

const EVENTS: &str = r#"
kind = "events"
event = { column = "what", values = { "收费" = "payment.received", "退费" = "refund.paid", "跳舞" = "Robot Danced" } }
event_id = ["no", "part"]
person = { source_id = "who" }
at = { column = "when", format = "%Y-%m-%d %H:%M" }
clinic = "clinic"
[props]
amount = { column = "amount", type = "money", currency = "CNY" }
quantity = "qty"
first = "first"
stars = { column = "stars", type = "integer" }
note = "note"
"#;
const EVENTS_HEADER: &str = "no,part,who,what,when,clinic,amount,qty,first,stars,note";

fn convert(map: &str, header: &str, line: &str) -> (Result<Converted, Issue>, Vec<&'static str>) {
    let columns: Vec<String> = header.split(',').map(str::to_owned).collect();
    let around = around();
    let binding = Binding::to_columns(&Map::from_toml(map).unwrap(), &columns, false, &around).unwrap();
    let rows = read_text(format!("{header}\n{line}\n").as_bytes(), b',', &columns).unwrap();
    let mut warnings = Vec::new();
    let converted = binding.convert(&rows[0], &around, &mut warnings);
    (converted, warnings.iter().map(|issue| issue.code).collect())
}

fn person(line: &str) -> (IncomingRecord, Vec<&'static str>) {
    match convert(PEOPLE, PEOPLE_HEADER, line) {
        (Ok(Converted::Person(record)), warnings) => (*record, warnings),
        (other, _) => panic!("{other:?}"),
    }
}

fn event(line: &str) -> (Option<String>, careloop_events::NewEvent, Vec<&'static str>) {
    match convert(EVENTS, EVENTS_HEADER, line) {
        (Ok(Converted::Event { person, event }), warnings) => (person, *event, warnings),
        (other, _) => panic!("{other:?}"),
    }
}

fn refused(line: &str) -> (String, &'static str) {
    let issue = convert(EVENTS, EVENTS_HEADER, line).0.unwrap_err();
    (issue.column, issue.code)
}

#[test]
fn a_good_row_is_read_whole() {
    let (record, warnings) = person(
        "7, 张 ,伟,138 0013 8000,010-62345678;021-55556666,2,19491231,11010519491231002X,城东门店,2026-03-01 09:00,123,教师,\"1,024\"",
    );
    assert_eq!(warnings, Vec::<&str>::new());
    assert_eq!(record.source_key, "7");
    assert_eq!(record.fields.name.as_deref(), Some("张 伟"));
    let phones: Vec<&str> = record.fields.phones.iter().map(|phone| phone.text.as_str()).collect();
    assert_eq!(phones, ["138 0013 8000", "010-62345678", "021-55556666"]);
    assert_eq!(record.fields.gender, Some(Gender::Female));
    assert_eq!(record.fields.birth_date.unwrap().to_string(), "1949-12-31");
    assert_eq!(record.fields.identifiers["social_security"], "123");
    assert_eq!(record.created_at.unwrap().to_string(), "2026-03-01T01:00:00Z");
    assert_eq!(record.clinic, Some(1));
    assert_eq!(json!(record.attributes), json!({ "job": "教师", "visits": 1024 }));
    assert!(record.fields.bad.is_empty());
}

#[test]
fn what_cannot_be_read_is_kept_as_text_and_set_aside() {
    let (record, warnings) = person("7,,,12,,男孩,19402704,110105194912310021,城西门店,yesterday,,,many");
    assert_eq!(
        warnings,
        [
            "phone_unreadable",
            "gender_unreadable",
            "birth_date_unreadable",
            "id_card_unreadable",
            "unknown_clinic",
            "created_at_unreadable",
            "attribute_unreadable"
        ]
    );
    assert_eq!(record.fields.birth_date_text.as_deref(), Some("19402704"));
    assert_eq!(record.fields.id_card.as_deref(), Some("110105194912310021"));
    assert_eq!(record.fields.phones[0].text, "12");
    assert_eq!(record.fields.bad, ["birth_date", "id_card"]);
    assert_eq!((record.fields.name, record.clinic, record.created_at), (None, None, None));
    assert_eq!(record.attributes["visits"], json!("many"));
}

#[test]
fn nobody_is_born_tomorrow_or_in_the_middle_ages() {
    for born in ["20260303", "10000101"] {
        assert_eq!(person(&format!("7,,,,,,{born},,,,,,")).1, ["birth_date_unreadable"], "{born}");
    }
    assert_eq!(person("7,,,,,,20260302,,,,,,").1, Vec::<&str>::new(), "today is a birth date");
}

#[test]
fn a_row_without_a_source_id_is_refused() {
    let issue = convert(PEOPLE, PEOPLE_HEADER, " ,张,,,,,,,,,,,").0.unwrap_err();
    assert_eq!((issue.column.as_str(), issue.code), ("no", "no_source_id"));
    let long = format!("{},张,,,,,,,,,,,", "7".repeat(600));
    assert_eq!(convert(PEOPLE, PEOPLE_HEADER, &long).0.unwrap_err().code, "source_id_too_long");
    let cut = "1.10105194912310E17,张,,,,,,,,,,,";
    assert_eq!(convert(PEOPLE, PEOPLE_HEADER, cut).0.unwrap_err().code, "source_id_cut", "Excel lost the last digits");
}

#[test]
fn an_event_is_typed_by_map_and_catalogue() {
    let (who, event, warnings) = event("S1,a,7,收费,2026-03-01 09:00,C1,\"1,234.50\",3,TRUE,5,x");
    assert_eq!(warnings, Vec::<&str>::new());
    assert_eq!((who.as_deref(), event.kind.as_str(), event.flags), (Some("7"), "payment.received", 0));
    assert_eq!(event.amount.unwrap().minor(), 123_450);
    assert_eq!(event.at.to_string(), "2026-03-01T01:00:00Z");
    assert_eq!(event.clinic, Some(1));
    assert_eq!(json!(event.props), json!({ "quantity": 3, "first": true, "stars": 5, "note": "x" }));
    assert_eq!(event.message_id, "payment.received:S1|a");
}

#[test]
fn an_event_is_refused_for_person_time_kind_or_a_registered_field_alone() {
    for (line, column, code) in [
        ("S1,,,收费,2026-03-01 09:00,,1,,,,", "who", "no_source_id"),
        ("S1,,7,收费,,,1,,,,", "when", "no_time"),
        ("S1,,7,收费,2026-02-30 09:00,,1,,,,", "when", "no_time"),
        ("S1,,7,收费,soon,,1,,,,", "when", "no_time"),
        ("S1,,7,,2026-03-01 09:00,,1,,,,", "what", "no_kind"),
        ("S1,,7,吃饭,2026-03-01 09:00,,1,,,,", "what", "no_kind"),
        ("S1,,7,segment.entered,2026-03-01 09:00,,1,,,,", "", "events.internal_kind"),
        ("S1,,7,收费,2026-03-01 09:00,,12.345,,,,", "amount", "too_many_decimals"),
        ("S1,,7,收费,2026-03-01 09:00,,abc,,,,", "amount", "not_an_amount"),
        ("S1,,7,收费,2026-03-01 09:00,,,,,,", "amount", "events.missing_field"),
        ("S1,,7,收费,2026-03-01 09:00,,1,two,,,", "qty", "not_an_integer"),
        ("S1,,7,收费,2026-03-01 09:00,,1,2.5,,,", "qty", "not_an_integer"),
        ("S1,,7,收费,2026-03-01 09:00,,1,,perhaps,,", "first", "not_yes_or_no"),
    ] {
        assert_eq!(refused(line), (column.to_owned(), code), "{line}");
    }
    let (_, kept, warnings) = event("S1,,7,收费,2026-03-01 09:00,城西,1.000,,,few,");
    assert_eq!(warnings, ["not_an_integer", "unknown_clinic"]);
    assert_eq!((json!(kept.props["stars"]), kept.amount.unwrap().minor()), (json!("few"), 100));
}

#[test]
fn reasons_never_repeat_a_cell() {
    for line in
        ["S1,,7,收费,SECRET,,1,,,,", "S1,,7,SECRET,2026-03-01 09:00,,1,,,,", "S1,,7,收费,2026-03-01 09:00,,SECRET,,,,"]
    {
        assert!(!convert(EVENTS, EVENTS_HEADER, line).0.unwrap_err().reason.contains("SECRET"), "{line}");
    }
}

#[test]
fn an_unregistered_kind_is_kept_and_flagged() {
    let (_, danced, _) = event("S1,,7,跳舞,2026-03-01 09:00,,,,,,x");
    assert_eq!((danced.kind.as_str(), danced.flags), ("robot_danced", careloop_events::FLAG_UNREGISTERED));
    let (_, named, _) = event("S1,,7,payment.received,2026-03-01 09:00,,1,,,,");
    assert_eq!(named.kind, "payment.received", "a registered kind needs no translation");
}

#[test]
fn an_event_about_nobody_is_of_no_customer() {
    let told = event("S1,,账户-1,ad.spend,2026-03-01 09:00,,1,,,,");
    assert_eq!((told.0, told.1.kind.as_str()), (None, "ad.spend"));
    assert_eq!(told.1.props["source_id"], "账户-1", "what the source calls it is kept");
    let nameless = event("S1,,,ad.spend,2026-03-01 09:00,,1,,,,");
    assert_eq!((nameless.0, nameless.1.props.get("source_id")), (None, None), "and it needs no name");
    assert_eq!(refused("S1,,,收费,2026-03-01 09:00,,1,,,,").1, "no_source_id");
}

#[test]
fn personal_data_does_not_enter_the_log() {
    let (_, event, warnings) = event("S1,,7,收费,2026-03-01 09:00,,1,,,,13800138000");
    assert_eq!(warnings, ["personal_data_removed"]);
    assert_eq!((event.props.get("note"), event.flags), (None, careloop_events::FLAG_STRIPPED));
}

#[test]
fn an_event_is_named_by_its_columns_or_by_the_whole_row() {
    let name = |line: &str| event(line).1.message_id;
    assert_ne!(name("a|b,c,7,收费,2026-03-01 09:00,,1,,,,"), name("a,b|c,7,收费,2026-03-01 09:00,,1,,,,"));
    assert_ne!(
        name("S1,,7,收费,2026-03-01 09:00,,1,,,,"),
        name("S1,,7,退费,2026-03-01 09:00,,1,,,,"),
        "an order and its refund"
    );
    let whole = name(",,7,收费,2026-03-01 09:00,,1,,,,");
    assert_eq!(whole, name(",, 7,收费,2026-03-01 09:00,,1,,,,"), "blanks around cells are nothing");
    assert_ne!(whole, name(",,7,收费,2026-03-01 09:00,,1,,,,x"));
    assert_ne!(whole, name(",,8,收费,2026-03-01 09:00,,1,,,,"));
    assert_eq!(event(",,7,收费,2026-03-01 09:00,,1,,,,").2, ["no_event_id"]);
}
