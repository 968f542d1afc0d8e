//! What is said in WeCom and read in the mini-program.

use crate::Error;
use crate::calendar::{Day, Moment};
use crate::channels;
use crate::clinics::CLINICS;
use crate::layouts_reach::{MINIAPP_VIEWS, WECOM_MESSAGES};
use crate::output::{Stamp, Value::*};
use crate::patient::Patient;
use crate::records;
use crate::world::World;

/// Becomes a WeCom contact of a member of staff, unless already one; gives the contact's id.
pub(crate) fn befriend(world: &mut World, patient: &mut Patient<'_>, staff: &str, at: Moment) -> Result<String, Error> {
    if let Some(id) = &patient.wecom {
        return Ok(id.clone());
    }
    if !world.is_past(at) {
        return Ok(String::new());
    }
    let id = records::add_contact(world, patient, staff, at)?;
    let how = world.dice.pick(&["活码", "扫码", "手机号搜索", "群聊"]);
    let by = if how == "手机号搜索" { "staff" } else { "customer" };
    let stamp = Stamp { record: &id, clinic: patient.clinic, at };
    world.log(
        (&WECOM_MESSAGES, "friend.added"),
        stamp,
        &[("staff", Text(staff)), ("channel", Text(how)), ("by", Text(by))],
    )?;
    if world.dice.chance(6) {
        let gone = at.plus_minutes(world.dice.between(3 * 1440, 400 * 1440));
        world.log(
            (&WECOM_MESSAGES, "friend.removed"),
            Stamp { at: gone, ..stamp },
            &[("staff", Text(staff)), ("by", Text("customer"))],
        )?;
    }
    Ok(id)
}

/// A message and its receipts.
struct Message<'a> {
    purpose: &'a str,
    template: &'a str,
    campaign: &'a str,
    /// Per cent who open, and of those who reply.
    odds: (u64, u64),
}

fn send(
    world: &mut World,
    patient: &Patient<'_>,
    message: &Message<'_>,
    (clinic, at): (usize, Moment),
) -> Result<(), Error> {
    let Some(record) = patient.wecom.as_deref() else { return Ok(()) };
    let id = world.number("XX");
    let staff = CLINICS[clinic].consultants[usize::try_from(patient.human.entity % 2).unwrap_or(0)];
    let common = [
        ("message_id", Text(id.as_str())),
        ("staff", Text(staff)),
        ("channel", Text("企微")),
        ("purpose", Text(message.purpose)),
        ("campaign", Text(message.campaign)),
    ];
    let stamp = Stamp { record, clinic, at };
    world.log(
        (&WECOM_MESSAGES, "touch.sent"),
        stamp,
        &[&common[..], &[("template", Text(message.template))]].concat(),
    )?;
    if world.dice.chance(3) {
        return Ok(());
    }
    world.log((&WECOM_MESSAGES, "touch.delivered"), Stamp { at: at.plus_seconds(2), ..stamp }, &common)?;
    if world.dice.chance(message.odds.0) {
        let opened = at.plus_minutes(world.dice.mostly_low(1, 600));
        world.log((&WECOM_MESSAGES, "touch.opened"), Stamp { at: opened, ..stamp }, &common)?;
        if world.dice.chance(message.odds.1) {
            let replied = opened.plus_minutes(world.dice.mostly_low(1, 120));
            world.log((&WECOM_MESSAGES, "touch.replied"), Stamp { at: replied, ..stamp }, &common)?;
        }
    }
    Ok(())
}

/// A word after the visit, for four in ten.
pub(crate) fn thank(world: &mut World, patient: &Patient<'_>, clinic: usize, closed: Moment) -> Result<(), Error> {
    if !world.dice.chance(38) {
        return Ok(());
    }
    let message = Message { purpose: "service", template: "就诊后关怀", campaign: "", odds: (74, 34) };
    send(world, patient, &message, (clinic, closed.plus_minutes(90)))
}

/// The campaigns of the months since somebody became a contact; four in ten are on each list.
pub(crate) fn campaigns(world: &mut World, patient: &Patient<'_>, since: Day) -> Result<(), Error> {
    for day in since + 1..world.calendar.end {
        let date = world.calendar.date(day);
        let Some(campaign) = channels::campaign(date.month()).filter(|_| date.day() == 5) else { continue };
        if world.dice.chance(15) {
            let message = Message { purpose: "marketing", template: "活动邀请", campaign, odds: (31, 12) };
            let minute = 10 * 60 + world.dice.between(0, 480);
            send(world, patient, &message, (patient.clinic, Moment::new(day, minute)))?;
        }
    }
    Ok(())
}

const SCREENS: [(&str, &str); 5] =
    [("首页", "首页"), ("种植专题", "项目"), ("正畸专题", "项目"), ("门店列表", "门店"), ("预约", "预约")];
const ARTICLES: [(&str, &str, &str); 6] = [
    ("A01", "六个月洗一次牙，真的需要吗", "洁牙"),
    ("A02", "孩子几岁开始看牙", "儿牙"),
    ("A03", "缺一颗牙，不补会怎样", "种植"),
    ("A04", "隐形矫正的三个误区", "正畸"),
    ("A05", "智齿什么时候该拔", "综合"),
    ("A06", "牙龈出血别忍着", "牙周"),
];

/// A look around the mini-program, from a moment on.
pub(crate) fn browse(world: &mut World, patient: &Patient<'_>, from: Moment) -> Result<(), Error> {
    let Some(record) = patient.miniapp.as_deref() else { return Ok(()) };
    let mut stamp = Stamp { record, clinic: patient.clinic, at: from };
    for _ in 0..world.dice.between(1, 2) {
        let (name, category) = world.dice.pick(&SCREENS);
        world.log((&MINIAPP_VIEWS, "screen.viewed"), stamp, &[("name", Text(name)), ("category", Text(category))])?;
        stamp.at = stamp.at.plus_seconds(world.dice.between(6, 50));
    }
    if world.dice.chance(45) {
        let (content, title, topic) = world.dice.pick(&ARTICLES);
        let common = [("content", Text(content)), ("title", Text(title)), ("topic", Text(topic))];
        let seconds = world.dice.mostly_low(5, 240);
        world.log(
            (&MINIAPP_VIEWS, "content.viewed"),
            stamp,
            &[&common[..], &[("seconds", Integer(seconds))]].concat(),
        )?;
        if world.dice.chance(7) {
            stamp.at = stamp.at.plus_seconds(seconds);
            world.log(
                (&MINIAPP_VIEWS, "content.shared"),
                stamp,
                &[&common[..], &[("channel", Text("微信好友"))]].concat(),
            )?;
        }
    }
    Ok(())
}
