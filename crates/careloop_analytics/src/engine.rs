//! Queries over the lake and the fresh tail.
//!
//! Two tables are visible to SQL: `events` (the columns of the lake's files plus `prop(props, 'name')`) and `people`
//! (`record`, `person`, `household`, `owner`, `home_clinic`, `channel`). Which Parquet files a query opens is decided
//! from the manifest by kind and month before planning.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use careloop_db::Db;
use careloop_events::{Position, consumers, count_committed, read_committed};
use careloop_kernel::{Error, Result};
use datafusion::arrow::array::{Int64Array, RecordBatch, StringArray};
use datafusion::arrow::compute::concat_batches;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{DataFrame, ParquetReadOptions, SessionConfig, SessionContext};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::batch::{SCHEMA, of_events};
use crate::compact::CONSUMER;
use crate::store::{self, LakeFile, PersonRow};
use crate::{Lake, Table, prop};

/// How many tail events one read fetches.
const TAIL_STEP: u64 = 100_000;
/// What one query may hold in memory.
const MEMORY: usize = 2 << 30;

/// A question to the log.
#[derive(Debug, Clone)]
pub struct Query {
    /// SQL over `events` and `people`.
    pub sql: String,
    /// The kinds the query needs; empty means all.
    pub kinds: Vec<String>,
    /// Events before this day, in the chain's zone, are not needed.
    pub from: Option<Date>,
    /// Events from this day on are not needed.
    pub to: Option<Date>,
}

/// The query engine; cheap to share.
pub struct Analytics {
    db: Db,
    lake: Lake,
    zone: TimeZone,
    runtime: Arc<RuntimeEnv>,
    fresh: Mutex<Option<Arc<Fresh>>>,
}

/// The last event, the last record, the lake's position, and how many events lie after it.
type Mark = (i64, i64, Position, i64);

/// What is not in the lake: the tail of the log and the mapping of records to people, at one mark of the log.
struct Fresh {
    mark: Mark,
    files: Vec<LakeFile>,
    tail: RecordBatch,
    people: RecordBatch,
}

impl fmt::Debug for Analytics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Analytics({:?})", self.lake)
    }
}

impl Analytics {
    /// An engine over this database and lake; `zone` is the chain's.
    pub fn new(db: Db, lake: Lake, zone: TimeZone) -> Result<Self> {
        let runtime = RuntimeEnvBuilder::new().with_memory_limit(MEMORY, 1.0).build_arc().map_err(Error::internal)?;
        runtime.register_object_store(lake.base(), lake.store());
        Ok(Self { db, lake, zone, runtime, fresh: Mutex::new(None) })
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    pub(crate) fn lake(&self) -> &Lake {
        &self.lake
    }

    /// The chain's time zone.
    pub fn time_zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Answers a query. The future is boxed here, so that callers' crates do not compile DataFusion's a second time.
    pub fn query<'a>(&'a self, query: &'a Query) -> Pin<Box<dyn Future<Output = Result<Table>> + Send + 'a>> {
        Box::pin(self.answer(query))
    }

    async fn answer(&self, query: &Query) -> Result<Table> {
        let fresh = self.fresh().await?;
        let session = self.session();
        let files: Vec<LakeFile> = fresh.files.iter().filter(|file| query.needs(file)).cloned().collect();
        let events = self.events(&session, &files, &fresh.tail).await?;
        session.register_table("events", events.into_view()).map_err(Error::internal)?;
        let people = session.read_batch(fresh.people.clone()).map_err(Error::internal)?;
        session.register_table("people", people.into_view()).map_err(Error::internal)?;
        let frame = session.sql(&query.sql).await.map_err(Error::internal)?;
        Table::of(&frame.collect().await.map_err(Error::internal)?)
    }

    /// Answers a query over one Parquet file under the lake's root, visible as `exported`.
    pub async fn read_export(&self, path: &str, sql: &str) -> Result<Table> {
        let session = self.session();
        let frame = session
            .read_parquet(self.lake.address(path)?, ParquetReadOptions::default())
            .await
            .map_err(Error::internal)?;
        session.register_table("exported", frame.into_view()).map_err(Error::internal)?;
        let frame = session.sql(sql).await.map_err(Error::internal)?;
        Table::of(&frame.collect().await.map_err(Error::internal)?)
    }

    /// The lake's files as one batch, sorted by time.
    pub(crate) async fn read_files(&self, files: &[LakeFile]) -> Result<RecordBatch> {
        let session = self.session();
        let events = self.events(&session, files, &RecordBatch::new_empty(Arc::clone(&SCHEMA))).await?;
        session.register_table("events", events.into_view()).map_err(Error::internal)?;
        let frame = session.sql("SELECT * FROM events ORDER BY at, seq").await.map_err(Error::internal)?;
        let batches = frame.collect().await.map_err(Error::internal)?;
        let same = |batch: RecordBatch| {
            RecordBatch::try_new(Arc::clone(&SCHEMA), batch.columns().to_vec()).map_err(Error::internal)
        };
        let batches = batches.into_iter().map(same).collect::<Result<Vec<_>>>()?;
        concat_batches(&SCHEMA, &batches).map_err(Error::internal)
    }

    fn session(&self) -> SessionContext {
        let config = SessionConfig::new().with_target_partitions(2).with_information_schema(false);
        let session = SessionContext::new_with_config_rt(config, Arc::clone(&self.runtime));
        session.register_udf(prop::prop());
        session
    }

    async fn events(&self, session: &SessionContext, files: &[LakeFile], tail: &RecordBatch) -> Result<DataFrame> {
        let tail = session.read_batch(tail.clone()).map_err(Error::internal)?;
        if files.is_empty() {
            return Ok(tail);
        }
        let addresses = files.iter().map(|file| self.lake.address(&file.path)).collect::<Result<Vec<_>>>()?;
        let options = ParquetReadOptions::default().schema(&SCHEMA);
        let stored = session.read_parquet(addresses, options).await.map_err(Error::internal)?;
        stored.union(tail).map_err(Error::internal)
    }

    /// What is not in the lake, read again only when the log has moved on.
    async fn fresh(&self) -> Result<Arc<Fresh>> {
        let mark = self.mark().await?;
        let known = self.fresh.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(fresh) = known.filter(|fresh| fresh.mark == mark) {
            return Ok(fresh);
        }
        let (files, tail) = self.tail().await?;
        let people = people_batch(&store::list_people(self.db.read()).await?)?;
        let fresh = Arc::new(Fresh { mark, files, tail, people });
        *self.fresh.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    /// Where the log and the lake stand. An event that was committed late has a lower number than the last one, so the
    /// length of the tail counts too.
    async fn mark(&self) -> Result<Mark> {
        let (last, records) = store::log_mark(self.db.read()).await?;
        let lake = consumers::load(&self.db, CONSUMER).await?;
        Ok((last, records, lake, count_committed(&self.db, lake).await?))
    }

    /// The manifest and the events after it. Both belong to one position of the consumer: if a compaction moves it
    /// while the tail is read, it is read again.
    async fn tail(&self) -> Result<(Vec<LakeFile>, RecordBatch)> {
        loop {
            let from = consumers::load(&self.db, CONSUMER).await?;
            let files = store::list_files(self.db.read()).await?;
            let mut batches = Vec::new();
            let mut position = from;
            loop {
                let events = read_committed(&self.db, position, TAIL_STEP).await?;
                let Some(last) = events.last() else { break };
                position = Position { tx: last.tx, seq: last.seq };
                batches.push(of_events(&events, &self.zone)?);
            }
            if consumers::load(&self.db, CONSUMER).await? == from {
                return Ok((files, concat_batches(&SCHEMA, &batches).map_err(Error::internal)?));
            }
        }
    }

    /// Forgets what was read, after the lake was rewritten.
    pub fn forget(&self) {
        *self.fresh.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Query {
    /// Whether a file may hold events of this query. Months are in UTC and days in the chain's zone, so a day is
    /// allowed on either side.
    fn needs(&self, file: &LakeFile) -> bool {
        let month =
            |date: Date, days: i64| date.saturating_add(jiff::Span::new().days(days)).strftime("%Y-%m").to_string();
        (self.kinds.is_empty() || self.kinds.contains(&file.kind))
            && self.from.is_none_or(|from| file.month >= month(from, -1))
            && self.to.is_none_or(|to| file.month <= month(to, 1))
    }
}

/// What the earliest record says that names a channel or a clinic, with that record's age.
#[derive(Clone, Copy, Default)]
struct First<'a> {
    channel: Option<(i64, &'a str)>,
    clinic: Option<(i64, i64)>,
}

/// The people table. A person's channel and home clinic are those of the earliest record that names one.
fn people_batch(rows: &[PersonRow]) -> Result<RecordBatch> {
    let mut first: HashMap<i64, First<'_>> = HashMap::new();
    for row in rows {
        let age = row.created_at.unwrap_or(i64::MAX);
        let known = first.entry(row.person).or_default();
        if let Some(channel) =
            row.channel.as_deref().filter(|_| known.channel.is_none_or(|(earliest, _)| age < earliest))
        {
            known.channel = Some((age, channel));
        }
        if let Some(clinic) = row.clinic.filter(|_| known.clinic.is_none_or(|(earliest, _)| age < earliest)) {
            known.clinic = Some((age, clinic));
        }
    }
    let of = |row: &PersonRow| first.get(&row.person).copied().unwrap_or_default();
    let int = |value: &dyn Fn(&PersonRow) -> Option<i64>| Arc::new(rows.iter().map(value).collect::<Int64Array>());
    let channels: StringArray = rows.iter().map(|row| of(row).channel.map(|(_, channel)| channel)).collect();
    RecordBatch::try_from_iter_with_nullable([
        ("record", int(&|row| Some(row.record)) as _, false),
        ("person", int(&|row| Some(row.person)) as _, false),
        ("household", int(&|row| Some(row.household)) as _, false),
        ("owner", int(&|row| row.owner) as _, true),
        ("home_clinic", int(&|row| of(row).clinic.map(|(_, clinic)| clinic)) as _, true),
        ("channel", Arc::new(channels) as _, true),
    ])
    .map_err(Error::internal)
}
