//! The rules by which two records are one person, strongest first, and how they are told to people.

use super::compare::{NameMatch, is_common, names, places};
use super::conflict;
use super::features::Features;
use crate::keys::KeyKind;
use crate::text::birth::{self, BirthMatch};
use crate::text::name::NameKind;

/// Why two records are one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A member of staff said so.
    Decision,
    /// The same identity card.
    IdCard,
    /// The same WeChat union id.
    UnionId,
    /// The same WeCom contact.
    Wecom,
    /// The same registered number, and something that agrees with it.
    Identifier,
    /// The same phone and the same name.
    PhoneName,
    /// The same name and birth date.
    NameBirth,
    /// The same e-mail address and name.
    EmailName,
    /// The same phone and a name that sounds the same or is a slip apart.
    PhoneNearName,
    /// The same union id or WeCom contact, where one record names no adult.
    SharedAccount,
    /// Alike in name and birth date.
    NearNameBirth,
    /// One part of the name, the birth date and the place agree.
    PartBirthPlace,
    /// Name and address agree.
    NamePlace,
}

impl Rule {
    /// All rules, strongest first.
    pub const ALL: [Self; 13] = [
        Self::Decision,
        Self::IdCard,
        Self::UnionId,
        Self::Wecom,
        Self::Identifier,
        Self::PhoneName,
        Self::NameBirth,
        Self::EmailName,
        Self::PhoneNearName,
        Self::SharedAccount,
        Self::NearNameBirth,
        Self::PartBirthPlace,
        Self::NamePlace,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::IdCard => "id_card",
            Self::UnionId => "union_id",
            Self::Wecom => "wecom",
            Self::Identifier => "identifier",
            Self::PhoneName => "phone_name",
            Self::NameBirth => "name_birth",
            Self::EmailName => "email_name",
            Self::PhoneNearName => "phone_near_name",
            Self::SharedAccount => "shared_account",
            Self::NearNameBirth => "near_name_birth",
            Self::PartBirthPlace => "part_birth_place",
            Self::NamePlace => "name_place",
        }
    }

    /// The rule of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == name)
    }

    /// The reason in Chinese.
    pub fn reason_zh(self) -> &'static str {
        match self {
            Self::Decision => "员工确认为同一人",
            Self::IdCard => "身份证号相同",
            Self::UnionId => "微信 UnionID 相同",
            Self::Wecom => "企业微信联系人相同",
            Self::Identifier => "登记号码相同,且姓名、出生日期或住址相符",
            Self::PhoneName => "手机号相同,姓名相同",
            Self::NameBirth => "姓名与出生日期相同",
            Self::EmailName => "邮箱相同,姓名相符",
            Self::PhoneNearName => "手机号相同,姓名同音或仅差一处笔误",
            Self::SharedAccount => "微信账号相同,其中一份档案是昵称或有监护人",
            Self::NearNameBirth => "姓名相近,出生日期相符",
            Self::PartBirthPlace => "姓名部分相符,出生日期与住址相符",
            Self::NamePlace => "姓名相符,住址相同",
        }
    }

    /// The reason in English.
    pub fn reason_en(self) -> &'static str {
        match self {
            Self::Decision => "A member of staff said they are one person",
            Self::IdCard => "Same identity card",
            Self::UnionId => "Same WeChat union id",
            Self::Wecom => "Same WeCom contact",
            Self::Identifier => "Same registered number, and name, birth date or address agree",
            Self::PhoneName => "Same phone and same name",
            Self::NameBirth => "Same name and birth date",
            Self::EmailName => "Same e-mail address, and the names agree",
            Self::PhoneNearName => "Same phone; the names sound the same or are a slip apart",
            Self::SharedAccount => "Same WeChat account; one record has a nickname or a guardian",
            Self::NearNameBirth => "Names are alike and birth dates agree",
            Self::PartBirthPlace => "Part of the name, the birth date and the address agree",
            Self::NamePlace => "Names agree and the address is the same",
        }
    }
}

/// The strongest rule that makes the two one person; none if there is none, or if something contradicts.
pub(crate) fn decide(a: &Features, b: &Features) -> Option<Rule> {
    let rule = strongest(a, b)?;
    conflict::between(a, b).is_none().then_some(rule)
}

fn strongest(a: &Features, b: &Features) -> Option<Rule> {
    if a.shares(b, KeyKind::IdCard) {
        return Some(Rule::IdCard);
    }
    let name = names(&a.name, &b.name);
    by_account(a, b, name)
        .or_else(|| by_number(a, b, name))
        .or_else(|| by_contact(a, b, name))
        .or_else(|| by_birth(a, b, name))
        .or_else(|| by_place(a, b, name))
}

/// One WeChat account may serve a whole family, so a name that differs stops it.
fn by_account(a: &Features, b: &Features, name: NameMatch) -> Option<Rule> {
    let (union, wecom) = (a.shares(b, KeyKind::UnionId), a.shares(b, KeyKind::Wecom));
    if (!union && !wecom) || name.differs() {
        return None;
    }
    if a.has_guardian || b.has_guardian {
        return Some(Rule::SharedAccount);
    }
    Some(if union { Rule::UnionId } else { Rule::Wecom })
}

fn by_number(a: &Features, b: &Features, name: NameMatch) -> Option<Rule> {
    if !a.shares(b, KeyKind::Identifier) {
        return None;
    }
    let birth = birth::compare(a.birth, b.birth);
    let agrees = name.agrees() || name == NameMatch::Partial || matches!(birth, BirthMatch::Equal | BirthMatch::Near);
    (agrees || (!name.differs() || birth == BirthMatch::Unknown) && places(&a.place, &b.place).count() >= 1)
        .then_some(Rule::Identifier)
}

fn by_contact(a: &Features, b: &Features, name: NameMatch) -> Option<Rule> {
    if !name.agrees() {
        return None;
    }
    if a.shares(b, KeyKind::Phone) {
        return Some(if name == NameMatch::Equal { Rule::PhoneName } else { Rule::PhoneNearName });
    }
    a.shares(b, KeyKind::Email).then_some(Rule::EmailName)
}

fn by_birth(a: &Features, b: &Features, name: NameMatch) -> Option<Rule> {
    let birth = birth::compare(a.birth, b.birth);
    if a.name.kind == NameKind::Han || b.name.kind == NameKind::Han {
        let alone =
            !is_common(a) || (a.clinic.is_some() && a.clinic == b.clinic) || places(&a.place, &b.place).count() >= 1;
        return (name == NameMatch::Equal && birth == BirthMatch::Equal && alone).then_some(Rule::NameBirth);
    }
    match (name, birth) {
        (NameMatch::Equal, BirthMatch::Equal) => Some(Rule::NameBirth),
        (NameMatch::Equal | NameMatch::Near, BirthMatch::Equal | BirthMatch::Near) => Some(Rule::NearNameBirth),
        (NameMatch::Partial, BirthMatch::Equal) if places(&a.place, &b.place).count() >= 1 => {
            Some(Rule::PartBirthPlace)
        }
        _ => None,
    }
}

fn by_place(a: &Features, b: &Features, name: NameMatch) -> Option<Rule> {
    let place = places(&a.place, &b.place);
    let elsewhere = birth::compare(a.birth, b.birth) == BirthMatch::Different && name != NameMatch::Equal;
    (name.agrees() && !elsewhere && place.street && place.count() >= 2).then_some(Rule::NamePlace)
}
