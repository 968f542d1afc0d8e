//! Tasks and what may become of them.

use std::fmt;
use std::str::FromStr;

use careloop_kernel::ids::{PersonId, StaffId, TaskId};
use careloop_kernel::{Error, Result};
use careloop_people::PersonCard;
use jiff::Timestamp;

/// What came of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The customer is well.
    Fine,
    /// The customer has discomfort.
    Discomfort,
    /// The customer booked an appointment.
    Booked,
    /// The customer does not want to.
    Refused,
    /// The customer could not be reached.
    Unreachable,
    /// Something else; the note says what.
    Other,
}

impl Outcome {
    const ALL: [Self; 6] = [Self::Fine, Self::Discomfort, Self::Booked, Self::Refused, Self::Unreachable, Self::Other];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Discomfort => "discomfort",
            Self::Booked => "booked",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Other => "other",
        }
    }
}

impl FromStr for Outcome {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text).ok_or_else(|| {
            let message = "an outcome is fine, discomfort, booked, refused, unreachable or other";
            Error::invalid("teams.outcome", message).with_field("outcome", message)
        })
    }
}

/// Whose task it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskOwner {
    /// Who looks after the person; nobody if nobody does.
    OfPerson,
    /// This member of staff, `staff.ord`.
    Staff(i64),
}

/// A task to be opened.
#[derive(Clone)]
pub struct NewTask {
    /// For whom, `records.ord`.
    pub record: i64,
    /// Whose task it is.
    pub owner: TaskOwner,
    /// What is to be done.
    pub title: String,
    /// What opened it: the name of a plan, or empty.
    pub reason: String,
    /// When it should be done.
    pub due_at: Timestamp,
    /// What opened it, by id. The same origin opens one task.
    pub origin: Option<String>,
    /// Whether it is a follow-up: its outcome is also told as `fu.done`.
    pub follow_up: bool,
}

impl fmt::Debug for NewTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewTask").field("record", &self.record).field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// A task somebody opens by hand.
pub struct ManualTask {
    /// For whom: `per_…`, `rec_…` or `SOURCE:KEY`.
    pub person: String,
    /// What is to be done.
    pub title: String,
    /// When it should be done.
    pub due_at: Timestamp,
    /// Whose task it is; of who looks after the person if none.
    pub owner: Option<StaffId>,
}

impl fmt::Debug for ManualTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManualTask").finish_non_exhaustive()
    }
}

/// A task that exists now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Its id.
    pub id: TaskId,
    /// False when its origin had opened it before.
    pub is_new: bool,
}

/// Which tasks to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskFilter {
    /// Done ones instead of open ones.
    pub done: bool,
    /// Only the caller's own.
    pub mine: bool,
}

/// A task as its inbox shows it.
#[derive(Clone)]
pub struct Task {
    /// The public id.
    pub id: TaskId,
    /// What is to be done.
    pub title: String,
    /// For whom.
    pub person: PersonId,
    /// For whom, masked; none when the caller may not see customers.
    pub card: Option<PersonCard>,
    /// Whose task it is; none when anybody of the clinic may take it.
    pub owner: Option<(StaffId, String)>,
    /// What opened it.
    pub reason: String,
    /// When it should be done, in microseconds.
    pub due_at: i64,
    /// What came of it; none while it is open.
    pub outcome: Option<Outcome>,
    /// What was noted when it was done.
    pub note: Option<String>,
    /// When it was done, in microseconds.
    pub done_at: Option<i64>,
    /// When it was opened, in microseconds.
    pub created_at: i64,
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("id", &self.id).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}
