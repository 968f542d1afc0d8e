//! Two evaluators of one language: [`verdict`] asks about one person and says why and until when; [`members`] asks about
//! everybody at once and gives a bitmap. A property test holds them to the same answer.
//!
//! "Now" is exclusive everywhere: an event counts when it lies before it.

mod cells;
mod columns;
mod facts;
mod grouped;
mod kind;
pub(crate) mod listed;
mod person;
mod set;

use std::collections::{BTreeMap, BTreeSet};

use careloop_kernel::Currency;
use careloop_kernel::ids::SegmentId;
use jiff::tz::TimeZone;

use crate::rule::{Cuts, Rule};

pub use cells::Cells;
pub(crate) use columns::quantiles;
pub use columns::{AttrColumn, Needs, Population, needs};
pub use facts::attr_values;
pub(crate) use grouped::KindLog;
pub use grouped::{Block, KindEvents};
pub use kind::{KindColumns, Told};
pub use person::{Clause, Judge, Subject, Verdict, verdict};
pub use set::{cut, members};

/// Names of the chain's things, as rules write them.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Code and id of each clinic by number.
    pub clinics: BTreeMap<i64, Vec<String>>,
    /// Name and id of each source by number.
    pub sources: BTreeMap<i64, Vec<String>>,
    /// Log-in and id of each member of staff by number.
    pub staff: BTreeMap<i64, Vec<String>>,
}

/// What both evaluators know besides people.
#[derive(Debug, Clone)]
pub struct World {
    /// The chain's zone.
    pub zone: TimeZone,
    /// The chain's currency; amounts in others are none.
    pub currency: Currency,
    /// Names of clinics, sources, staff.
    pub names: Names,
    /// The rules of all segments.
    pub segments: BTreeMap<SegmentId, Rule>,
    /// Tags that wait for data: an absent flag among them is not known to be false.
    pub waiting: BTreeSet<String>,
}

impl World {
    /// Puts what was measured into the rules of all segments.
    pub fn bind(&mut self, cuts: &Cuts) {
        self.segments.values_mut().for_each(|rule| rule.bind(cuts));
    }
}

/// The earlier of two instants, where none is never.
pub(crate) fn earlier(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
