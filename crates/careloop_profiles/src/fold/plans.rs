//! Where the person's treatment plans and appointments stand.

use std::collections::BTreeMap;

use crate::event::Event;
use crate::model::Micros;

use super::Fold;

/// One treatment plan.
#[derive(Default)]
pub(crate) struct Plan<'a> {
    pub presented: Option<&'a Event>,
    pub accepted: Option<&'a Event>,
    pub declined: Option<&'a Event>,
    pub completed: Option<&'a Event>,
    pub interrupted: Option<&'a Event>,
    pub done: Vec<&'a Event>,
}

impl<'a> Plan<'a> {
    /// Accepted, and neither completed nor declined since.
    pub fn is_open(&self) -> bool {
        self.accepted.is_some()
            && self.completed.is_none()
            && self.declined.is_none_or(|no| Some(no.at_us) < self.accepted.map(|yes| yes.at_us))
    }

    /// Presented, with no answer.
    pub fn is_undecided(&self) -> bool {
        self.presented.is_some() && self.accepted.is_none() && self.declined.is_none() && self.completed.is_none()
    }

    /// The interruption, unless an item was done after it.
    pub fn stopped(&self) -> Option<&'a Event> {
        self.interrupted.filter(|stop| self.done.last().is_none_or(|done| done.at_us <= stop.at_us))
    }
}

/// All plans of a person by their number; events without one form a single plan.
pub(crate) fn plans<'a>(fold: &Fold<'a>) -> Vec<Plan<'a>> {
    let mut plans: BTreeMap<&str, Plan<'a>> = BTreeMap::new();
    for event in fold.seen.lists(&[
        "plan.presented",
        "plan.accepted",
        "plan.declined",
        "plan.item_done",
        "plan.completed",
        "plan.interrupted",
    ]) {
        let plan = plans.entry(event.text("plan_id").unwrap_or_default()).or_default();
        match event.kind.as_str() {
            "plan.presented" => plan.presented = Some(event),
            "plan.accepted" => plan.accepted = Some(event),
            "plan.declined" => plan.declined = Some(event),
            "plan.completed" => plan.completed = Some(event),
            "plan.interrupted" => plan.interrupted = Some(event),
            _ => plan.done.push(event),
        }
    }
    plans.into_values().collect()
}

/// The next appointment ahead: its last event and its start.
pub(crate) fn next_appointment<'a>(fold: &Fold<'a>) -> Option<(&'a Event, Micros)> {
    let mut latest: BTreeMap<&str, &Event> = BTreeMap::new();
    let kinds = [
        "appt.booked",
        "appt.confirmed",
        "appt.rescheduled",
        "appt.cancelled",
        "appt.arrived",
        "appt.seated",
        "appt.done",
        "appt.no_show",
    ];
    for event in fold.seen.lists(&kinds) {
        latest.insert(event.text("appointment_id").unwrap_or_default(), event);
    }
    let ahead = |event: &'a Event| {
        let stands = matches!(event.kind.as_str(), "appt.booked" | "appt.confirmed" | "appt.rescheduled");
        let starts = if stands { fold.instant(event, "starts_at")? } else { return None };
        (starts >= fold.now).then_some((event, starts))
    };
    latest.into_values().filter_map(ahead).min_by_key(|(event, starts)| (*starts, event.seq))
}
