//! What each source sees of somebody.

use super::damage;
use super::people::{Family, Human, Town};
use super::rates::Rates;
use crate::contacts;
use crate::dice::Dice;

/// A row of the file, without its number, and the truth behind it.
pub(super) struct Row {
    pub fields: [String; 13],
    pub entity: u32,
    pub household: u32,
}

/// A row under construction.
#[derive(Default)]
struct Draft {
    source: &'static str,
    name: String,
    phone: String,
    phone2: String,
    gender: String,
    birth: String,
    id_card: String,
    union_id: String,
    wecom: String,
    email: String,
    address: String,
    guardian_name: String,
    guardian_phone: String,
}

/// Every record of one human; sometimes none.
pub(super) fn records(
    dice: &mut Dice,
    rates: &Rates,
    town: &mut Town,
    (family, at): (&Family, usize),
    rows: &mut Vec<Row>,
) {
    let human = &family.humans[at];
    let mut view = View { rates, town, family, human };
    let mut drafts = Vec::new();
    for _ in 0..dice.weighted(&[(22, 0), (46, 1), (22, 2), (10, 3)]) {
        drafts.push(view.desk(dice));
    }
    if dice.chance(24) {
        drafts.push(view.old_file(dice));
    }
    if human.wecom.is_some() {
        for _ in 0..dice.weighted(&[(45, 0), (45, 1), (10, 2)]) {
            drafts.push(view.contact(dice));
        }
    }
    if !human.is_child && dice.chance(30) {
        drafts.push(view.deal(dice));
    }
    if dice.chance(if human.is_child { 18 } else { 32 }) {
        drafts.push(view.app(dice));
    }
    rows.extend(drafts.into_iter().map(|draft| draft.row(human.entity, family.number)));
}

struct View<'a> {
    rates: &'a Rates,
    town: &'a Town,
    family: &'a Family,
    human: &'a Human,
}

impl View<'_> {
    /// A file of the clinic's own software: the fullest record there is.
    fn desk(&mut self, dice: &mut Dice) -> Draft {
        let human = self.human;
        let mut draft = Draft { source: "desk", name: self.name(dice), ..Draft::default() };
        self.phones(dice, &mut draft, self.rates.phone_missing);
        draft.gender = self.gender(dice, 90);
        draft.birth = self.birth(dice, self.rates.birth_missing);
        let card = if human.is_child { self.rates.id_card / 3 } else { self.rates.id_card };
        if dice.per_mille(card) {
            draft.id_card = damage::id_card(dice, self.rates, human);
        }
        if dice.per_mille(self.rates.address) {
            draft.address = damage::address(dice, &self.family.address);
        }
        self.guardian(dice, &mut draft);
        if let Some(email) = human.email.as_ref().filter(|_| dice.chance(40)) {
            draft.email.clone_from(email);
        }
        draft
    }

    /// A file moved over from the system before: older phones, filler dates, traditional characters.
    fn old_file(&mut self, dice: &mut Dice) -> Draft {
        let human = self.human;
        let mut draft = Draft { source: "old", name: self.name(dice), ..Draft::default() };
        if dice.per_mille(self.rates.name_traditional * 4) {
            draft.name = damage::traditional(&draft.name);
        }
        let phone = human.old_phone.unwrap_or(human.phone);
        if !dice.per_mille(self.rates.phone_missing * 2) {
            draft.phone = damage::phone(dice, self.rates, &self.town.offices, phone);
        }
        draft.gender = self.gender(dice, 70);
        draft.birth = if dice.per_mille(self.rates.birth_filler * 3) {
            damage::filler_date(dice).to_owned()
        } else {
            self.birth(dice, self.rates.birth_missing)
        };
        if dice.per_mille(self.rates.id_card / 2) {
            draft.id_card = damage::old_card(dice, &human.id_card);
        }
        draft
    }

    /// A WeCom contact as a consultant named it.
    fn contact(&mut self, dice: &mut Dice) -> Draft {
        let human = self.human;
        let mut draft = Draft { source: "wecom", ..Draft::default() };
        draft.name =
            if dice.per_mille(self.rates.alias) { damage::alias(dice, human, self.parent()) } else { self.name(dice) };
        draft.wecom = human.wecom.clone().unwrap_or_default();
        if dice.chance(65) {
            draft.union_id = human.union_id.clone().unwrap_or_default();
        }
        if dice.chance(55) {
            let phone = self.a_phone(dice);
            draft.phone = damage::phone(dice, self.rates, &self.town.offices, phone);
        }
        draft.gender = self.gender(dice, 60);
        // The same contact of two consultants has two ids at some agencies.
        if dice.chance(12) {
            draft.wecom = format!("wm{}", dice.token(24));
        }
        draft
    }

    /// An order on a deal platform: a nickname and a phone.
    fn deal(&mut self, dice: &mut Dice) -> Draft {
        let mut draft = Draft { source: "deal", ..Draft::default() };
        draft.name = if dice.per_mille(self.rates.alias * 5 / 4) {
            damage::alias(dice, self.human, self.parent())
        } else {
            self.name(dice)
        };
        let phone = if dice.chance(12) { contacts::agency_phone(dice) } else { self.a_phone(dice) };
        draft.phone = damage::phone(dice, self.rates, &self.town.offices, phone);
        draft
    }

    /// An account of the app. A child is entered by a parent, on the parent's account.
    fn app(&mut self, dice: &mut Dice) -> Draft {
        let human = self.human;
        let mut draft = Draft { source: "app", ..Draft::default() };
        draft.name = if !human.is_child && dice.per_mille(self.rates.alias) {
            damage::alias(dice, human, self.parent())
        } else {
            self.name(dice)
        };
        draft.union_id = human.union_id.clone().unwrap_or_default();
        if dice.chance(80) {
            draft.phone = self.a_phone(dice).to_string();
        }
        draft.birth = self.birth(dice, 500);
        draft.gender = self.gender(dice, 40);
        if let Some(email) = human.email.as_ref().filter(|_| dice.chance(70)) {
            draft.email.clone_from(email);
        }
        self.guardian(dice, &mut draft);
        draft
    }

    fn parent(&self) -> bool {
        self.family.humans.iter().any(|other| other.is_child)
    }

    fn name(&self, dice: &mut Dice) -> String {
        let human = self.human;
        let former = human.former_given.as_ref().filter(|_| dice.chance(45));
        let given = former.unwrap_or(&human.given);
        damage::name(dice, self.rates, &human.surname, given)
    }

    /// The phone they give today: mostly their own, sometimes the old one or the other one.
    fn a_phone(&self, dice: &mut Dice) -> u64 {
        let human = self.human;
        match (human.old_phone, human.second_phone, dice.below(100)) {
            (Some(old), _, 0..35) => old,
            (_, Some(second), 0..22) => second,
            _ => human.phone,
        }
    }

    fn phones(&self, dice: &mut Dice, draft: &mut Draft, missing: u64) {
        if dice.per_mille(missing) {
            return;
        }
        let phone = self.a_phone(dice);
        draft.phone = damage::phone(dice, self.rates, &self.town.offices, phone);
        if let Some(second) = self.human.second_phone.filter(|second| *second != phone && dice.chance(15)) {
            draft.phone2 = second.to_string();
        }
    }

    fn gender(&self, dice: &mut Dice, share: u64) -> String {
        if !dice.chance(share) {
            return String::new();
        }
        let male = self.human.male != dice.per_mille(self.rates.gender_slip);
        if male { "男" } else { "女" }.to_owned()
    }

    fn birth(&self, dice: &mut Dice, missing: u64) -> String {
        if dice.per_mille(missing) { String::new() } else { damage::birth(dice, self.rates, self.human.birth) }
    }

    fn guardian(&self, dice: &mut Dice, draft: &mut Draft) {
        let Some(parent) = self.human.guardian.map(|at| &self.family.humans[at]) else { return };
        if dice.per_mille(self.rates.guardian) {
            draft.guardian_name = damage::name(dice, self.rates, &parent.surname, &parent.given);
            if dice.chance(50) {
                draft.guardian_phone = parent.phone.to_string();
            }
        }
    }
}

impl Draft {
    fn row(self, entity: u32, household: u32) -> Row {
        let fields = [
            self.source.to_owned(),
            self.name,
            self.phone,
            self.phone2,
            self.gender,
            self.birth,
            self.id_card,
            self.union_id,
            self.wecom,
            self.email,
            self.address,
            self.guardian_name,
            self.guardian_phone,
        ];
        Row { fields, entity, household }
    }
}
