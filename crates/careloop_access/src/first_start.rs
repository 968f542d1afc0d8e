//! What a database needs before anybody can use it.

use careloop_db::Db;
use careloop_kernel::{Ctx, Error, Result};

use crate::model::{NewStaff, parse_login};
use crate::passwords::Password;
use crate::settings::{self, FirstSettings};
use crate::store::staff as store;
use crate::{keys, roles, staff};

/// Ties the database to its key file and adds settings and roles that are missing. Safe at every start.
pub async fn prepare<P>(db: &Db, ctx: &Ctx<P>, first: FirstSettings) -> Result<()> {
    keys::bind(db, ctx).await?;
    settings::init(db, ctx, first).await?;
    roles::seed(db, ctx).await
}

/// Creates the first administrator of a prepared database, unless there is staff already. Gives the password if it was
/// generated, to be shown once.
pub async fn ensure_administrator<P>(
    db: &Db,
    ctx: &Ctx<P>,
    login: &str,
    password: Option<&str>,
) -> Result<Option<Password>> {
    if store::count(db.write()).await? > 0 {
        return Ok(None);
    }
    let login = parse_login(login)?;
    let password = password.map(|text| Password::parse(text, &login)).transpose()?;
    let unprepared = || Error::internal("the roles are missing; the database was not prepared");
    let role = roles::find_by_code(db, roles::ADMINISTRATOR).await?.ok_or_else(unprepared)?;
    let new = NewStaff { name: login.clone(), login, email: None, role: role.id, clinics: Vec::new(), password };
    // Of two nodes that start together the second finds the login taken: the first administrator exists.
    match staff::create(db, &ctx.require()?, new).await {
        Ok(saved) => Ok(saved.password),
        Err(error) if error.code() == "access.login_taken" => Ok(None),
        Err(error) => Err(error),
    }
}
