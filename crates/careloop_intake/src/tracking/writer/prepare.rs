//! The first step: who the events are of.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::AssertUnwindSafe;

use careloop_db::Db;
use careloop_events::{NOBODY, Prepared, stored_keys};
use careloop_kernel::{Ctx, Result};
use careloop_people::{IncomingRecord, Mode, declare_alias, ensure_records, prepare_records, write_records};
use futures::FutureExt;
use tokio::sync::mpsc;

use super::append::{Appender, Ready};
use super::{Batch, CAREFUL, Caller, Message, NewReject, Waiting, fail, gather};
use crate::sources::insert_rejects;
use crate::tracking::traits::{Declared, to_record};

/// How many records and aliases are remembered before all are forgotten.
const REMEMBERED: usize = 200_000;

/// Prepares calls until nobody can send one any more.
pub(super) async fn run(db: Db, ctx: Ctx, mut calls: mpsc::UnboundedReceiver<Waiting>, mut appender: Appender) {
    let (mut memory, mut careful) = (Memory::default(), 0);
    while let Some(first) = calls.recv().await {
        let group = gather(first, &mut calls, |waiting| waiting.batch.messages.len(), &mut careful);
        // A panic takes its own calls with it, whose clients send again; the next ones find a writer all the same.
        match AssertUnwindSafe(hand_on(&db, &ctx, &mut memory, group, &mut appender)).catch_unwind().await {
            Ok(true) => {}
            Ok(false) => careful = CAREFUL,
            Err(_) => {
                tracing::error!("preparing tracked events panicked; clients will send them again");
                (memory, careful) = (Memory::default(), CAREFUL);
            }
        }
    }
}

/// Prepares a group and hands its rows on; false when several calls failed together.
async fn hand_on(db: &Db, ctx: &Ctx, memory: &mut Memory, group: Vec<Waiting>, appender: &mut Appender) -> bool {
    memory.tidy();
    let (mut batches, mut callers): (Vec<Batch>, Vec<Caller>) = (Vec::new(), Vec::new());
    for waiting in group {
        batches.push(waiting.batch);
        callers.push(waiting.caller);
    }
    let calls: Vec<(i64, usize)> = batches.iter().map(|batch| (batch.source, batch.messages.len())).collect();
    if batches.iter().flat_map(|batch| &batch.messages).any(|message| message.declared.is_some()) {
        // Whether a declaration is news is read from the log, which must hold what is under way.
        appender.drained().await;
    }
    match prepare(db, ctx, memory, batches).await {
        Ok(rows) => {
            let mut rows = rows.into_iter();
            for ((source, count), caller) in calls.into_iter().zip(callers) {
                appender.send(Ready { source, rows: rows.by_ref().take(count).collect(), caller });
            }
            true
        }
        Err(error) => {
            let is_one = callers.len() == 1;
            fail(callers, &error);
            is_one
        }
    }
}

/// What the writer knows without asking.
#[derive(Default)]
struct Memory {
    records: HashMap<i64, HashMap<String, i64>>,
    aliases: HashSet<(i64, i64)>,
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

/// Records first, then what was refused; the rows of the events, in the order in which they came, go to the log after
/// that. Whatever is stored twice after a crash in between is known by its key, its body or its message id.
async fn prepare(db: &Db, ctx: &Ctx, memory: &mut Memory, batches: Vec<Batch>) -> Result<Vec<Prepared>> {
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
    Ok(rows)
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
