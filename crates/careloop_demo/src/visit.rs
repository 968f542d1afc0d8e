//! One visit: the stages, what is done, what is found and what is agreed.

use crate::Error;
use crate::calendar::Moment;
use crate::clinics::CLINICS;
use crate::layouts_clinic::VISITS;
use crate::output::{Stamp, Value, Value::*};
use crate::patient::Patient;
use crate::price_list::{self, Item};
use crate::world::{Referrer, World};
use crate::{care, consult, course, outreach, sales};

/// Why somebody comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// What first brought them, or something new.
    Entry,
    /// The next session of a course.
    Session,
    /// The regular check-up.
    Recall,
    /// To go on with a plan they thought over.
    Decided,
}

/// A visit while it lasts.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) id: String,
    pub(crate) appointment_id: String,
    pub(crate) record: String,
    pub(crate) clinic: usize,
    pub(crate) arrived: Moment,
    pub(crate) doctor: &'static str,
    pub(crate) consultant: &'static str,
    pub(crate) nurse: &'static str,
    pub(crate) item: &'static Item,
    pub(crate) first: bool,
}

impl Visit {
    /// The same visit when another doctor takes over.
    pub(crate) fn with_doctor(&self, doctor: &'static str) -> Self {
        Self { doctor, ..self.clone() }
    }

    pub(crate) fn stamp(&self, at: Moment) -> Stamp<'_> {
        Stamp { record: &self.record, clinic: self.clinic, at }
    }
}

/// The doctor who does an item at a clinic: the one of a running course, else one of the line.
pub(crate) fn doctor_for(patient: &Patient<'_>, clinic: usize, item: &Item) -> &'static str {
    if let Some(course) =
        patient.course.as_ref().filter(|course| course.item.line == item.line && clinic == patient.clinic)
    {
        return course.doctor;
    }
    let doctors = CLINICS[clinic].doctors;
    let able: Vec<&'static str> =
        doctors.iter().filter(|(_, lines)| lines.contains(&item.line)).map(|(name, _)| *name).collect();
    let turn = usize::try_from(patient.human.entity).unwrap_or(0);
    if able.is_empty() { doctors[turn % doctors.len()].0 } else { able[turn % able.len()] }
}

/// Holds the visit from the door to the door; gives the time it ends.
pub(crate) fn hold(
    world: &mut World,
    patient: &mut Patient<'_>,
    visit: &Visit,
    purpose: Purpose,
) -> Result<Moment, Error> {
    let minutes = world.dice.between(32, 66) + if visit.item.is_planned() { 30 } else { 0 };
    let closed = visit.arrived.plus_minutes(minutes);
    if world.has_board(visit.arrived) {
        board(world, patient, visit, minutes)?;
    }
    let till = closed.plus_minutes(-22);
    match purpose {
        Purpose::Entry => {
            sales::serve_entry(world, patient, visit, till)?;
            consult::examine(world, patient, visit, till.plus_minutes(2), 62)?;
        }
        Purpose::Recall => {
            sales::serve_upkeep(world, patient, visit, till)?;
            consult::examine(world, patient, visit, till.plus_minutes(2), 18)?;
        }
        Purpose::Session => course::treat(world, patient, visit, till)?,
        Purpose::Decided => consult::accept_pending(world, patient, visit, till)?,
    }
    close(world, patient, visit, (closed, minutes))?;
    after(world, patient, visit, closed)?;
    Ok(closed)
}

fn close(
    world: &mut World,
    patient: &mut Patient<'_>,
    visit: &Visit,
    (closed, minutes): (Moment, i64),
) -> Result<(), Error> {
    let next = if patient.course.is_some() { "booked" } else { "recall" };
    let common = common_fields(patient, visit);
    let designated = !visit.first && world.dice.chance(28);
    let more = [
        ("first", Boolean(visit.first)),
        ("walk_in", Boolean(visit.appointment_id.is_empty())),
        ("designated", Boolean(designated)),
        ("minutes", Integer(minutes)),
        ("complaint", Text(visit.item.complaint)),
        ("next_step", Text(next)),
    ];
    world.log((&VISITS, "visit.closed"), visit.stamp(closed), &[&common[..], &more].concat())?;
    if visit.first {
        let more = [
            ("source_class", Text(patient.source().class)),
            ("campaign", Text(patient.campaign.unwrap_or_default())),
            ("lead_id", Text(&patient.lead_id)),
        ];
        world.log((&VISITS, "visit.first"), visit.stamp(closed), &[&common[..], &more].concat())?;
        world.remember(Referrer { record: visit.record.clone(), clinic: visit.clinic, since: closed });
        patient.first_visit = Some(closed);
    }
    patient.visits += 1;
    Ok(())
}

fn common_fields<'a>(patient: &Patient<'_>, visit: &'a Visit) -> [(&'static str, Value<'a>); 7] {
    [
        ("visit_id", Text(&visit.id)),
        ("appointment_id", Text(&visit.appointment_id)),
        ("doctor", Text(visit.doctor)),
        ("consultant", Text(visit.consultant)),
        ("item", Text(visit.item.name)),
        ("line", Text(visit.item.line)),
        ("channel", Text(patient.source().name)),
    ]
}

/// The visit board's rows: who has the patient, and for how long.
fn board(world: &mut World, patient: &Patient<'_>, visit: &Visit, minutes: i64) -> Result<(), Error> {
    let common = common_fields(patient, visit);
    let more = [
        ("first", Boolean(visit.first)),
        ("walk_in", Boolean(visit.appointment_id.is_empty())),
        ("complaint", Text(visit.item.complaint)),
    ];
    world.log((&VISITS, "visit.opened"), visit.stamp(visit.arrived), &[&common[..], &more].concat())?;
    let stages = [
        ("reception", "前台", 10),
        ("exam", visit.doctor, 25),
        ("treatment", visit.doctor, 45),
        ("cashier", "前台", 15),
        ("left", "前台", 5),
    ];
    let mut at = visit.arrived;
    for (stage, staff, share) in stages {
        let spent = (minutes * share / 100).max(1);
        let fields = [
            ("visit_id", Text(visit.id.as_str())),
            ("stage", Text(stage)),
            ("staff", Text(staff)),
            ("doctor", Text(visit.doctor)),
            ("minutes", Integer(spent)),
        ];
        world.log((&VISITS, "visit.stage"), visit.stamp(at), &fields)?;
        at = at.plus_minutes(spent);
    }
    Ok(())
}

/// What follows a visit: a friend in WeCom, a word on the way, a question how it was.
fn after(world: &mut World, patient: &mut Patient<'_>, visit: &Visit, closed: Moment) -> Result<(), Error> {
    if !patient.is_child() && patient.wecom.is_none() && world.dice.chance(if visit.first { 54 } else { 10 }) {
        outreach::befriend(world, patient, visit.consultant, visit.arrived.plus_minutes(6))?;
    }
    if visit.first {
        care::referral_arrived(world, patient, visit, closed)?;
    }
    if visit.item.is_surgical() {
        care::follow_up(world, patient, visit, ("postop", 1))?;
    } else if world.dice.chance(12) {
        care::follow_up(world, patient, visit, ("treatment", 2))?;
    }
    outreach::thank(world, patient, visit.clinic, closed)?;
    care::feedback(world, patient, visit, closed)
}

/// The item of a visit that is not a session.
pub(crate) fn upkeep_item(patient: &Patient<'_>) -> &'static Item {
    patient.package.as_ref().map_or_else(|| price_list::upkeep(patient.age), |package| package.item)
}
