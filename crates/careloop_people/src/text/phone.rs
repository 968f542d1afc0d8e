//! Telephone numbers: mainland China first, any other in E.164.

use crate::text::fold;

/// What sort of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneKind {
    /// A mobile number of mainland China.
    Mobile,
    /// A land line of mainland China with its area code.
    Landline,
    /// A number of another country, given with `+`.
    Foreign,
    /// Digits without an area code: good for a search, not for telling people apart.
    Local,
}

/// A number that was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone {
    /// `+8613900001234`; a local number has no `+`.
    pub number: String,
    /// What sort of number it is.
    pub kind: PhoneKind,
}

impl Phone {
    /// Whether it may tell people apart: complete, and not a filler of the front desk.
    pub fn is_evidence(&self) -> bool {
        self.kind != PhoneKind::Local && !is_placeholder(&self.number)
    }

    /// The last four digits.
    pub fn last_four(&self) -> &str {
        &self.number[self.number.len().saturating_sub(4)..]
    }
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Phone({})", mask(&self.number))
    }
}

/// Reads a number: `138 1234 5678`, `+86-138…`, `010-88886666 转 8`, `(021)6666 5555`, `+61 2 …`.
pub fn parse(text: &str) -> Option<Phone> {
    let text = fold(text);
    let text = text.split(['转', 'x', '#', '/', ',', ';', '、']).next().unwrap_or_default();
    let international = text.starts_with('+');
    let mut digits = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '0'..='9' => digits.push(letter),
            '+' | '-' | ' ' | '(' | ')' | '.' | '\u{2010}'..='\u{2015}' => {}
            _ => return None,
        }
    }
    if international && !digits.starts_with("86") {
        return (8..=15)
            .contains(&digits.len())
            .then(|| Phone { number: format!("+{digits}"), kind: PhoneKind::Foreign });
    }
    mainland(trim_country(&digits))
}

fn trim_country(digits: &str) -> &str {
    let rest = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86").filter(|rest| rest.len() >= 10));
    rest.unwrap_or(digits)
}

fn mainland(digits: &str) -> Option<Phone> {
    let bytes = digits.as_bytes();
    let phone = |number: String, kind| Some(Phone { number, kind });
    // Spreadsheets lose and add zeros: 013912345678 is a mobile number dialled from another town.
    let mobile = digits.strip_prefix('0').filter(|rest| rest.len() == 11 && rest.starts_with('1')).unwrap_or(digits);
    if mobile.len() == 11 && mobile.starts_with('1') && matches!(mobile.as_bytes()[1], b'3'..=b'9') {
        return phone(format!("+86{mobile}"), PhoneKind::Mobile);
    }
    match digits.len() {
        10..=12 if bytes[0] == b'0' && bytes[1] != b'0' => phone(format!("+86{}", &digits[1..]), PhoneKind::Landline),
        10 if digits.starts_with("400") || digits.starts_with("800") => {
            phone(format!("+86{digits}"), PhoneKind::Landline)
        }
        7 | 8 => phone(digits.to_owned(), PhoneKind::Local),
        _ => None,
    }
}

/// Numbers a front desk types to get past a field that must be filled.
pub fn is_placeholder(number: &str) -> bool {
    let digits = number.strip_prefix("+86").unwrap_or(number).trim_start_matches('+');
    let tail = &digits.as_bytes()[digits.len().saturating_sub(8)..];
    let same = tail.iter().all(|digit| Some(digit) == tail.first());
    same || matches!(digits, "13800138000" | "13800138001" | "12345678901" | "13123456789")
        || digits.ends_with("123456789")
}

/// The number as screens show it: `138****1234`.
pub fn mask(number: &str) -> String {
    let digits: Vec<char> = number.strip_prefix("+86").unwrap_or(number).chars().collect();
    if digits.len() < 7 {
        return "*".repeat(digits.len());
    }
    let (head, tail) = (3, 4);
    let hidden = digits.len() - head - tail;
    let hidden = if hidden == 0 { 4 } else { hidden };
    let shown = |range: &[char]| range.iter().collect::<String>();
    let head_text = if digits.len() == 7 { String::new() } else { shown(&digits[..head]) };
    format!("{head_text}{}{}", "*".repeat(hidden), shown(&digits[digits.len() - tail..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        parse(text).map(|phone| phone.number)
    }

    #[test]
    fn one_number_is_read_from_many_spellings() {
        for text in [
            "13912345670",
            "139 1234 5670",
            "+86 139-1234-5670",
            "8613912345670",
            "008613912345670",
            "１３９１２３４５６７０",
            "013912345670",
        ] {
            assert_eq!(read(text).as_deref(), Some("+8613912345670"), "{text}");
        }
        assert_eq!(read("010-88886667 转 8001").as_deref(), Some("+861088886667"));
        assert_eq!(read("(0755) 8888 6667").as_deref(), Some("+8675588886667"));
        assert_eq!(read("+61 2 9876 5432").as_deref(), Some("+61298765432"));
        assert_eq!(read("88886667").as_deref(), Some("88886667"));
    }

    #[test]
    fn what_is_no_number_is_not_read() {
        for text in ["", "无", "12", "1391234567", "wx:abc", "99999999999999999"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn fillers_and_local_numbers_are_no_evidence() {
        for text in ["13800138000", "13000000000", "13111111111", "01000000000", "88886667"] {
            assert!(!parse(text).unwrap().is_evidence(), "{text}");
        }
        assert!(parse("13912345670").unwrap().is_evidence());
    }

    #[test]
    fn a_mask_shows_three_and_four() {
        assert_eq!(mask("+8613912345670"), "139****5670");
        assert_eq!(mask("+861088886667"), "108***6667");
        assert_eq!(mask("8888666"), "****8666");
        assert_eq!(format!("{:?}", parse("13912345670").unwrap()), "Phone(139****5670)");
    }
}
