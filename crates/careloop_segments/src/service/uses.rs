//! What uses a segment. A segment knows nothing of touch plans; a plan says here that it follows the segment, in the
//! transaction that makes, changes, pauses or resumes it.

use careloop_db::ConnectionTrait;
use careloop_kernel::ids::SegmentId;
use careloop_kernel::{Ctx, Error, Result, Scope};

use crate::store::{self, UseRow};

/// Something that acts on who enters or leaves a segment.
#[derive(Debug, Clone)]
pub struct SegmentUse<'a> {
    /// Its public id; it uses one segment at a time.
    pub user: String,
    /// The segment.
    pub segment: SegmentId,
    /// The name people know it by.
    pub name: &'a str,
    /// Whether it acts at present. A segment that is acted on cannot be put away.
    pub active: bool,
}

/// Notes a use. Refuses to act on a segment that was put away.
pub async fn note_use(tx: &impl ConnectionTrait, used: SegmentUse<'_>) -> Result<()> {
    let segment = used.segment.to_string();
    if used.active && !store::uses::hold(tx, &segment).await? {
        let message = "the segment was put away; restore it or choose another";
        return Err(Error::conflict("segments.archived", message).with_field("segment_id", message));
    }
    let row = UseRow { name: used.name.to_owned(), active: used.active };
    store::uses::upsert(tx, &used.user, &segment, &row).await
}

/// Whoever changes whom a plan touches decides for customers of every clinic.
pub(super) async fn require_chain_if_used<P>(tx: &impl ConnectionTrait, ctx: &Ctx<P>, segments: &[i64]) -> Result<()> {
    if *ctx.scope() == Scope::Chain {
        return Ok(());
    }
    for segment in segments {
        if let Some(used) = store::uses::list(tx, *segment).await?.first() {
            let message = format!(
                "`{}` acts on this segment for every clinic; ask somebody whose role sees the whole chain",
                used.name
            );
            return Err(Error::forbidden("segments.beyond_scope", message));
        }
    }
    Ok(())
}

/// Refuses to put a segment away that is acted on, and names who does.
pub(super) async fn require_unused(tx: &impl ConnectionTrait, segment: i64, name: &str) -> Result<()> {
    let uses = store::uses::list(tx, segment).await?;
    let active: Vec<String> =
        uses.into_iter().filter(|used| used.active).map(|used| format!("`{}`", used.name)).collect();
    if active.is_empty() {
        return Ok(());
    }
    let (count, plans) = (active.len(), if active.len() == 1 { "plan" } else { "plans" });
    let them = if count == 1 { "it" } else { "them" };
    let message =
        format!("segment `{name}` is used by {count} touch {plans}: {}; pause {them} first", active.join(", "));
    Err(Error::conflict("segments.in_use", message))
}
