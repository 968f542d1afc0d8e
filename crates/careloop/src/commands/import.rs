//! `careloop import`

use std::path::PathBuf;

use careloop_intake::files::{FileImport, ImportReport, ImportState, Progress, import_file};
use careloop_server::Parts;
use serde_json::json;

use crate::output::{end_progress, print, progress, say};

/// What to import, as typed.
pub struct Wish {
    /// The file.
    pub file: PathBuf,
    /// The source's name.
    pub source: String,
    /// The mapping.
    pub map: PathBuf,
    /// Only read and check.
    pub dry_run: bool,
    /// Where refused rows go.
    pub rejects: Option<PathBuf>,
}

/// Imports the file; the service also finds out whom the new records belong to.
pub async fn run(parts: &Parts, wish: &Wish, json: bool) -> anyhow::Result<()> {
    let request = FileImport {
        path: wish.file.clone(),
        source: wish.source.clone(),
        map: wish.map.clone(),
        dry_run: wish.dry_run,
        rejects: wish.rejects.clone(),
    };
    let ctx = parts.ctx("cli");
    let report = import_file(&parts.app.db, &ctx.require()?, &request, &mut |so_far| progress(&line(so_far))).await?;
    end_progress();
    tell(&report, wish);
    if json {
        print(&format!("{}\n", to_json(&report)))?;
    }
    anyhow::ensure!(
        report.state == ImportState::Done,
        "the import did not finish; run the same command again to go on"
    );
    Ok(())
}

fn line(so_far: &Progress) -> String {
    format!("{} rows read, {} rejected", so_far.rows_read, so_far.rejected)
}

fn tell(report: &ImportReport, wish: &Wish) {
    let done = &report.progress;
    let verb = if wish.dry_run { "would be imported" } else { "imported" };
    say(&format!(
        "{} rows: {} {verb}, {} updated, {} unchanged, {} rejected, {} with warnings",
        done.rows_read, done.inserted, done.updated, done.unchanged, done.rejected, done.warned
    ));
    for warning in &report.warnings {
        say(&format!("warning: {} rows from line {}: {}", warning.count, warning.first_line, warning.reason));
    }
    for reject in report.rejects.iter().take(5) {
        say(&format!("rejected: line {} {}: {}", reject.line, reject.column, reject.reason));
    }
    if done.rejected > 5 && wish.rejects.is_none() {
        say("--rejects OUT.csv writes all of them");
    }
}

fn to_json(report: &ImportReport) -> serde_json::Value {
    let done = &report.progress;
    json!({
        "rows": done.rows_read, "inserted": done.inserted, "updated": done.updated, "unchanged": done.unchanged,
        "rejected": done.rejected, "warned": done.warned, "resumed": report.resumed,
    })
}
