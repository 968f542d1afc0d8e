//! `careloop init`

use careloop_access::Password;
use careloop_access::settings::FirstSettings;
use careloop_server::{Config, Parts};

use crate::output::{print, say};

/// Makes the database and the first administrator.
pub async fn run(config: &Config, login: &str, time_zone: String, json: bool) -> anyhow::Result<()> {
    let first = FirstSettings { time_zone: Some(time_zone), ..FirstSettings::default() };
    let parts = Parts::open(config, first).await?;
    let generated = parts.first_administrator(login, config.admin_password.as_deref()).await?.map(Password::reveal);
    careloop_segments::ensure_presets(&parts.app.db, &parts.ctx("cli").require()?).await?;
    say(&format!("the database is ready in {}", config.data_dir.display()));
    match &generated {
        Some(password) => say(&format!("log in as `{login}` with the password {password}")),
        None => say("an administrator exists, or the password given was set"),
    }
    if json {
        print(&format!("{}\n", serde_json::json!({ "login": login, "password": generated })))?;
    }
    Ok(())
}
