//! A file of people: one row each, known by a person's or record's id, `SOURCE:NUMBER`, or a phone.
//!
//! The report names lines, never what stands in them.

use std::collections::{BTreeMap, BTreeSet};

use careloop_db::Db;
use careloop_kernel::ids::{PersonId, RecordId};
use careloop_kernel::permissions::ReadPeople;
use careloop_kernel::{Ctx, Error, ErrorKind, Result};
use csv::{ReaderBuilder, StringRecord};
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use crate::finder::number;

/// How many rows a file can have.
const MOST_ROWS: usize = 100_000;
/// How many lines a report names of each outcome.
const NAMED_LINES: usize = 200;

/// Lines of a file; the first line is 1.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Vec<u64>,
}

impl Lines {
    fn push(&mut self, line: u64) {
        self.count += 1;
        if self.first.len() < NAMED_LINES {
            self.first.push(line);
        }
    }
}

/// What the rows of a file led to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsReport {
    /// Rows, without the header.
    pub rows: u64,
    /// People found.
    pub people: u64,
    /// Rows that mean somebody an earlier row meant.
    pub repeated: Lines,
    /// Rows that mean nobody the caller may see.
    pub not_found: Lines,
    /// Rows whose phone belongs to several people.
    pub ambiguous: Lines,
    /// Rows without an id or a complete phone.
    pub unreadable: Lines,
}

#[derive(Debug, PartialEq, Eq)]
enum Meant {
    Record(String),
    InSource(String),
    Phone(String),
    Nothing,
}

/// Reads a file and finds its people.
pub(crate) async fn read_rows(db: &Db, ctx: &Ctx<ReadPeople>, text: &str) -> Result<(RoaringBitmap, RowsReport)> {
    let rows = parse(text)?;
    let (mut ids, mut phones) = (BTreeSet::new(), BTreeSet::new());
    for (_, meant) in &rows {
        match meant {
            Meant::Record(id) => ids.insert(id.clone()),
            Meant::Phone(phone) => phones.insert(phone.clone()),
            Meant::InSource(_) | Meant::Nothing => false,
        };
    }
    let records = careloop_people::find_by_records(db.read(), ctx, &ids).await?;
    let phones = careloop_people::find_by_phones(db.read(), ctx, &phones).await?;
    let sources = in_sources(db, ctx, &rows).await?;
    let (mut people, mut report) = (RoaringBitmap::new(), RowsReport::default());
    for (line, meant) in &rows {
        let found: &[i64] = match meant {
            Meant::Record(id) => records.get(id).map_or(&[], std::slice::from_ref),
            Meant::InSource(reference) => sources.get(reference).map_or(&[], std::slice::from_ref),
            Meant::Phone(phone) => phones.get(phone).map_or(&[], Vec::as_slice),
            Meant::Nothing => &[],
        };
        report.rows += 1;
        match (found, meant) {
            ([], Meant::Nothing) => report.unreadable.push(*line),
            ([], _) => report.not_found.push(*line),
            ([person], _) if people.insert(number(*person)) => report.people += 1,
            ([_], _) => report.repeated.push(*line),
            _ => report.ambiguous.push(*line),
        }
    }
    Ok((people, report))
}

async fn in_sources(db: &Db, ctx: &Ctx<ReadPeople>, rows: &[(u64, Meant)]) -> Result<BTreeMap<String, i64>> {
    let mut found = BTreeMap::new();
    for (_, meant) in rows {
        let Meant::InSource(reference) = meant else { continue };
        match careloop_people::find_person(db.read(), ctx, reference).await {
            Ok(person) => {
                found.insert(reference.clone(), person);
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Line and meaning of each row. A first row in which nothing can be read is the header.
fn parse(text: &str) -> Result<Vec<(u64, Meant)>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b'\t', b';'].into_iter().find(|letter| first.contains(char::from(*letter))).unwrap_or(b',');
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let (mut rows, mut lines) = (Vec::new(), LineCount { text, at: 0, line: 1 });
    for row in reader.records() {
        // The error would repeat what stands in the file.
        let row = row.map_err(|_| unreadable())?;
        let line = lines.at(row.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(0)));
        let meant = row_means(&row);
        if rows.is_empty() && line == 1 && meant == Meant::Nothing {
            continue;
        }
        rows.push((line, meant));
        if rows.len() > MOST_ROWS {
            let message = format!("a file has at most {MOST_ROWS} rows; cut it into several");
            return Err(Error::invalid("lists.rows", message.clone()).with_field("text", message));
        }
    }
    if rows.is_empty() { Err(unreadable()) } else { Ok(rows) }
}

/// Counts lines as editors do. The CSV reader's own count gives a row after blank lines the number of the first of those.
struct LineCount<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl LineCount<'_> {
    /// The line of the row that begins here or after line ends.
    fn at(&mut self, byte: usize) -> u64 {
        let rest = self.text.as_bytes().get(byte..).unwrap_or_default();
        let start = byte + rest.iter().take_while(|letter| matches!(letter, b'\n' | b'\r')).count();
        let passed = self.text.as_bytes().get(self.at..start).unwrap_or_default();
        self.line += passed.iter().map(|letter| u64::from(*letter == b'\n')).sum::<u64>();
        self.at = start;
        self.line
    }
}

fn unreadable() -> Error {
    let message = "this is no file with one person a row; save it as CSV with a column of ids or phones";
    Error::invalid("lists.rows", message).with_field("text", message)
}

/// The first cell that names somebody; an id before a phone.
fn row_means(row: &StringRecord) -> Meant {
    let cells = || row.iter().map(str::trim).filter(|cell| !cell.is_empty());
    let by_id = cells().find_map(|cell| match (cell.parse::<PersonId>(), cell.parse::<RecordId>()) {
        (Ok(person), _) => Some(Meant::Record(person.anchor().to_string())),
        (_, Ok(record)) => Some(Meant::Record(record.to_string())),
        _ => None,
    });
    let by_phone = || cells().find_map(careloop_people::complete_phone).map(Meant::Phone);
    let in_source = || {
        let reference =
            |cell: &&str| cell.split_once(':').is_some_and(|(source, key)| is_name(source) && !key.is_empty());
        cells().find(reference).map(|cell| Meant::InSource(cell.to_owned()))
    };
    by_id.or_else(by_phone).or_else(in_source).unwrap_or(Meant::Nothing)
}

fn is_name(source: &str) -> bool {
    !source.is_empty() && source.chars().any(char::is_alphabetic) && !source.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_means_whom_its_first_id_or_phone_names() {
        let person: PersonId = "per_00000000000000000000000001".parse().unwrap();
        let cases = [
            ("138 0000 1111,张三", Meant::Phone("+8613800001111".to_owned())),
            ("张三,+86 13800001111,2026-01-01", Meant::Phone("+8613800001111".to_owned())),
            ("13800001111,per_00000000000000000000000001", Meant::Record(person.anchor().to_string())),
            ("his:A-17", Meant::InSource("his:A-17".to_owned())),
            ("张三,2026-01-01 10:00,66", Meant::Nothing),
        ];
        for (text, meant) in cases {
            let padded = format!("13900002222\n{text}");
            assert_eq!(parse(&padded).unwrap()[1], (2, meant), "{text}");
        }
    }

    #[test]
    fn a_header_is_no_row_and_lines_count_from_it() {
        let rows = parse("\u{feff}手机号\t姓名\n13800001111\t甲\n\n不详\t乙\n").unwrap();
        assert_eq!(rows, [(2, Meant::Phone("+8613800001111".to_owned())), (4, Meant::Nothing)]);
        assert_eq!(parse("姓名\n").unwrap_err().code(), "lists.rows");
    }
}
