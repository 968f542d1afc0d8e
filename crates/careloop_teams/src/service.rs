//! Opening, doing and handing over tasks.

use careloop_access::staff;
use careloop_db::{ConnectionTrait, Db, Engine};
use careloop_events::{INTERNAL_SOURCE, NewEvent, append};
use careloop_kernel::ids::{PersonId, RecordId, StaffId, TaskId};
use careloop_kernel::permissions::{AssignTasks, ReadPeople, ReadTasks, WorkTasks};
use careloop_kernel::{Ctx, Error, Page, PageRequest, Result, Seal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::model::{ManualTask, NewTask, Opened, Outcome, Task, TaskFilter, TaskOwner};
use crate::store::{self, Finished, Inserted, TaskRow, Window};

const SEAL: &str = "task";
const MAX_TITLE: usize = 200;
const MAX_NOTE: usize = 4_000;

/// What is sealed of a task.
#[derive(Default, Serialize, Deserialize)]
struct Words {
    title: String,
    note: Option<String>,
}

fn missing() -> Error {
    Error::not_found("teams.no_such_task", "there is no such task; reload the list")
}

fn parse_words(field: &'static str, text: &str, least: usize, most: usize) -> Result<String> {
    let text = text.trim();
    if (least..=most).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    let message = format!("{least} to {most} characters");
    Err(Error::invalid("teams.text", format!("`{field}` has {message}")).with_field(field, message))
}

/// Opens a task inside the caller's transaction.
pub async fn open_task<P>(tx: &impl ConnectionTrait, ctx: &Ctx<P>, new: NewTask) -> Result<Opened> {
    let care = store::list_care(tx, new.record).await?;
    if care.is_empty() {
        return Err(Error::not_found("teams.no_such_record", "there is no such customer; reload the page"));
    }
    let owner = match new.owner {
        TaskOwner::OfPerson => care.iter().find_map(|row| row.owner),
        TaskOwner::Staff(ord) => Some(ord),
    };
    let clinic = care.iter().find_map(|row| row.clinic);
    let words = Words { title: parse_words("title", &new.title, 1, MAX_TITLE)?, note: None };
    let (id, seal) = (ctx.new_id(), Seal(ctx.random()));
    let inserted = Inserted {
        id,
        record: new.record,
        clinic,
        owner,
        reason: &new.reason,
        origin: new.origin.clone(),
        follow_up: new.follow_up,
        due_at: new.due_at.as_microsecond(),
        created_by: ctx.actor().label(),
        created_at: ctx.now_us(),
        salt: &seal.0,
        sealed: close(ctx, seal, &words)?,
    };
    if !store::insert(tx, inserted).await? {
        let known = store::find_by_origin(tx, new.origin.as_deref().unwrap_or_default()).await?;
        return Ok(Opened { id: known.ok_or_else(missing)?, is_new: false });
    }
    let mut props = json!({ "task_id": id.to_string(), "due_at": new.due_at.to_string(), "reason": new.reason });
    props["staff"] = staff_label(tx, owner).await?;
    tell(tx, ctx, Told { kind: "task.opened", task: id, round: 0, record: new.record, clinic, props }).await?;
    Ok(Opened { id, is_new: true })
}

/// Opens a task by hand for a person the caller sees.
pub async fn create(db: &Db, ctx: &Ctx<WorkTasks>, task: ManualTask) -> Result<Task> {
    let people: Ctx<ReadPeople> = ctx.require()?;
    let owner = match task.owner {
        Some(id) => TaskOwner::Staff(active_colleague(db, ctx, id).await?),
        None => TaskOwner::OfPerson,
    };
    let tx = db.begin().await?;
    let record = careloop_people::find_person(&*tx, &people, &task.person).await?;
    let ManualTask { title, due_at, .. } = task;
    let new = NewTask { record, owner, title, reason: String::new(), due_at, origin: None, follow_up: false };
    let opened = open_task(&*tx, ctx, new).await?;
    tx.commit().await?;
    get(db, ctx, opened.id).await
}

/// Tasks of the caller's scope: open ones by due time, done ones newest first.
pub async fn list(db: &Db, ctx: &Ctx<ReadTasks>, filter: TaskFilter, request: &PageRequest) -> Result<Page<Task>> {
    let window = Window { filter, after: request.numbers::<2>()?, limit: i64::from(request.limit) + 1 };
    let rows = store::list(db.read(), ctx.scope(), ctx.staff_ord(), &window).await?;
    let page = Page::cut(rows, request, |row| vec![row.done_at.unwrap_or(row.due_at), row.ord]);
    Ok(Page { items: describe(db.read(), ctx, page.items).await?, next: page.next })
}

/// Marks a task done. Fails with `teams.already_done` when somebody was quicker.
pub async fn done(db: &Db, ctx: &Ctx<WorkTasks>, id: TaskId, outcome: Outcome, note: Option<String>) -> Result<Task> {
    let note = note.map(|text| parse_words("note", &text, 0, MAX_NOTE)).transpose()?.filter(|text| !text.is_empty());
    let tx = db.begin().await?;
    let row = store::find(&*tx, ctx.scope(), ctx.staff_ord(), id).await?.ok_or_else(missing)?;
    let seal = salt_of(&row)?;
    let words = Words { note, ..open(ctx, &row)? };
    let now = ctx.now_us();
    let finished = Finished { outcome, at: now, by: ctx.staff_ord(), sealed: close(ctx, seal, &words)? };
    if !store::update_done(&*tx, row.ord, finished).await? {
        return Err(Error::conflict(
            "teams.already_done",
            "this task is done already; reopen it to change the outcome",
        ));
    }
    for (kind, props) in finishing(ctx, &row, outcome, now)? {
        tell(&*tx, ctx, Told { kind, task: id, round: row.round, record: row.record, clinic: row.clinic, props })
            .await?;
    }
    tx.commit().await?;
    get(db, ctx, id).await
}

/// The events of a finished task: every task's, and for a follow-up its own.
fn finishing(ctx: &Ctx<WorkTasks>, row: &TaskRow, outcome: Outcome, now: i64) -> Result<Vec<(&'static str, Value)>> {
    let due_at = Timestamp::from_microsecond(row.due_at).map_err(Error::internal)?;
    let staff = ctx.actor().label();
    let mut events = vec![(
        "task.done",
        json!({
            "task_id": row.id, "staff": staff, "outcome": outcome.as_str(), "due_at": due_at.to_string(), "on_time": now <= row.due_at,
        }),
    )];
    if row.follow_up {
        events.push((
            "fu.done",
            json!({ "followup_id": row.id, "staff": staff, "kind": "care", "result": outcome.as_str() }),
        ));
    }
    Ok(events)
}

/// Opens a done task again; what was noted stays.
pub async fn reopen(db: &Db, ctx: &Ctx<WorkTasks>, id: TaskId) -> Result<Task> {
    let tx = db.begin().await?;
    let row = store::find(&*tx, ctx.scope(), ctx.staff_ord(), id).await?.ok_or_else(missing)?;
    if !store::update_reopened(&*tx, row.ord).await? {
        return Err(Error::conflict("teams.not_done", "this task is open already; reload the list"));
    }
    let mut props = json!({ "task_id": row.id, "reason": row.reason });
    props["staff"] = staff_label(&*tx, row.owner).await?;
    let told =
        Told { kind: "task.opened", task: id, round: row.round + 1, record: row.record, clinic: row.clinic, props };
    tell(&*tx, ctx, told).await?;
    tx.commit().await?;
    get(db, ctx, id).await
}

/// Hands a task to a colleague or back to the clinic. Whoever assigns tasks may hand over any; whoever works on tasks
/// may take one that nobody has.
pub async fn reassign(db: &Db, ctx: &Ctx<ReadTasks>, id: TaskId, owner: Option<StaffId>) -> Result<Task> {
    let assigns = ctx.require::<AssignTasks>();
    if assigns.is_err() {
        ctx.require::<WorkTasks>()?;
    }
    let row = store::find(db.read(), ctx.scope(), ctx.staff_ord(), id).await?.ok_or_else(missing)?;
    let to = match owner {
        Some(id) => Some(active_colleague(db, ctx, id).await?),
        None => None,
    };
    if row.owner.is_some() || to != ctx.staff_ord() {
        assigns?;
    }
    if !store::update_owner(db.write(), row.ord, row.owner, to).await? {
        return Err(Error::conflict("teams.taken", "somebody else has taken this task; reload the list"));
    }
    // Who hands a task away may lose sight of it; the answer still shows what was done.
    let row = TaskRow { owner: to, ..row };
    describe(db.read(), ctx, vec![row]).await?.pop().ok_or_else(missing)
}

async fn active_colleague<P>(db: &Db, ctx: &Ctx<P>, id: StaffId) -> Result<i64> {
    let colleague = staff::find(db, &ctx.require()?, id).await?;
    match colleague.archived_at {
        None => Ok(colleague.ord),
        Some(_) => Err(Error::conflict("teams.owner_left", "this member of staff has left; choose somebody else")),
    }
}

async fn get<P>(db: &Db, ctx: &Ctx<P>, id: TaskId) -> Result<Task> {
    let row = store::find(db.write(), ctx.scope(), ctx.staff_ord(), id).await?.ok_or_else(missing)?;
    describe(db.write(), ctx, vec![row]).await?.pop().ok_or_else(missing)
}

/// Reads what hangs on the rows: masked cards, names of owners, sealed words.
async fn describe<P>(connection: &impl ConnectionTrait, ctx: &Ctx<P>, rows: Vec<TaskRow>) -> Result<Vec<Task>> {
    let persons: Vec<i64> = rows.iter().map(|row| row.person).collect();
    let cards = match ctx.require::<ReadPeople>() {
        Ok(people) => careloop_people::cards(connection, &people, &persons).await?,
        Err(_) => Vec::new(),
    };
    let owners: Vec<i64> = rows.iter().filter_map(|row| row.owner).collect();
    let names = staff::names(connection, &owners).await?;
    let tasks = rows.into_iter().map(|row| {
        let words = open(ctx, &row)?;
        Ok(Task {
            id: row.id.parse()?,
            title: words.title,
            person: PersonId::anchored_at(row.anchor.parse::<RecordId>()?),
            card: cards.iter().find(|card| card.person == row.person).cloned(),
            owner: row.owner.and_then(|ord| names.get(&ord).cloned()),
            reason: row.reason,
            due_at: row.due_at,
            outcome: row.outcome.as_deref().map(str::parse).transpose()?,
            note: words.note,
            done_at: row.done_at,
            created_at: row.created_at,
        })
    });
    tasks.collect()
}

fn salt_of(row: &TaskRow) -> Result<Seal> {
    let erased =
        || Error::conflict("teams.erased", "this customer's data was erased; the task cannot be changed any more");
    Seal::from_slice(row.salt.as_deref().ok_or_else(erased)?)
}

fn close<P>(ctx: &Ctx<P>, seal: Seal, words: &Words) -> Result<Vec<u8>> {
    let plain = serde_json::to_vec(words).map_err(Error::internal)?;
    ctx.vault().seal(seal, ctx.random(), SEAL, &plain)
}

/// The sealed words; empty once the person was erased.
fn open<P>(ctx: &Ctx<P>, row: &TaskRow) -> Result<Words> {
    match (&row.salt, &row.sealed) {
        (Some(salt), Some(sealed)) => {
            let plain = ctx.vault().open(Seal::from_slice(salt)?, SEAL, sealed)?;
            serde_json::from_slice(&plain).map_err(Error::internal)
        }
        _ => Ok(Words::default()),
    }
}

async fn staff_label(connection: &impl ConnectionTrait, owner: Option<i64>) -> Result<Value> {
    let names = staff::names(connection, owner.as_slice()).await?;
    Ok(names.into_values().next().map_or(Value::Null, |(id, _)| json!(id.to_string())))
}

/// An event to be told of a task.
struct Told {
    kind: &'static str,
    task: TaskId,
    round: i64,
    record: i64,
    clinic: Option<i64>,
    props: Value,
}

async fn tell<P>(tx: &impl ConnectionTrait, ctx: &Ctx<P>, told: Told) -> Result<()> {
    let Told { kind, task, round, record, clinic, props } = told;
    let props: Map<String, Value> = match props {
        Value::Object(fields) => fields.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        _ => Map::new(),
    };
    let event = NewEvent {
        kind: kind.to_owned(),
        record,
        clinic,
        source: INTERNAL_SOURCE,
        message_id: format!("{kind}:{task}:{round}"),
        at: ctx.now(),
        amount: None,
        props,
        flags: 0,
    };
    append(tx, Engine::from(tx.get_database_backend()), ctx, &[event]).await.map(|_| ())
}
