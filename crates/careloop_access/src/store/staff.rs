//! Members of staff.

use careloop_db::{ConnectionTrait, FromQueryResult, Value, all, conflict, execute, in_list, one, optional};
use careloop_kernel::ids::{RoleId, StaffId};
use careloop_kernel::{Result, Scope};

/// A member of staff with their role.
#[derive(FromQueryResult)]
pub(crate) struct StaffRow {
    pub ord: i64,
    pub id: String,
    pub login: String,
    pub name: String,
    pub email: Option<String>,
    pub password_hash: String,
    pub created_at: i64,
    pub archived_at: Option<i64>,
    pub role_id: String,
    pub role_code: String,
    pub role_name_zh: String,
    pub role_name_en: String,
    pub level: String,
    pub permissions: String,
}

const SELECT: &str = "SELECT s.ord, s.id, s.login, s.name, s.email, s.password_hash, s.created_at, s.archived_at,
    r.id AS role_id, r.code AS role_code, r.name_zh AS role_name_zh, r.name_en AS role_name_en, r.level, r.permissions
    FROM staff s JOIN roles r ON r.id = s.role_id";

/// Holds for the colleagues a caller sees: everybody, or who shares a clinic, and always oneself.
fn visible(scope: &Scope, oneself: Option<i64>) -> String {
    let shared = match scope {
        Scope::Chain => return "1 = 1".to_owned(),
        Scope::Clinics(clinics) => in_list(clinics.iter().copied()),
        Scope::Own { staff } => format!("SELECT clinic FROM staff_clinics WHERE staff = {staff}"),
    };
    let oneself = in_list(oneself);
    format!("(s.ord IN ({oneself}) OR s.ord IN (SELECT a.staff FROM staff_clinics a WHERE a.clinic IN ({shared})))")
}

/// Which members of staff to list.
pub(crate) struct Listed<'a> {
    pub scope: &'a Scope,
    pub oneself: Option<i64>,
    pub archived: bool,
    pub after: i64,
    pub limit: i64,
}

pub(crate) async fn list(connection: &impl ConnectionTrait, listed: &Listed<'_>) -> Result<Vec<StaffRow>> {
    let visible = visible(listed.scope, listed.oneself);
    let left = if listed.archived { "1 = 1" } else { "s.archived_at IS NULL" };
    let sql = format!("{SELECT} WHERE s.ord > $1 AND {left} AND {visible} ORDER BY s.ord LIMIT $2");
    all(connection, &sql, [listed.after.into(), listed.limit.into()]).await
}

/// Somebody a caller sees.
pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    oneself: Option<i64>,
    id: StaffId,
) -> Result<Option<StaffRow>> {
    let sql = format!("{SELECT} WHERE s.id = $1 AND {}", visible(scope, oneself));
    optional(connection, &sql, [id.to_string().into()]).await
}

pub(crate) async fn find_by_ord(connection: &impl ConnectionTrait, ord: i64) -> Result<Option<StaffRow>> {
    optional(connection, &format!("{SELECT} WHERE s.ord = $1"), [ord.into()]).await
}

/// Number, id and name.
#[derive(FromQueryResult)]
pub(crate) struct NameRow {
    pub ord: i64,
    pub id: String,
    pub name: String,
}

pub(crate) async fn list_names(connection: &impl ConnectionTrait, ords: &[i64]) -> Result<Vec<NameRow>> {
    let sql = format!("SELECT ord, id, name FROM staff WHERE ord IN ({})", in_list(ords.iter().copied()));
    all(connection, &sql, []).await
}

/// Somebody who may log in.
pub(crate) async fn find_active_by_login(connection: &impl ConnectionTrait, login: &str) -> Result<Option<StaffRow>> {
    let sql = format!("{SELECT} WHERE s.login = $1 AND s.archived_at IS NULL");
    optional(connection, &sql, [login.into()]).await
}

/// The columns of a new member of staff.
pub(crate) struct Inserted<'a> {
    pub id: StaffId,
    pub login: &'a str,
    pub name: &'a str,
    pub email: Option<&'a str>,
    pub password_hash: &'a str,
    pub role: RoleId,
    pub now: i64,
}

#[derive(FromQueryResult)]
struct OrdRow {
    ord: i64,
}

pub(crate) async fn insert(tx: &impl ConnectionTrait, staff: &Inserted<'_>) -> Result<i64> {
    let sql = "INSERT INTO staff (id, login, name, email, password_hash, role_id, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ord";
    let values: [Value; 7] = [
        staff.id.to_string().into(),
        staff.login.into(),
        staff.name.into(),
        staff.email.map(str::to_owned).into(),
        staff.password_hash.into(),
        staff.role.to_string().into(),
        staff.now.into(),
    ];
    let row: Result<OrdRow> = one(tx, sql, values).await;
    let taken = "this login is taken; choose another";
    row.map(|row| row.ord).map_err(|error| conflict(error, "access.login_taken", taken))
}

/// One column and its new value.
pub(crate) enum Column {
    Name(String),
    Email(Option<String>),
    Role(RoleId),
    PasswordHash(String),
    ArchivedAt(Option<i64>),
}

pub(crate) async fn update(tx: &impl ConnectionTrait, ord: i64, column: Column) -> Result<()> {
    let (name, value): (_, Value) = match column {
        Column::Name(name) => ("name", name.into()),
        Column::Email(email) => ("email", email.into()),
        Column::Role(role) => ("role_id", role.to_string().into()),
        Column::PasswordHash(hash) => ("password_hash", hash.into()),
        Column::ArchivedAt(at) => ("archived_at", at.into()),
    };
    execute(tx, &format!("UPDATE staff SET {name} = $1 WHERE ord = $2"), [value, ord.into()]).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct CountRow {
    count: i64,
}

pub(crate) async fn count(connection: &impl ConnectionTrait) -> Result<i64> {
    one(connection, "SELECT COUNT(*) AS count FROM staff", []).await.map(|row: CountRow| row.count)
}
