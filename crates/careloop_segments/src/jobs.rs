//! Following the log: new events, passing time, new inputs, changed records and new segments lead to folds, entries and
//! exits. Each step is one transaction that holds its results, its events and how far it came; running it twice changes
//! nothing.

use std::collections::BTreeSet;

use careloop_db::{ConnectionTrait, Db};
use careloop_events::{NOBODY, Position, StoredEvent, consumers, keep_histories};
use careloop_kernel::ids::{HouseholdId, Id, PersonId, RecordId};
use careloop_kernel::{Ctx, Result};
use careloop_profiles::{CHUNK, Inputs, TagDef, inputs, live_now, lock, tag_library, waiting};

use crate::cuts;
use crate::membership::FOLLOWED;
use crate::page::Ahead;
use crate::store;
use crate::sweep::{self, SWEEP};

/// What was looked at of the records: `seq` the newest resolve, `tx` when everything within the margin was looked through.
const RECORDS: &str = "segments.records";
/// Events read in one step.
const BATCH: u64 = 1_000;
/// So many events are copied to histories at once while there is other work to do.
const AT_ONCE: usize = 1_000;
/// With more events than this to follow, everybody is swept instead.
const BACKLOG: i64 = 20_000;
/// How long a transaction that resolves records may take before its records are missed.
const MARGIN_US: i64 = 600_000_000;
/// How often the margin is looked through for records that were committed late, while there may be some.
const AGAIN_US: i64 = 10_000_000;
/// New records are looked for from so long before the newest, since many transactions take a moment.
const MOMENT_US: i64 = 2_000_000;

/// One step of following; true when there may be more to do at once.
pub async fn follow<P>(db: &Db, ctx: &Ctx<P>) -> Result<bool> {
    keep_histories(db, ctx, AT_ONCE).await?;
    if consumers::load(db, SWEEP).await?.tx == 1 {
        return sweep::step(db, ctx).await;
    }
    if inputs::are_stale(db, ctx).await? {
        inputs::renew(db, ctx).await?;
        return Ok(true);
    }
    if cuts::renew_if_stale(db, ctx).await? {
        return Ok(true);
    }
    let mut busy = follow_events(db, ctx).await?;
    if busy && consumers::load(db, SWEEP).await?.tx == 1 {
        return Ok(true);
    }
    busy |= follow_clock(db, ctx).await?;
    busy |= follow_records(db, ctx).await?;
    busy |= fill_segments(db, ctx).await?;
    Ok(busy || keep_histories(db, ctx, 1).await?)
}

/// One step of the work on many people that waits to be done; true when there may be more.
pub async fn work<P>(db: &Db, ctx: &Ctx<P>) -> Result<bool> {
    crate::bulk::step(db, ctx).await
}

/// Whether the tables say what the log, the records and the clock say at this moment.
pub async fn is_current<P>(db: &Db, ctx: &Ctx<P>) -> Result<bool> {
    if consumers::load(db, SWEEP).await?.tx == 1 || inputs::are_stale(db, ctx).await? {
        return Ok(false);
    }
    let followed = consumers::load(db, FOLLOWED).await?;
    let unread = careloop_events::read_after(db, followed, BATCH).await?;
    let live = inputs::live(db.read()).await?;
    let since = consumers::load(db, RECORDS).await?.tx - MARGIN_US;
    Ok(unread.iter().all(is_own)
        && (unread.len() as u64) < BATCH
        && waiting::due(db, ctx, 1).await?.is_empty()
        && waiting::outdated(db, &live, 1).await?.is_empty()
        && waiting::changed(db, since, 1).await?.is_empty())
}

/// The follower's own events and those about nobody, which no rule reads.
fn is_own(event: &StoredEvent) -> bool {
    event.record == NOBODY || event.kind.starts_with("segment.")
}

async fn follow_events<P>(db: &Db, ctx: &Ctx<P>) -> Result<bool> {
    let from = consumers::load(db, FOLLOWED).await?;
    let events = careloop_events::read_after(db, from, BATCH).await?;
    let Some(last) = events.last().map(StoredEvent::position) else { return Ok(false) };
    if events.iter().all(is_own) {
        return pass_over(db, ctx, last).await;
    }
    let full = events.len() as u64 == BATCH;
    if full && is_far_behind(db, from).await? {
        if inputs::data_has_come(db).await? {
            inputs::renew(db, ctx).await?;
        }
        sweep::start(db, ctx).await?;
        return Ok(true);
    }
    if first_of_their_data(&inputs::live(db.read()).await?.inputs, &events) && inputs::data_has_come(db).await? {
        inputs::renew(db, ctx).await?;
        return Ok(true);
    }
    // Whose time has come is decided along with them, in the same transaction.
    let mut people = people_of(db.read(), &events).await?;
    people.extend(due(db, ctx).await?);
    people.sort_unstable();
    people.dedup();
    let ahead = Ahead::of_people(db, ctx, people).await?;
    let tx = db.begin().await?;
    ahead.store(db, &tx, ctx).await?;
    consumers::save(&*tx, ctx, FOLLOWED, last).await?;
    tx.commit().await?;
    Ok(true)
}

/// Counts events as followed that nobody has to be decided for: a rebuild leaves one for every entry.
async fn pass_over<P>(db: &Db, ctx: &Ctx<P>, last: Position) -> Result<bool> {
    let tx = db.begin().await?;
    lock(&*tx).await?;
    consumers::save(&*tx, ctx, FOLLOWED, last).await?;
    tx.commit().await?;
    Ok(true)
}

/// Whether so many events wait that deciding everybody is quicker. The follower's own do not count.
async fn is_far_behind(db: &Db, from: Position) -> Result<bool> {
    let waiting = careloop_events::tip(db).await?.seq - from.seq;
    Ok(waiting > BACKLOG && store::events_to_follow(db, from, BACKLOG + 1).await? > BACKLOG)
}

/// Whether some tag may have waited for these events.
fn first_of_their_data(inputs: &Inputs, events: &[StoredEvent]) -> bool {
    let kinds: BTreeSet<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    let waited = inputs.waiting.iter().filter_map(|tag| tag_library().find(tag)).flat_map(TagDef::needs);
    waited.into_iter().any(|kind| kinds.contains(kind.as_str()))
}

/// Everybody these events may have changed: whoever they are told of, and for changes of identity both sides and their
/// households.
async fn people_of(connection: &impl ConnectionTrait, events: &[StoredEvent]) -> Result<Vec<i64>> {
    let told: BTreeSet<i64> = events.iter().filter(|event| !is_own(event)).map(|event| event.record).collect();
    let mut named = BTreeSet::new();
    for event in events
        .iter()
        .filter(|event| matches!(event.kind.as_str(), "person.merged" | "person.unmerged" | "household.changed"))
    {
        let person =
            |field: &str| event.props.text_of(field).and_then(|id| id.parse::<PersonId>().ok()).map(PersonId::anchor);
        let household = event
            .props
            .text_of("household")
            .and_then(|id| id.parse::<HouseholdId>().ok())
            .map(|id| RecordId::from_bits(id.bits()));
        named.extend([person("person"), person("other"), household].into_iter().flatten().map(|id| id.to_string()));
    }
    let anchors = store::record_numbers(connection, &named.into_iter().collect::<Vec<_>>()).await?;
    let identity: BTreeSet<i64> = events
        .iter()
        .filter(|event| matches!(event.kind.as_str(), "person.merged" | "person.unmerged" | "household.changed"))
        .map(|event| event.record)
        .chain(anchors.iter().copied())
        .collect();
    let present = waiting::person_of_record(connection, &told.union(&identity).copied().collect::<Vec<_>>()).await?;
    let mut people: BTreeSet<i64> = present.values().copied().collect();
    people.extend(&anchors);
    let moved: Vec<i64> = identity.iter().filter_map(|record| present.get(record).copied()).collect();
    if !moved.is_empty() {
        people.extend(waiting::with_households(connection, &moved).await?);
    }
    Ok(people.into_iter().collect())
}

async fn decide<P>(db: &Db, ctx: &Ctx<P>, people: Vec<i64>) -> Result<bool> {
    if people.is_empty() {
        return Ok(false);
    }
    let ahead = Ahead::of_people(db, ctx, people).await?;
    let tx = db.begin().await?;
    ahead.store(db, &tx, ctx).await?;
    tx.commit().await?;
    Ok(true)
}

/// People whose time has come.
async fn due<P>(db: &Db, ctx: &Ctx<P>) -> Result<Vec<i64>> {
    let mut people = waiting::due(db, ctx, CHUNK).await?;
    let limit = i64::try_from(CHUNK).unwrap_or(i64::MAX);
    people.extend(store::due_people(db.read(), live_now(ctx).as_microsecond(), limit).await?);
    people.sort_unstable();
    people.dedup();
    Ok(people)
}

/// People whose time has come, and people folded with older inputs or rules.
async fn follow_clock<P>(db: &Db, ctx: &Ctx<P>) -> Result<bool> {
    let mut people = due(db, ctx).await?;
    if people.is_empty() {
        let live = inputs::live(db.read()).await?;
        people = waiting::outdated(db, &live, CHUNK).await?;
    }
    decide(db, ctx, people).await
}

/// People whose records changed without an event. When nothing changed this costs one indexed look.
async fn follow_records<P>(db: &Db, ctx: &Ctx<P>) -> Result<bool> {
    let seen = consumers::load(db, RECORDS).await?;
    let newest = store::last_resolved(db.read()).await?;
    let fresh = newest > seen.seq || store::unresolved_exist(db.read()).await?;
    let Some((since, looked)) = records_to_look_at(seen, newest, fresh, ctx.now_us()) else { return Ok(false) };
    let changed = waiting::changed(db, since, CHUNK).await?;
    if changed.is_empty() {
        if looked != seen {
            let tx = db.begin().await?;
            consumers::save(&*tx, ctx, RECORDS, looked).await?;
            tx.commit().await?;
        }
        return Ok(false);
    }
    let people = waiting::with_households(db.read(), &changed).await?;
    decide(db, ctx, people).await
}

/// From which resolve on records have to be looked at, and what has been looked at then; none when there is no reason to.
///
/// A transaction may commit records with an earlier instant than others have shown. It began within the margin, so once
/// everything was looked through later than that, only a newer resolve is a reason to look again.
fn records_to_look_at(seen: Position, newest: i64, fresh: bool, now_us: i64) -> Option<(i64, Position)> {
    let late = newest >= seen.tx - MARGIN_US && now_us >= seen.tx + AGAIN_US;
    if late {
        Some((seen.tx - MARGIN_US, Position { tx: now_us, seq: newest }))
    } else if fresh {
        Some((seen.seq - MOMENT_US, Position { tx: seen.tx, seq: newest }))
    } else {
        None
    }
}

/// Evaluates everybody for segments that are new or have a new rule.
async fn fill_segments<P>(db: &Db, ctx: &Ctx<P>) -> Result<bool> {
    let Some(after) = store::least_filled(db.read()).await? else { return Ok(false) };
    let people = waiting::people_after(db.read(), after, CHUNK).await?;
    let reached = people.last().copied().filter(|_| people.len() == CHUNK);
    let ahead = Ahead::of_people(db, ctx, people).await?;
    let tx = db.begin().await?;
    ahead.store(db, &tx, ctx).await?;
    let mut segments = store::list(&*tx).await?;
    segments.retain(|segment| segment.archived_at.is_none() && segment.filled_to.is_some_and(|to| to >= after));
    for segment in segments {
        if segment.filled_to == Some(after) || reached.is_none() {
            store::set_filled(&*tx, segment.ord, reached).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// Decides everybody again, whatever is stored; entries that the log tells of keep their time.
pub(crate) async fn rebuild<P>(db: &Db, ctx: &Ctx<P>) -> Result<()> {
    if inputs::are_stale(db, ctx).await? {
        inputs::renew(db, ctx).await?;
    }
    cuts::renew_if_stale(db, ctx).await?;
    sweep::everybody(db, ctx).await
}
