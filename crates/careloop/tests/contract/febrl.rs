//! FEBRL: people with known duplicates.

use std::collections::HashMap;

use crate::installation::{Installation, data};

/// Pair F1 of `export people` against a truth file.
fn pair_f1(export: &str, truth: &str) -> f64 {
    let rows = |text: &str| -> Vec<Vec<String>> {
        text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
    };
    let entity: HashMap<String, String> = rows(truth).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let pairs = |sizes: HashMap<String, u64>| -> u64 { sizes.values().map(|size| size * (size - 1) / 2).sum() };
    let (mut found, mut real, mut both): (HashMap<String, u64>, HashMap<String, u64>, HashMap<String, u64>) =
        Default::default();
    for row in rows(export) {
        let (person, entity) = (&row[2], &entity[&row[1]]);
        *found.entry(person.clone()).or_default() += 1;
        *real.entry(entity.clone()).or_default() += 1;
        *both.entry(format!("{person} {entity}")).or_default() += 1;
    }
    let (found, real, both) = (pairs(found), pairs(real), pairs(both));
    2.0 * both as f64 / (found + real) as f64
}

fn export(installation: &Installation) -> String {
    installation.ok(&["resolve", "--full"]);
    let out = installation.path("people.csv").display().to_string();
    installation.ok(&["export", "people", "--out", &out]);
    std::fs::read_to_string(out).unwrap()
}

#[test]
fn two_files_of_febrl_4_become_five_thousand_people() {
    let installation = Installation::new();
    for source in ["a", "b"] {
        installation.ok(&["source", "add", source, "--kind", "file"]);
    }
    installation.import("febrl4a.csv", "a", "febrl.toml");
    installation.import("febrl4b.csv", "b", "febrl.toml");
    let people = export(&installation);
    assert!(people.starts_with("source,source_id,person_id,household_id\n"));
    assert_eq!(people.lines().count(), 10_001, "no row is lost, readable birth date or not");
    let f1 = pair_f1(&people, &std::fs::read_to_string(data("febrl4_truth.csv")).unwrap());
    assert!(f1 >= 0.95, "pair F1 {f1:.4}");
    installation.import("febrl4b.csv", "b", "febrl.toml");
    assert_eq!(export(&installation), people, "the same file twice changes nothing");
}

#[test]
fn duplicates_within_one_file_are_found() {
    let installation = Installation::new();
    installation.ok(&["source", "add", "one", "--kind", "file"]);
    installation.import("febrl1.csv", "one", "febrl.toml");
    let f1 = pair_f1(&export(&installation), &std::fs::read_to_string(data("febrl1_truth.csv")).unwrap());
    assert!(f1 >= 0.95, "pair F1 {f1:.4}");
}
