//! The events that put records on a list and take them off.

use careloop_db::{ConnectionTrait, Engine, Tx};
use careloop_events::{INTERNAL_SOURCE, NewEvent};
use careloop_kernel::ids::{EventId, SegmentId};
use careloop_kernel::permissions::EditSegments;
use careloop_kernel::{Ctx, Result};
use serde_json::json;

use crate::eval::listed;

/// Who puts records on a list or takes them off, and in what.
#[derive(Debug, Clone, Copy)]
pub struct ListTeller<'a> {
    /// The list's name, for people who read the log.
    pub name: Option<&'a str>,
    /// Label of whoever decided it.
    pub staff: &'a str,
    /// Where the records came from, as `list.added` names it in the catalogue of events.
    pub origin: &'a str,
    /// Public id of the work they are part of.
    pub batch: &'a str,
}

/// Puts records on a list inside the caller's transaction. The caller knows that they are not on it; the follower of the log
/// makes them members.
pub async fn put_on_list(
    tx: &Tx,
    ctx: &Ctx<EditSegments>,
    list: SegmentId,
    teller: ListTeller<'_>,
    records: &[i64],
) -> Result<()> {
    tell(tx, ctx, (list, listed::ADDED), teller, records.iter().copied()).await
}

/// Tells of records that they are on a list (`list.added`) or off it (`list.removed`).
pub(crate) async fn tell<P>(
    tx: &Tx,
    ctx: &Ctx<P>,
    (list, kind): (SegmentId, &str),
    teller: ListTeller<'_>,
    records: impl Iterator<Item = i64>,
) -> Result<()> {
    let ListTeller { name, staff, origin, batch } = teller;
    let props = json!({ "segment": list, "name": name, "staff": staff, "origin": origin, "batch": batch });
    let event = |record: i64| NewEvent {
        kind: kind.to_owned(),
        record,
        clinic: None,
        source: INTERNAL_SOURCE,
        message_id: format!("{kind}:{list}:{}", ctx.new_id::<EventId>()),
        at: ctx.now(),
        amount: None,
        props: props.as_object().cloned().unwrap_or_default(),
        flags: 0,
    };
    let events: Vec<NewEvent> = records.map(event).collect();
    careloop_events::append(&**tx, Engine::from(tx.get_database_backend()), ctx, &events).await?;
    Ok(())
}
