//! Prepaid packages: sold once, earned unit by unit, the rest when they expire.

use crate::Error;
use crate::calendar::Moment;
use crate::layouts_clinic::BILLING;
use crate::output::Value::*;
use crate::patient::{Package, Patient};
use crate::price_list::{CLEANING, FLUORIDE};
use crate::sales::{self, Bill};
use crate::visit::Visit;
use crate::world::World;

const PACKAGE_DAYS: i32 = 365;

/// One customer in nine takes the year's package at the till.
pub(crate) fn offer(world: &mut World, patient: &mut Patient<'_>, visit: &Visit, at: Moment) -> Result<(), Error> {
    if patient.package.is_some() || !world.dice.chance(11) {
        return Ok(());
    }
    let (item, label, units, total) = if patient.age <= 12 {
        (&FLUORIDE, "儿童涂氟年卡", 3, 59_800)
    } else {
        (&CLEANING, "洁牙年卡", 3, world.dice.pick(&[48_800, 59_900, 68_000]))
    };
    let order_id = sales::open_order(
        world,
        patient,
        visit,
        &Bill { item, label, list: total + 10_000, total, plan_id: "", entry: false },
        at,
    )?;
    sales::pay(world, patient, visit, (&order_id, item, total, "微信"), at.plus_minutes(1))?;
    let id = world.number("QY");
    let fields = [
        ("entitlement_id", Text(id.as_str())),
        ("order_id", Text(&order_id)),
        ("item", Text(item.name)),
        ("line", Text(item.line)),
        ("package", Text(label)),
        ("amount", Money(total)),
        ("units", Integer(units)),
        ("expires_on", On(at.day() + PACKAGE_DAYS)),
    ];
    world.log((&BILLING, "entitle.sold"), visit.stamp(at.plus_minutes(1)), &fields)?;
    patient.package = Some(Package { id, order_id, item, total, units, used: 0, sold: at });
    Ok(())
}

/// Takes a unit of a valid package; false when there is none.
pub(crate) fn redeem(world: &mut World, patient: &mut Patient<'_>, visit: &Visit, at: Moment) -> Result<bool, Error> {
    let Some(mut package) = patient.package.take_if(|package| at.day() < package.sold.day() + PACKAGE_DAYS) else {
        return Ok(false);
    };
    package.used += 1;
    let value = package.total * package.used / package.units - package.total * (package.used - 1) / package.units;
    let fields = [
        ("entitlement_id", Text(package.id.as_str())),
        ("order_id", Text(&package.order_id)),
        ("visit_id", Text(&visit.id)),
        ("item", Text(package.item.name)),
        ("line", Text(package.item.line)),
        ("doctor", Text(visit.doctor)),
        ("nurse", Text(visit.nurse)),
        ("amount", Money(value)),
        ("units", Integer(1)),
    ];
    world.log((&BILLING, "entitle.redeemed"), visit.stamp(at), &fields)?;
    sales::earn(
        world,
        patient,
        visit,
        (&package.order_id, &package.id, package.item, value, "redemption"),
        at.plus_minutes(1),
    )?;
    if package.used < package.units {
        patient.package = Some(package);
    }
    Ok(true)
}

/// What is left of a package a year later is earned as expired; told at the end of the story.
pub(crate) fn expire(world: &mut World, patient: &mut Patient<'_>, visit: &Visit) -> Result<(), Error> {
    let Some(package) = patient.package.take() else { return Ok(()) };
    let at = Moment::new(package.sold.day() + PACKAGE_DAYS, 1);
    let left = package.total - package.total * package.used / package.units;
    let fields = [
        ("entitlement_id", Text(package.id.as_str())),
        ("order_id", Text(&package.order_id)),
        ("item", Text(package.item.name)),
        ("line", Text(package.item.line)),
        ("amount", Money(left)),
        ("units", Integer(package.units - package.used)),
    ];
    world.log((&BILLING, "entitle.expired"), visit.stamp(at), &fields)?;
    sales::earn(
        world,
        patient,
        visit,
        (&package.order_id, &package.id, package.item, left, "expiry"),
        at.plus_minutes(1),
    )
}
