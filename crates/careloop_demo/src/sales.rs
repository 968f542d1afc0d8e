//! Orders, payments, refunds and recognised revenue, to the fen: what is booked, what is paid and what is earned are told apart.

use crate::Error;
use crate::calendar::Moment;
use crate::care;
use crate::layouts_clinic::BILLING;
use crate::layouts_reach::DEAL_ORDERS;
use crate::output::{Stamp, Value, Value::*};
use crate::patient::Patient;
use crate::prepaid;
use crate::price_list::Item;
use crate::visit::{Visit, upkeep_item};
use crate::world::World;

/// What is put on an order, in fen.
pub(crate) struct Bill<'a> {
    pub(crate) item: &'static Item,
    /// Name on the order when it is not the item's.
    pub(crate) label: &'a str,
    pub(crate) list: i64,
    pub(crate) total: i64,
    pub(crate) plan_id: &'a str,
    pub(crate) entry: bool,
}

pub(crate) const METHODS: [(u64, &str); 5] =
    [(46, "微信"), (22, "支付宝"), (14, "银行卡"), (13, "医保个账"), (5, "现金")];
pub(crate) const BIG_METHODS: [(u64, &str); 4] = [(34, "银行卡"), (30, "微信"), (20, "支付宝"), (16, "分期付款")];

/// The item that brought somebody: on the platform's card, or at list price.
pub(crate) fn serve_entry(
    world: &mut World,
    patient: &mut Patient<'_>,
    visit: &Visit,
    at: Moment,
) -> Result<(), Error> {
    let card = patient.card.take_if(|card| visit.arrived.day() - card.bought.day() <= 90);
    let (item, list) = card.as_ref().map_or_else(|| (visit.item, 0), |card| (card.item, card.amount));
    let (list, total) = if list > 0 { (list, list) } else { discounted(world, item) };
    let bill = Bill { item, label: item.name, list, total, plan_id: "", entry: card.is_some() };
    let order = open_order(world, patient, visit, &bill, at)?;
    let method = if card.is_some() { "平台核销" } else { world.dice.weighted(&METHODS) };
    pay(world, patient, visit, (&order, item, total, method), at.plus_minutes(1))?;
    earn(world, patient, visit, (&order, "", item, total, "service"), at.plus_minutes(2))?;
    if let (Some(card), Some(buyer)) = (card, patient.deal.clone()) {
        let fields = [
            ("card_id", Text(card.id.as_str())),
            ("item", Text(card.item.name)),
            ("campaign", Text(patient.campaign.unwrap_or_default())),
            ("channel", Text(patient.source().name)),
            ("amount", Money(card.amount)),
        ];
        world.log((&DEAL_ORDERS, "card.redeemed"), Stamp { record: &buyer, clinic: visit.clinic, at }, &fields)?;
    }
    prepaid::offer(world, patient, visit, at.plus_minutes(3))
}

/// The regular check-up: a unit of the package, or a new order.
pub(crate) fn serve_upkeep(
    world: &mut World,
    patient: &mut Patient<'_>,
    visit: &Visit,
    at: Moment,
) -> Result<(), Error> {
    if prepaid::redeem(world, patient, visit, at)? {
        return Ok(());
    }
    let item = upkeep_item(patient);
    let (list, total) = discounted(world, item);
    let order = open_order(
        world,
        patient,
        visit,
        &Bill { item, label: item.name, list, total, plan_id: "", entry: false },
        at,
    )?;
    let method = world.dice.weighted(&METHODS);
    pay(world, patient, visit, (&order, item, total, method), at.plus_minutes(1))?;
    earn(world, patient, visit, (&order, "", item, total, "service"), at.plus_minutes(2))?;
    prepaid::offer(world, patient, visit, at.plus_minutes(3))
}

fn discounted(world: &mut World, item: &Item) -> (i64, i64) {
    let list = item.quote(&mut world.dice);
    (list, reduce(world, list))
}

/// Three orders in ten carry a discount of 3 to 20 per cent.
pub(crate) fn reduce(world: &mut World, list: i64) -> i64 {
    if world.dice.chance(30) { list * (100 - world.dice.mostly_low(3, 20)) / 100 } else { list }
}

pub(crate) fn open_order(
    world: &mut World,
    patient: &mut Patient<'_>,
    visit: &Visit,
    bill: &Bill<'_>,
    at: Moment,
) -> Result<String, Error> {
    let id = world.number("DD");
    let first = patient.orders == 0;
    patient.orders += 1;
    let fields = [
        ("order_id", Text(id.as_str())),
        ("visit_id", Text(&visit.id)),
        ("plan_id", Text(bill.plan_id)),
        ("item", Text(bill.label)),
        ("line", Text(bill.item.line)),
        ("doctor", Text(visit.doctor)),
        ("consultant", Text(visit.consultant)),
        ("channel", Text(patient.source().name)),
        ("campaign", Text(if first { patient.campaign.unwrap_or_default() } else { "" })),
        ("amount", Money(bill.total)),
        ("list_amount", Money(bill.list)),
        ("discount", Money(bill.list - bill.total)),
        ("quantity", Integer(1)),
        ("first", Boolean(first)),
        ("high_ticket", Boolean(bill.item.is_high_ticket())),
        ("entry_item", Boolean(bill.entry)),
    ];
    world.log((&BILLING, "order.created"), visit.stamp(at), &fields)?;
    care::referral_deal(world, patient, (&id, bill.item, bill.total), at)?;
    Ok(id)
}

pub(crate) fn pay(
    world: &mut World,
    patient: &mut Patient<'_>,
    visit: &Visit,
    (order, item, amount, method): (&str, &Item, i64, &str),
    at: Moment,
) -> Result<(), Error> {
    let id = world.number("SK");
    let first = patient.payments == 0;
    patient.payments += 1;
    let common = sale_fields(patient, visit, order, item);
    let more: [(&'static str, Value<'_>); 4] =
        [("payment_id", Text(&id)), ("amount", Money(amount)), ("method", Text(method)), ("first", Boolean(first))];
    world.log((&BILLING, "payment.received"), visit.stamp(at), &[&common[..], &more].concat())
}

pub(crate) fn earn(
    world: &mut World,
    patient: &Patient<'_>,
    visit: &Visit,
    (order, entitlement, item, amount, basis): (&str, &str, &Item, i64, &str),
    at: Moment,
) -> Result<(), Error> {
    let common = sale_fields(patient, visit, order, item);
    let more = [
        ("amount", Money(amount)),
        ("nurse", Text(visit.nurse)),
        ("basis", Text(basis)),
        ("entitlement_id", Text(entitlement)),
    ];
    world.log((&BILLING, "revenue.recognised"), visit.stamp(at), &[&common[..], &more].concat())
}

pub(crate) fn sale_fields<'a>(
    patient: &Patient<'_>,
    visit: &'a Visit,
    order: &'a str,
    item: &Item,
) -> [(&'static str, Value<'a>); 7] {
    [
        ("order_id", Text(order)),
        ("visit_id", Text(&visit.id)),
        ("item", Text(item.name)),
        ("line", Text(item.line)),
        ("doctor", Text(visit.doctor)),
        ("consultant", Text(visit.consultant)),
        ("channel", Text(patient.source().name)),
    ]
}
