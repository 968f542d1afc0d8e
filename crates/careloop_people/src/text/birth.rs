//! Birth dates: which are evidence, and how two compare.

use jiff::civil::Date;

/// How two birth dates stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BirthMatch {
    /// The same day.
    Equal,
    /// Day and month swapped.
    Swapped,
    /// One digit apart, or two neighbouring digits swapped.
    Slip,
    /// Two of year, month and day are the same.
    Part,
    /// Nothing of that.
    Different,
}

/// Whether the date may tell people apart. The first of January and a few dates of machines stand for "not known".
pub fn is_evidence(date: Date) -> bool {
    let fillers = [(1899, 12, 30), (1899, 12, 31), (1911, 11, 11), (1999, 9, 9)];
    let first_of_year = date.month() == 1 && date.day() == 1;
    date.year() >= 1850 && !first_of_year && !fillers.contains(&(date.year(), date.month(), date.day()))
}

/// Compares two dates that are evidence.
pub fn compare(a: Date, b: Date) -> BirthMatch {
    let same_year = a.year() == b.year();
    if a == b {
        BirthMatch::Equal
    } else if same_year && a.month() == b.day() && a.day() == b.month() {
        BirthMatch::Swapped
    } else if one_slip(&digits(a), &digits(b)) {
        BirthMatch::Slip
    } else if [same_year, a.month() == b.month(), a.day() == b.day()].into_iter().filter(|same| *same).count() == 2 {
        BirthMatch::Part
    } else {
        BirthMatch::Different
    }
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
        let match_of = |a, b| compare(day(a), day(b));
        assert_eq!(match_of("1990-03-12", "1990-03-12"), BirthMatch::Equal);
        assert_eq!(match_of("1990-03-12", "1990-12-03"), BirthMatch::Swapped, "day and month");
        assert_eq!(match_of("1990-03-12", "1990-03-21"), BirthMatch::Slip, "neighbours");
        assert_eq!(match_of("1990-03-12", "1980-03-12"), BirthMatch::Slip, "one digit");
        assert_eq!(match_of("1990-03-12", "1990-11-12"), BirthMatch::Part, "another month");
        assert_eq!(match_of("1990-03-12", "1981-03-12"), BirthMatch::Part, "another year");
        assert_eq!(match_of("1990-03-12", "1990-11-25"), BirthMatch::Different);
    }

    #[test]
    fn age_turns_on_the_birthday() {
        assert_eq!(age(day("2000-03-02"), day("2026-03-01")), Some(25));
        assert_eq!(age(day("2000-03-02"), day("2026-03-02")), Some(26));
        assert_eq!(age(day("2027-03-02"), day("2026-03-02")), None);
    }
}
