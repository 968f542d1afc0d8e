//! The rules by which two records are one person, strongest first, and how they are told to people.

use super::levels::{Comparison, Pattern, account, area, birth, given, near, phone, same, surname};

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
    /// Of those who share its phone or account, only this one can be meant.
    OnlyOne,
    /// Alike in name and birth date.
    NearNameBirth,
    /// One part of the name, the birth date and the place agree.
    PartBirthPlace,
    /// Name and address agree.
    NamePlace,
    /// No single thing, but all of it together.
    Evidence,
}

impl Rule {
    /// All rules, strongest first.
    pub const ALL: [Self; 14] = [
        Self::Decision,
        Self::IdCard,
        Self::UnionId,
        Self::Wecom,
        Self::Identifier,
        Self::PhoneName,
        Self::NameBirth,
        Self::EmailName,
        Self::PhoneNearName,
        Self::OnlyOne,
        Self::NearNameBirth,
        Self::PartBirthPlace,
        Self::NamePlace,
        Self::Evidence,
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
            Self::OnlyOne => "only_one",
            Self::NearNameBirth => "near_name_birth",
            Self::PartBirthPlace => "part_birth_place",
            Self::NamePlace => "name_place",
            Self::Evidence => "evidence",
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
            Self::Identifier => "登记号码相同，且姓名、出生日期或住址相符",
            Self::PhoneName => "手机号相同，姓名相同",
            Self::NameBirth => "姓名与出生日期相同",
            Self::EmailName => "邮箱相同，姓名相符",
            Self::PhoneNearName => "手机号相同，姓名同音或仅差一处笔误",
            Self::OnlyOne => "昵称档案；使用同一手机号或微信的人中只有此人相符",
            Self::NearNameBirth => "姓名相近，出生日期相符",
            Self::PartBirthPlace => "姓名部分相符，出生日期与住址相符",
            Self::NamePlace => "姓名相符，住址相同",
            Self::Evidence => "多项信息综合相符",
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
            Self::OnlyOne => "A nickname; of those who share its phone or account only this person fits",
            Self::NearNameBirth => "Names are alike and birth dates agree",
            Self::PartBirthPlace => "Part of the name, the birth date and the address agree",
            Self::NamePlace => "Names agree and the address is the same",
            Self::Evidence => "All they say taken together",
        }
    }
}

/// The reason two records are one person, in one phrase: the strongest thing they have in common.
pub(crate) fn reason(pattern: Pattern) -> Rule {
    let level = |comparison| pattern.level(comparison);
    let phone = (1..=phone::CROWDED).contains(&level(Comparison::Phone));
    let name = level(Comparison::Given);
    let surname_agrees = (1..surname::UNLIKE).contains(&level(Comparison::Surname));
    let equal = (1..given::SOUND).contains(&name) && (1..surname::SOUND).contains(&level(Comparison::Surname));
    let agrees = surname_agrees && (1..given::UNLIKE).contains(&name);
    let born = level(Comparison::Birth);
    let place = level(Comparison::Street) == near::EQUAL || level(Comparison::Area) == area::BOTH;
    match () {
        () if level(Comparison::Card) == near::EQUAL => Rule::IdCard,
        () if level(Comparison::Account) == account::UNION => Rule::UnionId,
        () if level(Comparison::Account) == account::CONTACT => Rule::Wecom,
        () if level(Comparison::Identifier) == near::EQUAL => Rule::Identifier,
        () if phone && equal => Rule::PhoneName,
        () if equal && born == birth::EQUAL => Rule::NameBirth,
        () if level(Comparison::Email) == same::EQUAL && agrees => Rule::EmailName,
        () if phone && agrees => Rule::PhoneNearName,
        () if agrees && (1..birth::PEER).contains(&born) => Rule::NearNameBirth,
        () if place && born == birth::EQUAL => Rule::PartBirthPlace,
        () if place && agrees => Rule::NamePlace,
        () => Rule::Evidence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_catalogue_lists_every_rule() {
        let kind = careloop_events::catalogue().find("person.merged").unwrap();
        assert_eq!(kind.fields["rule"].values, Rule::ALL.map(Rule::as_str));
    }
}
