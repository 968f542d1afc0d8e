//! What people do with persons. Each function asks for its permission by type, looks at nobody outside the caller's scope,
//! and writes its change, its event and its audit row in one transaction.

pub mod care;
pub mod identity;
pub mod list;
pub mod quality;
pub mod review;
pub mod share_out;
pub mod view;

use careloop_db::ConnectionTrait;
use careloop_events::{INTERNAL_SOURCE, NewEvent};
use careloop_kernel::permissions::ReadPeople;
use careloop_kernel::{Ctx, Error, Permission, Result};
use serde_json::{Map, Value};

use crate::facts::find_person;
use crate::portrait::Portrait;

/// The person somebody wants to work on, if they may see them.
pub(crate) async fn visible<P: Permission>(
    connection: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    reference: &str,
) -> Result<Portrait> {
    let reader = ctx.require::<ReadPeople>()?;
    let person = find_person(connection, &reader, reference).await?;
    let portrait = Portrait::of_persons(connection, &reader, &[person]).await?.remove(&person);
    portrait.ok_or_else(|| Error::internal("a person without records"))
}

/// An event of the program about one record.
pub(crate) fn event<P>(
    ctx: &Ctx<P>,
    kind: &str,
    record: i64,
    (message_id, props): (String, Map<String, Value>),
) -> NewEvent {
    NewEvent {
        kind: kind.to_owned(),
        record,
        clinic: None,
        source: INTERNAL_SOURCE,
        message_id,
        at: ctx.now(),
        amount: None,
        props,
        flags: 0,
    }
}

/// A reason of at least three characters, cut to what a log line holds.
pub(crate) fn reason(text: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() < 3 {
        let error = Error::invalid("people.reason", "say why in at least three characters");
        return Err(error.with_field("reason", "at least three characters"));
    }
    Ok(text.chars().take(200).collect())
}
