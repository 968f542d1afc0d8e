//! One task writes what all calls bring: whatever waits when a transaction ends goes into the next one, so that a disk
//! that syncs a hundred times a second carries fifty thousand events a second.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use careloop_db::Db;
use careloop_events::{NOBODY, Prepared, append_bulk, stored_keys};
use careloop_http::App;
use careloop_kernel::{Ctx, Result};
use careloop_people::{IncomingRecord, Mode, declare_alias, ensure_records, prepare_records, write_records};
use futures::FutureExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::limits;
use super::message::Message;
use super::traits::{Declared, to_record};
use crate::sources::{NewReject, insert_rejects, touch};

/// How many records and aliases are remembered before all are forgotten.
const REMEMBERED: usize = 200_000;
/// How often a source is noted as heard of, in microseconds.
const TOUCH_EVERY: i64 = 10_000_000;
/// After a transaction failed, so many calls go one by one, so that one that cannot be stored takes no other with it.
const CAREFUL: usize = 64;

/// The events of one call.
pub(crate) struct Batch {
    pub(crate) source: i64,
    pub(crate) messages: Vec<Message>,
    pub(crate) rejects: Vec<NewReject>,
}

struct Waiting {
    batch: Batch,
    /// Its place in the queue, free again once it is stored.
    _room: OwnedSemaphorePermit,
    done: oneshot::Sender<bool>,
}

/// Why a call was not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotStored {
    /// The queue is full.
    Full,
    /// The transaction failed.
    Failed,
}

/// The way to the writer.
pub(crate) struct Queue {
    sender: mpsc::UnboundedSender<Waiting>,
    room: Arc<Semaphore>,
}

impl Queue {
    /// Hands a call to the writer and waits until it is durable.
    pub(crate) async fn store(&self, batch: Batch) -> std::result::Result<(), NotStored> {
        let size = u32::try_from(batch.messages.len() + batch.rejects.len()).unwrap_or(u32::MAX).max(1);
        let room = Arc::clone(&self.room).try_acquire_many_owned(size).map_err(|_| NotStored::Full)?;
        let (done, stored) = oneshot::channel();
        self.sender.send(Waiting { batch, _room: room, done }).map_err(|_| NotStored::Failed)?;
        match stored.await {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(NotStored::Failed),
        }
    }
}

/// Starts the writer.
pub(crate) fn start(app: App, ctx: Ctx) -> Queue {
    let (sender, mut receiver) = mpsc::unbounded_channel::<Waiting>();
    let writer = async move {
        let mut memory = Memory::default();
        while let Some(first) = receiver.recv().await {
            let group = group(first, &mut receiver, &mut memory);
            // A panic takes its own calls with it, whose clients send again; the next ones find a writer all the same.
            if AssertUnwindSafe(write(&app, &ctx, &mut memory, group)).catch_unwind().await.is_err() {
                tracing::error!("storing tracked events panicked; clients will send them again");
                memory = Memory { careful: CAREFUL, ..Memory::default() };
            }
        }
    };
    tokio::spawn(writer);
    Queue { sender, room: Arc::new(Semaphore::new(limits::WAITING as usize)) }
}

/// The first call and what else waits, up to a transaction's worth.
fn group(first: Waiting, receiver: &mut mpsc::UnboundedReceiver<Waiting>, memory: &mut Memory) -> Vec<Waiting> {
    let mut events = first.batch.messages.len();
    let mut group = vec![first];
    if memory.careful > 0 {
        memory.careful -= 1;
        return group;
    }
    while events < limits::GROUP {
        let Ok(next) = receiver.try_recv() else { break };
        events += next.batch.messages.len();
        group.push(next);
    }
    group
}

/// What the writer knows without asking.
#[derive(Default)]
struct Memory {
    records: HashMap<i64, HashMap<String, i64>>,
    aliases: HashSet<(i64, i64)>,
    touched: HashMap<i64, i64>,
    careful: usize,
}

impl Memory {
    fn find(&self, source: i64, key: &str) -> Option<i64> {
        self.records.get(&source)?.get(key).copied()
    }

    fn learn(&mut self, source: i64, key: String, ord: i64) {
        self.records.entry(source).or_default().insert(key, ord);
    }

    /// Keeps itself small. Nothing is lost: what is forgotten is asked again.
    fn tidy(&mut self) {
        if self.records.values().map(HashMap::len).sum::<usize>() > REMEMBERED {
            self.records.clear();
        }
        if self.aliases.len() > REMEMBERED {
            self.aliases.clear();
        }
    }
}

async fn write(app: &App, ctx: &Ctx, memory: &mut Memory, group: Vec<Waiting>) {
    memory.tidy();
    let (mut batches, mut rooms) = (Vec::new(), Vec::new());
    for waiting in group {
        batches.push(waiting.batch);
        rooms.push((waiting._room, waiting.done));
    }
    let sources: HashSet<i64> = batches.iter().map(|batch| batch.source).collect();
    let stored = store(&app.db, ctx, memory, batches).await;
    if let Err(error) = &stored {
        let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        tracing::error!(
            code = error.code(),
            cause,
            calls = rooms.len(),
            "tracked events could not be stored; clients will send them again"
        );
        memory.careful = if rooms.len() > 1 { CAREFUL } else { memory.careful };
    }
    for (_room, done) in rooms {
        if done.send(stored.is_ok()).is_err() {
            tracing::debug!("a client went away before its answer");
        }
    }
    if stored.is_ok() {
        app.wake.call();
        note_sources(app, ctx, memory, sources).await;
    }
}

async fn note_sources(app: &App, ctx: &Ctx, memory: &mut Memory, sources: HashSet<i64>) {
    let now = ctx.now_us();
    let due: Vec<i64> = sources
        .into_iter()
        .filter(|source| memory.touched.get(source).is_none_or(|at| now - at >= TOUCH_EVERY))
        .collect();
    if due.is_empty() {
        return;
    }
    match touch(app.db.write(), &due, now).await {
        Ok(()) => memory.touched.extend(due.into_iter().map(|source| (source, now))),
        Err(error) => tracing::warn!(code = error.code(), "a source's last sign of life was not noted"),
    }
}

/// Records first, then what was refused, then the events: whatever is stored twice after a crash in between is known by
/// its key, its body or its message id.
async fn store(db: &Db, ctx: &Ctx, memory: &mut Memory, batches: Vec<Batch>) -> Result<()> {
    let mut people: BTreeMap<(i64, String), Vec<Declared>> = BTreeMap::new();
    let mut rejects = Vec::new();
    let mut events: Vec<(i64, Message)> = Vec::new();
    let mut known = known_declarations(db, &batches).await?;
    for batch in batches {
        rejects.extend(batch.rejects);
        for mut message in batch.messages {
            // The second copy of a message says nothing, however much later it arrives.
            let is_news = known.insert(message.row.key());
            if let Some(declared) = message.declared.take().filter(|_| is_news) {
                people.entry((batch.source, message.key.clone())).or_default().push(declared);
            }
            events.push((batch.source, message));
        }
    }
    let missing = missing(memory, &people, &events);
    for (source, keys) in missing {
        let keys: Vec<String> = keys.into_iter().collect();
        let ords = ensure_records(db, ctx, source, &keys).await?;
        keys.into_iter().zip(ords).for_each(|(key, ord)| memory.learn(source, key, ord));
    }
    if !people.is_empty() {
        write_people(db, ctx, memory, people).await?;
    }
    let rows = rows(memory, &mut events)?;
    write_rest(db, ctx, memory, &events, &rejects).await?;
    append_bulk(db, rows).await.map(|_| ())
}

/// The events that say who somebody is and are in the log already.
async fn known_declarations(db: &Db, batches: &[Batch]) -> Result<HashSet<[u8; 16]>> {
    let messages = batches.iter().flat_map(|batch| &batch.messages);
    let keys: Vec<[u8; 16]> =
        messages.filter(|message| message.declared.is_some()).map(|message| message.row.key()).collect();
    stored_keys(db, &keys).await
}

/// The keys without a record that no traits are about to make one for.
fn missing(
    memory: &Memory,
    people: &BTreeMap<(i64, String), Vec<Declared>>,
    events: &[(i64, Message)],
) -> BTreeMap<i64, HashSet<String>> {
    let mut missing: BTreeMap<i64, HashSet<String>> = BTreeMap::new();
    for (source, message) in events.iter().filter(|(_, message)| !message.nobody) {
        for key in std::iter::once(&message.key).chain(&message.alias) {
            let known = memory.find(*source, key).is_some();
            if !known && !people.contains_key(&(*source, key.clone())) {
                missing.entry(*source).or_default().insert(key.clone());
            }
        }
    }
    missing
}

/// Writes what calls said of people. Of each trait the newest counts, be it in this group or in the record.
async fn write_people(
    db: &Db,
    ctx: &Ctx,
    memory: &mut Memory,
    people: BTreeMap<(i64, String), Vec<Declared>>,
) -> Result<()> {
    let mut by_source: BTreeMap<i64, Vec<IncomingRecord>> = BTreeMap::new();
    for ((source, key), mut said) in people {
        said.sort_by_key(|declared| declared.at);
        let records = said.into_iter().map(|declared| to_record(key.clone(), declared));
        by_source.entry(source).or_default().extend(records.reduce(IncomingRecord::followed_by));
    }
    for (source, records) in by_source {
        let keys: Vec<String> = records.iter().map(|record| record.source_key.clone()).collect();
        let prepared = prepare_records(ctx, records, Mode::Patch).await?;
        let tx = db.begin().await?;
        let outcomes = write_records(&*tx, ctx, source, prepared).await?;
        tx.commit().await?;
        keys.into_iter().zip(outcomes).for_each(|(key, outcome)| memory.learn(source, key, outcome.ord));
    }
    Ok(())
}

/// Aliases that are new to us, and refused events.
async fn write_rest(
    db: &Db,
    ctx: &Ctx,
    memory: &mut Memory,
    events: &[(i64, Message)],
    rejects: &[NewReject],
) -> Result<()> {
    let pair = |(source, message): &(i64, Message)| {
        let alias = memory.find(*source, message.alias.as_deref()?)?;
        let main = memory.find(*source, &message.key)?;
        Some((alias, main))
    };
    let mut seen = HashSet::new();
    let fresh: Vec<(i64, i64)> =
        events.iter().filter_map(pair).filter(|pair| !memory.aliases.contains(pair) && seen.insert(*pair)).collect();
    if fresh.is_empty() && rejects.is_empty() {
        return Ok(());
    }
    let tx = db.begin().await?;
    for (alias, main) in &fresh {
        declare_alias(&*tx, ctx, *alias, *main).await?;
    }
    insert_rejects(&*tx, rejects).await?;
    tx.commit().await?;
    memory.aliases.extend(fresh);
    Ok(())
}

/// The rows of the events, in the order in which they came.
fn rows(memory: &Memory, events: &mut [(i64, Message)]) -> Result<Vec<Prepared>> {
    let lost = || careloop_kernel::Error::internal("a record was neither found nor made");
    let row = |(source, message): &mut (i64, Message)| {
        let record = if message.nobody { Some(NOBODY) } else { memory.find(*source, &message.key) };
        Ok(message.row.take_for(record.ok_or_else(lost)?))
    };
    events.iter_mut().map(row).collect()
}
