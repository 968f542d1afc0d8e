//! Records on their way in: read, sealed and hashed away from the database, then written batch by batch.
//!
//! A batch of some ten thousand rows is one transaction. [`prepare_records`] is pure work for the other core, so that a
//! bulk import can prepare one batch while the one before is being written.

use std::collections::{BTreeSet, HashMap};

use careloop_db::{ConnectionTrait, Db};
use careloop_kernel::ids::RecordId;
use careloop_kernel::{Ctx, Error, Result, Vault};
use serde_json::{Map, Value};

use crate::identity::blocks::LARGEST_BLOCK;
use crate::keys::{self, Key};
use crate::model::{IncomingRecord, Mode, PhoneRole, RecordChange, RecordOutcome, redacted};
use crate::normal::Normal;
use crate::sealed::Whole;
use crate::store::records::{self, Columns, KnownRow, NewRow, OldRow};
use crate::{patch, sealed, store};

/// Randomness of one record: salt and nonce.
type Dice = ([u8; 16], [u8; 12]);

/// A row ready to be written.
pub struct PreparedRecord {
    source_key: String,
    version: Version,
    /// Kept for [`Mode::Patch`] alone: what the row said.
    incoming: Option<Box<IncomingRecord>>,
}

/// One version of what a record says, in the form it is stored.
struct Version {
    columns: Columns,
    match_keys: Vec<i64>,
    search_keys: Vec<i64>,
}

redacted!(PreparedRecord);

/// Adds or changes records of a source in one transaction; the outcomes stand in the order of the rows. A source key that
/// stands twice counts as its last row.
pub async fn upsert_records<P>(
    db: &Db,
    ctx: &Ctx<P>,
    source: i64,
    rows: Vec<IncomingRecord>,
) -> Result<Vec<RecordOutcome>> {
    let rows = prepare_records(ctx, rows, Mode::Replace).await?;
    let tx = db.begin().await?;
    let outcomes = write_records(&*tx, ctx, source, rows).await?;
    tx.commit().await?;
    Ok(outcomes)
}

/// Reads, seals and hashes rows on other threads.
pub async fn prepare_records<P>(ctx: &Ctx<P>, rows: Vec<IncomingRecord>, mode: Mode) -> Result<Vec<PreparedRecord>> {
    let dice: Vec<Dice> = rows.iter().map(|_| (ctx.random(), ctx.random())).collect();
    let vault = ctx.vault().clone();
    tokio::task::spawn_blocking(move || prepare_all(&vault, rows, &dice, mode)).await.map_err(Error::internal)?
}

fn prepare_all(vault: &Vault, rows: Vec<IncomingRecord>, dice: &[Dice], mode: Mode) -> Result<Vec<PreparedRecord>> {
    let prepare = |(row, dice): (IncomingRecord, &Dice)| -> Result<PreparedRecord> {
        let version = version(vault, &row, *dice)?;
        let incoming = (mode == Mode::Patch).then(|| Box::new(row.clone()));
        Ok(PreparedRecord { source_key: row.source_key, version, incoming })
    };
    let half = rows.len() / 2;
    if half < 500 {
        return rows.into_iter().zip(dice).map(prepare).collect();
    }
    let mut rows = rows;
    let second = rows.split_off(half);
    let (dice, second_dice) = dice.split_at(half);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| second.into_iter().zip(second_dice).map(prepare).collect::<Result<Vec<_>>>());
        let mut all = rows.into_iter().zip(dice).map(prepare).collect::<Result<Vec<_>>>()?;
        all.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        Ok(all)
    })
}

fn version(vault: &Vault, row: &IncomingRecord, (salt, nonce): Dice) -> Result<Version> {
    let normal = Normal::of(&row.fields);
    let json = sealed::to_json(&row.fields, &row.attributes)?;
    let (match_keys, search_keys) = hashes(vault, &normal);
    let columns = Columns {
        clinic: row.clinic,
        gender: normal.gender.map(crate::model::Gender::as_str),
        birth_date: row
            .fields
            .birth_date
            .or(normal.id_card.as_ref().map(|card| card.birth))
            .map(|date| date.to_string()),
        region: row.fields.address.region.clone(),
        channel: text_of(&row.attributes, "channel"),
        content_hash: content_hash(vault, row, &json),
        contacts: contacts(&normal),
        created_at: row.created_at.map(jiff::Timestamp::as_microsecond),
        sealed: Some(sealed::seal(vault, salt, nonce, &with_instants(row, json)?)?),
        salt: Some(salt.to_vec()),
    };
    Ok(Version { columns, match_keys, search_keys })
}

/// What is sealed: when things were said stands beside them, but is nothing that the record says.
fn with_instants(row: &IncomingRecord, json: Vec<u8>) -> Result<Vec<u8>> {
    if row.said.is_empty() { Ok(json) } else { sealed::to_json_with(&row.fields, &row.attributes, &row.said) }
}

fn contacts(normal: &Normal) -> i64 {
    let phone = normal.phones.iter().any(|(phone, role)| phone.is_evidence() && *role != PhoneRole::Agency);
    [
        (phone, records::CONTACT_PHONE),
        (!normal.emails.is_empty(), records::CONTACT_EMAIL),
        (normal.wecom.is_some(), records::CONTACT_WECOM),
        (normal.has_guardian(), records::CONTACT_GUARDIAN),
    ]
    .into_iter()
    .filter_map(|(there, bit)| there.then_some(bit))
    .sum()
}

fn text_of(attributes: &Map<String, Value>, name: &str) -> Option<String> {
    attributes.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn content_hash(vault: &Vault, row: &IncomingRecord, json: &[u8]) -> i64 {
    let whole = String::from_utf8_lossy(json);
    vault.blind("content", &format!("{whole}\u{1f}{:?}\u{1f}{:?}", row.clinic, row.created_at))
}

/// The blind indexes of a record: those that match and those for people who look, each once.
fn hashes(vault: &Vault, normal: &Normal) -> (Vec<i64>, Vec<i64>) {
    let blind = |(kind, text): &Key| vault.blind(kind.as_str(), text);
    let matching: BTreeSet<i64> = keys::match_keys(normal).iter().map(blind).collect();
    let search: BTreeSet<i64> =
        keys::search_keys(normal).iter().map(blind).filter(|hash| !matching.contains(hash)).collect();
    (matching.into_iter().collect(), search.into_iter().collect())
}

/// Writes prepared rows inside the caller's transaction.
pub async fn write_records<P>(
    tx: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    source: i64,
    rows: Vec<PreparedRecord>,
) -> Result<Vec<RecordOutcome>> {
    store::lock_for_upsert(tx, source).await?;
    let mut last: HashMap<&str, usize> = HashMap::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        last.insert(&row.source_key, index);
    }
    let keys: Vec<&str> = last.keys().copied().collect();
    let known: HashMap<String, KnownRow> =
        records::known(tx, source, &keys).await?.into_iter().map(|row| (row.source_key.clone(), row)).collect();
    let winners: Vec<usize> = rows.iter().map(|row| last[row.source_key.as_str()]).collect();
    drop(last);
    let mut outcomes: Vec<Option<RecordOutcome>> = vec![None; rows.len()];
    let (mut fresh, mut changed) = (Vec::new(), Vec::new());
    for (index, row) in rows.into_iter().enumerate() {
        match known.get(&row.source_key) {
            _ if winners[index] != index => {}
            None => fresh.push((index, row)),
            Some(old) if row.incoming.is_none() && old.content_hash == row.version.columns.content_hash => {
                outcomes[index] = Some(RecordOutcome { ord: old.ord, change: RecordChange::Unchanged });
            }
            Some(old) => changed.push((index, old.ord, row)),
        }
    }
    for (index, ord, row) in changed {
        let change = change(tx, ctx, ord, row).await?;
        outcomes[index] = Some(RecordOutcome { ord, change });
    }
    insert(tx, ctx, source, fresh, &mut outcomes).await?;
    let of = |index: &usize| outcomes[*index].ok_or_else(|| Error::internal("a row of the batch was left out"));
    winners.iter().map(of).collect()
}

async fn insert<P>(
    tx: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    source: i64,
    fresh: Vec<(usize, PreparedRecord)>,
    outcomes: &mut [Option<RecordOutcome>],
) -> Result<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    let first = records::allocate(tx, fresh.len()).await?;
    let mut keys = Vec::with_capacity(fresh.len() * 10);
    let mut rows = Vec::with_capacity(fresh.len());
    let now = ctx.now_us();
    for (ord, (index, row)) in (first..).zip(fresh) {
        outcomes[index] = Some(RecordOutcome { ord, change: RecordChange::Inserted });
        keys.extend(row.version.match_keys.iter().chain(&row.version.search_keys).map(|hash| (*hash, ord)));
        let columns = row.version.columns;
        rows.push(NewRow {
            ord,
            id: ctx.new_id::<RecordId>(),
            source,
            source_key: row.source_key,
            now,
            resolved_at: None,
            columns,
        });
    }
    records::insert(tx, rows).await?;
    store::keys::insert(tx, keys).await
}

/// Replaces or patches one record and its keys.
async fn change<P>(tx: &impl ConnectionTrait, ctx: &Ctx<P>, ord: i64, row: PreparedRecord) -> Result<RecordChange> {
    let missing = || Error::internal("a record vanished inside its own transaction");
    let old = records::old(tx, &[ord]).await?.pop().ok_or_else(missing)?;
    let before = sealed::open_whole(ctx.vault(), old.salt.as_deref(), old.sealed.as_deref())?;
    let old_keys = hashes(ctx.vault(), &Normal::of(&before.fields));
    let (version, is_said_again) = match row.incoming {
        None => (row.version, false),
        Some(incoming) => {
            let said = before.said.clone();
            let patched = patched(&old, before, *incoming);
            let is_said_again = old.sealed.is_some() && patched.said != said;
            (version(ctx.vault(), &patched, (ctx.random(), ctx.random()))?, is_said_again)
        }
    };
    if version.columns.content_hash == old.content_hash {
        if is_said_again {
            records::reseal(tx, ord, version.columns).await?;
        }
        return Ok(RecordChange::Unchanged);
    }
    replace_keys(tx, ord, old_keys, &version).await?;
    records::update(tx, ord, ctx.now_us(), version.columns).await?;
    Ok(RecordChange::Updated)
}

fn patched(old: &OldRow, before: Whole, incoming: IncomingRecord) -> IncomingRecord {
    let Whole { fields, attributes, said } = before;
    let created_at = old.created_at.and_then(|at| jiff::Timestamp::from_microsecond(at).ok());
    patch::apply(
        IncomingRecord {
            source_key: String::new(),
            fields,
            clinic: old.clinic,
            created_at,
            attributes,
            cleared: Vec::new(),
            said,
        },
        incoming,
    )
}

/// Swaps the keys. Whoever shared a key that is gone is looked at again: the key may tell something now that fewer have it.
async fn replace_keys(
    tx: &impl ConnectionTrait,
    ord: i64,
    (old_match, old_search): (Vec<i64>, Vec<i64>),
    version: &Version,
) -> Result<()> {
    let new: BTreeSet<i64> = version.match_keys.iter().chain(&version.search_keys).copied().collect();
    let old: BTreeSet<i64> = old_match.iter().chain(&old_search).copied().collect();
    let gone: Vec<i64> = old.difference(&new).copied().collect();
    store::keys::delete(tx, ord, &gone).await?;
    let told: Vec<i64> = gone.iter().copied().filter(|hash| old_match.binary_search(hash).is_ok()).collect();
    let counts = store::keys::counts(tx, &told).await?;
    let small: Vec<i64> = counts.iter().filter(|row| row.records <= LARGEST_BLOCK as i64).map(|row| row.hash).collect();
    let neighbours: BTreeSet<i64> = store::keys::records(tx, &small).await?.iter().map(|row| row.record).collect();
    records::unsettle(tx, neighbours).await?;
    store::keys::insert(tx, new.difference(&old).map(|hash| (*hash, ord)).collect()).await
}

/// The records of these source keys, in their order; a bare record is made where there is none.
pub async fn ensure_records<P>(db: &Db, ctx: &Ctx<P>, source: i64, keys: &[String]) -> Result<Vec<i64>> {
    let wanted: Vec<&str> = keys.iter().map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect();
    let mut ords = by_key(records::known(db.read(), source, &wanted).await?);
    if ords.len() < wanted.len() {
        let tx = db.begin().await?;
        let missing: Vec<&str> = wanted.iter().copied().filter(|key| !ords.contains_key(*key)).collect();
        ords.extend(ensure_in(&*tx, ctx, source, &missing).await?);
        tx.commit().await?;
    }
    keys.iter()
        .map(|key| ords.get(key).copied().ok_or_else(|| Error::internal("a record was neither found nor made")))
        .collect()
}

async fn ensure_in<P>(
    tx: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    source: i64,
    keys: &[&str],
) -> Result<HashMap<String, i64>> {
    store::lock_for_upsert(tx, source).await?;
    let mut ords = by_key(records::known(tx, source, keys).await?);
    let missing: Vec<&str> = keys.iter().copied().filter(|key| !ords.contains_key(*key)).collect();
    if missing.is_empty() {
        return Ok(ords);
    }
    let first = records::allocate(tx, missing.len()).await?;
    let now = ctx.now_us();
    let bare = |(ord, key): (i64, &&str)| NewRow {
        ord,
        id: ctx.new_id(),
        source,
        source_key: (*key).to_owned(),
        now,
        resolved_at: Some(now),
        columns: Columns::default(),
    };
    records::insert(tx, (first..).zip(&missing).map(bare).collect()).await?;
    ords.extend((first..).zip(missing).map(|(ord, key)| (key.to_owned(), ord)));
    Ok(ords)
}

fn by_key(rows: Vec<KnownRow>) -> HashMap<String, i64> {
    rows.into_iter().map(|row| (row.source_key, row.ord)).collect()
}
