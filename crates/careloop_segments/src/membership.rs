//! Deciding who is in which segment, and telling the log.
//!
//! What a person was in before is read from the log itself: the last `segment.entered` or `segment.exited` told of the
//! person's own number. So a crash, a rebuild or a merge cannot make an entry be told twice or an exit be forgotten.

use std::collections::{BTreeMap, BTreeSet};

use careloop_db::{ConnectionTrait, Db, Engine};
use careloop_events::{INTERNAL_SOURCE, NewEvent, Position, consumers};
use careloop_kernel::ids::{EventId, SegmentId};
use careloop_kernel::{Ctx, Error, Result};
use careloop_profiles::inputs::LiveInputs;
use careloop_profiles::sets::{from_bytes, to_bytes};
use careloop_profiles::{Event, Folded, Loaded, Profile, Whose, live_now, refold};
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::eval::{Clause, Judge, Subject, World, earlier};
use crate::finder::number;
use crate::held::{self, Entry};
use crate::moved::Moved;
use crate::store::{self, ChangeRow, HeldRow, SegmentRow};

/// How far the log has been followed.
pub(crate) const FOLLOWED: &str = "segments";

/// What deciding needs besides people.
pub(crate) struct Setting {
    pub(crate) live: LiveInputs,
    /// How far the log had been followed.
    pub(crate) followed: Position,
    pub(crate) world: World,
    pub(crate) segments: Vec<SegmentRow>,
    /// Their ids.
    ids: Vec<SegmentId>,
}

impl Setting {
    /// Reads it inside the transaction that decides.
    pub(crate) async fn load(db: &Db, tx: &impl ConnectionTrait) -> Result<Self> {
        let followed = consumers::load(db, FOLLOWED).await?;
        let live = careloop_profiles::inputs::live(tx).await?;
        let (world, mut segments) = crate::definitions::world(tx).await?;
        segments.retain(|segment| segment.archived_at.is_none());
        let ids = segments.iter().map(|segment| segment.id.parse()).collect::<Result<_, _>>()?;
        Ok(Self { live, followed, world, segments, ids })
    }

    /// Whether people decided by the other setting are decided the same by this one.
    pub(crate) fn decides_as(&self, other: &Self) -> bool {
        let rules = |setting: &Self| -> Vec<(i64, i64)> {
            setting.segments.iter().map(|segment| (segment.ord, segment.updated_at)).collect()
        };
        self.live.basis == other.live.basis
            && self.followed == other.followed
            && rules(self) == rules(other)
            && self.world.segments == other.world.segments
    }
}

/// A clause as stored.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredClause {
    p: String,
    h: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    f: Option<String>,
    e: Vec<i64>,
}

/// A reason as stored.
pub(crate) fn why_text(why: &[Clause]) -> Result<String> {
    let stored: Vec<StoredClause> = why
        .iter()
        .map(|clause| StoredClause {
            p: clause.path.clone(),
            h: clause.holds,
            f: clause.found.clone(),
            e: clause.events.clone(),
        })
        .collect();
    serde_json::to_string(&stored).map_err(Error::internal)
}

/// A stored reason.
pub(crate) fn why_of(text: &str) -> Result<Vec<Clause>> {
    let stored: Vec<StoredClause> = serde_json::from_str(text).map_err(Error::internal)?;
    Ok(stored.into_iter().map(Clause::from).collect())
}

impl From<StoredClause> for Clause {
    fn from(stored: StoredClause) -> Self {
        Self { path: stored.p, holds: stored.h, found: stored.f, events: stored.e }
    }
}

/// Segments a number is in as the log tells it, with the time of entry.
pub(crate) fn told<'a>(person: i64, events: impl IntoIterator<Item = &'a Event>) -> BTreeMap<SegmentId, i64> {
    let mut own: Vec<&Event> = events
        .into_iter()
        .filter(|event| event.record == person && event.source == INTERNAL_SOURCE && event.kind.starts_with("segment."))
        .collect();
    // The program's own events are appended in the order they happen, whatever the clock says.
    own.sort_by_key(|event| event.seq);
    let mut inside = BTreeMap::new();
    for event in own {
        let Some(segment) = event.text("segment").and_then(|id| id.parse().ok()) else { continue };
        if event.kind == "segment.entered" {
            inside.entry(segment).or_insert(event.at_us);
        } else {
            inside.remove(&segment);
        }
    }
    inside
}

/// What the rules say of one person, and what the log told before. Saying it needs no transaction.
pub(crate) struct Judged {
    person: i64,
    before: BTreeMap<SegmentId, i64>,
    /// Whether the person is in the segment at each place of the setting, and why. Nobody asks why somebody is not in one
    /// that they have not left.
    verdicts: Vec<(usize, bool, String)>,
    due: Option<i64>,
}

impl Judged {
    pub(crate) fn person(&self) -> i64 {
        self.person
    }

    /// Asks every rule of the setting about a person at an instant.
    pub(crate) fn of(setting: &Setting, loaded: &Loaded, profile: &Profile, now: i64) -> Result<Self> {
        let person = loaded.facts.person;
        let subject = Subject { facts: &loaded.facts, profile, events: &loaded.events };
        let (before, mut due) = (told(person, &loaded.events), None);
        let mut verdicts = Vec::with_capacity(setting.ids.len());
        let mut judge = Judge::of(subject, &setting.world, now);
        for (place, id) in setting.ids.iter().enumerate() {
            let Some(rule) = setting.world.segments.get(id) else { continue };
            let (is, until) = judge.holds(rule);
            due = earlier(due, until);
            let asked = is || before.contains_key(id);
            verdicts.push((place, is, if asked { why_text(&judge.verdict(rule).why)? } else { String::new() }));
        }
        Ok(Self { person, before, verdicts, due })
    }
}

/// What one transaction decides.
struct Decisions {
    now_us: i64,
    /// What each judged person is in.
    held: BTreeMap<i64, Vec<Entry>>,
    changes: Vec<ChangeRow>,
    events: Vec<NewEvent>,
    due: BTreeMap<i64, i64>,
    sets: BTreeMap<i64, RoaringBitmap>,
    moved: Moved,
}

/// Folds these people and decides their memberships, inside the caller's transaction. Gives the number of entries and exits.
pub(crate) async fn process<P>(
    tx: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    setting: &Setting,
    people: &[i64],
) -> Result<usize> {
    if people.is_empty() {
        return Ok(0);
    }
    let now = live_now(ctx);
    let refolded = refold(tx, &setting.live, people, now).await?;
    let moved = Moved::read(tx, setting.followed, &refolded.people).await?;
    let judge = |folded: &Folded| Judged::of(setting, &folded.loaded, &folded.profile, now.as_microsecond());
    let judged = refolded.people.iter().map(judge).collect::<Result<_>>()?;
    let decided = Decided { whose: Whose::These(people), judged, vanished: &refolded.vanished, moved };
    settle(tx, ctx, setting, decided).await
}

/// Who was judged, and who could not be because the number is no person any more.
pub(crate) struct Decided<'a> {
    pub(crate) whose: Whose<'a>,
    pub(crate) judged: Vec<Judged>,
    pub(crate) vanished: &'a [i64],
    pub(crate) moved: Moved,
}

/// Writes what was decided, and tells the log of entries and exits. Gives their number.
pub(crate) async fn settle<P>(
    tx: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    setting: &Setting,
    decided: Decided<'_>,
) -> Result<usize> {
    let sets = setting.segments.iter().map(|segment| Ok((segment.ord, from_bytes(&segment.members)?)));
    let mut decisions = Decisions {
        now_us: ctx.now_us(),
        held: BTreeMap::new(),
        changes: Vec::new(),
        events: Vec::new(),
        due: BTreeMap::new(),
        sets: sets.collect::<Result<_>>()?,
        moved: decided.moved,
    };
    if let Whose::Between(first, last) = decided.whose {
        for set in decisions.sets.values_mut() {
            set.remove_range(first..=last);
        }
    }
    for judged in decided.judged {
        decisions.decide(ctx, setting, judged)?;
    }
    decisions.leave(tx, ctx, setting, decided.vanished).await?;
    decisions.write(tx, ctx, setting, decided.whose).await
}

impl Decisions {
    fn decide<P>(&mut self, ctx: &Ctx<P>, setting: &Setting, judged: Judged) -> Result<()> {
        let Judged { person, before, verdicts, due } = judged;
        for (place, is, why) in verdicts {
            let segment = &setting.segments[place];
            let since = before.get(&setting.ids[place]).copied();
            if is != since.is_some() {
                self.change(ctx, segment, (person, is), why.clone())?;
            }
            if is {
                let entry = Entry { segment: segment.ord, since: since.unwrap_or(self.now_us), why };
                self.held.entry(person).or_default().push(entry);
            }
            if let Some(set) = self.sets.get_mut(&segment.ord) {
                if is {
                    set.insert(number(person))
                } else {
                    set.remove(number(person))
                };
            }
        }
        self.due.extend(due.map(|due| (person, due)));
        Ok(())
    }

    fn change<P>(
        &mut self,
        ctx: &Ctx<P>,
        segment: &SegmentRow,
        (person, entered): (i64, bool),
        why: String,
    ) -> Result<()> {
        let kind = if entered { "segment.entered" } else { "segment.exited" };
        let first_fill = !segment.filled_once && segment.filled_to.is_some_and(|to| person > to);
        let mut props = json!({ "segment": segment.id, "name": segment.name });
        let moved = entered && self.moved.contains(person, segment.id.parse()?);
        if let Some(fields) = props.as_object_mut() {
            let marks = [("initial", first_fill), ("moved", moved)].into_iter().filter(|(_, holds)| *holds);
            fields.extend(marks.map(|(mark, _)| (mark.to_owned(), json!(true))));
        }
        self.events.push(NewEvent {
            kind: kind.to_owned(),
            record: person,
            clinic: None,
            source: INTERNAL_SOURCE,
            message_id: format!("{kind}:{}:{}", segment.id, ctx.new_id::<EventId>()),
            at: ctx.now(),
            amount: None,
            props: props.as_object().cloned().unwrap_or_default(),
            flags: 0,
        });
        self.changes.push(ChangeRow { ord: 0, segment: segment.ord, person, entered, at: self.now_us, why });
        Ok(())
    }

    /// Numbers that are no person any more leave every segment the log says they are in.
    async fn leave<P>(
        &mut self,
        tx: &impl ConnectionTrait,
        ctx: &Ctx<P>,
        setting: &Setting,
        vanished: &[i64],
    ) -> Result<()> {
        if vanished.is_empty() {
            return Ok(());
        }
        let events: Vec<Event> =
            careloop_events::of_records(tx, vanished).await?.into_iter().map(Event::from).collect();
        for person in vanished {
            let before = told(*person, &events);
            for segment in &setting.segments {
                if let Some(set) = self.sets.get_mut(&segment.ord) {
                    set.remove(number(*person));
                }
                if before.contains_key(&segment.id.parse()?) {
                    self.change(ctx, segment, (*person, false), "[]".to_owned())?;
                }
            }
        }
        Ok(())
    }

    async fn write<P>(
        mut self,
        tx: &impl ConnectionTrait,
        ctx: &Ctx<P>,
        setting: &Setting,
        whose: Whose<'_>,
    ) -> Result<usize> {
        let active: Vec<i64> = setting.segments.iter().map(|segment| segment.ord).collect();
        let stored = match whose {
            Whose::These(people) => store::held(tx, people).await?,
            Whose::Between(first, last) => store::held_between(tx, (first.into(), last.into())).await?,
        };
        let mut stored: BTreeMap<i64, HeldRow> = stored.into_iter().map(|row| (row.person, row)).collect();
        let told: BTreeSet<i64> = stored.keys().chain(self.held.keys()).chain(self.due.keys()).copied().collect();
        let (mut changed, mut gone) = (Vec::new(), Vec::new());
        for person in &told {
            let before = stored.remove(person);
            let mut entries = self.held.remove(person).unwrap_or_default();
            let due_at = self.due.get(person).copied();
            let mut row = HeldRow { person: *person, due_at, held: held::text(&mut entries) };
            if let Some(before) = before.as_ref().filter(|before| before.held != row.held) {
                // A segment that was put away keeps its last members.
                let away = |entry: &Entry| !active.contains(&entry.segment);
                entries.extend(held::entries(&before.held)?.into_iter().filter(away));
                row.held = held::text(&mut entries);
            }
            match before {
                Some(_) if row.is_empty() => gone.push(*person),
                None if row.is_empty() => {}
                before if before.as_ref() == Some(&row) => {}
                _ => changed.push(row),
            }
        }
        store::delete_held(tx, &gone).await?;
        store::write_held(tx, changed).await?;
        for segment in &setting.segments {
            if let Some(set) = self.sets.get(&segment.ord) {
                let bytes = to_bytes(set)?;
                if bytes != segment.members || i64::try_from(set.len()) != Ok(segment.member_count) {
                    store::set_members(tx, segment.ord, bytes, set.len()).await?;
                }
            }
        }
        let count = self.changes.len();
        store::insert_changes(tx, self.changes).await?;
        careloop_events::append(tx, Engine::from(tx.get_database_backend()), ctx, &self.events).await?;
        Ok(count)
    }
}
