//! Clinics, read to make scopes.

use careloop_db::{ConnectionTrait, FromQueryResult, all, execute, in_list};
use careloop_kernel::ids::ClinicId;
use careloop_kernel::{DataLevel, Result};

use crate::model::ClinicRef;

#[derive(FromQueryResult)]
struct ClinicRow {
    staff: i64,
    ord: i64,
    id: String,
    code: String,
    name: String,
}

impl ClinicRow {
    fn clinic(self) -> Result<ClinicRef> {
        let Self { ord, id, code, name, .. } = self;
        Ok(ClinicRef { ord, id: id.parse()?, code, name })
    }
}

const ASSIGNED: &str = "SELECT clinic FROM staff_clinics WHERE staff = $1";

/// The clinics somebody sees at a level, archived ones included: their customers are still there.
pub(crate) async fn list_seen(
    connection: &impl ConnectionTrait,
    staff: i64,
    level: DataLevel,
) -> Result<Vec<ClinicRef>> {
    let condition = match level {
        DataLevel::Own | DataLevel::Clinic => format!("ord IN ({ASSIGNED})"),
        // A clinic without a region is a region of its own.
        DataLevel::Region => format!(
            "ord IN ({ASSIGNED})
             OR (region <> '' AND region IN (SELECT c.region FROM clinics c WHERE c.ord IN ({ASSIGNED})))"
        ),
        DataLevel::Chain => "$1 = $1".to_owned(),
    };
    let sql =
        format!("SELECT CAST($1 AS BIGINT) AS staff, ord, id, code, name FROM clinics WHERE {condition} ORDER BY ord");
    let rows: Vec<ClinicRow> = all(connection, &sql, [staff.into()]).await?;
    rows.into_iter().map(ClinicRow::clinic).collect()
}

/// The clinics each of these members of staff is assigned to.
pub(crate) async fn list_assigned(connection: &impl ConnectionTrait, staff: &[i64]) -> Result<Vec<(i64, ClinicRef)>> {
    let sql = format!(
        "SELECT a.staff, c.ord, c.id, c.code, c.name FROM staff_clinics a JOIN clinics c ON c.ord = a.clinic
         WHERE a.staff IN ({}) ORDER BY c.ord",
        in_list(staff.iter().copied())
    );
    let rows: Vec<ClinicRow> = all(connection, &sql, []).await?;
    rows.into_iter().map(|row| Ok((row.staff, row.clinic()?))).collect()
}

#[derive(FromQueryResult)]
struct OrdRow {
    ord: i64,
}

/// `clinics.ord` of an id.
pub(crate) async fn find_ord(connection: &impl ConnectionTrait, id: ClinicId) -> Result<Option<i64>> {
    let sql = "SELECT ord FROM clinics WHERE id = $1 AND archived_at IS NULL";
    let row: Option<OrdRow> = careloop_db::optional(connection, sql, [id.to_string().into()]).await?;
    Ok(row.map(|row| row.ord))
}

/// Assigns exactly these clinics.
pub(crate) async fn replace_assigned(tx: &impl ConnectionTrait, staff: i64, clinics: &[i64]) -> Result<()> {
    execute(tx, "DELETE FROM staff_clinics WHERE staff = $1", [staff.into()]).await?;
    for clinic in clinics {
        let sql = "INSERT INTO staff_clinics (staff, clinic) VALUES ($1, $2) ON CONFLICT (staff, clinic) DO NOTHING";
        execute(tx, sql, [staff.into(), (*clinic).into()]).await?;
    }
    Ok(())
}
