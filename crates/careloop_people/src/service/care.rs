//! Notes, owner, consents.

use careloop_db::{Db, Engine, Tx};
use careloop_kernel::ids::{ConsentId, EventId, NoteId, StaffId};
use careloop_kernel::permissions::{EditPeople, ReadPeople};
use careloop_kernel::{Ctx, Error, Page, PageRequest, Result, Seal};
use serde_json::{Map, json};

use super::{event, visible};
use crate::model::{Consent, ConsentChannel, ConsentState, Note};
use crate::portrait::Portrait;
use crate::store;
use crate::store::care::{NewConsent, NewNote};

const NOTE: &str = "note";
/// Letters of a note.
const LONGEST_NOTE: usize = 10_000;

fn ords(portrait: &Portrait) -> Vec<i64> {
    portrait.records.iter().map(|record| record.row.ord).collect()
}

/// The notes on a person, newest first.
pub async fn notes(db: &Db, ctx: &Ctx<ReadPeople>, reference: &str, request: &PageRequest) -> Result<Page<Note>> {
    let portrait = visible(db.read(), ctx, reference).await?;
    let before = request.numbers::<1>()?.map_or(i64::MAX, |[ord]| ord);
    let rows = store::care::notes(db.read(), &ords(&portrait), before, i64::from(request.limit) + 1).await?;
    let page = Page::cut(rows, request, |row| vec![row.ord]);
    let open = |row: store::care::NoteRow| -> Result<Note> {
        let (Some(salt), Some(sealed)) = (row.salt, row.sealed) else {
            return Err(Error::internal("a note without its text"));
        };
        let text = ctx.vault().open(Seal::from_slice(&salt)?, NOTE, &sealed)?;
        let text = String::from_utf8(text).map_err(Error::internal)?;
        Ok(Note { id: row.id.parse()?, text, author: row.author, created_at: row.created_at })
    };
    Ok(Page { items: page.items.into_iter().map(open).collect::<Result<_>>()?, next: page.next })
}

/// Writes a note on a person.
pub async fn add_note(db: &Db, ctx: &Ctx<EditPeople>, reference: &str, text: &str) -> Result<NoteId> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_NOTE {
        let error = Error::invalid("people.note", "a note has 1 to 10,000 characters");
        return Err(error.with_field("text", "1 to 10,000 characters"));
    }
    let tx = db.begin().await?;
    let record = visible(&*tx, ctx, reference).await?.person;
    let (id, salt) = (ctx.new_id::<NoteId>(), ctx.random::<16>());
    let sealed = ctx.vault().seal(Seal(salt), ctx.random(), NOTE, text.as_bytes())?;
    let note = NewNote { id, record, staff: ctx.staff_ord(), salt: salt.to_vec(), sealed, now: ctx.now_us() };
    store::care::insert_note(&*tx, note).await?;
    let props = Map::from_iter([("note_id".to_owned(), json!(id)), ("staff".to_owned(), json!(ctx.actor().label()))]);
    let added = event(ctx, "note.added", record, (format!("note.added:{id}"), props));
    careloop_events::append(&*tx, db.engine(), ctx, &[added]).await?;
    tx.commit().await?;
    Ok(id)
}

/// Destroys a note.
pub async fn erase_note(db: &Db, ctx: &Ctx<EditPeople>, reference: &str, id: NoteId) -> Result<()> {
    let tx = db.begin().await?;
    let portrait = visible(&*tx, ctx, reference).await?;
    if !store::care::erase_note(&*tx, id, &ords(&portrait), ctx.now_us()).await? {
        return Err(Error::not_found("people.note_not_found", "this person has no such note; reload and look"));
    }
    careloop_access::audit::append(&*tx, ctx, "note.erased", &id.to_string(), json!({ "person": portrait.id })).await?;
    tx.commit().await
}

/// Hands a person to a member of staff the caller sees, or to nobody. Records of clinics the caller does not see stay with
/// whom they are.
pub async fn set_owner(db: &Db, ctx: &Ctx<EditPeople>, reference: &str, staff: Option<StaffId>) -> Result<()> {
    let tx = db.begin().await?;
    let portrait = visible(&*tx, ctx, reference).await?;
    let owner = match staff {
        None => None,
        Some(id) => {
            let missing = || {
                Error::invalid("people.owner", "there is no such member of staff, or they have left")
                    .with_field("staff_id", "unknown")
            };
            Some(careloop_access::staff::find_active(&*tx, ctx, id).await?.ok_or_else(missing)?)
        }
    };
    let changed = store::care::set_owner(&*tx, &ords(&portrait), ctx.scope(), (owner, ctx.now_us())).await?;
    let record = *changed.first().ok_or_else(|| Error::internal("a visible person without a visible record"))?;
    let props = [("staff", json!(staff)), ("records", json!(changed.len())), ("by", json!(ctx.actor().label()))];
    let props = props.into_iter().filter(|(_, value)| !value.is_null());
    let props = props.map(|(name, value)| (name.to_owned(), value)).collect();
    let message_id = format!("person.owner_changed:{}", ctx.new_id::<EventId>());
    let told = event(ctx, "person.owner_changed", record, (message_id, props));
    careloop_events::append(&*tx, db.engine(), ctx, &[told]).await?;
    let (id, detail) = (portrait.id.to_string(), json!({ "owner": staff, "records": changed.len() }));
    careloop_access::audit::append(&*tx, ctx, "person.owner_changed", &id, detail).await?;
    tx.commit().await
}

/// Writes down what somebody said about a channel. Gives the latest word on each.
pub async fn set_consent(
    db: &Db,
    ctx: &Ctx<EditPeople>,
    reference: &str,
    (channel, state): (ConsentChannel, ConsentState),
    proof: &str,
) -> Result<Vec<Consent>> {
    if proof.trim().is_empty() {
        return Err(Error::invalid("people.proof", "say how you know: a form, a call, a message")
            .with_field("proof", "must not be empty"));
    }
    let tx = db.begin().await?;
    let portrait = visible(&*tx, ctx, reference).await?;
    record_consent(&tx, ctx, portrait.person, (channel, state), proof.trim()).await?;
    let latest = super::view::consents(&*tx, &ords(&portrait)).await?;
    tx.commit().await?;
    Ok(latest)
}

/// Writes down what somebody said about a channel of theirs, told of one of their records, inside the caller's transaction.
pub async fn record_consent(
    tx: &Tx,
    ctx: &Ctx<EditPeople>,
    record: i64,
    (channel, state): (ConsentChannel, ConsentState),
    proof: &str,
) -> Result<()> {
    let id = ctx.new_id::<ConsentId>();
    let (channel, state) = (channel.as_str(), state.as_str());
    let consent = NewConsent { id, record, channel, state, proof, actor: ctx.actor().label(), now: ctx.now_us() };
    store::care::insert_consent(&**tx, consent).await?;
    // The proof stays in the table: it is free text, and the log holds nothing personal.
    let fields = [("channel", json!(channel)), ("state", json!(state)), ("proof", json!(id))];
    let props = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let changed = event(ctx, "consent.changed", record, (format!("consent.changed:{id}"), props));
    careloop_events::append(
        &**tx,
        Engine::from(sea_orm::ConnectionTrait::get_database_backend(&**tx)),
        ctx,
        &[changed],
    )
    .await?;
    Ok(())
}
