//! What the members of a household are to each other, and whom one talks to.
//!
//! Everything follows from what the members' records say on the day somebody asks: birth dates, who is named as a guardian,
//! names such as `小雨妈妈`, and whose the shared phone is. Guesses stay modest: where nothing is said, the role is *other*.

use std::cmp::Reverse;

use jiff::civil::Date;

use super::compare::{are_alike, is_called};
use super::names::NameForm;
use crate::model::{Gender, redacted};
use crate::text::birth;
use crate::text::name::NameKind;

/// Full years at which somebody speaks for themselves.
const ADULT: i64 = 18;
/// Years between parent and child.
const PARENT: std::ops::RangeInclusive<i16> = 16..=50;
/// Years between grandparent and grandchild, if somebody stands between them.
const GRANDPARENT: i16 = 36;
/// Years by which the partners of a couple may differ.
const COUPLE: i16 = 15;

/// What somebody is in a household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FamilyRole {
    /// A minor, somebody in another's care, or a grown-up son or daughter of a member.
    Child,
    /// A father, a mother, or whoever else looks after a child; also of grown-up children.
    Parent,
    /// One of a couple, where no child says more.
    Spouse,
    /// Two generations above a child.
    Grandparent,
    /// Somebody of whom nothing is known, an aunt, a lodger.
    Other,
}

impl FamilyRole {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Child => "child",
            Self::Parent => "parent",
            Self::Spouse => "spouse",
            Self::Grandparent => "grandparent",
            Self::Other => "other",
        }
    }
}

/// What is known of a member.
#[derive(Default)]
pub(crate) struct Member {
    /// The person's number; the lower, the longer known.
    pub person: i64,
    pub birth: Option<Date>,
    pub gender: Option<Gender>,
    /// A record names a guardian or gives a guardian's phone.
    pub in_care: bool,
    /// What the records call the person.
    pub names: Vec<NameForm>,
    /// Whom the records name as guardian.
    pub guardians: Vec<NameForm>,
    /// Phone numbers the records give as the person's own.
    pub own_phones: Vec<String>,
    /// Those they give as a guardian's.
    pub guardian_phones: Vec<String>,
}

redacted!(Member);

/// The role of each member, and which of them decides: the position of the key person, if any member is grown up.
pub(crate) fn family(members: &[Member], today: Date) -> (Vec<FamilyRole>, Option<usize>) {
    let minors: Vec<bool> = members.iter().map(|member| is_minor(member, today)).collect();
    let house = House { members, minors };
    let mut roles: Vec<FamilyRole> = (0..members.len()).map(|at| house.elder_role(at)).collect();
    let first = roles.clone();
    for (at, role) in roles.iter_mut().enumerate().filter(|(_, role)| **role == FamilyRole::Other) {
        *role = house.role_among_adults(at, &first);
    }
    let key = (0..members.len()).filter(|at| !house.minors[*at]).max_by_key(|at| house.claim(*at, roles[*at]));
    (roles, key)
}

/// By age, if that is known; else whoever is in somebody's care and not called after a child or by a title.
fn is_minor(member: &Member, today: Date) -> bool {
    let age = member.birth.and_then(|date| birth::age(date, today));
    age.map_or_else(|| member.in_care && !member.names.iter().any(|form| form.name.is_grown_up()), |age| age < ADULT)
}

/// What a name such as `小雨外婆` says.
fn told(member: &Member) -> Option<FamilyRole> {
    let aliases = || member.names.iter().filter(|form| !form.name.is_evidence()).map(|form| &*form.name.given);
    let called = |words: &[&str]| aliases().any(|text| words.iter().any(|word| text.ends_with(word)));
    match () {
        () if called(&["奶奶", "爷爷", "外婆", "外公", "姥姥", "姥爷"]) => Some(FamilyRole::Grandparent),
        () if called(&["妈妈", "爸爸", "妈咪", "家长", "麻麻", "粑粑", "母亲", "父亲", "妈", "爸"]) => {
            Some(FamilyRole::Parent)
        }
        () => None,
    }
}

struct House<'a> {
    members: &'a [Member],
    /// Whether each of them is a minor or in somebody's care.
    minors: Vec<bool>,
}

impl House<'_> {
    /// The role of a minor, and of whoever stands above one; *other* for those that leaves.
    fn elder_role(&self, at: usize) -> FamilyRole {
        if self.minors[at] {
            return FamilyRole::Child;
        }
        if let Some(role) = told(&self.members[at]) {
            return role;
        }
        let children = || (0..self.members.len()).filter(|other| self.minors[*other]);
        let is_grandparent =
            |child: usize| self.years(at, child).is_some_and(|years| self.is_two_above(at, child, years));
        match () {
            () if children().any(is_grandparent) => FamilyRole::Grandparent,
            () if children().any(|child| self.guards(at, child)) => FamilyRole::Parent,
            () if children().any(|child| self.years(at, child).is_some_and(|years| PARENT.contains(&years))) => {
                FamilyRole::Parent
            }
            () => FamilyRole::Other,
        }
    }

    fn is_two_above(&self, elder: usize, child: usize, years: i16) -> bool {
        let stands_between = |other: usize| {
            let (above, below) = (self.years(elder, other), self.years(other, child));
            [above, below].iter().all(|years| years.is_some_and(|years| PARENT.contains(&years)))
        };
        years > *PARENT.end() || (years >= GRANDPARENT && (0..self.members.len()).any(stands_between))
    }

    /// The role of somebody who stands above no minor. `roles` are those found so far.
    fn role_among_adults(&self, at: usize, roles: &[FamilyRole]) -> FamilyRole {
        let others = || (0..self.members.len()).filter(|other| *other != at && !self.minors[*other]);
        let above = |other: usize| self.years(other, at).is_some_and(|years| PARENT.contains(&years));
        let below = |other: usize| self.years(at, other).is_some_and(|years| PARENT.contains(&years));
        match () {
            // A partner counts before parents: the son who brings his wife is a husband.
            () if others().any(|other| roles[other] != FamilyRole::Grandparent && self.are_couple(at, other)) => {
                FamilyRole::Spouse
            }
            () if others().any(above) => FamilyRole::Child,
            () if others().any(below) => FamilyRole::Parent,
            () => FamilyRole::Other,
        }
    }

    /// Woman and man of about one age. In Chinese families a wife keeps her surname, so those who share one are rather
    /// sister and brother.
    fn are_couple(&self, a: usize, b: usize) -> bool {
        let (one, other) = (&self.members[a], &self.members[b]);
        let genders = one.gender.zip(other.gender).is_some_and(|(one, other)| one != other);
        let han = |member: &Member| {
            let form = member.names.iter().find(|form| form.name.kind == NameKind::Han)?;
            Some(form.surname_hash)
        };
        let siblings = han(one).is_some_and(|surname| han(other) == Some(surname));
        genders && !siblings && self.years(a, b).is_some_and(|years| years.abs() <= COUPLE)
    }

    /// By how many years `elder` is older.
    fn years(&self, elder: usize, younger: usize) -> Option<i16> {
        Some(self.members[younger].birth?.year() - self.members[elder].birth?.year())
    }

    /// Whether a record says that one member looks after another.
    fn guards(&self, guardian: usize, ward: usize) -> bool {
        let (guardian, ward) = (&self.members[guardian], &self.members[ward]);
        let is_named = ward.guardians.iter().any(|named| guardian.names.iter().any(|own| are_alike(named, own)));
        let of_ward = |text: &str| ward.names.iter().any(|own| is_called(&own.name, text));
        is_named || guardian.names.iter().filter_map(|form| form.name.ward.as_deref()).any(of_ward)
    }

    /// What makes a grown-up member the one who decides, the weightiest first: whom they look after, who is reached on their
    /// phone, their role, having no other number than the shared one, and being known longest.
    fn claim(&self, at: usize, role: FamilyRole) -> impl Ord + use<> {
        let own = &self.members[at];
        let others = || (0..self.members.len()).filter(|other| *other != at);
        let wards = others().filter(|other| self.guards(at, *other)).count();
        let reached = |other: &usize| {
            let Member { own_phones, guardian_phones, .. } = &self.members[*other];
            own_phones.iter().chain(guardian_phones).any(|phone| own.own_phones.contains(phone))
        };
        let rank = match role {
            FamilyRole::Parent if self.minors.contains(&true) => 3,
            FamilyRole::Spouse => 2,
            FamilyRole::Parent | FamilyRole::Child | FamilyRole::Grandparent => 1,
            FamilyRole::Other => 0,
        };
        (wards, others().filter(reached).count(), rank, Reverse(own.own_phones.len()), Reverse(own.person))
    }
}
