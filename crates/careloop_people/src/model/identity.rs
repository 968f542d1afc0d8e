//! How a person was pieced together.

use careloop_kernel::ids::{EventId, PersonId, RecordId, StaffId};
use jiff::Timestamp;

use super::{Decision, PersonRecord, redacted};
use crate::identity::Rule;

/// Why two records are one person.
#[derive(Debug, Clone)]
pub struct IdentityLink {
    /// One record.
    pub a: RecordId,
    /// The other.
    pub b: RecordId,
    /// The rule.
    pub rule: Rule,
}

/// What may become of an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveKind {
    /// Its records came to another person, and it leads there.
    Merged,
    /// Records left a person for it.
    Parted,
}

impl MoveKind {
    /// The kind of the event that tells of it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Merged => "person.merged",
            Self::Parted => "person.unmerged",
        }
    }
}

/// What became of an id.
#[derive(Debug, Clone)]
pub struct IdMove {
    /// The event that tells of it.
    pub event_id: EventId,
    /// What happened.
    pub kind: MoveKind,
    /// When.
    pub at: Timestamp,
    /// Who took the records in, or gave them away.
    pub person: PersonId,
    /// The id that was merged, or that records were parted to.
    pub other: PersonId,
    /// How many records moved.
    pub records: i64,
    /// rule, staff or source
    pub by: String,
    /// Who decided, where a member of staff did.
    pub staff: Option<StaffId>,
    /// What joined them.
    pub rule: Option<Rule>,
}

/// Everything about how a person was pieced together.
#[derive(Clone)]
pub struct IdentityView {
    /// The person.
    pub person: i64,
    /// The records.
    pub records: Vec<PersonRecord>,
    /// Why they belong together.
    pub links: Vec<IdentityLink>,
    /// What people decided.
    pub decisions: Vec<Decision>,
    /// What became of the person's ids, newest first.
    pub moves: Vec<IdMove>,
}

redacted!(IdentityView);
