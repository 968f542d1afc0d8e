//! The words every other crate speaks: ids, money, time, errors, pages, permissions and the
//! context a use case runs in. No I/O happens here.
//!
//! Start with [`Ctx`]: a service function takes one, and its type says which permission the caller
//! must hold. Time, randomness and the vault come from it, so tests are deterministic.

mod ctx;
mod error;
pub mod ids;
pub mod leb128;
mod money;
mod page;
mod permission;
mod scope;
mod time;
mod vault;

pub use ctx::{Actor, Ctx, Env};
pub use error::{Error, ErrorKind, FieldError, Result};
pub use money::{Currency, Money, MoneyError};
pub use page::{Cursor, Page, PageRequest};
pub use permission::{Permission, PermissionSet, permissions};
pub use scope::{DataLevel, Scope};
pub use time::{Clock, FixedClock, Random, SeededRandom, SystemClock, SystemRandom, parse_instant};
pub use vault::{Seal, Vault};
