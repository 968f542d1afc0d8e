//! Members, changes, and why somebody is in a segment.

use std::collections::BTreeMap;

use careloop_db::Db;
use careloop_kernel::ids::{EventId, SegmentId};
use careloop_kernel::permissions::{ReadPeople, ReadSegments};
use careloop_kernel::{Ctx, Page, PageRequest, Result};
use careloop_people::PersonCard;
use careloop_profiles::sets::from_bytes;
use careloop_profiles::{Event, event_ids, fold, inputs, live_now, load, page_of};
use jiff::Timestamp;

use crate::definitions::world;
use crate::eval::{Clause, Subject, World, verdict};
use crate::held::{Membership, membership};
use crate::membership::why_of;
use crate::model::{Change, Member};
use crate::rule::{Rule, Summary, summary};
use crate::store;

use super::change::missing;
use super::look::words;

async fn cards(db: &Db, ctx: &Ctx<ReadPeople>, people: &[i64]) -> Result<BTreeMap<i64, PersonCard>> {
    let cards = careloop_people::cards(db.read(), ctx, people).await?;
    Ok(cards.into_iter().map(|card| (card.person, card)).collect())
}

/// The members the caller may see, in the order of their numbers.
pub async fn list_members(
    db: &Db,
    ctx: &Ctx<ReadPeople>,
    id: SegmentId,
    request: &PageRequest,
) -> Result<Page<Member>> {
    let segment = store::find(db.read(), &id.to_string()).await?.ok_or_else(missing)?;
    let [after] = request.numbers::<1>()?.unwrap_or([0]);
    let members = from_bytes(&segment.members)?;
    let people = page_of(db.read(), ctx.scope(), &members, after, request.limit as usize + 1).await?;
    let page = Page::cut(people, request, |person| vec![*person]);
    let mut cards = cards(db, ctx, &page.items).await?;
    let mut items = Vec::new();
    for row in store::held(db.read(), &page.items).await? {
        if let (Some(card), Some(Membership { since, why })) =
            (cards.remove(&row.person), membership(&row.held, segment.ord)?)
        {
            items.push(Member { card, since_us: since, why });
        }
    }
    Ok(Page { items, next: page.next })
}

/// Entries and exits of people the caller may see, newest first.
pub async fn list_changes(
    db: &Db,
    ctx: &Ctx<ReadPeople>,
    id: SegmentId,
    request: &PageRequest,
) -> Result<Page<Change>> {
    let segment = store::find(db.read(), &id.to_string()).await?.ok_or_else(missing)?;
    let [before] = request.numbers::<1>()?.unwrap_or([i64::MAX]);
    let rows = store::changes_page(db.read(), ctx.scope(), segment.ord, before, i64::from(request.limit) + 1).await?;
    let page = Page::cut(rows, request, |row| vec![row.ord]);
    let people: Vec<i64> = page.items.iter().map(|row| row.person).collect();
    let cards = cards(db, ctx, &people).await?;
    let change = |row: store::ChangeRow| {
        Ok(Change {
            ord: row.ord,
            card: cards.get(&row.person).cloned(),
            entered: row.entered,
            at_us: row.at,
            why: why_of(&row.why)?,
        })
    };
    Ok(Page { items: page.items.into_iter().map(change).collect::<Result<_>>()?, next: page.next })
}

/// A clause in words, with the ids of its events.
#[derive(Debug, Clone)]
pub struct ClauseText {
    /// The clause.
    pub clause: Clause,
    /// The part of the rule in words.
    pub text: Summary,
    /// The deciding events.
    pub events: Vec<EventId>,
}

/// Why a person is, or is not, in a segment.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// Whether the membership is stored.
    pub member: bool,
    /// Since when, in microseconds.
    pub since_us: Option<i64>,
    /// The stored reason.
    pub stored: Vec<ClauseText>,
    /// Whether the rule holds at this moment, evaluated anew.
    pub holds_now: bool,
    /// The reason of that.
    pub now: Vec<ClauseText>,
    /// When it may change without an event.
    pub until_us: Option<i64>,
}

/// Explains one person, member or not; evaluates the rule anew beside the stored reason.
pub async fn explain_member(db: &Db, ctx: &Ctx<ReadSegments>, id: SegmentId, reference: &str) -> Result<Explanation> {
    let person = careloop_people::find_person(db.read(), &ctx.require()?, reference).await?;
    let (world, rows) = world(db.read()).await?;
    let segment = rows.iter().find(|row| row.id == id.to_string()).ok_or_else(missing)?;
    let rule = world.segments.get(&id).ok_or_else(missing)?;
    let stored = match store::held(db.read(), &[person]).await?.first() {
        Some(row) => membership(&row.held, segment.ord)?,
        None => None,
    };
    let live = inputs::live(db.read()).await?;
    let now = live_now(ctx);
    let loaded = load(db.read(), &[person]).await?.into_iter().next().ok_or_else(missing)?;
    let profile = fold(&loaded.facts, &loaded.events, &live.inputs, now);
    let subject = Subject { facts: &loaded.facts, profile: &profile, events: &loaded.events };
    let found = verdict(rule, subject, &world, now.as_microsecond());
    let (member, since_us) = (stored.is_some(), stored.as_ref().map(|stored| stored.since));
    let clauses = stored.map(|stored| stored.why).unwrap_or_default();
    let seqs: Vec<i64> = clauses.iter().chain(&found.why).flat_map(|clause| clause.events.iter().copied()).collect();
    let ids = event_ids(db, &seqs).await?;
    let words = words(db.read(), &rows).await?;
    let staff = store::staff_names(db.read()).await?;
    let said = |clauses: Vec<Clause>| -> Vec<ClauseText> {
        let text = |clause: Clause| {
            let events = clause.events.iter().filter_map(|seq| ids.get(seq).copied()).collect();
            let part = part(&world, rule, &clause.path);
            let last = clause.events.last().and_then(|seq| loaded.events.iter().find(|event| event.seq == *seq));
            match (part, last) {
                (Some(Rule::Listed(_)), Some(event)) => {
                    let text = put_on_list(event, &staff, &world);
                    ClauseText { text, events, clause: Clause { found: None, ..clause } }
                }
                _ => ClauseText { text: part.map(|part| summary(part, &words)).unwrap_or_default(), events, clause },
            }
        };
        clauses.into_iter().map(text).collect()
    };
    Ok(Explanation {
        member,
        since_us,
        stored: said(clauses),
        holds_now: found.is,
        now: said(found.why),
        until_us: found.until,
    })
}

/// Who put somebody on a list, when, and out of what.
fn put_on_list(event: &Event, staff: &BTreeMap<String, String>, world: &World) -> Summary {
    let by = event.text("staff").unwrap_or_default();
    let by = staff.get(by).map_or(by, String::as_str);
    let at = Timestamp::from_microsecond(event.at_us).unwrap_or(Timestamp::UNIX_EPOCH);
    let at = world.zone.to_datetime(at).strftime("%Y-%m-%d %H:%M");
    let (zh, en) = match event.text("origin") {
        Some("segment") => ("来自另一人群的快照", "from a snapshot of a segment"),
        Some("import") => ("来自导入的文件", "from an imported file"),
        Some("lookalike") => ("来自相似人群扩展", "from a lookalike search"),
        _ => ("逐一选定", "chosen one by one"),
    };
    Summary { zh: format!("{by} 于 {at} 加入名单，{zh}"), en: format!("put on the list by {by} on {at}, {en}") }
}

/// The part of a rule that a clause's path names; parts of other segments follow their ids.
fn part<'a>(world: &'a World, rule: &'a Rule, path: &str) -> Option<&'a Rule> {
    match path.rsplit_once('/') {
        None => rule.at(path),
        Some((segments, rest)) => {
            let id: SegmentId = segments.rsplit('/').next()?.parse().ok()?;
            world.segments.get(&id)?.at(rest)
        }
    }
}
