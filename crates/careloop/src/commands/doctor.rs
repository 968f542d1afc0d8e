//! `careloop doctor`: what is wrong with an installation, and what to do about it.

use std::path::Path;

use anyhow::bail;
use careloop_access::{audit, keys};
use careloop_analytics::Lake;
use careloop_db::Db;
use careloop_kernel::Result;
use careloop_outreach::SmtpTransport;
use careloop_server::Config;
use serde_json::{Value, json};

use crate::output::{print, say};

struct Check {
    name: &'static str,
    outcome: Result<String>,
}

/// Checks each part by itself, so that one failure does not hide the next.
pub async fn run(config: &Config, json: bool) -> anyhow::Result<()> {
    let checks = vec![
        Check { name: "data folder", outcome: folder(&config.data_dir) },
        Check { name: "key file", outcome: key_file(&config.key_file) },
        Check { name: "database", outcome: database(config).await },
        Check { name: "audit log", outcome: audit_log(config).await },
        Check { name: "lake", outcome: Lake::open(&config.lake_url).map(|_| config.lake_url.clone()) },
        Check { name: "e-mail", outcome: email(config).await },
    ];
    for check in &checks {
        match &check.outcome {
            Ok(detail) => say(&format!("ok      {}: {detail}", check.name)),
            Err(error) => say(&format!("failed  {}: {error}", check.name)),
        }
    }
    if json {
        let all: Vec<Value> = checks.iter().map(to_json).collect();
        print(&format!("{}\n", Value::Array(all)))?;
    }
    match checks.iter().filter(|check| check.outcome.is_err()).count() {
        0 => Ok(()),
        failed => bail!("{failed} of {} checks failed", checks.len()),
    }
}

fn to_json(check: &Check) -> Value {
    match &check.outcome {
        Ok(detail) => json!({ "check": check.name, "ok": true, "detail": detail }),
        Err(error) => json!({ "check": check.name, "ok": false, "detail": error.message(), "code": error.code() }),
    }
}

fn folder(path: &Path) -> Result<String> {
    let refused = |source: std::io::Error| {
        careloop_kernel::Error::invalid(
            "doctor.folder",
            format!("{} cannot be written; make it, or give this user the right", path.display()),
        )
        .with_source(source)
    };
    let probe = path.join(".careloop-doctor");
    std::fs::write(&probe, b"ok").map_err(refused)?;
    std::fs::remove_file(&probe).map_err(refused)?;
    Ok(format!("{} can be written", path.display()))
}

/// Looks at the key file without making one.
fn key_file(path: &Path) -> Result<String> {
    if !path.exists() {
        let message = format!("{} does not exist; `careloop init` makes it, or put back your copy", path.display());
        return Err(careloop_kernel::Error::invalid("doctor.key_file", message));
    }
    keys::load_or_create(path).map(|_| format!("{} is readable by its owner only", path.display()))
}

async fn database(config: &Config) -> Result<String> {
    let db = Db::connect(&config.database_url).await?;
    let engine = db.by_engine("SQLite", "PostgreSQL").to_owned();
    db.check_schema().await?;
    db.close().await?;
    Ok(format!("{engine} answers and its schema is up to date"))
}

async fn audit_log(config: &Config) -> Result<String> {
    let db = Db::connect(&config.database_url).await?;
    let verdict = audit::verify(&db).await?;
    db.close().await?;
    match verdict.broken_at {
        None => Ok(format!("{} rows hold together", verdict.intact)),
        Some(seq) => {
            let message = format!(
                "row {seq} was changed or removed outside Careloop; compare with a backup and find out who did it"
            );
            Err(careloop_kernel::Error::conflict("doctor.audit", message))
        }
    }
}

async fn email(config: &Config) -> Result<String> {
    let Some(smtp) = &config.smtp else {
        return Ok("not set up; touch plans that send e-mail will wait ([smtp] in careloop.toml)".to_owned());
    };
    let transport = SmtpTransport::new(smtp.clone())?;
    transport.check().await?;
    Ok(format!("{} greets", smtp.host))
}
