//! Membership, changes and timers.

use careloop_db::{ConnectionTrait, Db, FromQueryResult, Value, all, in_list, one, optional, placeholders, run};
use careloop_events::{NOBODY, Position};
use careloop_kernel::{Result, Scope};

const ROWS: usize = 200;
/// How many people one statement names.
const PEOPLE: usize = 2_000;

/// A row of `person_segments`.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(crate) struct HeldRow {
    pub(crate) person: i64,
    pub(crate) due_at: Option<i64>,
    pub(crate) held: String,
}

/// What is stored of these people, by their numbers.
pub(crate) async fn held(connection: &impl ConnectionTrait, people: &[i64]) -> Result<Vec<HeldRow>> {
    let mut rows = Vec::new();
    for chunk in people.chunks(PEOPLE) {
        let list = in_list(chunk.iter().copied());
        let sql = format!("SELECT person, due_at, held FROM person_segments WHERE person IN ({list}) ORDER BY person");
        rows.extend(all::<HeldRow>(connection, &sql, []).await?);
    }
    Ok(rows)
}

/// What is stored of everybody between two numbers, both included.
pub(crate) async fn held_between(connection: &impl ConnectionTrait, (first, last): (i64, i64)) -> Result<Vec<HeldRow>> {
    let sql = "SELECT person, due_at, held FROM person_segments WHERE person BETWEEN $1 AND $2 ORDER BY person";
    all(connection, sql, [first.into(), last.into()]).await
}

/// Stores what people are in, new or not.
pub(crate) async fn write_held(tx: &impl ConnectionTrait, rows: Vec<HeldRow>) -> Result<()> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<HeldRow> = rows.by_ref().take(ROWS).collect();
        let sql = format!(
            "INSERT INTO person_segments (person, due_at, held) VALUES {}
             ON CONFLICT (person) DO UPDATE SET due_at = excluded.due_at, held = excluded.held",
            placeholders(chunk.len(), 3)
        );
        let values = |row: HeldRow| -> [Value; 3] { [row.person.into(), row.due_at.into(), row.held.into()] };
        run(tx, &sql, chunk.into_iter().flat_map(values)).await?;
    }
    Ok(())
}

/// Forgets people who are in nothing and wait for nothing.
pub(crate) async fn delete_held(tx: &impl ConnectionTrait, people: &[i64]) -> Result<()> {
    for chunk in people.chunks(PEOPLE) {
        let list = in_list(chunk.iter().copied());
        run(tx, &format!("DELETE FROM person_segments WHERE person IN ({list})"), []).await?;
    }
    Ok(())
}

/// A condition on the person in a column: the caller may see them.
pub(super) fn visible(scope: &Scope, column: &str) -> String {
    match scope {
        Scope::Chain => "1 = 1".to_owned(),
        Scope::Clinics(_) | Scope::Own { .. } => {
            format!("EXISTS (SELECT 1 FROM records r WHERE r.person = {column} AND {})", scope.record_condition("r"))
        }
    }
}

/// A row of `segment_changes`.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct ChangeRow {
    pub(crate) ord: i64,
    pub(crate) segment: i64,
    pub(crate) person: i64,
    pub(crate) entered: bool,
    pub(crate) at: i64,
    pub(crate) why: String,
}

/// Appends changes; their numbers are given by the database.
pub(crate) async fn insert_changes(tx: &impl ConnectionTrait, rows: Vec<ChangeRow>) -> Result<()> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<ChangeRow> = rows.by_ref().take(ROWS).collect();
        let sql = format!(
            "INSERT INTO segment_changes (segment, person, entered, at, why) VALUES {}",
            placeholders(chunk.len(), 5)
        );
        let values = |row: ChangeRow| -> [Value; 5] {
            [row.segment.into(), row.person.into(), row.entered.into(), row.at.into(), row.why.into()]
        };
        run(tx, &sql, chunk.into_iter().flat_map(values)).await?;
    }
    Ok(())
}

/// The number of the last entry or exit.
pub(crate) async fn last_change(connection: &impl ConnectionTrait) -> Result<i64> {
    let sql = "SELECT COALESCE(MAX(ord), 0) AS number FROM segment_changes";
    Ok(one::<NumberRow>(connection, sql, []).await?.number)
}

/// Whether one of these people entered or left anything after a change. Who asks holds [`careloop_profiles::lock`], so that changes are
/// numbered in the order in which they are committed.
pub(crate) async fn changed_since(tx: &impl ConnectionTrait, change: i64, people: &[i64]) -> Result<bool> {
    let (first, last) = (people.iter().min().copied(), people.iter().max().copied());
    let sql = "SELECT ord AS number FROM segment_changes WHERE ord > $1 AND person >= $2 AND person <= $3 LIMIT 1";
    Ok(optional::<NumberRow>(tx, sql, [change.into(), first.into(), last.into()]).await?.is_some())
}

/// How many events after a place in the log may change a membership, counted up to `most`: not those that tell of entries
/// and exits, nor those about nobody.
pub(crate) async fn events_to_follow(db: &Db, after: Position, most: i64) -> Result<i64> {
    let rest = "e.record <> $3 AND e.kind NOT LIKE 'segment.%' LIMIT $4) AS waiting";
    let sqlite =
        format!("SELECT COUNT(*) AS number FROM (SELECT e.seq FROM events e WHERE e.seq > $2 AND $1 >= 0 AND {rest}");
    let postgres = format!(
        "SELECT COUNT(*) AS number FROM (SELECT e.seq FROM events e WHERE e.tx > 0 AND (e.tx, e.seq) > ($1, $2) AND {rest}"
    );
    let values = [after.tx.into(), after.seq.into(), NOBODY.into(), most.into()];
    Ok(one::<NumberRow>(db.read(), db.by_engine(&sqlite, &postgres), values).await?.number)
}

/// Changes before a number, newest first, of people the caller may see.
pub(crate) async fn changes_page(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    segment: i64,
    before: i64,
    limit: i64,
) -> Result<Vec<ChangeRow>> {
    let condition = visible(scope, "segment_changes.person");
    let sql = format!(
        "SELECT ord, segment, person, entered, at, why FROM segment_changes WHERE segment = $1 AND ord < $2 AND {condition}
         ORDER BY ord DESC LIMIT $3"
    );
    all(connection, &sql, [segment.into(), before.into(), limit.into()]).await
}

/// Entries or exits within one stretch of time.
#[derive(Debug, FromQueryResult)]
pub(crate) struct ChangeCount {
    pub(crate) slot: i64,
    pub(crate) entered: bool,
    pub(crate) number: i64,
}

/// How many of the people the caller may see entered and left in each stretch of so many microseconds.
pub(crate) async fn change_counts(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    segment: i64,
    slot_us: i64,
) -> Result<Vec<ChangeCount>> {
    let condition = visible(scope, "segment_changes.person");
    let sql = format!(
        "SELECT at / {slot_us} AS slot, entered, COUNT(*) AS number FROM segment_changes
         WHERE segment = $1 AND {condition} GROUP BY at / {slot_us}, entered ORDER BY slot"
    );
    all(connection, &sql, [segment.into()]).await
}

#[derive(FromQueryResult)]
struct PersonRow {
    person: i64,
}

/// People whose membership may have changed by the clock alone.
pub(crate) async fn due_people(connection: &impl ConnectionTrait, now: i64, limit: i64) -> Result<Vec<i64>> {
    let sql = "SELECT person FROM person_segments WHERE due_at <= $1 ORDER BY due_at LIMIT $2";
    let rows: Vec<PersonRow> = all(connection, sql, [now.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(|row| row.person).collect())
}

#[derive(FromQueryResult)]
struct NumberRow {
    number: i64,
}

/// When a record was last resolved.
pub(crate) async fn last_resolved(connection: &impl ConnectionTrait) -> Result<i64> {
    Ok(one::<NumberRow>(connection, "SELECT COALESCE(MAX(resolved_at), 0) AS number FROM records", []).await?.number)
}

/// Whether a record waits to be resolved.
pub(crate) async fn unresolved_exist(connection: &impl ConnectionTrait) -> Result<bool> {
    let sql = "SELECT ord AS number FROM records WHERE resolved_at IS NULL LIMIT 1";
    Ok(optional::<NumberRow>(connection, sql, []).await?.is_some_and(|row| row.number > 0))
}

/// The numbers of records by their ids.
pub(crate) async fn record_numbers(connection: &impl ConnectionTrait, ids: &[String]) -> Result<Vec<i64>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(ROWS) {
        let places: Vec<String> = (1..=chunk.len()).map(|place| format!("${place}")).collect();
        let sql = format!("SELECT ord AS number FROM records WHERE id IN ({})", places.join(", "));
        let rows: Vec<NumberRow> = all(connection, &sql, chunk.iter().map(|id| id.as_str().into())).await?;
        found.extend(rows.into_iter().map(|row| row.number));
    }
    Ok(found)
}
