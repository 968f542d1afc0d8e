//! One appointment from the call to the door.

use crate::Error;
use crate::calendar::{Day, Moment};
use crate::layouts_clinic::APPOINTMENTS;
use crate::output::{Stamp, Value, Value::*};
use crate::patient::Patient;
use crate::price_list::Item;
use crate::records;
use crate::visit;
use crate::world::World;

/// What is asked for.
pub(crate) struct Request {
    /// When it is asked.
    pub(crate) at: Moment,
    /// The day wanted.
    pub(crate) day: Day,
    pub(crate) clinic: usize,
    pub(crate) item: &'static Item,
    pub(crate) via: &'static str,
    pub(crate) recall_id: String,
    /// Never comes, whatever is arranged.
    pub(crate) hopeless: bool,
}

/// An appointment that was made.
pub(crate) struct Slot {
    pub(crate) id: String,
    pub(crate) record: String,
    pub(crate) clinic: usize,
    pub(crate) starts: Moment,
    /// When the patient came through the door, if ever.
    pub(crate) arrived: Option<Moment>,
}

/// Books and tells what became of it.
pub(crate) fn book(world: &mut World, patient: &mut Patient<'_>, request: &Request) -> Result<Slot, Error> {
    let record = file_for(world, patient, request.clinic, request.at)?;
    let weekend = (patient.is_child() || patient.age < 40) && world.dice.chance(45);
    let day = world.calendar.working_day(request.day.max(request.at.day()), weekend);
    let mut starts = world.calendar.slot_on(day, &mut world.dice);
    if starts.minutes_since(request.at) < 30 {
        starts = world.calendar.slot_on(world.calendar.working_day(request.at.day() + 1, false), &mut world.dice);
    }
    let mut slot = Slot { id: world.number("YY"), record, clinic: request.clinic, starts, arrived: None };
    let online = request.via == "小程序";
    tell(
        world,
        patient,
        (request, &slot),
        ("appt.booked", request.at),
        &[
            ("channel", Text(patient.source().name)),
            ("via", Text(request.via)),
            ("self_service", Boolean(online)),
            ("lead_id", Text(if patient.visits == 0 { &patient.lead_id } else { "" })),
            ("recall_id", Text(&request.recall_id)),
            ("minutes", Integer(if request.item.is_planned() { 60 } else { 30 })),
        ],
    )?;
    if settle(world, patient, request, &mut slot)? {
        welcome(world, patient, request, &mut slot)?;
    }
    Ok(slot)
}

/// The number of the file the desk books on; now and then it does not find the old one and opens another.
pub(crate) fn file_for(
    world: &mut World,
    patient: &mut Patient<'_>,
    clinic: usize,
    at: Moment,
) -> Result<String, Error> {
    let lost = match (&patient.his[clinic], patient.his.iter().any(Option::is_some)) {
        (Some(_), _) => world.dice.per_mille(22),
        (None, true) => world.dice.chance(72),
        (None, false) => true,
    };
    match patient.record_at(clinic) {
        Some(number) if !lost => Ok(number.clone()),
        _ => records::open_file(world, patient, clinic, at),
    }
}

/// Moved, cancelled or confirmed before the day; false when it is off.
fn settle(world: &mut World, patient: &Patient<'_>, request: &Request, slot: &mut Slot) -> Result<bool, Error> {
    let notice = slot.starts.minutes_since(request.at);
    let between =
        |world: &mut World, notice: i64| request.at.plus_minutes(world.dice.between(notice / 3, notice * 3 / 4));
    if notice > 1440 && world.dice.chance(6) {
        let (old, at) = (slot.starts, between(world, notice));
        let day = slot.starts.day() + i32::try_from(world.dice.between(1, 8)).unwrap_or(1);
        slot.starts = world.calendar.slot_on(world.calendar.working_day(day, false), &mut world.dice);
        let reason = world.dice.pick(&["临时有事", "孩子生病", "医生调班"]);
        let by = if reason == "医生调班" { "clinic" } else { "patient" };
        tell(
            world,
            patient,
            (request, slot),
            ("appt.rescheduled", at),
            &[("old_starts_at", At(old)), ("by", Text(by)), ("reason", Text(reason))],
        )?;
    }
    if notice > 1440 && world.dice.chance(6) {
        let at = between(world, notice);
        let late = slot.starts.minutes_since(at) < 1440;
        tell(
            world,
            patient,
            (request, slot),
            ("appt.cancelled", at),
            &[("by", Text("patient")), ("reason", Text("计划有变")), ("late", Boolean(late))],
        )?;
        return Ok(false);
    }
    let eve = Moment::new(slot.starts.day() - 1, 14 * 60 + world.dice.between(0, 240));
    if eve > request.at && world.dice.chance(36) {
        tell(world, patient, (request, slot), ("appt.confirmed", eve), &[])?;
    }
    Ok(true)
}

/// The day itself: cancelled in the morning, no-show, or arrived.
fn welcome(world: &mut World, patient: &Patient<'_>, request: &Request, slot: &mut Slot) -> Result<(), Error> {
    let (late_cancel, no_show) = if patient.visits == 0 { (5, 12) } else { (4, 9) };
    let luck = if request.hopeless { world.dice.below(late_cancel + no_show) } else { world.dice.below(100) };
    if luck < late_cancel {
        let at = slot.starts.plus_minutes(-world.dice.between(30, 120));
        let at = at.max(request.at.plus_minutes(5));
        let reason = world.dice.pick(&["临时有事", "身体不适", "加班"]);
        return tell(
            world,
            patient,
            (request, slot),
            ("appt.cancelled", at),
            &[("by", Text("patient")), ("reason", Text(reason)), ("late", Boolean(true))],
        );
    }
    if luck < late_cancel + no_show {
        return tell(world, patient, (request, slot), ("appt.no_show", slot.starts.plus_minutes(30)), &[]);
    }
    let arrived = slot.starts.plus_minutes(world.dice.between(-15, 14) + i64::from(world.dice.chance(9)) * 15);
    slot.arrived = Some(arrived);
    let late = arrived.minutes_since(slot.starts).max(0);
    tell(
        world,
        patient,
        (request, slot),
        ("appt.arrived", arrived),
        &[("late_minutes", Integer(late)), ("channel", Text(patient.source().name))],
    )?;
    if world.has_board(arrived) {
        let wait = world.dice.mostly_low(2, 42);
        let chair = format!("{}号椅", world.dice.between(1, 6));
        let fields = [("chair", Text(chair.as_str())), ("wait_minutes", Integer(wait))];
        tell(world, patient, (request, slot), ("appt.seated", arrived.plus_minutes(wait)), &fields)?;
    }
    Ok(())
}

fn tell(
    world: &mut World,
    patient: &Patient<'_>,
    (request, slot): (&Request, &Slot),
    (kind, at): (&'static str, Moment),
    more: &[(&'static str, Value<'_>)],
) -> Result<(), Error> {
    let doctor = visit::doctor_for(patient, slot.clinic, request.item);
    let common = [
        ("appointment_id", Text(slot.id.as_str())),
        ("starts_at", At(slot.starts)),
        ("doctor", Text(doctor)),
        ("item", Text(request.item.name)),
        ("line", Text(request.item.line)),
        ("first", Boolean(patient.visits == 0)),
    ];
    world.log(
        (&APPOINTMENTS, kind),
        Stamp { record: &slot.record, clinic: slot.clinic, at },
        &[&common[..], more].concat(),
    )
}
