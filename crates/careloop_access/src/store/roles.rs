//! Roles.

use careloop_db::{ConnectionTrait, FromQueryResult, all, execute, optional};
use careloop_kernel::ids::RoleId;
use careloop_kernel::{Error, PermissionSet, Result};

use crate::model::Role;
use crate::roles::ADMINISTRATOR;

/// A role and how many active members of staff hold it.
#[derive(FromQueryResult)]
pub(crate) struct RoleRow {
    pub id: String,
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    pub level: String,
    pub permissions: String,
    pub staff_count: i64,
    pub updated_at: i64,
}

impl TryFrom<RoleRow> for Role {
    type Error = Error;
    fn try_from(row: RoleRow) -> Result<Self> {
        Ok(Self {
            id: row.id.parse()?,
            permissions: permissions_of(&row.code, &row.permissions)?,
            level: row.level.parse()?,
            code: row.code,
            name_zh: row.name_zh,
            name_en: row.name_en,
        })
    }
}

/// What a role grants: the keys as stored, a JSON array. The administrator's are all there are, whatever was stored by a
/// program that knew fewer.
pub(crate) fn permissions_of(code: &str, json: &str) -> Result<PermissionSet> {
    if code == ADMINISTRATOR {
        return Ok(PermissionSet::all());
    }
    let keys: Vec<String> = serde_json::from_str(json).map_err(Error::internal)?;
    Ok(PermissionSet::from_keys(keys))
}

fn permissions_json(role: &Role) -> String {
    serde_json::json!(role.permissions.keys().collect::<Vec<_>>()).to_string()
}

const SELECT: &str = "SELECT r.id, r.code, r.name_zh, r.name_en, r.level, r.permissions, r.updated_at,
    (SELECT COUNT(*) FROM staff s WHERE s.role_id = r.id AND s.archived_at IS NULL) AS staff_count FROM roles r";

pub(crate) async fn list(connection: &impl ConnectionTrait) -> Result<Vec<RoleRow>> {
    all(connection, &format!("{SELECT} ORDER BY r.id"), []).await
}

pub(crate) async fn find(connection: &impl ConnectionTrait, id: RoleId) -> Result<Option<RoleRow>> {
    optional(connection, &format!("{SELECT} WHERE r.id = $1"), [id.to_string().into()]).await
}

pub(crate) async fn find_by_code(connection: &impl ConnectionTrait, code: &str) -> Result<Option<RoleRow>> {
    optional(connection, &format!("{SELECT} WHERE r.code = $1"), [code.into()]).await
}

/// Adds a role unless its code is taken.
pub(crate) async fn insert_if_absent(connection: &impl ConnectionTrait, role: &Role, now: i64) -> Result<()> {
    let sql = "INSERT INTO roles (id, code, name_zh, name_en, level, permissions, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (code) DO NOTHING";
    let values = [
        role.id.to_string().into(),
        role.code.as_str().into(),
        role.name_zh.as_str().into(),
        role.name_en.as_str().into(),
        role.level.as_str().into(),
        permissions_json(role).into(),
        now.into(),
    ];
    execute(connection, sql, values).await.map(|_| ())
}

pub(crate) async fn update(tx: &impl ConnectionTrait, role: &Role, now: i64) -> Result<()> {
    let sql =
        "UPDATE roles SET name_zh = $1, name_en = $2, level = $3, permissions = $4, updated_at = $5 WHERE id = $6";
    let values = [
        role.name_zh.as_str().into(),
        role.name_en.as_str().into(),
        role.level.as_str().into(),
        permissions_json(role).into(),
        now.into(),
        role.id.to_string().into(),
    ];
    execute(tx, sql, values).await.map(|_| ())
}
