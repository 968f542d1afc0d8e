//! Dated inputs: thresholds (see `thresholds.rs`), cut points of the value scores, the value models of [`crate::ltv`],
//! what follows what ([`crate::next`]), and the tags that wait for data. All but the first are set when the log has grown much, when it rests after payments have
//! arrived, when a day has passed, or when the data of a tag comes for the first time; they are stored and told to the log,
//! so that a value stays reproducible.

use std::collections::BTreeSet;
use std::sync::Arc;

use careloop_db::{ConnectionTrait, Db};
use careloop_events::{INTERNAL_SOURCE, NOBODY, NewEvent};
use careloop_kernel::ids::EventId;
use careloop_kernel::{Ctx, Error, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::limits::Limits;
use crate::ltv::Ltv;
use crate::model::{Inputs, RULE_VERSION};
use crate::next::Next;
use crate::payers::{Paid, Payers, each_payer};
use crate::quantiles::Quantiles;
use crate::seen::{Beginnings, sent};
use crate::{store, thresholds};

/// How much the log must grow beyond twice its length before the inputs are set again the same day.
const SLACK: i64 = 20;

/// How long nothing must arrive for the log to be at rest: an import that runs is not.
const REST_US: i64 = 10_000_000;
/// Inputs of the past are computed from so many people at most. A rank is then off by less than 0.5 %, 19 times in 20.
const LOOKED_AT: usize = 50_000;
/// One more payment for so many payers sets the inputs again when the log is at rest.
const PAYERS_A_PAYMENT: i64 = 100;

/// Inputs and the number people folded with them carry.
#[derive(Debug, Clone)]
pub struct LiveInputs {
    /// The inputs.
    pub inputs: Inputs,
    /// Grows with inputs and rule version.
    pub basis: i64,
}

/// Zone and clinics of the chain, with these cut points and the thresholds in force before an instant.
async fn with_quantiles(
    connection: &impl ConnectionTrait,
    quantiles: Option<Quantiles>,
    before: i64,
) -> Result<(Inputs, i64)> {
    let zone = careloop_access::settings::load(connection).await?.time_zone;
    let clinics = store::clinic_codes(connection).await?.into_iter().collect();
    let (overrides, last) = thresholds::in_force(connection, before).await?;
    let limits = Limits::with(&overrides);
    Ok((Inputs { zone, clinics, quantiles, ltv: None, next: None, limits, waiting: BTreeSet::new() }, last))
}

/// What is measured over all payers, as stored.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Measured {
    #[serde(flatten)]
    quantiles: Option<Quantiles>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ltv: Option<Ltv>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<Next>,
    /// Tags that wait for data.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    waiting: BTreeSet<String>,
}

fn parse(value: &str) -> Result<Measured> {
    serde_json::from_str::<Option<Measured>>(value).map(Option::unwrap_or_default).map_err(Error::internal)
}

/// The inputs in force now.
pub async fn live(connection: &impl ConnectionTrait) -> Result<LiveInputs> {
    let row = store::find_inputs(connection, i64::MAX).await?.unwrap_or_else(store::zero_inputs);
    let Measured { quantiles, ltv, next, waiting } = parse(&row.value)?;
    let (inputs, last) = with_quantiles(connection, quantiles, i64::MAX).await?;
    // Both numbers only grow, so that their sum grows with either.
    Ok(LiveInputs { inputs: Inputs { ltv, next, waiting, ..inputs }, basis: (row.ord + last) * 1000 + RULE_VERSION })
}

/// When the inputs in force now were set; none before anybody did.
pub(crate) async fn set_at(connection: &impl ConnectionTrait) -> Result<Option<i64>> {
    Ok(store::find_inputs(connection, i64::MAX).await?.map(|row| row.at))
}

/// The inputs that were in force at an instant; when none had been set by then, those computed for it.
pub async fn at(connection: &impl ConnectionTrait, at: Timestamp) -> Result<Inputs> {
    Past::default().at(connection, at).await
}

/// Inputs of past instants, for whoever asks for several: what has to be computed is computed from what is read once, when the
/// earliest is asked for first.
#[derive(Debug, Default)]
pub struct Past {
    known: Option<Arc<Known>>,
}

/// What the inputs of any instant are computed from.
#[derive(Debug)]
struct Known {
    beginnings: Beginnings,
    /// What each payer paid, in order of time.
    paid: Vec<Vec<Paid>>,
}

impl Past {
    /// As [`at`].
    pub async fn at(&mut self, connection: &impl ConnectionTrait, at: Timestamp) -> Result<Inputs> {
        let (inputs, _) = with_quantiles(connection, None, at.as_microsecond()).await?;
        let Measured { quantiles, ltv, next, waiting } =
            match store::find_inputs(connection, at.as_microsecond()).await? {
                Some(row) => parse(&row.value)?,
                None => self.computed(connection, &inputs, at).await?,
            };
        Ok(Inputs { quantiles, ltv, next, waiting, ..inputs })
    }

    /// What is measured over all payers as of an instant, or over some of very many.
    async fn computed(
        &mut self,
        connection: &impl ConnectionTrait,
        inputs: &Inputs,
        at: Timestamp,
    ) -> Result<Measured> {
        let (inputs, known) = (inputs.clone(), self.known(connection, at).await?);
        let measure = move || {
            let mut payers = Payers::before(at, &inputs);
            known.paid.iter().for_each(|paid| payers.add(paid));
            let Payers { today, payers, paid, steps, .. } = payers;
            let ltv = (!paid.is_empty()).then(|| Ltv::fit(&paid, today));
            let next = (!steps.is_empty()).then(|| Next::count(&steps, today));
            let waiting = known.beginnings.before(at).waiting();
            Measured { quantiles: Quantiles::of(&payers), ltv, next, waiting }
        };
        tokio::task::spawn_blocking(measure).await.map_err(Error::internal)
    }

    async fn known(&mut self, connection: &impl ConnectionTrait, at: Timestamp) -> Result<Arc<Known>> {
        if let Some(known) = self.known.as_ref().filter(|known| known.beginnings.from <= at) {
            return Ok(Arc::clone(known));
        }
        let mut paid = Vec::new();
        Box::pin(each_payer(connection, LOOKED_AT, |one| paid.push(one))).await?;
        let beginnings = Beginnings::read(connection, at).await?;
        Ok(Arc::clone(self.known.insert(Arc::new(Known { beginnings, paid }))))
    }
}

/// Fits outside the threads that answer requests.
async fn fitted<T: Send + 'static>(fit: impl FnOnce() -> Option<T> + Send + 'static) -> Result<Option<T>> {
    tokio::task::spawn_blocking(fit).await.map_err(Error::internal)
}

/// Whether the inputs should be set again: never set, set on an earlier day, the log has grown to over twice its length, or
/// it rests and enough payments have arrived to move the cut points.
pub async fn are_stale<P>(db: &Db, ctx: &Ctx<P>) -> Result<bool> {
    let Some(row) = store::find_inputs(db.read(), i64::MAX).await? else { return Ok(true) };
    let end = store::log_end(db.read()).await?;
    let length = end.seq;
    if length == row.log_seq {
        return Ok(false);
    }
    let zone = careloop_access::settings::load(db.read()).await?.time_zone;
    let set_on = zone.to_datetime(Timestamp::from_microsecond(row.at).unwrap_or(Timestamp::UNIX_EPOCH)).date();
    if length > 2 * row.log_seq + SLACK || set_on < zone.to_datetime(ctx.now()).date() {
        return Ok(true);
    }
    if ctx.now_us() - end.received_at < REST_US {
        return Ok(false);
    }
    let enough = (parse(&row.value)?.quantiles.map_or(0, |quantiles| quantiles.payers) / PAYERS_A_PAYMENT).max(1);
    Ok(store::payments_since(db.read(), row.log_seq, enough).await? >= enough)
}

/// Whether some tag that waited for data waits no more.
pub async fn data_has_come(db: &Db) -> Result<bool> {
    let live = live(db.read()).await?.inputs;
    Ok(live.waiting != sent(db).await?.waiting())
}

/// Sets the inputs from the whole log as it stands, and tells the log. The value models are kept while they are good, so
/// that people's values do not move every day.
pub async fn renew<P>(db: &Db, ctx: &Ctx<P>) -> Result<()> {
    let now = crate::live_now(ctx);
    let (inputs, _) = with_quantiles(db.read(), None, i64::MAX).await?;
    let mut payers = Payers::before(now, &inputs);
    Box::pin(each_payer(db.read(), usize::MAX, |paid| payers.add(&paid))).await?;
    let Payers { today, payers, paid, steps, .. } = payers;
    let quantiles = Quantiles::of(&payers);
    let before = match store::find_inputs(db.read(), i64::MAX).await? {
        Some(row) => parse(&row.value)?,
        None => Measured::default(),
    };
    let next = match before.next.filter(|next| next.is_good(today, &steps)) {
        Some(good) => Some(good),
        None => fitted(move || (!steps.is_empty()).then(|| Next::count(&steps, today))).await?,
    };
    let ltv = match before.ltv.filter(|ltv| ltv.is_good(today, &paid)) {
        Some(good) => Some(good),
        None => fitted(move || (!paid.is_empty()).then(|| Ltv::fit_and_calibrate(&paid, today))).await?,
    };
    let waiting = sent(db).await?.waiting();
    let value = serde_json::to_string(&Measured { quantiles, ltv, next, waiting }).map_err(Error::internal)?;
    let tx = db.begin().await?;
    let told = NewEvent {
        kind: "inputs.set".to_owned(),
        record: NOBODY,
        clinic: None,
        source: INTERNAL_SOURCE,
        message_id: format!("inputs:{}", ctx.new_id::<EventId>()),
        at: ctx.now(),
        amount: None,
        props: json!({ "input": "val.quantiles", "version": RULE_VERSION.to_string(), "value": value })
            .as_object()
            .cloned()
            .unwrap_or_default(),
        flags: 0,
    };
    careloop_events::append(&*tx, db.engine(), ctx, &[told]).await?;
    let length = store::log_end(&*tx).await?.seq;
    store::insert_inputs(&*tx, ctx.now_us(), length, &value).await?;
    tx.commit().await
}
