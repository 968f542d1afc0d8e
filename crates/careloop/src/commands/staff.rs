//! `careloop staff …`

use careloop_access::{Password, staff};

use crate::cli::{Place, StaffCommand};
use crate::output::{print, say};

/// Lets somebody in again who lost their password; whoever has a shell here owns the data anyway.
pub async fn run(place: &Place, command: StaffCommand, json: bool) -> anyhow::Result<()> {
    let StaffCommand::ResetPassword { login } = command;
    let config = super::config(place)?;
    let parts = super::open(place).await?;
    let ctx = parts.ctx("cli").require()?;
    let given = config.admin_password.as_deref().map(|text| Password::parse(text, &login)).transpose()?;
    let generated = staff::reset_by_login(&parts.app.db, &ctx, &login, given).await?.map(Password::reveal);
    say(&format!("`{login}` has a new password, and every session of theirs has ended"));
    if json {
        return print(&format!("{}\n", serde_json::json!({ "login": login, "password": generated })));
    }
    generated.map_or(Ok(()), |password| print(&format!("{password}\n")))
}
