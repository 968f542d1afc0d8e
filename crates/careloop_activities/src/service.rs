//! Use cases of activities. Staff need `segments.edit`, since an activity fills a list, and `tags.edit` for one that tags people.

mod attend;
mod attendees;
mod change;
mod sign_in;

pub use attendees::{AttendeeImport, import_attendees, list_attendees};
pub use change::{close, create, renew_link, reopen, update};
pub use sign_in::{find_by_token, sign_in, zone_of};

use careloop_db::Db;
use careloop_kernel::ids::ActivityId;
use careloop_kernel::permissions::ReadSegments;
use careloop_kernel::{Ctx, Error, Page, PageRequest, Result};

use crate::model::Activity;
use crate::store;

fn missing() -> Error {
    Error::not_found("activities.not_found", "there is no such activity; reload the list")
}

/// The activities the caller sees, newest first: those of their clinics and the chain's own. Attendees are counted over the
/// people they may see.
pub async fn list(db: &Db, ctx: &Ctx<ReadSegments>, request: &PageRequest) -> Result<Page<Activity>> {
    let [before] = request.numbers::<1>()?.unwrap_or([i64::MAX]);
    let rows = store::page(db.read(), ctx.scope(), before, i64::from(request.limit) + 1).await?;
    Ok(Page::cut(rows, request, |activity| vec![activity.ord]))
}

/// One activity of the caller's scope.
pub async fn get(db: &Db, ctx: &Ctx<ReadSegments>, id: ActivityId) -> Result<Activity> {
    store::find(db.read(), ctx.scope(), id).await?.ok_or_else(missing)
}
