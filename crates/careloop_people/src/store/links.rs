//! Pairs of records a resolve keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use careloop_db::{ConnectionTrait, Engine, FromQueryResult, all, among, numbers, one, run};
use careloop_kernel::Result;

use super::insert_rows;

/// Pairs of one statement.
const CHUNK: usize = 2_000;
/// First records whose pairs are compared as one.
const STRETCH: i64 = 4_096;
/// First records whose pairs are in memory as text at once.
const WINDOW: i64 = 256 * STRETCH;

/// Which pairs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pairs {
    /// Those that joined.
    Links,
    /// Those a person should look at.
    Doubts,
}

impl Pairs {
    fn table(self) -> &'static str {
        match self {
            Self::Links => "identity_links",
            Self::Doubts => "identity_doubts",
        }
    }
}

/// A pair: the lower record, the higher one, the rule's name, the weight.
pub(crate) type Pair = (i64, i64, &'static str, i64);

/// A pair that is stored.
#[derive(FromQueryResult)]
struct Stored {
    doubt: bool,
    record_a: i64,
    record_b: i64,
    rule: String,
    weight: i64,
}

/// What replaces the pairs of some records.
#[derive(Default)]
pub(crate) struct Replaced {
    /// Statements that write the difference.
    pub statements: Vec<String>,
    /// The records that were in one of the doubts before.
    pub doubted: BTreeSet<i64>,
}

/// How links and doubts of these records become the ones given: only the difference is to be written.
pub(crate) async fn replace(
    tx: &impl ConnectionTrait,
    ords: &[i64],
    links: &[Pair],
    doubts: &[Pair],
) -> Result<Replaced> {
    let of = |pairs: Pairs, doubt: &str| {
        let (a, b) = (among(tx, "record_a", "$1"), among(tx, "record_b", "$1"));
        format!("SELECT {doubt} AS doubt, record_a, record_b, rule, weight FROM {} WHERE {a} OR {b}", pairs.table())
    };
    let sql = format!("{} UNION ALL {}", of(Pairs::Links, "FALSE"), of(Pairs::Doubts, "TRUE"));
    let stored: Vec<Stored> = all(tx, &sql, [numbers(tx, ords.iter().copied())]).await?;
    let (doubted, linked): (Vec<_>, Vec<_>) = stored.into_iter().partition(|pair| pair.doubt);
    let mut replaced = Replaced {
        doubted: doubted.iter().flat_map(|pair| [pair.record_a, pair.record_b]).collect(),
        ..Replaced::default()
    };
    difference(Pairs::Links, &linked, links, &mut replaced.statements);
    difference(Pairs::Doubts, &doubted, doubts, &mut replaced.statements);
    Ok(replaced)
}

/// Statements that turn the stored pairs into the ones given.
fn difference(pairs: Pairs, stored: &[Stored], rows: &[Pair], statements: &mut Vec<String>) {
    let key = |pair: &Stored| (pair.record_a, pair.record_b);
    let wanted: BTreeMap<(i64, i64), (&str, i64)> =
        rows.iter().map(|(a, b, rule, weight)| ((*a, *b), (*rule, *weight))).collect();
    let stays = |pair: &&Stored| wanted.get(&key(pair)) == Some(&(pair.rule.as_str(), pair.weight));
    let kept: BTreeSet<(i64, i64)> = stored.iter().filter(stays).map(key).collect();
    let gone: Vec<String> = stored
        .iter()
        .filter(|pair| !stays(pair))
        .map(|pair| format!("({}, {})", pair.record_a, pair.record_b))
        .collect();
    let new = wanted.iter().filter(|(pair, _)| !kept.contains(pair));
    let new: Vec<String> = new.map(|((a, b), (rule, weight))| format!("({a}, {b}, '{rule}', {weight})")).collect();
    let table = pairs.table();
    statements.extend(
        gone.chunks(CHUNK)
            .map(|part| format!("DELETE FROM {table} WHERE (record_a, record_b) IN (VALUES {})", part.join(", "))),
    );
    statements.extend(
        new.chunks(CHUNK)
            .map(|part| format!("INSERT INTO {table} (record_a, record_b, rule, weight) VALUES {}", part.join(", "))),
    );
}

/// Replaces all pairs by these, and writes only where something changed: of a chain of millions, most stays as it is. Returns
/// the records that were in one of the pairs before.
pub(crate) async fn replace_all(tx: &impl ConnectionTrait, pairs: Pairs, mut rows: Vec<Pair>) -> Result<BTreeSet<i64>> {
    rows.sort_unstable();
    let highest = highest(tx, pairs).await?.max(rows.last().map_or(0, |pair| pair.0));
    let mut before = BTreeSet::new();
    for start in (0..=highest).step_by(usize::try_from(WINDOW).unwrap_or(usize::MAX)) {
        let at = |first: i64| rows.partition_point(|pair| pair.0 < first);
        let own = &rows[at(start)..at(start + WINDOW)];
        replace_window(tx, pairs, start, own, &mut before).await?;
    }
    Ok(before)
}

/// The same for the pairs whose first record lies in the window that starts here.
async fn replace_window(
    tx: &impl ConnectionTrait,
    pairs: Pairs,
    start: i64,
    rows: &[Pair],
    before: &mut BTreeSet<i64>,
) -> Result<()> {
    let mut stored = stretches(tx, pairs, start).await?;
    let mut fresh = Vec::new();
    for part in rows.chunk_by(|a, b| a.0 / STRETCH == b.0 / STRETCH) {
        let known = stored.get(&(part[0].0 / STRETCH));
        if known.is_some_and(|lines| *lines == written(part)) {
            before.extend(part.iter().flat_map(|pair| [pair.0, pair.1]));
            stored.remove(&(part[0].0 / STRETCH));
        } else {
            fresh.extend_from_slice(part);
        }
    }
    for (stretch, lines) in stored {
        before.extend(records(&lines));
        let (from, to) = (stretch * STRETCH, (stretch + 1) * STRETCH);
        let sql = format!("DELETE FROM {} WHERE record_a >= $1 AND record_a < $2", pairs.table());
        run(tx, &sql, [from.into(), to.into()]).await?;
    }
    insert(tx, pairs, &fresh).await
}

#[derive(FromQueryResult)]
struct Number {
    value: i64,
}

/// The highest first record.
async fn highest(tx: &impl ConnectionTrait, pairs: Pairs) -> Result<i64> {
    let sql = format!("SELECT COALESCE(MAX(record_a), 0) AS value FROM {}", pairs.table());
    Ok(one::<Number>(tx, &sql, []).await?.value)
}

async fn insert(tx: &impl ConnectionTrait, pairs: Pairs, rows: &[Pair]) -> Result<()> {
    let rows = rows.iter().map(|(a, b, rule, weight)| vec![(*a).into(), (*b).into(), (*rule).into(), (*weight).into()]);
    let head = format!("INSERT INTO {} (record_a, record_b, rule, weight)", pairs.table());
    insert_rows(tx, &head, 4, rows).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct Stretch {
    stretch: i64,
    lines: String,
}

/// The pairs of a window as text, stretch by stretch: one row for thousands of pairs.
async fn stretches(tx: &impl ConnectionTrait, pairs: Pairs, start: i64) -> Result<BTreeMap<i64, String>> {
    let (join, line_end) = match Engine::from(tx.get_database_backend()) {
        Engine::Sqlite => ("group_concat", "char(10)"),
        Engine::Postgres => ("string_agg", "chr(10)"),
    };
    let sql = format!(
        "SELECT record_a / {STRETCH} AS stretch,
                {join}(record_a || ',' || record_b || ',' || rule || ',' || weight, {line_end} ORDER BY record_a, record_b) AS lines
         FROM {} WHERE record_a >= $1 AND record_a < $2 GROUP BY record_a / {STRETCH}",
        pairs.table()
    );
    Ok(all::<Stretch>(tx, &sql, [start.into(), (start + WINDOW).into()])
        .await?
        .into_iter()
        .map(|row| (row.stretch, row.lines))
        .collect())
}

/// The same text of pairs in order.
fn written(rows: &[Pair]) -> String {
    let mut text = String::new();
    for (at, (a, b, rule, weight)) in rows.iter().enumerate() {
        let gap = if at == 0 { "" } else { "\n" };
        let _ = write!(text, "{gap}{a},{b},{rule},{weight}"); // writing into a String cannot fail
    }
    text
}

/// The records of such a text.
fn records(lines: &str) -> impl Iterator<Item = i64> + '_ {
    lines.lines().flat_map(|line| line.split(',').take(2)).filter_map(|number| number.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use careloop_db::Db;
    use careloop_testkit::on_both;

    #[derive(FromQueryResult)]
    struct Both {
        record_a: i64,
        record_b: i64,
    }

    async fn all_pairs(db: &Db) -> Vec<(i64, i64)> {
        let sql = "SELECT record_a, record_b FROM identity_doubts ORDER BY record_a, record_b";
        let rows: Vec<Both> = all(db.read(), sql, []).await.unwrap();
        rows.iter().map(|pair| (pair.record_a, pair.record_b)).collect()
    }

    #[tokio::test]
    async fn only_what_changed_is_written_and_everything_before_is_told() {
        on_both(|fixture| async move {
            let db = &fixture.db;
            let pairs = Pairs::Doubts;
            let old: Vec<Pair> =
                vec![(1, 2, "evidence", 100), (7, 9_000, "evidence", 90), (5_000, 5_001, "evidence", 80)];
            let before = replace_all(db.write(), pairs, old.clone()).await.unwrap();
            assert!(before.is_empty());
            // The first stretch loses a pair and changes another; the second stays; a third is new.
            let new: Vec<Pair> = vec![(9_000_000, 9_000_001, "evidence", 70), (1, 2, "phone_name", 500), old[2]];
            let before = replace_all(db.write(), pairs, new).await.unwrap();
            assert_eq!(before, BTreeSet::from([1, 2, 7, 5_000, 5_001, 9_000]));
            assert_eq!(all_pairs(db).await, [(1, 2), (5_000, 5_001), (9_000_000, 9_000_001)]);
            let replaced = replace(db.write(), &[5_001, 1], &[], &[(1, 2, "phone_name", 500), (1, 3, "evidence", 1)]);
            let Replaced { statements, doubted } = replaced.await.unwrap();
            assert_eq!(doubted, BTreeSet::from([1, 2, 5_000, 5_001]));
            assert_eq!(statements.len(), 2, "a pair goes, one comes, one stays");
            careloop_db::batch(db.write(), &statements).await.unwrap();
            assert_eq!(all_pairs(db).await, [(1, 2), (1, 3), (9_000_000, 9_000_001)]);
        })
        .await;
    }
}
