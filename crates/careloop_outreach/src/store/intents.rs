//! Intents: the one row that makes once mean once.

use careloop_db::{ConnectionTrait, Db, Engine, FromQueryResult, all, execute, one, optional, run};
use careloop_kernel::ids::IntentId;
use careloop_kernel::{Result, Scope};

use crate::model::{Channel, IntentState, Reason, TouchPlan};

/// Holds for intents of customers the caller sees; `p` is the intent's record.
pub(crate) fn visible(scope: &Scope) -> String {
    if *scope == Scope::Chain {
        return "1 = 1".to_owned();
    }
    format!("EXISTS (SELECT 1 FROM records r WHERE r.person = p.person AND {})", scope.record_condition("r"))
}

/// An intent to be written.
pub(crate) struct NewIntent<'a> {
    pub id: IntentId,
    pub plan: &'a TouchPlan,
    pub record: i64,
    pub occurrence: i64,
    pub now: i64,
}

/// Writes an intent; the same entry makes no second one.
pub(crate) async fn insert_if_absent(tx: &impl ConnectionTrait, new: &NewIntent<'_>) -> Result<()> {
    let sql =
        "INSERT INTO touch_intents (id, plan, plan_version, record, occurrence, state, next_at, attempts, created_at)
        VALUES ($1, $2, $3, $4, $5, 'waiting', $6, 0, $6) ON CONFLICT (plan, record, occurrence) DO NOTHING";
    let NewIntent { id, plan, record, occurrence, now } = new;
    let values = [
        id.to_string().into(),
        plan.ord.into(),
        plan.version.into(),
        (*record).into(),
        (*occurrence).into(),
        (*now).into(),
    ];
    run(tx, sql, values).await
}

#[derive(FromQueryResult)]
struct OrdRow {
    ord: i64,
}

/// Intents whose time has come, the longest waiting first.
pub(crate) async fn list_due(connection: &impl ConnectionTrait, now: i64, limit: i64) -> Result<Vec<i64>> {
    let sql = "SELECT ord FROM touch_intents WHERE state IN ('waiting', 'held') AND next_at <= $1 ORDER BY next_at, ord LIMIT $2";
    let rows: Vec<OrdRow> = all(connection, sql, [now.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(|row| row.ord).collect())
}

#[derive(FromQueryResult)]
struct PersonRow {
    person: i64,
}

/// The person an intent is for, as records are joined now.
pub(crate) async fn find_person(connection: &impl ConnectionTrait, ord: i64) -> Result<Option<i64>> {
    let sql = "SELECT r.person FROM touch_intents i JOIN records r ON r.ord = i.record WHERE i.ord = $1";
    let row: Option<PersonRow> = optional(connection, sql, [ord.into()]).await?;
    Ok(row.map(|row| row.person))
}

/// Makes every other sender to this person wait until the transaction ends. SQLite has one writer anyway.
pub(crate) async fn lock_person(tx: &impl ConnectionTrait, person: i64) -> Result<()> {
    match Engine::from(tx.get_database_backend()) {
        Engine::Sqlite => Ok(()),
        Engine::Postgres => run(tx, "SELECT pg_advisory_xact_lock($1)", [((1 << 60) + person).into()]).await,
    }
}

/// An intent to be dealt with.
pub(crate) struct IntentRow {
    pub ord: i64,
    pub id: IntentId,
    pub plan: i64,
    pub record: i64,
    pub created_at: i64,
    pub touched_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct StoredRow {
    ord: i64,
    id: String,
    plan: i64,
    record: i64,
    created_at: i64,
    touched_at: Option<i64>,
}

impl StoredRow {
    fn intent(self) -> Result<IntentRow> {
        let Self { ord, id, plan, record, created_at, touched_at } = self;
        Ok(IntentRow { ord, id: id.parse()?, plan, record, created_at, touched_at })
    }
}

const SELECT: &str = "SELECT i.ord, i.id, i.plan, i.record, i.created_at, i.touched_at FROM touch_intents i";

/// The intent, if it is (still) due.
pub(crate) async fn find_due(tx: &impl ConnectionTrait, ord: i64, now: i64) -> Result<Option<IntentRow>> {
    let lock = match Engine::from(tx.get_database_backend()) {
        Engine::Sqlite => "",
        Engine::Postgres => " FOR UPDATE",
    };
    let sql = format!("{SELECT} WHERE i.ord = $1 AND i.state IN ('waiting', 'held') AND i.next_at <= $2{lock}");
    let row: Option<StoredRow> = optional(tx, &sql, [ord.into(), now.into()]).await?;
    row.map(StoredRow::intent).transpose()
}

/// An intent whose fate is unknown, of a customer the caller sees; its state is checked when it is written.
pub(crate) async fn find_visible(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: IntentId,
) -> Result<Option<IntentRow>> {
    let sql = format!("{SELECT} JOIN records p ON p.ord = i.record WHERE i.id = $1 AND {}", visible(scope));
    let row: Option<StoredRow> = optional(connection, &sql, [id.to_string().into()]).await?;
    row.map(StoredRow::intent).transpose()
}

#[derive(FromQueryResult)]
struct LastRow {
    last: Option<i64>,
}

/// When the person was last touched in a way that counts against the plan's cap: by an e-mail of any plan, or by a task
/// of this one. What may have left counts as if it had.
pub(crate) async fn find_last_touch(
    tx: &impl ConnectionTrait,
    person: i64,
    plan: &TouchPlan,
    except: i64,
) -> Result<Option<i64>> {
    let counted = match plan.action.channel() {
        Channel::Email => "t.action = 'email'".to_owned(),
        Channel::Task => format!("t.ord = {}", plan.ord),
    };
    let sql = format!(
        "SELECT MAX(i.touched_at) AS last FROM touch_intents i
         JOIN records r ON r.ord = i.record JOIN touch_plans t ON t.ord = i.plan
         WHERE r.person = $1 AND i.ord <> $2 AND i.state IN ('sending', 'sent', 'unknown') AND {counted}"
    );
    let row: LastRow = one(tx, &sql, [person.into(), except.into()]).await?;
    Ok(row.last)
}

pub(crate) async fn update_held(tx: &impl ConnectionTrait, ord: i64, reason: Reason, until: i64) -> Result<()> {
    let sql = "UPDATE touch_intents SET state = 'held', reason = $1, next_at = $2 WHERE ord = $3";
    run(tx, sql, [reason.as_str().into(), until.into(), ord.into()]).await
}

/// Leaves an intent that is still to be decided alone until an instant.
pub(crate) async fn put_off(db: &Db, ord: i64, until: i64) -> Result<()> {
    let sql = "UPDATE touch_intents SET next_at = $1 WHERE ord = $2 AND state IN ('waiting', 'held')";
    run(db.write(), sql, [until.into(), ord.into()]).await
}

/// Ends an intent that was never handed to a mail server. `Sent` is a task that was opened in this transaction.
pub(crate) async fn update_final(
    tx: &impl ConnectionTrait,
    ord: i64,
    state: IntentState,
    reason: Option<Reason>,
    now: i64,
) -> Result<()> {
    let touched = if state == IntentState::Sent { "$3" } else { "NULL" };
    let sql = format!(
        "UPDATE touch_intents SET state = $1, reason = $2, settled_at = $3, touched_at = {touched} WHERE ord = $4"
    );
    run(tx, &sql, [state.as_str().into(), reason.map(Reason::as_str).into(), now.into(), ord.into()]).await
}

/// The right to write down what became of one attempt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claimed {
    pub ord: i64,
    pub attempt: i64,
}

#[derive(FromQueryResult)]
struct AttemptRow {
    attempts: i64,
}

/// Marks an intent as being sent, until the lease ends.
pub(crate) async fn update_sending(tx: &impl ConnectionTrait, ord: i64, now: i64, lease_until: i64) -> Result<Claimed> {
    let sql = "UPDATE touch_intents SET state = 'sending', reason = NULL, attempts = attempts + 1, touched_at = $1, lease_until = $2
        WHERE ord = $3 AND state IN ('waiting', 'held') RETURNING attempts";
    let row: AttemptRow = one(tx, sql, [now.into(), lease_until.into(), ord.into()]).await?;
    Ok(Claimed { ord, attempt: row.attempts })
}

/// Writes down what became of an attempt, also when it was given up as unknown meanwhile; false when a person settled it.
pub(crate) async fn update_claimed(
    tx: &impl ConnectionTrait,
    claimed: Claimed,
    state: IntentState,
    reason: Option<Reason>,
    now: i64,
) -> Result<bool> {
    let settled = if state == IntentState::Unknown { "NULL" } else { "$3" };
    let touched = if state == IntentState::Failed { "NULL" } else { "touched_at" };
    let sql = format!(
        "UPDATE touch_intents SET state = $1, reason = $2, next_at = $3, settled_at = {settled}, touched_at = {touched}, lease_until = NULL
         WHERE ord = $4 AND attempts = $5 AND state IN ('sending', 'unknown')"
    );
    let values = [
        state.as_str().into(),
        reason.map(Reason::as_str).into(),
        now.into(),
        claimed.ord.into(),
        claimed.attempt.into(),
    ];
    Ok(execute(tx, &sql, values).await? == 1)
}

/// Puts an attempt that surely did not leave back in the queue.
pub(crate) async fn update_retry(
    tx: &impl ConnectionTrait,
    claimed: Claimed,
    reason: Reason,
    next_at: i64,
) -> Result<bool> {
    let sql =
        "UPDATE touch_intents SET state = 'held', reason = $1, next_at = $2, touched_at = NULL, lease_until = NULL
        WHERE ord = $3 AND attempts = $4 AND state IN ('sending', 'unknown')";
    Ok(execute(tx, sql, [reason.as_str().into(), next_at.into(), claimed.ord.into(), claimed.attempt.into()]).await?
        == 1)
}

/// Gives up what was being sent when its lease ended; gives how many there were. Mostly there is none, and then nobody
/// waits for the writer.
pub(crate) async fn give_up(db: &Db, now: i64) -> Result<u64> {
    let due = "SELECT ord FROM touch_intents WHERE state = 'sending' AND lease_until <= $1 LIMIT 1";
    let row: Option<OrdRow> = optional(db.read(), due, [now.into()]).await?;
    if row.is_none() {
        return Ok(0);
    }
    let sql = "UPDATE touch_intents SET state = 'unknown', reason = 'interrupted', next_at = $1, lease_until = NULL
        WHERE state = 'sending' AND lease_until <= $1";
    execute(db.write(), sql, [now.into()]).await
}

/// Writes down what a person found out; false when the fate was not unknown.
pub(crate) async fn update_settled(tx: &impl ConnectionTrait, ord: i64, state: IntentState, now: i64) -> Result<bool> {
    let touched = if state == IntentState::Failed { "NULL" } else { "touched_at" };
    let sql = format!(
        "UPDATE touch_intents SET state = $1, reason = 'settled', settled_at = $2, touched_at = {touched} WHERE ord = $3 AND state = 'unknown'"
    );
    Ok(execute(tx, &sql, [state.as_str().into(), now.into(), ord.into()]).await? == 1)
}

/// Lets what a pause held be looked at again at once.
pub(crate) async fn release_paused(tx: &impl ConnectionTrait, plan: i64, now: i64) -> Result<()> {
    let sql = "UPDATE touch_intents SET next_at = $1 WHERE plan = $2 AND state = 'held' AND reason = 'plan_paused'";
    run(tx, sql, [now.into(), plan.into()]).await
}

/// An intent with the person it is for.
#[derive(FromQueryResult)]
pub(crate) struct ListedRow {
    pub ord: i64,
    pub id: String,
    pub person: i64,
    pub anchor: String,
    pub state: String,
    pub reason: Option<String>,
    pub next_at: i64,
    pub created_at: i64,
    pub settled_at: Option<i64>,
}

/// Which intents of a plan to list.
pub(crate) struct Listed<'a> {
    pub plan: i64,
    pub scope: &'a Scope,
    pub state: Option<IntentState>,
    pub before: i64,
    pub limit: i64,
}

/// Newest first.
pub(crate) async fn list(connection: &impl ConnectionTrait, listed: &Listed<'_>) -> Result<Vec<ListedRow>> {
    let state = listed.state.map_or_else(|| "1 = 1".to_owned(), |state| format!("i.state = '{}'", state.as_str()));
    let sql = format!(
        "SELECT i.ord, i.id, p.person, a.id AS anchor, i.state, i.reason, i.next_at, i.created_at, i.settled_at
         FROM touch_intents i JOIN records p ON p.ord = i.record JOIN records a ON a.ord = p.person
         WHERE i.plan = $1 AND i.ord < $2 AND {state} AND {} ORDER BY i.ord DESC LIMIT $3",
        visible(listed.scope)
    );
    all(connection, &sql, [listed.plan.into(), listed.before.into(), listed.limit.into()]).await
}

/// One intent as listed.
pub(crate) async fn find_listed(connection: &impl ConnectionTrait, ord: i64) -> Result<Option<ListedRow>> {
    let sql = "SELECT i.ord, i.id, p.person, a.id AS anchor, i.state, i.reason, i.next_at, i.created_at, i.settled_at
         FROM touch_intents i JOIN records p ON p.ord = i.record JOIN records a ON a.ord = p.person WHERE i.ord = $1";
    optional(connection, sql, [ord.into()]).await
}
