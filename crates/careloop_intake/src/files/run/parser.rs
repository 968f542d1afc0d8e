//! The reading side of an import: rows in, batches out.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use careloop_kernel::{Error, Result};
use tokio::sync::mpsc::Sender;

use super::batch::Batch;
use crate::files::convert::{Binding, Issue, Surroundings};
use crate::files::map::{Map, RowMap};
use crate::files::model::{DryRun, Reject};
use crate::files::read::{Row, Table};
use crate::files::survey::Survey;
use crate::files::tally::Tally;

const REPEATED_EVENT_ID: &str = "an earlier row of the file has the same event id and says something else; that one \
                                 counts. If both happened, name more columns under `event_id`";
/// How many rejects a dry run shows.
const SHOWN: usize = 100;

/// A file to be read.
#[derive(Debug)]
pub(in crate::files) struct Job {
    pub path: PathBuf,
    pub map: Map,
    pub around: Arc<Surroundings>,
    /// Rows that an earlier run has dealt with.
    pub skip: u64,
    /// At most so many rows are written together, fewer where they are long.
    pub batch_rows: u64,
}

/// A file that was looked through and can be read.
#[derive(Debug)]
pub(in crate::files) struct Prepared {
    job: Job,
    table: Table,
    binding: Binding,
    pub survey: Survey,
}

impl Job {
    /// Opens the file, checks that it is the one the import began with, and looks through it.
    pub(super) fn prepare(self, digest: &[u8]) -> Result<Prepared> {
        let table = Table::open(&self.path, self.map.encoding, self.map.sheet.as_deref())?;
        if table.digest()?.as_slice() != digest {
            return Err(Error::invalid(
                "files.changed",
                "the file is not the one this import began with; import it anew",
            ));
        }
        let binding = Binding::new(&self.map, &table, &self.around)?;
        let survey = Survey::of(&table, &binding, &self.around)?;
        Ok(Prepared { job: self, table, binding, survey })
    }
}

impl Prepared {
    /// Reads the rest of the file and sends it in batches, until nobody wants more.
    pub(super) fn send_batches(self, sender: &Sender<Result<Batch>>) {
        let read = self.read(&mut |batch| match sender.blocking_send(Ok(batch)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        });
        if let Err(error) = read {
            // Nobody listens any more when this fails, so nobody misses it.
            drop(sender.blocking_send(Err(error)));
        }
    }

    fn read(&self, take: &mut dyn FnMut(Batch) -> ControlFlow<()>) -> Result<()> {
        let mut batch = Batch::default();
        let mut warnings = Vec::new();
        let mut number = 0;
        let mut flow = ControlFlow::Continue(());
        self.table.each_row(&mut |row| {
            number += 1;
            if number > self.job.skip {
                self.add(row, number, &mut batch, &mut warnings);
                if batch.is_full(self.job.batch_rows) {
                    flow = take(std::mem::take(&mut batch));
                }
            }
            Ok(flow)
        })?;
        if batch.rows > 0 && flow.is_continue() {
            // The last batch: whether its taker wants more does not matter.
            let _ = take(batch);
        }
        Ok(())
    }

    fn add(&self, row: &Row, number: u64, batch: &mut Batch, warnings: &mut Vec<Issue>) {
        if self.survey.is_replaced(self.binding.key(row), number) {
            return batch.skip_replaced(row, &self.naming_columns());
        }
        let converted = self.binding.convert(row, &self.job.around, warnings);
        if self.survey.is_left_out(number) {
            warnings.push(Issue::new(self.naming_columns(), "repeated_event_id", REPEATED_EVENT_ID));
        }
        batch.add(row, converted, warnings);
    }

    /// The columns that name a row of the file.
    fn naming_columns(&self) -> String {
        match &self.job.map.rows {
            RowMap::People(people) => people.source_id.clone(),
            RowMap::Events(events) => events.event_id.join(", "),
        }
    }
}

/// Reads the whole file as an import would and only counts. `each_reject` sees every refused row.
pub(in crate::files) fn check(job: Job, each_reject: &mut dyn FnMut(&Reject) -> Result<()>) -> Result<DryRun> {
    let table = Table::open(&job.path, job.map.encoding, job.map.sheet.as_deref())?;
    let binding = Binding::new(&job.map, &table, &job.around)?;
    let survey = Survey::of(&table, &binding, &job.around)?;
    let prepared = Prepared { job, table, binding, survey };
    let mut found = DryRun::default();
    let mut tally = Tally::default();
    let mut failure = None;
    prepared.read(&mut |batch| {
        found.rows += batch.rows;
        found.rejected += batch.rejects.len() as u64;
        found.warned += batch.warned;
        tally.merge(batch.tally);
        for reject in batch.rejects {
            if let Err(error) = each_reject(&reject) {
                failure = Some(error);
                return ControlFlow::Break(());
            }
            if found.rejects.len() < SHOWN {
                found.rejects.push(reject);
            }
        }
        ControlFlow::Continue(())
    })?;
    if let Some(error) = failure {
        return Err(error);
    }
    found.accepted = found.rows - found.rejected;
    found.warnings = tally.warnings();
    Ok(found)
}
