//! Making, changing and putting away segments.

use careloop_access::audit;
use careloop_db::Db;
use careloop_kernel::ids::SegmentId;
use careloop_kernel::permissions::EditSegments;
use careloop_kernel::{Ctx, Error, Result};
use careloop_profiles::sets::to_bytes;
use roaring::RoaringBitmap;
use serde_json::json;

use crate::definitions::{check, terms, world};
use crate::eval::World;
use crate::model::{NewList, NewSegment, Segment, SegmentPatch};
use crate::presets::presets;
use crate::rule::{Rule, to_json};
use crate::store::{self, NewRow};

use super::look::segment_of;
use super::uses::{require_chain_if_used, require_unused};

fn name(text: &str) -> Result<&str> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 80 {
        return Err(Error::invalid("segments.name", "a segment's name has 1 to 80 characters")
            .with_field("name", "1 to 80 characters"));
    }
    Ok(text)
}

fn description(text: &str) -> Result<&str> {
    let text = text.trim();
    if text.chars().count() > 500 {
        return Err(Error::invalid("segments.description", "a description has at most 500 characters")
            .with_field("description", "at most 500 characters"));
    }
    Ok(text)
}

/// Makes a segment; the follower of the log fills it.
pub async fn create_segment(db: &Db, ctx: &Ctx<EditSegments>, new: &NewSegment) -> Result<Segment> {
    let tx = db.begin().await?;
    let (world, _) = world(&*tx).await?;
    let parsed = check(&new.rule, &terms(&*tx).await?, &world, None)?;
    let id: SegmentId = ctx.new_id();
    let row = NewRow {
        id: id.to_string(),
        preset: None,
        name: name(&new.name)?,
        description: description(&new.description)?,
        rule: to_json(&parsed.rule).to_string(),
        created_by: ctx.actor().label(),
        at: ctx.now_us(),
        members: to_bytes(&RoaringBitmap::new())?,
        filled: false,
    };
    store::insert(&*tx, row).await?;
    let row = store::find(&*tx, &id.to_string()).await?.ok_or_else(missing)?;
    audit::append(&*tx, ctx, "segment.created", &id.to_string(), json!({})).await?;
    tx.commit().await?;
    segment_of(row, parsed.rule, None)
}

/// Makes a static list with nobody on it, inside the caller's transaction. There is nobody to evaluate, so it counts as filled.
pub(super) async fn insert_list<P>(tx: &careloop_db::Tx, ctx: &Ctx<P>, new: &NewList) -> Result<store::SegmentRow> {
    let id: SegmentId = ctx.new_id();
    let row = NewRow {
        id: id.to_string(),
        preset: None,
        name: name(&new.name)?,
        description: description(&new.description)?,
        rule: to_json(&Rule::Listed(id)).to_string(),
        created_by: ctx.actor().label(),
        at: ctx.now_us(),
        members: to_bytes(&RoaringBitmap::new())?,
        filled: true,
    };
    store::insert(&**tx, row).await?;
    audit::append(&**tx, ctx, "segment.created", &id.to_string(), json!({ "list": true })).await?;
    store::find(&**tx, &id.to_string()).await?.ok_or_else(missing)
}

/// Changes a segment; a new rule is evaluated for everybody again.
pub async fn update_segment(db: &Db, ctx: &Ctx<EditSegments>, id: SegmentId, patch: &SegmentPatch) -> Result<Segment> {
    let tx = db.begin().await?;
    let mut row = store::find(&*tx, &id.to_string()).await?.ok_or_else(missing)?;
    if row.archived_at.is_some() {
        return Err(Error::conflict(
            "segments.archived",
            format!("the segment `{}` was put away; restore it first", row.name),
        ));
    }
    let (world, rows) = world(&*tx).await?;
    let mut rule = world.segments.get(&id).cloned().ok_or_else(missing)?;
    if let Some(text) = &patch.name {
        row.name = name(text)?.to_owned();
    }
    if let Some(text) = &patch.description {
        row.description = description(text)?.to_owned();
    }
    if let Some(json) = &patch.rule {
        if matches!(rule, Rule::Listed(_)) {
            let message = format!("`{}` is a list; add people to it or take them off", row.name);
            return Err(Error::conflict("segments.is_list", message));
        }
        rule = check(json, &terms(&*tx).await?, &world, Some(id))?.rule;
        let canonical = to_json(&rule).to_string();
        if canonical != row.rule {
            let dependents = dependents(&rows, &world, id);
            let reached: Vec<i64> = dependents.iter().copied().chain([row.ord]).collect();
            require_chain_if_used(&*tx, ctx, &reached).await?;
            row.rule = canonical;
            row.filled_to = Some(0);
            for dependent in dependents {
                store::set_filled(&*tx, dependent, Some(0)).await?;
            }
        }
    }
    row.updated_at = ctx.now_us();
    store::update(&*tx, &row).await?;
    audit::append(&*tx, ctx, "segment.updated", &id.to_string(), json!({})).await?;
    tx.commit().await?;
    segment_of(row, rule, None)
}

/// Segments whose rule reaches the changed one: they are evaluated again too.
fn dependents(rows: &[store::SegmentRow], world: &World, changed: SegmentId) -> Vec<i64> {
    let mut reached = vec![changed];
    let mut from = 0;
    while let Some(id) = reached.get(from).copied() {
        let users =
            world.segments.iter().filter(|(user, rule)| rule.segments().contains(&id) && !reached.contains(user));
        let users: Vec<SegmentId> = users.map(|(user, _)| *user).collect();
        reached.extend(users);
        from += 1;
    }
    let users: Vec<String> = reached.into_iter().skip(1).map(|id| id.to_string()).collect();
    rows.iter().filter(|row| users.contains(&row.id)).map(|row| row.ord).collect()
}

/// Puts a segment away: it is evaluated no more and keeps its last members. One that others use stays.
pub async fn archive_segment(db: &Db, ctx: &Ctx<EditSegments>, id: SegmentId) -> Result<()> {
    let tx = db.begin().await?;
    let (world, rows) = world(&*tx).await?;
    let row = rows.iter().find(|row| row.id == id.to_string()).ok_or_else(missing)?;
    let active = |user: &&store::SegmentRow| user.archived_at.is_none() && user.id != row.id;
    let uses = |user: &&store::SegmentRow| {
        user.id
            .parse::<SegmentId>()
            .ok()
            .and_then(|user| world.segments.get(&user))
            .is_some_and(|rule: &Rule| rule.segments().contains(&id))
    };
    if let Some(user) = rows.iter().filter(active).find(uses) {
        let message = format!("the segment `{}` is part of `{}`; change that one first", row.name, user.name);
        return Err(Error::conflict("segments.in_use", message));
    }
    require_chain_if_used(&*tx, ctx, &[row.ord]).await?;
    // The row is taken before its uses are read, so that no plan begins to use it in between.
    store::archive(&*tx, row.ord, ctx.now_us()).await?;
    require_unused(&*tx, row.ord, &row.name).await?;
    audit::append(&*tx, ctx, "segment.archived", &id.to_string(), json!({})).await?;
    tx.commit().await
}

/// Takes a segment back into use; the follower of the log fills it as if it were new, so nobody is touched for it.
pub async fn restore_segment(db: &Db, ctx: &Ctx<EditSegments>, id: SegmentId) -> Result<Segment> {
    let tx = db.begin().await?;
    let (world, rows) = world(&*tx).await?;
    let row = rows.iter().find(|row| row.id == id.to_string()).ok_or_else(missing)?;
    let rule = world.segments.get(&id).cloned().ok_or_else(missing)?;
    let parts: Vec<String> = rule.segments().iter().map(ToString::to_string).collect();
    if let Some(part) = rows.iter().find(|part| parts.contains(&part.id) && part.archived_at.is_some()) {
        let message = format!("the segment `{}` needs `{}`; restore that one first", row.name, part.name);
        return Err(Error::conflict("segments.archived", message));
    }
    if store::restore(&*tx, row.ord, ctx.now_us()).await? {
        audit::append(&*tx, ctx, "segment.restored", &id.to_string(), json!({})).await?;
    }
    let row = store::find(&*tx, &id.to_string()).await?.ok_or_else(missing)?;
    tx.commit().await?;
    segment_of(row, rule, None)
}

/// Makes the built-in segments that are not there yet.
pub async fn ensure_presets(db: &Db, ctx: &Ctx<EditSegments>) -> Result<()> {
    let tx = db.begin().await?;
    let (world, rows) = world(&*tx).await?;
    let terms = terms(&*tx).await?;
    for preset in presets(terms.currency) {
        let taken = |row: &store::SegmentRow| row.preset.as_deref() == Some(preset.key) || row.name == preset.name.0;
        if rows.iter().any(taken) {
            continue;
        }
        let rule = check(&preset.rule, &terms, &world, None)?.rule;
        let row = NewRow {
            id: ctx.new_id::<SegmentId>().to_string(),
            preset: Some(preset.key),
            name: preset.name.0,
            description: preset.description.0,
            rule: to_json(&rule).to_string(),
            created_by: ctx.actor().label(),
            at: ctx.now_us(),
            members: to_bytes(&RoaringBitmap::new())?,
            filled: false,
        };
        store::insert(&*tx, row).await?;
    }
    tx.commit().await
}

pub(crate) fn missing() -> Error {
    Error::not_found("segments.not_found", "there is no such segment; look at the list of segments")
}
