//! The floor: whoever shares a phone is one person.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;

/// Prints `source_id,person_id` where the person is the first record with the same `phone`.
pub fn write(records: &Path) -> anyhow::Result<()> {
    let mut reader = csv::Reader::from_path(records)?;
    let headers = reader.headers()?.clone();
    let phone = headers.iter().position(|name| name == "phone").context("no column `phone`")?;
    let mut first: HashMap<String, String> = HashMap::new();
    println!("source_id,person_id");
    for row in reader.records() {
        let row = row?;
        let id = row.get(0).unwrap_or_default().to_owned();
        let digits: String = row.get(phone).unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
        let number = digits.get(digits.len().saturating_sub(11)..).unwrap_or_default().to_owned();
        let person = if number.is_empty() { id.clone() } else { first.entry(number).or_insert(id.clone()).clone() };
        println!("{id},{person}");
    }
    Ok(())
}
