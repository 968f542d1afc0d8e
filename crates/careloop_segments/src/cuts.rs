//! Quantiles over the chain's people as dated inputs: measured over everybody when a rule first asks, and again whenever the
//! inputs of the profiles are set (once a day, and when much has come in). They are stored and told to the log, so one
//! person's answer never reads another person, and the past gives the numbers that were in force then.

use std::collections::BTreeMap;

use careloop_db::Db;
use careloop_events::{INTERNAL_SOURCE, NOBODY, NewEvent, Position, consumers};
use careloop_kernel::ids::EventId;
use careloop_kernel::{Ctx, Error, Result};
use careloop_profiles::{RULE_VERSION, inputs};
use serde_json::json;

use crate::definitions::{stored_rule, terms, world};
use crate::eval::quantiles;
use crate::finder::{AsOf, Finder, Question};
use crate::rule::{Cuts, Rule, quantile_key};
use crate::store;

/// With which inputs of the profiles the quantiles were measured last: `seq` their basis.
const MEASURED: &str = "segments.cuts";

/// The quantiles that segments in use ask for, by name.
async fn wanted(db: &Db) -> Result<BTreeMap<String, Rule>> {
    let stored = store::rules_with_quantiles(db.read()).await?;
    if stored.is_empty() {
        return Ok(BTreeMap::new());
    }
    let terms = terms(db.read()).await?;
    let mut wanted = BTreeMap::new();
    for text in stored {
        wanted.extend(stored_rule(&text, &terms)?.quantiles().into_iter().map(|alone| (quantile_key(&alone), alone)));
    }
    Ok(wanted)
}

/// Measures what segments in use ask for when it was never measured or the inputs of the profiles are newer. True when it did.
pub(crate) async fn renew_if_stale<P>(db: &Db, ctx: &Ctx<P>) -> Result<bool> {
    let wanted = wanted(db).await?;
    if wanted.is_empty() {
        return Ok(false);
    }
    let basis = inputs::live(db.read()).await?.basis;
    let held = store::cuts(db.read(), i64::MAX).await?;
    let measured = consumers::load(db, MEASURED).await?.seq;
    if measured == basis && wanted.keys().all(|key| held.contains_key(key)) {
        return Ok(false);
    }
    let (world, _) = world(db.read()).await?;
    let mut found = Cuts::new();
    for (key, alone) in wanted {
        let question = Question { rule: &alone, world: &world, as_of: AsOf::Now };
        let cut = Finder::default().cut(db, ctx, question).await?;
        if held.get(&key) != Some(&cut) {
            found.insert(key, cut);
        }
    }
    store_cuts(db, ctx, &found, Position { tx: 0, seq: basis }).await?;
    Ok(true)
}

/// Writes new numbers down, tells the log, and has the segments that ask for them decided again.
async fn store_cuts<P>(db: &Db, ctx: &Ctx<P>, found: &Cuts, measured: Position) -> Result<()> {
    let tx = db.begin().await?;
    careloop_profiles::lock(&*tx).await?;
    for (key, value) in found {
        store::insert_cut(&*tx, ctx.now_us(), (key, *value)).await?;
    }
    let (world, rows) = world(&*tx).await?;
    for row in rows.iter().filter(|row| row.archived_at.is_none()) {
        let rule = row.id.parse().ok().and_then(|id| world.segments.get(&id));
        let asked = rule.map(|rule| quantiles(rule, &world)).unwrap_or_default();
        if asked.iter().any(|alone| found.contains_key(&quantile_key(alone))) {
            store::set_filled(&*tx, row.ord, Some(0)).await?;
        }
    }
    if !found.is_empty() {
        careloop_events::append(&*tx, db.engine(), ctx, &[told(ctx, found)?]).await?;
    }
    consumers::save(&*tx, ctx, MEASURED, measured).await?;
    tx.commit().await
}

fn told<P>(ctx: &Ctx<P>, found: &Cuts) -> Result<NewEvent> {
    let value = serde_json::to_string(found).map_err(Error::internal)?;
    let props = json!({ "input": "segments.quantiles", "version": RULE_VERSION.to_string(), "value": value });
    Ok(NewEvent {
        kind: "inputs.set".to_owned(),
        record: NOBODY,
        clinic: None,
        source: INTERNAL_SOURCE,
        message_id: format!("inputs:{}", ctx.new_id::<EventId>()),
        at: ctx.now(),
        amount: None,
        props: props.as_object().cloned().unwrap_or_default(),
        flags: 0,
    })
}
