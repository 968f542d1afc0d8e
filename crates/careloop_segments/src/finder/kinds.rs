//! Events in columns, kept up to the end of the log.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use careloop_db::Db;
use careloop_events::{Position, Scanned, StoredEvent, read_after};
use careloop_kernel::{Currency, Money, Result};
use jiff::tz::TimeZone;

use crate::eval::{self, KindEvents, KindLog, Needs, World};

use super::reading::{Fields, Plan, push, read};

/// How many events of the end of the log are read at a time.
const TAIL: u64 = 5_000;
/// How far behind the columns may be before they are read anew: so many events, or an eighth of what they hold.
const MAX_TAIL: usize = 50_000;
/// How many events are held, 55 bytes each while 50 million of them were read. In a log with more, only kinds that were asked for are held, and past this
/// number those that the present question does not need are dropped.
const MAX_EVENTS: usize = 64_000_000;

/// The columns of kinds, as of one place in the log.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    /// Each with the fields that its columns hold.
    kinds: BTreeMap<String, (BTreeSet<String>, KindLog)>,
    /// Whether a kind that is not there has no events.
    all: bool,
    position: Position,
    /// What the columns were read with.
    read_with: Option<(TimeZone, Currency)>,
}

impl Kinds {
    /// The columns that are needed, by whom the records belong to now.
    pub(super) fn of(&mut self, needs: &Needs, person_of: &Arc<Vec<u32>>) -> BTreeMap<String, KindEvents> {
        let mut events = BTreeMap::new();
        for kind in needs.kinds.keys() {
            if let Some((_, log)) = self.kinds.get_mut(kind) {
                events.insert(kind.clone(), log.events(person_of));
            }
        }
        events
    }

    /// Brings the columns up to a place in the log, and reads what is needed and not there. With `ahead`, what other questions
    /// will need is read in the same pass.
    pub(super) async fn refresh(
        &mut self,
        db: &Db,
        needs: &Needs,
        world: &World,
        (tip, person_of, ahead): (Position, &Arc<Vec<u32>>, bool),
    ) -> Result<()> {
        let held: usize = self.kinds.values().map(|(_, log)| log.len()).sum();
        let read_with = Some((world.zone.clone(), world.currency));
        let behind = usize::try_from(tip.seq - self.position.seq).unwrap_or(0);
        if behind > MAX_TAIL.max(held / 8) || self.kinds.is_empty() || self.read_with != read_with {
            *self = Self { position: tip, read_with, ..Self::default() };
        }
        if held > MAX_EVENTS {
            self.kinds.retain(|kind, _| needs.kinds.contains_key(kind));
            self.all = false;
        }
        self.follow_tail(db, world, person_of).await?;
        let mut wanted = self.missing(needs);
        if wanted.is_empty() {
            return Ok(());
        }
        let all = ahead && self.kinds.is_empty() && usize::try_from(tip.seq).is_ok_and(|events| events <= MAX_EVENTS);
        if all {
            for rule in world.segments.values() {
                for (kind, fields) in eval::needs(rule, world).kinds {
                    wanted.entry(kind).or_default().extend(fields);
                }
            }
        }
        let plan = Plan { wanted, all, zone: world.zone.clone(), currency: world.currency, up_to: self.position };
        self.kinds.extend(read(db, plan, person_of).await?);
        self.all |= all;
        Ok(())
    }

    /// What is needed and not there, with the fields that are there of the same kind, since the kind is read anew.
    fn missing(&mut self, needs: &Needs) -> Fields {
        let mut missing = Fields::new();
        for (kind, fields) in &needs.kinds {
            match self.kinds.get_mut(kind) {
                Some((known, _)) if fields.is_subset(known) => {}
                // Events that do not exist have any field.
                Some((known, log)) if log.len() == 0 => known.extend(fields.iter().cloned()),
                Some((known, _)) => drop(missing.insert(kind.clone(), known.union(fields).cloned().collect())),
                None if self.all => {}
                None => drop(missing.insert(kind.clone(), fields.clone())),
            }
        }
        missing
    }

    /// Appends what the log got since the last question.
    async fn follow_tail(&mut self, db: &Db, world: &World, person_of: &Arc<Vec<u32>>) -> Result<()> {
        if self.kinds.is_empty() {
            return Ok(());
        }
        loop {
            let events = read_after(db, self.position, TAIL).await?;
            let Some(last) = events.last() else { return Ok(()) };
            self.position = last.position();
            let full = events.len() as u64 == TAIL;
            for event in &events {
                if self.all && !self.kinds.contains_key(&event.kind) {
                    let log = KindLog::new(eval::KindColumns::default(), person_of);
                    self.kinds.insert(event.kind.clone(), (BTreeSet::new(), log));
                }
                if let Some((fields, log)) = self.kinds.get_mut(&event.kind) {
                    let currency = event.amount.map(Money::currency);
                    let code = currency.as_ref().map(|currency| currency.as_str());
                    push(&mut log.tail, fields, &scanned(event, code), world);
                }
            }
            if !full {
                return Ok(());
            }
        }
    }
}

fn scanned<'a>(event: &'a StoredEvent, currency: Option<&'a str>) -> Scanned<'a> {
    Scanned {
        position: event.position(),
        kind: &event.kind,
        record: event.record,
        clinic: event.clinic,
        source: event.source,
        at_us: event.at.as_microsecond(),
        amount: event.amount.map(Money::minor),
        currency,
        props: event.props.text(),
    }
}
