//! Unit tests without I/O.

use careloop_kernel::{DataLevel, PermissionSet, Scope};

use crate::model::{Role, parse_email, parse_login};
use crate::passwords::Password;

fn role(level: DataLevel, keys: &[&str]) -> Role {
    let id = "rol_00000000000000000000000001".parse().unwrap();
    let permissions = PermissionSet::from_keys(keys);
    Role { id, code: "tested".to_owned(), name_zh: "甲".to_owned(), name_en: "A".to_owned(), level, permissions }
}

#[test]
fn nobody_hands_out_more_than_they_have() {
    let mine = PermissionSet::from_keys(["people.read", "staff.manage"]);
    let reader = |level| role(level, &["people.read"]);
    assert!(reader(DataLevel::Chain).is_within(&mine, &Scope::Chain));
    assert!(reader(DataLevel::Clinic).is_within(&mine, &Scope::Clinics(vec![1])));
    assert!(!reader(DataLevel::Region).is_within(&mine, &Scope::Clinics(vec![1])), "a region is more than a clinic");
    assert!(!reader(DataLevel::Clinic).is_within(&mine, &Scope::Own { staff: 1 }));
    assert!(!role(DataLevel::Own, &["people.reveal"]).is_within(&mine, &Scope::Chain), "a permission of others");
}

#[test]
fn an_administrator_manages_staff_and_roles_of_the_chain() {
    assert!(role(DataLevel::Chain, &["staff.manage", "roles.manage"]).administers());
    assert!(!role(DataLevel::Region, &["staff.manage", "roles.manage"]).administers());
    assert!(!role(DataLevel::Chain, &["staff.manage"]).administers());
}

#[test]
fn logins_are_trimmed_and_lowered() {
    assert_eq!(parse_login(" Front.Desk-1 ").unwrap(), "front.desk-1");
    for wrong in ["", "a", "前台", "two words", &"x".repeat(65)] {
        assert_eq!(parse_login(wrong).unwrap_err().code(), "access.login", "{wrong}");
    }
}

#[test]
fn email_addresses_are_checked_for_shape() {
    assert_eq!(parse_email("  ").unwrap(), None);
    assert_eq!(parse_email(" a@b.cn ").unwrap().as_deref(), Some("a@b.cn"));
    for wrong in ["a", "a@b", "@b.cn", "a@b@c.cn", "a b@c.cn", "a@.cn", "a@b.cn\r\nBcc: x@y.cn", "<a@b.cn>"] {
        assert!(parse_email(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_password_has_ten_characters_and_never_prints() {
    assert!(Password::parse("九个字的密码不够用", "anna").is_err());
    let password = Password::parse("十个字的密码就够用了", "anna").unwrap();
    assert_eq!(format!("{password:?}"), "Password(..)");
    assert!(Password::parse("Administrator", "administrator").is_err(), "the login itself");
    assert!(Password::parse(&"x".repeat(513), "anna").is_err());
}
