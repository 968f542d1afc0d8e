//! Segments, their members and changes.

use careloop_kernel::ids::SegmentId;
use careloop_people::PersonCard;
use serde_json::Value;

use crate::eval::Clause;
use crate::rule::Rule;

/// A segment.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Its number.
    pub ord: i64,
    /// Its id.
    pub id: SegmentId,
    /// The name, unique.
    pub name: String,
    /// The English name, if it is built in and was not renamed.
    pub name_en: Option<String>,
    /// What it is for.
    pub description: String,
    /// The same in English, if it is built in and was not rewritten.
    pub description_en: Option<String>,
    /// Who is in it.
    pub rule: Rule,
    /// The rule as stored.
    pub rule_json: Value,
    /// Members the caller may see.
    pub count: u64,
    /// Who made it.
    pub created_by: String,
    /// When it was made, in microseconds.
    pub created_us: i64,
    /// When it was changed, in microseconds.
    pub updated_us: i64,
    /// When it was put away.
    pub archived_us: Option<i64>,
    /// Whether everybody has been evaluated since the rule was set.
    pub filled: bool,
}

impl Segment {
    /// Whether its members are chosen one by one instead of by a rule.
    pub fn is_list(&self) -> bool {
        matches!(self.rule, Rule::Listed(_))
    }
}

/// What a new list is.
#[derive(Debug, Clone)]
pub struct NewList {
    /// The name.
    pub name: String,
    /// What it is for.
    pub description: String,
}

/// What a new segment is.
#[derive(Debug, Clone)]
pub struct NewSegment {
    /// The name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The rule as JSON.
    pub rule: Value,
}

/// What to change; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct SegmentPatch {
    /// The name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The rule as JSON.
    pub rule: Option<Value>,
}

/// A member.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who.
    pub card: PersonCard,
    /// Since when, in microseconds.
    pub since_us: i64,
    /// The parts of the rule that hold.
    pub why: Vec<Clause>,
}

/// An entry or exit.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its number.
    pub ord: i64,
    /// Who; none when the number is no person any more.
    pub card: Option<PersonCard>,
    /// Entered, or left.
    pub entered: bool,
    /// When, in microseconds.
    pub at_us: i64,
    /// The parts of the rule that decided.
    pub why: Vec<Clause>,
}
