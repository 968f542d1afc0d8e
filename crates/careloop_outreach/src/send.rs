//! One touch: decide in a transaction, and for an e-mail send after the commit and write down what became of it.

use careloop_access::settings;
use careloop_db::{ConnectionTrait, Engine, Tx};
use careloop_events::{INTERNAL_SOURCE, NewEvent, append};
use careloop_kernel::permissions::ReadPeople;
use careloop_kernel::{Ctx, Error, Result};
use careloop_people::{Gender, PersonFacts};
use careloop_teams::{NewTask, TaskOwner, open_task};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, json};

use crate::channel::{Delivery, Mail, Outreach};
use crate::decide::{Decision, Situation, decide};
use crate::model::{Action, IntentState, Reason, TouchPlan};
use crate::permission;
use crate::store::intents::{self as store, Claimed, IntentRow};
use crate::store::plans;
use crate::template::{Variables, render_body, render_subject};

/// How long a sender may take before nobody knows what became of its e-mail. Longer than any conversation with a mail
/// server, which ends by itself.
const LEASE: SignedDuration = SignedDuration::from_mins(3);
/// How long to wait before the next attempt; after the last one the intent fails.
const PAUSES: [SignedDuration; 5] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(4),
];

/// What an intent is about.
struct Subject {
    intent: IntentRow,
    plan: TouchPlan,
    facts: PersonFacts,
    clinic: Option<careloop_chain::Clinic>,
}

/// An e-mail that is committed as `sending`.
struct Leaving {
    mail: Mail,
    claimed: Claimed,
    event: NewEvent,
}

/// Deals with one intent that is due. Nothing happens when somebody else was quicker.
pub(crate) async fn touch<P>(outreach: &Outreach, ctx: &Ctx<P>, intent: i64) -> Result<()> {
    let Some(leaving) = claim(outreach, ctx, intent).await? else { return Ok(()) };
    let Some(transport) = &outreach.email else {
        return Err(Error::internal("an e-mail was claimed without a channel"));
    };
    // The e-mail may leave from here on; the intent is committed as sending.
    let delivery = transport.deliver(&leaving.mail).await;
    record(outreach, ctx, leaving, delivery).await
}

/// Decides and writes the decision down. Gives the e-mail to be sent, if that is the decision.
async fn claim<P>(outreach: &Outreach, ctx: &Ctx<P>, intent: i64) -> Result<Option<Leaving>> {
    let tx = outreach.db.begin().await?;
    let Some(subject) = read_subject(&tx, ctx, intent).await? else { return Ok(None) };
    let leaving = match decide(&situation(&tx, ctx, outreach, &subject).await?) {
        Decision::Hold(until, reason) => {
            store::update_held(&*tx, intent, reason, until.as_microsecond()).await?;
            None
        }
        Decision::Skip(reason) => {
            store::update_final(&*tx, intent, IntentState::Skipped, Some(reason), ctx.now_us()).await?;
            None
        }
        Decision::Send => carry_out(&tx, ctx, &subject).await?,
    };
    tx.commit().await?;
    Ok(leaving)
}

async fn read_subject<P>(tx: &Tx, ctx: &Ctx<P>, intent: i64) -> Result<Option<Subject>> {
    let Some(person) = store::find_person(&**tx, intent).await? else { return Ok(None) };
    // Two intents of one person are decided one after the other, or both could pass the cap.
    store::lock_person(&**tx, person).await?;
    let Some(intent) = store::find_due(&**tx, intent, ctx.now_us()).await? else { return Ok(None) };
    let plan = plans::get(&**tx, intent.plan).await?;
    let facts = careloop_people::facts(&**tx, &[person]).await?.pop();
    let facts = facts.ok_or_else(|| Error::internal("an intent for nobody"))?;
    let directory = careloop_chain::directory(&**tx).await?;
    let clinic = facts.clinics.first().and_then(|ord| directory.by_ord(*ord)).cloned();
    Ok(Some(Subject { intent, plan, facts, clinic }))
}

async fn situation<P>(tx: &Tx, ctx: &Ctx<P>, outreach: &Outreach, subject: &Subject) -> Result<Situation> {
    let Subject { intent, plan, facts, clinic } = subject;
    let channel = plan.action.channel();
    let permission = permission::read(&**tx, channel, facts).await?;
    let zone = match clinic {
        Some(clinic) => clinic.time_zone.clone(),
        None => settings::load(&**tx).await?.time_zone,
    };
    let last_touch = store::find_last_touch(&**tx, facts.person, plan, intent.ord).await?;
    let instant = |micros: i64| Timestamp::from_microsecond(micros).map_err(Error::internal);
    Ok(Situation {
        now: ctx.now(),
        zone,
        channel,
        rules: plan.rules,
        plan: plan.state,
        entered_at: instant(intent.created_at)?,
        is_member: careloop_segments::is_member(&**tx, plan.segment, facts.person).await?,
        consent: permission.consent,
        barred: permission.barred,
        has_address: facts.email,
        channel_ready: outreach.has_email(),
        last_touch: last_touch.map(instant).transpose()?,
    })
}

/// Opens the task, or commits to sending the e-mail.
async fn carry_out<P>(tx: &Tx, ctx: &Ctx<P>, subject: &Subject) -> Result<Option<Leaving>> {
    let Subject { intent, plan, .. } = subject;
    match &plan.action {
        Action::Task { title, due_in_hours } => {
            let new = NewTask {
                record: intent.record,
                owner: TaskOwner::OfPerson,
                title: title.clone(),
                reason: plan.name.clone(),
                due_at: ctx.now().checked_add(SignedDuration::from_hours(*due_in_hours)).map_err(Error::internal)?,
                origin: Some(intent.id.to_string()),
                follow_up: true,
            };
            open_task(&**tx, ctx, new).await?;
            store::update_final(&**tx, intent.ord, IntentState::Sent, None, ctx.now_us()).await?;
            Ok(None)
        }
        Action::Email { subject: line, body } => {
            let Some(mail) = compose(tx, ctx, subject, (line, body)).await? else {
                store::update_final(&**tx, intent.ord, IntentState::Failed, Some(Reason::Unsendable), ctx.now_us())
                    .await?;
                return Ok(None);
            };
            let now = ctx.now_us();
            let claimed = store::update_sending(&**tx, intent.ord, now, now + LEASE.as_micros() as i64).await?;
            Ok(Some(Leaving { mail, claimed, event: sent_event(ctx, subject) }))
        }
    }
}

/// Fills the templates in; none when there is no address after all or a template fails.
async fn compose<P>(tx: &Tx, ctx: &Ctx<P>, subject: &Subject, (line, body): (&str, &str)) -> Result<Option<Mail>> {
    let people: Ctx<ReadPeople> = ctx.require()?;
    let person = subject.facts.person;
    let Some(to) = careloop_people::email_for_sending(&**tx, ctx, person).await? else { return Ok(None) };
    let card = careloop_people::cards(&**tx, &people, &[person]).await?.pop();
    let chain = settings::load(&**tx).await?.name;
    let name = card.map(|card| card.name).filter(|name| !name.is_empty()).unwrap_or_else(|| "客户".to_owned());
    let title = match subject.facts.gender {
        Some(Gender::Male) => "先生",
        Some(Gender::Female) => "女士",
        None => "",
    };
    let clinic = subject.clinic.as_ref().map_or_else(|| chain.clone(), |clinic| clinic.name.clone());
    let variables = Variables { salutation: format!("{name}{title}"), name, clinic, chain };
    match (render_subject(line, &variables), render_body(body, &variables)) {
        (Ok(subject_line), Ok(text)) => {
            Ok(Some(Mail { intent: subject.intent.id, to, subject: subject_line, body: text, at: ctx.now() }))
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::warn!(intent.id = %subject.intent.id, code = error.code(), "a template cannot be filled in");
            Ok(None)
        }
    }
}

/// `touch.sent`, as it will be appended once the server has taken the e-mail.
fn sent_event<P>(ctx: &Ctx<P>, subject: &Subject) -> NewEvent {
    let Subject { intent, plan, clinic, .. } = subject;
    let mut event = touch_sent(intent, plan, ctx.now());
    event.clinic = clinic.as_ref().map(|clinic| clinic.ord);
    event
}

/// `touch.sent` of an intent.
pub(crate) fn touch_sent(intent: &IntentRow, plan: &TouchPlan, at: Timestamp) -> NewEvent {
    let mut props = Map::new();
    for (field, value) in [
        ("message_id", json!(intent.id.to_string())),
        ("channel", json!(plan.action.channel().as_str())),
        ("segment", json!(plan.segment.to_string())),
        ("plan", json!(plan.id.to_string())),
    ] {
        props.insert(field.to_owned(), value);
    }
    NewEvent {
        kind: "touch.sent".to_owned(),
        record: intent.record,
        clinic: None,
        source: INTERNAL_SOURCE,
        message_id: format!("touch.sent:{}", intent.id),
        at,
        amount: None,
        props,
        flags: 0,
    }
}

/// Appends events in a transaction.
pub(crate) async fn tell<P>(tx: &Tx, ctx: &Ctx<P>, event: NewEvent) -> Result<()> {
    append(&**tx, Engine::from(tx.get_database_backend()), ctx, &[event]).await.map(|_| ())
}

/// Writes down what became of an e-mail. A late answer still settles what was given up as unknown meanwhile.
async fn record<P>(outreach: &Outreach, ctx: &Ctx<P>, leaving: Leaving, delivery: Delivery) -> Result<()> {
    let Leaving { claimed, event, .. } = leaving;
    let now = ctx.now_us();
    let tx = outreach.db.begin().await?;
    let written = match delivery {
        Delivery::Sent => store::update_claimed(&*tx, claimed, IntentState::Sent, None, now).await?,
        Delivery::Unknown(reason) => {
            store::update_claimed(&*tx, claimed, IntentState::Unknown, Some(reason), now).await?
        }
        Delivery::Refused(reason) => {
            store::update_claimed(&*tx, claimed, IntentState::Failed, Some(reason), now).await?
        }
        Delivery::NotYet(reason) => match usize::try_from(claimed.attempt - 1).ok().and_then(|index| PAUSES.get(index))
        {
            Some(pause) => store::update_retry(&*tx, claimed, reason, now + pause.as_micros() as i64).await?,
            None => store::update_claimed(&*tx, claimed, IntentState::Failed, Some(reason), now).await?,
        },
    };
    if written && delivery == Delivery::Sent {
        tell(&tx, ctx, event).await?;
    }
    tx.commit().await
}
