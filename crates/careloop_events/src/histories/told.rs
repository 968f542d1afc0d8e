//! Reading what is kept of records, and what the log told since.
//!
//! First it is read how far the log was copied, then what the log tells beyond, then the copies: whatever is copied in between is
//! in both, and counts once.

use std::collections::HashMap;

use careloop_db::{ConnectionTrait, Db};
use careloop_kernel::Result;

use super::COPIED;
use super::packed::unpack;
use crate::store::LateRow;
use crate::{Position, Scanned, store};

/// With fewer events than this behind the copies, all of them are looked through, and not each record's in turn.
const FEW: i64 = 5_000;

/// What the log tells of some records, still packed.
#[derive(Debug, Default)]
pub struct Told {
    kept: HashMap<i64, Vec<u8>>,
    late: Late,
}

/// Events beyond the copies, by their record.
type Late = HashMap<i64, Vec<LateRow>>;

fn by_record(rows: Vec<LateRow>) -> Late {
    let mut late = Late::new();
    for row in rows {
        late.entry(row.record).or_default().push(row);
    }
    late
}

fn by_key(rows: Vec<store::HistoryRow>) -> HashMap<i64, Vec<u8>> {
    rows.into_iter().map(|row| (row.record, row.events)).collect()
}

impl Told {
    /// Reads what the log tells of these records.
    pub async fn of(connection: &impl ConnectionTrait, records: &[i64]) -> Result<Self> {
        let copied = store::consumer(connection, COPIED).await?.unwrap_or_default();
        let few = store::last_seq(connection).await? - copied.seq <= FEW;
        let late = by_record(store::late(connection, copied, records, few).await?);
        Ok(Self { kept: by_key(store::histories(connection, records).await?), late })
    }

    /// Shows the events of a record, each once and in no particular order. They are unpacked onto `desk`.
    pub fn each(&self, record: i64, desk: &mut Vec<u8>, show: impl FnMut(Scanned<'_>) -> Result<()>) -> Result<()> {
        let late = self.late.get(&record).map(Vec::as_slice).unwrap_or_default();
        show_all(self.kept.get(&record), late, desk, show)
    }
}

fn show_all(
    kept: Option<&Vec<u8>>,
    late: &[LateRow],
    desk: &mut Vec<u8>,
    mut show: impl FnMut(Scanned<'_>) -> Result<()>,
) -> Result<()> {
    let mut last = Position::default();
    if let Some(kept) = kept {
        for event in unpack(kept, desk)? {
            let event = event?;
            last = event.position;
            show(event)?;
        }
    }
    late.iter().map(LateRow::scanned).filter(|event| event.position > last).try_for_each(show)
}

/// What the log tells of all records as it stood at one moment, for those who read everybody piece by piece.
#[derive(Debug)]
pub struct Histories {
    late: Late,
}

impl Histories {
    /// As the log stands now. Quick when it was copied just before.
    pub async fn now(db: &Db) -> Result<Self> {
        let copied = store::consumer(db.read(), COPIED).await?.unwrap_or_default();
        Ok(Self { late: by_record(store::all_late(db.read(), copied).await?) })
    }

    /// What it tells of these records, most of which have a number between `first` and `last`; events that came since may be
    /// among them.
    pub async fn of(&self, db: &Db, (first, last): (i64, i64), records: &[i64]) -> Result<Told> {
        let late = records.iter().filter_map(|record| Some((*record, self.late.get(record)?.clone())));
        let beyond: Vec<i64> = records.iter().copied().filter(|record| *record < first || *record > last).collect();
        let mut kept = by_key(store::histories_between(db.read(), (first, last)).await?);
        kept.extend(by_key(store::histories(db.read(), &beyond).await?));
        Ok(Told { kept, late: late.collect() })
    }
}
