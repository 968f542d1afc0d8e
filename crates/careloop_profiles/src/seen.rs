//! What data of this chain there is: a tag whose data nobody has ever sent waits for it, which is not the same as nobody
//! having the tag.

use std::collections::BTreeSet;

use careloop_db::Db;
use careloop_kernel::Result;

use crate::library::{RecordField, TagDef};
use crate::store;

/// The event kinds and the fields of records that have ever been seen.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    kinds: BTreeSet<String>,
    records: BTreeSet<RecordField>,
}

impl Seen {
    /// Whether an event of this kind is in the log.
    pub fn has_kind(&self, kind: &str) -> bool {
        self.kinds.contains(kind)
    }

    /// Whether anybody's records have this field.
    pub fn has_field(&self, field: RecordField) -> bool {
        self.records.contains(&field)
    }

    /// Whether none of the data that the tag can be told from has been seen. A tag that staff set waits for nothing.
    pub fn lacks(&self, tag: &TagDef) -> bool {
        let anything = !tag.needs().is_empty() || !tag.records.is_empty();
        let kind = tag.needs().iter().any(|kind| self.has_kind(kind));
        let field = tag.records.iter().any(|field| self.has_field(*field));
        !tag.manual && anything && !kind && !field
    }
}

/// Looks at the log and at the records of everybody who was folded.
pub async fn seen(db: &Db) -> Result<Seen> {
    let kinds = careloop_events::counts_by_kind(db).await?;
    let row = store::fields_seen(db.read()).await?;
    let fields = [
        (RecordField::BirthDate, row.birth_date),
        (RecordField::Gender, row.gender),
        (RecordField::Region, row.region),
        (RecordField::Channel, row.channel),
        (RecordField::Phone, row.phone),
        (RecordField::Wecom, row.wecom),
        (RecordField::Household, row.household),
    ];
    let records = fields.into_iter().filter(|(_, found)| *found > 0).map(|(field, _)| field).collect();
    Ok(Seen { kinds: kinds.into_keys().collect(), records })
}
