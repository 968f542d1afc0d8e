//! Maps: what they may say, how they are refused, what is guessed.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::fixture::{TempFile, around};
use crate::files::convert::Binding;
use crate::files::map::{
    EncodingChoice, EventKind, EventMap, Map, MapBody, PEOPLE_FIELDS, PeopleMap, Pick, RowMap, ValueType, guess,
};

fn refusal(text: &str) -> String {
    let error = Map::from_toml(text).unwrap_err();
    format!("{}: {}", error.code(), error.message())
}

const PEOPLE: &str = r#"
kind = "people"
source_id = "customer_no"
encoding = "auto"
[fields]
name = "姓名"
phone = ["手机", "电话"]
gender = { column = "性别", values = { "男" = "male", "女" = "female" } }
birth_date = { column = "出生日期", format = "%Y%m%d" }
created_at = { column = "建档时间", format = "%Y-%m-%d %H:%M:%S", time_zone = "Asia/Shanghai" }
[identifiers]
social_security = "soc_sec_id"
[attributes]
occupation = "职业"
"#;

const EVENTS: &str = r#"
kind = "events"
event = { column = "类型", values = { "收费" = "payment.received", "退费" = "refund.paid" } }
event_id = ["order_no"]
person = { source = "his", source_id = "customer_no" }
at = { column = "date", format = "%Y%m%d", time_zone = "Asia/Shanghai" }
clinic = "门店"
[props]
amount = { column = "amount", type = "money", currency = "CNY" }
quantity = { column = "qty", type = "integer" }
item = "项目"
"#;

#[test]
fn the_contracts_examples_are_read() {
    let people = Map::from_toml(PEOPLE).unwrap();
    let columns: Vec<&str> = people.columns().into_iter().collect();
    assert_eq!(columns, ["customer_no", "soc_sec_id", "出生日期", "姓名", "建档时间", "性别", "手机", "电话", "职业"]);
    let events = Map::from_toml(EVENTS).unwrap();
    let RowMap::Events(map) = &events.rows else { panic!("an events map") };
    assert!(matches!(&map.event, EventKind::Column(pick) if pick.values["退费"] == "refund.paid"));
    assert_eq!(map.props["amount"].value_type, Some(ValueType::Money));
    assert_eq!((map.person_source.as_deref(), map.person_id.as_str()), (Some("his"), "customer_no"));
}

#[test]
fn what_is_wrong_is_named_with_what_is_allowed() {
    for (text, expected) in [
        ("kind = \"people\"\nsource_id = ", "map.syntax: the map is not TOML: line 2: "),
        ("source_id = \"a\"", "map.missing_key: the map lacks `kind`; add it"),
        ("kind = \"orders\"", "map.kind: `kind = \"orders\"` is not known; write \"people\" or \"events\""),
        ("kind = \"people\"", "map.missing_key: the map lacks `source_id`; add it"),
        ("kind = \"people\"\nsource_id = 7", "map.wrong_type: `source_id` must be text in quotes"),
        (
            "kind = \"people\"\nsource_id = \"a\"\nsorce = \"b\"",
            "map.unknown_key: `sorce` is not a key of the map; allowed here: kind, source_id, encoding, sheet, fields, identifiers, attributes",
        ),
        (
            "kind = \"people\"\nsource_id = \"a\"\n[fields]\nphon = \"b\"",
            "map.unknown_field: `fields.phon` is not a field; the fields are name, given_name, ",
        ),
        (
            "kind = \"people\"\nsource_id = \"a\"\n[fields]\nname = { colum = \"b\" }",
            "map.unknown_key: `fields.name.colum` is not a key of the map; allowed here: column, values, format, time_zone, type, currency",
        ),
        (
            "kind = \"people\"\nsource_id = \"a\"\n[fields]\nname = { format = \"%Y\" }",
            "map.missing_key: the map lacks `fields.name.column`; add it",
        ),
        (
            "kind = \"people\"\nsource_id = \"a\"\n[fields]\nname = 3",
            "map.wrong_type: `fields.name` must be a column or a list of columns",
        ),
        (
            "kind = \"people\"\nsource_id = \"a\"\n[fields]\nbirth_date = { column = \"b\", format = \"%\" }",
            "map.format: `fields.birth_date.format = \"%\"` is no time format; write it like %Y-%m-%d %H:%M:%S",
        ),
        (
            "kind = \"people\"\nsource_id = \"a\"\n[fields]\ncreated_at = { column = \"b\", time_zone = \"Mars\" }",
            "map.time_zone: `fields.created_at.time_zone = \"Mars\"` is no time zone; write a name such as Asia/Shanghai",
        ),
        (
            "kind = \"people\"\nsource_id = \"a\"\nencoding = \"latin1\"",
            "map.encoding: the encoding `latin1` is not known; write auto, UTF-8 or GB18030",
        ),
        ("kind = \"events\"\nevent = \"a.b\"\nat = \"t\"", "map.missing_key: the map lacks `person`; add it"),
        (
            "kind = \"events\"\nevent = \"a.b\"\nat = \"t\"\nperson = { id = \"c\" }",
            "map.unknown_key: `person.id` is not a key of the map; allowed here: source, source_id",
        ),
        (
            "kind = \"events\"\nevent = \"a.b\"\nperson = { source_id = \"c\" }",
            "map.missing_key: the map lacks `at`; add it",
        ),
        (
            "kind = \"events\"\nevent = \"a.b\"\nat = \"t\"\nperson = { source_id = \"c\" }\n[props]\nx = { column = \"x\", type = \"float\" }",
            "map.value_type: `props.x.type = \"float\"` is no type; the types are text, money, integer, decimal, boolean, date, timestamp",
        ),
        (
            "kind = \"events\"\nevent = \"a.b\"\nat = \"t\"\nperson = { source_id = \"c\" }\n[props]\nx = { column = \"x\", currency = \"yuan\" }",
            "map.currency: `props.x.currency = \"yuan\"` is no currency; write three capital letters, such as CNY",
        ),
    ] {
        let found = refusal(text);
        assert!(found.starts_with(expected), "{text}\n{found}");
    }
}

#[test]
fn a_column_the_file_does_not_have_is_named_beside_those_it_has() {
    let table = TempFile::new("t.csv", "customer_no,姓名\n1,x\n").open().unwrap();
    let map = Map::from_toml("kind = \"people\"\nsource_id = \"customer_no\"\n[fields]\nname = \"名字\"").unwrap();
    let error = Binding::new(&map, &table, &around()).unwrap_err();
    assert_eq!(error.code(), "map.unknown_column");
    assert_eq!(
        error.message(),
        "the map names `名字`, which the file does not have; its columns are: customer_no, 姓名"
    );
}

fn guessed(csv: &str) -> Map {
    let mut lines = csv.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let columns = lines.next().unwrap();
    guess(&columns, &lines.collect::<Vec<_>>(), "Asia/Shanghai")
}

#[test]
fn a_clinics_people_are_guessed_from_headers_and_values() {
    let map = guessed(
        "患者编号,姓名,手机号,性别,出生日期,证件,职业\n1,张伟,13800138000,男,1990-03-12,11010519491231002X,教师\n2,李娜,13900139000,女,1991-04-05,,护士\n",
    );
    let RowMap::People(people) = map.rows else { panic!("people") };
    assert_eq!(people.source_id, "患者编号");
    let fields: Vec<&str> = people.fields.keys().map(String::as_str).collect();
    assert_eq!(fields, ["birth_date", "gender", "id_card", "name", "phone"]);
    assert_eq!(people.fields["birth_date"].format.as_deref(), Some("%Y-%m-%d"));
    assert_eq!(people.fields["gender"].values["女"], "female");
    assert_eq!(people.attributes.keys().collect::<Vec<_>>(), ["职业"]);
}

#[test]
fn febrl_and_cdnow_are_guessed_in_english() {
    let people = guessed("rec_id,given_name,surname,state,date_of_birth,soc_sec_id\nr1,ann,lee,nsw,19900312,123\n");
    assert!(
        matches!(&people.rows, RowMap::People(map) if map.source_id == "rec_id" && map.fields["birth_date"].format.as_deref() == Some("%Y%m%d"))
    );
    let events = guessed("order_no,customer_id,date,cds,amount\nS1,4,19970101,2,29.33\nS2,4,19970118,2,29.73\n");
    let RowMap::Events(map) = events.rows else { panic!("events") };
    assert_eq!(
        (map.person_id.as_str(), map.event_id[0].as_str(), map.at.columns[0].as_str()),
        ("customer_id", "order_no", "date")
    );
    assert_eq!(map.props["amount"].value_type, Some(ValueType::Money));
}

#[test]
fn events_are_guessed_with_their_kinds_and_without_personal_data() {
    let map = guessed(
        "流水号,会员号,姓名,类型,时间,金额\n1,7,张伟,收费,2026-03-01 09:00:00,12.50\n2,7,张伟,退费,2026-03-02 09:00:00,2.50\n",
    );
    let RowMap::Events(events) = map.rows else { panic!("events") };
    let EventKind::Column(kind) = &events.event else { panic!("told by a column") };
    assert_eq!(kind.values["退费"], "refund.paid");
    assert_eq!(events.props.keys().collect::<Vec<_>>(), ["amount"], "the name is not taken into the log");
}

fn text() -> impl Strategy<Value = String> {
    "[a-z号]{1,6}"
}

fn pick() -> impl Strategy<Value = Pick> {
    let plain = prop::collection::vec(text(), 1..3).prop_map(|columns| Pick { columns, ..Pick::default() });
    let table = (
        prop::collection::vec(text(), 1..3),
        prop::collection::btree_map(text(), text(), 0..3),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(columns, values, timed, typed)| Pick {
            columns,
            values,
            format: timed.then(|| "%Y%m%d".to_owned()),
            time_zone: timed.then(|| "Asia/Shanghai".to_owned()),
            value_type: typed.then_some(ValueType::Decimal),
            currency: typed.then(|| "CNY".to_owned()),
        });
    prop_oneof![plain, table]
}

fn picks() -> impl Strategy<Value = BTreeMap<String, Pick>> {
    prop::collection::btree_map(text(), pick(), 0..4)
}

fn map() -> impl Strategy<Value = Map> {
    let field = prop::sample::select(PEOPLE_FIELDS.to_vec()).prop_map(str::to_owned);
    let people = (text(), prop::collection::btree_map(field, pick(), 0..5), picks(), picks()).prop_map(
        |(source_id, fields, identifiers, attributes)| {
            RowMap::People(PeopleMap { source_id, fields, identifiers, attributes })
        },
    );
    let kind = prop_oneof![text().prop_map(EventKind::Fixed), pick().prop_map(EventKind::Column)];
    let events = (
        kind,
        prop::collection::vec(text(), 0..3),
        prop::option::of(text()),
        text(),
        pick(),
        prop::option::of(pick()),
        picks(),
    )
        .prop_map(|(event, event_id, person_source, person_id, at, clinic, props)| {
            RowMap::Events(Box::new(EventMap { event, event_id, person_source, person_id, at, clinic, props }))
        });
    (prop_oneof![people, events], prop::option::of(text())).prop_map(|(rows, sheet)| Map {
        encoding: EncodingChoice::Gb18030,
        sheet,
        rows,
    })
}

proptest! {
    #[test]
    fn any_map_survives_json_and_toml(map in map()) {
        let json = serde_json::to_value(MapBody::from(&map)).unwrap();
        prop_assert_eq!(&Map::from_json(&json).unwrap(), &map);
        let text = toml::to_string(&json).unwrap();
        prop_assert_eq!(Map::from_toml(&text).unwrap(), map);
    }

    #[test]
    fn any_text_is_refused_politely(text in ".{0,80}") {
        prop_assert!(Map::from_toml(&text).is_err());
    }
}
