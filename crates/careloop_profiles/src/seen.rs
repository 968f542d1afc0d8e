//! What data of this chain there is: a tag whose data nobody has ever sent waits for it, which is not the same as nobody
//! having the tag.

use std::collections::BTreeSet;

use careloop_db::{ConnectionTrait, Db};
use careloop_kernel::Result;
use jiff::Timestamp;

use crate::library::{RecordField, TagDef, tag_library};
use crate::store::{self, FieldsRow};

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

    /// The tags that wait for data.
    pub(crate) fn waiting(&self) -> BTreeSet<String> {
        tag_library().tags().iter().filter(|tag| self.lacks(tag)).map(|tag| tag.id.clone()).collect()
    }
}

/// Looks at the log and at everybody who was folded.
pub async fn seen(db: &Db) -> Result<Seen> {
    let kinds = careloop_events::counts_by_kind(db).await?.into_keys().collect();
    Ok(Seen { kinds, records: fields(&store::fields_folded(db.read()).await?) })
}

/// Looks at the log and at all records, folded or not.
pub(crate) async fn sent(db: &Db) -> Result<Seen> {
    let kinds = careloop_events::counts_by_kind(db).await?.into_keys().collect();
    Ok(Seen { kinds, records: fields(&store::fields_recorded(db.read()).await?) })
}

/// Since when there has been data, for whoever asks about several instants.
#[derive(Debug)]
pub(crate) struct Beginnings {
    /// The first instant that may be asked about.
    pub(crate) from: Timestamp,
    /// The first instant of each kind of event, in microseconds since 1970, UTC.
    kinds: Vec<(String, i64)>,
    /// What records say now; nobody knows since when.
    records: BTreeSet<RecordField>,
}

impl Beginnings {
    /// Looks through the whole log, for instants from this one on.
    pub(crate) async fn read(connection: &impl ConnectionTrait, from: Timestamp) -> Result<Self> {
        let kinds = store::first_of_kinds(connection, from.as_microsecond()).await?;
        Ok(Self { from, kinds, records: fields(&store::fields_recorded(connection).await?) })
    }

    /// What had happened before an instant.
    pub(crate) fn before(&self, at: Timestamp) -> Seen {
        let kinds = self.kinds.iter().filter(|(_, first)| *first < at.as_microsecond());
        Seen { kinds: kinds.map(|(kind, _)| kind.clone()).collect(), records: self.records.clone() }
    }
}

fn fields(row: &FieldsRow) -> BTreeSet<RecordField> {
    let fields = [
        (RecordField::BirthDate, row.birth_date),
        (RecordField::Gender, row.gender),
        (RecordField::Region, row.region),
        (RecordField::Channel, row.channel),
        (RecordField::Phone, row.phone),
        (RecordField::Wecom, row.wecom),
        (RecordField::Household, row.household),
    ];
    fields.into_iter().filter(|(_, found)| *found > 0).map(|(field, _)| field).collect()
}
