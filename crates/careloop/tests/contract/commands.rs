//! What each command prints, and where.

use serde_json::Value;

use crate::installation::Installation;

const MAP: &str = r#"
kind = "people"
source_id = "no"
[fields]
name = "name"
phone = "phone"
gender = "gender"
"#;
const EVENTS: &str = r#"
kind = "events"
event = "payment.received"
event_id = ["order"]
person = { source = "his", source_id = "no" }
at = { column = "day", format = "%Y-%m-%d", time_zone = "Asia/Shanghai" }
[props]
amount = { column = "amount", type = "money", currency = "CNY" }
"#;

/// Two customers, one of whom paid 250 times.
fn clinic() -> Installation {
    let installation = Installation::new();
    installation.ok(&["source", "add", "his", "--kind", "file"]);
    installation.file("people.toml", MAP);
    installation.file("people.csv", "no,name,phone,gender\n1,李梅,13912345670,female\n2,曾国强,13712348888,male\n");
    installation.file("paid.toml", EVENTS);
    let rows: String = (0..250).map(|n| format!("o{n},1,2026-01-{:02},10.00\n", 1 + n % 28)).collect();
    installation.file("paid.csv", &format!("order,no,day,amount\n{rows}"));
    for name in ["people", "paid"] {
        let (file, map) = (format!("{name}.csv"), format!("{name}.toml"));
        installation.ok(&["import", &file, "--source", "his", "--map", &map]);
    }
    installation
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_person_is_shown_by_id_and_by_source_with_the_whole_timeline() {
    let installation = clinic();
    let shown = json(&installation.ok(&["person", "show", "his:1", "--json"]));
    let id = shown["person_id"].as_str().unwrap();
    assert_eq!(json(&installation.ok(&["person", "show", id, "--json"])), shown);
    assert_eq!(
        shown["timeline"].as_array().unwrap().iter().filter(|event| event["kind"] == "payment.received").count(),
        250
    );
    assert_eq!(shown["records"][0]["source_id"], "1");
    let text = installation.ok(&["person", "show", "his:1"]);
    assert!(text.starts_with(id) && text.contains("\nrecords\n  his:1  rec_"), "{text}");
    assert_eq!(text.matches("payment.received").count(), 250);
    let missing = installation.run(&["person", "show", "his:9"]);
    assert_eq!((missing.status.code(), missing.stdout.len()), (Some(1), 0));
}

#[test]
fn segments_are_counted_listed_and_exported() {
    let installation = clinic();
    installation.file("women.json", r#"{"attr":"gender","is":"female"}"#);
    assert_eq!(installation.ok(&["segment", "count", "--rule", "women.json"]), "1\n");
    assert_eq!(json(&installation.ok(&["segment", "count", "--rule", "women.json", "--json"]))["count"], 1);
    let listed = installation.ok(&["segment", "members", "--rule", "women.json"]);
    assert_eq!(listed.lines().count(), 1);
    assert!(listed.starts_with("per_"), "{listed}");
    let as_json = json(&installation.ok(&["segment", "members", "--rule", "women.json", "--json"]));
    assert_eq!(as_json["members"][0].as_str(), Some(listed.trim()));
}

#[test]
fn exports_are_files_for_their_owner_only() {
    let installation = clinic();
    for out in ["people.out.csv", "people.parquet"] {
        let written = json(&installation.ok(&["export", "people", "--out", out, "--json"]));
        assert_eq!((written["written"].as_u64(), installation.mode(out)), (Some(2), 0o600), "{out}");
    }
    let csv = std::fs::read_to_string(installation.path("people.out.csv")).unwrap();
    assert!(csv.starts_with("source,source_id,person_id,household_id\nhis,1,per_"), "{csv}");
    assert!(std::fs::read(installation.path("people.parquet")).unwrap().starts_with(b"PAR1"));
    installation.ok(&["export", "events", "--out", "log"]);
    assert!(std::fs::read(installation.path("log/events-0000.parquet")).unwrap().starts_with(b"PAR1"));
}

#[test]
fn metrics_are_listed_and_asked_by_clinic() {
    let installation = clinic();
    assert!(installation.ok(&["metric", "list"]).lines().any(|line| line.starts_with("bill.paid\t")));
    let listed = json(&installation.ok(&["metric", "list", "--json"]));
    assert!(listed.as_array().unwrap().iter().any(|metric| metric["id"] == "bill.paid"));
    let query = ["metric", "query", "bill.paid", "--from", "2026-01-01", "--to", "2026-02-01"];
    let csv = installation.ok(&query);
    assert!(csv.starts_with("value,numerator,denominator,mature\n2500.00,"), "{csv}");
    let asked = json(&installation.ok(&[&query[..], &["--json"]].concat()));
    assert_eq!(asked["rows"][0]["value"], "2500.00");
    let elsewhere = installation.run(&[&query[..], &["--clinic", "nowhere"]].concat());
    assert_eq!((elsewhere.status.code(), elsewhere.stdout.len()), (Some(1), 0));
}

#[test]
fn a_dry_run_writes_nothing_but_the_rejects_it_was_asked_for() {
    let installation = clinic();
    installation.file("more.csv", "no,name,phone,gender\n3,王小雨,,female\n,nobody,,\n");
    let import = ["import", "more.csv", "--source", "his", "--map", "people.toml", "--rejects", "out.csv", "--json"];
    let counted = json(&installation.ok(&[&import[..], &["--dry-run"]].concat()));
    assert_eq!((counted["rows"].as_u64(), counted["rejected"].as_u64()), (Some(2), Some(1)));
    assert_eq!(installation.run(&["person", "show", "his:3"]).status.code(), Some(1), "nothing is written");
    assert_eq!(json(&installation.ok(&import))["inserted"], 1);
    let rejects = std::fs::read_to_string(installation.path("out.csv")).unwrap();
    assert!(rejects.starts_with("line,column,code,reason,") && rejects.contains("\n3,"), "{rejects}");
    assert_eq!(installation.mode("out.csv"), 0o600);
    installation.ok(&["person", "show", "his:3"]);
}

#[test]
fn a_rebuild_changes_no_answer() {
    let installation = clinic();
    let look = || {
        let shown = installation.ok(&["person", "show", "his:1", "--json"]);
        let asked = installation.ok(&["metric", "query", "bill.paid", "--from", "2026-01-01", "--to", "2026-02-01"]);
        installation.ok(&["export", "people", "--out", "people.out.csv"]);
        (shown, asked, std::fs::read_to_string(installation.path("people.out.csv")).unwrap())
    };
    installation.ok(&["rebuild"]);
    let before = look();
    let rebuilt = json(&installation.ok(&["rebuild", "--json"]));
    assert!(rebuilt["events"].as_u64().unwrap() >= 250, "{rebuilt}");
    assert_eq!(look(), before);
}

#[test]
fn a_write_key_stands_alone_on_stdout() {
    let installation = Installation::new();
    let key = installation.ok(&["source", "add", "app", "--kind", "http"]);
    assert_eq!(key.lines().count(), 1);
    assert!(!key.trim().is_empty() && !key.trim().contains(' '));
    assert!(installation.ok(&["source", "add", "his", "--kind", "file"]).is_empty(), "a file source has none");
}
