//! Records that share a match key.

/// A key that more records share than this says nothing about any of them: it is a desk's own number, a filler, a test.
pub(crate) const LARGEST_BLOCK: usize = 200;

/// Key hashes with the record that has them, grouped.
pub(crate) struct Blocks {
    /// Sorted by hash, then record.
    entries: Vec<(u64, u32)>,
}

impl Blocks {
    /// Groups the entries.
    pub fn of(mut entries: Vec<(u64, u32)>) -> Self {
        entries.sort_unstable();
        entries.dedup();
        Self { entries }
    }

    /// Every block, as (hash, entries).
    pub fn iter(&self) -> impl Iterator<Item = (u64, &[(u64, u32)])> {
        self.entries.chunk_by(|a, b| a.0 == b.0).map(|block| (block[0].0, block))
    }

    /// The hashes of blocks with more records than `limit`, sorted.
    pub fn larger_than(&self, limit: usize) -> Vec<u64> {
        self.iter().filter(|(_, block)| block.len() > limit).map(|(hash, _)| hash).collect()
    }

    /// Every pair of records that share a key of a block that is not too large, each once, lower record first.
    pub fn pairs(&self) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        for (_, block) in self.iter().filter(|(_, block)| (2..=LARGEST_BLOCK).contains(&block.len())) {
            for (position, (_, first)) in block.iter().enumerate() {
                pairs.extend(block[position + 1..].iter().map(|(_, second)| (*first, *second)));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }
}
