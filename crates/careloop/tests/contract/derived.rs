//! What is derived from the log: there when a command asks for it, and the same when it is folded again.

use serde_json::Value;

use crate::installation::Installation;

const PEOPLE: &str = "kind = \"people\"\nsource_id = \"no\"\n[fields]\nname = \"name\"\nphone = \"phone\"\n";
const EVENTS: &str = "kind = \"events\"\nevent = \"payment.received\"\nevent_id = [\"order\"]\nperson = { source_id = \"no\" }\n\
    at = { column = \"day\", time_zone = \"Asia/Shanghai\" }\n[props]\namount = \"amount\"\n";
/// A chain with the built-in segments and three customers: one who comes back, one who came once, one who never paid. Two
/// of them are in the files twice.
fn clinic() -> Installation {
    let installation = Installation::new();
    installation.ok(&["init"]);
    installation.ok(&["source", "add", "his", "--kind", "file"]);
    let people = "no,name,phone\n1,李梅,13912345670\n2,曾国强,13712348888\n3,王小雨,\n4,李梅,13912345670\n5,曾国强,13712348888\n";
    let paid = "order,no,day,amount\no1,1,2026-01-05,100.00\no2,4,2026-02-05,900.00\no3,1,2026-03-05,50.00\no4,2,2026-01-07,300.00\n";
    for (name, rows, map) in [("people", people, PEOPLE), ("paid", paid, EVENTS)] {
        let (file, map_file) = (format!("{name}.csv"), format!("{name}.toml"));
        installation.file(&file, rows);
        installation.file(&map_file, map);
        installation.ok(&["import", &file, "--source", "his", "--map", &map_file]);
    }
    installation
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_person_has_their_tags_right_after_the_import() {
    let installation = clinic();
    let shown = json(&installation.ok(&["person", "show", "his:1", "--json"]));
    let tags = shown["tags"].as_array().unwrap();
    let tag = |id: &str| tags.iter().find(|tag| tag["tag"] == id).unwrap_or_else(|| panic!("no {id} in {tags:?}"));
    assert_eq!(tag("val.second_purchase")["value"], "true");
    let why = &tag("val.rfm")["why"];
    assert!(!why["zh"].as_str().unwrap().is_empty() && !why["en"].as_str().unwrap().is_empty(), "{why}");
    assert!(installation.ok(&["person", "show", "his:1"]).contains("\n  val.second_purchase = true  because "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_is_exported_masked_and_up_to_date() {
    let installation = clinic();
    let segment = installation.ask("SELECT id AS line FROM segments WHERE preset = 'one_time'").await.remove(0);
    let export = ["export", "segment", &segment, "--out", "once.csv", "--fields", "name,phone", "--json"];
    assert_eq!(json(&installation.ok(&export))["written"], 1);
    assert_eq!(installation.mode("once.csv"), 0o600);
    let text = std::fs::read_to_string(installation.path("once.csv")).unwrap();
    let shown = json(&installation.ok(&["person", "show", "his:2", "--json"]));
    let person = shown["person_id"].as_str().unwrap();
    assert_eq!(text, format!("\u{feff}person_id,name,phone\n{person},曾国强,137****8888\n"));
    installation.ok(&["export", "segment", &segment, "--out", "once.xlsx"]);
    assert!(std::fs::read(installation.path("once.xlsx")).unwrap().starts_with(b"PK"));
    for (case, code) in [
        (["export", "segment", "seg_00000000000000000000000001", "--out", "none.csv"], 1),
        (["export", "segment", &segment, "--out", "once.parquet"], 2),
    ] {
        assert_eq!(installation.run(&case).status.code(), Some(code), "{case:?}");
    }
    assert!(!installation.path("none.csv").exists());
}

/// Every row of what is derived, as the database holds it.
async fn derived(installation: &Installation) -> Vec<(&'static str, Vec<String>)> {
    let mut tables = Vec::new();
    for table in [
        "records",
        "identity_links",
        "event_histories",
        "person_profiles",
        "tag_values",
        "tag_people",
        "segments",
        "person_segments",
        "segment_changes",
    ] {
        let columns = installation.ask(&format!("SELECT name AS line FROM pragma_table_info('{table}')")).await;
        let row: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
        let sql = format!("SELECT {} AS line FROM {table} ORDER BY line", row.join(" || ' ' || "));
        tables.push((table, installation.ask(&sql).await));
    }
    tables
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_leaves_every_derived_table_as_it_was() {
    let installation = clinic();
    installation.ok(&["person", "show", "his:1"]);
    let before = derived(&installation).await;
    assert!(before.iter().all(|(_, rows)| !rows.is_empty()), "{before:?}");
    for part in ["persons", "histories", "tags", "lake", ""] {
        let only = if part.is_empty() { vec!["rebuild"] } else { vec!["rebuild", "--only", part] };
        installation.ok(&only);
        for ((table, before), (_, after)) in before.iter().zip(derived(&installation).await) {
            assert_eq!(&after, before, "{table} after a rebuild of {part}");
        }
    }
}
