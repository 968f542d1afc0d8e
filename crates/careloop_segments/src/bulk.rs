//! Work on many people at once: onto a list or off it, a tag set or removed, and all of it taken back.
//!
//! Whoever asks names the people; who of them may be seen is settled then and kept as a bitmap of records. A worker goes
//! through them in chunks, each one transaction that holds the events and how far it came, so a crash neither repeats nor
//! forgets. An action's events carry its id (`batch`); to undo it is to put every record it changed where it would stand
//! had those events never been told. What somebody decided since stays.

mod apply;
mod row;
mod step;
mod undo;

use careloop_kernel::ids::{BulkActionId, SegmentId};
use careloop_kernel::{Error, Result};
use jiff::civil::Date;

pub(crate) use step::step;

/// What is done to each person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Put on a list.
    ListAdd(SegmentId),
    /// Taken off it.
    ListRemove(SegmentId),
    /// Given a tag.
    TagSet {
        /// The tag.
        tag: String,
        /// The value.
        value: String,
        /// Why.
        reason: Option<String>,
        /// The last day on which it replaces what is computed.
        until_on: Option<Date>,
    },
    /// Rid of a tag that was set by hand.
    TagRemove {
        /// The tag.
        tag: String,
        /// The value.
        value: String,
    },
}

impl Deed {
    /// The stored name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::ListAdd(_) => "list_add",
            Self::ListRemove(_) => "list_remove",
            Self::TagSet { .. } => "tag_set",
            Self::TagRemove { .. } => "tag_remove",
        }
    }
}

/// Where the people came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Chosen one by one.
    Selection,
    /// The members of a segment at that moment.
    Segment,
    /// A file.
    Import,
    /// The people most like a segment.
    Lookalike,
}

impl Origin {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Selection => "selection",
            Self::Segment => "segment",
            Self::Import => "import",
            Self::Lookalike => "lookalike",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        [Self::Selection, Self::Segment, Self::Import, Self::Lookalike]
            .into_iter()
            .find(|origin| origin.as_str() == text)
            .ok_or_else(|| Error::internal("an unknown origin of people"))
    }
}

/// Where an action stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The worker goes through the people.
    Running,
    /// All were gone through.
    Done,
    /// Somebody stopped it; what was done by then stands and can be undone.
    Cancelled,
}

impl State {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "done" => Self::Done,
            "cancelled" => Self::Cancelled,
            _ => Self::Running,
        }
    }
}

/// An action as people see it.
#[derive(Debug, Clone)]
pub struct BulkAction {
    /// Its id.
    pub id: BulkActionId,
    /// What is done.
    pub deed: Deed,
    /// Where the people came from.
    pub origin: Origin,
    /// What an import's rows led to, as JSON with line numbers.
    pub report: Option<serde_json::Value>,
    /// The action it takes back.
    pub undoes: Option<BulkActionId>,
    /// The action that took it back.
    pub undone_by: Option<BulkActionId>,
    /// Who asked.
    pub created_by: String,
    /// When, in microseconds.
    pub created_us: i64,
    /// When it ended, in microseconds.
    pub finished_us: Option<i64>,
    /// Where it stands.
    pub state: State,
    /// How many people there are to go through.
    pub total: i64,
    /// How many are done.
    pub done: i64,
    /// How many records it changed.
    pub changed: i64,
}
