//! How much trouble a town has.

/// Shares in per mille.
#[derive(Clone, Debug)]
pub struct Rates {
    /// Spouses with one phone between them.
    pub spouses_share_phone: u64,
    /// Children whose next sibling is a twin.
    pub twins: u64,
    /// Siblings whose given names share a character, as families like it.
    pub siblings_alike: u64,
    /// Families with a cousin who bears a child's name and is known by the same grandparent's phone.
    pub cousins: u64,
    /// People whose phone changed.
    pub phone_changed: u64,
    /// Changed phones that went to somebody else.
    pub phone_reassigned: u64,
    /// People who changed their name.
    pub renamed: u64,
    /// Names written with a wrong, missing or swapped character.
    pub name_slip: u64,
    /// Names in traditional characters.
    pub name_traditional: u64,
    /// Names in pinyin, given name first.
    pub name_latin: u64,
    /// Names with blanks, brackets or remarks around them.
    pub name_noise: u64,
    /// Names of WeCom contacts that are a form of address or a nickname; at the app and on deal platforms it is more.
    pub alias: u64,
    /// Desk files without a birth date.
    pub birth_missing: u64,
    /// Birth dates that only fill the field.
    pub birth_filler: u64,
    /// Birth dates with day and month swapped, a digit wrong or another year.
    pub birth_slip: u64,
    /// Desk files without a phone.
    pub phone_missing: u64,
    /// Phones with a wrong digit.
    pub phone_slip: u64,
    /// Phones that only fill the field.
    pub phone_filler: u64,
    /// Phones of an employer or an agent that dozens of people give.
    pub phone_overshared: u64,
    /// Desk files of adults with an identity card.
    pub id_card: u64,
    /// Identity cards copied wrong.
    pub id_card_slip: u64,
    /// Files with the wrong gender.
    pub gender_slip: u64,
    /// Children's files that name a guardian.
    pub guardian: u64,
    /// Desk files with an address.
    pub address: u64,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            spouses_share_phone: 260,
            twins: 60,
            siblings_alike: 300,
            cousins: 40,
            phone_changed: 120,
            phone_reassigned: 300,
            renamed: 12,
            name_slip: 70,
            name_traditional: 20,
            name_latin: 20,
            name_noise: 60,
            alias: 330,
            birth_missing: 180,
            birth_filler: 40,
            birth_slip: 45,
            phone_missing: 60,
            phone_slip: 20,
            phone_filler: 25,
            phone_overshared: 15,
            id_card: 160,
            id_card_slip: 40,
            gender_slip: 15,
            guardian: 420,
            address: 380,
        }
    }
}

impl Rates {
    /// Other towns have the same kinds of trouble in other measure: each rate times a factor of its own between a half and one and
    /// a half, drawn from the seed.
    #[must_use]
    pub fn varied(mut self, seed: u64) -> Self {
        let mut dice = crate::dice::Dice::new(seed ^ 0x7465_776e);
        for rate in self.each() {
            *rate = *rate * u64::try_from(dice.between(50, 150)).unwrap_or(100) / 100;
        }
        self
    }

    fn each(&mut self) -> [&mut u64; 24] {
        [
            &mut self.spouses_share_phone,
            &mut self.twins,
            &mut self.siblings_alike,
            &mut self.cousins,
            &mut self.phone_changed,
            &mut self.phone_reassigned,
            &mut self.renamed,
            &mut self.name_slip,
            &mut self.name_traditional,
            &mut self.name_latin,
            &mut self.name_noise,
            &mut self.alias,
            &mut self.birth_missing,
            &mut self.birth_filler,
            &mut self.birth_slip,
            &mut self.phone_missing,
            &mut self.phone_slip,
            &mut self.phone_filler,
            &mut self.phone_overshared,
            &mut self.id_card,
            &mut self.id_card_slip,
            &mut self.gender_slip,
            &mut self.guardian,
            &mut self.address,
        ]
    }
}
