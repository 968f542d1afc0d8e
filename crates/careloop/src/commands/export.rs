//! `careloop export …`

use std::io::Write as _;
use std::path::Path;

use anyhow::Context;
use careloop_analytics::{export_events, export_people, export_people_parquet};
use careloop_kernel::Error;
use careloop_segments::ExportFormat;
use careloop_server::{Parts, settle};

use crate::cli::{ExportCommand, Place};
use crate::output::{print, private_file, say};
use crate::usage::extension;

/// Writes data into files.
pub async fn run(place: &Place, command: ExportCommand, json: bool) -> anyhow::Result<()> {
    let (what, count) = match command {
        ExportCommand::People { out } => {
            let kind = extension(&out, &["csv", "parquet"])?;
            ("records", people(&super::open(place).await?, kind, &out).await?)
        }
        ExportCommand::Events { out } => ("events", export_events(&super::open(place).await?.app.db, &out).await?),
        ExportCommand::Segment { id, out, fields } => {
            let format = match extension(&out, &["csv", "xlsx"])? {
                "csv" => ExportFormat::Csv,
                _ => ExportFormat::Xlsx,
            };
            ("people", segment(&super::open(place).await?, &id, (format, &out), &fields).await?)
        }
    };
    say(&format!("{count} {what} written"));
    if json {
        print(&format!("{}\n", serde_json::json!({ "written": count })))?;
    }
    Ok(())
}

async fn people(parts: &Parts, kind: &str, out: &Path) -> anyhow::Result<u64> {
    let file = private_file(out)?;
    if kind == "parquet" {
        return Ok(export_people_parquet(&parts.app.db, out).await?);
    }
    let mut writer = csv::Writer::from_writer(file);
    writer.write_record(["source", "source_id", "person_id", "household_id"])?;
    let mut count = 0;
    export_people(&parts.app.db, |rows| {
        for row in rows {
            count += 1;
            writer
                .write_record([row.source, row.source_id, row.person_id, row.household_id])
                .map_err(Error::internal)?;
        }
        Ok(())
    })
    .await?;
    writer.flush()?;
    Ok(count)
}

async fn segment(parts: &Parts, id: &str, (format, out): (ExportFormat, &Path), fields: &str) -> anyhow::Result<u64> {
    let fields: Vec<String> =
        fields.split(',').map(str::trim).filter(|field| !field.is_empty()).map(str::to_owned).collect();
    settle(parts).await?;
    let file =
        careloop_segments::export(&parts.app.db, &parts.ctx("cli").require()?, id.parse()?, format, &fields).await?;
    private_file(out)?.write_all(&file.bytes).with_context(|| format!("{} cannot be written", out.display()))?;
    Ok(file.count)
}
