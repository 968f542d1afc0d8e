//! What a person's events come to as a number.

use std::ops::Range;

use crate::eval::cells::Mapped;
use crate::eval::kind::KindColumns;
use crate::eval::person::Total;
use crate::rule::{Scalar, Test};

use super::rows::Rows;

/// A field whose values are added or told apart, as a number by row.
pub(super) enum Field<'a> {
    Clinic,
    Source,
    Amount,
    Cells(Mapped<'a, i64>),
    /// Few different values: each is a bit.
    Few(Mapped<'a, u64>),
    /// No row has it.
    Absent,
}

impl<'a> Field<'a> {
    /// What a row adds to a sum; clinics and sources are no numbers.
    pub(super) fn parts(columns: &'a KindColumns, name: &str) -> Self {
        match name {
            "amount" => Self::Amount,
            _ => columns
                .fields
                .get(name)
                .map_or(Self::Absent, |cells| Self::Cells(cells.map(|value| value.map_or(0, Total::part)))),
        }
    }

    /// What tells a row's value from others; clinics and sources are told apart by their numbers.
    pub(super) fn identities(columns: &'a KindColumns, name: &str) -> Self {
        match name {
            "clinic" => Self::Clinic,
            "source" => Self::Source,
            "amount" => Self::Amount,
            _ => match columns.fields.get(name) {
                Some(cells) if cells.different() < 64 => Self::Few(cells.identities(|identity| 1_u64 << identity)),
                Some(cells) => Self::Cells(cells.identities(|identity| identity)),
                None => Self::Absent,
            },
        }
    }

    fn part(&self, columns: &KindColumns, row: usize) -> i64 {
        match self {
            Self::Amount => columns.amount(row).unwrap_or(0),
            Self::Cells(parts) => parts.row(row),
            Self::Clinic | Self::Source | Self::Few(_) | Self::Absent => 0,
        }
    }

    fn identity(&self, columns: &KindColumns, row: usize) -> Option<i64> {
        match self {
            Self::Clinic => columns.clinic(row),
            Self::Source => Some(columns.source(row)),
            Self::Amount => columns.amount(row),
            Self::Cells(identities) => Some(identities.row(row)).filter(|identity| *identity != 0),
            Self::Few(_) | Self::Absent => None,
        }
    }

    /// The sum over these rows, and how many they are.
    pub(super) fn sum(&self, rows: &Rows<'_>, group: Range<usize>) -> (Total, i64) {
        rows.back(group)
            .fold((Total::default(), 0), |(sum, count), row| (sum.add_part(self.part(rows.columns, row)), count + 1))
    }

    /// How many different values these rows have; `seen` is room to work in.
    pub(super) fn different(&self, rows: &Rows<'_>, group: Range<usize>, seen: &mut Vec<i64>) -> i64 {
        if let Self::Few(bits) = self {
            // The lowest bit is that of no value.
            let seen = rows.back(group).fold(0, |seen, row| seen | bits.row(row)) & !1;
            return i64::from(seen.count_ones());
        }
        seen.clear();
        seen.extend(rows.back(group).filter_map(|row| self.identity(rows.columns, row)));
        seen.sort_unstable();
        seen.dedup();
        i64::try_from(seen.len()).unwrap_or(i64::MAX)
    }
}

/// Counts that people have again and again, tested once.
const SMALL: i64 = 64;

/// A test of whole numbers of things.
pub(super) struct Counts<'a> {
    test: &'a Test,
    small: Vec<bool>,
}

impl<'a> Counts<'a> {
    pub(super) fn of(test: &'a Test) -> Self {
        Self { test, small: (0..SMALL).map(|count| test.passes_number(&Scalar::Int(count), count)).collect() }
    }

    pub(super) fn passes(&self, count: i64) -> bool {
        let small = usize::try_from(count).ok().and_then(|place| self.small.get(place));
        small.copied().unwrap_or_else(|| self.test.passes_number(&Scalar::Int(count), count))
    }
}
