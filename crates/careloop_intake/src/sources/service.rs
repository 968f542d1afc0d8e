//! Registering sources and showing what was refused.

use std::collections::HashMap;

use careloop_access::audit;
use careloop_access::roles::require_chain;
use careloop_db::Db;
use careloop_kernel::ids::{RejectId, SourceId};
use careloop_kernel::permissions::{ManageIntake, SignedIn};
use careloop_kernel::{Ctx, Error, Page, PageRequest, Result, Seal};
use serde_json::{Value, json};

use super::{mask, store};
use crate::model::{NewSource, Source, SourceChange, SourceKind, WriteKey};

/// What the body of a refused event is sealed as.
pub(crate) const REJECT_CONTEXT: &str = "event_reject";

/// A source and, for http, its key, which is never shown again.
#[derive(Debug)]
pub struct Created {
    /// The source.
    pub source: Source,
    /// Its write key.
    pub write_key: Option<WriteKey>,
}

/// A source and how much it has sent.
#[derive(Debug)]
pub struct SourceUse {
    /// The source.
    pub source: Source,
    /// Records it has.
    pub record_count: i64,
    /// Events it has sent.
    pub event_count: i64,
}

/// A refused event.
#[derive(Debug)]
pub struct EventReject {
    /// Its id.
    pub id: RejectId,
    /// Its source.
    pub source_id: String,
    /// The source's name.
    pub source_name: String,
    /// When it came, in microseconds.
    pub received_at: i64,
    /// Why, for programs.
    pub code: String,
    /// Why, for people.
    pub reason: String,
    /// The sender's name for it.
    pub message_id: Option<String>,
    /// What came, personal data masked. Text if it was no JSON.
    pub body: Value,
}

/// Registers a source.
pub async fn create(db: &Db, ctx: &Ctx<ManageIntake>, new: NewSource) -> Result<Created> {
    require_chain(ctx)?;
    if new.kind == SourceKind::Internal {
        return Err(
            Error::invalid("sources.kind", "a source is of kind file or http").with_field("kind", "file or http")
        );
    }
    let write_key = (new.kind == SourceKind::Http).then(|| WriteKey::from_random(ctx.random()));
    let mut source = Source {
        ord: 0,
        id: ctx.new_id(),
        name: parse_name(&new.name)?,
        kind: new.kind,
        strict: new.strict,
        created_at: ctx.now_us(),
        last_seen_at: None,
        disabled_at: None,
    };
    let tx = db.begin().await?;
    source.ord = store::insert(&*tx, &source, write_key.as_ref().map(WriteKey::hash)).await?;
    let detail = json!({ "kind": source.kind.as_str(), "strict": source.strict });
    audit::append(&*tx, ctx, "source.created", &source.id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(Created { source, write_key })
}

fn parse_name(name: &str) -> Result<String> {
    let name = name.trim();
    let length = name.chars().count();
    // A colon stands between source and key in `SOURCE:SOURCE_ID`.
    if !(1..=60).contains(&length) || name.chars().any(|letter| letter == ':' || letter.is_control()) {
        let message = "a source's name has 1 to 60 letters and no colon";
        return Err(Error::invalid("sources.name", message).with_field("name", message));
    }
    Ok(name.to_owned())
}

/// All sources with their counts, for whoever is logged in: names of sources stand on every customer's page.
pub async fn list(db: &Db, _ctx: &Ctx<SignedIn>) -> Result<Vec<SourceUse>> {
    let sources = store::list(db.read()).await?;
    let records: HashMap<i64, i64> =
        store::record_counts(db.read()).await?.into_iter().map(|row| (row.source, row.count)).collect();
    let events = careloop_events::counts_by_source(db).await?;
    let usage = |source: Source| SourceUse {
        record_count: records.get(&source.ord).copied().unwrap_or_default(),
        event_count: events.get(&source.ord).copied().unwrap_or_default(),
        source,
    };
    Ok(sources.into_iter().map(usage).collect())
}

/// The source of this id.
pub async fn find(db: &Db, id: SourceId) -> Result<Source> {
    store::find(db.read(), id).await?.ok_or_else(missing)
}

fn missing() -> Error {
    Error::not_found("sources.not_found", "there is no such source; reload the list")
}

/// The source, if it may be changed: the program's own may not.
async fn changeable(tx: &impl careloop_db::ConnectionTrait, id: SourceId) -> Result<Source> {
    store::find(tx, id).await?.filter(|source| source.kind != SourceKind::Internal).ok_or_else(missing)
}

/// Renames, disables or changes the strictness of a source.
pub async fn change(db: &Db, ctx: &Ctx<ManageIntake>, id: SourceId, change: SourceChange) -> Result<Source> {
    require_chain(ctx)?;
    let tx = db.begin().await?;
    let mut source = changeable(&*tx, id).await?;
    let mut changed = Vec::new();
    if let Some(name) = &change.name {
        source.name = parse_name(name)?;
        changed.push("name");
    }
    if let Some(strict) = change.strict {
        source.strict = strict;
        changed.push("strict");
    }
    if let Some(disabled) = change.disabled {
        source.disabled_at = disabled.then(|| source.disabled_at.unwrap_or_else(|| ctx.now_us()));
        changed.push("disabled");
    }
    store::update(&*tx, &source).await?;
    audit::append(&*tx, ctx, "source.changed", &source.id.to_string(), json!({ "fields": changed })).await?;
    tx.commit().await?;
    Ok(source)
}

/// Gives an http source a new key; the old one stops within a second.
pub async fn rotate_key(db: &Db, ctx: &Ctx<ManageIntake>, id: SourceId) -> Result<WriteKey> {
    require_chain(ctx)?;
    let key = WriteKey::from_random(ctx.random());
    let tx = db.begin().await?;
    let source = changeable(&*tx, id).await?;
    if source.kind != SourceKind::Http {
        return Err(Error::conflict("sources.no_key", "only a source of kind http has a write key"));
    }
    store::update_key(&*tx, source.ord, key.hash()).await?;
    audit::append(&*tx, ctx, "source.key_rotated", &source.id.to_string(), json!({})).await?;
    tx.commit().await?;
    Ok(key)
}

/// Refused events, newest first; personal data in them is masked.
pub async fn list_rejects(
    db: &Db,
    ctx: &Ctx<ManageIntake>,
    source: Option<SourceId>,
    request: &PageRequest,
) -> Result<Page<EventReject>> {
    require_chain(ctx)?;
    let source = match source {
        Some(id) => Some(find(db, id).await?.ord),
        None => None,
    };
    let before = request.numbers::<1>()?.map_or(i64::MAX, |[ord]| ord);
    let rows = store::rejects(db.read(), source, before, i64::from(request.limit) + 1).await?;
    let page = Page::cut(rows, request, |row| vec![row.ord]);
    let items = page.items.into_iter().map(|row| open(ctx, row)).collect::<Result<_>>()?;
    Ok(Page { items, next: page.next })
}

fn open(ctx: &Ctx<ManageIntake>, row: store::RejectRow) -> Result<EventReject> {
    let plain = ctx.vault().open(Seal::from_slice(&row.salt)?, REJECT_CONTEXT, &row.sealed)?;
    Ok(EventReject {
        id: row.id.parse().map_err(Error::internal)?,
        source_id: row.source_id,
        source_name: row.source_name,
        received_at: row.received_at,
        code: row.code,
        reason: row.reason,
        message_id: row.message_id,
        body: mask::body(&String::from_utf8_lossy(&plain)),
    })
}
