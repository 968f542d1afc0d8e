//! Aliases, kept among the decisions.

use careloop_db::{ConnectionTrait, execute};
use careloop_kernel::Result;

/// Adds the decision unless the alias, or the pair, is decided already. The decision's id has the letters of the alias's
/// record, so that an alias is declared once.
pub(crate) async fn declare(tx: &impl ConnectionTrait, alias: i64, main: i64, actor: &str, now: i64) -> Result<bool> {
    let sql = "INSERT INTO identity_decisions (id, kind, origin, record_a, record_b, actor, reason, created_at)
               SELECT 'dec' || substr(r.id, 4), 'must', 'source', $1, $2, $3, 'alias', $4 FROM records r WHERE r.ord = $5
               ON CONFLICT DO NOTHING";
    let values = [alias.min(main).into(), alias.max(main).into(), actor.into(), now.into(), alias.into()];
    Ok(execute(tx, sql, values).await? == 1)
}
