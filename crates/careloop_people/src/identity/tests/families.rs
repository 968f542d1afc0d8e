//! What must and must not be one person in a Chinese clinic.

use super::{resolve, rule, same, same_among};
use crate::identity::explain::explain;
use crate::identity::levels::Comparison;
use crate::identity::model::Class;
use crate::identity::table::Table;
use crate::identity::{Features, Rule, household};
use crate::model::{Gender, PhoneNumber, PhoneRole, RecordFields};

const PHONE: &str = "13912345670";

fn person(name: &str, birth: &str, phone: &str) -> RecordFields {
    let phones = (!phone.is_empty()).then(|| PhoneNumber { text: phone.into(), role: PhoneRole::Own });
    RecordFields {
        name: Some(name.into()),
        birth_date: birth.parse().ok(),
        phones: phones.into_iter().collect(),
        ..RecordFields::default()
    }
}

fn with(fields: RecordFields, change: impl FnOnce(&mut RecordFields)) -> RecordFields {
    let mut fields = fields;
    change(&mut fields);
    fields
}

#[test]
fn the_rules_of_the_house_join() {
    let cases = [
        (person("王小明", "", PHONE), person("王小明", "", PHONE), Rule::PhoneName),
        (person("王小明", "", PHONE), person("王晓明", "", PHONE), Rule::PhoneNearName),
        (person("陈静怡", "", PHONE), person("陈进怡", "", PHONE), Rule::PhoneNearName),
        (person("王小明", "1990-03-12", ""), person("王小明", "1990-03-12", ""), Rule::NameBirth),
        (
            person("王小明", "", PHONE),
            with(person("", "", PHONE), |fields| {
                (fields.given_name, fields.surname) = (Some("Xiaoming".into()), Some("Wang".into()))
            }),
            Rule::PhoneNearName,
        ),
        (
            person("曾敏", "", PHONE),
            with(person("", "", PHONE), |fields| {
                (fields.given_name, fields.surname) = (Some("Min".into()), Some("Zeng".into()))
            }),
            Rule::PhoneNearName,
        ),
    ];
    for (a, b, wanted) in cases {
        assert_eq!(rule(&a, &b), Some(wanted));
        assert_eq!(rule(&b, &a), Some(wanted), "the order does not matter");
        assert!(same(&[a, b]), "a block brings them together");
    }
}

#[test]
fn an_identity_card_joins_and_two_of_them_part() {
    let card = |number: &str, name: &str, phone: &str| {
        with(person(name, "", phone), |fields| fields.id_card = Some(number.into()))
    };
    let (one, other) = ("11010519491231002X", "440524188001010014");
    assert_eq!(rule(&card(one, "王芳", ""), &card(one, "阳光", PHONE)), Some(Rule::IdCard));
    assert_eq!(rule(&card(one, "王芳", PHONE), &card(other, "王芳", PHONE)), None);
    let bad = with(card("110105194912310021", "王芳", ""), |fields| fields.bad.push("id_card".into()));
    assert_eq!(
        rule(&bad, &with(bad.clone(), |fields| fields.name = Some("李梅".into()))),
        None,
        "a wrong number is no evidence"
    );
}

#[test]
fn a_shared_phone_joins_nobody() {
    for (a, b) in [("王小明", "李梅"), ("王子轩", "王子涵"), ("王女士", "李梅"), ("小雨妈妈", "李梅"), ("", "李梅")]
    {
        assert!(!same(&[person(a, "", PHONE), person(b, "", PHONE)]), "{a} {b}");
    }
}

#[test]
fn twins_stay_two() {
    let twins = [person("王子轩", "2016-05-20", PHONE), person("王子涵", "2016-05-20", PHONE)];
    assert!(!same(&twins));
    let alike = [
        with(person("王梓轩", "2016-05-20", PHONE), |fields| fields.gender = Some(Gender::Male)),
        with(person("王梓萱", "2016-05-20", PHONE), |fields| fields.gender = Some(Gender::Female)),
    ];
    assert!(!same(&alike), "boy and girl whose names sound the same");
    let western = |given: &str| RecordFields {
        given_name: (!given.is_empty()).then(|| given.into()),
        surname: Some("painter".into()),
        birth_date: "2016-05-20".parse().ok(),
        address: crate::model::Address {
            street: Some("38 salkauskas crescent".into()),
            suburb: Some("dapto".into()),
            postcode: Some("4566".into()),
            ..Default::default()
        },
        ..RecordFields::default()
    };
    assert!(
        !same(&[western("courtney"), western("william"), western("")]),
        "a record that fits both does not bridge them"
    );
}

#[test]
fn a_child_with_the_parents_phone_never_becomes_the_parent() {
    let mother = with(person("李梅", "1988-06-02", PHONE), |fields| fields.union_id = Some("u-family-1".into()));
    let child = with(person("王小雨", "2016-05-20", PHONE), |fields| {
        fields.guardian_name = Some("李梅".into());
        fields.union_id = Some("u-family-1".into());
    });
    let contact =
        RecordFields {
            name: Some("小雨妈妈".into()), union_id: Some("u-family-1".into()), ..RecordFields::default()
        };
    let clusters = resolve(&[mother.clone(), child.clone(), contact]).root;
    assert_ne!(clusters[0], clusters[1]);
    assert_eq!(clusters[0], clusters[2], "the WeCom contact is the mother's");
    let nameless = with(child, |fields| fields.name = None);
    assert!(!same(&[mother, nameless]), "not even when the child's name is missing");
}

#[test]
fn parent_and_child_of_one_name_stay_two() {
    assert!(!same(&[person("王伟", "1962-03-04", PHONE), person("王伟", "1991-07-15", PHONE)]));
    assert!(
        !same(&[person("王梓轩", "2016-05-20", PHONE), person("王紫萱", "2018-08-30", PHONE)]),
        "siblings that sound alike"
    );
}

#[test]
fn a_form_of_address_goes_to_the_only_one_it_fits() {
    let family =
        [person("王女士", "", PHONE), person("王芳", "1988-06-02", PHONE), person("李强", "1986-01-09", PHONE)];
    let roots = resolve(&family).root;
    assert!(roots[0] == roots[1] && roots[1] != roots[2]);
    let sisters =
        [person("王女士", "", PHONE), person("王芳", "1988-06-02", PHONE), person("王敏", "1991-04-17", PHONE)];
    let roots = resolve(&sisters).root;
    assert!(roots[0] != roots[1] && roots[0] != roots[2], "two fit, so nobody knows");
}

#[test]
fn weak_evidence_joins_nobody() {
    assert!(
        !same(&[person("王小明", "1900-01-01", ""), person("王小明", "1900-01-01", "")]),
        "a date that fills a field"
    );
    assert!(
        !same(&[person("王小明", "", "13800138000"), person("王小明", "", "13800138000")]),
        "a number that fills a field"
    );
    let namesakes = [person("王伟", "1990-03-12", ""), person("王伟", "1990-03-12", "")];
    assert!(same(&namesakes), "in a small chain that is no coincidence");
    assert!(!same_among(20_000_000, &namesakes), "in a large one half the town bears that name");
    let agency = |name: &str| {
        with(person(name, "", ""), |fields| {
            fields.phones = vec![PhoneNumber { text: PHONE.into(), role: PhoneRole::Agency }]
        })
    };
    assert!(!same(&[agency("王小明"), agency("王小明")]), "an agency's number");
}

#[test]
fn a_number_on_too_many_records_says_nothing() {
    let crowd: Vec<_> = (0..5_000).map(|_| person("王小明", "", PHONE)).collect();
    assert_eq!(resolve(&crowd).links, []);
}

#[test]
fn an_account_shared_by_a_family_joins_no_two_names() {
    let of = |name: &str, account: &str| RecordFields {
        name: Some(name.into()),
        wecom_external_id: Some(account.into()),
        ..RecordFields::default()
    };
    assert!(!same(&[of("李梅", "wm-1234"), of("王小雨", "wm-1234"), of("阳光", "wm-1234")]));
    assert!(same(&[of("李梅", "wm-1234"), of("阳光", "wm-1234")]));
}

/// The household of each record, taken as a person.
fn homes(records: &[Features]) -> Vec<u32> {
    let table = Table::of(records);
    let entries = (0..)
        .zip(table.iter())
        .flat_map(|(person, record)| household::contact_points(record).map(move |point| (point, person)));
    household::households(records.len(), entries.collect())
}

#[test]
fn a_phone_makes_a_household_unless_a_crowd_has_it() {
    let features = |fields: RecordFields| super::features(0, &fields);
    let family = [
        features(person("李梅", "", PHONE)),
        features(person("王小雨", "", PHONE)),
        features(person("赵敏", "", "13912345671")),
    ];
    assert_eq!(homes(&family), [0, 0, 2]);
    let crowd: Vec<_> = (0..household::LARGEST_HOME + 1).map(|_| features(person("李梅", "", PHONE))).collect();
    assert!((0..).zip(homes(&crowd)).all(|(person, household)| person == household));
}

#[test]
fn a_flat_and_an_account_make_a_household_and_a_house_needs_a_surname() {
    let home = |change: fn(&mut RecordFields)| {
        let records = ["王小雨", "王强", "赵敏"].map(|name| super::features(0, &with(person(name, "", ""), change)));
        homes(&records)
    };
    assert_eq!(home(|fields| fields.address.text = Some("朝阳区建国路88号2栋301".into())), [0, 0, 0]);
    assert_eq!(home(|fields| fields.address.text = Some("朝阳区建国东大路88号".into())), [0, 0, 2]);
    assert_eq!(home(|fields| fields.union_id = Some("u-family-1".into())), [0, 0, 0]);
    assert_eq!(home(|fields| fields.wecom_external_id = Some("wm-1234".into())), [0, 0, 0]);
    assert_eq!(home(|fields| fields.guardian_phone = Some(PHONE.into())), [0, 0, 0]);
    assert_eq!(home(|fields| fields.guardian_name = Some("李梅".into())), [0, 1, 2], "a name is no contact point");
}

#[test]
fn an_account_of_nobody_named_is_explained_by_what_decides() {
    let of = |account: &str, name: &str| {
        let fields = RecordFields {
            name: (!name.is_empty()).then(|| name.into()),
            wecom_external_id: Some(account.into()),
            gender: Some(if name.is_empty() { Gender::Male } else { Gender::Female }),
            ..RecordFields::default()
        };
        super::features(0, &fields)
    };
    let model = super::prior();
    let told = |a: &Features, b: &Features| explain(&model, Table::of([a, b]).at(0), Table::of([a, b]).at(1));
    let (one, other) = (of("wm-1234", "阳光"), of("wm-1234", ""));
    let why = told(&one, &other);
    assert!(why.bits >= 4.0, "{}: the program joins them", why.bits);
    assert!(why.probability > 0.94);
    let account = why.findings.iter().find(|finding| finding.comparison == Comparison::Account).unwrap();
    assert_eq!(account.zh, "微信相同，双方都没有姓名，视为同一人");
    let evidence: f64 = why.findings.iter().map(|finding| finding.against_strangers).sum();
    let prior = (model.pairs[0] / model.pairs[Class::Stranger as usize]).log2();
    assert!(evidence + prior >= why.bits, "{evidence} bits from odds of {prior} do not make {}", why.bits);
    let named = told(&of("wm-1234", "李梅"), &of("wm-1234", "王小雨"));
    assert!(named.bits < 0.0 && named.findings[2].en == "Same WeCom contact", "names count");
}
