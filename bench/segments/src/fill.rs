//! Fills a chain whose people are imported and resolved with its history: the log in SQLite, the same events as CSV.
//!
//! People are told one by one, so their events come in the wrong order; they go to a file a month first and are sorted
//! there. Memory holds one month and the numbers of the records, however long the history is.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use crate::dice::Dice;
use crate::life::{CLINICS, Span, tell};
use crate::told::{BYTES, Told};

const MONTHS: usize = 36;
const DAY: i64 = 86_400_000;
/// Rows of one INSERT.
const ROWS: usize = 128;
/// Rows of one transaction.
const BATCH: usize = 200_000;
const COLUMNS: &str =
    "tx, key, kind, record, clinic, source, message_id, at, received_at, amount, currency, props, flags";

/// What to make.
pub(crate) struct Plan<'a> {
    pub(crate) database: &'a Path,
    pub(crate) dir: &'a Path,
    pub(crate) events: u64,
    pub(crate) seed: u64,
    /// The first millisecond without events.
    pub(crate) end: i64,
}

/// Writes everything and gives the number of people and of events.
pub(crate) async fn fill(plan: &Plan<'_>) -> anyhow::Result<(u64, u64)> {
    let mut log = open(plan.database).await?;
    let (records, person_of) = people(&mut log).await?;
    let span = Span { from: plan.end - 3 * 365 * DAY, to: plan.end };
    let buckets = spill(plan, &records, span)?;
    clinics(&mut log).await?;
    let source: i64 = sqlx::query_scalar("SELECT MIN(ord) FROM sources WHERE ord > 1").fetch_one(&mut log).await?;
    let indexes = drop_indexes(&mut log).await?;
    let mut events = 0;
    for (month, bucket) in buckets.iter().enumerate() {
        let told = read(bucket)?;
        std::fs::remove_file(bucket)?;
        write_csv(&plan.dir.join(format!("events-{month:02}.csv")), &told, &person_of)?;
        for batch in told.chunks(BATCH) {
            insert(&mut log, batch, source, events).await?;
            events += batch.len() as i64;
        }
    }
    for sql in indexes {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut log).await?;
    }
    sqlx::query("ANALYZE").execute(&mut log).await.context("the statistics")?;
    log.close().await?;
    Ok((records.len() as u64, events as u64))
}

async fn open(database: &Path) -> anyhow::Result<SqliteConnection> {
    // Whoever kills this run starts again with an empty folder, so nothing need survive a crash.
    let options = SqliteConnectOptions::new()
        .filename(database)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-400000")
        .pragma("temp_store", "2");
    Ok(SqliteConnection::connect_with(&options).await?)
}

/// The records of each person, and the person of each record.
async fn people(log: &mut SqliteConnection) -> anyhow::Result<(Vec<Vec<u32>>, Vec<u32>)> {
    let rows = sqlx::query("SELECT ord, person FROM records ORDER BY person, ord").fetch_all(log).await?;
    let (mut records, mut person_of) = (Vec::<Vec<u32>>::new(), vec![0; rows.len() + 1]);
    let mut last = 0;
    for row in rows {
        let (record, person) = (u32::try_from(row.get::<i64, _>(0))?, u32::try_from(row.get::<i64, _>(1))?);
        if person != last {
            records.push(Vec::new());
            last = person;
        }
        records.last_mut().context("a person has a record")?.push(record);
        if person_of.len() <= record as usize {
            person_of.resize(record as usize + 1, 0);
        }
        person_of[record as usize] = person;
    }
    Ok((records, person_of))
}

async fn clinics(log: &mut SqliteConnection) -> anyhow::Result<()> {
    for clinic in 1..=CLINICS {
        let sql = "INSERT INTO clinics (ord, id, code, name, region, time_zone, created_at) VALUES (?, ?, ?, ?, '华东', 'Asia/Shanghai', 0)";
        sqlx::query(sql)
            .bind(i64::try_from(clinic)?)
            .bind(format!("cli_{clinic:026}"))
            .bind(format!("C{clinic:02}"))
            .bind(format!("{clinic:02}号店"))
            .execute(&mut *log)
            .await?;
    }
    Ok(())
}

/// Tells everybody's events into a file for each month.
fn spill(plan: &Plan<'_>, records: &[Vec<u32>], span: Span) -> anyhow::Result<Vec<PathBuf>> {
    let paths: Vec<PathBuf> = (0..MONTHS).map(|month| plan.dir.join(format!("month-{month:02}"))).collect();
    let mut files: Vec<BufWriter<File>> = paths
        .iter()
        .map(|path| Ok(BufWriter::with_capacity(1 << 18, File::create(path)?)))
        .collect::<anyhow::Result<_>>()?;
    let mean = plan.events as f64 / records.len().max(1) as f64;
    let length = (span.to - span.from) / MONTHS as i64 + 1;
    let mut told = Vec::new();
    for (number, records) in (0_u64..).zip(records) {
        told.clear();
        tell(Dice::new(plan.seed, number), records, mean, span, &mut told);
        for event in &told {
            let month = usize::try_from((event.at - span.from).max(0) / length)?.min(MONTHS - 1);
            files[month].write_all(&event.to_bytes())?;
        }
    }
    for mut file in files {
        file.flush()?;
    }
    Ok(paths)
}

fn read(bucket: &Path) -> anyhow::Result<Vec<Told>> {
    let mut bytes = Vec::new();
    File::open(bucket)?.read_to_end(&mut bytes)?;
    let mut told: Vec<Told> = bytes.chunks_exact(BYTES).filter_map(Told::from_bytes).collect();
    told.sort_unstable_by_key(|event| (event.at, event.record, event.kind as u8));
    Ok(told)
}

fn write_csv(path: &Path, told: &[Told], person_of: &[u32]) -> anyhow::Result<()> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut line = String::new();
    for event in told {
        line.clear();
        event.csv(person_of[event.record as usize], &mut line);
        file.write_all(line.as_bytes())?;
    }
    Ok(file.flush()?)
}

/// Takes the log's indexes away and gives the statements that make them again: sorting once is quicker than a million
/// insertions, and the outcome is the same.
async fn drop_indexes(log: &mut SqliteConnection) -> anyhow::Result<Vec<String>> {
    let sql = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'events' AND sql IS NOT NULL";
    let rows = sqlx::query(sql).fetch_all(&mut *log).await?;
    for row in &rows {
        sqlx::query(AssertSqlSafe(format!("DROP INDEX {}", row.get::<String, _>(0)))).execute(&mut *log).await?;
    }
    Ok(rows.iter().map(|row| row.get(1)).collect())
}

async fn insert(log: &mut SqliteConnection, batch: &[Told], source: i64, before: i64) -> anyhow::Result<()> {
    let mut tx = log.begin().await?;
    let mut row = before;
    for part in batch.chunks(ROWS) {
        let places = vec!["(0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"; part.len()].join(", ");
        let sql = format!("INSERT INTO events ({COLUMNS}) VALUES {places}");
        let mut query = sqlx::query(AssertSqlSafe(sql.as_str()));
        for event in part {
            row += 1;
            let message_id = event.message_id(row);
            let amount = event.amount();
            query = query
                .bind(careloop_events::event_key(source, &message_id).to_vec())
                .bind(event.kind.name())
                .bind(i64::from(event.record))
                .bind((event.clinic > 0).then_some(i64::from(event.clinic)))
                .bind(source)
                .bind(message_id)
                .bind(event.at * 1_000)
                .bind(event.at * 1_000 + 5_000_000)
                .bind(amount)
                .bind(amount.map(|_| "CNY"))
                .bind(event.props());
        }
        query.execute(&mut *tx).await?;
    }
    Ok(tx.commit().await?)
}
