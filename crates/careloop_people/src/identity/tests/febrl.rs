//! FEBRL 1 and 4, fed the way their map feeds them. `rec_id` names the row and is never looked at.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use jiff::civil::Date;

use super::learned;
use crate::model::{Address, RecordFields};

fn open(name: &str) -> csv::Reader<File> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(name);
    csv::Reader::from_path(path).unwrap()
}

fn record(row: &HashMap<String, String>) -> RecordFields {
    let text = |column: &str| Some(row[column].trim().to_owned()).filter(|text| !text.is_empty());
    let birth = text("date_of_birth");
    let birth_date = birth.as_deref().and_then(|text| Date::strptime("%Y%m%d", text).ok());
    let street: Vec<String> = ["street_number", "address_1", "address_2"].into_iter().filter_map(text).collect();
    RecordFields {
        given_name: text("given_name"),
        surname: text("surname"),
        birth_date,
        birth_date_text: birth.filter(|_| birth_date.is_none()),
        address: Address {
            street: Some(street.join(" ")),
            suburb: text("suburb"),
            region: text("state"),
            postcode: text("postcode"),
            ..Address::default()
        },
        identifiers: text("soc_sec_id").map(|id| ("social_security".to_owned(), id)).into_iter().collect(),
        ..RecordFields::default()
    }
}

struct Score {
    precision: f64,
    recall: f64,
    f1: f64,
}

fn score(files: &[&str], truth: &str) -> Score {
    let rows: Vec<HashMap<String, String>> =
        files.iter().flat_map(|file| open(file).into_deserialize().map(Result::unwrap)).collect();
    let truth: HashMap<String, String> = open(truth).into_deserialize().map(Result::unwrap).collect();
    let entities: Vec<&str> = rows.iter().map(|row| truth[&row["rec_id"]].as_str()).collect();
    let records: Vec<RecordFields> = rows.iter().map(record).collect();
    let roots = learned(&records).root;
    let pairs = |groups: HashMap<(u32, &str), f64>| groups.values().map(|size| size * (size - 1.0) / 2.0).sum::<f64>();
    let count = |key: &dyn Fn(usize) -> (u32, &'static str)| {
        let mut groups = HashMap::new();
        (0..records.len()).for_each(|at| *groups.entry(key(at)).or_insert(0.0) += 1.0);
        pairs(groups)
    };
    let mut both = HashMap::new();
    let mut real = HashMap::new();
    for (root, entity) in roots.iter().zip(&entities) {
        *both.entry((*root, *entity)).or_insert(0.0) += 1.0;
        *real.entry((0, *entity)).or_insert(0.0) += 1.0;
    }
    let (right, wanted, found) = (pairs(both), pairs(real), count(&|at| (roots[at], "")));
    let (precision, recall) = (right / found, right / wanted);
    Score { precision, recall, f1: 2.0 * precision * recall / (precision + recall) }
}

#[test]
fn febrl_4_is_joined() {
    let score = score(&["febrl4a.csv", "febrl4b.csv"], "febrl4_truth.csv");
    assert!(score.f1 >= 0.999 && score.precision >= 0.9999, "F1 {} P {} R {}", score.f1, score.precision, score.recall);
}

#[test]
fn febrl_1_is_freed_of_duplicates() {
    let score = score(&["febrl1.csv"], "febrl1_truth.csv");
    assert!(score.f1 >= 0.998 && score.precision >= 0.9999, "F1 {} P {} R {}", score.f1, score.precision, score.recall);
}
