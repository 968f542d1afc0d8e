//! `careloop init`

use careloop_access::settings::{self, FirstSettings};
use careloop_access::{Password, parse_login, staff};
use careloop_kernel::Currency;
use careloop_server::{Config, Parts};

use crate::output::{print, say};
use crate::usage::wrong;

/// What to start a chain with, as typed.
pub struct Wish {
    admin: String,
    time_zone: Option<String>,
    currency: Option<Currency>,
}

impl Wish {
    /// Checks what was typed.
    pub fn parse(admin: String, time_zone: Option<String>, currency: Option<&str>) -> anyhow::Result<Self> {
        parse_login(&admin).map_err(wrong)?;
        if let Some(zone) = &time_zone {
            settings::parse_time_zone(zone).map_err(wrong)?;
        }
        let currency = currency.map(|code| code.parse().map_err(|_| wrong(unknown_currency(code)))).transpose()?;
        Ok(Self { admin, time_zone, currency })
    }
}

fn unknown_currency(code: &str) -> String {
    format!("`{code}` is no currency; write one such as CNY")
}

/// Makes the database and the first administrator.
pub async fn run(config: &Config, wish: Wish, json: bool) -> anyhow::Result<()> {
    let first =
        FirstSettings { time_zone: wish.time_zone.clone(), currency: wish.currency, ..FirstSettings::default() };
    let parts = Parts::open(config, first).await?;
    require_settings(&parts, &wish).await?;
    let login = &wish.admin;
    let known = staff::exist(&parts.app.db).await?;
    let generated = parts.first_administrator(login, config.admin_password.as_deref()).await?.map(Password::reveal);
    careloop_segments::ensure_presets(&parts.app.db, &parts.ctx("cli").require()?).await?;
    say(&format!("the database is ready in {}", config.data_dir.display()));
    say(&match &generated {
        Some(password) => format!("log in as `{login}` with the password {password}"),
        None if known => "there is staff already, so no administrator was made; `careloop staff reset-password LOGIN` \
                          lets somebody in again"
            .to_owned(),
        None => format!("log in as `{login}` with the password that was given"),
    });
    if json {
        let view = serde_json::json!({ "login": login, "created": !known, "password": generated });
        print(&format!("{view}\n"))?;
    }
    Ok(())
}

/// What a database was started with stays: days and amounts were cut and summed by it.
async fn require_settings(parts: &Parts, wish: &Wish) -> anyhow::Result<()> {
    let present = settings::load(parts.app.db.read()).await?;
    if let Some(zone) = wish.time_zone.as_ref().filter(|zone| **zone != present.time_zone_name) {
        anyhow::bail!(
            "this database has the time zone {}, not {zone}; change it on the settings page, or start in another folder",
            present.time_zone_name
        );
    }
    if let Some(currency) = wish.currency.filter(|currency| *currency != present.currency) {
        anyhow::bail!(
            "this database keeps its books in {}, not {currency}; that is fixed, so start in another folder",
            present.currency
        );
    }
    Ok(())
}
