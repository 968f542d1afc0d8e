//! After the visit: follow-ups, check-ups falling due, recommendations, praise and complaints.

use crate::Error;
use crate::calendar::{Day, Moment};
use crate::layouts_clinic::CARE;
use crate::output::{Stamp, Value, Value::*};
use crate::patient::{Patient, Referral};
use crate::price_list::Item;
use crate::visit::Visit;
use crate::world::{Referrer, World};

/// A call due some days after a visit, and what came of it.
pub(crate) fn follow_up(
    world: &mut World,
    patient: &Patient<'_>,
    visit: &Visit,
    (kind, days): (&str, Day),
) -> Result<(), Error> {
    let id = world.number("SF");
    let due = Moment::new(visit.arrived.day() + days, 10 * 60);
    let deadline = due.plus_minutes(8 * 60);
    let common = [
        ("followup_id", Text(id.as_str())),
        ("visit_id", Text(&visit.id)),
        ("item", Text(visit.item.name)),
        ("line", Text(visit.item.line)),
        ("staff", Text(visit.nurse)),
        ("kind", Text(kind)),
    ];
    world.log((&CARE, "fu.due"), visit.stamp(due), &[&common[..], &[("due_at", At(deadline))]].concat())?;
    let delay = if world.dice.chance(84) { world.dice.between(5, 470) } else { world.dice.between(500, 3000) };
    if world.dice.chance(11) {
        return world.log((&CARE, "fu.missed"), visit.stamp(deadline.plus_minutes(24 * 60)), &common);
    }
    let method = if patient.wecom.is_some() { "wecom" } else { "phone" };
    let result: &str = match kind {
        "undecided" => world.dice.weighted(&[(30, "refused"), (26, "booked"), (24, "unreachable"), (20, "other")]),
        _ => world.dice.weighted(&[(78, "fine"), (9, "discomfort"), (5, "booked"), (8, "unreachable")]),
    };
    let more = [("method", Text(method)), ("result", Text(result)), ("on_time", Boolean(delay <= 480))];
    world.log((&CARE, "fu.done"), visit.stamp(due.plus_minutes(delay)), &[&common[..], &more].concat())
}

/// A check-up that falls due.
pub(crate) struct Recall {
    pub(crate) id: String,
    /// When the patient booked, if a call brought that.
    pub(crate) booked: Option<Moment>,
}

/// Tells of a check-up falling due after a visit and of the calls; `answers` says whether the patient will come.
pub(crate) fn recall(
    world: &mut World,
    visit: &Visit,
    (item, days): (&'static Item, i32),
    answers: bool,
) -> Result<Recall, Error> {
    let id = world.number("ZH");
    let due = Moment::new(visit.arrived.day() + days, 9 * 60);
    let common = recall_fields(&id, item, visit.nurse);
    let more = [("due_on", On(due.day())), ("interval_days", Integer(i64::from(days)))];
    world.log((&CARE, "recall.due"), visit.stamp(due), &[&common[..], &more].concat())?;
    let tries = if answers { world.dice.mostly_low(1, 3) } else { world.dice.between(0, 2) };
    let mut at = due;
    for attempt in 1..=tries {
        at = world.calendar.slot_on(at.day() + i32::try_from(world.dice.between(1, 9)).unwrap_or(1), &mut world.dice);
        let result = if answers && attempt == tries {
            "booked"
        } else {
            world.dice.pick(&["no_answer", "talked", "replied", "refused"])
        };
        let method = world.dice.pick(&["phone", "wecom", "phone", "sms"]);
        let more = [("attempt", Integer(attempt)), ("method", Text(method)), ("result", Text(result))];
        world.log((&CARE, "recall.contacted"), visit.stamp(at), &[&common[..], &more].concat())?;
    }
    Ok(Recall { id, booked: answers.then(|| at.plus_minutes(3)) })
}

/// The patient booked, or came, because of a recall.
pub(crate) fn recall_step(
    world: &mut World,
    stamp: Stamp<'_>,
    (id, item): (&str, &Item),
    (kind, more): (&'static str, &[(&'static str, Value<'_>)]),
) -> Result<(), Error> {
    let common = recall_fields(id, item, "");
    world.log((&CARE, kind), stamp, &[&common[..], more].concat())
}

fn recall_fields<'a>(id: &'a str, item: &Item, staff: &'static str) -> [(&'static str, Value<'a>); 4] {
    [("recall_id", Text(id)), ("item", Text(item.name)), ("line", Text(item.line)), ("staff", Text(staff))]
}

/// Somebody recommends the chain to this patient, a few days before the first contact.
pub(crate) fn recommend(world: &mut World, patient: &mut Patient<'_>, by: Referrer, at: Moment) -> Result<(), Error> {
    let id = world.number("TJ");
    let made = at.plus_minutes(-world.dice.between(60, 5 * 1440)).max(by.since.plus_minutes(30));
    let fields = [("referral_id", Text(id.as_str())), ("referrer_kind", Text("customer"))];
    world.log((&CARE, "ref.made"), Stamp { record: &by.record, clinic: by.clinic, at: made }, &fields)?;
    patient.referral = Some(Referral { id, by });
    Ok(())
}

/// The recommended patient came.
pub(crate) fn referral_arrived(
    world: &mut World,
    patient: &Patient<'_>,
    visit: &Visit,
    at: Moment,
) -> Result<(), Error> {
    let Some(referral) = &patient.referral else { return Ok(()) };
    let fields = [
        ("referral_id", Text(referral.id.as_str())),
        ("referrer_kind", Text("customer")),
        ("referred", Text(&visit.record)),
        ("visit_id", Text(&visit.id)),
    ];
    world.log((&CARE, "ref.arrived"), Stamp { record: &referral.by.record, clinic: referral.by.clinic, at }, &fields)
}

/// The recommended patient's first order of some size, and the thank-you for it.
pub(crate) fn referral_deal(
    world: &mut World,
    patient: &mut Patient<'_>,
    (order, item, total): (&str, &Item, i64),
    at: Moment,
) -> Result<(), Error> {
    let Some(referral) = patient.referral.take_if(|_| total >= 50_000) else { return Ok(()) };
    let stamp = Stamp { record: &referral.by.record, clinic: referral.by.clinic, at: at.plus_minutes(1) };
    let common = [("referral_id", Text(referral.id.as_str())), ("referrer_kind", Text("customer"))];
    let more = [("order_id", Text(order)), ("amount", Money(total)), ("line", Text(item.line))];
    world.log((&CARE, "ref.deal"), stamp, &[&common[..], &more].concat())?;
    if world.dice.chance(70) {
        let paid = Stamp { at: at.plus_minutes(1440 * world.dice.between(3, 20)), ..stamp };
        let more = [("amount", Money(10_000)), ("reward", Text("洁牙抵用券"))];
        world.log((&CARE, "ref.reward"), paid, &[&common[..], &more].concat())?;
    }
    Ok(())
}

/// A rating in one visit of ten, a complaint in one of two hundred.
pub(crate) fn feedback(world: &mut World, patient: &Patient<'_>, visit: &Visit, closed: Moment) -> Result<(), Error> {
    let unhappy = world.dice.per_mille(5);
    if unhappy || world.dice.chance(10) {
        let score =
            if unhappy { world.dice.between(1, 2) } else { world.dice.weighted(&[(66, 5), (25, 4), (7, 3), (2, 2)]) };
        let nps = (score * 2 - world.dice.between(0, 1)).clamp(0, 10);
        let touchpoint = world.dice.pick(&["预约", "接待", "诊疗", "收银", "随访"]);
        let fields = [
            ("visit_id", Text(visit.id.as_str())),
            ("doctor", Text(visit.doctor)),
            ("score", Integer(score)),
            ("nps", Integer(nps)),
            ("touchpoint", Text(touchpoint)),
        ];
        let at = closed.plus_minutes(world.dice.mostly_low(20, 1500));
        world.log((&CARE, "survey.answered"), visit.stamp(at), &fields)?;
    }
    if unhappy { complain(world, patient, visit, closed) } else { Ok(()) }
}

fn complain(world: &mut World, patient: &Patient<'_>, visit: &Visit, closed: Moment) -> Result<(), Error> {
    let id = world.number("TS");
    let reason = world.dice.pick(&["等待时间长", "服务态度", "价格不透明", "疗效不满意"]);
    let severity = if patient.visits > 3 { "medium" } else { "low" };
    let opened = closed.plus_minutes(world.dice.between(30, 4000));
    let fields = [
        ("complaint_id", Text(id.as_str())),
        ("visit_id", Text(&visit.id)),
        ("doctor", Text(visit.doctor)),
        ("reason", Text(reason)),
        ("severity", Text(severity)),
    ];
    world.log((&CARE, "complaint.opened"), visit.stamp(opened), &fields)?;
    let satisfied = world.dice.chance(74);
    let compensation = if satisfied { world.dice.between(0, 4) * 5000 } else { 0 };
    let fields =
        [("complaint_id", Text(id.as_str())), ("satisfied", Boolean(satisfied)), ("compensation", Money(compensation))];
    let settled = opened.plus_minutes(world.dice.between(600, 9 * 1440));
    world.log((&CARE, "complaint.closed"), visit.stamp(settled), &fields)
}
