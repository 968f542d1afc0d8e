//! Log-in, log-out and who is calling.
//!
//! A session is 32 random bytes in an HttpOnly cookie; the database keeps their SHA-256. It ends after 12 hours without
//! a request, and in any case after a week. Role and clinics are read at every request, so a change holds at once.

use std::future::Future;
use std::pin::Pin;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use careloop_db::{ConnectionTrait, Db};
use careloop_http::{Authenticator, Credentials};
use careloop_kernel::ids::StaffId;
use careloop_kernel::permissions::SignedIn;
use careloop_kernel::{Ctx, DataLevel, Env, Error, ErrorKind, Result, Scope};
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::model::{ClinicRef, Staff, normal_login};
use crate::passwords::{self, Password};
use crate::settings::{self, Settings};
use crate::store::failures::{self, Policy};
use crate::store::sessions::{self as store, NewSession};
use crate::store::staff::{Column, StaffRow};
use crate::store::{audit as audit_store, clinics, roles as role_store, staff as staff_store};
use crate::{audit, staff};

const HOUR_US: i64 = 3_600_000_000;
const IDLE_US: i64 = 12 * HOUR_US;
/// A session is not written at every request, only when this much of its 12 hours is used.
const EXTEND_US: i64 = HOUR_US / 4;
/// How long a session lasts at most, in seconds; the cookie's age.
pub(crate) const LONGEST_SECS: i64 = 7 * 24 * 3600;
const FAILURES: i64 = 5;
const LOCK_US: i64 = HOUR_US / 4;

/// What a signed-in page needs to know about its user.
#[derive(Debug)]
pub struct Session {
    /// Who it is.
    pub staff: Staff,
    /// The clinics they see.
    pub clinics: Vec<ClinicRef>,
    /// What non-GET requests must bring in `X-CSRF-Token`.
    pub csrf: String,
    /// The chain's settings.
    pub settings: Settings,
}

/// A session that was just opened, with the token for the cookie.
#[derive(Debug)]
pub struct Opened {
    /// The cookie's value.
    pub token: String,
    /// The session.
    pub session: Session,
}

fn hash_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn policy<P>(ctx: &Ctx<P>) -> Policy {
    let now = ctx.now_us();
    Policy { now, forget_before: now - LOCK_US, limit: FAILURES, lock_until: now + LOCK_US }
}

/// Opens a session; `previous` is the token of the one it replaces.
///
/// Fails with `access.wrong_login`, or `access.locked` after five failures in a row, for 15 minutes. Logins that nobody
/// has fail the same way and take as long.
pub async fn log_in(db: &Db, env: &Env, login: &str, password: &str, previous: Option<&str>) -> Result<Opened> {
    let ctx = Ctx::system(env.clone(), "log-in");
    let login = normal_login(login);
    let key = staff::login_key(&ctx, &login);
    let found = staff_store::find_active_by_login(db.write(), &login).await?;
    let failures = attempt(db, &ctx, key, found.as_ref()).await?;
    let hash = found.as_ref().map(|row| row.password_hash.clone());
    let right = passwords::verify(password.to_owned(), hash).await?;
    match found {
        Some(row) if right => open(db, env, key, row, previous).await,
        found => {
            refuse(db, &ctx, found.as_ref(), failures).await?;
            Err(wrong_login())
        }
    }
}

fn wrong_login() -> Error {
    wrong("access.wrong_login", "login or password is wrong")
}

fn wrong(code: &'static str, message: &str) -> Error {
    Error::new(ErrorKind::Unauthenticated, code, message)
}

/// Counts the attempt as a failure before it is checked; success takes it back.
async fn attempt<P>(db: &Db, ctx: &Ctx<P>, key: i64, found: Option<&StaffRow>) -> Result<i64> {
    let policy = policy(ctx);
    failures::purge(db.write(), &policy).await?;
    if let Some(failures) = failures::count(db.write(), key, &policy).await? {
        return Ok(failures);
    }
    trace(db, ctx, found, ("session.refused", json!({ "locked": true }))).await?;
    let message = "too many failed attempts; wait 15 minutes or ask whoever manages staff";
    Err(Error::new(ErrorKind::RateLimited, "access.locked", message))
}

async fn refuse<P>(db: &Db, ctx: &Ctx<P>, found: Option<&StaffRow>, failures: i64) -> Result<()> {
    let action = if failures >= FAILURES { "staff.locked" } else { "session.refused" };
    trace(db, ctx, found, (action, json!({ "failures": failures }))).await
}

/// Leaves a trace of a failure, if there is somebody it concerns.
async fn trace<P>(
    db: &Db,
    ctx: &Ctx<P>,
    found: Option<&StaffRow>,
    (action, detail): (&str, serde_json::Value),
) -> Result<()> {
    let Some(row) = found else { return Ok(()) };
    let tx = db.begin().await?;
    audit::append(&*tx, ctx, action, &row.id, detail).await?;
    tx.commit().await
}

async fn open(db: &Db, env: &Env, key: i64, row: StaffRow, previous: Option<&str>) -> Result<Opened> {
    let role = staff::role_of(&row)?;
    let id: StaffId = row.id.parse()?;
    let ctx = Ctx::staff(env.clone(), id, row.ord, Scope::Own { staff: row.ord }, role.permissions);
    let token = URL_SAFE_NO_PAD.encode(ctx.random::<32>());
    let csrf = URL_SAFE_NO_PAD.encode(ctx.random::<24>());
    let now = ctx.now_us();
    let token_hash = hash_of(&token);
    let new =
        NewSession { token_hash: &token_hash, staff: row.ord, csrf: &csrf, created_at: now, expires_at: now + IDLE_US };
    let tx = db.begin().await?;
    require_unchanged(&*tx, &row).await?;
    failures::clear(&*tx, key).await?;
    store::delete_expired(&*tx, now).await?;
    if let Some(previous) = previous {
        store::delete(&*tx, &hash_of(previous)).await?;
    }
    store::insert(&*tx, &new).await?;
    let session = describe(&*tx, &ctx, row.ord, csrf).await?;
    audit::append(&*tx, &ctx, "session.opened", &id.to_string(), json!({})).await?;
    tx.commit().await?;
    Ok(Opened { token, session })
}

/// Refuses when the password that was checked has been replaced, or its owner archived, while it was checked.
///
/// INVARIANT: whoever resets, changes or archives holds the audit log's lock as well, so that either they see this
/// session and end it, or it sees their change.
async fn require_unchanged(tx: &impl ConnectionTrait, checked: &StaffRow) -> Result<()> {
    audit_store::lock(tx).await?;
    let present = staff_store::find_by_ord(tx, checked.ord).await?;
    let unchanged = |row: &StaffRow| row.archived_at.is_none() && row.password_hash == checked.password_hash;
    if present.as_ref().is_some_and(unchanged) { Ok(()) } else { Err(wrong_login()) }
}

async fn describe<P>(connection: &impl ConnectionTrait, ctx: &Ctx<P>, ord: i64, csrf: String) -> Result<Session> {
    let staff = staff::get(connection, ctx, ord).await?;
    let clinics = clinics::list_seen(connection, ord, staff.role.level).await?;
    let settings = settings::load(connection).await?;
    Ok(Session { staff, clinics, csrf, settings })
}

/// The session of a token that has been authenticated.
pub async fn get(db: &Db, ctx: &Ctx<SignedIn>, token: &str) -> Result<Session> {
    let row = store::find(db.write(), &hash_of(token), ctx.now_us()).await?.ok_or_else(stranger)?;
    describe(db.write(), ctx, row.staff, row.csrf).await
}

/// Ends a session.
pub async fn log_out(db: &Db, ctx: &Ctx<SignedIn>, token: &str) -> Result<()> {
    let tx = db.begin().await?;
    store::delete(&*tx, &hash_of(token)).await?;
    audit::append(&*tx, ctx, "session.closed", &ctx.actor().label(), json!({})).await?;
    tx.commit().await
}

/// Changes the caller's own password and ends their other sessions. The present one must be given, and wrong guesses
/// count as failed log-ins.
pub async fn change_password(db: &Db, ctx: &Ctx<SignedIn>, token: &str, current: &str, new: &str) -> Result<()> {
    let ord = ctx.staff_ord().ok_or_else(stranger)?;
    let row = staff_store::find_by_ord(db.write(), ord).await?.ok_or_else(stranger)?;
    let password = Password::parse(new, &row.login)?;
    let key = staff::login_key(ctx, &row.login);
    let failures = attempt(db, ctx, key, Some(&row)).await?;
    if !passwords::verify(current.to_owned(), Some(row.password_hash.clone())).await? {
        refuse(db, ctx, Some(&row), failures).await?;
        let message = "the present password is wrong";
        return Err(Error::invalid("access.wrong_password", message).with_field("current", message));
    }
    let hash = password.hash(ctx).await?;
    let tx = db.begin().await?;
    require_unchanged(&*tx, &row).await?;
    failures::clear(&*tx, key).await?;
    staff_store::update(&*tx, ord, Column::PasswordHash(hash)).await?;
    store::delete_others(&*tx, ord, &hash_of(token)).await?;
    audit::append(&*tx, ctx, "password.changed", &row.id, json!({})).await?;
    tx.commit().await
}

fn stranger() -> Error {
    wrong("access.unauthenticated", "nobody is logged in; log in and try again")
}

/// Reads the session cookie.
#[derive(Debug, Clone, Copy, Default)]
pub struct SessionAuthenticator;

impl Authenticator for SessionAuthenticator {
    fn authenticate<'a>(
        &'a self,
        db: &'a Db,
        env: &'a Env,
        credentials: Credentials,
    ) -> Pin<Box<dyn Future<Output = Result<Ctx>> + Send + 'a>> {
        Box::pin(authenticate(db, env, credentials))
    }
}

async fn authenticate(db: &Db, env: &Env, credentials: Credentials) -> Result<Ctx> {
    let token = credentials.session.ok_or_else(stranger)?;
    let token_hash = hash_of(&token);
    let now = env.clock.now().as_microsecond();
    let row = store::find(db.read(), &token_hash, now).await?.ok_or_else(stranger)?;
    if credentials.writes {
        let csrf = credentials.csrf.unwrap_or_default();
        if !bool::from(csrf.as_bytes().ct_eq(row.csrf.as_bytes())) {
            let message = "the request lacks its X-CSRF-Token; reload the page and try again";
            return Err(Error::forbidden("access.csrf", message));
        }
    }
    let until = (now + IDLE_US).min(row.created_at + LONGEST_SECS * 1_000_000);
    if until - row.expires_at >= EXTEND_US {
        store::extend(db.write(), &token_hash, until).await?;
    }
    let permissions = role_store::permissions_of(&row.role_code, &row.permissions)?;
    let scope = scope_of(db.read(), row.staff, row.level.parse()?).await?;
    Ok(Ctx::staff(env.clone(), row.staff_id.parse()?, row.staff, scope, permissions))
}

/// Turns a role's level into the customers it sees.
async fn scope_of(connection: &impl ConnectionTrait, staff: i64, level: DataLevel) -> Result<Scope> {
    Ok(match level {
        DataLevel::Chain => Scope::Chain,
        DataLevel::Own => Scope::Own { staff },
        DataLevel::Clinic | DataLevel::Region => {
            let seen = clinics::list_seen(connection, staff, level).await?;
            Scope::Clinics(seen.into_iter().map(|clinic| clinic.ord).collect())
        }
    })
}
