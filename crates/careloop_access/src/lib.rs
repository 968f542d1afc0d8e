//! Who may do what: staff, roles, sessions, the key file, the chain's settings and the audit log.
//!
//! A request's cookie becomes a `Ctx` in [`SessionAuthenticator`]: role, permissions and clinics are read from the
//! database each time, so whatever an administrator changes holds at the next request. Invariants, each with a test:
//! nobody grants more than they have; one administrator always remains; five failures lock a login, known or not, for
//! 15 minutes; whoever is archived or changes their password loses their other sessions; every change leaves a row in
//! the hash-chained [`audit`] log, in its own transaction.
//!
//! Start reading in `sessions.rs`.

pub mod audit;
mod first_start;
pub mod keys;
mod model;
mod passwords;
pub mod roles;
pub mod routes;
pub mod sessions;
pub mod settings;
pub mod staff;
mod store;

#[cfg(test)]
mod tests;

pub use first_start::{ensure_administrator, prepare};
pub use model::{ClinicRef, NewStaff, Role, RoleChange, Staff, StaffChange, parse_login};
pub use passwords::Password;
pub use sessions::SessionAuthenticator;
