//! The look through a whole file before anything is written: how many rows, and which rows are named like others.
//!
//! A people file may name a source id more than once; then its last row counts, and the earlier ones change nothing. So
//! the file as a whole says one thing about each record, and importing it again says the same. Of events with one event id
//! the first counts, as in the log; a later row that says something else is told of.

use std::collections::hash_map::{Entry, RandomState};
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::ops::ControlFlow;

use careloop_kernel::Result;

use super::convert::{Binding, Converted, Surroundings};
use super::read::{Row, Table};

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Rows after the header.
    pub rows: u64,
    /// For source ids that stand more than once: the number of their last row, counted from 1.
    last: HashMap<String, u64>,
    /// The numbers of rows that are left out because an earlier, different one has their event id.
    left_out: HashSet<u64>,
}

impl Survey {
    /// Reads the file to its end.
    pub(super) fn of(table: &Table, binding: &Binding, around: &Surroundings) -> Result<Self> {
        let state = RandomState::new();
        let mut survey = Self::default();
        let mut hashes: Vec<u64> = Vec::new();
        table.each_row(&mut |row| {
            survey.rows += 1;
            hashes.extend(binding.name_hash(row, &state));
            Ok(ControlFlow::Continue(()))
        })?;
        let repeated = repeated(hashes);
        if repeated.is_empty() {
            return Ok(survey);
        }
        let is_candidate = |row: &Row| binding.name_hash(row, &state).is_some_and(|hash| repeated.contains(&hash));
        if binding.has_keys() {
            survey.last = last_rows(table, binding, is_candidate)?;
        } else {
            survey.left_out = left_out(table, (binding, around), is_candidate, &state)?;
        }
        Ok(survey)
    }

    /// Whether a later row has the same source id.
    pub(super) fn is_replaced(&self, key: &str, row: u64) -> bool {
        self.last.get(key).is_some_and(|last| *last > row)
    }

    /// Whether an earlier row has the same event id and says something else.
    pub(super) fn is_left_out(&self, row: u64) -> bool {
        self.left_out.contains(&row)
    }
}

/// The hashes that stand more than once: eight bytes a row, so that a large file fits.
fn repeated(mut hashes: Vec<u64>) -> HashSet<u64> {
    hashes.sort_unstable();
    hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect()
}

fn last_rows(table: &Table, binding: &Binding, is_candidate: impl Fn(&Row) -> bool) -> Result<HashMap<String, u64>> {
    let mut counts: HashMap<String, (u64, u64)> = HashMap::new();
    let mut number = 0;
    table.each_row(&mut |row| {
        number += 1;
        if is_candidate(row) {
            let entry = counts.entry(binding.key(row).to_owned()).or_default();
            *entry = (entry.0 + 1, number);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(counts.into_iter().filter(|(_, (count, _))| *count > 1).map(|(key, (_, last))| (key, last)).collect())
}

/// Only rows that are taken count: a refused one leaves its event id to the next.
fn left_out(
    table: &Table,
    (binding, around): (&Binding, &Surroundings),
    is_candidate: impl Fn(&Row) -> bool,
    state: &RandomState,
) -> Result<HashSet<u64>> {
    let mut first: HashMap<u64, u64> = HashMap::new();
    let (mut left_out, mut warnings, mut number) = (HashSet::new(), Vec::new(), 0);
    table.each_row(&mut |row| {
        number += 1;
        if is_candidate(row)
            && let Ok(Converted::Event { event, .. }) = binding.convert(row, around, &mut warnings)
        {
            let content = state.hash_one((0..row.width()).map(|index| row.cell(index)).collect::<Vec<_>>());
            match first.entry(state.hash_one(&event.message_id)) {
                Entry::Vacant(entry) => {
                    entry.insert(content);
                }
                Entry::Occupied(entry) if *entry.get() == content => {}
                Entry::Occupied(_) => {
                    left_out.insert(number);
                }
            }
        }
        warnings.clear();
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(left_out)
}
