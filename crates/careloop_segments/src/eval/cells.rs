//! Values in columns: each different value once, and its number in every row.

use std::collections::HashMap;

use crate::rule::{Scalar, Test};

/// The values of one field of all events of a kind.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    /// By row: one more than the place of its value, or 0 where there is none.
    codes: Codes,
    values: Vec<Scalar>,
    places: HashMap<Scalar, u32>,
}

impl Cells {
    /// Adds a row.
    pub fn push(&mut self, value: Option<Scalar>) {
        let code = self.code(value);
        self.push_code(code);
    }

    /// The number of a value, which may be new.
    ///
    /// INVARIANT: there are fewer rows, and so fewer values, than 32 bits count.
    pub(crate) fn code(&mut self, value: Option<Scalar>) -> u32 {
        let Some(value) = value else { return 0 };
        let next = u32::try_from(self.values.len() + 1).unwrap_or(0);
        *self.places.entry(value).or_insert_with_key(|value| {
            self.values.push(value.clone());
            next
        })
    }

    /// Adds a row whose value has this number.
    pub(crate) fn push_code(&mut self, code: u32) {
        self.codes.push(code);
    }

    /// How many different values there are.
    pub(crate) fn different(&self) -> usize {
        self.values.len()
    }

    /// The value of a row.
    pub(super) fn get(&self, row: usize) -> Option<&Scalar> {
        self.values.get(self.codes.get(row).checked_sub(1)?)
    }

    /// Adds these rows of others.
    pub(super) fn take(&mut self, from: &Self, rows: impl Iterator<Item = usize>) {
        let mut known: Vec<Option<u32>> = vec![None; from.values.len() + 1];
        for row in rows {
            let place = &mut known[from.codes.get(row)];
            let code = *place.get_or_insert_with(|| self.code(from.get(row).cloned()));
            self.codes.push(code);
        }
    }

    /// Puts the rows in another order, given as the places where they were; no value is added afterwards.
    pub(super) fn arrange(&mut self, order: &[u32]) {
        self.codes.arrange(order);
        self.places = HashMap::new();
    }

    /// By row, what is made of its value; each different value is looked at once.
    pub(super) fn map<T: Copy>(&self, of: impl Fn(Option<&Scalar>) -> T) -> Mapped<'_, T> {
        let values = std::iter::once(None).chain(self.values.iter().map(Some));
        Mapped { codes: &self.codes, made: values.map(of).collect() }
    }

    /// By row, whether its value passes.
    pub(super) fn test(&self, test: &Test) -> Mapped<'_, bool> {
        self.map(|value| test.passes(value))
    }

    /// By row, what is made of a number that is the same exactly for the same value, 0 for none and at most
    /// [`Self::different`].
    pub(super) fn identities<T: Copy>(&self, of: impl Fn(i64) -> T) -> Mapped<'_, T> {
        let mut known = HashMap::new();
        let mut made = vec![of(0)];
        for (value, own) in self.values.iter().zip(1..) {
            made.push(of(*known.entry(value.identity()).or_insert(own)));
        }
        Mapped { codes: &self.codes, made }
    }
}

/// Numbers of values by row; while they are small, they take half the room.
#[derive(Debug, Clone)]
enum Codes {
    Short(Vec<u16>),
    Long(Vec<u32>),
}

impl Default for Codes {
    fn default() -> Self {
        Self::Short(Vec::new())
    }
}

impl Codes {
    fn push(&mut self, code: u32) {
        match self {
            Self::Long(codes) => codes.push(code),
            Self::Short(codes) => match u16::try_from(code) {
                Ok(code) => codes.push(code),
                Err(_) => *self = Self::Long(codes.iter().map(|code| u32::from(*code)).chain([code]).collect()),
            },
        }
    }

    fn get(&self, row: usize) -> usize {
        match self {
            Self::Short(codes) => usize::from(codes[row]),
            Self::Long(codes) => codes[row] as usize,
        }
    }

    fn arrange(&mut self, order: &[u32]) {
        match self {
            Self::Short(codes) => arrange(codes, order),
            Self::Long(codes) => arrange(codes, order),
        }
    }
}

/// Something made of the value of each row.
#[derive(Debug)]
pub(super) struct Mapped<'a, T> {
    codes: &'a Codes,
    made: Vec<T>,
}

impl<T: Copy> Mapped<'_, T> {
    pub(super) fn row(&self, row: usize) -> T {
        self.made[self.codes.get(row)]
    }
}

/// Puts a column in another order, given as the places where its rows were.
pub(super) fn arrange<T: Copy>(column: &mut Vec<T>, order: &[u32]) {
    *column = order.iter().map(|place| column[*place as usize]).collect();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_values_than_a_short_number_counts_are_told_apart() {
        let mut cells = Cells::default();
        let value = |row: i64| (row % 10 != 0).then_some(Scalar::Int(row / 2));
        (0..140_000).for_each(|row| cells.push(value(row)));
        let mut taken = Cells::default();
        taken.take(&cells, (0..140_000).rev());
        let order: Vec<u32> = (0..140_000).rev().collect();
        taken.arrange(&order);
        for (row, expected) in (0..140_000).map(value).enumerate() {
            assert_eq!((cells.get(row), taken.get(row)), (expected.as_ref(), expected.as_ref()));
        }
    }
}
