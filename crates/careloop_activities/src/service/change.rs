//! Making and changing activities.

use careloop_access::audit;
use careloop_db::{Db, Tx};
use careloop_kernel::ids::{ActivityId, ClinicId};
use careloop_kernel::permissions::{EditSegments, EditTags};
use careloop_kernel::{Ctx, Error, Result, Scope};
use careloop_profiles::TagSetting;
use careloop_segments::NewList;
use serde_json::{Value, json};

use super::missing;
use crate::model::{
    Activity, ActivityPatch, ActivityTag, NewActivity, parse_name, parse_place, parse_tags, parse_window,
};
use crate::store;

/// Makes an activity, and its list unless one is named. Whoever sees a part of the chain names one of their clinics.
pub async fn create(db: &Db, ctx: &Ctx<EditSegments>, new: &NewActivity) -> Result<Activity> {
    let (name, place) = (parse_name(&new.name)?, parse_place(&new.place)?);
    let window = parse_window(new.starts_at.as_microsecond(), new.ends_at.as_microsecond(), ctx.now_us())?;
    let tags = checked_tags(db, ctx, &name, &new.tags).await?;
    let tx = db.begin().await?;
    let clinic = clinic_of(&tx, ctx, new.clinic).await?;
    let list = match new.list {
        Some(list) => careloop_segments::open_list(&tx, ctx, list).await?,
        None => {
            let list = NewList { name: name.clone(), description: String::new() };
            careloop_segments::make_list(&tx, ctx, &list).await?
        }
    };
    store::ensure_source(&*tx, ctx.new_id(), ctx.now_us()).await?;
    store::source(&*tx).await?;
    let id: ActivityId = ctx.new_id();
    let row = store::NewRow {
        id,
        name,
        place,
        clinic,
        window,
        list,
        tags,
        token: new_token(ctx),
        created_by: ctx.actor().label(),
        now: ctx.now_us(),
    };
    store::insert(&*tx, row).await?;
    let made = found(&tx, ctx, id).await?;
    finish(tx, ctx, &made, "activity.created", json!({ "list": made.list.0 })).await
}

/// 128 random bits: nobody guesses an address, and a poster's code stays coarse enough to be read from afar.
fn new_token<P>(ctx: &Ctx<P>) -> String {
    format!("{:032x}", u128::from_be_bytes(ctx.random()))
}

/// The tags, each settable by the caller and with the activity's name as its reason.
async fn checked_tags(db: &Db, ctx: &Ctx<EditSegments>, name: &str, tags: &[ActivityTag]) -> Result<Vec<ActivityTag>> {
    let tags = parse_tags(tags)?;
    if tags.is_empty() {
        return Ok(tags);
    }
    ctx.require::<EditTags>()?;
    let zone = careloop_access::settings::load(db.read()).await?.time_zone;
    let today = zone.to_datetime(ctx.now()).date();
    for ActivityTag { tag, value } in &tags {
        TagSetting { tag, value, reason: Some(name), until_on: None }.check(today)?;
    }
    Ok(tags)
}

async fn clinic_of(tx: &Tx, ctx: &Ctx<EditSegments>, clinic: Option<ClinicId>) -> Result<Option<i64>> {
    let Some(clinic) = clinic else {
        if *ctx.scope() == Scope::Chain {
            return Ok(None);
        }
        let message = "name one of your clinics; an activity of the whole chain is made by somebody who sees all of it";
        return Err(Error::forbidden("activities.beyond_scope", message).with_field("clinic_id", message));
    };
    let directory = careloop_chain::directory(&**tx).await?;
    let known = directory.find(&clinic.to_string()).filter(|clinic| ctx.scope().sees_clinic(clinic.ord));
    known.map(|clinic| Some(clinic.ord)).ok_or_else(|| {
        Error::not_found("chain.no_such_clinic", "there is no such clinic; reload the list")
            .with_field("clinic_id", "unknown")
    })
}

async fn found(tx: &Tx, ctx: &Ctx<EditSegments>, id: ActivityId) -> Result<Activity> {
    store::find(&**tx, ctx.scope(), id).await?.ok_or_else(missing)
}

async fn finish(tx: Tx, ctx: &Ctx<EditSegments>, activity: &Activity, action: &str, detail: Value) -> Result<Activity> {
    audit::append(&*tx, ctx, action, &activity.id.to_string(), detail).await?;
    let activity = found(&tx, ctx, activity.id).await?;
    tx.commit().await?;
    Ok(activity)
}

/// Changes what visitors see of an activity, and its window.
pub async fn update(db: &Db, ctx: &Ctx<EditSegments>, id: ActivityId, patch: &ActivityPatch) -> Result<Activity> {
    let tx = db.begin().await?;
    let mut activity = found(&tx, ctx, id).await?;
    if let Some(name) = &patch.name {
        activity.name = parse_name(name)?;
    }
    if let Some(place) = &patch.place {
        activity.place = parse_place(place)?;
    }
    if patch.starts_at.is_some() || patch.ends_at.is_some() {
        let starts_us = patch.starts_at.map_or(activity.starts_us, |at| at.as_microsecond());
        let ends_us = patch.ends_at.map_or(activity.ends_us, |at| at.as_microsecond());
        (activity.starts_us, activity.ends_us) = parse_window(starts_us, ends_us, ctx.now_us())?;
    }
    write(tx, ctx, &activity, "activity.updated").await
}

/// Closes the door before the window ends; closing what is closed changes nothing.
pub async fn close(db: &Db, ctx: &Ctx<EditSegments>, id: ActivityId) -> Result<Activity> {
    let tx = db.begin().await?;
    let mut activity = found(&tx, ctx, id).await?;
    activity.closed_us = activity.closed_us.or(Some(ctx.now_us()));
    write(tx, ctx, &activity, "activity.closed").await
}

/// Opens the door again, for as long as the window lasts.
pub async fn reopen(db: &Db, ctx: &Ctx<EditSegments>, id: ActivityId) -> Result<Activity> {
    let tx = db.begin().await?;
    let mut activity = found(&tx, ctx, id).await?;
    activity.closed_us = None;
    write(tx, ctx, &activity, "activity.reopened").await
}

/// Gives the visitors' page a new address; posters with the old one lead nowhere.
pub async fn renew_link(db: &Db, ctx: &Ctx<EditSegments>, id: ActivityId) -> Result<Activity> {
    let tx = db.begin().await?;
    let mut activity = found(&tx, ctx, id).await?;
    activity.token = new_token(ctx);
    write(tx, ctx, &activity, "activity.link_renewed").await
}

async fn write(tx: Tx, ctx: &Ctx<EditSegments>, activity: &Activity, action: &str) -> Result<Activity> {
    if !store::update(&*tx, activity).await? {
        return Err(missing());
    }
    finish(tx, ctx, activity, action, json!({})).await
}
