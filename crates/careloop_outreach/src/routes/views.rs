//! The wire twins of plans and intents.

use careloop_http::time_view;
use careloop_kernel::ids::SegmentId;
use careloop_kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::model::{Action, Channel, Counts, Intent, QuietHours, Reason, Rules, TouchPlan, TouchPlanDraft};

/// The task a plan opens.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct TaskActionView {
    title: String,
    /// 1 to 8760
    due_in_hours: i64,
}

/// The e-mail a plan sends: templates that may name `{{name}}`, `{{salutation}}`, `{{clinic}}` and `{{chain}}`.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct EmailActionView {
    subject: String,
    body: String,
}

/// A daily span in which no e-mail is sent, in the zone of the customer's clinic; none if both are equal.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct QuietHoursView {
    #[schema(example = "21:00")]
    from: String,
    #[schema(example = "09:00")]
    to: String,
}

/// How many touches of a plan are in each state.
#[derive(Serialize, ToSchema)]
pub struct IntentCountsView {
    waiting: i64,
    held: i64,
    sent: i64,
    skipped: i64,
    unknown: i64,
    failed: i64,
}

/// A touch plan.
#[derive(Serialize, ToSchema)]
pub struct TouchPlanView {
    id: String,
    name: String,
    segment_id: String,
    segment_name: String,
    /// Its English name, if it is built in and was not renamed.
    segment_name_en: Option<String>,
    /// task or email
    action: String,
    task: Option<TaskActionView>,
    email: Option<EmailActionView>,
    quiet_hours: QuietHoursView,
    /// How many days must lie between two touches of one customer: e-mails of any plan, or tasks of this one.
    cap_days: i64,
    /// active or paused
    state: String,
    counts: IntentCountsView,
}

impl TouchPlanView {
    pub(super) fn of((plan, counts): (TouchPlan, Counts)) -> Self {
        let action = plan.action.channel().as_str().to_owned();
        let (task, email) = match plan.action {
            Action::Task { title, due_in_hours } => (Some(TaskActionView { title, due_in_hours }), None),
            Action::Email { subject, body } => (None, Some(EmailActionView { subject, body })),
        };
        let quiet = plan.rules.quiet_hours;
        let Counts { waiting, held, sent, skipped, unknown, failed } = counts;
        Self {
            id: plan.id.to_string(),
            name: plan.name,
            segment_id: plan.segment.to_string(),
            segment_name: plan.segment_name,
            segment_name_en: plan.segment_name_en,
            action,
            task,
            email,
            quiet_hours: QuietHoursView {
                from: quiet.from.strftime("%H:%M").to_string(),
                to: quiet.to.strftime("%H:%M").to_string(),
            },
            cap_days: plan.rules.cap_days,
            state: plan.state.as_str().to_owned(),
            counts: IntentCountsView { waiting, held, sent, skipped, unknown, failed },
        }
    }
}

/// What a plan is made or changed to.
#[derive(Deserialize, ToSchema)]
pub struct TouchPlanBody {
    name: String,
    #[schema(value_type = String)]
    segment_id: SegmentId,
    /// task or email
    action: String,
    /// Needed when the action is task.
    task: Option<TaskActionView>,
    /// Needed when the action is email.
    email: Option<EmailActionView>,
    quiet_hours: QuietHoursView,
    /// 0 to 3650
    cap_days: i64,
}

impl TouchPlanBody {
    pub(super) fn draft(self) -> Result<TouchPlanDraft> {
        let absent = |field: &'static str| {
            let message = format!("`{field}` says what the plan does and is missing");
            Error::invalid("outreach.plan", message).with_field(field, "missing")
        };
        let action = match self.action.parse::<Channel>()? {
            Channel::Task => {
                let TaskActionView { title, due_in_hours } = self.task.ok_or_else(|| absent("task"))?;
                Action::Task { title, due_in_hours }
            }
            Channel::Email => {
                let EmailActionView { subject, body } = self.email.ok_or_else(|| absent("email"))?;
                Action::Email { subject, body }
            }
        };
        let quiet_hours = QuietHours::parse(&self.quiet_hours.from, &self.quiet_hours.to)?;
        let rules = Rules { quiet_hours, cap_days: self.cap_days };
        Ok(TouchPlanDraft { name: self.name, segment: self.segment_id, action, rules })
    }
}

/// Whom a touch is for, masked.
#[derive(Serialize, ToSchema)]
pub struct IntentPersonView {
    id: String,
    /// Null when the caller may not see customers, or there is no name.
    name: Option<String>,
    phone: Option<String>,
}

/// A touch of one customer by one plan.
#[derive(Serialize, ToSchema)]
pub struct IntentView {
    id: String,
    person: IntentPersonView,
    /// waiting, held, sending, sent, skipped, unknown or failed
    state: String,
    /// Why it is held, skipped, unknown or failed, such as `quiet_hours`.
    reason: Option<String>,
    created_at: String,
    /// When it is, or was last, to be looked at.
    due_at: String,
    settled_at: Option<String>,
}

impl From<Intent> for IntentView {
    fn from(intent: Intent) -> Self {
        let (name, phone) = intent.card.map_or((None, None), |card| (Some(card.name), card.phone_masked));
        Self {
            id: intent.id.to_string(),
            person: IntentPersonView {
                id: intent.person.to_string(),
                name: name.filter(|name| !name.is_empty()),
                phone,
            },
            state: intent.state.as_str().to_owned(),
            reason: intent.reason.map(|reason: Reason| reason.as_str().to_owned()),
            created_at: time_view(intent.created_at),
            due_at: time_view(intent.due_at),
            settled_at: intent.settled_at.map(time_view),
        }
    }
}

/// Which touches to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct IntentQuery {
    /// Only in this state.
    pub(super) state: Option<String>,
    /// How many items, 1 to 200; 50 if absent.
    pub(super) limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub(super) cursor: Option<String>,
}

/// What a person found out.
#[derive(Deserialize, ToSchema)]
pub struct SettleBody {
    /// sent or failed
    state: String,
}

impl SettleBody {
    pub(super) fn sent(&self) -> Result<bool> {
        match self.state.as_str() {
            "sent" => Ok(true),
            "failed" => Ok(false),
            _ => {
                Err(Error::invalid("outreach.settle", "it was sent or it failed").with_field("state", "sent or failed"))
            }
        }
    }
}

/// A way to touch somebody.
#[derive(Serialize, ToSchema)]
pub struct ChannelView {
    /// task or email
    id: String,
    /// Whether it is configured.
    ready: bool,
    /// What to do when it is not.
    detail: Option<String>,
}

impl ChannelView {
    pub(super) fn of((channel, ready): (Channel, bool)) -> Self {
        let detail = (!ready).then(|| "set `[smtp]` in careloop.toml and start again".to_owned());
        Self { id: channel.as_str().to_owned(), ready, detail }
    }
}
