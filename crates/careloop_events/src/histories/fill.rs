//! Copying much of the log at once: it is gone through on all cores, events are put aside by parts of records, and
//! part by part packed by record and written.

use std::collections::{BTreeMap, VecDeque};

use careloop_db::{Db, Engine};
use careloop_kernel::{Ctx, Error, Result};
use tokio::task::JoinHandle;

use super::packed::{Packer, unpack};
use super::piles::{PART_BITS, Packed, Piles, together};
use super::{COPIED, THROWN, append};
use crate::{Position, Scanned, consumers, scan, store};

/// How many parts are packed by record ahead of the one that is written.
const AHEAD: usize = 4;

/// The events of some records, packed by record.
type ByRecord = Vec<(i64, Vec<u8>)>;

/// Copies the events after the first place, up to the second. Done in many transactions, of which each may be the last: what is
/// copied twice is left out the second time. Ends without having come anywhere when the copies are thrown away once more than
/// they were before the first place was read.
pub(super) async fn fill<P>(db: &Db, ctx: &Ctx<P>, thrown: Position, (from, to): (Position, Position)) -> Result<()> {
    let mut parts = gathered(db, (from, to)).await?.into_iter();
    let mut ahead: VecDeque<JoinHandle<Result<ByRecord>>> = VecDeque::new();
    loop {
        while ahead.len() < AHEAD
            && let Some(part) = parts.next()
        {
            ahead.push_back(tokio::task::spawn_blocking(move || by_record(&part)));
        }
        let Some(rows) = ahead.pop_front() else { break };
        let rows = rows.await.map_err(Error::internal)??;
        if !rows.is_empty() && !write(db, ctx, thrown, rows).await? {
            return Ok(());
        }
    }
    let tx = db.begin().await?;
    let copied = consumers::lock(&*tx, ctx, COPIED).await?;
    if store::consumer(&*tx, THROWN).await?.unwrap_or_default() == thrown {
        consumers::save(&*tx, ctx, COPIED, copied.max(to)).await?;
    }
    tx.commit().await
}

/// The events after the first place, up to the second, by parts.
async fn gathered(db: &Db, (from, to): (Position, Position)) -> Result<Vec<Packed>> {
    let last = store::last_record(db).await?;
    let parts = usize::try_from(last >> PART_BITS).map_err(Error::internal)? + 1;
    // On PostgreSQL what was committed late may have a low number.
    let after = match db.engine() {
        Engine::Sqlite => from.seq,
        Engine::Postgres => 0,
    };
    let each = move |piles: &mut Piles, event: Scanned<'_>| {
        if event.record > 0 && event.position > from && event.position <= to {
            piles.put(&event);
        }
        Ok(())
    };
    Ok(together(scan(db, after, move || Piles::of(parts), each).await?, parts))
}

/// Packs the events of a part by record.
fn by_record(part: &Packed) -> Result<ByRecord> {
    let mut desks: Vec<Vec<u8>> = std::iter::repeat_with(Vec::new).take(part.len()).collect();
    let mut events = Vec::new();
    for (packed, desk) in part.iter().zip(&mut desks) {
        for event in unpack(packed, desk)? {
            events.push(event?);
        }
    }
    // Readers met them in an order of their own.
    events.sort_unstable_by_key(|event| (event.record, event.position));
    let pack = |events: &[Scanned<'_>]| {
        let mut packer = Packer::default();
        events.iter().for_each(|event| packer.put(event));
        (events[0].record, packer.pack())
    };
    Ok(events.chunk_by(|a, b| a.record == b.record).map(pack).collect())
}

/// Writes the rows of a part; false when the copies were thrown away meanwhile.
async fn write<P>(db: &Db, ctx: &Ctx<P>, thrown: Position, rows: ByRecord) -> Result<bool> {
    let tx = db.begin().await?;
    consumers::lock(&*tx, ctx, COPIED).await?;
    if store::consumer(&*tx, THROWN).await?.unwrap_or_default() != thrown {
        return Ok(false);
    }
    let records: Vec<i64> = rows.iter().map(|(record, _)| *record).collect();
    let known = store::known_histories(&*tx, &records).await?;
    let (more, new): (ByRecord, ByRecord) = rows.into_iter().partition(|(record, _)| known.contains(record));
    store::save_histories(&*tx, new).await?;
    let mut desks: Vec<Vec<u8>> = std::iter::repeat_with(Vec::new).take(more.len()).collect();
    let mut fresh = BTreeMap::new();
    for ((record, packed), desk) in more.iter().zip(&mut desks) {
        fresh.insert(*record, unpack(packed, desk)?.collect::<Result<_>>()?);
    }
    append(&*tx, fresh).await?;
    tx.commit().await?;
    Ok(true)
}
