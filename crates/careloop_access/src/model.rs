//! Staff, roles and the clinics they work in.

use careloop_kernel::ids::{ClinicId, RoleId, StaffId};
use careloop_kernel::{DataLevel, Error, PermissionSet, Result, Scope};

use crate::passwords::Password;

/// A clinic as staff and sessions name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClinicRef {
    /// `clinics.ord`.
    pub ord: i64,
    /// The public id.
    pub id: ClinicId,
    /// The short code.
    pub code: String,
    /// The name.
    pub name: String,
}

/// A role: a named set of permissions and how far they look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The public id.
    pub id: RoleId,
    /// The stable code, such as `front_desk`.
    pub code: String,
    /// The Chinese name.
    pub name_zh: String,
    /// The English name.
    pub name_en: String,
    /// How far it looks.
    pub level: DataLevel,
    /// What it grants.
    pub permissions: PermissionSet,
}

impl Role {
    /// Whether somebody with this role can put right whatever else is wrong with roles and staff.
    pub fn administers(&self) -> bool {
        let grants = |key| self.permissions.grants(key);
        self.level == DataLevel::Chain && grants("staff.manage") && grants("roles.manage")
    }

    /// Whether a caller with these permissions and this scope may give the role away, or manage who holds it: nobody
    /// grants more than they have.
    pub fn is_within(&self, permissions: &PermissionSet, scope: &Scope) -> bool {
        let reach = match scope {
            Scope::Chain => DataLevel::Chain,
            Scope::Clinics(_) => DataLevel::Clinic,
            Scope::Own { .. } => DataLevel::Own,
        };
        self.level <= reach && self.permissions.keys().all(|key| permissions.grants(key))
    }
}

/// What a role is changed to.
#[derive(Debug, Clone)]
pub struct RoleChange {
    /// The Chinese name.
    pub name_zh: String,
    /// The English name.
    pub name_en: String,
    /// How far it looks.
    pub level: DataLevel,
    /// Keys of the permissions granted.
    pub permissions: Vec<String>,
}

/// A member of staff.
#[derive(Debug, Clone)]
pub struct Staff {
    /// `staff.ord`.
    pub ord: i64,
    /// The public id.
    pub id: StaffId,
    /// What they type to log in.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Where they can be reached, if they have one.
    pub email: Option<String>,
    /// Their role.
    pub role: Role,
    /// The clinics they work in.
    pub clinics: Vec<ClinicRef>,
    /// Until when log-in is refused after too many failures, in microseconds.
    pub locked_until: Option<i64>,
    /// Since when they are known, in microseconds.
    pub created_at: i64,
    /// When they left, in microseconds.
    pub archived_at: Option<i64>,
}

/// A member of staff to be created.
#[derive(Debug, Clone)]
pub struct NewStaff {
    /// What they will type to log in.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Where they can be reached.
    pub email: Option<String>,
    /// Their role.
    pub role: RoleId,
    /// The clinics they work in.
    pub clinics: Vec<ClinicId>,
    /// Their password; one is generated if none is given.
    pub password: Option<Password>,
}

/// What changes about a member of staff; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct StaffChange {
    /// Their name.
    pub name: Option<String>,
    /// Where they can be reached; an empty text removes it.
    pub email: Option<String>,
    /// Their role.
    pub role: Option<RoleId>,
    /// The clinics they work in.
    pub clinics: Option<Vec<ClinicId>>,
    /// Whether to replace the password by a generated one and end every session.
    pub reset_password: bool,
    /// Whether they have left.
    pub archived: Option<bool>,
}

/// The login as stored: 2 to 64 lower-case letters, digits and `.`, `_`, `-`, `@`.
pub fn parse_login(text: &str) -> Result<String> {
    let login = normal_login(text);
    let allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "._-@".contains(letter);
    if (2..=64).contains(&login.len()) && login.chars().all(allowed) {
        return Ok(login);
    }
    let message = "a login has 2 to 64 letters (a-z), digits or . _ - @";
    Err(Error::invalid("access.login", message).with_field("login", message))
}

/// What was typed, as it is compared.
pub(crate) fn normal_login(text: &str) -> String {
    text.trim().to_lowercase()
}

/// A name of 1 to `max` characters without control characters, trimmed.
pub(crate) fn parse_name(field: &'static str, text: &str, max: usize) -> Result<String> {
    let name = text.trim();
    if (1..=max).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    let message = format!("1 to {max} characters");
    Err(Error::invalid("access.name", format!("`{field}` has {message}")).with_field(field, message))
}

/// An e-mail address, or none for an empty text.
pub(crate) fn parse_email(text: &str) -> Result<Option<String>> {
    let email = text.trim();
    if email.is_empty() {
        return Ok(None);
    }
    let plain = |letter: char| letter.is_ascii_graphic() && !"<>(),;:\"\\".contains(letter);
    let well_formed = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.contains('@') && !host.starts_with('.') && !host.ends_with('.')
    });
    if well_formed && email.len() <= 254 && email.chars().all(plain) {
        return Ok(Some(email.to_owned()));
    }
    let message = "this is no e-mail address; write one such as name@example.com, or leave it empty";
    Err(Error::invalid("access.email", message).with_field("email", message))
}
