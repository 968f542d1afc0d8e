//! Plans and their intents, for people.

use std::collections::HashMap;

use careloop_access::audit;
use careloop_db::{ConnectionTrait, Db};
use careloop_events::{consumers, tip};
use careloop_kernel::ids::{IntentId, PersonId, RecordId, TouchPlanId};
use careloop_kernel::permissions::{EditOutreach, ReadOutreach, ReadPeople, SettleOutreach};
use careloop_kernel::{Ctx, Error, Page, PageRequest, Result, Scope};
use careloop_segments::{SegmentLabel, SegmentUse, note_use};
use jiff::Timestamp;
use serde_json::json;

use crate::channel::Outreach;
use crate::jobs::{CONSUMER, start_at};
use crate::model::{Action, Channel, Counts, Intent, IntentState, PlanState, TouchPlan, TouchPlanDraft};
use crate::send::{tell, touch_sent};
use crate::store::intents::{self as intents, Listed, ListedRow};
use crate::store::plans;
use crate::template::{Variables, render_body, render_subject};

const MAX_CAP_DAYS: i64 = 3_650;
const MAX_DUE_HOURS: i64 = 24 * 365;

fn missing() -> Error {
    Error::not_found("outreach.no_such_plan", "there is no such touch plan; reload the list")
}

fn missing_intent() -> Error {
    Error::not_found("outreach.no_such_intent", "there is no such touch; reload the list")
}

fn wrong(field: &'static str, message: String) -> Error {
    Error::invalid("outreach.plan", format!("`{field}`: {message}")).with_field(field, message)
}

/// Plans, newest first, with their counts over customers the caller sees.
pub async fn list(db: &Db, ctx: &Ctx<ReadOutreach>, request: &PageRequest) -> Result<Page<(TouchPlan, Counts)>> {
    let before = request.numbers::<1>()?.map_or(i64::MAX, |[ord]| ord);
    let found = plans::list_before(db.read(), before, i64::from(request.limit) + 1).await?;
    let page = Page::cut(found, request, |plan| vec![plan.ord]);
    let ords: Vec<i64> = page.items.iter().map(|plan| plan.ord).collect();
    let mut counts = counts(db, ctx.scope(), &ords).await?;
    let labels = careloop_segments::labels(db.read()).await?;
    Ok(page.map(|plan| {
        let counted = counts.remove(&plan.ord).unwrap_or_default();
        (named(plan, &labels), counted)
    }))
}

fn named(mut plan: TouchPlan, labels: &[SegmentLabel]) -> TouchPlan {
    let label = labels.iter().find(|label| label.id == plan.segment);
    plan.segment_name = label.map(|label| label.name.clone()).unwrap_or_default();
    plan.segment_name_en = label.and_then(|label| label.name_en.clone());
    plan
}

/// A plan as it stands in a transaction.
async fn read(connection: &impl ConnectionTrait, id: TouchPlanId) -> Result<TouchPlan> {
    let plan = plans::find(connection, id).await?.ok_or_else(missing)?;
    Ok(named(plan, &careloop_segments::labels(connection).await?))
}

async fn counts(db: &Db, scope: &Scope, plans: &[i64]) -> Result<HashMap<i64, Counts>> {
    let mut counts: HashMap<i64, Counts> = HashMap::new();
    for row in plans::list_counts(db.read(), scope, plans).await? {
        let counted = counts.entry(row.plan).or_default();
        let slot = match row.state.parse::<IntentState>()? {
            IntentState::Waiting | IntentState::Sending => &mut counted.waiting,
            IntentState::Held => &mut counted.held,
            IntentState::Sent => &mut counted.sent,
            IntentState::Skipped => &mut counted.skipped,
            IntentState::Unknown => &mut counted.unknown,
            IntentState::Failed => &mut counted.failed,
        };
        *slot += row.number;
    }
    Ok(counts)
}

/// One plan with its counts.
pub async fn get(db: &Db, ctx: &Ctx<ReadOutreach>, id: TouchPlanId) -> Result<(TouchPlan, Counts)> {
    let plan = read(db.read(), id).await?;
    let counted = counts(db, ctx.scope(), &[plan.ord]).await?.remove(&plan.ord).unwrap_or_default();
    Ok((plan, counted))
}

/// A plan touches customers of every clinic, so its author sees the whole chain.
fn require_chain<P>(ctx: &Ctx<P>) -> Result<()> {
    if *ctx.scope() == Scope::Chain {
        return Ok(());
    }
    let message = "a touch plan is edited by somebody whose role sees the whole chain";
    Err(Error::forbidden("outreach.beyond_scope", message))
}

async fn check(tx: &impl ConnectionTrait, mut draft: TouchPlanDraft) -> Result<TouchPlanDraft> {
    draft.name = checked_text("name", &draft.name, 80)?;
    let labels = careloop_segments::labels(tx).await?;
    if !labels.iter().any(|label| label.id == draft.segment && !label.archived) {
        return Err(wrong("segment_id", "there is no such segment; choose another".to_owned()));
    }
    if !(0..=MAX_CAP_DAYS).contains(&draft.rules.cap_days) {
        return Err(wrong("cap_days", format!("0 to {MAX_CAP_DAYS}")));
    }
    match &mut draft.action {
        Action::Task { title, due_in_hours } => {
            *title = checked_text("task.title", title, 200)?;
            if !(1..=MAX_DUE_HOURS).contains(due_in_hours) {
                return Err(wrong("task.due_in_hours", format!("1 to {MAX_DUE_HOURS}")));
            }
        }
        Action::Email { subject, body } => {
            render_subject(subject, &Variables::example())?;
            render_body(body, &Variables::example())?;
        }
    }
    Ok(draft)
}

/// Tells segments that the plan follows one, and whether it acts.
async fn follow_segment(tx: &impl ConnectionTrait, plan: &TouchPlan) -> Result<()> {
    let active = plan.state == PlanState::Active;
    note_use(tx, SegmentUse { user: plan.id.to_string(), segment: plan.segment, name: &plan.name, active }).await
}

fn checked_text(field: &'static str, text: &str, most: usize) -> Result<String> {
    let text = text.trim();
    if (1..=most).contains(&text.chars().count()) {
        Ok(text.to_owned())
    } else {
        Err(wrong(field, format!("1 to {most} characters")))
    }
}

/// Makes a plan; it touches who enters from now on.
pub async fn create(db: &Db, ctx: &Ctx<EditOutreach>, draft: TouchPlanDraft) -> Result<TouchPlan> {
    require_chain(ctx)?;
    // The first plan starts the reader; until then nobody had an entry to miss.
    let start = if consumers::exists(db, CONSUMER).await? { None } else { Some(tip(db).await?) };
    let tx = db.begin().await?;
    let draft = check(&*tx, draft).await?;
    let id: TouchPlanId = ctx.new_id();
    plans::insert(&*tx, id, &draft, ctx.actor().label(), ctx.now_us()).await?;
    if let Some(tip) = start {
        start_at(&tx, ctx, tip).await?;
    }
    let plan = read(&*tx, id).await?;
    follow_segment(&*tx, &plan).await?;
    let detail = json!({ "segment": plan.segment.to_string(), "action": plan.action.channel().as_str() });
    audit::append(&*tx, ctx, "touch_plan.created", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(plan)
}

/// Changes a plan; what waits is touched by the new one.
pub async fn update(db: &Db, ctx: &Ctx<EditOutreach>, id: TouchPlanId, draft: TouchPlanDraft) -> Result<TouchPlan> {
    require_chain(ctx)?;
    let tx = db.begin().await?;
    let before = plans::find(&*tx, id).await?.ok_or_else(missing)?;
    let draft = check(&*tx, draft).await?;
    plans::update(&*tx, before.ord, &draft, ctx.now_us()).await?;
    let plan = read(&*tx, id).await?;
    follow_segment(&*tx, &plan).await?;
    let detail = json!({ "version": plan.version, "segment": plan.segment.to_string() });
    audit::append(&*tx, ctx, "touch_plan.updated", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(plan)
}

/// Pauses a plan: what waits is held, who enters meanwhile is not touched.
pub async fn pause(db: &Db, ctx: &Ctx<EditOutreach>, id: TouchPlanId) -> Result<TouchPlan> {
    set_state(db, ctx, id, PlanState::Paused).await
}

/// Resumes a plan: what was held is looked at again at once.
pub async fn resume(db: &Db, ctx: &Ctx<EditOutreach>, id: TouchPlanId) -> Result<TouchPlan> {
    set_state(db, ctx, id, PlanState::Active).await
}

async fn set_state(db: &Db, ctx: &Ctx<EditOutreach>, id: TouchPlanId, state: PlanState) -> Result<TouchPlan> {
    require_chain(ctx)?;
    let tx = db.begin().await?;
    let before = plans::find(&*tx, id).await?.ok_or_else(missing)?;
    if plans::update_state(&*tx, before.ord, state, ctx.now_us()).await? {
        if state == PlanState::Active {
            intents::release_paused(&*tx, before.ord, ctx.now_us()).await?;
        }
        let action = if state == PlanState::Active { "touch_plan.resumed" } else { "touch_plan.paused" };
        audit::append(&*tx, ctx, action, &id.to_string(), json!({})).await?;
    }
    let plan = read(&*tx, id).await?;
    follow_segment(&*tx, &plan).await?;
    tx.commit().await?;
    Ok(plan)
}

/// The touches of a plan, newest first, for customers the caller sees.
pub async fn list_intents(
    db: &Db,
    ctx: &Ctx<ReadOutreach>,
    plan: TouchPlanId,
    state: Option<IntentState>,
    request: &PageRequest,
) -> Result<Page<Intent>> {
    let plan = plans::find(db.read(), plan).await?.ok_or_else(missing)?;
    let before = request.numbers::<1>()?.map_or(i64::MAX, |[ord]| ord);
    let listed = Listed { plan: plan.ord, scope: ctx.scope(), state, before, limit: i64::from(request.limit) + 1 };
    let page = Page::cut(intents::list(db.read(), &listed).await?, request, |row| vec![row.ord]);
    Ok(Page { items: describe(db.read(), ctx, page.items).await?, next: page.next })
}

async fn describe<P>(connection: &impl ConnectionTrait, ctx: &Ctx<P>, rows: Vec<ListedRow>) -> Result<Vec<Intent>> {
    let persons: Vec<i64> = rows.iter().map(|row| row.person).collect();
    let cards = match ctx.require::<ReadPeople>() {
        Ok(people) => careloop_people::cards(connection, &people, &persons).await?,
        Err(_) => Vec::new(),
    };
    let intents = rows.into_iter().map(|row| {
        Ok(Intent {
            id: row.id.parse()?,
            person: PersonId::anchored_at(row.anchor.parse::<RecordId>()?),
            card: cards.iter().find(|card| card.person == row.person).cloned(),
            state: row.state.parse()?,
            reason: row.reason.as_deref().map(str::parse).transpose()?,
            created_at: row.created_at,
            due_at: row.next_at,
            settled_at: row.settled_at,
        })
    });
    intents.collect()
}

/// Writes down what a person found out about an e-mail whose fate was unknown.
pub async fn settle(db: &Db, ctx: &Ctx<SettleOutreach>, id: IntentId, sent: bool) -> Result<Intent> {
    let state = if sent { IntentState::Sent } else { IntentState::Failed };
    let tx = db.begin().await?;
    let intent = intents::find_visible(&*tx, ctx.scope(), id).await?.ok_or_else(missing_intent)?;
    if !intents::update_settled(&*tx, intent.ord, state, ctx.now_us()).await? {
        return Err(Error::conflict(
            "outreach.not_unknown",
            "only a touch whose fate is unknown can be settled; reload the list",
        ));
    }
    if sent {
        let plan = plans::get(&*tx, intent.plan).await?;
        let at = Timestamp::from_microsecond(intent.touched_at.unwrap_or(ctx.now_us())).map_err(Error::internal)?;
        tell(&tx, ctx, touch_sent(&intent, &plan, at)).await?;
    }
    audit::append(&*tx, ctx, "intent.settled", &id.to_string(), json!({ "state": state.as_str() })).await?;
    let row = intents::find_listed(&*tx, intent.ord).await?.ok_or_else(missing_intent)?;
    let settled = describe(&*tx, ctx, vec![row]).await?.pop().ok_or_else(missing_intent)?;
    tx.commit().await?;
    Ok(settled)
}

/// The channels there are, and whether each is ready.
pub fn channels(outreach: &Outreach, _ctx: &Ctx<ReadOutreach>) -> Vec<(Channel, bool)> {
    vec![(Channel::Task, true), (Channel::Email, outreach.has_email())]
}
