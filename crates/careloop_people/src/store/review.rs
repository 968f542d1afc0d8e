//! What people look at when identity is in doubt, and how good it is.

use std::collections::BTreeSet;

use careloop_db::{ConnectionTrait, Engine, FromQueryResult, Value, all, optional, run};
use careloop_kernel::ids::DecisionId;
use careloop_kernel::{Result, Scope};

use super::marks;

/// Two records somebody should look at.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct PairRow {
    pub a: i64,
    pub b: i64,
    pub a_person: i64,
    pub b_person: i64,
    pub rule: String,
    pub weight: i64,
}

const PAIR: &str = "p.record_a AS a, p.record_b AS b, a.person AS a_person, b.person AS b_person, p.rule, p.weight";

fn both_in(scope: &Scope) -> String {
    format!("{} AND {}", scope.record_condition("a"), scope.record_condition("b"))
}

/// Doubts, likeliest first, after a place (weight, record a, record b).
pub(crate) async fn doubts(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    after: Option<[i64; 3]>,
    limit: u64,
) -> Result<Vec<PairRow>> {
    let [weight, a, b] = after.unwrap_or([i64::MAX, 0, 0]);
    let sql = format!(
        "SELECT {PAIR} FROM identity_doubts p JOIN records a ON a.ord = p.record_a JOIN records b ON b.ord = p.record_b
         WHERE {} AND (p.weight < $1 OR (p.weight = $1 AND (p.record_a > $2 OR (p.record_a = $2 AND p.record_b > $3))))
         ORDER BY p.weight DESC, p.record_a, p.record_b LIMIT $4",
        both_in(scope)
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    all(connection, &sql, [weight.into(), a.into(), b.into(), limit.into()]).await
}

/// How many doubts there are in scope.
pub(crate) async fn count_doubts(connection: &impl ConnectionTrait, scope: &Scope) -> Result<i64> {
    let sql = format!(
        "SELECT COUNT(*) AS value FROM identity_doubts p JOIN records a ON a.ord = p.record_a JOIN records b ON b.ord = p.record_b WHERE {}",
        both_in(scope)
    );
    Ok(optional::<Number>(connection, &sql, []).await?.map_or(0, |row| row.value))
}

/// Links nobody has checked yet, in an order that has nothing to do with what they are.
pub(crate) async fn unchecked_links(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    limit: u64,
) -> Result<Vec<PairRow>> {
    let sql = format!(
        "SELECT {PAIR} FROM identity_links p JOIN records a ON a.ord = p.record_a JOIN records b ON b.ord = p.record_b
         WHERE {} AND p.rule <> 'decision' AND NOT EXISTS (
            SELECT 1 FROM identity_decisions d WHERE d.record_a = p.record_a AND d.record_b = p.record_b AND d.origin = 'sample'
            AND d.withdrawn_at IS NULL)
         ORDER BY (p.record_a * 7919 + p.record_b * 104729) % 1000003, p.record_a, p.record_b LIMIT $1",
        both_in(scope)
    );
    all(connection, &sql, [i64::try_from(limit).unwrap_or(i64::MAX).into()]).await
}

#[derive(FromQueryResult)]
struct Number {
    value: i64,
}

/// What a decision says, and of which records.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct DecidedRow {
    pub kind: String,
    pub record_a: i64,
    pub record_b: i64,
}

/// Takes back those of these decisions that hold and whose records both lie within the scope; gives what they said.
pub(crate) async fn withdraw(
    tx: &impl ConnectionTrait,
    ids: &BTreeSet<DecisionId>,
    scope: &Scope,
    now: i64,
) -> Result<Vec<DecidedRow>> {
    mark(tx, (ids, scope), ("IS NULL", Some(now))).await
}

/// Lets those of these decisions hold again that were taken back and whose records both lie within the scope; gives what
/// they say.
pub(crate) async fn restore(
    tx: &impl ConnectionTrait,
    ids: &BTreeSet<DecisionId>,
    scope: &Scope,
) -> Result<Vec<DecidedRow>> {
    mark(tx, (ids, scope), ("IS NOT NULL", None)).await
}

async fn mark(
    tx: &impl ConnectionTrait,
    (ids, scope): (&BTreeSet<DecisionId>, &Scope),
    (was, withdrawn_at): (&str, Option<i64>),
) -> Result<Vec<DecidedRow>> {
    let engine = Engine::from(tx.get_database_backend());
    // On SQLite the marks have no numbers, so the first has none either: their order is that of the values.
    let first = match engine {
        Engine::Sqlite => "?",
        Engine::Postgres => "$1",
    };
    let sql = format!(
        "UPDATE identity_decisions SET withdrawn_at = {first} WHERE id IN {} AND withdrawn_at {was}
         AND (SELECT COUNT(*) FROM records r WHERE r.ord IN (record_a, record_b) AND {}) = 2
         RETURNING kind, record_a, record_b",
        marks(engine, (1, ids.len()), 2),
        scope.record_condition("r")
    );
    let values = std::iter::once(Value::from(withdrawn_at)).chain(ids.iter().map(|id| id.to_string().into()));
    all(tx, &sql, values).await
}

/// How many persons have so many records.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub(crate) struct SizeRow {
    pub records: i64,
    pub persons: i64,
}

/// Persons by how many records they have.
pub(crate) async fn sizes(connection: &impl ConnectionTrait) -> Result<Vec<SizeRow>> {
    let sql =
        "SELECT records, COUNT(*) AS persons FROM (SELECT COUNT(*) AS records FROM records GROUP BY person) AS sizes
               GROUP BY records ORDER BY records";
    all(connection, sql, []).await
}

/// A source: how often it names one person twice, and what its records say.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct SourceRow {
    pub id: String,
    pub name: String,
    pub records: i64,
    pub persons: i64,
    pub phone: i64,
    pub email: i64,
    pub wecom: i64,
    pub gender: i64,
    pub birth_date: i64,
}

/// Every source that has records.
pub(crate) async fn sources(connection: &impl ConnectionTrait) -> Result<Vec<SourceRow>> {
    let share = |condition: &str| format!("CAST(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS BIGINT)");
    let sql = format!(
        "SELECT s.id, s.name, COUNT(*) AS records, COUNT(DISTINCT r.person) AS persons,
                {} AS phone, {} AS email, {} AS wecom, {} AS gender, {} AS birth_date
         FROM records r JOIN sources s ON s.ord = r.source WHERE s.kind <> 'internal' GROUP BY s.id, s.name ORDER BY 3 DESC, 2",
        share("(r.contacts & 1) <> 0"),
        share("(r.contacts & 2) <> 0"),
        share("(r.contacts & 4) <> 0"),
        share("r.gender IS NOT NULL"),
        share("r.birth_date IS NOT NULL"),
    );
    all(connection, &sql, []).await
}

/// What people found when they checked links: how many were right and wrong.
pub(crate) async fn checked(connection: &impl ConnectionTrait) -> Result<(i64, i64)> {
    let count = |kind: &str| {
        format!(
            "SELECT COUNT(*) AS value FROM identity_decisions WHERE origin = 'sample' AND withdrawn_at IS NULL AND kind = '{kind}'"
        )
    };
    let mut out = [0, 0];
    for (value, kind) in out.iter_mut().zip(["must", "cannot"]) {
        *value = optional::<Number>(connection, &count(kind), []).await?.map_or(0, |row| row.value);
    }
    Ok((out[0], out[1]))
}

/// An identifier that more records have than a family has.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct CrowdRow {
    pub kind: String,
    pub masked: String,
    pub records: i64,
}

/// The most shared identifiers of the last full resolve.
pub(crate) async fn crowds(connection: &impl ConnectionTrait) -> Result<Vec<CrowdRow>> {
    all(connection, "SELECT kind, masked, records FROM identity_crowds ORDER BY records DESC, masked", []).await
}

/// Replaces them.
pub(crate) async fn replace_crowds(tx: &impl ConnectionTrait, crowds: Vec<CrowdRow>) -> Result<()> {
    run(tx, "DELETE FROM identity_crowds", []).await?;
    let rows = crowds.into_iter().enumerate().map(|(number, crowd)| {
        vec![Value::from(number as i64), crowd.kind.into(), crowd.masked.into(), crowd.records.into()]
    });
    super::insert_rows(tx, "INSERT INTO identity_crowds (ord, kind, masked, records)", 4, rows).await.map(|_| ())
}

/// How identity stood at the end of a day.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct DayRow {
    pub day: String,
    pub records: i64,
    pub persons: i64,
    pub doubts: i64,
}

/// The last days that have an entry, oldest first.
pub(crate) async fn days(connection: &impl ConnectionTrait, limit: i64) -> Result<Vec<DayRow>> {
    let sql = "SELECT day, records, persons, doubts FROM identity_days ORDER BY day DESC LIMIT $1";
    let mut rows: Vec<DayRow> = all(connection, sql, [limit.into()]).await?;
    rows.reverse();
    Ok(rows)
}

/// Writes down how things stand.
pub(crate) async fn set_day(tx: &impl ConnectionTrait, day: &str, persons: i64) -> Result<()> {
    let sql = "INSERT INTO identity_days (day, records, persons, doubts)
               VALUES ($1, (SELECT COUNT(*) FROM records), $2, (SELECT COUNT(*) FROM identity_doubts))
               ON CONFLICT (day) DO UPDATE SET records = excluded.records, persons = excluded.persons, doubts = excluded.doubts";
    run(tx, sql, [day.into(), persons.into()]).await
}
