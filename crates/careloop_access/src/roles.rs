//! Roles: seeded at first start, edited by whoever manages them.

mod defaults;

use careloop_db::{ConnectionTrait, Db};
use careloop_kernel::ids::RoleId;
use careloop_kernel::permissions::{self, ManageRoles, SignedIn};
use careloop_kernel::{Ctx, DataLevel, Error, PermissionSet, Result, Scope};
use serde_json::json;

use crate::model::{Role, RoleChange, parse_name};
use crate::store::{audit as audit_store, roles as store};
use crate::{audit, roles::defaults::DEFAULTS};

/// The code of the role that holds every permission, today's and those of later versions, for the whole chain.
pub const ADMINISTRATOR: &str = "administrator";

/// A role as listed.
#[derive(Debug, Clone)]
pub struct ListedRole {
    /// The role.
    pub role: Role,
    /// How many active members of staff hold it.
    pub staff_count: i64,
    /// When it was last changed, in microseconds.
    pub updated_at: i64,
}

impl TryFrom<store::RoleRow> for ListedRole {
    type Error = Error;
    fn try_from(row: store::RoleRow) -> Result<Self> {
        let (staff_count, updated_at) = (row.staff_count, row.updated_at);
        Ok(Self { role: row.try_into()?, staff_count, updated_at })
    }
}

/// Adds the roles that are missing; those that exist stay as they were edited.
pub(crate) async fn seed<P>(db: &Db, ctx: &Ctx<P>) -> Result<()> {
    for (code, name_zh, name_en, level, keys) in DEFAULTS {
        let permissions = if *code == ADMINISTRATOR { PermissionSet::all() } else { PermissionSet::from_keys(*keys) };
        let role = Role {
            id: ctx.new_id(),
            code: (*code).to_owned(),
            name_zh: (*name_zh).to_owned(),
            name_en: (*name_en).to_owned(),
            level: *level,
            permissions,
        };
        store::insert_if_absent(db.write(), &role, ctx.now_us()).await?;
    }
    Ok(())
}

/// All roles, in the order of the defaults.
pub async fn list(db: &Db, _ctx: &Ctx<SignedIn>) -> Result<Vec<ListedRole>> {
    let rows = store::list(db.read()).await?;
    let mut roles: Vec<ListedRole> = rows.into_iter().map(TryInto::try_into).collect::<Result<_>>()?;
    let position = |listed: &ListedRole| DEFAULTS.iter().position(|(code, ..)| *code == listed.role.code);
    roles.sort_by_key(|listed| position(listed).unwrap_or(DEFAULTS.len()));
    Ok(roles)
}

/// The role of a code, such as `front_desk`.
pub async fn find_by_code(db: &Db, code: &str) -> Result<Option<Role>> {
    store::find_by_code(db.read(), code).await?.map(TryInto::try_into).transpose()
}

/// The role of an id, or `access.no_such_role`.
pub(crate) async fn get(connection: &impl ConnectionTrait, id: RoleId) -> Result<Role> {
    let missing = || Error::not_found("access.no_such_role", "there is no such role; reload the list");
    store::find(connection, id).await?.ok_or_else(missing)?.try_into()
}

/// Changes a role, for the whole chain. Nobody grants more than they have, one administrator must remain, and what the
/// administrator's role grants is fixed.
pub async fn update(db: &Db, ctx: &Ctx<ManageRoles>, id: RoleId, change: RoleChange) -> Result<ListedRole> {
    require_chain(ctx)?;
    let permissions = parse_permissions(&change.permissions)?;
    let tx = db.begin().await?;
    audit_store::lock(&*tx).await?;
    let before = get(&*tx, id).await?;
    let after = Role {
        name_zh: parse_name("name_zh", &change.name_zh, 40)?,
        name_en: parse_name("name_en", &change.name_en, 60)?,
        level: change.level,
        permissions,
        ..before.clone()
    };
    for role in [&before, &after] {
        require_within(ctx, role)?;
    }
    require_whole_administrator(&after)?;
    store::update(&*tx, &after, ctx.now_us()).await?;
    require_administrator(&*tx).await?;
    let keys: Vec<&str> = after.permissions.keys().collect();
    let detail = json!({ "level": after.level.as_str(), "permissions": keys });
    audit::append(&*tx, ctx, "role.updated", &id.to_string(), detail).await?;
    tx.commit().await?;
    let missing = || Error::not_found("access.no_such_role", "there is no such role; reload the list");
    store::find(db.write(), id).await?.ok_or_else(missing)?.try_into()
}

fn require_whole_administrator(role: &Role) -> Result<()> {
    let whole = role.level == DataLevel::Chain && role.permissions == PermissionSet::all();
    if role.code != ADMINISTRATOR || whole {
        return Ok(());
    }
    let message = "the administrator's role always grants everything in the whole chain; only its names can be changed";
    Err(Error::conflict("access.administrator_role", message))
}

fn parse_permissions(keys: &[String]) -> Result<PermissionSet> {
    let known = |key: &str| permissions::ALL.iter().any(|(name, _, _)| *name == key);
    match keys.iter().find(|key| !known(key)) {
        None => Ok(PermissionSet::from_keys(keys)),
        Some(key) => {
            let message = format!("there is no permission `{key}`; reload the page");
            Err(Error::invalid("access.unknown_permission", message).with_field("permissions", "an unknown key"))
        }
    }
}

/// Refuses to touch a role that holds more than the caller.
pub(crate) fn require_within<P>(ctx: &Ctx<P>, role: &Role) -> Result<()> {
    if role.is_within(ctx.permissions(), ctx.scope()) {
        return Ok(());
    }
    let message = format!("the role `{}` may do or see more than you; ask somebody who holds it", role.code);
    Err(Error::forbidden("access.role_beyond_own", message))
}

/// Refuses callers whose role does not see the whole chain: what they ask for concerns every clinic.
pub fn require_chain<P>(ctx: &Ctx<P>) -> Result<()> {
    if *ctx.scope() == Scope::Chain {
        return Ok(());
    }
    let message = "this concerns the whole chain; ask somebody whose role sees all of it";
    Err(Error::forbidden("access.beyond_scope", message))
}

/// INVARIANT: somebody can always log in who manages staff and roles. Called in every transaction that could break it,
/// after the audit log's lock, so that two such transactions do not miss each other.
pub(crate) async fn require_administrator(tx: &impl ConnectionTrait) -> Result<()> {
    for row in store::list(tx).await? {
        let listed = ListedRole::try_from(row)?;
        if listed.staff_count > 0 && listed.role.administers() {
            return Ok(());
        }
    }
    let message = "nobody would be left who manages staff and roles of the chain; name another administrator first";
    Err(Error::conflict("access.last_administrator", message))
}
