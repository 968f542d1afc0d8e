//! `careloop export …`

use std::path::Path;

use anyhow::{Context, bail};
use careloop_analytics::{export_events, export_people, export_people_parquet};
use careloop_kernel::Error;
use careloop_server::Parts;

use crate::cli::ExportCommand;
use crate::output::{print, say};

/// Writes data into files.
pub async fn run(parts: &Parts, command: ExportCommand, json: bool) -> anyhow::Result<()> {
    let (what, count) = match command {
        ExportCommand::People { out } => ("records", people(parts, &out).await?),
        ExportCommand::Events { out } => ("events", export_events(&parts.app.db, &out).await?),
        ExportCommand::Segment { id, out, fields } => ("people", segment(parts, &id, &out, &fields).await?),
    };
    say(&format!("{count} {what} written"));
    if json {
        print(&format!("{}\n", serde_json::json!({ "written": count })))?;
    }
    Ok(())
}

async fn people(parts: &Parts, out: &Path) -> anyhow::Result<u64> {
    match extension(out) {
        "parquet" => Ok(export_people_parquet(&parts.app.db, out).await?),
        "csv" => {
            let mut writer =
                csv::Writer::from_path(out).with_context(|| format!("{} cannot be written", out.display()))?;
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
        _ => bail!("{} is neither .csv nor .parquet", out.display()),
    }
}

async fn segment(parts: &Parts, id: &str, out: &Path, fields: &str) -> anyhow::Result<u64> {
    let format = match extension(out) {
        "csv" => careloop_segments::ExportFormat::Csv,
        "xlsx" => careloop_segments::ExportFormat::Xlsx,
        _ => bail!("{} is neither .csv nor .xlsx", out.display()),
    };
    let fields: Vec<String> =
        fields.split(',').map(str::trim).filter(|field| !field.is_empty()).map(str::to_owned).collect();
    let file =
        careloop_segments::export(&parts.app.db, &parts.ctx("cli").require()?, id.parse()?, format, &fields).await?;
    std::fs::write(out, &file.bytes).with_context(|| format!("{} cannot be written", out.display()))?;
    Ok(file.count)
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}
