//! When somebody paid, reduced to what the models ask: how often again, when last, and since when they are known.

use std::collections::BTreeMap;

use jiff::civil::Date;

/// The models' unit of time is the week; what is stored are days.
pub(super) const DAYS_A_WEEK: f64 = 7.0;

/// One payer's purchases, in whole days. All payments of a day are one purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Purchases {
    /// Paid days after the first: x.
    pub repeats: u32,
    /// Days from the first paid day to the last: t_x.
    pub last: u32,
    /// Days from the first paid day to the end of what is known: T, not below t_x.
    pub known: u32,
}

/// A payer's paid days with what was paid on each, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaidDays(Vec<(Date, i64)>);

impl PaidDays {
    /// From payments in order of time, each with its date and minor units.
    pub fn of(payments: impl IntoIterator<Item = (Date, i64)>) -> Self {
        let mut days: Vec<(Date, i64)> = Vec::new();
        for (date, minor) in payments {
            match days.last_mut().filter(|(last, _)| *last == date) {
                Some((_, sum)) => *sum = sum.saturating_add(minor),
                None => days.push((date, minor)),
            }
        }
        Self(days)
    }

    /// How many paid days.
    pub(super) fn days(&self) -> usize {
        self.0.len()
    }

    /// The first paid day.
    pub(super) fn first(&self) -> Option<Date> {
        self.0.first().map(|(date, _)| *date)
    }

    /// The purchases as known on `end`, or on the last paid day if that is later; none without one.
    pub fn purchases(&self, end: Date) -> Option<Purchases> {
        let (first, _) = self.0.first()?;
        let (last, _) = self.0.last()?;
        let since = |date: Date| u32::try_from((date - *first).get_days()).unwrap_or(0);
        Some(Purchases {
            repeats: u32::try_from(self.0.len() - 1).unwrap_or(u32::MAX),
            last: since(*last),
            known: since((*last).max(end)),
        })
    }

    /// Minor units paid on the days after the first.
    pub fn repeat_minor(&self) -> i64 {
        self.0.iter().skip(1).fold(0, |sum, (_, minor)| sum.saturating_add(*minor))
    }

    /// The days up to and including `end`, and how many are after it.
    pub(super) fn split(&self, end: Date) -> (Self, usize) {
        let (before, after) = self.0.split_at(self.0.partition_point(|(date, _)| *date <= end));
        (Self(before.to_vec()), after.len())
    }
}

/// Equal purchases and how many payers have them: people who never came back differ in `known` alone, so this is far
/// shorter than the list of payers.
pub(super) fn grouped(purchases: impl IntoIterator<Item = Purchases>) -> Vec<(Purchases, f64)> {
    let mut groups: BTreeMap<Purchases, f64> = BTreeMap::new();
    for one in purchases {
        *groups.entry(one).or_default() += 1.0;
    }
    groups.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_is_one_purchase_and_the_first_is_no_repeat() {
        let days = [(1, 100), (1, 50), (8, 200), (20, 300)].map(|(day, minor)| (date(2026, 3, day), minor));
        let paid = PaidDays::of(days);
        let expected = Purchases { repeats: 2, last: 19, known: 30 };
        assert_eq!(paid.purchases(date(2026, 3, 31)), Some(expected));
        assert_eq!(
            paid.purchases(date(2026, 3, 10)),
            Some(Purchases { known: 19, ..expected }),
            "never before the last"
        );
        assert_eq!(paid.repeat_minor(), 500);
        let (before, after) = paid.split(date(2026, 3, 8));
        assert_eq!((before.repeat_minor(), after), (200, 1));
        assert_eq!(PaidDays::default().purchases(date(2026, 3, 1)), None);
    }
}
