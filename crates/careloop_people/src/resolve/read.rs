//! From stored rows to features.

use careloop_kernel::{Result, Vault};

use crate::identity::Features;
use crate::identity::names::{Names, fnv};
use crate::keys::{self, KeyKind};
use crate::normal::Normal;
use crate::sealed;
use crate::store::identity::ResolveRow;

/// A record under consideration.
pub(super) struct Loaded {
    pub ord: i64,
    pub person: i64,
    pub household: i64,
    pub settled: bool,
    pub features: Features,
}

/// How keys become numbers: as stored, or quickly.
#[derive(Clone, Copy)]
pub(super) enum Hashing {
    /// The blind index, to look into `record_keys`.
    Blind,
    /// A plain hash that never leaves the process.
    Plain,
}

/// Opens rows and reads them, on all cores if there are many.
pub(super) fn load(vault: &Vault, names: &Names, rows: &[ResolveRow], hashing: Hashing) -> Result<Vec<Loaded>> {
    let open = |rows: &[ResolveRow]| rows.iter().map(|row| one(vault, names, row, hashing)).collect::<Result<Vec<_>>>();
    if rows.len() < 2_000 {
        return open(rows);
    }
    let (first, second) = rows.split_at(rows.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| open(second));
        let mut all = open(first)?;
        all.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        Ok(all)
    })
}

fn one(vault: &Vault, names: &Names, row: &ResolveRow, hashing: Hashing) -> Result<Loaded> {
    let fields = sealed::open(vault, row.salt.as_deref(), row.sealed.as_deref())?.unwrap_or_default();
    let normal = Normal::of(&fields);
    let hash = |kind: KeyKind, text: &str| match hashing {
        Hashing::Blind => vault.blind(kind.as_str(), text).cast_unsigned(),
        Hashing::Plain => plain(kind, text),
    };
    let tie = mix(row.source.to_be_bytes().into_iter().chain(row.source_key.bytes()));
    Ok(Loaded {
        ord: row.ord,
        person: row.person,
        household: row.household,
        settled: row.resolved_at.is_some(),
        features: Features::of(&normal, tie, hash, names),
    })
}

fn plain(kind: KeyKind, text: &str) -> u64 {
    mix(kind.as_str().bytes().chain([0]).chain(text.bytes()))
}

/// The text of a record's key whose plain hash is known.
pub(super) fn key_text(vault: &Vault, row: &ResolveRow, (kind, hash): (KeyKind, u64)) -> Result<Option<String>> {
    let fields = sealed::open(vault, row.salt.as_deref(), row.sealed.as_deref())?.unwrap_or_default();
    let keys = keys::match_keys(&Normal::of(&fields));
    Ok(keys.into_iter().find(|(known, text)| *known == kind && plain(kind, text) == hash).map(|(_, text)| text))
}

/// FNV-1a with a final scramble (MurmurHash3): the same on every machine and in every version.
fn mix(bytes: impl Iterator<Item = u8>) -> u64 {
    let mut hash = fnv(bytes);
    for factor in [0xff51_afd7_ed55_8ccd_u64, 0xc4ce_b9fe_1a85_ec53] {
        hash = (hash ^ (hash >> 33)).wrapping_mul(factor);
    }
    hash ^ (hash >> 33)
}
