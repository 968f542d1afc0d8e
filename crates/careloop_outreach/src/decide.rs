//! Whether to touch somebody now. Pure: everything it needs to know is an argument.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::model::{Channel, PlanState, Reason, Rules};

/// An intent that is older makes no sense any more.
pub(crate) const MAX_AGE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long to wait before looking again at what only a person can change.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(10);

/// What a person said about being written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Yes.
    Granted,
    /// No.
    Refused,
    /// Nothing.
    Unsaid,
}

/// Everything the decision depends on.
#[derive(Debug, Clone)]
pub struct Situation {
    /// The present instant.
    pub now: Timestamp,
    /// The zone of the person's clinic.
    pub zone: TimeZone,
    /// How the plan touches.
    pub channel: Channel,
    /// When it may.
    pub rules: Rules,
    /// Whether it touches anybody.
    pub plan: PlanState,
    /// When the person entered the segment.
    pub entered_at: Timestamp,
    /// Whether they are still in it.
    pub is_member: bool,
    /// Their latest word on this channel.
    pub consent: Consent,
    /// Why nobody may contact them, whatever they said.
    pub barred: Option<Reason>,
    /// Whether there is an address to write to.
    pub has_address: bool,
    /// Whether the channel is configured.
    pub channel_ready: bool,
    /// When they were last touched in a way that counts against the cap.
    pub last_touch: Option<Timestamp>,
}

/// What to do with an intent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Touch.
    Send,
    /// Look again at this instant, which is after now.
    Hold(Timestamp, Reason),
    /// Never touch.
    Skip(Reason),
}

/// Decides. A task disturbs nobody, so it knows no quiet hours and needs no consent; but who objected to calls or to
/// everything is left alone.
pub fn decide(situation: &Situation) -> Decision {
    let Situation { now, channel, rules, .. } = situation;
    if now.duration_since(situation.entered_at) > MAX_AGE {
        return Decision::Skip(Reason::Expired);
    }
    if situation.plan == PlanState::Paused {
        return Decision::Hold(later(*now, LOOK_AGAIN), Reason::PlanPaused);
    }
    if !situation.is_member {
        return Decision::Skip(Reason::LeftSegment);
    }
    if let Some(reason) = situation.barred {
        return Decision::Skip(reason);
    }
    if situation.consent == Consent::Refused {
        return Decision::Skip(Reason::ConsentRefused);
    }
    let cap = SignedDuration::from_hours(rules.cap_days.saturating_mul(24));
    if situation.last_touch.is_some_and(|last| now.duration_since(last) < cap) {
        return Decision::Skip(Reason::Capped);
    }
    match channel {
        Channel::Task => Decision::Send,
        Channel::Email => decide_email(situation),
    }
}

fn decide_email(situation: &Situation) -> Decision {
    if situation.consent == Consent::Unsaid {
        return Decision::Skip(Reason::NoConsent);
    }
    if !situation.has_address {
        return Decision::Skip(Reason::NoAddress);
    }
    if !situation.channel_ready {
        return Decision::Hold(later(situation.now, LOOK_AGAIN), Reason::ChannelMissing);
    }
    match situation.rules.quiet_hours.end(situation.now, &situation.zone) {
        Some(end) => Decision::Hold(end, Reason::QuietHours),
        None => Decision::Send,
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}
