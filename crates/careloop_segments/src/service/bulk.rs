//! Watching, stopping and undoing work on many people, and tagging them.

use careloop_access::audit;
use careloop_db::Db;
use careloop_kernel::ids::{BulkActionId, SegmentId};
use careloop_kernel::permissions::{EditSegments, EditTags, ReadSegments};
use careloop_kernel::{Ctx, Error, Page, PageRequest, Result, Scope};
use careloop_profiles::sets::{from_bytes, to_bytes};
use careloop_profiles::{TagSetting, tag_library};
use jiff::civil::Date;
use roaring::RoaringBitmap;
use serde_json::json;

use crate::bulk::{BulkAction, Deed, State};
use crate::lists::{Whom, choose};
use crate::store::bulk::{self as store, BulkRow, NewBulkRow};

use super::lists::start;

/// A tag for many people.
#[derive(Debug, Clone)]
pub struct BulkTag {
    /// The tag.
    pub tag: String,
    /// The value.
    pub value: String,
    /// Why, in a few words that say nothing personal.
    pub reason: Option<String>,
    /// The last day on which it replaces what is computed.
    pub until_on: Option<Date>,
}

/// Sets a tag on many people; the worker does it.
pub async fn tag_people(db: &Db, ctx: &Ctx<EditTags>, tag: BulkTag, whom: &Whom) -> Result<BulkAction> {
    let zone = careloop_access::settings::load(db.read()).await?.time_zone;
    let setting =
        TagSetting { tag: &tag.tag, value: &tag.value, reason: tag.reason.as_deref(), until_on: tag.until_on };
    let id = setting.check(zone.to_datetime(ctx.now()).date())?.id.clone();
    let chosen = choose(db, &ctx.require()?, whom).await?;
    let BulkTag { value, reason, until_on, .. } = tag;
    let tx = db.begin().await?;
    let action = start(&tx, ctx, &Deed::TagSet { tag: id, value, reason, until_on }, chosen).await?;
    tx.commit().await?;
    Ok(action)
}

/// Removes a value that was set by hand from many people; the worker does it.
pub async fn untag_people(db: &Db, ctx: &Ctx<EditTags>, (tag, value): (&str, &str), whom: &Whom) -> Result<BulkAction> {
    let tag = tag_library().get(tag)?.id.clone();
    let chosen = choose(db, &ctx.require()?, whom).await?;
    let tx = db.begin().await?;
    let action = start(&tx, ctx, &Deed::TagRemove { tag, value: value.to_owned() }, chosen).await?;
    tx.commit().await?;
    Ok(action)
}

/// Actions, newest first; those of one list if it is named.
pub async fn list_bulk_actions(
    db: &Db,
    _ctx: &Ctx<ReadSegments>,
    list: Option<SegmentId>,
    request: &PageRequest,
) -> Result<Page<BulkAction>> {
    let [before] = request.numbers::<1>()?.unwrap_or([i64::MAX]);
    let list = list.map(|id| id.to_string());
    let rows = store::page(db.read(), list.as_deref(), before, i64::from(request.limit) + 1).await?;
    let page = Page::cut(rows, request, |row| vec![row.ord]);
    let items = page.items.into_iter().map(BulkAction::try_from).collect::<Result<_>>()?;
    Ok(Page { items, next: page.next })
}

/// One action.
pub async fn get_bulk_action(db: &Db, _ctx: &Ctx<ReadSegments>, id: BulkActionId) -> Result<BulkAction> {
    store::find(db.read(), &id.to_string()).await?.ok_or_else(missing_action)?.try_into()
}

/// Stops an action; what was done by then stands, and can be undone.
pub async fn cancel_bulk_action(db: &Db, ctx: &Ctx<ReadSegments>, id: BulkActionId) -> Result<BulkAction> {
    let tx = db.begin().await?;
    let row = store::find(&*tx, &id.to_string()).await?.ok_or_else(missing_action)?;
    require_own(ctx, &row)?;
    if store::cancel(&*tx, row.ord, ctx.now_us()).await? {
        audit::append(&*tx, ctx, "bulk.cancelled", &row.id, json!({})).await?;
    }
    let row = store::find(&*tx, &id.to_string()).await?.ok_or_else(missing_action)?;
    tx.commit().await?;
    row.try_into()
}

/// Takes an action back: everybody it changed stands again where they would without it. What was decided since stays.
pub async fn undo_bulk_action(db: &Db, ctx: &Ctx<ReadSegments>, id: BulkActionId) -> Result<BulkAction> {
    let tx = db.begin().await?;
    let row = store::find(&*tx, &id.to_string()).await?.ok_or_else(missing_action)?;
    require_own(ctx, &row)?;
    if State::parse(&row.state) == State::Running {
        return Err(Error::conflict("bulk.running", "this is still under way; stop it first"));
    }
    let changed = from_bytes(&store::sets(&*tx, row.ord).await?.changed)?;
    let columns = Deed::of_row(&row)?.columns()?;
    let undo: BulkActionId = ctx.new_id();
    let new = NewBulkRow {
        id: undo.to_string(),
        action: Deed::of_row(&row)?.as_str(),
        segment: columns.segment,
        tag: columns.tag,
        value: columns.value,
        terms: columns.terms,
        origin: crate::bulk::Origin::parse(&row.origin)?.as_str(),
        report: None,
        undoes: Some(row.ord),
        created_by: ctx.actor().label(),
        at: ctx.now_us(),
        total: i64::try_from(changed.len()).map_err(Error::internal)?,
        people: to_bytes(&changed)?,
        changed: to_bytes(&RoaringBitmap::new())?,
    };
    store::insert(&*tx, new).await?;
    audit::append(&*tx, ctx, "bulk.undone", &row.id, json!({ "people": changed.len() })).await?;
    let row = store::find(&*tx, &undo.to_string()).await?.ok_or_else(missing_action)?;
    tx.commit().await?;
    row.try_into()
}

/// Whoever may do the same may stop and undo it: for their own people by themselves, for others' only with the whole chain in
/// sight.
fn require_own(ctx: &Ctx<ReadSegments>, row: &BulkRow) -> Result<()> {
    match Deed::of_row(row)? {
        Deed::ListAdd(_) | Deed::ListRemove(_) => ctx.require::<EditSegments>().map(|_| ())?,
        Deed::TagSet { .. } | Deed::TagRemove { .. } => ctx.require::<EditTags>().map(|_| ())?,
    }
    if *ctx.scope() == Scope::Chain || row.created_by == ctx.actor().label() {
        return Ok(());
    }
    let message = "somebody else did this, for people you may not see; ask them, or whoever sees the whole chain";
    Err(Error::forbidden("bulk.beyond_scope", message))
}

pub(super) fn missing_action() -> Error {
    Error::not_found("bulk.not_found", "there is no such action; look at the list's history")
}
