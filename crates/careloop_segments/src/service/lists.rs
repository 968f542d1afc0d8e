//! Making static lists, and putting people on them or taking them off.

use careloop_access::audit;
use careloop_db::{Db, Tx};
use careloop_kernel::ids::{BulkActionId, SegmentId};
use careloop_kernel::permissions::{EditSegments, ReadPeople};
use careloop_kernel::{Ctx, Error, Result};
use careloop_profiles::sets::to_bytes;
use roaring::RoaringBitmap;
use serde_json::json;

use crate::bulk::{BulkAction, Deed, Origin};
use crate::lists::{Chosen, RowsReport, Whom, choose, read_rows};
use crate::model::{NewList, Segment};
use crate::rule::Rule;
use crate::store;
use crate::store::bulk::NewBulkRow;

use super::change::{insert_list, missing};
use super::look::segment_of;

/// Makes a list; the worker puts the people on it.
pub async fn create_list(
    db: &Db,
    ctx: &Ctx<EditSegments>,
    new: &NewList,
    whom: Option<&Whom>,
) -> Result<(Segment, Option<BulkAction>)> {
    let chosen = match whom {
        Some(whom) => Some(choose(db, &ctx.require()?, whom).await?),
        None => None,
    };
    create_list_of(db, ctx, new, chosen).await
}

/// Makes a list of people who have been found already.
pub(crate) async fn create_list_of(
    db: &Db,
    ctx: &Ctx<EditSegments>,
    new: &NewList,
    chosen: Option<Chosen>,
) -> Result<(Segment, Option<BulkAction>)> {
    let tx = db.begin().await?;
    let row = insert_list(&tx, ctx, new).await?;
    let id: SegmentId = row.id.parse()?;
    let action = match chosen {
        Some(chosen) => Some(start(&tx, ctx, &Deed::ListAdd(id), chosen).await?),
        None => None,
    };
    tx.commit().await?;
    Ok((segment_of(row, Rule::Listed(id), None)?, action))
}

/// Makes a list with nobody on it, inside the caller's transaction; gives its number.
pub async fn make_list(tx: &Tx, ctx: &Ctx<EditSegments>, new: &NewList) -> Result<i64> {
    Ok(insert_list(tx, ctx, new).await?.ord)
}

/// The number of a list that people can be put on. Refuses a segment that follows a rule or was put away.
pub async fn open_list(tx: &Tx, _ctx: &Ctx<EditSegments>, list: SegmentId) -> Result<i64> {
    let row = store::find(&**tx, &list.to_string()).await?.ok_or_else(missing)?;
    let own = crate::rule::to_json(&Rule::Listed(list)).to_string();
    if row.rule != own {
        let message = format!("`{}` follows a rule; change the rule, or make a list of its members", row.name);
        return Err(Error::conflict("segments.is_rule", message));
    }
    if !store::uses::hold(&**tx, &row.id).await? {
        let message = format!("the segment `{}` was put away; restore it first", row.name);
        return Err(Error::conflict("segments.archived", message));
    }
    Ok(row.ord)
}

/// Puts people on a list.
pub async fn add_to_list(db: &Db, ctx: &Ctx<EditSegments>, list: SegmentId, whom: &Whom) -> Result<BulkAction> {
    change(db, ctx, Deed::ListAdd(list), choose(db, &ctx.require()?, whom).await?).await
}

/// Takes people off a list.
pub async fn remove_from_list(db: &Db, ctx: &Ctx<EditSegments>, list: SegmentId, whom: &Whom) -> Result<BulkAction> {
    change(db, ctx, Deed::ListRemove(list), choose(db, &ctx.require()?, whom).await?).await
}

/// What importing a file would do; nothing is written.
pub async fn check_list_rows(db: &Db, ctx: &Ctx<EditSegments>, text: &str) -> Result<RowsReport> {
    Ok(read_rows(db, &ctx.require()?, text).await?.1)
}

/// The people (numbers of persons) that the rows of a file mean and the caller may see, and what each row led to.
pub async fn find_list_people(db: &Db, ctx: &Ctx<ReadPeople>, text: &str) -> Result<(Vec<i64>, RowsReport)> {
    let (people, report) = read_rows(db, ctx, text).await?;
    Ok((people.into_iter().map(i64::from).collect(), report))
}

/// Puts the people of a file on a list. Rows that mean nobody or several people are reported by line and left out.
pub async fn import_to_list(db: &Db, ctx: &Ctx<EditSegments>, list: SegmentId, text: &str) -> Result<BulkAction> {
    let (people, report) = read_rows(db, &ctx.require()?, text).await?;
    let report = Some(serde_json::to_value(report).map_err(Error::internal)?);
    change(db, ctx, Deed::ListAdd(list), Chosen { people, origin: Origin::Import, report }).await
}

async fn change(db: &Db, ctx: &Ctx<EditSegments>, deed: Deed, chosen: Chosen) -> Result<BulkAction> {
    let tx = db.begin().await?;
    if let Deed::ListAdd(list) | Deed::ListRemove(list) = &deed {
        open_list(&tx, ctx, *list).await?;
    }
    let action = start(&tx, ctx, &deed, chosen).await?;
    tx.commit().await?;
    Ok(action)
}

/// Writes an action that the worker will do.
pub(super) async fn start<P>(tx: &Tx, ctx: &Ctx<P>, deed: &Deed, chosen: Chosen) -> Result<BulkAction> {
    let id: BulkActionId = ctx.new_id();
    let columns = deed.columns()?;
    let (action, people) = (deed.as_str(), chosen.people.len());
    let row = NewBulkRow {
        id: id.to_string(),
        action,
        segment: columns.segment,
        tag: columns.tag,
        value: columns.value,
        terms: columns.terms,
        origin: chosen.origin.as_str(),
        report: chosen.report.map(|report| report.to_string()),
        undoes: None,
        created_by: ctx.actor().label(),
        at: ctx.now_us(),
        total: i64::try_from(people).map_err(Error::internal)?,
        people: to_bytes(&chosen.people)?,
        changed: to_bytes(&RoaringBitmap::new())?,
    };
    store::bulk::insert(&**tx, row).await?;
    audit::append(&**tx, ctx, "bulk.started", &id.to_string(), json!({ "action": action, "people": people })).await?;
    let row = store::bulk::find(&**tx, &id.to_string()).await?.ok_or_else(super::bulk::missing_action)?;
    row.try_into()
}
