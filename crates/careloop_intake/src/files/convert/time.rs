//! Reading dates and times: by the map's format, or in the forms that Chinese and international programs write.

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Serial numbers of workbooks count days from here.
const SERIAL_START: Date = jiff::civil::date(1899, 12, 30);
const LAST_SERIAL: f64 = 2_958_465.0;
/// Years that a time of a clinic's file may have; anything else stands for "not known".
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

/// How one column writes dates and times.
#[derive(Debug)]
pub(super) struct TimeReader {
    /// The map's format.
    pub(super) format: Option<String>,
    /// The zone of times that name none.
    pub(super) zone: TimeZone,
    /// Whether a cell may hold a workbook's own date, whatever the format says.
    pub(super) typed: bool,
}

impl TimeReader {
    /// An instant. A date alone means its first moment; a time that the clock skipped is moved past the gap, one that it
    /// ran through twice is the first of the two.
    pub(super) fn instant(&self, text: &str) -> Option<Timestamp> {
        let found = match &self.format {
            Some(format) => self.by_format(format, text),
            None => None,
        };
        let moment = match found {
            Some(moment) => moment,
            None if self.format.is_none() || self.typed => self.by_shape(text)?,
            None => return None,
        };
        match moment {
            Moment::Instant(instant) => Some(instant),
            Moment::Civil(civil) if YEARS.contains(&civil.year()) => self.zone.to_timestamp(civil).ok(),
            Moment::Civil(_) => None,
        }
    }

    /// A day.
    pub(super) fn date(&self, text: &str) -> Option<Date> {
        let found = match &self.format {
            Some(format) => strtime::parse(format, text).ok().and_then(|time| time.to_date().ok()),
            None => None,
        };
        match found {
            Some(date) => Some(date),
            None if self.format.is_none() || self.typed => match self.by_shape(text)? {
                Moment::Civil(civil) => Some(civil.date()),
                Moment::Instant(instant) => Some(instant.to_zoned(self.zone.clone()).date()),
            },
            None => None,
        }
    }

    /// What the format asks of people, for messages.
    pub(super) fn expectation(&self) -> String {
        match &self.format {
            Some(format) => format!("written like {format}"),
            None => "such as 2026-03-01 09:00:00; set `format` in the map if it is written otherwise".to_owned(),
        }
    }

    fn by_format(&self, format: &str, text: &str) -> Option<Moment> {
        let time = strtime::parse(format, text).ok()?;
        if let Ok(instant) = time.to_timestamp() {
            return Some(Moment::Instant(instant));
        }
        let date = time.to_date().ok()?;
        Some(Moment::Civil(date.to_datetime(time.to_time().unwrap_or(Time::midnight()))))
    }

    fn by_shape(&self, text: &str) -> Option<Moment> {
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some(Moment::Instant(instant));
        }
        let civil = if text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            compact(text)
        } else {
            groups(text)
        };
        civil.or_else(|| if self.typed { serial(text) } else { None }).map(Moment::Civil)
    }
}

enum Moment {
    Instant(Timestamp),
    Civil(DateTime),
}

/// `20260301`, `202603010900`, `20260301090000`.
fn compact(text: &str) -> Option<DateTime> {
    let number = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<i16>().ok());
    let rest = |from: usize| if text.len() >= from + 2 { number(from, from + 2) } else { Some(0) };
    if !matches!(text.len(), 8 | 12 | 14) {
        return None;
    }
    civil([number(0, 4)?, number(4, 6)?, number(6, 8)?, rest(8)?, rest(10)?, rest(12)?])
}

/// `2026-3-1`, `2026/03/01 9:00`, `2026年3月1日 9时`, `2026.03.01T09:00:00.25`: year first, parts of digits.
fn groups(text: &str) -> Option<DateTime> {
    let known = |letter: char| letter.is_ascii_digit() || "-/.:T 年月日时分秒".contains(letter);
    if !text.chars().all(known) || !text.starts_with(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let parts: Vec<&str> =
        text.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    if !(3..=7).contains(&parts.len())
        || parts[0].len() != 4
        || parts[1..parts.len().min(6)].iter().any(|part| part.len() > 2)
    {
        return None;
    }
    let mut numbers = [0; 6];
    for (number, part) in numbers.iter_mut().zip(&parts) {
        *number = part.parse().ok()?;
    }
    civil(numbers)
}

fn civil([year, month, day, hour, minute, second]: [i16; 6]) -> Option<DateTime> {
    let small = |number: i16| i8::try_from(number).ok();
    let date = Date::new(year, small(month)?, small(day)?).ok()?;
    let time = Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()?;
    Some(date.to_datetime(time))
}

/// The serial number of a workbook: days since the end of 1899, the time of day as the fraction.
fn serial(text: &str) -> Option<DateTime> {
    let days = text.parse::<f64>().ok().filter(|days| (1.0..=LAST_SERIAL).contains(days))?;
    let seconds = (days.fract() * 86_400.0).round();
    #[expect(clippy::cast_possible_truncation, reason = "both lie within the range checked above")]
    let (whole, rest) = (days.trunc() as i32, seconds as i64);
    SERIAL_START.to_datetime(Time::midnight()).checked_add(whole.days().seconds(rest)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(format: Option<&str>) -> TimeReader {
        TimeReader { format: format.map(str::to_owned), zone: TimeZone::get("Asia/Shanghai").unwrap(), typed: false }
    }

    #[test]
    fn usual_forms_are_read_without_a_format() {
        for text in [
            "2026-03-01 09:00:00",
            "2026/3/1 9:00",
            "2026年3月1日 9时0分",
            "20260301090000",
            "202603010900",
            "2026.03.01T09:00:00.000",
            "2026-03-01T01:00:00Z",
        ] {
            assert_eq!(reader(None).instant(text).unwrap().to_string(), "2026-03-01T01:00:00Z", "{text}");
        }
        assert_eq!(reader(None).instant("20260301").unwrap().to_string(), "2026-02-28T16:00:00Z");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "soon",
            "2026-13-01",
            "2026-02-30",
            "19402704",
            "26-03-01",
            "2026-03",
            "45000",
            "0000-00-00",
            "0001-01-01",
            "2026-03-01 25:00",
        ] {
            assert_eq!(reader(None).instant(text), None, "{text}");
        }
        assert_eq!(reader(Some("%Y%m%d")).date("19402704"), None);
        assert_eq!(reader(Some("%Y%m%d")).date("2026-03-01"), None, "a format is a promise");
    }

    #[test]
    fn formats_with_and_without_an_offset_are_read() {
        assert_eq!(reader(Some("%Y%m%d")).instant("19970101").unwrap().to_string(), "1996-12-31T16:00:00Z");
        assert_eq!(
            reader(Some("%d.%m.%Y %H:%M")).instant("01.03.2026 09:00").unwrap().to_string(),
            "2026-03-01T01:00:00Z"
        );
        assert_eq!(
            reader(Some("%Y-%m-%dT%H:%M:%S%z")).instant("2026-03-01T09:00:00+0100").unwrap().to_string(),
            "2026-03-01T08:00:00Z"
        );
        assert_eq!(reader(Some("%Y年%m月%d日")).date("1990年03月12日").unwrap().to_string(), "1990-03-12");
    }

    #[test]
    fn times_in_a_gap_move_past_it_and_doubled_ones_are_the_first() {
        let berlin = TimeReader { format: None, zone: TimeZone::get("Europe/Berlin").unwrap(), typed: false };
        assert_eq!(berlin.instant("2026-03-29 02:30").unwrap().to_string(), "2026-03-29T01:30:00Z");
        assert_eq!(berlin.instant("2026-10-25 02:30").unwrap().to_string(), "2026-10-25T00:30:00Z");
        assert_eq!(reader(None).instant("1986-05-04 02:30").unwrap().to_string(), "1986-05-03T18:30:00Z");
    }

    #[test]
    fn a_workbook_may_hold_serial_numbers() {
        let typed = TimeReader { typed: true, ..reader(Some("%Y%m%d")) };
        assert_eq!(typed.date("45000").unwrap().to_string(), "2023-03-15");
        assert_eq!(typed.instant("45000.375").unwrap().to_string(), "2023-03-15T01:00:00Z");
        assert_eq!(typed.instant("2023-03-15 09:00:00").unwrap().to_string(), "2023-03-15T01:00:00Z");
        assert_eq!(typed.date("20230315").unwrap().to_string(), "2023-03-15");
        assert_eq!(typed.date("0.5"), None);
    }
}
