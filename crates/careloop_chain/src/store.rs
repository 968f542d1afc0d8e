//! All SQL of this crate.

use careloop_access::settings::parse_time_zone;
use careloop_db::{ConnectionTrait, FromQueryResult, all, conflict, execute, in_list, one, optional};
use careloop_kernel::ids::ClinicId;
use careloop_kernel::{Error, Result, Scope};

use crate::model::Clinic;

#[derive(FromQueryResult)]
struct ClinicRow {
    ord: i64,
    id: String,
    code: String,
    name: String,
    region: String,
    time_zone: String,
    archived_at: Option<i64>,
}

impl TryFrom<ClinicRow> for Clinic {
    type Error = Error;
    fn try_from(row: ClinicRow) -> Result<Self> {
        Ok(Self {
            ord: row.ord,
            id: row.id.parse()?,
            code: row.code,
            name: row.name,
            region: row.region,
            time_zone: parse_time_zone(&row.time_zone)?,
            time_zone_name: row.time_zone,
            archived_at: row.archived_at,
        })
    }
}

const SELECT: &str = "SELECT ord, id, code, name, region, time_zone, archived_at FROM clinics";

pub(crate) async fn list(connection: &impl ConnectionTrait, scope: &Scope, archived: bool) -> Result<Vec<Clinic>> {
    let seen = match scope {
        Scope::Chain => "1 = 1".to_owned(),
        Scope::Clinics(clinics) => format!("ord IN ({})", in_list(clinics.iter().copied())),
        Scope::Own { staff } => format!("ord IN (SELECT clinic FROM staff_clinics WHERE staff = {staff})"),
    };
    let closed = if archived { "1 = 1" } else { "archived_at IS NULL" };
    let rows: Vec<ClinicRow> = all(connection, &format!("{SELECT} WHERE {seen} AND {closed} ORDER BY ord"), []).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub(crate) async fn find(connection: &impl ConnectionTrait, id: ClinicId) -> Result<Option<Clinic>> {
    let sql = format!("{SELECT} WHERE id = $1");
    let row: Option<ClinicRow> = optional(connection, &sql, [id.to_string().into()]).await?;
    row.map(TryInto::try_into).transpose()
}

#[derive(FromQueryResult)]
struct OrdRow {
    ord: i64,
}

fn taken(error: Error) -> Error {
    conflict(error, "chain.clinic_taken", "another clinic has this code or name; choose another")
}

pub(crate) async fn insert(tx: &impl ConnectionTrait, clinic: &Clinic, now: i64) -> Result<i64> {
    let sql = "INSERT INTO clinics (id, code, name, region, time_zone, created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING ord";
    let values = [
        clinic.id.to_string().into(),
        clinic.code.as_str().into(),
        clinic.name.as_str().into(),
        clinic.region.as_str().into(),
        clinic.time_zone_name.as_str().into(),
        now.into(),
    ];
    one(tx, sql, values).await.map(|row: OrdRow| row.ord).map_err(taken)
}

pub(crate) async fn update(tx: &impl ConnectionTrait, clinic: &Clinic) -> Result<()> {
    let sql = "UPDATE clinics SET code = $1, name = $2, region = $3, time_zone = $4, archived_at = $5 WHERE ord = $6";
    let values = [
        clinic.code.as_str().into(),
        clinic.name.as_str().into(),
        clinic.region.as_str().into(),
        clinic.time_zone_name.as_str().into(),
        clinic.archived_at.into(),
        clinic.ord.into(),
    ];
    execute(tx, sql, values).await.map(|_| ()).map_err(taken)
}
