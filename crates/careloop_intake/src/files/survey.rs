//! The look through a whole file before anything is written: how many rows, and which rows are replaced by later ones.
//!
//! A people file may name a source id more than once; then its last row counts, and the earlier ones change nothing. So
//! the file as a whole says one thing about each record, and importing it again says the same.

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::ops::ControlFlow;

use careloop_kernel::Result;

use super::convert::Binding;
use super::read::Table;

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Rows after the header.
    pub rows: u64,
    /// For source ids that stand more than once: the number of their last row, counted from 1.
    last: HashMap<String, u64>,
}

impl Survey {
    /// Reads the file to its end.
    pub(super) fn of(table: &Table, binding: &Binding) -> Result<Self> {
        let state = RandomState::new();
        let mut survey = Self::default();
        let mut hashes: Vec<u64> = Vec::new();
        table.each_row(&mut |row| {
            survey.rows += 1;
            if binding.has_keys() {
                hashes.push(state.hash_one(binding.key(row)));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let repeated = repeated(hashes);
        if !repeated.is_empty() {
            survey.last = last_rows(table, binding, |key| repeated.contains(&state.hash_one(key)))?;
        }
        Ok(survey)
    }

    /// Whether a later row has the same source id.
    pub(super) fn is_replaced(&self, key: &str, row: u64) -> bool {
        self.last.get(key).is_some_and(|last| *last > row)
    }
}

/// The hashes that stand more than once: eight bytes a row, so that a large file fits.
fn repeated(mut hashes: Vec<u64>) -> HashSet<u64> {
    hashes.sort_unstable();
    hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect()
}

fn last_rows(table: &Table, binding: &Binding, is_candidate: impl Fn(&str) -> bool) -> Result<HashMap<String, u64>> {
    let mut counts: HashMap<String, (u64, u64)> = HashMap::new();
    let mut number = 0;
    table.each_row(&mut |row| {
        number += 1;
        let key = binding.key(row);
        if !key.is_empty() && is_candidate(key) {
            let entry = counts.entry(key.to_owned()).or_default();
            *entry = (entry.0 + 1, number);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(counts.into_iter().filter(|(_, (count, _))| *count > 1).map(|(key, (_, last))| (key, last)).collect())
}
