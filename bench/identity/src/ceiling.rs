//! How many pairs of one household can be found at all: those that a chain of shared contact points and persons connects.
//! Nobody can know of a couple whose records have nothing in common.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;

use crate::measure::{Numbers, columns, households};

/// What households share, by column: phones by their last eleven digits, accounts as they are, flats by street and numbers.
const COLUMNS: [&str; 6] = ["phone", "phone2", "guardian_phone", "union_id", "wecom_external_id", "address"];
/// Numbers that fill a field.
const FILLERS: [&str; 4] = ["13800138000", "13000000000", "13900000000", "13888888888"];

/// The share of the pairs of households that persons and contact points connect: with the persons of the truth, and with
/// those of the result. Contact points connect within true households only, so no mistake lifts it.
pub fn ceiling(truth: &Path, records: &Path, found: &Path) -> anyhow::Result<String> {
    let truth = columns(truth, "source_id", &["entity", "household"])?;
    let records = columns(records, "record_no", &COLUMNS)?;
    let found = columns(found, "source_id", &["person_id"])?;
    let ids: Vec<&String> = truth.keys().collect();
    let mut recalls = Vec::new();
    for persons in [&truth, &found] {
        let mut joined = Joined { parent: (0..ids.len()).collect(), first: HashMap::new() };
        for (at, id) in ids.iter().enumerate() {
            let house = truth[*id][1].clone().context("a truth without households")?;
            let row = records.get(*id).with_context(|| format!("no record {id}"))?;
            let person = persons.get(*id).and_then(|row| row[0].clone()).unwrap_or_default();
            joined.join(at, (house.clone(), "person", person));
            for (column, value) in COLUMNS.into_iter().zip(row) {
                let Some(point) = value.as_deref().and_then(|text| point(column, text)) else { continue };
                joined.join(at, (house.clone(), point.0, point.1));
            }
        }
        let mut number = Numbers::default();
        let mut rows = Vec::new();
        for (at, id) in ids.iter().enumerate() {
            let mut of = |column: usize| number.of(column, truth[*id][column].clone().unwrap_or_default());
            rows.push([of(0), of(1), u32::try_from(joined.root(at))?]);
        }
        recalls.push(households(&rows.iter().copied()).recall());
    }
    Ok(format!("household_ceiling {:.5}\nhousehold_ceiling_found {:.5}\n", recalls[0], recalls[1]))
}

/// A value as something people share: its kind, and how it is compared.
fn point(column: &str, text: &str) -> Option<(&'static str, String)> {
    match column {
        "union_id" | "wecom_external_id" => (!text.is_empty()).then(|| ("account", text.to_owned())),
        "address" => {
            let street = text.rsplit(['市', '区']).next().unwrap_or(text);
            let first = street.find(|letter: char| letter.is_ascii_digit())?;
            let numbers =
                street[first..].split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty());
            Some(("flat", format!("{}{}", &street[..first], numbers.collect::<Vec<_>>().join("-"))))
        }
        _ => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let number = &digits[digits.len().checked_sub(11)?..];
            (!FILLERS.contains(&number)).then(|| ("phone", number.to_owned()))
        }
    }
}

/// Union-find over rows; the first row with a value stands for all that have it.
struct Joined {
    parent: Vec<usize>,
    first: HashMap<(String, &'static str, String), usize>,
}

impl Joined {
    fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    fn join(&mut self, at: usize, value: (String, &'static str, String)) {
        let first = *self.first.entry(value).or_insert(at);
        let (a, b) = (self.root(at), self.root(first));
        self.parent[a] = b;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_connected_counts() {
        // One household of three people with a record each: a and b share a phone, c shares nothing; d is a stranger with
        // that phone.
        let folder = std::env::temp_dir().join(format!("careloop-ceiling-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = |name: &str, text: &str| {
            std::fs::write(folder.join(name), text).unwrap();
            folder.join(name)
        };
        let truth = file("truth.csv", "source_id,entity,household\na,1,h\nb,2,h\nc,3,h\nd,4,g\n");
        let records = file(
            "records.csv",
            "record_no,phone,address\na,139 1234 5670,\nb,+8613912345670,\nc,13800138000,\nd,13912345670,西湖区一路1号2幢\n",
        );
        let found = file("found.csv", "source_id,person_id\na,x\nb,y\nc,z\nd,w\n");
        let told = ceiling(&truth, &records, &found);
        let apart = file("apart.csv", "source_id,person_id\na,x\nb,y\nc,x\nd,w\n");
        let bridged = ceiling(&truth, &records, &apart);
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(told.unwrap(), "household_ceiling 0.33333\nhousehold_ceiling_found 0.33333\n");
        assert_eq!(bridged.unwrap(), "household_ceiling 0.33333\nhousehold_ceiling_found 1.00000\n");
    }
}
