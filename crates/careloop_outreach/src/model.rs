//! Plans, intents and the words for what becomes of them.

use std::fmt;
use std::str::FromStr;

use careloop_kernel::ids::{IntentId, PersonId, SegmentId, TouchPlanId};
use careloop_kernel::{Error, Result};
use careloop_people::PersonCard;
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// The stored name.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl FromStr for $name {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(Error::invalid("outreach.word", format!("`{text}` is none of {}", [$($text),*].join(", ")))),
                }
            }
        }
    };
}

words! {
    /// How somebody is touched.
    Channel:
    /// A task for a member of staff.
    Task = "task",
    /// An e-mail to the person.
    Email = "email",
}

words! {
    /// Whether a plan touches anybody.
    PlanState:
    /// It does.
    Active = "active",
    /// It does not, and what waits is held.
    Paused = "paused",
}

words! {
    /// How far an intent has come.
    IntentState:
    /// To be looked at when its time comes.
    Waiting = "waiting",
    /// Looked at and put off.
    Held = "held",
    /// Handed to the mail server; nobody knows yet.
    Sending = "sending",
    /// Done.
    Sent = "sent",
    /// Will not be done.
    Skipped = "skipped",
    /// It may or may not have left; a person settles it.
    Unknown = "unknown",
    /// It did not leave and will not.
    Failed = "failed",
}

words! {
    /// Why an intent is held, skipped, unknown or failed.
    Reason:
    /// The person is no longer in the segment.
    LeftSegment = "left_segment",
    /// The person objected.
    ConsentRefused = "consent_refused",
    /// Staff marked the person as not to be contacted.
    DoNotContact = "do_not_contact",
    /// The person is on the blacklist.
    Blacklisted = "blacklisted",
    /// The person never agreed.
    NoConsent = "no_consent",
    /// There is no address.
    NoAddress = "no_address",
    /// The person was touched too recently.
    Capped = "capped",
    /// It waited too long to make sense any more.
    Expired = "expired",
    /// It is night at the clinic.
    QuietHours = "quiet_hours",
    /// The plan is paused.
    PlanPaused = "plan_paused",
    /// No mail server is configured.
    ChannelMissing = "channel_missing",
    /// The mail server could not be reached or asked to come again.
    ServerBusy = "server_busy",
    /// The mail server refused it for good.
    ServerRefused = "server_refused",
    /// The address or the text cannot be sent.
    Unsendable = "unsendable",
    /// The connection broke before the mail server answered.
    ConnectionLost = "connection_lost",
    /// The program stopped while it was sending.
    Interrupted = "interrupted",
    /// A person found out.
    Settled = "settled",
}

/// A daily span in which nobody is disturbed, from `from` until before `to`; it may pass midnight, and none if equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// When it begins.
    pub from: Time,
    /// When it ends.
    pub to: Time,
}

impl QuietHours {
    /// From two texts `HH:MM`.
    pub fn parse(from: &str, to: &str) -> Result<Self> {
        let time = |field: &'static str, text: &str| {
            let well_formed = text.len() == 5 && text.as_bytes().get(2) == Some(&b':');
            text.parse::<Time>().ok().filter(|_| well_formed).ok_or_else(|| {
                let message = "quiet hours are written like 21:00";
                Error::invalid("outreach.quiet_hours", message).with_field(format!("quiet_hours.{field}"), message)
            })
        };
        Ok(Self { from: time("from", from)?, to: time("to", to)? })
    }

    /// Whether this time of day is quiet.
    pub fn contains(&self, time: Time) -> bool {
        if self.from <= self.to { self.from <= time && time < self.to } else { self.from <= time || time < self.to }
    }

    /// When the quiet ends in which `now` falls; none when it is not quiet.
    pub fn end(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let local = zone.to_datetime(now);
        if !self.contains(local.time()) {
            return None;
        }
        let mut day = local.date();
        if self.to <= local.time() {
            day = day.tomorrow().ok()?;
        }
        // Where clocks are set back the same hour comes twice; the later one is surely after now.
        let ambiguous = zone.to_ambiguous_timestamp(DateTime::from_parts(day, self.to));
        let end = ambiguous.compatible().ok().filter(|end| *end > now);
        end.or_else(|| ambiguous.later().ok())
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}–{}", self.from.strftime("%H:%M"), self.to.strftime("%H:%M"))
    }
}

/// What a plan does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Opens a task.
    Task {
        /// What is to be done.
        title: String,
        /// Within how many hours.
        due_in_hours: i64,
    },
    /// Sends an e-mail.
    Email {
        /// Template of the subject.
        subject: String,
        /// Template of the text.
        body: String,
    },
}

impl Action {
    /// How it touches.
    pub fn channel(&self) -> Channel {
        match self {
            Self::Task { .. } => Channel::Task,
            Self::Email { .. } => Channel::Email,
        }
    }
}

/// When a plan may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// When e-mails wait.
    pub quiet_hours: QuietHours,
    /// How many days must lie between two touches of one person: e-mails of any plan, or tasks of this one.
    pub cap_days: i64,
}

/// What a plan is made or changed to.
#[derive(Debug, Clone)]
pub struct TouchPlanDraft {
    /// Its name.
    pub name: String,
    /// Whoever enters it is touched.
    pub segment: SegmentId,
    /// What is done.
    pub action: Action,
    /// When.
    pub rules: Rules,
}

/// A plan.
#[derive(Debug, Clone)]
pub struct TouchPlan {
    /// `touch_plans.ord`.
    pub ord: i64,
    /// The public id.
    pub id: TouchPlanId,
    /// Its name.
    pub name: String,
    /// Whoever enters it is touched.
    pub segment: SegmentId,
    /// The segment's name.
    pub segment_name: String,
    /// Its English name, if it is built in and was not renamed.
    pub segment_name_en: Option<String>,
    /// What is done.
    pub action: Action,
    /// When.
    pub rules: Rules,
    /// Whether it touches anybody.
    pub state: PlanState,
    /// How often it was changed, from 1.
    pub version: i64,
    /// Entries before this instant are not touched, in microseconds.
    pub active_since: i64,
}

/// How many intents of a plan are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Not looked at yet, or being sent.
    pub waiting: i64,
    /// Put off.
    pub held: i64,
    /// Done.
    pub sent: i64,
    /// Will not be done.
    pub skipped: i64,
    /// To be settled by a person.
    pub unknown: i64,
    /// Did not leave.
    pub failed: i64,
}

/// An intent as a plan's page lists it.
#[derive(Clone)]
pub struct Intent {
    /// The public id.
    pub id: IntentId,
    /// Who is to be touched.
    pub person: PersonId,
    /// Masked; none when the caller may not see customers.
    pub card: Option<PersonCard>,
    /// How far it has come.
    pub state: IntentState,
    /// Why.
    pub reason: Option<Reason>,
    /// When it was made, in microseconds.
    pub created_at: i64,
    /// When it is, or was last, to be looked at.
    pub due_at: i64,
    /// When its state became final.
    pub settled_at: Option<i64>,
}

impl fmt::Debug for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intent")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}
