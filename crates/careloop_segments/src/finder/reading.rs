//! Reading events into columns, all wanted kinds in one pass over the log.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use careloop_db::Db;
use careloop_events::{FieldType, Position, Scanned, catalogue, scan};
use careloop_kernel::{Currency, Error, Result};
use jiff::tz::TimeZone;

use crate::eval::{Cells, KindColumns, KindLog, Told, World, listed};

use super::number;
use super::pick::{pick, scalar};

/// Kinds with their fields.
pub(super) type Fields = BTreeMap<String, BTreeSet<String>>;

/// How many different values a field may have that nobody asked for yet.
const ALONG: usize = 1_000;
/// How many texts of values are remembered with what they mean.
const TEXTS: usize = 10_000;

/// What is read.
#[derive(Debug)]
pub(super) struct Plan {
    /// What was asked for.
    pub(super) wanted: Fields,
    /// Whether all other kinds come along, and of every kind the fields with few values: reading the log takes so long that
    /// it should be read once.
    pub(super) all: bool,
    pub(super) zone: TimeZone,
    pub(super) currency: Currency,
    /// Only events up to here.
    pub(super) up_to: Position,
}

/// A kind as it was read, with the fields that are there.
pub(super) type Read = BTreeMap<String, (BTreeSet<String>, KindLog)>;

/// Reads the log as planned. Kinds without an event are there too, if they were asked for.
pub(super) async fn read(db: &Db, plan: Plan, person_of: &Arc<Vec<u32>>) -> Result<Read> {
    let plan = Arc::new(plan);
    let own = Arc::clone(&plan);
    let new = move || Reader { plan: Arc::clone(&own), drafts: HashMap::new() };
    let readers = scan(db, 0, new, |reader: &mut Reader, event| {
        reader.add(&event);
        Ok(())
    });
    let readers = readers.await?;
    let person_of = Arc::clone(person_of);
    let done = tokio::task::spawn_blocking(move || finish(readers, &plan, &person_of));
    done.await.map_err(Error::internal)
}

/// What one worker has read.
struct Reader {
    plan: Arc<Plan>,
    /// By kind; none for a kind that is not wanted.
    drafts: HashMap<String, Option<Draft>>,
}

impl Reader {
    fn add(&mut self, event: &Scanned<'_>) {
        if event.position > self.plan.up_to {
            return;
        }
        match self.drafts.get_mut(event.kind) {
            Some(Some(draft)) => draft.add(event, &self.plan),
            Some(None) => {}
            None => {
                self.drafts.insert(event.kind.to_owned(), Draft::of(event.kind, &self.plan));
                self.add(event);
            }
        }
    }
}

/// The events of a kind that one worker has read.
struct Draft {
    columns: KindColumns,
    names: Vec<String>,
    fields: Vec<DraftField>,
    ordered: bool,
}

struct DraftField {
    registered: Option<FieldType>,
    asked: bool,
    cells: Cells,
    /// What texts of values mean.
    known: HashMap<Box<str>, u32>,
}

impl Draft {
    fn of(kind: &str, plan: &Plan) -> Option<Self> {
        let wanted = plan.wanted.get(kind);
        if wanted.is_none() && !plan.all {
            return None;
        }
        let names: Vec<String> = inside(&fields_of(kind, plan)).cloned().collect();
        let field = |name: &String| DraftField {
            registered: registered(kind, name),
            asked: wanted.is_some_and(|wanted| wanted.contains(name)),
            cells: Cells::default(),
            known: HashMap::new(),
        };
        let fields = names.iter().map(field).collect();
        Some(Self { columns: KindColumns::default(), names, fields, ordered: is_ordered(kind) })
    }

    fn add(&mut self, event: &Scanned<'_>, plan: &Plan) {
        if !self.names.is_empty() {
            let picked = pick(event.props, &self.names);
            for (field, json) in self.fields.iter_mut().zip(picked) {
                field.add(json, &plan.zone);
            }
            self.leave_behind();
        }
        let amount = event.amount.filter(|_| event.currency == Some(plan.currency.as_str()));
        self.columns.push(Told {
            record: number(event.record),
            at_us: event.at_us,
            seq: self.ordered.then_some(event.position.seq),
            amount,
            clinic: event.clinic,
            source: event.source,
        });
    }

    /// Forgets fields that came along and turn out to have many values.
    fn leave_behind(&mut self) {
        while let Some(many) = self.fields.iter().position(|field| !field.asked && field.cells.different() > ALONG) {
            self.fields.remove(many);
            self.names.remove(many);
        }
    }
}

impl DraftField {
    fn add(&mut self, json: Option<&str>, zone: &TimeZone) {
        let Some(json) = json else { return self.cells.push_code(0) };
        if let Some(code) = self.known.get(json) {
            return self.cells.push_code(*code);
        }
        let code = self.cells.code(scalar(json, self.registered, zone));
        if self.known.len() < TEXTS {
            self.known.insert(json.into(), code);
        }
        self.cells.push_code(code);
    }
}

/// The fields to be read of a kind: those that were asked for and, where all comes along, those that may have few values.
fn fields_of(kind: &str, plan: &Plan) -> BTreeSet<String> {
    let mut fields = plan.wanted.get(kind).cloned().unwrap_or_default();
    if let Some(kind) = catalogue().find(kind).filter(|_| plan.all) {
        let few = |sort| matches!(sort, FieldType::Text | FieldType::Boolean | FieldType::Integer);
        let along = kind.fields.iter().filter(|(name, field)| few(field.r#type) && !name.ends_with("_id"));
        fields.extend(along.map(|(name, _)| name.clone()));
    }
    fields
}

/// Those fields that stand in the JSON of an event rather than in a column of its own.
fn inside(fields: &BTreeSet<String>) -> impl Iterator<Item = &String> {
    fields.iter().filter(|field| !matches!(field.as_str(), "clinic" | "source" | "amount"))
}

fn registered(kind: &str, field: &str) -> Option<FieldType> {
    catalogue().find(kind)?.fields.get(field).map(|field| field.r#type)
}

/// Whether somebody asks for the order among events of one instant.
fn is_ordered(kind: &str) -> bool {
    listed::KINDS.contains(&kind)
}

/// Joins what the workers have read and groups it, kind by kind on all cores.
fn finish(readers: Vec<Reader>, plan: &Plan, person_of: &Arc<Vec<u32>>) -> Read {
    let mut parts: BTreeMap<String, Vec<Draft>> = plan.wanted.keys().map(|kind| (kind.clone(), Vec::new())).collect();
    if plan.all {
        parts.extend(catalogue().kinds().iter().map(|kind| (kind.id.clone(), Vec::new())));
    }
    for (kind, draft) in readers.into_iter().flat_map(|reader| reader.drafts) {
        if let Some(draft) = draft {
            parts.entry(kind).or_default().push(draft);
        }
    }
    let mut parts: Vec<(String, Vec<Draft>)> = parts.into_iter().collect();
    // The largest last, which is taken first.
    parts.sort_by_key(|(_, drafts)| drafts.iter().map(|draft| draft.columns.len()).sum::<usize>());
    let (left, done) = (Mutex::new(parts), Mutex::new(Read::new()));
    let work = || {
        loop {
            let next = left.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some((kind, drafts)) = next else { return };
            let joined = join(fields_of(&kind, plan), drafts, person_of);
            done.lock().unwrap_or_else(PoisonError::into_inner).insert(kind, joined);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// One kind of several workers, with the fields that all of them have kept.
fn join(mut fields: BTreeSet<String>, drafts: Vec<Draft>, person_of: &Arc<Vec<u32>>) -> (BTreeSet<String>, KindLog) {
    for draft in &drafts {
        let gone: Vec<String> = inside(&fields).filter(|field| !draft.names.contains(field)).cloned().collect();
        fields.retain(|field| !gone.contains(field));
    }
    let mut joined = KindColumns::default();
    for draft in drafts {
        let mut columns = draft.columns;
        let cells = draft.names.into_iter().zip(draft.fields.into_iter().map(|field| field.cells));
        columns.fields = cells.filter(|(name, _)| fields.contains(name)).collect();
        joined.append(columns);
    }
    (fields, KindLog::new(joined, person_of))
}

/// Adds an event that came later.
pub(super) fn push(columns: &mut KindColumns, fields: &BTreeSet<String>, event: &Scanned<'_>, world: &World) {
    let names: Vec<String> = inside(fields).cloned().collect();
    let picked = if names.is_empty() { Vec::new() } else { pick(event.props, &names) };
    for (name, json) in names.into_iter().zip(picked) {
        let registered = registered(event.kind, &name);
        let value = json.and_then(|json| scalar(json, registered, &world.zone));
        columns.fields.entry(name).or_default().push(value);
    }
    let amount = event.amount.filter(|_| event.currency == Some(world.currency.as_str()));
    columns.push(Told {
        record: number(event.record),
        at_us: event.at_us,
        seq: is_ordered(event.kind).then_some(event.position.seq),
        amount,
        clinic: event.clinic,
        source: event.source,
    });
}
