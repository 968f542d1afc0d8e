//! A town of families for measuring identity resolution: everything that makes a clinic's files hard, and the truth beside it.
//!
//! A mother's phone stands on her children's files, spouses share a number, a contact is called `小雨妈妈`, the front desk
//! types 13800138000, numbers change hands, twins are a character apart, cousins bear one name. [`generate`] writes one
//! file of records from five kinds of source (the clinic's desk, an old system, WeCom contacts, deal orders, an app),
//! the map that imports it, and `truth.csv` with the human and the household behind each row.
//!
//! Start reading at `people.rs` (who lives there), then `seen.rs` (what each source sees) and `damage.rs` (what clerks make of it).

mod damage;
mod people;
mod rates;
mod seen;

use std::path::Path;

pub use rates::Rates;

use crate::Error;
use crate::dice::Dice;
use crate::output::write_file;
use people::Town;

/// What town to make.
#[derive(Clone, Debug)]
pub struct Options {
    /// Humans to invent, at least.
    pub people: u32,
    /// The same seed with the same other options gives the same files.
    pub seed: u64,
    /// How much trouble there is.
    pub rates: Rates,
}

/// How much was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// Humans with at least one record.
    pub people: u32,
    /// Rows of `records.csv`.
    pub records: u32,
}

pub(crate) const HEADER: [&str; 14] = [
    "record_no",
    "source",
    "name",
    "phone",
    "phone2",
    "gender",
    "birth_date",
    "id_card",
    "union_id",
    "wecom_external_id",
    "email",
    "address",
    "guardian_name",
    "guardian_phone",
];

const MAP: &str = r#"kind = "people"
source_id = "record_no"

[fields]
name = "name"
phone = ["phone", "phone2"]
gender = { column = "gender", values = { "男" = "male", "女" = "female" } }
birth_date = { column = "birth_date", format = "%Y-%m-%d" }
id_card = "id_card"
union_id = "union_id"
wecom_external_id = "wecom_external_id"
email = "email"
address = "address"
guardian_name = "guardian_name"
guardian_phone = "guardian_phone"

[attributes]
channel = "source"
"#;

/// Writes `records.csv`, `records.toml` and `truth.csv` into the folder, which is made if it is missing.
pub fn generate(options: &Options, folder: &Path) -> Result<Made, Error> {
    let io = |source| Error::Io { path: folder.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(io)?;
    let mut dice = Dice::new(options.seed);
    let mut town = Town::new(&mut dice, &options.rates)?;
    let mut rows: Vec<seen::Row> = Vec::new();
    let mut people = 0;
    while people < options.people {
        let family = town.family(&mut dice);
        for at in 0..family.humans.len() {
            let before = rows.len();
            seen::records(&mut dice, &options.rates, &mut town, (&family, at), &mut rows);
            people += u32::from(rows.len() > before);
        }
    }
    // Neighbouring numbers would give families away.
    for last in (1..rows.len()).rev() {
        rows.swap(last, dice.index(last + 1));
    }
    let mut records = csv::Writer::from_path(folder.join("records.csv"))?;
    let mut truth = csv::Writer::from_path(folder.join("truth.csv"))?;
    records.write_record(HEADER)?;
    truth.write_record(["source_id", "entity", "household"])?;
    for (number, row) in (1_u32..).zip(&rows) {
        let number = format!("R{number:08}");
        let fields = row.fields.iter().map(String::as_str);
        records.write_record(std::iter::once(number.as_str()).chain(fields))?;
        truth.write_record([number, row.entity.to_string(), row.household.to_string()])?;
    }
    records.flush().map_err(io)?;
    truth.flush().map_err(io)?;
    write_file(folder, "records.toml", MAP)?;
    Ok(Made { people, records: u32::try_from(rows.len()).unwrap_or(u32::MAX) })
}
