//! What is written in one transaction.

use careloop_events::NewEvent;
use careloop_people::IncomingRecord;

use crate::files::convert::{Converted, Issue};
use crate::files::model::Reject;
use crate::files::read::Row;
use crate::files::tally::Tally;

/// How much a batch holds, however few its rows: one is written, one is read and two wait between, and sealing makes
/// several copies.
const BATCH_BYTES: usize = 16 << 20;

/// Rows of a file that are written together.
#[derive(Debug, Default)]
pub(in crate::files) struct Batch {
    /// How many rows of the file it stands for.
    pub rows: u64,
    /// How much those rows took in memory.
    bytes: usize,
    pub people: Vec<IncomingRecord>,
    pub events: Vec<Draft>,
    pub rejects: Vec<Reject>,
    /// Rows that a later row of the file replaces.
    pub replaced: u64,
    /// Rows with a warning.
    pub warned: u64,
    pub tally: Tally,
}

/// An event whose record is not known yet.
#[derive(Debug)]
pub(in crate::files) struct Draft {
    /// The person's name in their source; none if it is about nobody.
    pub person: Option<String>,
    pub event: NewEvent,
}

impl Batch {
    /// Adds what a row became.
    pub(super) fn add(&mut self, row: &Row, converted: Result<Converted, Issue>, warnings: &mut Vec<Issue>) {
        self.count(row);
        match converted {
            Ok(Converted::Person(record)) => self.people.push(*record),
            Ok(Converted::Event { person, event }) => self.events.push(Draft { person, event: *event }),
            Err(issue) => {
                self.rejects.push(Reject {
                    line: row.line(),
                    column: issue.column,
                    code: issue.code.to_owned(),
                    reason: issue.reason,
                    cells: row.cells().map(str::to_owned).collect(),
                });
                warnings.clear();
            }
        }
        self.warned += u64::from(!warnings.is_empty());
        for issue in warnings.drain(..) {
            self.tally.add(row.line(), issue);
        }
    }

    fn count(&mut self, row: &Row) {
        self.rows += 1;
        self.bytes += row.text_len() + row.width() * size_of::<String>();
    }

    /// Whether it holds as much as one transaction should.
    pub(super) fn is_full(&self, rows: u64) -> bool {
        self.rows >= rows || self.bytes >= BATCH_BYTES
    }

    /// Counts a row that a later one replaces.
    pub(super) fn skip_replaced(&mut self, row: &Row, column: &str) {
        self.count(row);
        self.replaced += 1;
        self.warned += 1;
        let reason = "a later row of the file has the same source id; that one counts";
        self.tally.add(row.line(), Issue::new(column, "repeated_source_id", reason));
    }
}
