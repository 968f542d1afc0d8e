//! Days and instants in the chain's zone.
//!
//! The fold of one person asks for a hundred dates, and asking the zone takes longer than any rule. So the offset at `now`
//! serves for as long as the zone keeps it, by plain arithmetic; before and after that, and near the change, the zone is asked.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::model::Micros;

use super::DAY_US;

/// Instants between which days have four digits of year and plain arithmetic holds.
const YEAR_1: Micros = -62_135_000_000_000_000;
const YEAR_9999: Micros = 253_370_000_000_000_000;

/// The days of a zone.
pub(crate) struct Calendar<'z> {
    zone: &'z TimeZone,
    /// The offset from `from` up to `to`.
    offset: Micros,
    from: Micros,
    to: Micros,
}

impl<'z> Calendar<'z> {
    /// The days of a zone, quick around an instant.
    pub fn around(zone: &'z TimeZone, now: Micros) -> Self {
        let at = timestamp(now);
        let change = |at: Option<Timestamp>, else_: Micros| at.map_or(else_, Timestamp::as_microsecond);
        // Transitions at `at` itself have happened; they lie on whole seconds.
        let after = Timestamp::from_microsecond(at.as_microsecond() + 1).unwrap_or(at);
        let from = change(zone.preceding(after).next().map(|change| change.timestamp()), YEAR_1);
        let to = change(zone.following(at).next().map(|change| change.timestamp()), YEAR_9999);
        let offset = Micros::from(zone.to_offset(at).seconds()) * 1_000_000;
        Self { zone, offset, from: from.max(YEAR_1), to: to.min(YEAR_9999) }
    }

    fn is_plain(&self, at: Micros) -> bool {
        (self.from..self.to).contains(&at)
    }

    /// The date of an instant.
    pub fn date(&self, at: Micros) -> Date {
        let plain = self.is_plain(at).then(|| civil((at + self.offset).div_euclid(DAY_US))).flatten();
        plain.unwrap_or_else(|| self.date_time(at).date())
    }

    /// Date and time of day of an instant.
    pub fn date_time(&self, at: Micros) -> DateTime {
        self.zone.to_datetime(timestamp(at))
    }

    /// The hour of an instant.
    pub fn hour(&self, at: Micros) -> i8 {
        match self.is_plain(at) {
            true => i8::try_from((at + self.offset).rem_euclid(DAY_US) / super::HOUR_US).unwrap_or_default(),
            false => self.date_time(at).hour(),
        }
    }

    /// The first instant of a date.
    pub fn start_of(&self, date: Date) -> Option<Micros> {
        let plain = number(date) * DAY_US - self.offset;
        // Within a day of a change an hour may be missing or be there twice.
        if self.is_plain(plain - 2 * DAY_US) && self.is_plain(plain + 2 * DAY_US) {
            return Some(plain);
        }
        date.to_zoned(self.zone.clone()).ok().map(|start| start.timestamp().as_microsecond())
    }

    /// The first instant of the day `days` after `date`.
    pub fn day_after(&self, date: Date, days: i64) -> Option<Micros> {
        match days.checked_add(number(date)).and_then(civil) {
            Some(day) => self.start_of(day),
            None => self.start_of(date.checked_add(days.days()).ok()?),
        }
    }
}

fn timestamp(at: Micros) -> Timestamp {
    Timestamp::from_microsecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The date so many days after another.
pub(crate) fn days_after(date: Date, days: i64) -> Option<Date> {
    match days.checked_add(number(date)).and_then(civil) {
        Some(day) => Some(day),
        None => date.checked_add(days.days()).ok(),
    }
}

/// The date on which so many years are over; of a 29 February the 28th in a year without one.
pub(crate) fn years_after(date: Date, years: i64) -> Option<Date> {
    let year = i16::try_from(years.checked_add(date.year().into())?).ok()?;
    let last_of_february = || Date::new(year, 2, 28).ok().filter(|_| (date.month(), date.day()) == (2, 29));
    Date::new(year, date.month(), date.day()).ok().or_else(last_of_february)
}

/// Days since 1970-01-01, in a calendar that goes on as it is.
fn number(date: Date) -> i64 {
    let (month, day) = (i64::from(date.month()), i64::from(date.day()));
    // The year begins in March, so that the leap day is its last.
    let year = i64::from(date.year()) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date so many days after 1970-01-01, in the years 1 to 9998.
fn civil(days: i64) -> Option<Date> {
    if !(YEAR_1 / DAY_US..YEAR_9999 / DAY_US).contains(&days) {
        return None;
    }
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let of_era = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = of_era + era * 400 + i64::from(month <= 2);
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(date).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_the_zone_says() {
        let days =
            [-900_000, -719_162, -141_428, -1, 0, 59, 7_000, 19_781, 20_000, 20_515, 20_757, 2_932_000, 2_932_896];
        for name in
            ["Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
        {
            let zone = TimeZone::get(name).unwrap();
            let changes: Vec<Micros> =
                zone.following(timestamp(0)).take(140).map(|change| change.timestamp().as_microsecond()).collect();
            let sums = days.iter().map(|day| day * DAY_US).chain(changes);
            let instants: Vec<Micros> = sums
                .flat_map(|at| {
                    [-172_800, -90_000, -86_400, -3_601, -3_600, -1, 0, 1, 1_800, 3_600, 80_000, 86_400, 172_801]
                        .map(|by| at + by * 1_000_000)
                })
                .filter(|at| Timestamp::from_microsecond(*at).is_ok())
                .collect();
            for now in ["1985-06-01", "1991-04-15", "2026-03-08", "2026-07-01", "2026-11-01"] {
                let now = now.parse::<Date>().unwrap().to_zoned(zone.clone()).unwrap().timestamp().as_microsecond();
                let calendar = Calendar::around(&zone, now);
                for at in instants.iter().copied().chain([now - 1, now, now + 1]) {
                    let asked = zone.to_datetime(timestamp(at));
                    let date = asked.date();
                    assert_eq!((calendar.date(at), calendar.hour(at)), (date, asked.hour()), "{name} {at}");
                    let start =
                        |date: Date| date.to_zoned(zone.clone()).ok().map(|start| start.timestamp().as_microsecond());
                    assert_eq!(calendar.start_of(date), start(date), "{name} {date}");
                    for days in [-1, 1, 30, 365, 7_000_000] {
                        let then = date.checked_add(days.days()).ok();
                        assert_eq!(calendar.day_after(date, days), then.and_then(start), "{name} {date} {days}");
                        assert_eq!(days_after(date, days), then, "{date} {days}");
                    }
                }
            }
        }
    }

    #[test]
    fn years_are_over_on_the_same_day() {
        for date in
            ["2024-02-29", "2023-02-28", "2000-12-31", "-000001-03-01"].map(|date| date.parse::<Date>().unwrap())
        {
            for years in [-9_000, -1, 0, 1, 4, 18, 100, 7_975, 9_000] {
                assert_eq!(years_after(date, years), date.checked_add(years.years()).ok(), "{date} {years}");
            }
        }
    }
}
