//! What is set once for the whole chain.

use careloop_db::{ConnectionTrait, Db};
use careloop_kernel::permissions::ManageSettings;
use careloop_kernel::{Ctx, Currency, Error, Result};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::model::parse_name;
use crate::store::settings as store;
use crate::{audit, roles};

const NAME: &str = "chain.name";
const TIME_ZONE: &str = "chain.time_zone";
const CURRENCY: &str = "chain.currency";

/// The chain's settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the chain is called.
    pub name: String,
    /// The zone its days are cut in.
    pub time_zone: TimeZone,
    /// The zone's IANA name.
    pub time_zone_name: String,
    /// What it keeps its books in. Fixed at first start, because amounts of two currencies cannot be summed.
    pub currency: Currency,
}

/// Settings to start a chain with; what is `None` takes its default.
#[derive(Debug, Clone, Default)]
pub struct FirstSettings {
    /// Default `Careloop`.
    pub name: Option<String>,
    /// Default `Asia/Shanghai`.
    pub time_zone: Option<String>,
    /// Default `CNY`.
    pub currency: Option<Currency>,
}

/// Reads the settings; what was never set has its default. Three rows by key, so nothing is cached and every node sees
/// a change at once.
pub async fn load(connection: &impl ConnectionTrait) -> Result<Settings> {
    let mut settings = Settings {
        name: "Careloop".to_owned(),
        time_zone: TimeZone::UTC,
        time_zone_name: "Asia/Shanghai".to_owned(),
        currency: Currency::CNY,
    };
    for (key, value) in store::list(connection).await? {
        match key.as_str() {
            NAME => settings.name = value,
            TIME_ZONE => settings.time_zone_name = value,
            CURRENCY => settings.currency = value.parse().map_err(Error::internal)?,
            _ => {}
        }
    }
    settings.time_zone = parse_time_zone(&settings.time_zone_name)?;
    Ok(settings)
}

/// Sets what was never set before; a second call changes nothing.
pub async fn init<P>(db: &Db, _ctx: &Ctx<P>, first: FirstSettings) -> Result<()> {
    let name = parse_name("name", first.name.as_deref().unwrap_or("Careloop"), 80)?;
    let time_zone = first.time_zone.unwrap_or_else(|| "Asia/Shanghai".to_owned());
    parse_time_zone(&time_zone)?;
    let currency = first.currency.unwrap_or(Currency::CNY).to_string();
    for (key, value) in [(NAME, name), (TIME_ZONE, time_zone), (CURRENCY, currency)] {
        store::insert_if_absent(db.write(), key, &value).await?;
    }
    Ok(())
}

/// Changes name and time zone; the caller's role sees the whole chain.
pub async fn update(db: &Db, ctx: &Ctx<ManageSettings>, name: &str, time_zone: &str) -> Result<Settings> {
    roles::require_chain(ctx)?;
    let name = parse_name("name", name, 80)?;
    parse_time_zone(time_zone)?;
    let tx = db.begin().await?;
    let before = load(&*tx).await?;
    let mut changed = Vec::new();
    if before.name != name {
        store::upsert(&*tx, NAME, &name).await?;
        changed.push(NAME);
    }
    if before.time_zone_name != time_zone {
        store::upsert(&*tx, TIME_ZONE, time_zone).await?;
        changed.push(TIME_ZONE);
    }
    let after = load(&*tx).await?;
    if !changed.is_empty() {
        audit::append(&*tx, ctx, "settings.updated", "chain", json!({ "changed": changed })).await?;
    }
    tx.commit().await?;
    Ok(after)
}

/// A zone by its IANA name, such as `Asia/Shanghai`.
pub fn parse_time_zone(name: &str) -> Result<TimeZone> {
    TimeZone::get(name).map_err(|_| {
        let message = format!("`{name}` is no time zone; write one such as Asia/Shanghai");
        Error::invalid("settings.time_zone", message).with_field("time_zone", "an IANA name such as Asia/Shanghai")
    })
}
