//! Events of one kind in columns.

use std::collections::BTreeMap;

use super::cells::{Cells, arrange};

/// No value in a column that may have none.
const NONE: i64 = i64::MIN;
/// No clinic; numbers of clinics begin with 1.
const NO_CLINIC: u32 = 0;

/// What every event says, whatever its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// `records.ord`.
    pub record: u32,
    /// When it happened.
    pub at_us: i64,
    /// The order among events of one instant; none where nobody asks for it.
    pub seq: Option<i64>,
    /// Minor units.
    pub amount: Option<i64>,
    /// `clinics.ord`.
    pub clinic: Option<i64>,
    /// `sources.ord`.
    pub source: i64,
}

/// Events of one kind, one row each.
///
/// INVARIANT: numbers of clinics and sources fit 32 bits.
#[derive(Debug, Clone, Default)]
pub struct KindColumns {
    pub(super) record: Vec<u32>,
    pub(super) at_us: Vec<i64>,
    seq: Sparse,
    amount: Sparse,
    clinic: Vec<u32>,
    source: Vec<u32>,
    /// Other fields by name.
    pub fields: BTreeMap<String, Cells>,
}

impl KindColumns {
    /// How many events.
    pub fn len(&self) -> usize {
        self.record.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.record.is_empty()
    }

    /// Adds an event; its fields are added by the caller.
    pub fn push(&mut self, told: Told) {
        self.seq.push(self.record.len(), told.seq);
        self.amount.push(self.record.len(), told.amount);
        self.record.push(told.record);
        self.at_us.push(told.at_us);
        self.clinic.push(told.clinic.map_or(NO_CLINIC, short));
        self.source.push(short(told.source));
    }

    /// Adds all rows of others, which have the same fields.
    pub(crate) fn append(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
        } else {
            self.take(&other, &(0..other.len()));
        }
    }

    /// Adds these rows of others, which have the same fields.
    pub(super) fn take(&mut self, from: &Self, rows: &(impl Iterator<Item = usize> + Clone)) {
        self.seq.take(self.record.len(), &from.seq, rows.clone());
        self.amount.take(self.record.len(), &from.amount, rows.clone());
        self.record.extend(rows.clone().map(|row| from.record[row]));
        self.at_us.extend(rows.clone().map(|row| from.at_us[row]));
        self.clinic.extend(rows.clone().map(|row| from.clinic[row]));
        self.source.extend(rows.clone().map(|row| from.source[row]));
        for (field, cells) in &from.fields {
            self.fields.entry(field.clone()).or_default().take(cells, rows.clone());
        }
    }

    /// Puts the rows in another order, given as the places where they were.
    pub(super) fn arrange(&mut self, order: &[u32]) {
        arrange(&mut self.record, order);
        arrange(&mut self.at_us, order);
        self.seq.arrange(order);
        self.amount.arrange(order);
        arrange(&mut self.clinic, order);
        arrange(&mut self.source, order);
        self.fields.values_mut().for_each(|cells| cells.arrange(order));
    }

    pub(super) fn seq(&self, row: usize) -> Option<i64> {
        self.seq.get(row)
    }

    pub(super) fn amount(&self, row: usize) -> Option<i64> {
        self.amount.get(row)
    }

    pub(super) fn clinic(&self, row: usize) -> Option<i64> {
        Some(self.clinic[row]).filter(|clinic| *clinic != NO_CLINIC).map(i64::from)
    }

    pub(super) fn source(&self, row: usize) -> i64 {
        i64::from(self.source[row])
    }
}

fn short(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A column that takes no room before its first value.
#[derive(Debug, Clone, Default)]
struct Sparse(Vec<i64>);

impl Sparse {
    /// Adds the value of this row, which is the next.
    fn push(&mut self, row: usize, value: Option<i64>) {
        if self.0.is_empty() && value.is_some() {
            self.0.resize(row, NONE);
        }
        if value.is_some() || !self.0.is_empty() {
            self.0.push(value.unwrap_or(NONE));
        }
    }

    fn get(&self, row: usize) -> Option<i64> {
        self.0.get(row).copied().filter(|value| *value != NONE)
    }

    /// Adds these rows of another after so many of its own.
    fn take(&mut self, own: usize, from: &Self, rows: impl Iterator<Item = usize>) {
        for (row, taken) in (own..).zip(rows) {
            self.push(row, from.get(taken));
        }
    }

    fn arrange(&mut self, order: &[u32]) {
        if !self.0.is_empty() {
            arrange(&mut self.0, order);
        }
    }
}
