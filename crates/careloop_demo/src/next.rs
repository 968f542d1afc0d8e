//! What brings somebody back: the course, a decision, the check-up, something new, or nothing.

use crate::Error;
use crate::calendar::{Day, Moment};
use crate::care;
use crate::layouts_clinic::PLANS;
use crate::output::Value::*;
use crate::patient::Patient;
use crate::price_list::{self, Item};
use crate::visit::{self, Purpose, Visit};
use crate::world::World;

/// The next thing that will bring somebody in.
pub(crate) struct Next {
    pub(crate) booked: Moment,
    pub(crate) day: Day,
    pub(crate) purpose: Purpose,
    pub(crate) item: &'static Item,
    pub(crate) recall_id: String,
    pub(crate) via: &'static str,
}

/// What brings the patient back: the course, a decision, the check-up, something new, or nothing.
pub(crate) fn what_next(
    world: &mut World,
    patient: &mut Patient<'_>,
    visit: &Visit,
    closed: Moment,
) -> Result<Option<Next>, Error> {
    let in_days = |days: i64| closed.day() + i32::try_from(days).unwrap_or(30);
    if let Some(course) = &patient.course {
        let item = course.item;
        let day = closed.day() + item.draw_gap(&mut world.dice);
        if world.dice.chance(4) {
            return interrupt(world, patient, visit, day);
        }
        let at_desk = world.dice.chance(70);
        let later = world.calendar.slot_on(day - 3, &mut world.dice).max(closed.plus_minutes(60));
        let (booked, via) = if at_desk { (closed.plus_minutes(4), "离店约") } else { (later, channel_of(world)) };
        return Ok(Some(Next { booked, day, purpose: Purpose::Session, item, recall_id: String::new(), via }));
    }
    if let Some(pending) = patient.pending.as_ref().filter(|_| world.dice.chance(45)) {
        let day = in_days(world.dice.mostly_low(4, 60));
        let booked = world.calendar.slot_on(day - 1, &mut world.dice);
        return Ok(Some(Next {
            booked,
            day,
            purpose: Purpose::Decided,
            item: pending.item,
            recall_id: String::new(),
            via: "企微",
        }));
    }
    let returns =
        world.dice.chance(if patient.is_child() { 60 } else { 42 } + u64::from(patient.package.is_some()) * 30);
    let interval = (visit.item.recall_days, visit::upkeep_item(patient));
    let recall = care::recall(world, visit, (interval.1, interval.0), returns)?;
    if let Some(booked) = recall.booked {
        let day = booked.day() + i32::try_from(world.dice.between(1, 12)).unwrap_or(1);
        return Ok(Some(Next {
            booked,
            day,
            purpose: Purpose::Recall,
            item: interval.1,
            recall_id: recall.id,
            via: "电话",
        }));
    }
    if !world.dice.chance(18) {
        return Ok(None);
    }
    let day = in_days(world.dice.between(40, 420));
    let item = price_list::entry_item(&mut world.dice, patient.age);
    let booked = world.calendar.slot_on(day - 1, &mut world.dice);
    let via = channel_of(world);
    Ok(Some(Next { booked, day, purpose: Purpose::Entry, item, recall_id: String::new(), via }))
}

/// How somebody who is known here asks for an appointment.
fn channel_of(world: &mut World) -> &'static str {
    world.dice.pick(&["企微", "电话", "小程序"])
}

/// A course broken off; one patient in four takes it up again months later.
fn interrupt(world: &mut World, patient: &Patient<'_>, visit: &Visit, due: Day) -> Result<Option<Next>, Error> {
    let Some(course) = &patient.course else { return Ok(None) };
    if !course.plan_id.is_empty() {
        let left = course.total - course.total * course.done / course.sessions;
        let reason = world.dice.pick(&["失联", "搬迁", "价格", "疗效", "时间不便"]);
        let fields = [
            ("plan_id", Text(course.plan_id.as_str())),
            ("doctor", Text(course.doctor)),
            ("line", Text(course.item.line)),
            ("amount", Money(left)),
            ("reason", Text(reason)),
        ];
        world.log((&PLANS, "plan.interrupted"), visit.stamp(Moment::new(due + 60, 60)), &fields)?;
    }
    if !world.dice.chance(25) {
        return Ok(None);
    }
    let day = due + i32::try_from(world.dice.between(70, 200)).unwrap_or(90);
    let booked = world.calendar.slot_on(day - 2, &mut world.dice);
    Ok(Some(Next {
        booked, day, purpose: Purpose::Session, item: course.item, recall_id: String::new(), via: "电话"
    }))
}
