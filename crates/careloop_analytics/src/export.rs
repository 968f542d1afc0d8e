//! `careloop export events`: the log as Parquet files anyone can read.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use careloop_db::Db;
use careloop_events::{Position, StoredEvent, read_committed};
use careloop_kernel::{Error, Result};
use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::parquet::arrow::ArrowWriter;

use crate::store::{self, ExportedRecord, PersonRow};

/// Rows per file.
const ROWS: u64 = 250_000;

/// Names of clinics and sources by their numbers, for the export's columns.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// `clinics.ord` to public id.
    pub clinics: HashMap<i64, String>,
    /// `sources.ord` to name.
    pub sources: HashMap<i64, String>,
}

/// Writes the whole log into `folder` as `events-NNNN.parquet`, oldest first, and gives the number of events. Ids are
/// public ones; `person_id` is the person of today.
pub async fn export_events(db: &Db, folder: &Path) -> Result<u64> {
    let failed = |source: std::io::Error| {
        Error::invalid("export.folder", "the folder cannot be written; choose another or free some space")
            .with_source(source)
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let names = store::list_names(db.read()).await?;
    let people: HashMap<i64, PersonRow> =
        store::list_people(db.read()).await?.into_iter().map(|row| (row.record, row)).collect();
    let (mut position, mut total, mut file) = (Position::default(), 0, 0);
    loop {
        let events = read_committed(db, position, ROWS).await?;
        if events.is_empty() && file > 0 {
            return Ok(total);
        }
        let batch = public_batch(&events, &people, &names)?;
        let path = folder.join(format!("events-{file:04}.parquet"));
        let target = std::fs::File::create(&path).map_err(failed)?;
        let mut writer = ArrowWriter::try_new(target, batch.schema(), None).map_err(Error::internal)?;
        writer.write(&batch).map_err(Error::internal)?;
        writer.close().map_err(Error::internal)?;
        let Some(last) = events.last() else { return Ok(total) };
        position = Position { tx: last.tx, seq: last.seq };
        total += events.len() as u64;
        file += 1;
    }
}

/// Hands out `export people` in slices, oldest record first.
pub async fn export_people(db: &Db, mut slice: impl FnMut(Vec<ExportedRecord>) -> Result<()>) -> Result<()> {
    let (_, last) = store::log_mark(db.read()).await?;
    let step = ROWS as i64;
    for after in (0..last).step_by(ROWS as usize) {
        slice(store::list_exported(db.read(), after, step).await?)?;
    }
    Ok(())
}

/// Writes `export people` as one Parquet file.
pub async fn export_people_parquet(db: &Db, path: &Path) -> Result<u64> {
    let field = |name| Field::new(name, DataType::Utf8, false);
    let schema = Arc::new(Schema::new(["source", "source_id", "person_id", "household_id"].map(field).to_vec()));
    let target = std::fs::File::create(path).map_err(|source| {
        Error::invalid("export.file", "the file cannot be written; choose another or free some space")
            .with_source(source)
    })?;
    let mut writer = ArrowWriter::try_new(target, Arc::clone(&schema), None).map_err(Error::internal)?;
    let mut total = 0;
    export_people(db, |rows| {
        total += rows.len() as u64;
        let column = |value: fn(&ExportedRecord) -> &str| {
            Arc::new(StringArray::from_iter_values(rows.iter().map(value))) as ArrayRef
        };
        let columns = vec![
            column(|row| &row.source),
            column(|row| &row.source_id),
            column(|row| &row.person_id),
            column(|row| &row.household_id),
        ];
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(Error::internal)?;
        writer.write(&batch).map_err(Error::internal)
    })
    .await?;
    writer.close().map_err(Error::internal)?;
    Ok(total)
}

fn public_batch(events: &[StoredEvent], people: &HashMap<i64, PersonRow>, names: &Names) -> Result<RecordBatch> {
    let text = |value: &dyn Fn(&StoredEvent) -> Option<String>| {
        Arc::new(events.iter().map(value).collect::<StringArray>()) as ArrayRef
    };
    let time = |value: &dyn Fn(&StoredEvent) -> i64| {
        Arc::new(TimestampMicrosecondArray::from_iter_values(events.iter().map(value)).with_timezone("UTC")) as ArrayRef
    };
    let amount: Int64Array = events.iter().map(|event| event.amount.map(|amount| amount.minor())).collect();
    RecordBatch::try_from_iter_with_nullable([
        ("seq", Arc::new(Int64Array::from_iter_values(events.iter().map(|event| event.seq))) as ArrayRef, false),
        ("event_id", text(&|event| Some(event.event_id.to_string())), false),
        ("message_id", text(&|event| Some(event.message_id.clone())), false),
        ("kind", text(&|event| Some(event.kind.clone())), false),
        ("record_id", text(&|event| people.get(&event.record).map(|row| row.id.clone())), true),
        (
            "person_id",
            text(&|event| people.get(&event.record).map(|row| row.person_id.replacen("rec_", "per_", 1))),
            true,
        ),
        ("clinic_id", text(&|event| event.clinic.and_then(|clinic| names.clinics.get(&clinic).cloned())), true),
        ("source", text(&|event| names.sources.get(&event.source).cloned()), true),
        ("at", time(&|event| event.at.as_microsecond()), false),
        ("received_at", time(&|event| event.received_at.as_microsecond()), false),
        ("amount_minor", Arc::new(amount) as ArrayRef, true),
        ("currency", text(&|event| event.amount.map(|amount| amount.currency().to_string())), true),
        ("props", text(&|event| Some(event.props.text().to_owned())), false),
    ])
    .map_err(Error::internal)
}
