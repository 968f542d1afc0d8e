//! Days, times of day and how busy each day is. Everything is civil time of the chain; the maps name the zone.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::Error;
use crate::clinics::CLINICS;
use crate::dice::Dice;

/// Days since the chain's first day; negative before it.
pub(crate) type Day = i32;

/// A civil time, in seconds since midnight of the chain's first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i64);

const DAY_SECONDS: i64 = 86_400;
/// Due dates and expiries may lie this many days after the end.
const AFTERMATH: i64 = 800;

impl Moment {
    pub(crate) fn new(day: Day, minute_of_day: i64) -> Self {
        Self(i64::from(day) * DAY_SECONDS + minute_of_day * 60)
    }

    pub(crate) fn day(self) -> Day {
        Day::try_from(self.0.div_euclid(DAY_SECONDS)).unwrap_or(Day::MAX)
    }

    pub(crate) fn second_of_day(self) -> i64 {
        self.0.rem_euclid(DAY_SECONDS)
    }

    pub(crate) fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0 + minutes * 60)
    }

    pub(crate) fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds)
    }

    pub(crate) fn minutes_since(self, other: Self) -> i64 {
        (self.0 - other.0) / 60
    }
}

/// The span of the demo, its dates and how the load spreads over them.
pub(crate) struct Calendar {
    /// The first day without events: days `0..end` are the past.
    pub(crate) end: Day,
    /// The day each clinic opened.
    pub(crate) openings: [Day; CLINICS.len()],
    dates: Vec<Date>,
    labels: Vec<String>,
    /// Running total of each day's demand, for drawing days.
    demand: Vec<u64>,
}

/// First days of the Chinese year, when clinics are shut for a week.
const NEW_YEARS: [(i16, i8, i8); 16] = [
    (2020, 1, 25),
    (2021, 2, 12),
    (2022, 2, 1),
    (2023, 1, 22),
    (2024, 2, 10),
    (2025, 1, 29),
    (2026, 2, 17),
    (2027, 2, 6),
    (2028, 1, 26),
    (2029, 2, 13),
    (2030, 2, 3),
    (2031, 1, 23),
    (2032, 2, 11),
    (2033, 1, 31),
    (2034, 2, 19),
    (2035, 2, 8),
];
/// Per cent of an average month, January first: school holidays fill a dental chain.
const SEASON: [u64; 12] = [90, 70, 104, 98, 100, 106, 132, 130, 94, 92, 104, 98];

impl Calendar {
    pub(crate) fn new(end: Date, years: u16) -> Result<Self, Error> {
        let bad =
            |_| Error::Options("the end date leaves no room for the years asked: choose a date between 1900 and 9000");
        let first = end.checked_sub(i32::from(years).years()).map_err(bad)?;
        let past = i64::from(first.until(end).map_err(bad)?.get_days());
        let mut dates = Vec::new();
        for offset in 0..past + AFTERMATH {
            dates.push(first.checked_add(offset.days()).map_err(bad)?);
        }
        let end = Day::try_from(past).unwrap_or(Day::MAX);
        let labels = dates.iter().map(ToString::to_string).collect();
        let openings = [0, end * 14 / 100, end * 36 / 100];
        let mut calendar = Self { end, openings, dates, labels, demand: Vec::new() };
        let mut total = 0;
        for day in 0..end {
            total += calendar.weight(day) * (0..CLINICS.len()).map(|clinic| calendar.ramp(clinic, day)).sum::<u64>();
            calendar.demand.push(total);
        }
        Ok(calendar)
    }

    /// How known a clinic is on a day, in per cent: it opens at seventy and grows for half a year.
    fn ramp(&self, clinic: usize, day: Day) -> u64 {
        u64::try_from(day - self.openings[clinic]).map_or(0, |age| 70 + (age / 6).min(30))
    }

    fn weight(&self, day: Day) -> u64 {
        let date = self.date(day);
        let season = SEASON[usize::try_from(date.month() - 1).unwrap_or(0)];
        let week = match date.weekday() {
            Weekday::Saturday | Weekday::Sunday => 125,
            Weekday::Monday => 85,
            _ => 100,
        };
        if self.is_closed(day) { 20 } else { season * week / 100 }
    }

    /// True in the week of the Chinese new year, when nobody works.
    pub(crate) fn is_closed(&self, day: Day) -> bool {
        let date = self.date(day);
        NEW_YEARS.iter().any(|&(year, month, first)| {
            Date::new(year, month, first)
                .is_ok_and(|start| (-1..6).contains(&start.until(date).map_or(99, |span| span.get_days())))
        })
    }

    pub(crate) fn is_weekend(&self, day: Day) -> bool {
        matches!(self.date(day).weekday(), Weekday::Saturday | Weekday::Sunday)
    }

    /// The day's date; the last known one for days past the horizon.
    pub(crate) fn date(&self, day: Day) -> Date {
        self.dates[self.slot(day)]
    }

    /// The day as `YYYY-MM-DD`.
    pub(crate) fn label(&self, day: Day) -> &str {
        &self.labels[self.slot(day)]
    }

    fn slot(&self, day: Day) -> usize {
        usize::try_from(day).unwrap_or(0).min(self.dates.len() - 1)
    }

    /// Whole years lived on a day.
    pub(crate) fn age(&self, birth: Date, day: Day) -> i64 {
        let today = self.date(day);
        let had_birthday = (today.month(), today.day()) >= (birth.month(), birth.day());
        i64::from(today.year()) - i64::from(birth.year()) - i64::from(!had_birthday)
    }

    /// A day of the past on which somebody first thinks of the chain.
    pub(crate) fn draw_day(&self, dice: &mut Dice) -> Day {
        let total = self.demand.last().copied().unwrap_or(0);
        let ticket = dice.below(total);
        Day::try_from(self.demand.partition_point(|&sum| sum <= ticket)).unwrap_or(0)
    }

    /// A clinic that is open on the day, the better known the likelier.
    pub(crate) fn draw_clinic(&self, dice: &mut Dice, day: Day) -> usize {
        let weights: Vec<(u64, usize)> = (0..CLINICS.len()).map(|clinic| (self.ramp(clinic, day), clinic)).collect();
        dice.weighted(&weights)
    }

    /// The nearest working day from `day` on, moved to the weekend when the customer prefers that.
    pub(crate) fn working_day(&self, day: Day, prefers_weekend: bool) -> Day {
        let mut day = day;
        for _ in 0..14 {
            if !self.is_closed(day) && (!prefers_weekend || self.is_weekend(day)) {
                break;
            }
            day += 1;
        }
        day
    }

    /// A half-hour slot within opening hours (9:00 to 18:00, thin over lunch).
    pub(crate) fn slot_on(&self, day: Day, dice: &mut Dice) -> Moment {
        let slot = dice.between(0, 17);
        let slot = if (6..9).contains(&slot) && dice.chance(70) { slot - 4 } else { slot };
        Moment::new(day, 9 * 60 + slot * 30)
    }

    /// The same moment, or the next morning when staff have gone home.
    pub(crate) fn in_office(&self, moment: Moment, dice: &mut Dice) -> Moment {
        match moment.second_of_day() / 3600 {
            9..=19 => moment,
            0..=8 => Moment::new(moment.day(), 9 * 60 + dice.between(0, 50)),
            _ => Moment::new(moment.day() + 1, 9 * 60 + dice.between(0, 50)),
        }
    }
}
