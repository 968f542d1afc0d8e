//! Taking an action back, record by record.

use std::collections::BTreeSet;

use careloop_db::Tx;
use careloop_kernel::ids::SegmentId;
use careloop_kernel::{Ctx, Result};
use careloop_profiles::{Event, TagTeller, restore_tag_of_records};

use super::step::Told;
use super::{Deed, apply};
use crate::eval::listed;

/// Puts these records where they would stand without the events of the action that is undone.
pub(super) async fn records<P>(tx: &Tx, ctx: &Ctx<P>, told: &Told<'_>, records: &[i64]) -> Result<BTreeSet<i64>> {
    let undone = told.action.undoes_id.as_deref().unwrap_or_default();
    match &told.deed {
        Deed::ListAdd(list) | Deed::ListRemove(list) => of_list(tx, ctx, told, (*list, undone), records).await,
        Deed::TagSet { tag, .. } | Deed::TagRemove { tag, .. } => {
            let teller = TagTeller { staff: &told.action.created_by, batch: &told.action.id };
            restore_tag_of_records(tx, &ctx.require()?, teller, (tag, undone), records).await
        }
    }
}

async fn of_list<P>(
    tx: &Tx,
    ctx: &Ctx<P>,
    told: &Told<'_>,
    (list, undone): (SegmentId, &str),
    records: &[i64],
) -> Result<BTreeSet<i64>> {
    let events: Vec<Event> = careloop_events::of_records(&**tx, records).await?.into_iter().map(Event::from).collect();
    let now: BTreeSet<i64> = listed::of_person(list, &events).into_keys().collect();
    let others = events.iter().filter(|event| event.text("batch") != Some(undone));
    let before: BTreeSet<i64> = listed::of_person(list, others).into_keys().collect();
    let back = apply::tell(tx, ctx, told, (list, listed::ADDED), before.difference(&now).copied().collect()).await?;
    let off = apply::tell(tx, ctx, told, (list, listed::REMOVED), now.difference(&before).copied().collect()).await?;
    Ok(back.into_iter().chain(off).collect())
}
