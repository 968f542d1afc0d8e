//! The rule language of segments, which `docs/guide/segment-rules.md` describes, typed.
//!
//! [`parse`] reads JSON and refuses what is not a rule, naming the place, the fault and the next step; [`to_json`] writes
//! the one canonical form; [`summary`] says it in Chinese and English. Evaluating is in `eval`.

mod attr;
mod json;
mod measure;
mod parse;
mod quantiles;
mod scalar;
mod summary;

use careloop_kernel::ids::SegmentId;

pub use attr::Attr;
pub(crate) use json::scalar as scalar_json;
pub use json::to_json;
pub use measure::{Edge, Ends, Gap, Gaps, Measure, Second};
pub use parse::{Parsed, Terms, parse};
pub use quantiles::Cuts;
pub(crate) use quantiles::key as quantile_key;
pub use scalar::{Identity, Op, Quantile, Scalar, Side, Test, cell};
pub use summary::{Summary, Words, summary};

/// Who is in a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Everybody for whom each part holds; everybody if there is none.
    All(Vec<Rule>),
    /// Everybody for whom some part holds; nobody if there is none.
    Any(Vec<Rule>),
    /// Everybody for whom it does not hold.
    Not(Box<Rule>),
    /// Whoever the rule of another segment describes.
    Segment(SegmentId),
    /// Whoever was put on this segment's list by hand and not taken off it: the own rule of a static list, nobody else's.
    Listed(SegmentId),
    /// A tag has a value.
    Tag(TagTest),
    /// A fact of the records.
    Attr(AttrTest),
    /// Something happened, or did not.
    Event(Box<EventTest>),
}

/// A test of a tag's values: it holds when some value passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagTest {
    /// The tag's id.
    pub tag: String,
    /// What a value must pass.
    pub test: Test,
}

/// A test of a fact: it holds when some value passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttrTest {
    /// The fact.
    pub attr: Attr,
    /// What a value must pass.
    pub test: Test,
}

/// A test over the events of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventTest {
    /// The kind, `object.verb`.
    pub kind: String,
    /// Which time.
    pub window: Window,
    /// Which events: each field passes its test.
    pub filters: Vec<(String, Test)>,
    /// What must be true of those events together.
    pub measure: Measure,
}

impl EventTest {
    /// The kinds of events it reads, with the conditions on each.
    pub fn reads(&self) -> impl Iterator<Item = (&str, &[(String, Test)])> {
        let second = match &self.measure {
            Measure::FollowedBy(second) | Measure::NotFollowedBy(second) => {
                Some((second.kind.as_str(), second.filters.as_slice()))
            }
            _ => None,
        };
        std::iter::once((self.kind.as_str(), self.filters.as_slice())).chain(second)
    }
}

/// A stretch of time, half open: its start belongs to it, its end does not. All end before now at the latest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Window {
    /// The whole log up to now.
    Whole,
    /// So long back from now.
    Within(Length),
    /// Between two fixed points.
    Between {
        /// The first instant inside.
        from: Option<Point>,
        /// The first instant after it.
        to: Option<Point>,
    },
}

/// A length of time: a whole number of hours (of 60 minutes), days (of 24 hours) or weeks, or of minutes or seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Length {
    /// As written, such as `180d`.
    pub text: String,
    /// In microseconds.
    pub micros: i64,
}

/// A fixed point of time: a date (its first instant in the chain's zone) or an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// As written.
    pub text: String,
    /// In microseconds since 1970, UTC.
    pub at_us: i64,
}

impl Window {
    /// The stretch as instants, cut at `now`.
    pub fn bounds(&self, now: i64) -> (i64, i64) {
        match self {
            Self::Whole => (i64::MIN, now),
            Self::Within(length) => (now - length.micros, now),
            Self::Between { from, to } => (
                from.as_ref().map_or(i64::MIN, |point| point.at_us),
                to.as_ref().map_or(now, |point| point.at_us.min(now)),
            ),
        }
    }
}

impl Rule {
    /// Calls `visit` with each rule in it, itself first.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Rule)) {
        visit(self);
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.walk(visit)),
            Self::Not(part) => part.walk(visit),
            Self::Segment(_) | Self::Listed(_) | Self::Tag(_) | Self::Attr(_) | Self::Event(_) => {}
        }
    }

    /// The segments it names.
    pub fn segments(&self) -> Vec<SegmentId> {
        let mut named = Vec::new();
        self.walk(&mut |rule| {
            if let Self::Segment(id) = rule {
                named.push(*id);
            }
        });
        named
    }

    /// The rule at a path such as `all[0].not`; the empty path is the rule itself.
    pub fn at(&self, path: &str) -> Option<&Rule> {
        path.split('.').filter(|step| !step.is_empty()).try_fold(self, |rule, step| match rule {
            Self::Not(part) if step == "not" => Some(&**part),
            Self::All(parts) | Self::Any(parts) => {
                let index: usize = step.split_once('[')?.1.strip_suffix(']')?.parse().ok()?;
                parts.get(index)
            }
            _ => None,
        })
    }
}
