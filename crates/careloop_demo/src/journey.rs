//! A household's story, member by member, from the first contact to the last visit.

use crate::Error;
use crate::booking::{self, Request, Slot};
use crate::calendar::{Day, Moment};
use crate::channels::{self, Way};
use crate::clinics::CLINICS;
use crate::families::{Family, Role};
use crate::layouts_reach::DEAL_ORDERS;
use crate::lead::{self, Approach, Fate};
use crate::next::{Next, what_next};
use crate::output::{Stamp, Value::*};
use crate::patient::Patient;
use crate::price_list::Item;
use crate::visit::{self, Purpose, Visit};
use crate::world::{Referrer, World};
use crate::{care, outreach, prepaid, records};

/// Tells the story of a household whose first member thinks of the chain on `day`.
pub(crate) fn tell_family(world: &mut World, family: &Family, day: Day) -> Result<(), Error> {
    let mut anchor: Option<Referrer> = None;
    for index in 0..family.humans.len() {
        let room = i64::from(world.calendar.end - 1 - day).min(300);
        let day = if index == 0 { day } else { day + i32::try_from(world.dice.mostly_low(0, room)).unwrap_or(0) };
        let at = Moment::new(day, world.dice.between(9 * 60, 22 * 60)).plus_seconds(world.dice.between(0, 59));
        let channel =
            if index == 0 { channels::draw(&mut world.dice) } else { channels::draw_for_family(&mut world.dice) };
        let mut patient = Patient::new(family, index, (channel, family.clinic), (&world.calendar, at));
        patient.campaign = channels::campaign(world.today(at).month()).filter(|_| world.dice.chance(46));
        let fate = draw_fate(world, &patient);
        if patient.source().way == Way::Referral && patient.source().name == "老客介绍" {
            let by = anchor.clone().filter(|by| by.since.plus_minutes(60) < at);
            if let Some(by) = by.or_else(|| world.find_referrer(at)) {
                care::recommend(world, &mut patient, by, at)?;
            }
        }
        tell(world, &mut patient, at, fate)?;
        if let (None, Some(since), Some(record)) = (&anchor, patient.first_visit, &patient.his[patient.clinic]) {
            anchor = Some(Referrer { record: record.clone(), clinic: patient.clinic, since });
        }
    }
    Ok(())
}

fn draw_fate(world: &mut World, patient: &Patient<'_>) -> Fate {
    let (customer, booked) = match (patient.human.role, patient.source().way) {
        (Role::Child, _) => (93, 7),
        (Role::Elder, _) => (84, 8),
        (Role::Adult, Way::Door) => (97, 3),
        (Role::Adult, Way::Referral) => (80, 7),
        (Role::Adult, Way::Deal) => (57, 8),
        (Role::Adult, _) => (40, 7),
    };
    match world.dice.below(100) {
        luck if luck < customer => Fate::Customer,
        luck if luck < customer + booked => Fate::Booked,
        _ => Fate::Lead,
    }
}

fn tell(world: &mut World, patient: &mut Patient<'_>, at: Moment, fate: Fate) -> Result<(), Error> {
    let approach = lead::first_contact(world, patient, at, fate)?;
    if let Some(approach) = approach {
        if patient.miniapp.is_none() && patient.human.union_id.is_some() && world.dice.chance(26) {
            records::add_user(world, patient, approach.at)?;
            outreach::browse(world, patient, approach.at)?;
        }
        visits(world, patient, &approach, fate)?;
    } else if patient.his.iter().all(Option::is_none)
        && patient.wecom.is_none()
        && patient.deal.is_none()
        && patient.miniapp.is_none()
    {
        // Whoever called too late in the story to be booked still left a file behind.
        records::open_file(world, patient, patient.clinic, at)?;
    }
    if patient.wecom.is_some() {
        outreach::campaigns(world, patient, at.day())?;
    }
    expire_card(world, patient)
}

fn expire_card(world: &mut World, patient: &mut Patient<'_>) -> Result<(), Error> {
    let (Some(card), Some(buyer)) = (patient.card.take(), &patient.deal) else { return Ok(()) };
    let stamp = Stamp { record: buyer, clinic: patient.clinic, at: Moment::new(card.bought.day() + 91, 1) };
    world.log(
        (&DEAL_ORDERS, "card.expired"),
        stamp,
        &[("card_id", Text(&card.id)), ("item", Text(card.item.name)), ("amount", Money(card.amount))],
    )
}

/// The chain of visits, each leading to the next or to none.
fn visits(world: &mut World, patient: &mut Patient<'_>, approach: &Approach, fate: Fate) -> Result<(), Error> {
    let wait = i32::try_from(world.dice.mostly_low(0, 9)).unwrap_or(1);
    let first = Next {
        booked: approach.at,
        day: approach.at.day() + wait,
        purpose: Purpose::Entry,
        item: approach.item,
        recall_id: String::new(),
        via: approach.via,
    };
    let mut next = Some(first);
    let (mut tries, mut last) = (0, None);
    while let Some(plan) = next.take().filter(|plan| world.is_past(plan.booked)) {
        let walk_in = (patient.visits == 0 && approach.walk_in) || (patient.visits > 0 && world.dice.chance(7));
        let slot = attend(world, patient, &plan, walk_in, fate)?;
        let Some(arrived) = slot.arrived else {
            tries += 1;
            if fate == Fate::Customer && tries < 3 && world.dice.chance(if patient.visits == 0 { 78 } else { 62 }) {
                let booked = slot.starts.plus_minutes(world.dice.between(120, 6 * 1440));
                next = Some(Next { booked, day: booked.day() + 2, ..plan });
            }
            continue;
        };
        if !world.is_past(arrived.plus_minutes(120)) {
            break;
        }
        let visit = open_visit(world, patient, &slot, (arrived, plan.item));
        let closed = visit::hold(world, patient, &visit, plan.purpose)?;
        if !plan.recall_id.is_empty() {
            care::recall_step(
                world,
                visit.stamp(arrived),
                (&plan.recall_id, plan.item),
                ("recall.returned", &[("visit_id", Text(&visit.id))]),
            )?;
        }
        next = what_next(world, patient, &visit, closed)?;
        last = Some(visit);
    }
    match last {
        Some(visit) => prepaid::expire(world, patient, &visit),
        None => Ok(()),
    }
}

/// Books and comes, or walks in.
fn attend(world: &mut World, patient: &mut Patient<'_>, plan: &Next, walk_in: bool, fate: Fate) -> Result<Slot, Error> {
    let mut clinic = patient.clinic;
    if patient.visits > 0 && patient.course.is_none() && world.dice.chance(17) {
        clinic = world.calendar.draw_clinic(&mut world.dice, plan.day.min(world.calendar.end - 1));
    }
    if walk_in {
        let day = world.calendar.working_day(plan.day.max(plan.booked.day()), false);
        let arrived = if patient.visits == 0 { plan.booked } else { world.calendar.slot_on(day, &mut world.dice) };
        let record =
            if world.is_past(arrived) { booking::file_for(world, patient, clinic, arrived)? } else { String::new() };
        return Ok(Slot { id: String::new(), record, clinic, starts: arrived, arrived: Some(arrived) });
    }
    let hopeless = fate == Fate::Booked;
    let request = Request {
        at: plan.booked,
        day: plan.day,
        clinic,
        item: plan.item,
        via: plan.via,
        recall_id: plan.recall_id.clone(),
        hopeless,
    };
    let slot = booking::book(world, patient, &request)?;
    if !plan.recall_id.is_empty() {
        let stamp = Stamp { record: &slot.record, clinic, at: plan.booked };
        let more = [("appointment_id", Text(slot.id.as_str())), ("starts_at", At(slot.starts))];
        care::recall_step(world, stamp, (&plan.recall_id, plan.item), ("recall.booked", &more))?;
    }
    Ok(slot)
}

fn open_visit(
    world: &mut World,
    patient: &Patient<'_>,
    slot: &Slot,
    (arrived, item): (Moment, &'static Item),
) -> Visit {
    let clinic = &CLINICS[slot.clinic];
    let turn = usize::try_from(patient.human.entity % 2).unwrap_or(0);
    Visit {
        id: world.number("JZ"),
        appointment_id: slot.id.clone(),
        record: slot.record.clone(),
        clinic: slot.clinic,
        arrived,
        doctor: visit::doctor_for(patient, slot.clinic, item),
        consultant: clinic.consultants[turn],
        nurse: clinic.nurses[turn],
        item,
        first: patient.visits == 0,
    }
}
