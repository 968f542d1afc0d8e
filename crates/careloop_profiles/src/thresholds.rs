//! Thresholds that a chain puts in the place of the library's: a dated input of the fold, audited, and told to the log.
//!
//! A change counts from its instant on: live values are folded again with it, values as of an earlier instant keep the
//! number that was in force then.

use std::collections::BTreeMap;

use careloop_access::{audit, roles};
use careloop_db::{ConnectionTrait, Db};
use careloop_events::{INTERNAL_SOURCE, NOBODY, NewEvent};
use careloop_kernel::ids::EventId;
use careloop_kernel::permissions::{ManageSettings, ReadSegments};
use careloop_kernel::{Actor, Ctx, Error, Result};
use serde_json::json;

use crate::library::{TagDef, tag_library};
use crate::limits::Overrides;
use crate::store::{self, ThresholdRow};

/// The longest window in days; a longer one would leave the range of instants.
const MOST_DAYS: i64 = 36_500;
const MOST_MINOR: i64 = 1_000_000_000_000;
const MOST: i64 = 1_000_000;

/// Who changed a threshold last, and when.
#[derive(Debug, Clone)]
pub struct Change {
    /// When, microseconds.
    pub at_us: i64,
    /// The new number; none: the library's again.
    pub value: Option<i64>,
    /// The member of staff; none when a command did it.
    pub staff_name: Option<String>,
}

/// A threshold of a tag as it stands.
#[derive(Debug, Clone)]
pub struct Threshold {
    /// Its name in the library.
    pub name: &'static str,
    /// The number in force.
    pub value: i64,
    /// The library's number.
    pub default: i64,
    /// The smallest and the largest number it may be set to.
    pub range: (i64, i64),
    /// All changes, latest first.
    pub changes: Vec<Change>,
}

/// What is in force before an instant, and the number of the last change there is.
pub(crate) async fn in_force(connection: &impl ConnectionTrait, before: i64) -> Result<(Overrides, i64)> {
    let rows = store::thresholds(connection, before).await?;
    let last = rows.last().map_or(0, |row| row.ord);
    let mut overrides = Overrides::new();
    for row in rows {
        match row.value {
            Some(value) => overrides.insert((row.tag, row.name), value),
            None => overrides.remove(&(row.tag, row.name)),
        };
    }
    Ok((overrides, last))
}

/// The smallest and the largest number a threshold may be set to, by what its name says it counts. Nothing switches off a
/// rule of churn, or a dimension of the classes.
fn range(tag: &str, name: &str) -> (i64, i64) {
    if (tag, name) == ("life.churned", "unreachable") {
        return (0, 1);
    }
    let may_be_nothing = tag == "life.churned" || name.starts_with("weight_");
    let most = if name.ends_with("_minor") {
        MOST_MINOR
    } else if name.ends_with("days") || name.ends_with("hours") {
        MOST_DAYS
    } else {
        MOST
    };
    (i64::from(!may_be_nothing), most)
}

/// The thresholds of every tag that has some, with who changed them.
pub async fn thresholds(db: &Db, _ctx: &Ctx<ReadSegments>) -> Result<BTreeMap<&'static str, Vec<Threshold>>> {
    let mut changes: BTreeMap<(String, String), Vec<Change>> = BTreeMap::new();
    for row in store::thresholds(db.read(), i64::MAX).await?.into_iter().rev() {
        let ThresholdRow { at, tag, name, value, staff_name, .. } = row;
        changes.entry((tag, name)).or_default().push(Change { at_us: at, value, staff_name });
    }
    let of_tag = |tag: &'static TagDef| {
        let one = |(name, default): (&'static String, &i64)| {
            let changes = changes.get(&(tag.id.clone(), name.clone())).cloned().unwrap_or_default();
            let value = changes.first().and_then(|change| change.value).unwrap_or(*default);
            Threshold { name, value, default: *default, range: range(&tag.id, name), changes }
        };
        (tag.id.as_str(), tag.thresholds.iter().map(one).collect::<Vec<_>>())
    };
    Ok(tag_library().tags().iter().map(of_tag).filter(|(_, thresholds)| !thresholds.is_empty()).collect())
}

/// Puts a number in the place of the library's. Setting what is in force changes nothing.
pub async fn set_threshold(db: &Db, ctx: &Ctx<ManageSettings>, tag: &str, name: &str, value: i64) -> Result<()> {
    let (least, most) = range(&tag_library().get(tag)?.id, name);
    if !(least..=most).contains(&value) {
        let message = format!("`{name}` must be between {least} and {most}");
        return Err(Error::invalid("tags.threshold_range", message).with_field("value", "a number in range"));
    }
    change(db, ctx, (tag, name), Some(value)).await
}

/// Goes back to the library's number. Resetting what was never set changes nothing.
pub async fn reset_threshold(db: &Db, ctx: &Ctx<ManageSettings>, tag: &str, name: &str) -> Result<()> {
    change(db, ctx, (tag, name), None).await
}

async fn change(db: &Db, ctx: &Ctx<ManageSettings>, (tag, name): (&str, &str), value: Option<i64>) -> Result<()> {
    roles::require_chain(ctx)?;
    let tag = tag_library().get(tag)?;
    let default = tag.thresholds.get(name).copied().ok_or_else(|| {
        let known: Vec<&str> = tag.thresholds.keys().map(String::as_str).collect();
        let there = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        Error::not_found("tags.no_threshold", format!("`{}` has no threshold `{name}`; it has {there}", tag.id))
    })?;
    let tx = db.begin().await?;
    let (overrides, _) = in_force(&*tx, i64::MAX).await?;
    let held = overrides.get(&(tag.id.clone(), name.to_owned())).copied();
    if held == value {
        return tx.commit().await;
    }
    let staff = match ctx.actor() {
        Actor::Staff { ord, .. } => Some(*ord),
        Actor::System(_) => None,
    };
    store::insert_threshold(&*tx, ctx.now_us(), (&tag.id, name, value), staff).await?;
    let (before, after) = (held.unwrap_or(default), value.unwrap_or(default));
    let verb = if value.is_some() { "set" } else { "reset" };
    let props = json!({
        "tag": tag.id, "threshold": name, "value": after, "before": before, "staff": ctx.actor().label(),
    });
    let told = told(ctx, verb, &props);
    careloop_events::append(&*tx, db.engine(), ctx, &[told]).await?;
    let detail = json!({ "threshold": name, "value": after, "before": before });
    audit::append(&*tx, ctx, &format!("tag.threshold_{verb}"), &tag.id, detail).await?;
    tx.commit().await
}

fn told(ctx: &Ctx<ManageSettings>, verb: &str, props: &serde_json::Value) -> NewEvent {
    NewEvent {
        kind: format!("threshold.{verb}"),
        record: NOBODY,
        clinic: None,
        source: INTERNAL_SOURCE,
        message_id: format!("threshold:{}", ctx.new_id::<EventId>()),
        at: ctx.now(),
        amount: None,
        props: props.as_object().cloned().unwrap_or_default(),
        flags: 0,
    }
}
