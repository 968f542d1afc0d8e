//! Whom a caller means.

use std::collections::BTreeSet;

use careloop_db::Db;
use careloop_kernel::ids::{PersonId, SegmentId};
use careloop_kernel::permissions::ReadPeople;
use careloop_kernel::{Ctx, Error, Result};
use careloop_profiles::sets::from_bytes;
use roaring::RoaringBitmap;

use crate::bulk::Origin;
use crate::finder::number;
use crate::service::{missing, visible};
use crate::store;

/// How many people can be named one by one.
const MOST_NAMED: usize = 2_000;

/// People to work on.
#[derive(Debug, Clone)]
pub enum Whom {
    /// These.
    People(Vec<PersonId>),
    /// The members of a segment at this moment.
    Segment(SegmentId),
}

/// People found and allowed, as a bitmap.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) people: RoaringBitmap,
    pub(crate) origin: Origin,
    pub(crate) report: Option<serde_json::Value>,
}

/// The people meant whom the caller may see.
pub(crate) async fn choose(db: &Db, ctx: &Ctx<ReadPeople>, whom: &Whom) -> Result<Chosen> {
    match whom {
        Whom::People(ids) => {
            if ids.is_empty() || ids.len() > MOST_NAMED {
                let message = format!("choose 1 to {MOST_NAMED} people; for more, make a segment and take its members");
                return Err(Error::invalid("bulk.people", message.clone()).with_field("people", message));
            }
            let anchors: BTreeSet<String> = ids.iter().map(|id| id.anchor().to_string()).collect();
            let found = careloop_people::find_by_records(db.read(), ctx, &anchors).await?;
            if found.len() < anchors.len() {
                return Err(Error::not_found(
                    "people.not_found",
                    "some of these people do not exist, or they belong to another clinic; reload the list",
                ));
            }
            let people = found.into_values().map(number).collect();
            Ok(Chosen { people, origin: Origin::Selection, report: None })
        }
        Whom::Segment(id) => {
            let row = store::find(db.read(), &id.to_string()).await?.ok_or_else(missing)?;
            let mut people = from_bytes(&row.members)?;
            if let Some(visible) = visible(db, ctx).await? {
                people &= visible;
            }
            Ok(Chosen { people, origin: Origin::Segment, report: None })
        }
    }
}
