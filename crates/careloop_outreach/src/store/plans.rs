//! Touch plans. Their segments' names are filled in by the service.

use careloop_db::{ConnectionTrait, FromQueryResult, Value, all, conflict, execute, optional};
use careloop_kernel::ids::TouchPlanId;
use careloop_kernel::{Error, Result, Scope};

use crate::model::{Action, PlanState, QuietHours, Rules, TouchPlan, TouchPlanDraft};

#[derive(FromQueryResult)]
struct PlanRow {
    ord: i64,
    id: String,
    name: String,
    segment: String,
    action: String,
    version: i64,
    task_title: Option<String>,
    task_due_hours: Option<i64>,
    email_subject: Option<String>,
    email_body: Option<String>,
    quiet_from: String,
    quiet_to: String,
    cap_days: i64,
    state: String,
    active_since: i64,
}

impl TryFrom<PlanRow> for TouchPlan {
    type Error = Error;
    fn try_from(row: PlanRow) -> Result<Self> {
        let action = match row.action.as_str() {
            "task" => Action::Task {
                title: row.task_title.unwrap_or_default(),
                due_in_hours: row.task_due_hours.unwrap_or_default(),
            },
            _ => Action::Email {
                subject: row.email_subject.unwrap_or_default(),
                body: row.email_body.unwrap_or_default(),
            },
        };
        let quiet_hours = QuietHours::parse(&row.quiet_from, &row.quiet_to)?;
        Ok(Self {
            ord: row.ord,
            id: row.id.parse()?,
            name: row.name,
            segment: row.segment.parse()?,
            segment_name: String::new(),
            segment_name_en: None,
            action,
            rules: Rules { quiet_hours, cap_days: row.cap_days },
            state: row.state.parse()?,
            version: row.version,
            active_since: row.active_since,
        })
    }
}

const SELECT: &str = "SELECT p.ord, p.id, p.name, p.segment, p.action, p.version, p.task_title,
    p.task_due_hours, p.email_subject, p.email_body, p.quiet_from, p.quiet_to, p.cap_days, p.state, p.active_since
    FROM touch_plans p";

pub(crate) async fn list_all(connection: &impl ConnectionTrait) -> Result<Vec<TouchPlan>> {
    let rows: Vec<PlanRow> = all(connection, &format!("{SELECT} ORDER BY p.ord"), []).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The plans before `ord`, newest first.
pub(crate) async fn list_before(connection: &impl ConnectionTrait, ord: i64, limit: i64) -> Result<Vec<TouchPlan>> {
    let sql = format!("{SELECT} WHERE p.ord < $1 ORDER BY p.ord DESC LIMIT $2");
    let rows: Vec<PlanRow> = all(connection, &sql, [ord.into(), limit.into()]).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub(crate) async fn find(connection: &impl ConnectionTrait, id: TouchPlanId) -> Result<Option<TouchPlan>> {
    let sql = format!("{SELECT} WHERE p.id = $1");
    let row: Option<PlanRow> = optional(connection, &sql, [id.to_string().into()]).await?;
    row.map(TryInto::try_into).transpose()
}

/// The plan of an intent.
pub(crate) async fn get(connection: &impl ConnectionTrait, ord: i64) -> Result<TouchPlan> {
    let row: Option<PlanRow> = optional(connection, &format!("{SELECT} WHERE p.ord = $1"), [ord.into()]).await?;
    row.ok_or_else(|| Error::internal("an intent without a plan"))?.try_into()
}

/// The columns that say what a plan does, in the order of `COLUMNS`.
fn columns(draft: &TouchPlanDraft) -> Vec<Value> {
    let (title, hours, subject, body) = match &draft.action {
        Action::Task { title, due_in_hours } => (Some(title.clone()), Some(*due_in_hours), None, None),
        Action::Email { subject, body } => (None, None, Some(subject.clone()), Some(body.clone())),
    };
    let quiet = draft.rules.quiet_hours;
    vec![
        draft.name.as_str().into(),
        draft.segment.to_string().into(),
        draft.action.channel().as_str().into(),
        title.into(),
        hours.into(),
        subject.into(),
        body.into(),
        quiet.from.strftime("%H:%M").to_string().into(),
        quiet.to.strftime("%H:%M").to_string().into(),
        draft.rules.cap_days.into(),
    ]
}

const COLUMNS: [&str; 10] = [
    "name",
    "segment",
    "action",
    "task_title",
    "task_due_hours",
    "email_subject",
    "email_body",
    "quiet_from",
    "quiet_to",
    "cap_days",
];

fn taken(error: Error) -> Error {
    conflict(error, "outreach.name_taken", "another touch plan has this name; choose another")
}

/// Adds an active plan.
pub(crate) async fn insert(
    tx: &impl ConnectionTrait,
    id: TouchPlanId,
    draft: &TouchPlanDraft,
    actor: String,
    now: i64,
) -> Result<()> {
    let mut values = columns(draft);
    values.extend([id.to_string().into(), actor.into(), now.into()]);
    let sql = format!(
        "INSERT INTO touch_plans ({}, id, created_by, created_at, updated_at, active_since, version, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $13, 1, 'active')",
        COLUMNS.join(", ")
    );
    execute(tx, &sql, values).await.map(|_| ()).map_err(taken)
}

pub(crate) async fn update(tx: &impl ConnectionTrait, ord: i64, draft: &TouchPlanDraft, now: i64) -> Result<()> {
    let mut values = columns(draft);
    values.extend([now.into(), ord.into()]);
    let assigned: Vec<String> =
        COLUMNS.iter().enumerate().map(|(index, name)| format!("{name} = ${}", index + 1)).collect();
    let sql = format!(
        "UPDATE touch_plans SET {}, version = version + 1, updated_at = $11 WHERE ord = $12",
        assigned.join(", ")
    );
    execute(tx, &sql, values).await.map(|_| ()).map_err(taken)
}

/// Pauses or resumes; false when it is so already. Entries while it was paused are not touched later.
pub(crate) async fn update_state(tx: &impl ConnectionTrait, ord: i64, state: PlanState, now: i64) -> Result<bool> {
    let since = match state {
        PlanState::Active => "$2",
        PlanState::Paused => "active_since",
    };
    let sql = format!(
        "UPDATE touch_plans SET state = $1, updated_at = $2, active_since = {since} WHERE ord = $3 AND state <> $1"
    );
    Ok(execute(tx, &sql, [state.as_str().into(), now.into(), ord.into()]).await? == 1)
}

/// How many intents of a plan are in a state.
#[derive(FromQueryResult)]
pub(crate) struct CountRow {
    pub plan: i64,
    pub state: String,
    pub number: i64,
}

/// The counts of these plans, of intents for customers the caller sees.
pub(crate) async fn list_counts(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    plans: &[i64],
) -> Result<Vec<CountRow>> {
    let plans = careloop_db::in_list(plans.iter().copied());
    let narrowed = match scope {
        Scope::Chain => String::new(),
        _ => format!(
            "AND EXISTS (SELECT 1 FROM records p WHERE p.ord = i.record AND {})",
            super::intents::visible(scope)
        ),
    };
    let sql = format!(
        "SELECT i.plan, i.state, COUNT(*) AS number FROM touch_intents i WHERE i.plan IN ({plans}) {narrowed} GROUP BY i.plan, i.state"
    );
    all(connection, &sql, []).await
}
