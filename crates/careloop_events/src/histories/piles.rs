//! Events put aside by parts of records, packed, while the log is gone through.

use super::packed::Packer;
use crate::Scanned;

/// Records are in one part whose numbers differ in these low bits only.
pub(super) const PART_BITS: u32 = 11;
/// Bytes of events that are packed together, at most.
const PACKED: usize = 64 << 10;
/// Bytes of events that one reader holds unpacked, at most.
const LOOSE: usize = 128 << 20;

/// What one reader of the log has met.
#[derive(Debug)]
pub(super) struct Piles {
    piles: Vec<Pile>,
    /// Bytes at which a pile is packed.
    most: usize,
}

/// Events of one part, packed.
pub(super) type Packed = Vec<Vec<u8>>;

#[derive(Debug, Default)]
struct Pile {
    loose: Packer,
    packed: Packed,
}

impl Piles {
    /// For so many parts.
    pub(super) fn of(parts: usize) -> Self {
        let piles = std::iter::repeat_with(Pile::default).take(parts).collect();
        Self { piles, most: PACKED.min(LOOSE / parts.max(1)) }
    }

    /// Puts an event aside; one of a record beyond the last part is left out.
    pub(super) fn put(&mut self, event: &Scanned<'_>) {
        let part = usize::try_from(event.record >> PART_BITS).ok();
        if let Some(pile) = part.and_then(|part| self.piles.get_mut(part)) {
            pile.loose.put(event);
            if pile.loose.len() >= self.most {
                pile.packed.push(pile.loose.pack());
            }
        }
    }

    /// What was met of each part.
    pub(super) fn done(self) -> impl Iterator<Item = Packed> {
        self.piles.into_iter().map(|mut pile| {
            if pile.loose.len() > 0 {
                pile.packed.push(pile.loose.pack());
            }
            pile.packed
        })
    }
}

/// All parts of several readers.
pub(super) fn together(readers: Vec<Piles>, parts: usize) -> Vec<Packed> {
    let mut all: Vec<Packed> = std::iter::repeat_with(Vec::new).take(parts).collect();
    for piles in readers {
        for (part, packed) in all.iter_mut().zip(piles.done()) {
            part.extend(packed);
        }
    }
    all
}
