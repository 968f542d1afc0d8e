//! Picking cells out of a row as the map says.

use std::collections::HashMap;

use careloop_kernel::{Currency, Result};
use jiff::tz::TimeZone;

use super::Header;
use super::time::TimeReader;
use crate::files::map::{Pick, ValueType};
use crate::files::read::Row;

/// A pick bound to the positions of its columns.
#[derive(Debug)]
pub(super) struct Cells {
    positions: Vec<usize>,
    label: String,
    values: HashMap<String, String>,
    /// How its dates and times are read.
    pub(super) time: TimeReader,
    /// The type the map gives.
    pub(super) value_type: Option<ValueType>,
    /// The currency of money.
    pub(super) currency: Currency,
}

impl Cells {
    pub(super) fn new(pick: &Pick, header: &Header<'_>) -> Result<Self> {
        let zone = match &pick.time_zone {
            Some(name) => TimeZone::get(name).map_err(careloop_kernel::Error::internal)?,
            None => header.zone.clone(),
        };
        let currency = pick.currency.as_deref().and_then(|code| code.parse().ok()).unwrap_or(header.currency);
        Ok(Self {
            positions: pick.columns.iter().filter_map(|name| header.position(name)).collect(),
            label: pick.columns.join(", "),
            values: pick.values.clone().into_iter().collect(),
            time: TimeReader { format: pick.format.clone(), zone, typed: header.typed },
            value_type: pick.value_type,
            currency,
        })
    }

    /// The columns' names, for messages.
    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// Whether the map says what words mean.
    pub(super) fn has_values(&self) -> bool {
        !self.values.is_empty()
    }

    /// The cells that are not blank, translated by the map's values.
    pub(super) fn each<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = &'a str> {
        self.positions
            .iter()
            .map(|index| row.cell(*index))
            .filter(|cell| !cell.is_empty())
            .map(|cell| self.meaning(cell))
    }

    /// The cells joined with a blank; none if all are blank.
    pub(super) fn text(&self, row: &Row) -> Option<String> {
        let mut text = String::new();
        for cell in self.each(row) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(cell);
        }
        (!text.is_empty()).then_some(text)
    }

    /// What the map says a word means, if it does.
    pub(super) fn listed(&self, word: &str) -> Option<&str> {
        self.values.get(word).map(String::as_str)
    }

    fn meaning<'a>(&'a self, cell: &'a str) -> &'a str {
        self.listed(cell).unwrap_or(cell)
    }

    /// The first cell that is not blank, as the file has it.
    pub(super) fn untranslated<'a>(&self, row: &'a Row) -> Option<&'a str> {
        self.positions.iter().map(|index| row.cell(*index)).find(|cell| !cell.is_empty())
    }
}
