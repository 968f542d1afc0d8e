//! Resident identity numbers of China (GB 11643-1999): 17 digits and a check letter, or the 15 digits of old cards.

use jiff::civil::Date;

use crate::model::Gender;
use crate::text::fold;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// A number whose check letter and birth date hold.
#[derive(Clone, PartialEq, Eq)]
pub struct IdCard {
    /// Always the form with 18 letters.
    pub number: String,
    /// The birth date inside.
    pub birth: Date,
    /// The gender inside.
    pub gender: Gender,
}

impl std::fmt::Debug for IdCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdCard(..)")
    }
}

/// Reads a number of either form; `None` if a digit, the date or the check letter is wrong.
pub fn parse(text: &str) -> Option<IdCard> {
    let text: String =
        fold(text).to_uppercase().chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    if !text.is_ascii() {
        return None;
    }
    let body = match text.len() {
        15 => format!("{}19{}", &text[..6], &text[6..]),
        18 => text[..17].to_owned(),
        _ => return None,
    };
    let check = check_letter(&body)?;
    if text.len() == 18 && !text.ends_with(check) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| body[range].parse::<i16>().ok();
    let (month, day) = (i8::try_from(number(10..12)?).ok()?, i8::try_from(number(12..14)?).ok()?);
    let birth = Date::new(number(6..10)?, month, day).ok().filter(|date| date.year() >= 1850)?;
    let gender = if number(16..17)? % 2 == 1 { Gender::Male } else { Gender::Female };
    Some(IdCard { number: format!("{body}{check}"), birth, gender })
}

/// The number as screens show it: `110***********002X`.
pub fn mask(text: &str) -> String {
    let letters: Vec<char> = text.trim().chars().collect();
    if letters.len() < 12 {
        return "*".repeat(letters.len());
    }
    let shown = |range: &[char]| range.iter().collect::<String>();
    format!("{}{}{}", shown(&letters[..3]), "*".repeat(letters.len() - 7), shown(&letters[letters.len() - 4..]))
}

/// The first seventeen digits of a number of eighteen letters, as one number.
pub fn digits(number: &str) -> u64 {
    number.bytes().take(17).filter(u8::is_ascii_digit).fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
}

/// The same of a number whose check letter does not hold; none if it is not even the right length.
pub fn digits_of_text(text: &str) -> Option<u64> {
    let letters: Vec<char> = fold(text).chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
    let body: String = letters.iter().take(17).collect();
    (letters.len() == 18 && body.bytes().all(|letter| letter.is_ascii_digit())).then(|| digits(&body))
}

fn check_letter(body: &str) -> Option<char> {
    let mut sum = 0;
    for (letter, weight) in body.chars().zip(WEIGHTS) {
        sum += letter.to_digit(10)? * weight;
    }
    Some(CHECKS[(sum % 11) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_is_read() {
        let card = parse("11010519491231002x").unwrap();
        assert_eq!(card.number, "11010519491231002X");
        assert_eq!(card.birth.to_string(), "1949-12-31");
        assert_eq!(card.gender, Gender::Female);
        assert_eq!(parse(" 440524 18800101 0014 ").unwrap().gender, Gender::Male);
    }

    #[test]
    fn an_old_card_is_the_same_number() {
        assert_eq!(parse("110105491231002").unwrap().number, "11010519491231002X");
    }

    #[test]
    fn a_wrong_letter_date_or_length_is_refused() {
        for text in [
            "110105194912310021",
            "11010519491331002X",
            "1101051949123100",
            "",
            "一1010519491231002",
            "ABCDEFGHIJKLMNOPQR",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
