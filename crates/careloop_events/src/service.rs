//! Appending to the log and reading it.

use careloop_db::{ConnectionTrait, Db, Engine};
use careloop_kernel::permissions::{ReadEvents, ReadPeople};
use careloop_kernel::{Ctx, Cursor, Error, Page, PageRequest, Result};

use crate::bulk::Prepared;
use crate::store::Wanted;
use crate::{Appended, EventEntry, NewEvent, Position, StoredEvent, entries, store};

/// How many rows of the log one statement of [`list`] looks through.
const WINDOW: i64 = 100_000;
/// How many windows one page may take; then it ends short, with a cursor.
const WINDOWS: usize = 10;

/// Appends events inside the caller's transaction. What is there already stays as it is.
pub async fn append<P>(
    tx: &impl ConnectionTrait,
    _engine: Engine,
    ctx: &Ctx<P>,
    events: &[NewEvent],
) -> Result<Appended> {
    let received_at = ctx.now();
    let rows: Vec<Prepared> = events.iter().map(|event| Prepared::new(event, received_at)).collect();
    let inserted = store::insert(tx, rows).await?;
    Ok(Appended { inserted, duplicates: events.len() as u64 - inserted })
}

/// The next events after a position, in the order of the log; fewer than `limit` when the reader has caught up.
///
/// Nothing is ever skipped: an event that is still being committed is not passed over, the reader waits before it.
pub async fn read_after(db: &Db, after: Position, limit: u64) -> Result<Vec<StoredEvent>> {
    store::after(db, after, limit).await
}

/// Everything committed after a position, for a single look at the fresh end of the log. Unlike [`read_after`] it does
/// not wait before transactions that still run, so it must not move a reader's place.
pub async fn read_committed(db: &Db, after: Position, limit: u64) -> Result<Vec<StoredEvent>> {
    store::committed(db, after, limit).await
}

/// How many events [`read_committed`] would find.
pub async fn count_committed(db: &Db, after: Position) -> Result<i64> {
    store::count_committed(db, after).await
}

/// The end of the log as a reader sees it now; a new reader that wants no history starts here.
pub async fn tip(db: &Db) -> Result<Position> {
    store::tip(db).await
}

/// All events of these records, ordered by when they happened, then by `seq`.
pub async fn of_records(connection: &impl ConnectionTrait, records: &[i64]) -> Result<Vec<StoredEvent>> {
    store::of_records(connection, records).await
}

/// These events, by their place in the log, for a caller that has checked what may be seen.
pub async fn by_seqs(connection: &impl ConnectionTrait, seqs: &[i64]) -> Result<Vec<StoredEvent>> {
    store::by_seqs(connection, seqs).await
}

/// One page of what happened to these records, newest first. The caller has checked that they may be seen.
pub async fn timeline(
    db: &Db,
    _ctx: &Ctx<ReadPeople>,
    records: &[i64],
    kind: Option<&str>,
    request: &PageRequest,
) -> Result<Page<StoredEvent>> {
    let before = request.numbers::<2>()?;
    let found = store::history(db, records, kind, before, i64::from(request.limit) + 1).await?;
    Ok(Page::cut(found, request, |event| vec![event.at.as_microsecond(), event.seq]))
}

/// One page of the log, newest first, of the customers the caller may see. A page may be short, or even empty, and yet
/// have a cursor: a rare kind is looked for in bounded steps.
pub async fn list(
    db: &Db,
    ctx: &Ctx<ReadEvents>,
    kind: Option<&str>,
    source_id: Option<&str>,
    request: &PageRequest,
) -> Result<Page<EventEntry>> {
    let source = match source_id {
        None => None,
        Some(id) => Some(store::source_ord(db, id).await?.ok_or_else(no_source)?),
    };
    let wanted = Wanted { kind, source };
    let mut high = match request.numbers::<1>()? {
        Some([seq]) => seq,
        None => store::last_seq(db.read()).await? + 1,
    };
    let limit = i64::from(request.limit) + 1;
    let mut found = Vec::new();
    for _ in 0..WINDOWS {
        let low = high - WINDOW;
        let missing = limit - found.len() as i64;
        found.extend(store::window(db, ctx.scope(), &wanted, [low, high], missing).await?);
        high = low;
        if found.len() as i64 == limit || high <= 1 {
            break;
        }
    }
    let mut page = Page::cut(found, request, |event| vec![event.seq]);
    if page.next.is_none() && high > 1 {
        page.next = Some(Cursor(high.to_string()));
    }
    Ok(Page { items: entries(db.read(), page.items).await?, next: page.next })
}

fn no_source() -> Error {
    Error::not_found("events.no_source", "there is no such source; look at the list of sources")
}
