//! Leases: a named right to work that one process holds at a time, on both engines.

use careloop_kernel::{Ctx, Result};

use crate::{Db, FromQueryResult, execute, optional};

/// How long a lease lasts without renewal, in microseconds.
const TERM_US: i64 = 30_000_000;

/// A held lease.
#[derive(Debug, Clone)]
pub struct Lease {
    name: String,
    owner: String,
    until: i64,
}

impl Lease {
    /// Whether a third of the term is over: time to renew, and early enough to fail twice.
    pub fn is_due<P>(&self, ctx: &Ctx<P>) -> bool {
        self.until - ctx.now_us() < TERM_US / 3 * 2
    }
}

#[derive(FromQueryResult)]
struct Held {
    #[expect(dead_code, reason = "only whether there is a row matters")]
    until: i64,
}

/// Takes the lease if it is free, expired or already ours; `owner` is unique to the process.
pub async fn try_acquire<P>(db: &Db, ctx: &Ctx<P>, name: &str, owner: &str) -> Result<Option<Lease>> {
    let now = ctx.now_us();
    let until = now + TERM_US;
    // Whoever waits for a lease asks often, and asking must not write.
    let held = "SELECT until FROM leases WHERE name = $1 AND owner <> $2 AND until >= $3";
    if optional::<Held>(db.read(), held, [name.into(), owner.into(), now.into()]).await?.is_some() {
        return Ok(None);
    }
    let taken = execute(
        db.write(),
        "INSERT INTO leases (name, owner, until) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
         WHERE leases.until < $4 OR leases.owner = excluded.owner",
        [name.into(), owner.into(), until.into(), now.into()],
    )
    .await?;
    Ok((taken == 1).then(|| Lease { name: name.to_owned(), owner: owner.to_owned(), until }))
}

/// Extends the lease; false when somebody else has taken it.
pub async fn renew<P>(db: &Db, ctx: &Ctx<P>, lease: &mut Lease) -> Result<bool> {
    let until = ctx.now_us() + TERM_US;
    let sql = "UPDATE leases SET until = $1 WHERE name = $2 AND owner = $3";
    let values = [until.into(), lease.name.as_str().into(), lease.owner.as_str().into()];
    let ours = execute(db.write(), sql, values).await? == 1;
    if ours {
        lease.until = until;
    }
    Ok(ours)
}

/// Gives the lease back.
pub async fn release(db: &Db, lease: &Lease) -> Result<()> {
    let sql = "DELETE FROM leases WHERE name = $1 AND owner = $2";
    execute(db.write(), sql, [lease.name.as_str().into(), lease.owner.as_str().into()]).await.map(|_| ())
}
