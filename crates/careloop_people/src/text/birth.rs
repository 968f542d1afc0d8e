//! Birth dates: which are evidence, and how two compare.

use jiff::civil::Date;

/// How two birth dates stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BirthMatch {
    /// One of them is missing or weak.
    Unknown,
    /// The same day.
    Equal,
    /// One digit apart, two neighbouring digits swapped, day and month swapped, or another month or day of the same year.
    Near,
    /// Neither.
    Different,
}

/// Whether the date may tell people apart. The first of January and a few dates of machines stand for "not known".
pub fn is_evidence(date: Date) -> bool {
    let fillers = [(1899, 12, 30), (1899, 12, 31), (1911, 11, 11), (1999, 9, 9)];
    let first_of_year = date.month() == 1 && date.day() == 1;
    date.year() >= 1850 && !first_of_year && !fillers.contains(&(date.year(), date.month(), date.day()))
}

/// Compares two dates that are evidence.
pub fn compare(a: Option<Date>, b: Option<Date>) -> BirthMatch {
    let (Some(a), Some(b)) = (a, b) else { return BirthMatch::Unknown };
    if a == b {
        return BirthMatch::Equal;
    }
    let same_year = a.year() == b.year();
    let swapped = same_year && a.month() == b.day() && a.day() == b.month();
    let one_part = same_year && (a.month() == b.month() || a.day() == b.day());
    let near = swapped || one_part || one_slip(&digits(a), &digits(b));
    if near { BirthMatch::Near } else { BirthMatch::Different }
}

fn digits(date: Date) -> [u8; 8] {
    let mut number = i32::from(date.year()) * 10_000 + i32::from(date.month()) * 100 + i32::from(date.day());
    let mut out = [0; 8];
    for place in out.iter_mut().rev() {
        *place = u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
    out
}

/// One digit differs, or two neighbours are swapped.
fn one_slip(a: &[u8; 8], b: &[u8; 8]) -> bool {
    let apart: Vec<usize> = (0..8).filter(|place| a[*place] != b[*place]).collect();
    match apart[..] {
        [_] => true,
        [first, second] => second == first + 1 && a[first] == b[second] && a[second] == b[first],
        _ => false,
    }
}

/// Full years from `birth` to `today`; none for a date to come.
pub fn age(birth: Date, today: Date) -> Option<i64> {
    let had = (today.month(), today.day()) >= (birth.month(), birth.day());
    let years = i64::from(today.year()) - i64::from(birth.year()) - i64::from(!had);
    (years >= 0).then_some(years)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn dates_that_fill_a_field_are_weak() {
        for text in ["1900-01-01", "1970-01-01", "1985-01-01", "1899-12-30", "1111-11-11"] {
            assert!(!is_evidence(day(text)), "{text}");
        }
        assert!(is_evidence(day("1985-01-02")));
    }

    #[test]
    fn slips_of_the_finger_are_near() {
        let near = |a, b| compare(Some(day(a)), Some(day(b)));
        assert_eq!(near("1990-03-12", "1990-03-12"), BirthMatch::Equal);
        assert_eq!(near("1990-03-12", "1990-12-03"), BirthMatch::Near, "day and month");
        assert_eq!(near("1990-03-12", "1990-03-21"), BirthMatch::Near, "neighbours");
        assert_eq!(near("1990-03-12", "1980-03-12"), BirthMatch::Near, "one digit");
        assert_eq!(near("1990-03-12", "1990-11-12"), BirthMatch::Near, "another month");
        assert_eq!(near("1990-03-12", "1981-03-12"), BirthMatch::Different);
        assert_eq!(near("1990-03-12", "1990-11-25"), BirthMatch::Different);
        assert_eq!(compare(None, Some(day("1990-03-12"))), BirthMatch::Unknown);
    }

    #[test]
    fn age_turns_on_the_birthday() {
        assert_eq!(age(day("2000-03-02"), day("2026-03-01")), Some(25));
        assert_eq!(age(day("2000-03-02"), day("2026-03-02")), Some(26));
        assert_eq!(age(day("2027-03-02"), day("2026-03-02")), None);
    }
}
