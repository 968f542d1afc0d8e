//! The files keep what the crate promises about them.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::{Chain, Row, make, options};

/// A field as the map reads it: the column, the type, and the labels of a closed list.
fn spec(value: &toml::Value) -> (String, String, Option<BTreeMap<String, String>>) {
    let Some(table) = value.as_table() else { return (value.as_str().unwrap().to_owned(), "text".to_owned(), None) };
    let text = |key: &str| table.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let labels = table.get("values").map(|values| values.clone().try_into().unwrap());
    (text("column").unwrap(), text("type").unwrap_or_else(|| "text".to_owned()), labels)
}

/// The catalogue: for each kind its fields with type, closed list and whether it is required.
fn catalogue() -> BTreeMap<String, toml::Table> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog/events.toml");
    let table: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let kind = |kind: &toml::Value| {
        (kind["id"].as_str().unwrap().to_owned(), kind["fields"].as_table().cloned().unwrap_or_default())
    };
    table["kind"].as_array().unwrap().iter().map(kind).collect()
}

fn event_files(chain: &Chain) -> Vec<(String, Vec<Row>, toml::Table)> {
    let events = chain.summary.files.iter().filter(|entry| entry.kind == "events");
    events.map(|entry| (entry.file.clone(), chain.rows(&entry.file), chain.map(&entry.map))).collect()
}

fn well_typed(kind: &str, cell: &str) -> bool {
    let time = |text: &str| jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", text).is_ok();
    match kind {
        "money" => cell
            .split_once('.')
            .is_some_and(|(yuan, fen)| yuan.parse::<i64>().is_ok_and(|yuan| yuan >= 0) && fen.len() == 2),
        "integer" => cell.parse::<i64>().is_ok(),
        "decimal" => cell.parse::<f64>().is_ok(),
        "boolean" => matches!(cell, "true" | "false"),
        "date" => cell.parse::<jiff::civil::Date>().is_ok(),
        "timestamp" => time(cell),
        _ => !cell.trim().is_empty(),
    }
}

#[test]
fn the_same_options_give_the_same_bytes() {
    let (one, two) = (make(&options(400)), make(&options(400)));
    let other = make(&careloop_demo::Options { seed: 8, ..options(400) });
    let names: BTreeSet<_> = std::fs::read_dir(one.folder()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names.len(), 37, "{names:?}");
    for name in &names {
        let name = name.to_str().unwrap();
        assert_eq!(std::fs::read(one.path(name)).unwrap(), std::fs::read(two.path(name)).unwrap(), "{name} differs");
    }
    let visits = "his_visits.csv";
    assert_ne!(std::fs::read(one.path(visits)).unwrap(), std::fs::read(other.path(visits)).unwrap());
    assert_eq!(one.summary, two.summary);
}

#[test]
fn every_kind_and_field_is_in_the_catalogue_with_its_type() {
    let (chain, catalogue) = (make(&options(1500)), catalogue());
    let mut told = BTreeSet::new();
    for (file, rows, map) in event_files(&chain) {
        let (kind_column, _, kinds) = spec(&map["event"]);
        let kinds = kinds.unwrap();
        let props: Vec<_> =
            map["props"].as_table().unwrap().iter().map(|(field, value)| (field, spec(value))).collect();
        for row in &rows {
            let kind = &kinds[&row[&kind_column]];
            let fields = catalogue.get(kind).unwrap_or_else(|| panic!("{kind} is not in the catalogue"));
            told.insert(kind.clone());
            for (field, (column, typed, labels)) in &props {
                let cell = &row[column];
                if cell.is_empty() {
                    assert!(
                        fields.get(*field).is_none_or(|field| field.get("required").is_none()),
                        "{kind} lacks {field}"
                    );
                    continue;
                }
                let declared = fields.get(*field).unwrap_or_else(|| panic!("{file}: {kind} has no field {field}"));
                assert_eq!(declared["type"].as_str().unwrap(), typed, "{kind} {field}");
                assert!(well_typed(typed, cell), "{file}: {kind} {field} = {cell}");
                let value = labels.as_ref().map_or(cell, |labels| &labels[cell]);
                if let Some(closed) = declared.get("values").and_then(toml::Value::as_array) {
                    assert!(closed.iter().any(|known| known.as_str() == Some(value)), "{kind} {field} = {value}");
                }
            }
        }
    }
    assert!(told.len() >= 55, "only {} kinds are told: {told:?}", told.len());
    assert_eq!(told, chain.summary.kinds.keys().cloned().collect());
}

#[test]
fn nothing_has_happened_in_the_future_but_appointments_are_booked_there() {
    let chain = make(&options(1500));
    let (start, end) = ("2024-10-01 00:00:00", "2026-10-01 00:00:00");
    for (file, rows, map) in event_files(&chain) {
        let column = spec(&map["at"]).0;
        for row in &rows {
            assert!(row[&column].as_str() < end && row[&column].as_str() >= start, "{file}: {row:?}");
        }
        let numbers: BTreeSet<_> = rows.iter().map(|row| &row["流水号"]).collect();
        assert_eq!(numbers.len(), rows.len(), "{file} repeats a row number");
    }
    let ahead = chain
        .rows("his_appointments.csv")
        .iter()
        .filter(|row| row["类型"] == "新建" && row["预约时间"].as_str() >= end)
        .count();
    assert!(ahead > 20, "{ahead} appointments lie ahead");
}

#[test]
fn the_truth_covers_every_people_row_and_events_name_known_records() {
    let chain = make(&options(1500));
    let truth: BTreeSet<(String, String)> =
        chain.rows("truth.csv").into_iter().map(|row| (row["source"].clone(), row["source_id"].clone())).collect();
    let mut records = BTreeSet::new();
    for entry in chain.summary.files.iter().filter(|entry| entry.kind == "people") {
        let column = chain.map(&entry.map)["source_id"].as_str().unwrap().to_owned();
        let rows = chain.rows(&entry.file);
        assert_eq!(rows.len() as u64, entry.rows);
        records.extend(rows.into_iter().map(|row| (entry.source.clone(), row[&column].clone())));
    }
    assert_eq!(records, truth);
    assert_eq!(records.len() as u64, chain.summary.records, "a source id is used twice");
    for (file, rows, map) in event_files(&chain) {
        let person = map["person"].as_table().unwrap();
        let (source, column) = (person["source"].as_str().unwrap(), person["source_id"].as_str().unwrap());
        if source != "ads" {
            let stranger = rows.iter().find(|row| !records.contains(&(source.to_owned(), row[column].clone())));
            assert!(stranger.is_none(), "{file}: {stranger:?}");
        }
    }
}

#[test]
fn maps_and_manifest_name_what_is_there() {
    let chain = make(&options(200));
    let clinics: serde_json::Value =
        serde_json::from_slice(&std::fs::read(chain.path("clinics.json")).unwrap()).unwrap();
    let names: BTreeSet<&str> =
        clinics.as_array().unwrap().iter().map(|clinic| clinic["name"].as_str().unwrap()).collect();
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(chain.path("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest, serde_json::to_value(&chain.summary.files).unwrap());
    for entry in &chain.summary.files {
        let (rows, map) = (chain.rows(&entry.file), chain.map(&entry.map));
        assert_eq!(map["kind"].as_str(), Some(entry.kind));
        assert_eq!(rows.len() as u64, entry.rows);
        for row in rows.iter().filter(|row| row.contains_key("门店")) {
            assert!(names.contains(row["门店"].as_str()), "{}: {row:?}", entry.file);
        }
        let fields = map.get("fields").or_else(|| map.get("props")).unwrap().as_table().unwrap();
        let columns = fields.values().map(|value| spec(value).0);
        if let Some(row) = rows.first() {
            let missing: Vec<_> = columns.filter(|column| !row.contains_key(column)).collect();
            assert!(missing.is_empty(), "{}: {missing:?}", entry.map);
        }
    }
}

#[test]
fn impossible_options_are_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("chain");
    for wrong in [
        careloop_demo::Options { people: 0, ..options(1) },
        careloop_demo::Options { years: 0, ..options(1) },
        careloop_demo::Options { time_zone: "Nowhere/Land".to_owned(), ..options(1) },
    ] {
        assert!(careloop_demo::generate(&wrong, &out).is_err(), "{wrong:?}");
        assert!(!out.exists());
    }
}
