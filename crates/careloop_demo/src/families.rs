//! Households of one to six: who lives together, whose phone a child carries, which spouses share one.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::clinics::{CLINICS, COMPOUNDS, STREETS};
use crate::contacts::PhoneBook;
use crate::dice::Dice;
use crate::names::{self, Generation, Names};

/// Somebody's place in the household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Adult,
    Elder,
    Child,
}

/// One human being: the truth the four systems see parts of.
#[derive(Debug)]
pub(crate) struct Human {
    pub(crate) entity: u32,
    pub(crate) role: Role,
    pub(crate) surname: String,
    pub(crate) given: String,
    pub(crate) male: bool,
    pub(crate) birth: Date,
    /// The number given at a desk; a child's is a parent's, a spouse's may be the partner's.
    pub(crate) phone: u64,
    /// The number before that, when it changed in these years.
    pub(crate) old_phone: Option<u64>,
    /// Index of the parent who comes along.
    pub(crate) guardian: Option<usize>,
    /// WeChat's id of the human across the operator's accounts.
    pub(crate) union_id: Option<String>,
    /// The pet name of the child whose parent this is.
    pub(crate) milk_name: Option<&'static str>,
}

impl Human {
    pub(crate) fn name(&self) -> String {
        format!("{}{}", self.surname, self.given)
    }
}

/// A household with its address.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) number: u32,
    pub(crate) clinic: usize,
    pub(crate) address: String,
    pub(crate) humans: Vec<Human>,
}

/// Makes families one after another.
pub(crate) struct Registry {
    names: Names,
    phones: PhoneBook,
    families: u32,
    pub(crate) entities: u32,
}

/// Adults, children and elders of a household, with weights.
const SHAPES: [(u64, (usize, usize, usize)); 11] = [
    (40, (1, 0, 0)),
    (17, (2, 0, 0)),
    (9, (1, 1, 0)),
    (16, (2, 1, 0)),
    (7, (2, 2, 0)),
    (3, (2, 1, 1)),
    (2, (2, 2, 1)),
    (2, (2, 2, 2)),
    (1, (2, 3, 0)),
    (2, (2, 0, 1)),
    (1, (1, 2, 1)),
];

impl Registry {
    pub(crate) fn new(names: Names, dice: &mut Dice) -> Self {
        Self { names, phones: PhoneBook::new(dice), families: 0, entities: 0 }
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// The next household: at most `room` people, living near `clinic`, as of `today`.
    pub(crate) fn family(&mut self, dice: &mut Dice, room: u32, clinic: usize, today: Date) -> Family {
        self.families += 1;
        let (adults, children, elders) = dice.weighted(&SHAPES);
        let address = address(dice, clinic);
        let mut family = Family { number: self.families, clinic, address, humans: Vec::new() };
        let parent_age = if children > 0 { dice.between(28, 45) } else { dice.between(20, 58) };
        for index in 0..adults {
            let age = parent_age + dice.between(-2, 2);
            self.adult(dice, &mut family, (index, age), today);
        }
        for index in 0..children {
            self.child(dice, &mut family, (index, parent_age), today);
        }
        for _ in 0..elders {
            let age = parent_age + dice.between(24, 31);
            self.elder(dice, &mut family, age, today);
        }
        family.humans.truncate(usize::try_from(room).unwrap_or(usize::MAX));
        for human in &mut family.humans {
            self.entities += 1;
            human.entity = self.entities;
        }
        family
    }

    fn adult(&mut self, dice: &mut Dice, family: &mut Family, (index, age): (usize, i64), today: Date) {
        let male = match family.humans.first() {
            Some(partner) => !partner.male,
            None => dice.chance(38),
        };
        let generation = if age > 52 { Generation::Elder } else { Generation::Adult };
        let own = self.phones.draw();
        let shared = (index > 0 && dice.chance(28)).then(|| family.humans[0].phone);
        let old_phone = (shared.is_none() && dice.chance(9)).then(|| self.phones.draw());
        family.humans.push(Human {
            entity: 0,
            role: Role::Adult,
            surname: self.names.surname(dice),
            given: self.names.given(dice, generation, male),
            male,
            birth: born(dice, age, today),
            phone: shared.unwrap_or(own),
            old_phone,
            guardian: None,
            union_id: dice.chance(86).then(|| format!("oU{}", dice.token(20))),
            milk_name: None,
        });
    }

    fn child(&mut self, dice: &mut Dice, family: &mut Family, (index, parent_age): (usize, i64), today: Date) {
        let father = family.humans.iter().position(|human| human.male);
        let mother = family.humans.iter().position(|human| !human.male);
        let guardian = if dice.chance(78) { mother.or(father) } else { father.or(mother) };
        let surname_of = if dice.chance(94) { father.or(mother) } else { mother.or(father) };
        let twin = (index > 0 && dice.chance(7)).then(|| family.humans.last()).flatten();
        let male = twin.map_or_else(|| dice.chance(52), |twin| twin.male);
        let (birth, given) = match twin {
            Some(twin) => (twin.birth, self.names.twin_of(dice, &twin.given, male)),
            None => {
                let age = dice.between(2, (parent_age - 23).clamp(3, 16));
                (born(dice, age, today), self.names.given(dice, Generation::Child, male))
            }
        };
        let milk = names::milk_name(dice);
        for parent in family.humans.iter_mut().filter(|human| human.role == Role::Adult) {
            parent.milk_name.get_or_insert(milk);
        }
        let surname = surname_of.map_or_else(String::new, |index| family.humans[index].surname.clone());
        let phone = guardian.map_or(0, |index| family.humans[index].phone);
        family.humans.push(Human {
            entity: 0,
            role: Role::Child,
            surname,
            given,
            male,
            birth,
            phone,
            old_phone: None,
            guardian,
            union_id: None,
            milk_name: None,
        });
    }

    fn elder(&mut self, dice: &mut Dice, family: &mut Family, age: i64, today: Date) {
        let child = dice.index(2.min(family.humans.len()));
        let own = self.phones.draw();
        let phone = if dice.chance(45) { family.humans[child].phone } else { own };
        let male = dice.chance(42);
        let surname = if dice.chance(50) { family.humans[child].surname.clone() } else { self.names.surname(dice) };
        family.humans.push(Human {
            entity: 0,
            role: Role::Elder,
            surname,
            given: self.names.given(dice, Generation::Elder, male),
            male,
            birth: born(dice, age.min(86), today),
            phone,
            old_phone: None,
            guardian: None,
            union_id: dice.chance(35).then(|| format!("oU{}", dice.token(20))),
            milk_name: None,
        });
    }
}

fn born(dice: &mut Dice, age: i64, today: Date) -> Date {
    let days = age * 365 + dice.between(10, 360);
    today.saturating_sub(days.days())
}

fn address(dice: &mut Dice, clinic: usize) -> String {
    format!(
        "{}{}{}号{}{}幢{}单元{}{:02}室",
        CLINICS[clinic].district,
        dice.pick(&STREETS),
        dice.between(1, 388),
        dice.pick(&COMPOUNDS),
        dice.between(1, 32),
        dice.between(1, 4),
        dice.between(1, 24),
        dice.between(1, 4),
    )
}
