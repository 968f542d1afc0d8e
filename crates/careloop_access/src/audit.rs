//! The audit log: who changed or revealed what, each row chained to the one before by its hash.
//!
//! A row is written in the transaction of the change it tells of, as the last step before the commit: on PostgreSQL the
//! log is locked from then on, so that two nodes cannot append to the same link. Details hold ids, names of fields and
//! reasons' codes, never personal data.

use careloop_db::{ConnectionTrait, Db};
use careloop_kernel::permissions::ReadAudit;
use careloop_kernel::{Ctx, Page, PageRequest, Result};
use sha2::{Digest, Sha256};

use crate::roles;
use crate::store::audit as store;
use crate::store::audit::AuditRow;

const FIRST_LINK: [u8; 32] = [0; 32];
const VERIFY_BATCH: u32 = 2_000;

/// Appends a row. `action` is dotted (`staff.archived`), `object` is the public id it was done to.
///
/// Call it last in the transaction. `detail` never holds personal data.
pub async fn append<P>(
    tx: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    action: &str,
    object: &str,
    detail: serde_json::Value,
) -> Result<()> {
    store::lock(tx).await?;
    let (last, previous) = match store::find_last(tx).await? {
        Some(link) => (link.seq, link.hash),
        None => (0, FIRST_LINK.to_vec()),
    };
    let mut row = AuditRow {
        seq: last + 1,
        at: ctx.now_us(),
        actor: ctx.actor().label(),
        action: action.to_owned(),
        object: object.to_owned(),
        detail: detail.to_string(),
        hash: Vec::new(),
    };
    row.hash = link(&previous, &row).to_vec();
    store::insert(tx, row).await
}

/// How often the caller did something since an instant (microseconds). After [`append`], in the same transaction, nobody else
/// can have added to it.
pub async fn count_since<P>(tx: &impl ConnectionTrait, ctx: &Ctx<P>, action: &str, since_us: i64) -> Result<i64> {
    store::count_since(tx, &ctx.actor().label(), action, since_us).await
}

/// SHA-256 of the hash before and the row, each text with its length before it so that no two rows look alike.
fn link(previous: &[u8], row: &AuditRow) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(row.seq.to_be_bytes());
    hasher.update(row.at.to_be_bytes());
    for text in [&row.actor, &row.action, &row.object, &row.detail] {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().into()
}

/// What checking the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How many rows hold together, from the first.
    pub intact: i64,
    /// The first row that was changed, or stands where another was removed.
    pub broken_at: Option<i64>,
    /// The hash of the last intact row. Keep a copy elsewhere: it also proves that no rows were cut off the end.
    pub head: [u8; 32],
}

/// Recomputes every hash.
pub async fn verify(db: &Db) -> Result<Verdict> {
    let mut verdict = Verdict { intact: 0, broken_at: None, head: FIRST_LINK };
    loop {
        let rows = store::list_after(db.read(), verdict.intact, VERIFY_BATCH).await?;
        if rows.is_empty() {
            return Ok(verdict);
        }
        for row in rows {
            let expected = link(&verdict.head, &row);
            if row.seq != verdict.intact + 1 || row.hash != expected {
                verdict.broken_at = Some(row.seq);
                return Ok(verdict);
            }
            verdict.intact = row.seq;
            verdict.head = expected;
        }
    }
}

/// The same for whoever reads the log.
pub async fn check(db: &Db, ctx: &Ctx<ReadAudit>) -> Result<Verdict> {
    roles::require_chain(ctx)?;
    verify(db).await
}

/// One row for people to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub seq: i64,
    /// When, in microseconds.
    pub at: i64,
    /// A staff id or `system:…`.
    pub actor: String,
    /// The name of the member of staff, if it was one.
    pub actor_name: Option<String>,
    /// What was done.
    pub action: String,
    /// To what.
    pub object: String,
    /// More about it, as JSON text.
    pub detail: String,
}

/// Which rows to list; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only by this actor.
    pub actor: Option<String>,
    /// Only of this action.
    pub action: Option<String>,
    /// Only on this object.
    pub object: Option<String>,
}

/// The log, newest first; it tells of every clinic, so the caller's role sees the whole chain.
pub async fn list(db: &Db, ctx: &Ctx<ReadAudit>, filter: Filter, request: &PageRequest) -> Result<Page<Entry>> {
    roles::require_chain(ctx)?;
    let before = request.numbers::<1>()?.map_or(i64::MAX, |[seq]| seq);
    let wanted = [("actor", filter.actor), ("action", filter.action), ("object", filter.object)];
    let filter: Vec<_> = wanted.into_iter().filter_map(|(column, value)| Some((column, value?))).collect();
    let rows = store::list_before(db.read(), &filter, before, i64::from(request.limit) + 1).await?;
    let page = Page::cut(rows, request, |row| vec![row.seq]);
    Ok(page.map(|row| Entry {
        seq: row.seq,
        at: row.at,
        actor: row.actor,
        actor_name: row.actor_name,
        action: row.action,
        object: row.object,
        detail: row.detail,
    }))
}
