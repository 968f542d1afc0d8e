//! Whom the rows of a list mean: many numbers or ids at once.

use std::collections::{BTreeMap, BTreeSet};

use careloop_db::ConnectionTrait;
use careloop_kernel::permissions::ReadPeople;
use careloop_kernel::{Ctx, Result};

use crate::keys::KeyKind;
use crate::store::lookup as store;
use crate::text::phone;

/// A complete telephone number as it is compared, or nothing when the text is none.
pub fn complete_phone(text: &str) -> Option<String> {
    phone::parse(text).filter(|phone| phone.kind != phone::PhoneKind::Local).map(|phone| phone.number)
}

/// The persons the caller may see who have each of these numbers ([`complete_phone`]); a family's number has several.
pub async fn find_by_phones(
    connection: &impl ConnectionTrait,
    ctx: &Ctx<ReadPeople>,
    numbers: &BTreeSet<String>,
) -> Result<BTreeMap<String, Vec<i64>>> {
    let hashes: BTreeMap<i64, &String> =
        numbers.iter().map(|number| (ctx.vault().blind(KeyKind::Phone.as_str(), number), number)).collect();
    let keys: Vec<i64> = hashes.keys().copied().collect();
    let mut found: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (hash, person) in store::by_keys(connection, &keys, &ctx.scope().record_condition("v")).await? {
        if let Some(number) = hashes.get(&hash) {
            found.entry((*number).clone()).or_default().push(person);
        }
    }
    Ok(found)
}

/// The persons the caller may see to whom records of these ids belong now.
pub async fn find_by_records(
    connection: &impl ConnectionTrait,
    ctx: &Ctx<ReadPeople>,
    ids: &BTreeSet<String>,
) -> Result<BTreeMap<String, i64>> {
    let ids: Vec<String> = ids.iter().cloned().collect();
    store::by_record_ids(connection, &ids, &ctx.scope().record_condition("v")).await
}
