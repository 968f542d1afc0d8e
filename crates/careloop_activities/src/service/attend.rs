//! What attending means, in one transaction: a row, an event, the list, the tags.

use careloop_db::{ConnectionTrait, Engine, Tx};
use careloop_events::{INTERNAL_SOURCE, NewEvent};
use careloop_kernel::{Ctx, Error, Result};
use careloop_profiles::{TagSetting, TagTeller, set_tag_of_many};
use careloop_segments::{ListTeller, put_on_list};
use jiff::Timestamp;
use serde_json::json;

use crate::model::{Activity, ActivityTag, Origin};
use crate::store;

/// Notes that people attended, told of these records, each the oldest or only one of its person. None of the people has
/// attended yet, which the caller has made sure of while holding the activity.
pub(super) async fn attend<P>(
    tx: &Tx,
    ctx: &Ctx<P>,
    activity: &Activity,
    records: &[i64],
    origin: Origin,
) -> Result<()> {
    // Whoever is brought in by a file afterwards was there while the activity lasted.
    let at_us = ctx.now_us().min(activity.ends_us - 1);
    store::insert_attendees(&**tx, activity.ord, records, (origin, at_us)).await?;
    let at = Timestamp::from_microsecond(at_us).map_err(Error::internal)?;
    let props = json!({ "activity": activity.name, "activity_id": activity.id, "origin": origin.as_str() });
    let event = |record: &i64| NewEvent {
        kind: "activity.attended".to_owned(),
        record: *record,
        clinic: activity.clinic.as_ref().map(|(ord, ..)| *ord),
        source: INTERNAL_SOURCE,
        message_id: format!("activity.attended:{}:{record}", activity.id),
        at,
        amount: None,
        props: props.as_object().cloned().unwrap_or_default(),
        flags: 0,
    };
    let events: Vec<NewEvent> = records.iter().map(event).collect();
    careloop_events::append(&**tx, Engine::from(tx.get_database_backend()), ctx, &events).await?;
    let batch = activity.id.to_string();
    let (list, name) = &activity.list;
    let teller = ListTeller { name: Some(name), staff: &activity.created_by, origin: "activity", batch: &batch };
    put_on_list(tx, &ctx.require()?, *list, teller, records).await?;
    let teller = TagTeller { staff: &activity.created_by, batch: &batch };
    for ActivityTag { tag, value } in &activity.tags {
        let setting = TagSetting { tag, value, reason: Some(&activity.name), until_on: None };
        set_tag_of_many(tx, &ctx.require()?, teller, &setting, records).await?;
    }
    Ok(())
}
