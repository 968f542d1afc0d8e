//! Background work: from entries to intents, from intents to touches.

use std::collections::BTreeMap;

use careloop_db::Db;
use careloop_events::{INTERNAL_SOURCE, Position, StoredEvent, consumers, read_after};
use careloop_kernel::ids::SegmentId;
use careloop_kernel::{Ctx, Result};
use jiff::SignedDuration;

use crate::channel::Outreach;
use crate::model::{PlanState, TouchPlan};
use crate::send::touch;
use crate::store::intents::{self as store, NewIntent};
use crate::store::plans;

/// The name under which the reader of the log keeps its place. It starts when the first plan is made.
pub(crate) const CONSUMER: &str = "outreach";
const EVENTS: u64 = 2_000;
const INTENTS: i64 = 50;
/// How long to leave an intent alone that could not be decided, so that it blocks no others.
const STUMBLE: SignedDuration = SignedDuration::from_mins(10);

/// Turns entries into intents, in one transaction with the place in the log. True when there was something to read.
pub async fn follow<P>(db: &Db, ctx: &Ctx<P>) -> Result<bool> {
    if !consumers::exists(db, CONSUMER).await? {
        return Ok(false);
    }
    let after = consumers::load(db, CONSUMER).await?;
    let events = read_after(db, after, EVENTS).await?;
    let Some(last) = events.last().map(StoredEvent::position) else { return Ok(false) };
    let tx = db.begin().await?;
    let mut by_segment: BTreeMap<SegmentId, Vec<TouchPlan>> = BTreeMap::new();
    for plan in plans::list_all(&*tx).await?.into_iter().filter(|plan| plan.state == PlanState::Active) {
        by_segment.entry(plan.segment).or_default().push(plan);
    }
    for event in events.iter().filter(|event| is_news(event)) {
        let segment = event.props.text_of("segment").and_then(|id| id.parse().ok());
        let plans = segment.and_then(|id: SegmentId| by_segment.get(&id)).map_or(&[][..], Vec::as_slice);
        for plan in plans.iter().filter(|plan| plan.active_since <= event.received_at.as_microsecond()) {
            let new =
                NewIntent { id: ctx.new_id(), plan, record: event.record, occurrence: event.seq, now: ctx.now_us() };
            store::insert_if_absent(&*tx, &new).await?;
        }
    }
    consumers::save(&*tx, ctx, CONSUMER, last).await?;
    tx.commit().await?;
    Ok(true)
}

/// Whether somebody entered a segment by what they did or by time passing. Who was in it when it was first filled, and
/// who is in it because two people became one or one became two, is no news.
fn is_news(event: &StoredEvent) -> bool {
    let marked = |field: &str| event.props.get(field) == Some(true.into());
    event.kind == "segment.entered" && event.source == INTERNAL_SOURCE && !marked("initial") && !marked("moved")
}

/// Puts the reader at the end of the log, when there is no plan yet that could miss anything.
pub(crate) async fn start_at<P>(tx: &careloop_db::Tx, ctx: &Ctx<P>, tip: Position) -> Result<()> {
    consumers::save(&**tx, ctx, CONSUMER, tip).await
}

/// Gives up what was interrupted while it was sent, then deals with intents that are due. True when there were any.
pub async fn send<P>(outreach: &Outreach, ctx: &Ctx<P>) -> Result<bool> {
    let now = ctx.now_us();
    let lost = store::give_up(&outreach.db, now).await?;
    if lost > 0 {
        tracing::warn!(intents = lost, "e-mails were interrupted while they were sent; somebody has to settle them");
    }
    let due = store::list_due(outreach.db.read(), now, INTENTS).await?;
    for intent in &due {
        if let Err(error) = touch(outreach, ctx, *intent).await {
            tracing::error!(
                intent = *intent,
                code = error.code(),
                error = &error as &dyn std::error::Error,
                "a touch could not be decided; it is tried again later"
            );
            store::put_off(&outreach.db, *intent, ctx.now_us() + STUMBLE.as_micros() as i64).await?;
        }
    }
    Ok(!due.is_empty())
}
