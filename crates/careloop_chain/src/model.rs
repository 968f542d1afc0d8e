//! A clinic and what may be said of it.

use careloop_kernel::ids::ClinicId;
use careloop_kernel::{Error, Result};
use jiff::tz::TimeZone;

/// A clinic of the chain.
#[derive(Debug, Clone)]
pub struct Clinic {
    /// `clinics.ord`.
    pub ord: i64,
    /// The public id.
    pub id: ClinicId,
    /// A short code, such as `SH01`.
    pub code: String,
    /// The name.
    pub name: String,
    /// The region it belongs to; may be empty.
    pub region: String,
    /// The zone its clocks show.
    pub time_zone: TimeZone,
    /// The zone's IANA name.
    pub time_zone_name: String,
    /// When it was archived, in microseconds.
    pub archived_at: Option<i64>,
}

/// A clinic to be created.
#[derive(Debug, Clone)]
pub struct NewClinic {
    /// 1 to 20 letters, digits, `-` or `_`.
    pub code: String,
    /// 1 to 80 characters.
    pub name: String,
    /// Up to 40 characters; may be empty.
    pub region: String,
    /// An IANA name; the chain's zone if absent.
    pub time_zone: Option<String>,
}

/// What changes about a clinic; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct ClinicChange {
    /// 1 to 20 letters, digits, `-` or `_`.
    pub code: Option<String>,
    /// 1 to 80 characters.
    pub name: Option<String>,
    /// Up to 40 characters; may be empty.
    pub region: Option<String>,
    /// An IANA name.
    pub time_zone: Option<String>,
    /// Whether it is closed.
    pub archived: Option<bool>,
}

/// Every clinic, to look up what files and events call it.
#[derive(Debug, Clone)]
pub struct Directory(Vec<Clinic>);

impl Directory {
    /// A directory of these clinics.
    pub fn new(clinics: Vec<Clinic>) -> Self {
        Self(clinics)
    }

    /// The clinic of this id, code or name, without regard to case and blanks around; archived ones too, since old
    /// files name them.
    pub fn find(&self, text: &str) -> Option<&Clinic> {
        let text = text.trim();
        let same = |name: &str| name.to_lowercase() == text.to_lowercase();
        let by_code = self.0.iter().find(|clinic| same(&clinic.code) || clinic.id.to_string() == text);
        by_code.or_else(|| self.0.iter().find(|clinic| same(&clinic.name)))
    }

    /// The clinic of this number.
    pub fn by_ord(&self, ord: i64) -> Option<&Clinic> {
        self.0.iter().find(|clinic| clinic.ord == ord)
    }

    /// All clinics, oldest first.
    pub fn all(&self) -> &[Clinic] {
        &self.0
    }
}

fn wrong(field: &'static str, message: &str) -> Error {
    Error::invalid("chain.clinic", format!("`{field}`: {message}")).with_field(field, message)
}

pub(crate) fn parse_code(text: &str) -> Result<String> {
    let code = text.trim();
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if (1..=20).contains(&code.len()) && code.chars().all(allowed) {
        return Ok(code.to_owned());
    }
    Err(wrong("code", "1 to 20 letters (a-z), digits, - or _"))
}

pub(crate) fn parse_text(field: &'static str, text: &str, least: usize, most: usize) -> Result<String> {
    let trimmed = text.trim();
    if (least..=most).contains(&trimmed.chars().count()) && !trimmed.chars().any(char::is_control) {
        return Ok(trimmed.to_owned());
    }
    Err(wrong(field, &format!("{least} to {most} characters")))
}

#[cfg(test)]
mod tests {
    use careloop_kernel::ids::Id;

    use super::*;

    fn clinic(ord: i64, code: &str, name: &str) -> Clinic {
        Clinic {
            ord,
            id: ClinicId::from_bits(u128::try_from(ord).unwrap()),
            code: code.to_owned(),
            name: name.to_owned(),
            region: String::new(),
            time_zone: TimeZone::UTC,
            time_zone_name: "UTC".to_owned(),
            archived_at: None,
        }
    }

    #[test]
    fn a_clinic_is_found_by_code_name_or_id() {
        let directory = Directory::new(vec![clinic(1, "A", "B"), clinic(2, "B", "徐汇店")]);
        let ord = |text: &str| directory.find(text).map(|clinic| clinic.ord);
        assert_eq!(ord(" a "), Some(1));
        assert_eq!(ord("b"), Some(2), "a code goes before a name");
        assert_eq!(ord("徐汇店"), Some(2));
        assert_eq!(ord(&ClinicId::from_bits(1).to_string()), Some(1));
        assert_eq!(ord("徐汇"), None);
    }

    #[test]
    fn codes_and_names_are_checked() {
        assert_eq!(parse_code(" SH-01 ").unwrap(), "SH-01");
        for code in ["", "上海", "a b", &"x".repeat(21)] {
            assert!(parse_code(code).is_err(), "{code}");
        }
        assert!(parse_text("name", "\u{7}", 1, 80).is_err());
        assert_eq!(parse_text("region", " ", 0, 40).unwrap(), "");
    }
}
