//! Giving people without an owner to the consultants of their clinic, evenly.

use careloop_access::audit;
use careloop_db::Db;
use careloop_kernel::permissions::EditPeople;
use careloop_kernel::{Ctx, Result};
use serde_json::json;

use crate::store::owners;

/// Shares out everybody who has a clinic and no owner among the consultants of that clinic; gives the number of records.
/// Who gets whom depends on the person's number only, so all records of one person go to one consultant. It tells the audit
/// log and no timeline, for it is part of setting a chain up: rebuild profiles after it.
pub async fn share_out(db: &Db, ctx: &Ctx<EditPeople>) -> Result<u64> {
    let tx = db.begin().await?;
    let mut shared = 0;
    let posts = owners::consultants(&*tx).await?;
    for clinic in posts.iter().map(|post| post.clinic).collect::<std::collections::BTreeSet<_>>() {
        let team: Vec<i64> = posts.iter().filter(|post| post.clinic == clinic).map(|post| post.staff).collect();
        for (turn, staff) in team.iter().enumerate() {
            shared +=
                owners::update_unowned(&*tx, clinic, *staff, (turn as i64, team.len() as i64), ctx.now_us()).await?;
        }
    }
    audit::append(&*tx, ctx, "people.shared_out", "chain", json!({ "records": shared })).await?;
    tx.commit().await?;
    Ok(shared)
}
