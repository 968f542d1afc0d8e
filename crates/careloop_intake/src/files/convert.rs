//! From a row of a file to a record or an event. Pure: a map bound to a file's columns, a row, and what the chain looks
//! like; no database, no clock.
//!
//! A value that cannot be read is kept as text, set aside and told of by a warning. A row is refused only when it has no
//! source id or, for events, no time, no kind or an ill-typed registered field, or when the row itself is broken.

mod cells;
mod event;
mod person;
mod props;
mod time;

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use careloop_events::NewEvent;
use careloop_kernel::{Currency, Error, Result};
use careloop_people::IncomingRecord;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::map::{Map, RowMap};
use super::read::{OddCell, Row, Table};
use event::EventBinding;
use person::PersonBinding;

/// What a row's words are understood against.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The chain's clinics by code and by name: `clinics.ord`.
    pub clinics: HashMap<String, i64>,
    /// The chain's time zone, for times that name none.
    pub zone: TimeZone,
    /// The chain's currency.
    pub currency: Currency,
    /// Today in that zone; nobody is born later.
    pub today: Date,
    /// `sources.ord` of the import.
    pub source: i64,
}

/// What is wrong with a cell: the reason of a reject or a warning. Never holds the cell's text, which may be personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The column as the file calls it; empty when it is the whole row.
    pub column: String,
    /// A stable code, such as `no_time`.
    pub code: &'static str,
    /// What is wrong and what to do, for people.
    pub reason: String,
}

impl Issue {
    pub(super) fn new(column: impl Into<String>, code: &'static str, reason: impl Into<String>) -> Self {
        Self { column: column.into(), code, reason: reason.into() }
    }
}

/// What a row became.
#[derive(Debug)]
pub enum Converted {
    /// A record of somebody.
    Person(Box<IncomingRecord>),
    /// Something that happened to the record that `person` names in its source.
    Event {
        /// The person's name in their source; none if it is about nobody.
        person: Option<String>,
        /// The event; its `record` is filled in by the writer, if it is of somebody.
        event: Box<NewEvent>,
    },
}

/// A map bound to the columns of one file.
#[derive(Debug)]
pub struct Binding {
    columns: Vec<String>,
    /// The positions of the columns that the map uses.
    used: Vec<usize>,
    rows: Rows,
}

#[derive(Debug)]
enum Rows {
    People(Box<PersonBinding>),
    Events(Box<EventBinding>),
}

impl Binding {
    /// Binds the map to the table, or says which column the file does not have.
    pub fn new(map: &Map, table: &Table, around: &Surroundings) -> Result<Self> {
        Self::to_columns(map, table.columns(), table.has_typed_cells(), around)
    }

    /// [`Binding::new`] without a file. `typed`: cells have types, as in a workbook.
    pub fn to_columns(map: &Map, columns: &[String], typed: bool, around: &Surroundings) -> Result<Self> {
        check_columns(map, columns)?;
        let header = Header { columns, typed, zone: &around.zone, currency: around.currency };
        let used = map.columns().into_iter().filter_map(|name| header.position(name)).collect();
        let rows = match &map.rows {
            RowMap::People(people) => Rows::People(Box::new(PersonBinding::new(people, &header)?)),
            RowMap::Events(events) => Rows::Events(Box::new(EventBinding::new(events, &header)?)),
        };
        Ok(Self { columns: columns.to_vec(), used, rows })
    }

    /// Reads one row. Warnings are added to `warnings`; the error is the reason of a reject.
    pub fn convert(&self, row: &Row, around: &Surroundings, warnings: &mut Vec<Issue>) -> Result<Converted, Issue> {
        self.check(row, warnings)?;
        match &self.rows {
            Rows::People(people) => {
                people.convert(row, around, warnings).map(|record| Converted::Person(Box::new(record)))
            }
            Rows::Events(events) => events.convert(row, around, warnings),
        }
    }

    /// What names the row's person in their source; blank in a row that will be refused, and for events.
    pub fn key<'a>(&self, row: &'a Row) -> &'a str {
        match &self.rows {
            Rows::People(people) if row.fault().is_none() && !self.lacks_values(row) => people.key(row),
            _ => "",
        }
    }

    /// Hashes what names the row: its person's key, or its event id. Rows that nothing names have none.
    pub fn name_hash(&self, row: &Row, state: &RandomState) -> Option<u64> {
        match &self.rows {
            Rows::People(_) => Some(self.key(row)).filter(|key| !key.is_empty()).map(|key| state.hash_one(key)),
            Rows::Events(events) => events.id_cells(row).map(|cells| state.hash_one(cells)),
        }
    }

    /// Whether a later row of the file replaces an earlier one with the same key.
    pub fn has_keys(&self) -> bool {
        matches!(self.rows, Rows::People(_))
    }

    fn lacks_values(&self, row: &Row) -> bool {
        self.used.iter().any(|index| row.odd(*index) == Some(OddCell::FormulaWithoutValue))
    }

    fn check(&self, row: &Row, warnings: &mut Vec<Issue>) -> Result<(), Issue> {
        if let Some(fault) = row.fault() {
            let column = fault.column.and_then(|index| self.columns.get(index)).cloned().unwrap_or_default();
            return Err(Issue::new(column, fault.code, fault.reason.clone()));
        }
        for index in &self.used {
            match row.odd(*index) {
                None => {}
                Some(OddCell::FormulaWithoutValue) => {
                    let reason =
                        "the formula has no saved result; open the workbook in Excel, save it, and import it again";
                    return Err(Issue::new(&self.columns[*index], "formula_without_value", reason));
                }
                Some(OddCell::ErrorValue) => {
                    warnings.push(Issue::new(
                        &self.columns[*index],
                        "error_value",
                        "the cell shows an error such as #N/A; it was read as blank",
                    ));
                }
            }
        }
        Ok(())
    }
}

/// The file's columns and the chain's defaults, while a map is bound.
struct Header<'a> {
    columns: &'a [String],
    typed: bool,
    zone: &'a TimeZone,
    currency: Currency,
}

impl Header<'_> {
    fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }
}

fn check_columns(map: &Map, columns: &[String]) -> Result<()> {
    let unknown: Vec<&str> =
        map.columns().into_iter().filter(|name| !columns.iter().any(|column| column == name)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Error::invalid(
        "map.unknown_column",
        format!(
            "the map names `{}`, which the file does not have; its columns are: {}",
            unknown.join("`, `"),
            columns.join(", ")
        ),
    ))
}
