//! Looking at segments and trying rules.

use std::collections::HashMap;

use careloop_db::{ConnectionTrait, Db};
use careloop_events::catalogue;
use careloop_kernel::ids::{PersonId, RecordId, SegmentId};
use careloop_kernel::permissions::{ReadPeople, ReadSegments};
use careloop_kernel::{Ctx, Error, Result};
use careloop_people::PersonCard;
use careloop_profiles::sets::from_bytes;
use jiff::Timestamp;
use roaring::RoaringBitmap;
use serde_json::Value;

use crate::definitions::{check, kinds, terms, world};
use crate::finder::{AsOf, Finder, Question};
use crate::model::Segment;
use crate::presets::{description_en, name_en};
use crate::rule::{Rule, Summary, Words, summary};
use crate::store::{self, SegmentRow};

use super::change::missing;
use super::face::{SegmentLabel, labels};

/// A row as a segment; counts only `visible` people when that is given.
pub(super) fn segment_of(row: SegmentRow, rule: Rule, visible: Option<&RoaringBitmap>) -> Result<Segment> {
    let members = from_bytes(&row.members)?;
    Ok(Segment {
        ord: row.ord,
        id: row.id.parse()?,
        name_en: name_en(row.preset.as_deref(), &row.name),
        description_en: description_en(row.preset.as_deref(), &row.description),
        name: row.name,
        description: row.description,
        rule,
        rule_json: serde_json::from_str(&row.rule).map_err(Error::internal)?,
        count: visible.map_or(members.len(), |visible| members.intersection_len(visible)),
        created_by: row.created_by,
        created_us: row.created_at,
        updated_us: row.updated_at,
        archived_us: row.archived_at,
        filled: row.filled_to.is_none(),
    })
}

/// The names that a rule's sentence needs.
pub(super) async fn words(connection: &impl ConnectionTrait, rows: &[SegmentRow]) -> Result<Words> {
    let mut segments = HashMap::with_capacity(rows.len());
    for row in rows {
        let en = name_en(row.preset.as_deref(), &row.name).unwrap_or_else(|| row.name.clone());
        segments.insert(row.id.parse()?, Summary { zh: row.name.clone(), en });
    }
    Ok(Words { segments, clinics: careloop_profiles::clinic_names(connection).await? })
}

/// The people the caller may see, or none when that is everybody.
pub(crate) async fn visible<P>(db: &Db, ctx: &Ctx<P>) -> Result<Option<RoaringBitmap>> {
    careloop_profiles::visible_people(db.read(), ctx.scope()).await
}

/// All segments, oldest first, counted over the people the caller may see.
pub async fn list_segments(db: &Db, ctx: &Ctx<ReadSegments>, archived: bool) -> Result<Vec<Segment>> {
    let (world, rows) = world(db.read()).await?;
    let visible = visible(db, ctx).await?;
    let mut segments = Vec::new();
    for row in rows.into_iter().filter(|row| row.archived_at.is_some() == archived) {
        let rule = world.segments.get(&row.id.parse()?).cloned().ok_or_else(missing)?;
        segments.push(segment_of(row, rule, visible.as_ref())?);
    }
    Ok(segments)
}

/// One segment and its rule in words.
pub async fn get_segment(db: &Db, ctx: &Ctx<ReadSegments>, id: SegmentId) -> Result<(Segment, Summary, Vec<String>)> {
    let (world, rows) = world(db.read()).await?;
    let words = words(db.read(), &rows).await?;
    let row = rows.into_iter().find(|row| row.id == id.to_string()).ok_or_else(missing)?;
    let rule = world.segments.get(&id).cloned().ok_or_else(missing)?;
    let said = summary(&rule, &words);
    let kinds = kinds(&rule, &world);
    let visible = visible(db, ctx).await?;
    Ok((segment_of(row, rule, visible.as_ref())?, said, kinds))
}

/// What a rule would give.
#[derive(Debug, Clone)]
pub struct Preview {
    /// People the caller may see.
    pub count: u64,
    /// A few of them.
    pub sample: Vec<PersonCard>,
    /// The rule in words.
    pub summary: Summary,
    /// What is odd about it.
    pub warnings: Vec<String>,
}

const SAMPLE: usize = 10;

/// Tries a rule.
pub async fn preview(db: &Db, ctx: &Ctx<ReadSegments>, finder: &Finder, rule: &Value, as_of: AsOf) -> Result<Preview> {
    let (world, rows) = world(db.read()).await?;
    let parsed = check(rule, &terms(db.read()).await?, &world, None)?;
    let mut found = finder.find(db, ctx, Question { rule: &parsed.rule, world: &world, as_of }).await?;
    if let Some(visible) = visible(db, ctx).await? {
        found &= visible;
    }
    let first: Vec<i64> = found.iter().take(SAMPLE).map(i64::from).collect();
    let sample = match ctx.require::<ReadPeople>() {
        Ok(ctx) => careloop_people::cards(db.read(), &ctx, &first).await?,
        Err(_) => Vec::new(),
    };
    let summary = summary(&parsed.rule, &words(db.read(), &rows).await?);
    Ok(Preview { count: found.len(), sample, summary, warnings: parsed.warnings })
}

async fn found(db: &Db, ctx: &Ctx<ReadSegments>, rule: &Value, as_of: Option<Timestamp>) -> Result<RoaringBitmap> {
    let (world, _) = world(db.read()).await?;
    let parsed = check(rule, &terms(db.read()).await?, &world, None)?;
    let as_of = as_of.map_or(AsOf::Now, AsOf::At);
    let found = Finder::default().find(db, ctx, Question { rule: &parsed.rule, world: &world, as_of }).await?;
    Ok(match visible(db, ctx).await? {
        Some(visible) => found & visible,
        None => found,
    })
}

/// How many people a rule describes, now or just before an instant. Exact even when the follower of the log is behind.
pub async fn count(db: &Db, ctx: &Ctx<ReadSegments>, rule: &Value, as_of: Option<Timestamp>) -> Result<u64> {
    Ok(found(db, ctx, rule, as_of).await?.len())
}

/// The people a rule describes, now or just before an instant, in the order of their numbers.
pub async fn members(
    db: &Db,
    ctx: &Ctx<ReadSegments>,
    rule: &Value,
    as_of: Option<Timestamp>,
) -> Result<Vec<PersonId>> {
    let people: Vec<i64> = found(db, ctx, rule, as_of).await?.iter().map(i64::from).collect();
    let mut ids = Vec::with_capacity(people.len());
    for chunk in people.chunks(1_000) {
        for id in store::record_ids(db.read(), chunk).await? {
            ids.push(PersonId::anchored_at(id.parse::<RecordId>()?));
        }
    }
    Ok(ids)
}

/// Words that rules of this chain may use.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    /// Value and label of clinics.
    pub clinics: Vec<(String, String)>,
    /// Value and label of sources.
    pub sources: Vec<(String, String)>,
    /// Value and label of staff.
    pub staff: Vec<(String, String)>,
    /// Segments in use.
    pub segments: Vec<SegmentLabel>,
    /// Kinds of events that rules may ask for.
    pub kinds: Vec<&'static careloop_events::Kind>,
}

/// What the rule builder offers.
pub async fn vocabulary(db: &Db, _ctx: &Ctx<ReadSegments>) -> Result<Vocabulary> {
    let segments = labels(db.read()).await?.into_iter().filter(|label| !label.archived).collect();
    Ok(Vocabulary {
        clinics: store::names_of(db.read(), "clinic").await?,
        sources: store::names_of(db.read(), "source").await?,
        staff: store::names_of(db.read(), "staff").await?,
        segments,
        kinds: catalogue().kinds().iter().filter(|kind| kind.area != "segment" && !kind.nobody).collect(),
    })
}
