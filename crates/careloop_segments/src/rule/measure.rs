//! What a rule can ask of the events that fit, taken together. Both evaluators decide with what is here.

use super::{Length, Point, Test};

/// What must be true of the events that fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// There is at least one.
    Exists,
    /// Their number; nobody's events are 0.
    Count(Test),
    /// The sum of a field; of no events it is 0.
    Sum {
        /// A money or number field.
        field: String,
        /// What the sum must pass.
        test: Test,
    },
    /// How many different values a field has; of no events it is 0.
    Distinct {
        /// Any field; an event without it adds none.
        field: String,
        /// What the number must pass.
        test: Test,
    },
    /// The time between one event and the next; with fewer than two events it is false.
    Gaps(Gaps),
    /// The first one lies before or after; without events it is false.
    First(Ends),
    /// The last one lies before or after; without events it is false.
    Last(Ends),
    /// Some event is followed by another.
    FollowedBy(Second),
    /// Some event is followed by none, and the time for it is over.
    NotFollowedBy(Second),
}

/// Where a first or last event must lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edge {
    /// Counted back from now.
    Ago(Length),
    /// Fixed.
    At(Point),
}

impl Edge {
    /// The instant it means.
    pub fn at(&self, now: i64) -> i64 {
        match self {
            Self::Ago(length) => now - length.micros,
            Self::At(point) => point.at_us,
        }
    }
}

/// Bounds of a first or last event; at least one is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ends {
    /// It is earlier than this.
    pub before: Option<Edge>,
    /// It is at this or later.
    pub after: Option<Edge>,
}

impl Ends {
    /// Whether an event at this instant lies inside.
    pub fn hold(&self, at_us: i64, now: i64) -> bool {
        self.before.as_ref().is_none_or(|edge| at_us < edge.at(now))
            && self.after.as_ref().is_none_or(|edge| at_us >= edge.at(now))
    }
}

/// Which of the gaps between one event and the next is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// The shortest.
    Shortest,
    /// The longest.
    Longest,
    /// The one in the middle; of an even number, the mean of the two in the middle.
    Median,
    /// Their mean.
    Average,
    /// That between the last two events.
    Last,
}

impl Gap {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Shortest, Self::Longest, Self::Median, Self::Average, Self::Last];

    /// The name in rules.
    pub fn key(self) -> &'static str {
        match self {
            Self::Shortest => "shortest",
            Self::Longest => "longest",
            Self::Median => "median",
            Self::Average => "average",
            Self::Last => "last",
        }
    }

    /// Chinese and English name.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Shortest => ("最短间隔", "shortest gap"),
            Self::Longest => ("最长间隔", "longest gap"),
            Self::Median => ("间隔中位数", "median gap"),
            Self::Average => ("平均间隔", "average gap"),
            Self::Last => ("最近一次间隔", "last gap"),
        }
    }

    /// Its length between these instants, which are in order, in microseconds; none with fewer than two.
    pub fn of(self, instants: &[i64]) -> Option<i64> {
        let gap = |at: usize| Some(instants.get(at)? - instants.get(at.checked_sub(1)?)?);
        match self {
            Self::Shortest | Self::Longest | Self::Last => gap(self.ends_at(instants)?),
            Self::Average => {
                let gaps = i64::try_from(instants.len().checked_sub(1)?).ok().filter(|gaps| *gaps > 0)?;
                Some((instants.last()? - instants.first()?) / gaps)
            }
            Self::Median => {
                let mut gaps: Vec<i64> = instants.windows(2).map(|pair| pair[1] - pair[0]).collect();
                gaps.sort_unstable();
                Some(i64::midpoint(*gaps.get(gaps.len().checked_sub(1)? / 2)?, *gaps.get(gaps.len() / 2)?))
            }
        }
    }

    /// The later of the two instants it lies between; none where it is no single gap.
    pub fn ends_at(self, instants: &[i64]) -> Option<usize> {
        let length = |at: &usize| instants[*at] - instants[*at - 1];
        match self {
            Self::Shortest => (1..instants.len()).min_by_key(length),
            Self::Longest => (1..instants.len()).max_by_key(length),
            Self::Last => (1..instants.len()).last(),
            Self::Median | Self::Average => None,
        }
    }
}

/// Bounds of a gap, both inside; at least one is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gaps {
    /// Which gap.
    pub gap: Gap,
    /// It is so long or longer.
    pub least: Option<Length>,
    /// It is so long or shorter.
    pub most: Option<Length>,
}

impl Gaps {
    /// Whether a gap of so many microseconds passes; none does not.
    pub fn hold(&self, micros: Option<i64>) -> bool {
        micros.is_some_and(|micros| {
            self.least.as_ref().is_none_or(|least| micros >= least.micros)
                && self.most.as_ref().is_none_or(|most| micros <= most.micros)
        })
    }
}

/// The second event of a sequence.
///
/// It may be of the same instant as the first when it is of another kind, since files often carry only the day; one of the
/// same kind is later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Second {
    /// The kind, `object.verb`.
    pub kind: String,
    /// Which events: each field passes its test.
    pub filters: Vec<(String, Test)>,
    /// How long after the first at the latest, that instant inside; none is whenever.
    pub within: Option<Length>,
}

impl Second {
    /// Which of `seconds`, which are in order, is the first to follow an event of `kind` at this instant.
    pub fn follower(&self, kind: &str, at_us: i64, seconds: &[i64]) -> Option<usize> {
        let from = seconds.partition_point(|second| *second < at_us || (*second == at_us && kind == self.kind));
        let in_time = |second: &i64| self.within.as_ref().is_none_or(|length| *second - at_us <= length.micros);
        seconds.get(from).filter(|second| in_time(second)).map(|_| from)
    }

    /// The first instant at which the time to follow an event is over; none when it never is.
    pub fn over_at(&self, at_us: i64) -> Option<i64> {
        self.within.as_ref().map(|length| at_us + length.micros + 1)
    }

    /// Whether the time to follow an event is over just before `now`. Without an end, what counts is what is so far.
    pub fn is_over(&self, at_us: i64, now: i64) -> bool {
        self.over_at(at_us).is_none_or(|over| over <= now)
    }
}
