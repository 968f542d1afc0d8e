//! The talk after the examination: a need found, a plan presented, yes, no or later.

use crate::Error;
use crate::calendar::Moment;
use crate::care;
use crate::course;
use crate::layouts_clinic::{PLANS, VISITS};
use crate::output::Value::*;
use crate::patient::{Patient, Pending};
use crate::price_list;
use crate::visit::{self, Visit};
use crate::world::World;

/// How the talk ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Deal,
    Undecided,
    Lost,
}

const REASONS: [&str; 6] = ["价格", "再比较", "怕疼", "和家人商量", "时间不便", "疗程太长"];

/// Looks for something to treat in `percent` of cases and talks it over.
pub(crate) fn examine(
    world: &mut World,
    patient: &mut Patient<'_>,
    visit: &Visit,
    at: Moment,
    percent: u64,
) -> Result<(), Error> {
    if patient.course.is_some() || !world.dice.chance(percent) {
        return Ok(());
    }
    let item = price_list::found_need(&mut world.dice, patient.age);
    let list = item.quote(&mut world.dice);
    let odds = if item.is_high_ticket() {
        34
    } else if item.is_planned() {
        50
    } else {
        72
    };
    let answer = match world.dice.below(100) {
        luck if luck < odds => Answer::Deal,
        luck if luck < odds + (100 - odds) * 2 / 3 => Answer::Undecided,
        _ => Answer::Lost,
    };
    let visit = &visit.with_doctor(if item.is_planned() {
        visit::doctor_for(patient, visit.clinic, item)
    } else {
        visit.doctor
    });
    let pending = Pending { item, plan_id: if item.is_planned() { world.number("FA") } else { String::new() }, list };
    present(world, visit, &pending, at)?;
    let agreed = match answer {
        Answer::Deal => agree(world, patient, visit, &pending, at)?,
        _ => 0,
    };
    let reason = if answer == Answer::Deal { "" } else { world.dice.pick(&REASONS) };
    if item.is_planned() || world.dice.chance(30) {
        tell_consult(world, patient, visit, &pending, (answer, reason, agreed, at))?;
    }
    match answer {
        Answer::Undecided => {
            care::follow_up(world, patient, visit, ("undecided", 3))?;
            patient.pending = Some(pending);
        }
        Answer::Lost if item.is_planned() => {
            let fields = [
                ("plan_id", Text(pending.plan_id.as_str())),
                ("visit_id", Text(&visit.id)),
                ("doctor", Text(visit.doctor)),
                ("consultant", Text(visit.consultant)),
                ("line", Text(item.line)),
                ("amount", Money(list)),
                ("reason", Text(reason)),
            ];
            world.log((&PLANS, "plan.declined"), visit.stamp(at.plus_minutes(8)), &fields)?;
        }
        _ => {}
    }
    Ok(())
}

/// Comes back having decided: the plan is accepted and begun.
pub(crate) fn accept_pending(
    world: &mut World,
    patient: &mut Patient<'_>,
    visit: &Visit,
    at: Moment,
) -> Result<(), Error> {
    if let Some(pending) = patient.pending.take() {
        agree(world, patient, visit, &pending, at)?;
    }
    Ok(())
}

fn present(world: &mut World, visit: &Visit, pending: &Pending, at: Moment) -> Result<(), Error> {
    if pending.plan_id.is_empty() {
        return Ok(());
    }
    let alternatives = world.dice.between(1, 3);
    let fields = [
        ("plan_id", Text(pending.plan_id.as_str())),
        ("visit_id", Text(&visit.id)),
        ("doctor", Text(visit.doctor)),
        ("consultant", Text(visit.consultant)),
        ("line", Text(pending.item.line)),
        ("amount", Money(pending.list)),
        ("items", Integer(1)),
        ("alternatives", Integer(alternatives)),
        ("chosen", Boolean(true)),
        ("planned_end", On(at.day() + 180)),
    ];
    world.log((&PLANS, "plan.presented"), visit.stamp(at), &fields)
}

/// Sells the course, begins it when there is time, and gives the amount booked.
fn agree(
    world: &mut World,
    patient: &mut Patient<'_>,
    visit: &Visit,
    pending: &Pending,
    at: Moment,
) -> Result<i64, Error> {
    let sold = course::sell(world, patient, visit, pending, at.plus_minutes(4))?;
    let total = sold.total;
    if !pending.plan_id.is_empty() {
        let fields = [
            ("plan_id", Text(pending.plan_id.as_str())),
            ("visit_id", Text(&visit.id)),
            ("doctor", Text(visit.doctor)),
            ("consultant", Text(visit.consultant)),
            ("line", Text(pending.item.line)),
            ("amount", Money(total)),
            ("items", Integer(1)),
            ("planned_end", On(at.day() + 180)),
        ];
        world.log((&PLANS, "plan.accepted"), visit.stamp(at.plus_minutes(3)), &fields)?;
    }
    patient.course = Some(sold);
    if world.dice.chance(60) {
        course::treat(world, patient, visit, at.plus_minutes(7))?;
    }
    Ok(total)
}

fn tell_consult(
    world: &mut World,
    patient: &Patient<'_>,
    visit: &Visit,
    pending: &Pending,
    (answer, reason, agreed, at): (Answer, &str, i64, Moment),
) -> Result<(), Error> {
    let id = world.number("ZX");
    let common = [
        ("consult_id", Text(id.as_str())),
        ("visit_id", Text(&visit.id)),
        ("consultant", Text(visit.consultant)),
        ("doctor", Text(visit.doctor)),
        ("line", Text(pending.item.line)),
        ("item", Text(pending.item.name)),
        ("channel", Text(patient.source().name)),
        ("first", Boolean(visit.first)),
    ];
    let minutes = world.dice.between(6, 25);
    world.log((&VISITS, "consult.opened"), visit.stamp(at.plus_minutes(-minutes)), &common)?;
    let result = match answer {
        Answer::Deal => "deal",
        Answer::Undecided => "undecided",
        Answer::Lost => "lost",
    };
    let mut more = vec![("result", Text(result)), ("reason", Text(reason)), ("minutes", Integer(minutes))];
    if answer == Answer::Deal {
        more.push(("amount", Money(agreed)));
    }
    world.log((&VISITS, "consult.closed"), visit.stamp(at.plus_minutes(5)), &[&common[..], &more].concat())
}
