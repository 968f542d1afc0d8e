//! Courses of treatment: sold with a deposit, owed, refunded, and earned session by session.

use crate::Error;
use crate::calendar::Moment;
use crate::layouts_clinic::{BILLING, PLANS};
use crate::output::{Value, Value::*};
use crate::patient::{Course, Patient, Pending};
use crate::price_list::Item;
use crate::sales::{self, BIG_METHODS, Bill, METHODS};
use crate::visit::Visit;
use crate::world::World;

/// Sells a course: the order, and what is paid at once.
pub(crate) fn sell(
    world: &mut World,
    patient: &mut Patient<'_>,
    visit: &Visit,
    pending: &Pending,
    at: Moment,
) -> Result<Course, Error> {
    let (item, list) = (pending.item, pending.list);
    let total = sales::reduce(world, list);
    let order_id = sales::open_order(
        world,
        patient,
        visit,
        &Bill { item, label: item.name, list, total, plan_id: &pending.plan_id, entry: false },
        at,
    )?;
    let sessions = item.draw_sessions(&mut world.dice);
    let deposit = if total >= 300_000 && sessions > 1 { total * world.dice.between(40, 60) / 100 } else { total };
    let owed = if total >= 100_000 && deposit == total && world.dice.chance(4) { total * 3 / 10 } else { 0 };
    let method = if total >= 300_000 { world.dice.weighted(&BIG_METHODS) } else { world.dice.weighted(&METHODS) };
    sales::pay(world, patient, visit, (&order_id, item, deposit - owed, method), at.plus_minutes(2))?;
    if owed > 0 {
        owe(world, patient, visit, (&order_id, item, owed), at.plus_minutes(2))?;
    }
    if world.dice.per_mille(14) {
        refund(world, patient, visit, (&order_id, item, (deposit - owed) * 2 / 10, method), at)?;
    }
    let (doctor, consultant) = (visit.doctor, visit.consultant);
    Ok(Course {
        item,
        plan_id: pending.plan_id.clone(),
        order_id,
        doctor,
        consultant,
        total,
        paid: deposit,
        sessions,
        done: 0,
    })
}

fn owe(
    world: &mut World,
    patient: &mut Patient<'_>,
    visit: &Visit,
    (order, item, owed): (&str, &Item, i64),
    at: Moment,
) -> Result<(), Error> {
    let due = at.day() + 30;
    let fields = [
        ("order_id", Text(order)),
        ("item", Text(item.name)),
        ("line", Text(item.line)),
        ("amount", Money(owed)),
        ("due_on", On(due)),
        ("reason", Text("下次一并支付")),
    ];
    world.log((&BILLING, "debt.opened"), visit.stamp(at), &fields)?;
    if world.dice.chance(82) {
        let settled =
            world.calendar.slot_on(at.day() + i32::try_from(world.dice.between(3, 45)).unwrap_or(3), &mut world.dice);
        sales::pay(world, patient, visit, (order, item, owed, "微信"), settled)?;
        let fields = [("order_id", Text(order)), ("amount", Money(owed)), ("method", Text("微信"))];
        world.log((&BILLING, "debt.settled"), visit.stamp(settled), &fields)?;
    }
    Ok(())
}

fn refund(
    world: &mut World,
    patient: &Patient<'_>,
    visit: &Visit,
    (order, item, amount, method): (&str, &Item, i64, &str),
    at: Moment,
) -> Result<(), Error> {
    let requested =
        world.calendar.slot_on(at.day() + i32::try_from(world.dice.mostly_low(1, 40)).unwrap_or(1), &mut world.dice);
    let paid = world.calendar.slot_on(requested.day() + 2, &mut world.dice);
    let id = world.number("TK");
    let reason = world.dice.pick(&["方案调整", "搬迁", "价格争议", "重复收费"]);
    let common = sales::sale_fields(patient, visit, order, item);
    let more: [(&'static str, Value<'_>); 5] = [
        ("payment_id", Text(&id)),
        ("amount", Money(amount)),
        ("method", Text(method)),
        ("reason", Text(reason)),
        ("requested_at", At(requested)),
    ];
    world.log((&BILLING, "refund.paid"), visit.stamp(paid), &[&common[..], &more].concat())
}

/// One session of the running course: the next instalment, the share of revenue, the plan's progress.
pub(crate) fn treat(world: &mut World, patient: &mut Patient<'_>, visit: &Visit, at: Moment) -> Result<(), Error> {
    let Some(mut course) = patient.course.take() else { return Ok(()) };
    let item = course.item;
    course.done += 1;
    if course.paid < course.total && course.done * 2 >= course.sessions {
        let rest = course.total - course.paid;
        let method = world.dice.weighted(&BIG_METHODS);
        sales::pay(world, patient, visit, (&course.order_id, item, rest, method), at)?;
        course.paid = course.total;
    }
    let share = course.total * course.done / course.sessions - course.total * (course.done - 1) / course.sessions;
    sales::earn(world, patient, visit, (&course.order_id, "", item, share, "service"), at.plus_minutes(2))?;
    let finished = course.done == course.sessions;
    if finished && !course.plan_id.is_empty() {
        let common = [
            ("plan_id", Text(course.plan_id.as_str())),
            ("visit_id", Text(&visit.id)),
            ("doctor", Text(course.doctor)),
            ("consultant", Text(course.consultant)),
            ("line", Text(item.line)),
            ("amount", Money(course.total)),
        ];
        world.log(
            (&PLANS, "plan.item_done"),
            visit.stamp(at.plus_minutes(3)),
            &[&common[..], &[("item", Text(item.name))]].concat(),
        )?;
        let on_time = world.dice.chance(81);
        world.log(
            (&PLANS, "plan.completed"),
            visit.stamp(at.plus_minutes(4)),
            &[&common[..], &[("on_time", Boolean(on_time))]].concat(),
        )?;
    }
    patient.course = (!finished).then_some(course);
    Ok(())
}
