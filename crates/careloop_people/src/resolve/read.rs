//! From stored rows to features.

use careloop_kernel::{Result, Vault};

use super::outcome::Assigned;
use crate::identity::names::{Names, fnv};
use crate::identity::table::{PAGE, Page};
use crate::identity::{Features, parallel};
use crate::keys::{self, KeyKind};
use crate::normal::Normal;
use crate::sealed;
use crate::store::identity::ResolveRow;
use crate::store::near::NearRow;

/// A record under consideration.
pub(super) struct Loaded {
    /// Where it stands.
    pub at: Assigned,
    pub features: Features,
}

/// Rows that are read by one core.
const FEW: usize = 16;

/// Opens rows and reads them, on all cores if there are many.
pub(super) fn load(vault: &Vault, names: &Names, rows: &[NearRow]) -> Result<Vec<Loaded>> {
    let hash = |kind: KeyKind, text: &str| vault.blind(kind.as_str(), text).cast_unsigned();
    let loaded = |row: &NearRow| {
        let at = Assigned { stale: row.stale, met: Some(row.met), ..Assigned::of(&row.record) };
        Ok(Loaded { at, features: features(vault, names, &row.record, hash)? })
    };
    let part = |rows: &[NearRow]| rows.iter().map(loaded).collect::<Result<Vec<_>>>();
    if rows.len() <= FEW {
        return part(rows);
    }
    let parts: Vec<_> = rows.chunks(rows.len().div_ceil(parallel::cores())).collect();
    Ok(parallel::map(parts.len(), |at| part(parts[at]))
        .into_iter()
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .flatten()
        .collect())
}

/// The same as pages of a table, on all cores.
pub(super) fn pages(vault: &Vault, names: &Names, rows: &[ResolveRow]) -> Result<Vec<Page>> {
    let page = |rows: &[ResolveRow]| {
        let mut page = Page::default();
        for row in rows {
            page.push(&features(vault, names, row, plain)?);
        }
        page.close();
        Ok(page)
    };
    let parts: Vec<_> = rows.chunks(PAGE).collect();
    parallel::map(parts.len(), |part| page(parts[part])).into_iter().collect()
}

fn features(vault: &Vault, names: &Names, row: &ResolveRow, hash: impl Fn(KeyKind, &str) -> u64) -> Result<Features> {
    let fields = sealed::open(vault, row.salt.as_deref(), row.sealed.as_deref())?.unwrap_or_default();
    let tie = mix(row.source.to_be_bytes().into_iter().chain(row.source_key.bytes()));
    Ok(Features::of(&Normal::of(&fields), tie, hash, names))
}

/// A key as a number: a plain hash that never leaves the process.
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
