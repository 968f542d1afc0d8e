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
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::fold::DAY_US;
use crate::limits::Limits;
use crate::ltv::{Ltv, PaidDays};
use crate::model::{Inputs, RULE_VERSION};
use crate::next::{Next, Steps};
use crate::quantiles::{Payer, Quantiles};
use crate::seen::{sent, sent_before};
use crate::store::PaidRow;
use crate::{store, thresholds};

/// How much the log must grow beyond twice its length before the inputs are set again the same day.
const SLACK: i64 = 20;

/// How long nothing must arrive for the log to be at rest: an import that runs is not.
const REST_US: i64 = 10_000_000;
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
    let inputs = at_each(connection, &[at]).await?.pop();
    inputs.ok_or_else(|| Error::internal("no inputs for an instant"))
}

/// [`at`] for several instants, for less work than one by one.
pub async fn at_each(connection: &impl ConnectionTrait, instants: &[Timestamp]) -> Result<Vec<Inputs>> {
    let (mut all, mut paid): (Vec<Inputs>, Option<Arc<Vec<PaidRow>>>) = (Vec::new(), None);
    for at in instants {
        let row = store::find_inputs(connection, at.as_microsecond()).await?;
        let (inputs, _) = with_quantiles(connection, None, at.as_microsecond()).await?;
        let Measured { quantiles, ltv, next, waiting } = match (row, &paid) {
            (Some(row), _) => parse(&row.value)?,
            (None, Some(paid)) => computed(connection, &inputs, Arc::clone(paid), *at).await?,
            (None, None) => {
                let last = instants.iter().max().unwrap_or(at);
                let rows = paid.insert(Arc::new(paid_rows(connection, *last).await?));
                computed(connection, &inputs, Arc::clone(rows), *at).await?
            }
        };
        all.push(Inputs { quantiles, ltv, next, waiting, ..inputs });
    }
    Ok(all)
}

/// What is measured over all payers as of an instant, of payments that may go on after it.
async fn computed(
    connection: &impl ConnectionTrait,
    inputs: &Inputs,
    rows: Arc<Vec<PaidRow>>,
    at: Timestamp,
) -> Result<Measured> {
    let waiting = sent_before(connection, at).await?.waiting();
    let inputs = inputs.clone();
    let measure = move || {
        let Payers { quantiles, paid, steps, today } = payers(&rows, &inputs, at);
        let ltv = (!paid.is_empty()).then(|| Ltv::fit(&paid, today));
        let next = (!steps.is_empty()).then(|| Next::count(&steps, today));
        Measured { quantiles, ltv, next, waiting }
    };
    tokio::task::spawn_blocking(measure).await.map_err(Error::internal)
}

/// Fits outside the threads that answer requests.
async fn fitted<T: Send + 'static>(fit: impl FnOnce() -> Option<T> + Send + 'static) -> Result<Option<T>> {
    tokio::task::spawn_blocking(fit).await.map_err(Error::internal)
}

/// Everybody who paid by an instant.
struct Payers {
    quantiles: Option<Quantiles>,
    paid: Vec<PaidDays>,
    /// Of those who paid for some business line.
    steps: Vec<Steps>,
    today: Date,
}

/// Payments and refunds before an instant, by person and time. What spends or fills a balance is left out.
async fn paid_rows(connection: &impl ConnectionTrait, before: Timestamp) -> Result<Vec<PaidRow>> {
    let currency = careloop_access::settings::load(connection).await?.currency;
    let mut rows = store::payers(connection, before.as_microsecond(), currency).await?;
    rows.retain(|row| !row.method.as_deref().is_some_and(careloop_events::is_balance_method));
    Ok(rows)
}

/// The payers and their cut points as of an instant, of payments by person and time that may go on after it.
fn payers(rows: &[PaidRow], inputs: &Inputs, at: Timestamp) -> Payers {
    let now = at.as_microsecond();
    let from = now - inputs.limits.value_days * DAY_US;
    let date = |us: i64| inputs.zone.to_datetime(Timestamp::from_microsecond(us).unwrap_or(at)).date();
    let today = date(now);
    let (mut payers, mut all_paid, mut all_steps) = (Vec::new(), Vec::new(), Vec::new());
    for person in rows.chunk_by(|a, b| a.person == b.person) {
        let person = &person[..person.partition_point(|row| row.at < now)];
        let paid = || person.iter().filter(|row| row.paid && row.amount > 0);
        let Some(last) = paid().next_back() else { continue };
        let mut days: Vec<_> = paid().filter(|row| row.at >= from).map(|row| date(row.at)).collect();
        days.dedup();
        let signed = |row: &PaidRow| if !row.paid { -row.amount } else { row.amount.max(0) };
        payers.push(Payer {
            recency_days: i64::from((today - date(last.at)).get_days()),
            paid_days: i64::try_from(days.len()).unwrap_or(i64::MAX),
            net_minor: person.iter().filter(|row| row.at >= from).map(signed).fold(0, i64::saturating_add),
        });
        all_paid.push(PaidDays::of(paid().map(|row| (date(row.at), row.amount))));
        let steps = Steps::of(paid().filter_map(|row| Some((date(row.at), row.line.as_deref()?))));
        if !steps.is_empty() {
            all_steps.push(steps);
        }
    }
    Payers { quantiles: Quantiles::of(&payers), paid: all_paid, steps: all_steps, today }
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
    let Payers { quantiles, paid, steps, today } = payers(&paid_rows(db.read(), now).await?, &inputs, now);
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
