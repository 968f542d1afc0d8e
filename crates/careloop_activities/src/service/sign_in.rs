//! What visitors do, without a log-in: the token of the address is what they show.

use careloop_db::Db;
use careloop_kernel::{Ctx, Error, ErrorKind, Result};
use careloop_people::{
    ConsentChannel, ConsentState, IncomingRecord, Mode, PhoneNumber, PhoneRole, PreparedRecord, RecordChange,
    RecordFields, prepare_records, record_consent, write_records,
};
use serde_json::{Map, json};

use super::attend::attend;
use crate::model::{Activity, Origin, Visitor};
use crate::{Turnstile, store};

/// The channel of people whom an activity brings in, as chains call it.
const CHANNEL: &str = "线下活动";

/// The activity whose page has this address.
pub async fn find_by_token<P>(db: &Db, _ctx: &Ctx<P>, token: &str) -> Result<Activity> {
    store::find_by_token(db.read(), token).await?.ok_or_else(|| {
        Error::not_found("activities.no_such_link", "this address leads nowhere; scan the code on the poster again")
    })
}

/// The zone in which visitors read an activity's times: the clinic's, else the chain's.
pub async fn zone_of(db: &Db, activity: &Activity) -> Result<String> {
    match &activity.clinic_zone {
        Some(zone) => Ok(zone.clone()),
        None => Ok(careloop_access::settings::load(db.read()).await?.time_zone_name),
    }
}

/// Signs somebody in. The same phone again changes nothing and looks the same, so nobody learns who is there already.
pub async fn sign_in<P>(
    db: &Db,
    ctx: &Ctx<P>,
    turnstile: &Turnstile,
    token: &str,
    visitor: Visitor,
) -> Result<Activity> {
    let activity = find_by_token(db, ctx, token).await?;
    activity.require_open(ctx.now_us())?;
    if !turnstile.admits(activity.ord, ctx.now_us()) {
        let message = "many people are signing in; try again in a minute";
        return Err(Error::new(ErrorKind::RateLimited, "activities.busy", message));
    }
    let may_contact = visitor.may_contact;
    let prepared = prepare_records(ctx, vec![record(ctx, &activity, visitor)], Mode::Replace).await?;
    enter(db, ctx, &activity, (token, prepared, may_contact)).await?;
    Ok(activity)
}

/// The record of whoever signs in: one per activity and phone, so its key tells neither.
fn record<P>(ctx: &Ctx<P>, activity: &Activity, visitor: Visitor) -> IncomingRecord {
    let phone = ctx.vault().blind("activity", &visitor.phone);
    IncomingRecord {
        source_key: format!("{}:{phone:016x}", activity.id),
        fields: RecordFields {
            name: Some(visitor.name),
            phones: vec![PhoneNumber { text: visitor.phone, role: PhoneRole::Own }],
            ..RecordFields::default()
        },
        clinic: activity.clinic.as_ref().map(|(ord, ..)| *ord),
        created_at: Some(ctx.now()),
        attributes: Map::from_iter([("channel".to_owned(), json!(CHANNEL))]),
        ..IncomingRecord::default()
    }
}

async fn enter<P>(
    db: &Db,
    ctx: &Ctx<P>,
    activity: &Activity,
    (token, prepared, may_contact): (&str, Vec<PreparedRecord>, bool),
) -> Result<()> {
    let tx = db.begin().await?;
    store::hold(&*tx, activity.ord).await?;
    // It may have been closed, or its address renewed, since it was looked up.
    let activity = store::find_by_token(&*tx, token).await?.ok_or_else(super::missing)?;
    activity.require_open(ctx.now_us())?;
    let source = store::source(&*tx).await?;
    let outcomes = write_records(&*tx, ctx, source, prepared).await?;
    let Some(outcome) = outcomes.first().filter(|outcome| outcome.change == RecordChange::Inserted) else {
        // The phone has signed in. Without a commit its record keeps the name that came first.
        return Ok(());
    };
    attend(&tx, ctx, &activity, &[outcome.ord], Origin::Qr).await?;
    if may_contact {
        let proof = format!("{} · {}", activity.id, activity.name);
        for channel in [ConsentChannel::Phone, ConsentChannel::Sms] {
            record_consent(&tx, &ctx.require()?, outcome.ord, (channel, ConsentState::Granted), &proof).await?;
        }
    }
    tx.commit().await
}
