//! `careloop doctor`: what is wrong with an installation, and what to do about it. It makes nothing.

use std::path::Path;

use anyhow::bail;
use careloop_access::{audit, keys};
use careloop_analytics::Lake;
use careloop_db::Db;
use careloop_kernel::{Error, Result, Vault};
use careloop_outreach::SmtpTransport;
use careloop_server::Config;
use serde_json::{Value, json};

use crate::output::print;

struct Check {
    name: &'static str,
    outcome: Result<String>,
}

/// Checks each part by itself, so that one failure does not hide the next. What it finds is its answer, so it goes to
/// stdout.
pub async fn run(config: &Config, json: bool) -> anyhow::Result<()> {
    let checks = [
        Check { name: "data folder", outcome: folder(&config.data_dir) },
        Check { name: "key file", outcome: key_file(&config.key_file).map(|(_, told)| told) },
        Check { name: "database", outcome: database(config).await },
        Check { name: "key of the database", outcome: key_of_database(config).await },
        Check { name: "audit log", outcome: audit_log(config).await },
        Check { name: "lake", outcome: lake(&config.lake_url).await },
        Check { name: "e-mail", outcome: email(config).await },
    ];
    if json {
        let all: Vec<Value> = checks.iter().map(to_json).collect();
        print(&format!("{}\n", Value::Array(all)))?;
    } else {
        print(&checks.iter().map(to_line).collect::<String>())?;
    }
    match checks.iter().filter(|check| check.outcome.is_err()).count() {
        0 => Ok(()),
        failed => bail!("{failed} of {} checks failed", checks.len()),
    }
}

fn to_line(check: &Check) -> String {
    match &check.outcome {
        Ok(detail) => format!("ok      {}: {detail}\n", check.name),
        Err(error) if error.causes().is_empty() => format!("failed  {}: {error}\n", check.name),
        Err(error) => format!("failed  {}: {error} ({})\n", check.name, error.causes()),
    }
}

fn to_json(check: &Check) -> Value {
    match &check.outcome {
        Ok(detail) => json!({ "check": check.name, "ok": true, "detail": detail }),
        Err(error) => json!({
            "check": check.name, "ok": false, "detail": error.message(), "code": error.code(), "causes": error.causes(),
        }),
    }
}

fn folder(path: &Path) -> Result<String> {
    let refused = |source: std::io::Error| {
        let message = format!("{} cannot be written; make it, or give this user the right", path.display());
        Error::invalid("doctor.folder", message).with_source(source)
    };
    let probe = path.join(".careloop-doctor");
    std::fs::write(&probe, b"ok").map_err(refused)?;
    std::fs::remove_file(&probe).map_err(refused)?;
    Ok(format!("{} can be written", path.display()))
}

/// Looks at the key file without making one.
fn key_file(path: &Path) -> Result<(Vault, String)> {
    if !path.exists() {
        let message =
            format!("{} does not exist; put back your copy, or run `careloop init` if this is new", path.display());
        return Err(Error::invalid("doctor.key_file", message));
    }
    let vault = keys::load_or_create(path)?;
    Ok((vault, format!("{} is readable by its owner only", path.display())))
}

async fn database(config: &Config) -> Result<String> {
    let db = Db::connect(&config.database_url).await?;
    let engine = db.by_engine("SQLite", "PostgreSQL").to_owned();
    db.check_schema().await?;
    db.close().await?;
    Ok(format!("{engine} answers and its schema is up to date"))
}

async fn key_of_database(config: &Config) -> Result<String> {
    let (vault, _) = key_file(&config.key_file)?;
    let db = Db::connect(&config.database_url).await?;
    keys::check(&db, &vault).await?;
    db.close().await?;
    Ok("the key file is the one this database was started with".to_owned())
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
            Err(Error::conflict("doctor.audit", message))
        }
    }
}

/// Writes, finds and removes a file.
async fn lake(address: &str) -> Result<String> {
    if !address.contains("://") && !Path::new(address).exists() {
        let message = format!("{address} does not exist; `careloop init` makes it, or name another with --lake-url");
        return Err(Error::invalid("doctor.lake", message));
    }
    Lake::open(address)?.check().await?;
    Ok(format!("{address} can be written, listed and cleaned"))
}

async fn email(config: &Config) -> Result<String> {
    let Some(smtp) = &config.smtp else {
        return Ok("not set up; touch plans that send e-mail will wait ([smtp] in careloop.toml)".to_owned());
    };
    let transport = SmtpTransport::new(smtp.clone())?;
    transport.check().await?;
    Ok(format!("{} greets", smtp.host))
}
