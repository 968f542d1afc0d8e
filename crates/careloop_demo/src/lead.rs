//! The first contact: how somebody hears of the chain, becomes a lead and books, or does not.

use crate::Error;
use crate::calendar::Moment;
use crate::channels::Way;
use crate::clinics::CALL_DESK;
use crate::layout::Layout;
use crate::layouts_reach::{DEAL_LEADS, DEAL_ORDERS, MINIAPP_LEADS, WECOM_LEADS};
use crate::output::{Stamp, Value::*};
use crate::patient::{Card, Patient};
use crate::price_list::{self, CHECK_UP, CLEANING, Item};
use crate::world::World;
use crate::{outreach, records};

/// How far somebody gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Asks and never books.
    Lead,
    /// Books and never comes.
    Booked,
    Customer,
}

/// A booking about to be made.
pub(crate) struct Approach {
    pub(crate) at: Moment,
    /// In the door already.
    pub(crate) walk_in: bool,
    pub(crate) item: &'static Item,
    pub(crate) via: &'static str,
}

/// A lead and the file that tells of it.
struct Lead {
    layout: &'static Layout,
    record: String,
    staff: &'static str,
    item: &'static Item,
    method: &'static str,
}

/// Tells of the first contact; gives the booking it leads to.
pub(crate) fn first_contact(
    world: &mut World,
    patient: &mut Patient<'_>,
    at: Moment,
    fate: Fate,
) -> Result<Option<Approach>, Error> {
    let item = price_list::entry_item(&mut world.dice, patient.age);
    let way = patient.source().way;
    if fate != Fate::Lead && (patient.is_child() || matches!(way, Way::Door | Way::Referral)) {
        let walk_in = way == Way::Door && fate == Fate::Customer && world.dice.chance(70);
        let via = if walk_in { "" } else { "电话" };
        let at = if walk_in {
            world.calendar.slot_on(at.day(), &mut world.dice)
        } else {
            world.calendar.in_office(at, &mut world.dice)
        };
        return Ok(world.is_past(at).then_some(Approach { at, walk_in, item, via }));
    }
    let lead = open_lead(world, patient, (item, way), at)?;
    patient.lead_id = world.number("LD");
    world.ads.count(at.day(), patient.channel, patient.clinic);
    let reached = tell_opening(world, patient, &lead, at)?;
    if fate == Fate::Lead {
        tell_loss(world, patient, &lead, reached)?;
        return Ok(None);
    }
    let stamp = Stamp { record: &lead.record, clinic: patient.clinic, at: reached };
    let grade = world.dice.pick(&["A", "A", "B", "B", "C"]);
    let mut fields = lead_fields(patient, &lead);
    fields.push(("grade", Text(grade)));
    fields.push(("staff", Text(lead.staff)));
    world.log((lead.layout, "lead.qualified"), stamp, &fields)?;
    let delay = if world.dice.chance(60) { world.dice.between(2, 90) } else { world.dice.mostly_low(200, 6000) };
    let booked = world.calendar.in_office(reached.plus_minutes(delay), &mut world.dice);
    let booked = if world.is_past(booked) { booked } else { reached };
    let via = if way == Way::Page { "小程序" } else { "网电" };
    Ok(world.is_past(booked).then_some(Approach { at: booked, walk_in: false, item: lead.item, via }))
}

fn open_lead(
    world: &mut World,
    patient: &mut Patient<'_>,
    (item, way): (&'static Item, Way),
    at: Moment,
) -> Result<Lead, Error> {
    let staff = world.dice.pick(&CALL_DESK);
    let (layout, record, method, item) = match way {
        Way::Deal => {
            let record = records::add_buyer(world, patient, at)?;
            let buys = world.dice.chance(62);
            let item = if buys { buy_card(world, patient, &record, at)? } else { item };
            (&DEAL_LEADS, record, if buys { "order" } else { "chat" }, item)
        }
        Way::Page => {
            let record = records::add_user(world, patient, at)?;
            outreach::browse(world, patient, at.plus_minutes(-4))?;
            (&MINIAPP_LEADS, record, "form", item)
        }
        Way::Contact | Way::Referral | Way::Door => {
            (&WECOM_LEADS, outreach::befriend(world, patient, staff, at)?, "chat", item)
        }
    };
    Ok(Lead { layout, record, staff, item, method })
}

fn buy_card(world: &mut World, patient: &mut Patient<'_>, record: &str, at: Moment) -> Result<&'static Item, Error> {
    let (item, amount) = world.dice.pick(&[
        (&CHECK_UP, 990),
        (&CLEANING, 6800),
        (&CLEANING, 9900),
        (&CLEANING, 12_800),
        (&CLEANING, 9990),
    ]);
    let card = Card { id: world.number("TG"), item, amount, bought: at };
    world.log(
        (&DEAL_ORDERS, "card.sold"),
        Stamp { record, clinic: patient.clinic, at },
        &[
            ("card_id", Text(&card.id)),
            ("item", Text(item.name)),
            ("campaign", Text(patient.campaign.unwrap_or_default())),
            ("channel", Text(patient.source().name)),
            ("amount", Money(amount)),
            ("quantity", Integer(1)),
            ("expires_on", On(at.day() + 90)),
        ],
    )?;
    patient.card = Some(card);
    Ok(item)
}

type Fields<'a> = Vec<(&'static str, crate::output::Value<'a>)>;

fn lead_fields<'a>(patient: &'a Patient<'_>, lead: &Lead) -> Fields<'a> {
    vec![
        ("lead_id", Text(&patient.lead_id)),
        ("channel", Text(patient.source().name)),
        ("source_class", Text(patient.source().class)),
        ("campaign", Text(patient.campaign.unwrap_or_default())),
        ("item", Text(lead.item.name)),
        ("line", Text(lead.item.line)),
    ]
}

/// Created, assigned, called back; gives the time of the first contact.
fn tell_opening(world: &mut World, patient: &Patient<'_>, lead: &Lead, at: Moment) -> Result<Moment, Error> {
    let stamp = Stamp { record: &lead.record, clinic: patient.clinic, at };
    let mut fields = lead_fields(patient, lead);
    fields.push(("method", Text(lead.method)));
    world.log((lead.layout, "lead.created"), stamp, &fields)?;
    let assigned = world.calendar.in_office(at.plus_minutes(world.dice.mostly_low(1, 12)), &mut world.dice);
    let common =
        [("lead_id", Text(&patient.lead_id)), ("channel", Text(patient.source().name)), ("staff", Text(lead.staff))];
    let automatic = world.dice.chance(80);
    world.log(
        (lead.layout, "lead.assigned"),
        Stamp { at: assigned, ..stamp },
        &[&common[..], &[("automatic", Boolean(automatic))]].concat(),
    )?;
    let wait = world.dice.mostly_low(1, 240);
    let reached = world.calendar.in_office(assigned.plus_minutes(wait), &mut world.dice);
    let (method, result) =
        world.dice.weighted(&[(60, ("phone", "talked")), (22, ("wecom", "replied")), (18, ("phone", "no_answer"))]);
    let said = [("method", Text(method)), ("result", Text(result))];
    world.log((lead.layout, "lead.contacted"), Stamp { at: reached, ..stamp }, &[&common[..], &said].concat())?;
    Ok(reached)
}

/// The end of a lead that never books.
fn tell_loss(world: &mut World, patient: &Patient<'_>, lead: &Lead, reached: Moment) -> Result<(), Error> {
    let stamp = Stamp { record: &lead.record, clinic: patient.clinic, at: reached };
    let mut at = reached;
    for attempt in 2..world.dice.between(2, 4) {
        at = world.calendar.in_office(at.plus_minutes(world.dice.between(900, 6000)), &mut world.dice);
        let result = world.dice.pick(&["no_answer", "talked", "talked", "refused"]);
        let fields = [
            ("lead_id", Text(patient.lead_id.as_str())),
            ("channel", Text(patient.source().name)),
            ("staff", Text(lead.staff)),
            ("method", Text("phone")),
            ("result", Text(result)),
            ("attempt", Integer(attempt)),
        ];
        world.log((lead.layout, "lead.followed"), Stamp { at, ..stamp }, &fields)?;
    }
    let end = at.plus_minutes(world.dice.between(30, 4000));
    let (kind, reasons): (_, &[&str]) = match world.dice.below(100) {
        0..26 => ("lead.invalid", &["空号", "非本地", "重复留资", "同行"]),
        26..80 => ("lead.lost", &["价格", "距离", "已在别家就诊", "暂不考虑", "联系不上"]),
        80..90 => {
            let fields = [
                ("lead_id", Text(patient.lead_id.as_str())),
                ("staff", Text(lead.staff)),
                ("reason", Text("超期未跟进")),
            ];
            return world.log((lead.layout, "lead.recycled"), Stamp { at: end, ..stamp }, &fields);
        }
        _ => return Ok(()),
    };
    let reason = world.dice.pick(reasons);
    let mut fields: Fields<'_> = lead_fields(patient, lead)
        .into_iter()
        .filter(|(field, _)| *field != "item" && !(kind == "lead.invalid" && *field == "line"))
        .collect();
    fields.extend([("staff", Text(lead.staff)), ("reason", Text(reason))]);
    world.log((lead.layout, kind), Stamp { at: end, ..stamp }, &fields)
}
