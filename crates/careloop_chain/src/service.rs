//! Clinics: listed by scope, changed by whoever manages them.

use careloop_access::{audit, settings};
use careloop_db::{ConnectionTrait, Db};
use careloop_kernel::ids::ClinicId;
use careloop_kernel::permissions::{ManageClinics, SignedIn};
use careloop_kernel::{Ctx, Error, Result, Scope};
use serde_json::json;

use crate::model::{Clinic, ClinicChange, Directory, NewClinic, parse_code, parse_text};
use crate::store;

fn missing() -> Error {
    Error::not_found("chain.no_such_clinic", "there is no such clinic; reload the list")
}

/// The clinics the caller sees: all, those of the role's scope, or for an owner of customers those they work in.
pub async fn list(db: &Db, ctx: &Ctx<SignedIn>, archived: bool) -> Result<Vec<Clinic>> {
    store::list(db.read(), ctx.scope(), archived).await
}

/// Every clinic, for looking up names and zones; it is no list for a screen.
pub async fn directory(connection: &impl ConnectionTrait) -> Result<Directory> {
    store::list(connection, &Scope::Chain, true).await.map(Directory::new)
}

/// Opens a clinic. Only somebody who sees the whole chain may.
pub async fn create(db: &Db, ctx: &Ctx<ManageClinics>, new: NewClinic) -> Result<Clinic> {
    if *ctx.scope() != Scope::Chain {
        let message = "a new clinic is opened by somebody whose role sees the whole chain";
        return Err(Error::forbidden("chain.beyond_scope", message));
    }
    let tx = db.begin().await?;
    let zone = match new.time_zone {
        Some(name) => name,
        None => settings::load(&*tx).await?.time_zone_name,
    };
    let clinic = Clinic {
        ord: 0,
        id: ctx.new_id(),
        code: parse_code(&new.code)?,
        name: parse_text("name", &new.name, 1, 80)?,
        region: parse_text("region", &new.region, 0, 40)?,
        time_zone: settings::parse_time_zone(&zone)?,
        time_zone_name: zone,
        archived_at: None,
    };
    let ord = store::insert(&*tx, &clinic, ctx.now_us()).await?;
    audit::append(&*tx, ctx, "clinic.created", &clinic.id.to_string(), json!({ "code": clinic.code })).await?;
    tx.commit().await?;
    Ok(Clinic { ord, ..clinic })
}

/// Changes a clinic of the caller's scope.
pub async fn update(db: &Db, ctx: &Ctx<ManageClinics>, id: ClinicId, change: ClinicChange) -> Result<Clinic> {
    let tx = db.begin().await?;
    let mut clinic =
        store::find(&*tx, id).await?.filter(|clinic| ctx.scope().sees_clinic(clinic.ord)).ok_or_else(missing)?;
    let mut changed = Vec::new();
    if let Some(code) = &change.code {
        clinic.code = parse_code(code)?;
        changed.push("code");
    }
    if let Some(name) = &change.name {
        clinic.name = parse_text("name", name, 1, 80)?;
        changed.push("name");
    }
    if let Some(region) = &change.region {
        clinic.region = parse_text("region", region, 0, 40)?;
        changed.push("region");
    }
    if let Some(zone) = change.time_zone {
        clinic.time_zone = settings::parse_time_zone(&zone)?;
        clinic.time_zone_name = zone;
        changed.push("time_zone");
    }
    if let Some(archived) = change.archived {
        clinic.archived_at = archived.then(|| clinic.archived_at.unwrap_or(ctx.now_us()));
        changed.push("archived");
    }
    store::update(&*tx, &clinic).await?;
    let detail = json!({ "changed": changed, "archived": clinic.archived_at.is_some() });
    audit::append(&*tx, ctx, "clinic.updated", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(clinic)
}
