//! Who lives in the town: families, their phones and names.

use jiff::ToSpan;
use jiff::civil::Date;

use super::rates::Rates;
use crate::Error;
use crate::contacts::{self, PhoneBook};
use crate::dice::Dice;
use crate::names::{Generation, Names};

/// Somebody, as they are.
#[derive(Clone, Debug)]
pub(super) struct Human {
    pub entity: u32,
    pub surname: String,
    pub given: String,
    /// The given name before it was changed.
    pub former_given: Option<String>,
    pub male: bool,
    pub birth: Date,
    pub is_child: bool,
    pub phone: u64,
    pub old_phone: Option<u64>,
    /// A second number: a spouse's, an office's.
    pub second_phone: Option<u64>,
    pub id_card: String,
    pub union_id: Option<String>,
    pub wecom: Option<String>,
    pub email: Option<String>,
    /// Index of the parent who comes along.
    pub guardian: Option<usize>,
    /// The pet name of a child, or of the child whose parent this is.
    pub milk_name: Option<String>,
}

/// A household.
#[derive(Clone, Debug)]
pub(super) struct Family {
    pub number: u32,
    pub address: String,
    pub humans: Vec<Human>,
}

/// The town's names and numbers.
pub(super) struct Town {
    names: Names,
    phones: PhoneBook,
    rates: Rates,
    families: u32,
    entities: u32,
    /// Numbers somebody gave up, for the next owner.
    given_up: Vec<u64>,
    /// Numbers that many people give.
    pub offices: Vec<u64>,
}

/// Adults, children and elders of a household, with weights.
const SHAPES: [(u64, (usize, usize, usize)); 11] = [
    (24, (1, 0, 0)),
    (14, (2, 0, 0)),
    (9, (1, 1, 0)),
    (21, (2, 1, 0)),
    (13, (2, 2, 0)),
    (4, (2, 1, 1)),
    (4, (2, 2, 1)),
    (3, (2, 2, 2)),
    (3, (2, 3, 0)),
    (2, (2, 0, 1)),
    (3, (1, 2, 1)),
];
const DISTRICTS: [&str; 8] = ["上城区", "拱墅区", "西湖区", "滨江区", "萧山区", "余杭区", "临平区", "钱塘区"];
const TODAY: Date = jiff::civil::date(2026, 6, 30);

impl Town {
    pub fn new(dice: &mut Dice, rates: &Rates) -> Result<Self, Error> {
        let mut phones = PhoneBook::new(dice);
        let offices = (0..40).map(|_| phones.draw()).collect();
        Ok(Self {
            names: Names::load()?,
            phones,
            rates: rates.clone(),
            families: 0,
            entities: 0,
            given_up: Vec::new(),
            offices,
        })
    }

    /// The next household.
    pub fn family(&mut self, dice: &mut Dice) -> Family {
        self.families += 1;
        let (adults, children, elders) = dice.weighted(&SHAPES);
        let mut family = Family { number: self.families, address: self.address(dice), humans: Vec::new() };
        let parent_age = if children > 0 { dice.between(28, 46) } else { dice.between(20, 60) };
        for index in 0..adults {
            let age = parent_age + dice.between(-3, 3);
            self.adult(dice, &mut family, (index, age));
        }
        for index in 0..children {
            self.child(dice, &mut family, (index, parent_age));
        }
        for _ in 0..elders {
            self.elder(dice, &mut family, parent_age);
        }
        if children > 0 && elders > 0 && dice.per_mille(self.rates.cousins * 5) {
            self.cousin(dice, &mut family, adults);
        }
        for human in &mut family.humans {
            self.entities += 1;
            human.entity = self.entities;
        }
        family
    }

    /// A number somebody else gave up, or a new one.
    fn own_phone(&mut self, dice: &mut Dice) -> u64 {
        let reassigned = self.given_up.len() > 50 && dice.per_mille(self.rates.phone_reassigned / 4);
        if reassigned { self.given_up.swap_remove(dice.index(self.given_up.len())) } else { self.phones.draw() }
    }

    fn human(&mut self, dice: &mut Dice, (surname, male, age): (String, bool, i64), generation: Generation) -> Human {
        let given = self.names.given(dice, generation, male);
        let birth = TODAY.saturating_sub((age * 365 + dice.between(0, 364)).days());
        let phone = self.own_phone(dice);
        let changed = dice.per_mille(self.rates.phone_changed);
        let old_phone = changed.then(|| self.phones.draw());
        if let Some(old) = old_phone.filter(|_| dice.per_mille(self.rates.phone_reassigned)) {
            self.given_up.push(old);
        }
        let former_given = dice.per_mille(self.rates.renamed).then(|| self.names.given(dice, generation, male));
        Human {
            entity: 0,
            id_card: contacts::id_card(dice, birth, male),
            union_id: dice.chance(66).then(|| format!("oU{}", dice.token(20))),
            wecom: dice.chance(55).then(|| format!("wm{}", dice.token(24))),
            email: dice.chance(9).then(|| format!("{}@mail.example", dice.token(9))),
            surname,
            given,
            former_given,
            male,
            birth,
            is_child: false,
            phone,
            old_phone,
            second_phone: None,
            guardian: None,
            milk_name: None,
        }
    }

    fn adult(&mut self, dice: &mut Dice, family: &mut Family, (index, age): (usize, i64)) {
        let male = family.humans.first().map_or_else(|| dice.chance(38), |partner| !partner.male);
        let generation = if age > 52 { Generation::Elder } else { Generation::Adult };
        let surname = self.names.surname(dice);
        let mut human = self.human(dice, (surname, male, age), generation);
        if let Some(partner) = family.humans.first().filter(|_| index > 0) {
            if dice.per_mille(self.rates.spouses_share_phone) {
                human.phone = partner.phone;
                human.old_phone = None;
            } else if dice.chance(25) {
                human.second_phone = Some(partner.phone);
            }
        }
        family.humans.push(human);
    }

    fn child(&mut self, dice: &mut Dice, family: &mut Family, (index, parent_age): (usize, i64)) {
        let father = family.humans.iter().position(|human| human.male && !human.is_child);
        let mother = family.humans.iter().position(|human| !human.male && !human.is_child);
        let guardian = if dice.chance(75) { mother.or(father) } else { father.or(mother) };
        let surname_of = if dice.chance(93) { father.or(mother) } else { mother.or(father) };
        let sibling = if index > 0 { family.humans.last().cloned() } else { None };
        let twin = sibling.clone().filter(|_| dice.per_mille(self.rates.twins));
        let male = if twin.is_some() && dice.chance(65) {
            twin.as_ref().is_some_and(|twin| twin.male)
        } else {
            dice.chance(52)
        };
        let surname = surname_of.map_or_else(String::new, |at| family.humans[at].surname.clone());
        let age = dice.between(1, (parent_age - 23).clamp(3, 17));
        let mut human = self.human(dice, (surname, male, age), Generation::Child);
        if let Some(twin) = &twin {
            human.birth = twin.birth;
            human.id_card = contacts::id_card(dice, twin.birth, male);
        }
        if let Some(sibling) = &sibling
            && (twin.is_some() || dice.per_mille(self.rates.siblings_alike))
        {
            human.given = self.names.twin_of(dice, &sibling.given, male);
        }
        while family.humans.iter().any(|other| other.given == human.given) {
            human.given = self.names.given(dice, Generation::Child, male);
        }
        human.is_child = true;
        human.guardian = guardian;
        human.former_given = None;
        human.email = None;
        human.wecom = None;
        if let Some(parent) = guardian.map(|at| &family.humans[at]) {
            human.phone = parent.phone;
            human.old_phone = parent.old_phone;
            human.union_id.clone_from(&parent.union_id);
        }
        let other = [mother, father].into_iter().flatten().find(|at| Some(*at) != guardian);
        human.second_phone = other.filter(|_| dice.chance(30)).map(|at| family.humans[at].phone);
        let milk = if dice.chance(50) {
            human.given.chars().last().map_or_else(String::new, |last| format!("{last}{last}"))
        } else {
            crate::names::milk_name(dice).to_owned()
        };
        human.milk_name = Some(milk.clone());
        for parent in family.humans.iter_mut().filter(|human| !human.is_child) {
            parent.milk_name.get_or_insert(milk.clone());
        }
        family.humans.push(human);
    }

    fn elder(&mut self, dice: &mut Dice, family: &mut Family, parent_age: i64) {
        let child = dice.index(2.min(family.humans.len()));
        let male = dice.chance(45);
        let kin = dice.chance(if male { 60 } else { 25 });
        let surname = if kin { family.humans[child].surname.clone() } else { self.names.surname(dice) };
        let age = (parent_age + dice.between(23, 32)).min(88);
        let mut human = self.human(dice, (surname, male, age), Generation::Elder);
        if dice.chance(45) {
            human.phone = family.humans[child].phone;
            human.old_phone = None;
            human.union_id = None;
            human.wecom = None;
        }
        family.humans.push(human);
    }

    /// A cousin of the same name, brought by the same grandparent.
    fn cousin(&mut self, dice: &mut Dice, family: &mut Family, adults: usize) {
        let Some(namesake) = family.humans.get(adults).cloned() else { return };
        let Some(grandparent) = family.humans.last().map(|elder| elder.phone) else { return };
        let birth = namesake.birth.saturating_add(dice.between(200, 1500).days()).min(TODAY);
        let male = namesake.male;
        family.humans.push(Human {
            birth,
            id_card: contacts::id_card(dice, birth, male),
            phone: grandparent,
            old_phone: None,
            second_phone: None,
            union_id: None,
            guardian: None,
            ..namesake
        });
    }

    fn address(&self, dice: &mut Dice) -> String {
        let street = self.names.given(dice, Generation::Elder, true);
        format!(
            "杭州市{}{street}路{}号{}幢{}单元{}{:02}室",
            dice.pick(&DISTRICTS),
            dice.between(1, 388),
            dice.between(1, 32),
            dice.between(1, 4),
            dice.between(1, 24),
            dice.between(1, 4),
        )
    }
}
