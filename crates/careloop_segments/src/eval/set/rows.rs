//! Which of a person's events count.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::eval::cells::Mapped;
use crate::eval::facts::named;
use crate::eval::kind::KindColumns;
use crate::eval::{Names, World};
use crate::rule::{Scalar, Test};

/// The rows inside a stretch of time that pass.
pub(super) struct Rows<'a> {
    pub(super) columns: &'a KindColumns,
    filters: Vec<Filter<'a>>,
    from: i64,
    to: i64,
}

impl<'a> Rows<'a> {
    pub(super) fn of(
        columns: &'a KindColumns,
        filters: &'a [(String, Test)],
        world: &World,
        (from, to): (i64, i64),
    ) -> Self {
        let filters = filters.iter().map(|(name, test)| Filter::of(columns, name, test, &world.names)).collect();
        Self { columns, filters, from, to }
    }

    /// Those among the rows of a person, the latest first.
    pub(super) fn back(&self, group: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let at = &self.columns.at_us;
        let early = group.rev().skip_while(|row| at[*row] >= self.to);
        early.take_while(|row| at[*row] >= self.from).filter(|row| self.passes(*row))
    }

    /// Those among the rows of a person, in the order they happened.
    pub(super) fn forth(&self, group: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let at = &self.columns.at_us;
        let late = group.skip_while(|row| at[*row] < self.from);
        late.take_while(|row| at[*row] < self.to).filter(|row| self.passes(*row))
    }

    fn passes(&self, row: usize) -> bool {
        self.filters.iter().all(|filter| filter.passes(self.columns, row))
    }

    /// The instants of those rows, in order; `room` holds them where they do not lie side by side.
    pub(super) fn instants<'r>(&'r self, group: Range<usize>, room: &'r mut Vec<i64>) -> &'r [i64] {
        if !self.filters.is_empty() {
            room.clear();
            room.extend(self.forth(group).map(|row| self.columns.at_us[row]));
            return room;
        }
        let at = &self.columns.at_us[group];
        let end = at.len() - at.iter().rev().take_while(|at| **at >= self.to).count();
        let start = end - at[..end].iter().rev().take_while(|at| **at >= self.from).count();
        &at[start..end]
    }
}

/// A condition on rows.
enum Filter<'a> {
    Clinic {
        numbers: Vec<i64>,
        absent: bool,
    },
    Source(Vec<i64>),
    Amount(&'a Test),
    Cells(Mapped<'a, bool>),
    /// No row has the field.
    Absent(bool),
}

impl<'a> Filter<'a> {
    fn of(columns: &'a KindColumns, name: &str, test: &'a Test, names: &Names) -> Self {
        let by_number = |names: &BTreeMap<i64, Vec<String>>| {
            let passes = |number: &i64| test.passes_any(&named(names, &[*number]));
            names.keys().copied().filter(passes).collect()
        };
        match name {
            "clinic" => Self::Clinic { numbers: by_number(&names.clinics), absent: test.passes(None) },
            "source" => Self::Source(by_number(&names.sources)),
            "amount" => Self::Amount(test),
            _ => match columns.fields.get(name) {
                Some(cells) => Self::Cells(cells.test(test)),
                None => Self::Absent(test.passes(None)),
            },
        }
    }

    fn passes(&self, columns: &KindColumns, row: usize) -> bool {
        match self {
            Self::Clinic { numbers, absent } => columns.clinic(row).map_or(*absent, |clinic| numbers.contains(&clinic)),
            Self::Source(numbers) => numbers.contains(&columns.source(row)),
            Self::Amount(test) => test.passes(columns.amount(row).map(Scalar::money).as_ref()),
            Self::Cells(rows) => rows.row(row),
            Self::Absent(passes) => *passes,
        }
    }
}
