//! A seeded town of families who share phones and WeChat accounts, with the slips of a front desk: floors for false merges and
//! for what is found. Parameters follow what clinics report; name slips hit a random character, so many cannot be told from a
//! sibling and are rightly left apart.

use std::collections::HashMap;

use jiff::civil::Date;

use super::learned;
use crate::model::{Gender, PhoneNumber, PhoneRole, RecordFields};

const SURNAMES: &str =
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈";
const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文玉兰志建国子轩浩宇梓涵欣怡雨泽一诺思远佳琪晨曦嘉豪雪梅冬春夏秋山";

struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A character; the first ones are more frequent.
    fn letter(&mut self, letters: &str) -> char {
        let count = letters.chars().count() as u64;
        let place = self.below(count).min(self.below(count));
        letters.chars().nth(usize::try_from(place).unwrap()).unwrap()
    }

    fn given(&mut self) -> String {
        (0..1 + u64::from(self.percent(75))).map(|_| self.letter(GIVEN)).collect()
    }

    fn date(&mut self, from: i16, years: u64) -> Date {
        let (month, day) = (i8::try_from(1 + self.below(12)).unwrap(), i8::try_from(1 + self.below(28)).unwrap());
        Date::new(from + i16::try_from(self.below(years)).unwrap(), month, day).unwrap()
    }

    fn phone(&mut self) -> String {
        format!("13{:09}", 100_000_000 + self.below(899_999_999))
    }
}

#[derive(Clone)]
struct Human {
    name: String,
    birth: Date,
    gender: Gender,
    phone: String,
    guardian: Option<String>,
    account: Option<String>,
}

fn family(dice: &mut Dice, number: u64) -> Vec<Human> {
    let surname = dice.letter(SURNAMES);
    let account = dice.percent(30).then(|| format!("union-{number:08}"));
    let adult = |dice: &mut Dice, surname: char, gender: Gender| Human {
        name: format!("{surname}{}", dice.given()),
        birth: dice.date(1950, 45),
        gender,
        phone: dice.phone(),
        guardian: None,
        account: None,
    };
    let mut mother = adult(dice, surname, Gender::Female);
    mother.name = format!("{}{}", dice.letter(SURNAMES), dice.given());
    mother.account.clone_from(&account);
    let mut people = vec![mother.clone()];
    if dice.percent(60) {
        let mut father = adult(dice, surname, Gender::Male);
        if dice.percent(35) {
            father.phone.clone_from(&mother.phone);
        }
        people.push(father);
    }
    let mut born = dice.date(2005, 18);
    for _ in 0..dice.below(3) {
        if !dice.percent(4) {
            born = dice.date(2005, 18);
        }
        let gender = if dice.percent(50) { Gender::Female } else { Gender::Male };
        let guardian = dice.percent(40).then(|| mother.name.clone());
        // The child is booked through the mother's account. No two of a family have one name.
        let mut name = format!("{surname}{}", dice.given());
        while people.iter().any(|other| other.name == name) {
            name = format!("{surname}{}", dice.given());
        }
        people.push(Human {
            name,
            birth: born,
            gender,
            phone: mother.phone.clone(),
            guardian,
            account: account.clone(),
        });
    }
    people
}

fn record(dice: &mut Dice, human: &Human) -> RecordFields {
    let mut name: Vec<char> = human.name.chars().collect();
    if dice.percent(6) {
        let place = usize::try_from(dice.below(name.len() as u64)).unwrap();
        name[place] = dice.letter(GIVEN);
    }
    let mut birth = (!dice.percent(15)).then_some(human.birth);
    if dice.percent(4) {
        birth =
            birth.and_then(|date| Date::new(date.year(), i8::try_from(1 + dice.below(12)).unwrap(), date.day()).ok());
    }
    let phone = if dice.percent(8) { dice.phone() } else { human.phone.clone() };
    let phones = if dice.percent(5) { Vec::new() } else { vec![PhoneNumber { text: phone, role: PhoneRole::Own }] };
    RecordFields {
        name: Some(name.into_iter().collect()),
        phones,
        birth_date: birth,
        gender: dice.percent(80).then_some(human.gender),
        guardian_name: human.guardian.clone(),
        union_id: human.account.clone().filter(|_| dice.percent(60)),
        ..RecordFields::default()
    }
}

#[test]
fn a_town_of_families_is_told_apart() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let (mut records, mut truth, mut humans) = (Vec::new(), Vec::new(), 0_u32);
    for number in 0..3_000 {
        for human in family(&mut dice, number) {
            humans += 1;
            for _ in 0..1 + dice.below(3) {
                records.push(record(&mut dice, &human));
                truth.push(humans);
            }
        }
    }
    let roots = learned(&records).root;
    let pairs = |keys: Vec<(u32, u32)>| {
        let mut groups: HashMap<(u32, u32), u64> = HashMap::new();
        keys.into_iter().for_each(|key| *groups.entry(key).or_default() += 1);
        groups.values().map(|size| size * (size - 1) / 2).sum::<u64>()
    };
    let found = pairs(roots.iter().map(|root| (*root, 0)).collect());
    let real = pairs(truth.iter().map(|human| (*human, 0)).collect());
    let right = pairs(roots.iter().copied().zip(truth).collect());
    assert!((found - right) * 1_000 <= found, "{} false pairs of {found}", found - right);
    assert!(right * 100 >= real * 85, "{right} of {real} pairs found, {} false", found - right);
}
