//! What two records are compared by, and the levels each comparison can reach.
//!
//! A level of zero says nothing: one of the two has no value. The other levels of a comparison exclude each other, and their
//! probabilities under one [`super::model::Class`] add up to one.

/// The level of a comparison that says nothing.
pub(crate) const MISSING: u8 = 0;

/// One thing two records are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Comparison {
    /// The surname.
    Surname,
    /// The given name.
    Given,
    /// The birth date.
    Birth,
    /// Phone numbers.
    Phone,
    /// WeChat union id and WeCom contact.
    Account,
    /// The identity card.
    Card,
    /// The gender.
    Gender,
    /// E-mail addresses.
    Email,
    /// Street and door.
    Street,
    /// Post code and district.
    Area,
    /// Who looks after whom.
    Guardian,
    /// Registered numbers.
    Identifier,
    /// Nicknames and forms of address.
    Alias,
}

/// Levels of the surname: equal in four steps of rarity, the commonest first, and less.
pub(crate) mod surname {
    pub(crate) const EQUAL: u8 = 1;
    pub(crate) const SOUND: u8 = 5;
    pub(crate) const NEAR: u8 = 6;
    pub(crate) const UNLIKE: u8 = 7;
}

/// Levels of the given name: equal in five steps of rarity, the commonest first, and less.
pub(crate) mod given {
    pub(crate) const EQUAL: u8 = 1;
    pub(crate) const SOUND: u8 = 6;
    pub(crate) const BLUR: u8 = 7;
    pub(crate) const LOOKALIKE: u8 = 8;
    pub(crate) const PARTIAL: u8 = 9;
    pub(crate) const SWAPPED: u8 = 10;
    pub(crate) const ONE_OFF: u8 = 11;
    pub(crate) const UNLIKE: u8 = 12;
}

/// Levels of the birth date.
pub(crate) mod birth {
    pub(crate) const EQUAL: u8 = 1;
    pub(crate) const SWAPPED: u8 = 2;
    pub(crate) const SLIP: u8 = 3;
    pub(crate) const PART: u8 = 4;
    pub(crate) const PEER: u8 = 5;
    pub(crate) const GENERATION: u8 = 6;
}

/// Levels of the phone numbers.
pub(crate) mod phone {
    pub(crate) const OWN: u8 = 1;
    pub(crate) const GUARDIAN: u8 = 2;
    pub(crate) const CROWDED: u8 = 3;
    pub(crate) const NEAR: u8 = 4;
    pub(crate) const UNLIKE: u8 = 5;
}

/// Levels of the WeChat account.
pub(crate) mod account {
    pub(crate) const UNION: u8 = 1;
    pub(crate) const CONTACT: u8 = 2;
    pub(crate) const UNLIKE: u8 = 3;
}

/// Levels of identity card, street, and registered number.
pub(crate) mod near {
    pub(crate) const EQUAL: u8 = 1;
    pub(crate) const NEAR: u8 = 2;
    pub(crate) const UNLIKE: u8 = 3;
}

/// Levels of gender and e-mail.
pub(crate) mod same {
    pub(crate) const EQUAL: u8 = 1;
    pub(crate) const UNLIKE: u8 = 2;
}

/// Levels of post code and district.
pub(crate) mod area {
    pub(crate) const BOTH: u8 = 1;
    pub(crate) const ONE: u8 = 2;
    pub(crate) const UNLIKE: u8 = 3;
}

/// Levels of guardianship.
pub(crate) mod guardian {
    pub(crate) const EQUAL: u8 = 1;
    pub(crate) const UNLIKE: u8 = 2;
    pub(crate) const WARD: u8 = 3;
    pub(crate) const MIXED: u8 = 4;
}

/// Levels of nicknames and forms of address.
pub(crate) mod alias {
    pub(crate) const EQUAL: u8 = 1;
    pub(crate) const FITS: u8 = 2;
    pub(crate) const UNFIT: u8 = 3;
}

/// How many comparisons there are.
pub(crate) const COMPARISONS: usize = 13;
/// The most levels a comparison has, with the missing one.
pub(crate) const LEVELS: usize = 13;

impl Comparison {
    /// All of them, in the order of a [`Pattern`].
    pub const ALL: [Self; COMPARISONS] = [
        Self::Surname,
        Self::Given,
        Self::Birth,
        Self::Phone,
        Self::Account,
        Self::Card,
        Self::Gender,
        Self::Email,
        Self::Street,
        Self::Area,
        Self::Guardian,
        Self::Identifier,
        Self::Alias,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Surname => "surname",
            Self::Given => "given_name",
            Self::Birth => "birth_date",
            Self::Phone => "phone",
            Self::Account => "wechat",
            Self::Card => "id_card",
            Self::Gender => "gender",
            Self::Email => "email",
            Self::Street => "street",
            Self::Area => "area",
            Self::Guardian => "guardian",
            Self::Identifier => "identifier",
            Self::Alias => "alias",
        }
    }

    /// The stored names of its levels; the first is the missing one.
    pub fn levels(self) -> &'static [&'static str] {
        match self {
            Self::Surname => &[
                "missing",
                "equal_common",
                "equal_frequent",
                "equal_uncommon",
                "equal_rare",
                "sound",
                "near",
                "unlike",
            ],
            Self::Given => &[
                "missing",
                "equal_common",
                "equal_frequent",
                "equal_uncommon",
                "equal_rare",
                "equal_rarest",
                "sound",
                "blur",
                "lookalike",
                "partial",
                "swapped",
                "one_off",
                "unlike",
            ],
            Self::Birth => &["missing", "equal", "swapped", "slip", "part", "peer", "generation"],
            Self::Phone => &["missing", "own", "guardian", "crowded", "near", "unlike"],
            Self::Account => &["missing", "union", "contact", "unlike"],
            Self::Card | Self::Street | Self::Identifier => &["missing", "equal", "near", "unlike"],
            Self::Gender | Self::Email => &["missing", "equal", "unlike"],
            Self::Area => &["missing", "both", "one", "unlike"],
            Self::Guardian => &["missing", "equal", "unlike", "ward", "mixed"],
            Self::Alias => &["missing", "equal", "fits", "unfit"],
        }
    }
}

/// The levels of all comparisons of two records, four bits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Pattern(pub u64);

impl Pattern {
    /// With one comparison at a level.
    #[must_use]
    pub fn with(self, comparison: Comparison, level: u8) -> Self {
        Self(self.0 | u64::from(level) << (comparison as u32 * 4))
    }

    /// The level of a comparison.
    pub fn level(self, comparison: Comparison) -> u8 {
        u8::try_from(self.0 >> (comparison as u32 * 4) & 15).unwrap_or(0)
    }
}
