//! Records that share a match key.
//!
//! The keys are grouped part by part, each part a range of hashes, so that a chain of millions never has all of them in
//! memory twice.

use super::parallel;
use super::table::{PAGE, Table};

/// A key that more records share than this says nothing about any of them: it is a desk's own number, a filler, a test.
pub(crate) const LARGEST_BLOCK: usize = 200;
/// A phone that more records have than this is no family's.
pub(crate) const CROWD: usize = 12;
/// Records whose keys make up one part.
const PART: usize = 500_000;

/// What the keys of many records say.
#[derive(Default)]
pub(crate) struct Blocks {
    /// Hashes of keys that say nothing, sorted.
    pub hot: Vec<u64>,
    /// Keys that more records share than a family has, sorted by hash: the hash, one of the records, how many there are.
    pub crowded: Vec<(u64, u32, usize)>,
    /// Every pair of records that share a key that says something, each once, in order, lower record first.
    pub pairs: Vec<(u32, u32)>,
}

impl Blocks {
    /// Looks at the keys of all records.
    pub fn of(table: &Table) -> Self {
        let parts = table.len().div_ceil(PART).max(parallel::cores()).next_power_of_two();
        let mut blocks = Self::default();
        let mut pairs = Vec::with_capacity(parts);
        for part in parallel::map(parts, |part| Self::part(table, part, parts)) {
            blocks.hot.extend(part.hot);
            blocks.crowded.extend(part.crowded);
            pairs.push(part.pairs);
        }
        blocks.hot.sort_unstable();
        blocks.crowded.sort_unstable();
        blocks.pairs = merged(table.len(), &pairs);
        blocks
    }

    /// The keys of one part of all hashes.
    fn part(table: &Table, part: usize, parts: usize) -> Self {
        let mut entries: Vec<(u64, u32)> = Vec::new();
        for (page, first) in table.pages().iter().zip((0_u32..).step_by(PAGE)) {
            for (record, index) in page.iter().zip(first..) {
                let keys = record.keys().iter().map(|key| key.hash);
                entries.extend(keys.filter(|hash| part_of(*hash, parts) == part).map(|hash| (hash, index)));
            }
        }
        let mut blocks = Self::default();
        for block in grouped(&mut entries) {
            let (hash, first) = block[0];
            if block.len() > CROWD {
                blocks.crowded.push((hash, first, block.len()));
            }
            if block.len() > LARGEST_BLOCK {
                blocks.hot.push(hash);
                continue;
            }
            for (position, (_, first)) in block.iter().enumerate() {
                blocks.pairs.extend(block[position + 1..].iter().map(|(_, second)| (*first, *second)));
            }
        }
        blocks
    }
}

/// Entries of a hash and a number, each once, by hash.
pub(crate) fn grouped(entries: &mut Vec<(u64, u32)>) -> impl Iterator<Item = &[(u64, u32)]> {
    entries.sort_unstable();
    entries.dedup();
    entries.chunk_by(|a, b| a.0 == b.0)
}

/// Which part a hash belongs to: by its middle bits, which any hash has.
fn part_of(hash: u64, parts: usize) -> usize {
    usize::try_from(hash >> 24).unwrap_or(0) & (parts - 1)
}

/// All pairs in order, each once.
fn merged(records: usize, found: &[Vec<(u32, u32)>]) -> Vec<(u32, u32)> {
    let ranges = parallel::cores();
    let bound = |range: usize| u32::try_from(records * range / ranges).unwrap_or(u32::MAX);
    let sorted = parallel::map(ranges, |range| {
        let own = bound(range)..bound(range + 1);
        let mut pairs: Vec<_> = found.iter().flatten().filter(|pair| own.contains(&pair.0)).copied().collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    });
    sorted.concat()
}
