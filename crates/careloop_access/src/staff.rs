//! Staff: created, changed and archived by whoever manages them, within their own scope and rights.

use std::collections::HashMap;

use careloop_db::{ConnectionTrait, Db};
use careloop_kernel::ids::{ClinicId, StaffId};
use careloop_kernel::permissions::{ManageStaff, SignedIn};
use careloop_kernel::{Ctx, DataLevel, Error, Page, PageRequest, Result};
use serde_json::json;

use crate::model::{ClinicRef, NewStaff, Role, Staff, StaffChange, normal_login, parse_email, parse_login, parse_name};
use crate::passwords::Password;
use crate::store::staff::{Column, Inserted, Listed, StaffRow};
use crate::store::{audit as audit_store, clinics, failures, roles as role_store, sessions, staff as store};
use crate::{audit, roles};

/// A member of staff after a change, with the password that was generated, to be shown once.
#[derive(Debug)]
pub struct Saved {
    /// The member of staff.
    pub staff: Staff,
    /// The generated password, if there is a new one.
    pub password: Option<Password>,
}

/// The kind of key under which a login's failures are counted.
pub(crate) fn login_key<P>(ctx: &Ctx<P>, login: &str) -> i64 {
    ctx.vault().blind("login", login)
}

fn missing() -> Error {
    Error::not_found("access.no_such_staff", "there is no such member of staff; reload the list")
}

/// Colleagues the caller sees: all, or who shares a clinic; with the archived if asked.
pub async fn list(db: &Db, ctx: &Ctx<SignedIn>, archived: bool, request: &PageRequest) -> Result<Page<Staff>> {
    let after = request.numbers::<1>()?.map_or(0, |[ord]| ord);
    let limit = i64::from(request.limit) + 1;
    let listed = Listed { scope: ctx.scope(), oneself: ctx.staff_ord(), archived, after, limit };
    let rows = store::list(db.read(), &listed).await?;
    let page = Page::cut(rows, request, |row| vec![row.ord]);
    Ok(Page { items: complete(db.read(), ctx, page.items).await?, next: page.next })
}

/// A colleague the caller sees, archived or not, or `access.no_such_staff`.
pub async fn find(db: &Db, ctx: &Ctx<SignedIn>, id: StaffId) -> Result<Staff> {
    let row = store::find(db.read(), ctx.scope(), ctx.staff_ord(), id).await?.ok_or_else(missing)?;
    complete(db.read(), ctx, vec![row]).await?.pop().ok_or_else(missing)
}

/// `staff.ord` of a colleague the caller sees and who has not left.
pub async fn find_active<P>(connection: &impl ConnectionTrait, ctx: &Ctx<P>, id: StaffId) -> Result<Option<i64>> {
    let row = store::find(connection, ctx.scope(), ctx.staff_ord(), id).await?;
    Ok(row.filter(|row| row.archived_at.is_none()).map(|row| row.ord))
}

/// Ids and names of members of staff by number, for lists in other features.
pub async fn names(connection: &impl ConnectionTrait, ords: &[i64]) -> Result<HashMap<i64, (StaffId, String)>> {
    let rows = store::list_names(connection, ords).await?;
    rows.into_iter().map(|row| Ok((row.ord, (row.id.parse()?, row.name)))).collect()
}

/// Reads what hangs on the rows: clinics and locks.
pub(crate) async fn complete<P>(
    connection: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    rows: Vec<StaffRow>,
) -> Result<Vec<Staff>> {
    let ords: Vec<i64> = rows.iter().map(|row| row.ord).collect();
    let keys: Vec<i64> = rows.iter().map(|row| login_key(ctx, &row.login)).collect();
    let locked: HashMap<i64, i64> = failures::list_locked(connection, &keys, ctx.now_us()).await?.into_iter().collect();
    let mut assigned: HashMap<i64, Vec<ClinicRef>> = HashMap::new();
    for (staff, clinic) in clinics::list_assigned(connection, &ords).await? {
        assigned.entry(staff).or_default().push(clinic);
    }
    let staff = rows.into_iter().zip(keys).map(|(row, key)| {
        Ok(Staff {
            id: row.id.parse()?,
            clinics: assigned.remove(&row.ord).unwrap_or_default(),
            locked_until: locked.get(&key).copied(),
            role: role_of(&row)?,
            ord: row.ord,
            login: row.login,
            name: row.name,
            email: row.email,
            created_at: row.created_at,
            archived_at: row.archived_at,
        })
    });
    staff.collect()
}

pub(crate) fn role_of(row: &StaffRow) -> Result<Role> {
    Ok(Role {
        id: row.role_id.parse()?,
        code: row.role_code.clone(),
        name_zh: row.role_name_zh.clone(),
        name_en: row.role_name_en.clone(),
        level: row.level.parse()?,
        permissions: role_store::permissions_of(&row.role_code, &row.permissions)?,
    })
}

/// Reads one member of staff by number.
pub(crate) async fn get<P>(connection: &impl ConnectionTrait, ctx: &Ctx<P>, ord: i64) -> Result<Staff> {
    let row = store::find_by_ord(connection, ord).await?.ok_or_else(missing)?;
    complete(connection, ctx, vec![row]).await?.pop().ok_or_else(missing)
}

/// Creates a member of staff.
pub async fn create(db: &Db, ctx: &Ctx<ManageStaff>, new: NewStaff) -> Result<Saved> {
    let login = parse_login(&new.login)?;
    let name = parse_name("name", &new.name, 80)?;
    let email = new.email.as_deref().map_or(Ok(None), parse_email)?;
    let generated = new.password.is_none().then(|| Password::generate(ctx));
    let password = new.password.as_ref().or(generated.as_ref()).ok_or_else(missing)?;
    let password_hash = password.hash(ctx).await?;
    let tx = db.begin().await?;
    let role = roles::get(&*tx, new.role).await?;
    roles::require_within(ctx, &role)?;
    let clinic_ords = find_clinics(&*tx, ctx, &new.clinics).await?;
    require_clinics(ctx, &role, &clinic_ords)?;
    let id: StaffId = ctx.new_id();
    let (login, name, email, password_hash) = (&*login, &*name, email.as_deref(), &*password_hash);
    let row = Inserted { id, login, name, email, password_hash, role: role.id, now: ctx.now_us() };
    let ord = store::insert(&*tx, &row).await?;
    clinics::replace_assigned(&*tx, ord, &clinic_ords).await?;
    let staff = get(&*tx, ctx, ord).await?;
    let detail = json!({ "role": role.code, "clinics": clinic_ids(&staff.clinics) });
    audit::append(&*tx, ctx, "staff.created", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(Saved { staff, password: generated })
}

/// Changes a member of staff. One administrator must remain.
///
/// Name and clinics are for whoever shares a clinic; the rest reaches every clinic they work in, so that all of those
/// must be within the caller's scope.
pub async fn update(db: &Db, ctx: &Ctx<ManageStaff>, id: StaffId, change: StaffChange) -> Result<Saved> {
    let generated = change.reset_password.then(|| Password::generate(ctx));
    let hash = match &generated {
        Some(password) => Some(password.hash(ctx).await?),
        None => None,
    };
    let tx = db.begin().await?;
    audit_store::lock(&*tx).await?;
    let before = find_managed(&*tx, ctx, id).await?;
    if change.reset_password && ctx.staff_ord() == Some(before.ord) {
        let message = "change your own password on your own page, with the present one";
        return Err(Error::conflict("access.reset_oneself", message));
    }
    if reaches_everywhere(&before, &change) {
        require_whole(ctx, &before)?;
    }
    let mut changed = Vec::new();
    if let Some(name) = &change.name {
        store::update(&*tx, before.ord, Column::Name(parse_name("name", name, 80)?)).await?;
        changed.push("name");
    }
    if let Some(email) = &change.email {
        store::update(&*tx, before.ord, Column::Email(parse_email(email)?)).await?;
        changed.push("email");
    }
    if change.role.is_some() || change.clinics.is_some() {
        place(&*tx, ctx, &before, &change).await?;
        changed.push("role or clinics");
    }
    if let Some(hash) = hash {
        set_password(&*tx, ctx, (before.ord, &before.login), hash).await?;
        changed.push("password");
    }
    if let Some(archived) = change.archived {
        set_archived(&*tx, ctx, &before, archived).await?;
        changed.push(if archived { "archived" } else { "restored" });
    }
    roles::require_administrator(&*tx).await?;
    let staff = get(&*tx, ctx, before.ord).await?;
    let detail = json!({ "changed": changed, "role": staff.role.code, "clinics": clinic_ids(&staff.clinics) });
    let action = if change.archived == Some(true) { "staff.archived" } else { "staff.updated" };
    audit::append(&*tx, ctx, action, &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(Saved { staff, password: generated })
}

/// Whether a change takes effect in every clinic somebody works in.
fn reaches_everywhere(before: &Staff, change: &StaffChange) -> bool {
    let role = change.role.is_some_and(|role| role != before.role.id);
    let email = change.email.as_ref().is_some_and(|email| email.trim() != before.email.as_deref().unwrap_or_default());
    role || email || change.reset_password || change.archived.is_some()
}

/// Refuses callers who do not see every clinic of somebody.
fn require_whole<P>(ctx: &Ctx<P>, staff: &Staff) -> Result<()> {
    if staff.clinics.iter().all(|clinic| ctx.scope().sees_clinic(clinic.ord)) {
        return Ok(());
    }
    let message = "they also work in clinics that you do not see; change their name and your own clinics only, or ask somebody who sees all of them";
    Err(Error::forbidden("access.works_elsewhere", message))
}

/// Whether anybody was ever hired.
pub async fn exist(db: &Db) -> Result<bool> {
    Ok(store::count(db.write()).await? > 0)
}

/// Gives an active member of staff a new password, unlocks their login and ends their sessions; gives the password if it
/// was generated.
pub async fn reset_by_login(
    db: &Db,
    ctx: &Ctx<ManageStaff>,
    login: &str,
    given: Option<Password>,
) -> Result<Option<Password>> {
    roles::require_chain(ctx)?;
    let generated = given.is_none().then(|| Password::generate(ctx));
    let password = given.as_ref().or(generated.as_ref()).ok_or_else(missing)?;
    let hash = password.hash(ctx).await?;
    let tx = db.begin().await?;
    audit_store::lock(&*tx).await?;
    let unknown = || Error::not_found("access.no_such_login", format!("nobody active has the login `{login}`"));
    let row = store::find_active_by_login(&*tx, &normal_login(login)).await?.ok_or_else(unknown)?;
    set_password(&*tx, ctx, (row.ord, &row.login), hash).await?;
    audit::append(&*tx, ctx, "staff.updated", &row.id, json!({ "changed": ["password"] })).await?;
    tx.commit().await?;
    Ok(generated)
}

/// Replaces a password, unlocks the login and ends every session.
async fn set_password<P>(
    tx: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    (ord, login): (i64, &str),
    hash: String,
) -> Result<()> {
    store::update(tx, ord, Column::PasswordHash(hash)).await?;
    failures::clear(tx, login_key(ctx, login)).await?;
    sessions::delete_others(tx, ord, &[]).await
}

/// Archives somebody who left: no log-in any more, sessions end at once. What they did stays.
pub async fn archive(db: &Db, ctx: &Ctx<ManageStaff>, id: StaffId) -> Result<Staff> {
    let change = StaffChange { archived: Some(true), ..StaffChange::default() };
    update(db, ctx, id, change).await.map(|saved| saved.staff)
}

async fn set_archived(tx: &impl ConnectionTrait, ctx: &Ctx<ManageStaff>, staff: &Staff, archived: bool) -> Result<()> {
    if archived && ctx.staff_ord() == Some(staff.ord) {
        let message = "you cannot archive yourself; ask another administrator";
        return Err(Error::conflict("access.archive_oneself", message));
    }
    let at = archived.then(|| ctx.now_us());
    store::update(tx, staff.ord, Column::ArchivedAt(at)).await?;
    if archived { sessions::delete_others(tx, staff.ord, &[]).await } else { Ok(()) }
}

/// Somebody in scope whose rights do not exceed the caller's.
async fn find_managed(tx: &impl ConnectionTrait, ctx: &Ctx<ManageStaff>, id: StaffId) -> Result<Staff> {
    let row = store::find(tx, ctx.scope(), ctx.staff_ord(), id).await?.ok_or_else(missing)?;
    let staff = complete(tx, ctx, vec![row]).await?.pop().ok_or_else(missing)?;
    roles::require_within(ctx, &staff.role)?;
    Ok(staff)
}

/// Sets role and clinics together, since the role's level says whether it needs a clinic.
async fn place(tx: &impl ConnectionTrait, ctx: &Ctx<ManageStaff>, before: &Staff, change: &StaffChange) -> Result<()> {
    let role = match change.role {
        Some(id) => roles::get(tx, id).await?,
        None => before.role.clone(),
    };
    roles::require_within(ctx, &role)?;
    let kept = before.clinics.iter().map(|clinic| clinic.ord);
    let ords = match &change.clinics {
        None => kept.collect(),
        // A caller replaces the clinics they see; those of other deans stay.
        Some(ids) => {
            let mut ords = find_clinics(tx, ctx, ids).await?;
            ords.extend(kept.filter(|ord| !ctx.scope().sees_clinic(*ord)));
            ords
        }
    };
    require_clinics(ctx, &role, &ords)?;
    store::update(tx, before.ord, Column::Role(role.id)).await?;
    clinics::replace_assigned(tx, before.ord, &ords).await
}

async fn find_clinics(tx: &impl ConnectionTrait, ctx: &Ctx<ManageStaff>, ids: &[ClinicId]) -> Result<Vec<i64>> {
    let mut ords = Vec::with_capacity(ids.len());
    for id in ids {
        let ord = clinics::find_ord(tx, *id).await?.filter(|ord| ctx.scope().sees_clinic(*ord));
        ords.push(
            ord.ok_or_else(|| Error::not_found("access.no_such_clinic", "there is no such clinic; reload the list"))?,
        );
    }
    Ok(ords)
}

fn require_clinics<P>(ctx: &Ctx<P>, role: &Role, clinics: &[i64]) -> Result<()> {
    let needs_one = matches!(role.level, DataLevel::Clinic | DataLevel::Region);
    let by_chain = *ctx.scope() == careloop_kernel::Scope::Chain;
    if !clinics.is_empty() || (by_chain && !needs_one) {
        return Ok(());
    }
    let message = "choose at least one clinic; with this role nobody would be seen without one";
    Err(Error::invalid("access.clinics_missing", message).with_field("clinic_ids", "at least one"))
}

fn clinic_ids(clinics: &[ClinicRef]) -> Vec<String> {
    clinics.iter().map(|clinic| clinic.id.to_string()).collect()
}
