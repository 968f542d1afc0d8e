//! A command that is killed in the middle.

use std::fmt::Write as _;

use crate::installation::Installation;

const MAP: &str = "kind = \"events\"\nevent = \"payment.received\"\nperson = { source_id = \"no\" }\n\
    at = { column = \"day\", time_zone = \"Asia/Shanghai\" }\n[props]\namount = \"amount\"\n";
const ROWS: u64 = 60_000;

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_killed_goes_on_when_it_is_typed_again() {
    let installation = Installation::new();
    installation.ok(&["source", "add", "shop", "--kind", "file"]);
    let mut rows = "no,day,amount\n".to_owned();
    (0..ROWS).for_each(|row| writeln!(rows, "{},2026-01-05,{row}.50", row % 50).unwrap());
    installation.file("paid.csv", &rows);
    installation.file("paid.toml", MAP);
    let import = ["import", "paid.csv", "--source", "shop", "--map", "paid.toml", "--json"];
    let mut command = installation.start(&import);
    let begun = "SELECT id AS line FROM imports WHERE position > 0";
    while installation.ask(begun).await.is_empty() {
        assert!(command.try_wait().unwrap().is_none(), "it ended before it could be killed");
    }
    command.kill().unwrap();
    command.wait().unwrap();
    let state = "SELECT state AS line FROM imports";
    assert_eq!(installation.ask(state).await, ["running"], "a killed process says nothing more");
    let again: serde_json::Value = serde_json::from_str(&installation.ok(&import)).unwrap();
    assert_eq!((again["resumed"].as_bool(), again["rows"].as_u64()), (Some(true), Some(ROWS)));
    assert_eq!(installation.ask(state).await, ["done"]);
    let events = "SELECT CAST(COUNT(*) AS TEXT) AS line FROM events WHERE kind = 'payment.received'";
    assert_eq!(installation.ask(events).await, [ROWS.to_string()]);
}
