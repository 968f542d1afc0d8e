//! The town of families: reproducible, complete, and hard in the ways it says.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use careloop_demo::town::{Options, Rates, generate};

fn town(folder: &Path, seed: u64) -> careloop_demo::town::Made {
    generate(&Options { people: 3_000, seed, rates: Rates::default() }, folder).unwrap()
}

fn rows(path: &Path) -> Vec<HashMap<String, String>> {
    csv::Reader::from_path(path).unwrap().into_deserialize().map(Result::unwrap).collect()
}

#[test]
fn the_same_seed_makes_the_same_town() {
    let (one, two, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let made = town(one.path(), 1);
    assert_eq!(made, town(two.path(), 1));
    town(other.path(), 2);
    let read = |folder: &tempfile::TempDir, name: &str| std::fs::read(folder.path().join(name)).unwrap();
    for name in ["records.csv", "truth.csv", "records.toml"] {
        assert_eq!(read(&one, name), read(&two, name), "{name}");
    }
    assert_ne!(read(&one, "records.csv"), read(&other, "records.csv"));
}

#[test]
fn every_record_has_its_truth_and_every_kind_of_trouble_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let made = town(folder.path(), 3);
    let records = rows(&folder.path().join("records.csv"));
    let truth: HashMap<String, String> = rows(&folder.path().join("truth.csv"))
        .into_iter()
        .map(|row| (row["source_id"].clone(), row["entity"].clone()))
        .collect();
    assert_eq!(records.len(), usize::try_from(made.records).unwrap());
    assert_eq!(truth.len(), records.len());
    assert_eq!(truth.values().collect::<HashSet<_>>().len(), usize::try_from(made.people).unwrap());
    let mut by_phone: BTreeMap<&str, HashSet<&str>> = BTreeMap::new();
    for record in records.iter().filter(|record| !record["phone"].is_empty()) {
        by_phone.entry(&record["phone"]).or_default().insert(&truth[&record["record_no"]]);
    }
    let shared = by_phone.values().filter(|people| (2..8).contains(&people.len())).count();
    assert!(shared * 10 > by_phone.len(), "{shared} of {} phones are a family's", by_phone.len());
    assert!(by_phone["13800138000"].len() > 8, "the front desk's filler is many people's");
    let has = |column: &str, test: &dyn Fn(&str) -> bool| records.iter().any(|record| test(&record[column]));
    assert!(has("name", &|name| name.ends_with("妈妈")));
    assert!(has("name", &|name| name.ends_with("女士")));
    assert!(has("name", &|name| name.contains('張')), "traditional characters");
    assert!(has("name", &|name| name.is_ascii()), "pinyin");
    assert!(has("birth_date", &|date| date == "1900-01-01"));
    assert!(has("id_card", &|card| card.len() == 15));
}
