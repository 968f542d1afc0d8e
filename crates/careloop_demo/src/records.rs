//! How each system writes a human down, with the mistakes such systems collect.

use crate::Error;
use crate::calendar::Moment;
use crate::clinics::CLINICS;
use crate::contacts;
use crate::names;
use crate::output::write_moment;
use crate::patient::Patient;
use crate::world::World;

/// Opens a file in a clinic's software and gives its number. A second file of the same human is sloppier than the first.
pub(crate) fn open_file(
    world: &mut World,
    patient: &mut Patient<'_>,
    clinic: usize,
    at: Moment,
) -> Result<String, Error> {
    let again = patient.his.iter().any(Option::is_some);
    let number = format!("{}{:07}", CLINICS[clinic].prefix, world.people.his[clinic].rows + 1);
    let (name, phone) = (clerk_name(world, patient, again), clerk_phone(world, patient, again, at));
    let guardian = patient.human.guardian.map(|index| &patient.family.humans[index]);
    let dice = &mut world.dice;
    let birth = match dice.below(100) {
        0..3 => "1900-01-01".to_owned(),
        3..17 => String::new(),
        _ => patient.human.birth.to_string(),
    };
    let id_card = if !patient.is_child() && dice.chance(24) {
        contacts::id_card(dice, patient.human.birth, patient.human.male)
    } else {
        String::new()
    };
    let (guardian_name, guardian_phone) = match guardian.filter(|_| dice.chance(82)) {
        Some(guardian) => (guardian.name(), guardian.phone.to_string()),
        None => (String::new(), String::new()),
    };
    let gender = if dice.chance(4) {
        ""
    } else if patient.human.male {
        "男"
    } else {
        "女"
    };
    let address = if dice.chance(72) { patient.family.address.as_str() } else { "" };
    let mut created = String::new();
    write_moment(&mut created, &world.calendar, at);
    world.people.his[clinic].row([
        &number,
        &name,
        &phone,
        gender,
        &birth,
        &id_card,
        &guardian_name,
        &guardian_phone,
        &created,
        CLINICS[clinic].name,
        address,
        patient.source().name,
    ])?;
    world.out.truth("his", &number, patient.truth())?;
    patient.his[clinic] = Some(number.clone());
    Ok(number)
}

fn clerk_name(world: &mut World, patient: &Patient<'_>, again: bool) -> String {
    let name = patient.human.name();
    if world.dice.per_mille(if again { 240 } else { 14 }) {
        return world.registry.names().mistyped(&mut world.dice, &name);
    }
    match world.dice.below(200) {
        0 => format!("{name} "),
        1 if patient.is_child() => format!("{name}（小朋友）"),
        _ => name,
    }
}

fn clerk_phone(world: &mut World, patient: &Patient<'_>, again: bool, at: Moment) -> String {
    let dice = &mut world.dice;
    let changed = at.day() > world.calendar.end * 3 / 5;
    let phone = patient.human.old_phone.filter(|_| !changed).unwrap_or(patient.human.phone);
    match dice.below(1000) {
        0..25 => String::new(),
        25..37 => contacts::PLACEHOLDER.to_string(),
        37..45 => contacts::mistyped_phone(dice, phone).to_string(),
        45..95 if again => contacts::mistyped_phone(dice, phone).to_string(),
        _ => contacts::written_phone(dice, phone),
    }
}

/// Adds a WeCom contact; the remark is whatever the consultant found useful.
pub(crate) fn add_contact(
    world: &mut World,
    patient: &mut Patient<'_>,
    owner: &str,
    at: Moment,
) -> Result<String, Error> {
    let human = patient.human;
    let dice = &mut world.dice;
    let id = format!("wmA{}{:06}", dice.token(12), world.people.wecom.rows + 1);
    let nickname = names::nickname(dice, &human.surname, human.male, human.milk_name);
    let remark = match dice.below(100) {
        0..42 => human.name(),
        42..52 => format!("{}{}", human.surname, if human.male { "先生" } else { "女士" }),
        52..62 => human
            .milk_name
            .map_or_else(|| nickname.clone(), |milk| format!("{milk}{}", if human.male { "爸爸" } else { "妈妈" })),
        62..68 => format!("{}-{}", human.name(), patient.home().consultants[0]),
        _ => nickname.clone(),
    };
    let phone = if dice.chance(44) { human.phone.to_string() } else { String::new() };
    let union = human.union_id.as_deref().filter(|_| dice.chance(80)).unwrap_or_default();
    let gender = match (dice.chance(25), human.male) {
        (true, _) => "",
        (_, true) => "1",
        (_, false) => "2",
    };
    let mut added = String::new();
    write_moment(&mut added, &world.calendar, at);
    world.people.wecom.row([
        id.as_str(),
        union,
        &nickname,
        &remark,
        &phone,
        gender,
        &added,
        owner,
        patient.home().name,
    ])?;
    world.out.truth("wecom", &id, patient.truth())?;
    patient.wecom = Some(id.clone());
    Ok(id)
}

/// Adds a deal platform's customer, often behind a forwarding number.
pub(crate) fn add_buyer(world: &mut World, patient: &mut Patient<'_>, at: Moment) -> Result<String, Error> {
    let human = patient.human;
    let dice = &mut world.dice;
    let platform = patient.source().name;
    let id = format!("{}{:08}", if platform == "美团" { "MT" } else { "DP" }, world.people.deal.rows + 1);
    let nickname = match dice.below(100) {
        0..30 => format!("dpuser_{:08}", dice.below(99_999_999)),
        30..42 => "匿名用户".to_owned(),
        42..54 => format!("{}{}", human.surname, if human.male { "先生" } else { "女士" }),
        54..68 => human.name(),
        _ => names::nickname(dice, &human.surname, human.male, human.milk_name),
    };
    let phone = match dice.below(100) {
        0..24 => contacts::agency_phone(dice).to_string(),
        24..30 => String::new(),
        _ => human.old_phone.filter(|_| dice.chance(50)).unwrap_or(human.phone).to_string(),
    };
    let mut first = String::new();
    write_moment(&mut first, &world.calendar, at);
    world.people.deal.row([id.as_str(), platform, &nickname, &phone, "杭州", &first, patient.home().name])?;
    world.out.truth("deal", &id, patient.truth())?;
    patient.deal = Some(id.clone());
    Ok(id)
}

/// Adds a mini-program user. E-mail addresses are of a domain that never delivers.
pub(crate) fn add_user(world: &mut World, patient: &mut Patient<'_>, at: Moment) -> Result<String, Error> {
    let human = patient.human;
    let dice = &mut world.dice;
    let id = format!("oM{}{:06}", dice.token(14), world.people.miniapp.rows + 1);
    let nickname =
        if dice.chance(22) { human.name() } else { names::nickname(dice, &human.surname, human.male, human.milk_name) };
    let phone = if dice.chance(82) { human.phone.to_string() } else { String::new() };
    let email = if dice.chance(14) { format!("user{}@example.com", human.entity) } else { String::new() };
    let union = human.union_id.as_deref().unwrap_or_default();
    let mut joined = String::new();
    write_moment(&mut joined, &world.calendar, at);
    world.people.miniapp.row([id.as_str(), union, &nickname, &phone, &email, &joined])?;
    world.out.truth("miniapp", &id, patient.truth())?;
    patient.miniapp = Some(id.clone());
    Ok(id)
}
