//! Who is what in a household, and who decides.

use jiff::civil::{Date, date};

use crate::identity::names::NameForm;
use crate::identity::roles::{FamilyRole, Member, family};
use crate::model::Gender;
use crate::text::name;

const TODAY: Date = date(2026, 6, 30);
const MOTHERS: &str = "+8613912345670";
const FATHERS: &str = "+8613912345671";
const NO_YEAR: i16 = 0;

fn forms(names: &[&str]) -> Vec<NameForm> {
    names.iter().map(|text| NameForm::of(name::parse(Some(text), None, None))).collect()
}

fn member(names: &[&str], year: i16, gender: Option<Gender>, own_phones: &[&str]) -> Member {
    Member {
        birth: (year > NO_YEAR).then(|| date(year, 3, 12)),
        gender,
        names: forms(names),
        own_phones: own_phones.iter().map(|text| (*text).to_owned()).collect(),
        ..Member::default()
    }
}

fn woman(name: &str, year: i16, phones: &[&str]) -> Member {
    member(&[name], year, Some(Gender::Female), phones)
}

fn man(name: &str, year: i16, phones: &[&str]) -> Member {
    member(&[name], year, Some(Gender::Male), phones)
}

fn child(name: &str, year: i16, guardian: &str) -> Member {
    let guardians = if guardian.is_empty() { Vec::new() } else { forms(&[guardian]) };
    Member { in_care: !guardian.is_empty(), guardians, ..member(&[name], year, None, &[MOTHERS]) }
}

/// The roles in words, the key person's with a star; members are numbered in their order.
fn told(mut members: Vec<Member>) -> Vec<String> {
    for (number, member) in (1..).zip(&mut members) {
        member.person = number;
    }
    let (roles, key) = family(&members, TODAY);
    let star = |at: usize| if key == Some(at) { "*" } else { "" };
    roles.iter().enumerate().map(|(at, role)| format!("{}{}", role.as_str(), star(at))).collect()
}

#[test]
fn roles_follow_from_ages_names_and_guardianship() {
    let cases = [
        (
            "a named guardian decides, whoever was known first",
            vec![child("王小雨", 2016, "李梅"), man("王强", 1986, &[FATHERS]), woman("李梅", 1988, &[MOTHERS])],
            vec!["child", "parent", "parent*"],
        ),
        (
            "nobody is named: the one on whose phone the child is reached",
            vec![child("王小雨", 2016, ""), man("王强", 1986, &[FATHERS]), woman("李梅", 1988, &[MOTHERS])],
            vec!["child", "parent", "parent*"],
        ),
        (
            "three generations",
            vec![woman("赵秀英", 1958, &[MOTHERS]), woman("李梅", 1986, &[MOTHERS]), child("王小雨", 2016, "李梅")],
            vec!["grandparent", "parent*", "child"],
        ),
        (
            "a grandmother alone with a child is one by her years",
            vec![woman("赵秀英", 1955, &[MOTHERS]), child("王小雨", 2016, "")],
            vec!["grandparent*", "child"],
        ),
        (
            "a late mother is no grandmother",
            vec![woman("李梅", 1978, &[MOTHERS]), child("王小雨", 2016, "")],
            vec!["parent*", "child"],
        ),
        (
            "a form of address tells what a missing birth date does not",
            vec![
                child("王小雨", 2016, ""),
                member(&["小雨妈妈"], NO_YEAR, None, &[]),
                member(&["小雨外婆"], NO_YEAR, None, &[]),
            ],
            vec!["child", "parent*", "grandparent"],
        ),
        (
            "a couple",
            vec![man("王强", 1986, &[FATHERS, MOTHERS]), woman("李梅", 1988, &[MOTHERS])],
            vec!["spouse", "spouse*"],
        ),
        (
            "sister and brother are no couple",
            vec![man("王强", 1986, &[FATHERS]), woman("王梅", 1988, &[FATHERS])],
            vec!["other*", "other"],
        ),
        (
            "of a grown-up daughter and her mother, the one known longest",
            vec![woman("王敏", 1990, &[MOTHERS]), woman("李秀英", 1962, &[MOTHERS])],
            vec!["child*", "parent"],
        ),
        (
            "a couple and the husband's mother",
            vec![
                man("王强", 1986, &[FATHERS]),
                woman("李梅", 1988, &[MOTHERS, FATHERS]),
                woman("赵秀英", 1960, &[FATHERS]),
            ],
            vec!["spouse*", "spouse", "parent"],
        ),
        (
            "nothing is said, nothing is guessed",
            vec![member(&["阳光"], NO_YEAR, None, &[MOTHERS]), child("王小雨", 2016, "")],
            vec!["other*", "child"],
        ),
        (
            "children alone decide nothing",
            vec![child("王小雨", 2016, "李梅"), child("王小雪", NO_YEAR, "李梅")],
            vec!["child", "child"],
        ),
        (
            "who has come of age may decide",
            vec![woman("王敏", 2007, &[]), child("王小雨", 2016, "")],
            vec!["other*", "child"],
        ),
    ];
    for (case, members, wanted) in cases {
        assert_eq!(told(members), wanted, "{case}");
    }
}

#[test]
fn a_child_comes_of_age_on_the_birthday() {
    let mut members = [woman("王敏", 2008, &[]), woman("李梅", 1980, &[])];
    members[1].person = 1;
    let roles = vec![FamilyRole::Child, FamilyRole::Parent];
    assert_eq!(family(&members, date(2026, 3, 11)), (roles.clone(), Some(1)), "the mother speaks for her");
    assert_eq!(family(&members, date(2026, 3, 12)), (roles, Some(0)), "a daughter still, and of equals known longest");
}

#[test]
fn the_order_of_members_does_not_matter() {
    let of = |turn: usize| {
        let mut members = vec![
            child("王小雨", 2016, "李梅"),
            child("王子轩", 2012, ""),
            man("王强", 1986, &[FATHERS]),
            woman("李梅", 1988, &[MOTHERS]),
            woman("赵秀英", 1958, &[MOTHERS]),
        ];
        for (number, member) in (1..).zip(&mut members) {
            member.person = number;
        }
        members.rotate_left(turn);
        let (roles, key) = family(&members, TODAY);
        let mut found: Vec<_> = members.iter().map(|member| member.person).zip(roles).collect();
        found.sort_unstable();
        (found, key.map(|at| members[at].person))
    };
    for turn in 1..5 {
        assert_eq!(of(turn), of(0), "turned by {turn}");
    }
    assert_eq!(of(0).1, Some(4), "李梅 is named");
}
