//! Counting warnings by column and code, so that a million odd rows are one line.

use std::collections::BTreeMap;

use super::convert::Issue;
use super::model::Warning;

/// Warnings counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    counts: BTreeMap<(String, String), Warning>,
}

impl Tally {
    /// Goes on from what was counted before.
    pub(super) fn resume(warnings: &[Warning]) -> Self {
        let entry = |warning: &Warning| ((warning.column.clone(), warning.code.clone()), warning.clone());
        Self { counts: warnings.iter().map(entry).collect() }
    }

    /// Counts one row's warning.
    pub(super) fn add(&mut self, line: u64, issue: Issue) {
        let Issue { column, code, reason } = issue;
        self.counts
            .entry((column.clone(), code.to_owned()))
            .or_insert_with(|| Warning { column, code: code.to_owned(), reason, count: 0, first_line: line })
            .count += 1;
    }

    /// Adds what was counted elsewhere, further down the file.
    pub(super) fn merge(&mut self, other: Self) {
        for (key, warning) in other.counts {
            match self.counts.get_mut(&key) {
                Some(known) => known.count += warning.count,
                None => {
                    self.counts.insert(key, warning);
                }
            }
        }
    }

    /// The counts, by column and code.
    pub(super) fn warnings(&self) -> Vec<Warning> {
        self.counts.values().cloned().collect()
    }
}
