//! Who attended, and bringing people in by a file.

use std::collections::{BTreeSet, HashMap};

use careloop_access::audit;
use careloop_db::Db;
use careloop_kernel::ids::ActivityId;
use careloop_kernel::permissions::{EditSegments, ReadPeople, ReadSegments};
use careloop_kernel::{Ctx, Error, Page, PageRequest, Result};
use careloop_segments::RowsReport;
use serde_json::json;

use super::attend::attend;
use super::{get, missing};
use crate::model::{Attendee, Origin};
use crate::store;

/// How many people one file brings in, at most: all of them in one transaction.
const MOST_PEOPLE: usize = 2_000;

/// What a file of attendees led to.
#[derive(Debug, Clone)]
pub struct AttendeeImport {
    /// What the rows mean.
    pub report: RowsReport,
    /// People who had not attended and do now.
    pub added: usize,
}

/// People who attended and whom the caller may see, the latest first.
pub async fn list_attendees(
    db: &Db,
    ctx: &Ctx<ReadPeople>,
    id: ActivityId,
    request: &PageRequest,
) -> Result<Page<Attendee>> {
    let activity = get(db, &ctx.require::<ReadSegments>()?, id).await?;
    let after = request.numbers::<2>()?.unwrap_or([i64::MAX, i64::MAX]);
    let rows = store::attendees(db.read(), ctx.scope(), activity.ord, after, i64::from(request.limit) + 1).await?;
    let page = Page::cut(rows, request, |row| vec![row.at, row.person]);
    let people: Vec<i64> = page.items.iter().map(|row| row.person).collect();
    let cards = careloop_people::cards(db.read(), ctx, &people).await?;
    let mut cards: HashMap<i64, _> = cards.into_iter().map(|card| (card.person, card)).collect();
    let attendee = |row: store::AttendeeRow| cards.remove(&row.person).map(|card| row.with(card));
    Ok(Page { items: page.items.into_iter().filter_map(attendee).collect(), next: page.next })
}

/// Notes that the people of a file attended. Rows that mean nobody or several people are reported by line and left out; the
/// same file again adds nobody. It works after the activity too.
pub async fn import_attendees(db: &Db, ctx: &Ctx<EditSegments>, id: ActivityId, text: &str) -> Result<AttendeeImport> {
    let activity = get(db, &ctx.require()?, id).await?;
    if ctx.now_us() < activity.starts_us {
        return Err(Error::conflict("activities.not_yet", "nobody can have attended yet; import when it has begun"));
    }
    let (people, report) = careloop_segments::find_list_people(db, &ctx.require()?, text).await?;
    if people.len() > MOST_PEOPLE {
        let message = format!("a file brings in at most {MOST_PEOPLE} people; cut it into several");
        return Err(Error::invalid("activities.rows", message.clone()).with_field("text", message));
    }
    let tx = db.begin().await?;
    store::hold(&*tx, activity.ord).await?;
    let activity = store::find(&*tx, ctx.scope(), id).await?.ok_or_else(missing)?;
    let there: BTreeSet<i64> = store::attending(&*tx, activity.ord, &people).await?.into_iter().collect();
    let fresh: Vec<i64> = people.into_iter().filter(|person| !there.contains(person)).collect();
    attend(&tx, ctx, &activity, &fresh, Origin::Import).await?;
    let detail = json!({ "rows": report.rows, "added": fresh.len() });
    audit::append(&*tx, ctx, "activity.attendees_imported", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(AttendeeImport { report, added: fresh.len() })
}
