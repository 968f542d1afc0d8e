//! The context of a use case: who asks, what they may do, and where time and randomness come from.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use jiff::Timestamp;

use crate::ids::{Id, StaffId};
use crate::permission::permissions::SignedIn;
use crate::{Clock, Error, Permission, PermissionSet, Random, Result, Scope, Vault};

/// What every use case needs from outside: clock, randomness, keys.
#[derive(Clone)]
pub struct Env {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives random bytes.
    pub random: Arc<dyn Random>,
    /// Seals personal data.
    pub vault: Vault,
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Env(..)")
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A member of staff: public id and number.
    Staff {
        /// The public id.
        id: StaffId,
        /// `staff.ord`.
        ord: i64,
    },
    /// A worker or a command; the text names it, such as `cli` or `segments`.
    System(&'static str),
}

impl Actor {
    /// The actor's name in audit rows and events.
    pub fn label(&self) -> String {
        match self {
            Self::Staff { id, .. } => id.to_string(),
            Self::System(name) => format!("system:{name}"),
        }
    }
}

/// A caller that holds permission `P`.
///
/// Only [`Ctx::require`] turns one permission into another, so a function that takes `&Ctx<EditPeople>` cannot be
/// reached by somebody who may not edit people.
pub struct Ctx<P = SignedIn> {
    env: Env,
    actor: Actor,
    scope: Scope,
    permissions: Arc<PermissionSet>,
    permission: PhantomData<fn() -> P>,
}

impl<P> Clone for Ctx<P> {
    fn clone(&self) -> Self {
        Self {
            env: self.env.clone(),
            actor: self.actor.clone(),
            scope: self.scope.clone(),
            permissions: Arc::clone(&self.permissions),
            permission: PhantomData,
        }
    }
}

impl<P> fmt::Debug for Ctx<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ctx").field("actor", &self.actor).field("scope", &self.scope).finish_non_exhaustive()
    }
}

impl Ctx<SignedIn> {
    /// The context of somebody who is logged in.
    pub fn staff(env: Env, id: StaffId, ord: i64, scope: Scope, permissions: PermissionSet) -> Self {
        Self {
            env,
            actor: Actor::Staff { id, ord },
            scope,
            permissions: Arc::new(permissions),
            permission: PhantomData,
        }
    }

    /// The context of the program itself: all permissions, the whole chain.
    pub fn system(env: Env, name: &'static str) -> Self {
        Self {
            env,
            actor: Actor::System(name),
            scope: Scope::Chain,
            permissions: Arc::new(PermissionSet::all()),
            permission: PhantomData,
        }
    }
}

impl<P> Ctx<P> {
    /// The same caller with permission `Q`, or `access.forbidden`.
    pub fn require<Q: Permission>(&self) -> Result<Ctx<Q>> {
        if !self.has(Q::KEY) {
            return Err(Error::forbidden(
                "access.forbidden",
                format!("your role does not grant `{}`; ask whoever manages roles", Q::KEY),
            ));
        }
        let Self { env, actor, scope, permissions, .. } = self.clone();
        Ok(Ctx { env, actor, scope, permissions, permission: PhantomData })
    }

    /// Whether the caller holds the permission of this key.
    pub fn has(&self, key: &str) -> bool {
        self.permissions.grants(key)
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.env.clock.now()
    }

    /// The present instant in microseconds, as stored.
    pub fn now_us(&self) -> i64 {
        self.now().as_microsecond()
    }

    /// A new id: 48 bits of milliseconds, 80 random bits.
    pub fn new_id<T: Id>(&self) -> T {
        let mut random = [0; 16];
        self.env.random.fill(&mut random[6..]);
        let millis = u128::try_from(self.now().as_millisecond()).unwrap_or(0) & 0xffff_ffff_ffff;
        T::from_bits((millis << 80) | u128::from_be_bytes(random))
    }

    /// Random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.env.random.fill(&mut bytes);
        bytes
    }

    /// The chain's keys.
    pub fn vault(&self) -> &Vault {
        &self.env.vault
    }

    /// Clock, randomness and keys.
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// `staff.ord` of the caller, if it is a person.
    pub fn staff_ord(&self) -> Option<i64> {
        match self.actor {
            Actor::Staff { ord, .. } => Some(ord),
            Actor::System(_) => None,
        }
    }

    /// Which customers the caller may see.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The permissions held.
    pub fn permissions(&self) -> &PermissionSet {
        &self.permissions
    }
}
