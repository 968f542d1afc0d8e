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
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{DataFrame, ParquetReadOptions, SessionConfig, SessionContext, col};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::batch::{SCHEMA, day_in, of_events};
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
    /// The zone as long as the chain has set none.
    zone: TimeZone,
    runtime: Arc<RuntimeEnv>,
    fresh: Mutex<Option<Arc<Fresh>>>,
}

/// Where everything stands that a query reads besides the lake's files.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    /// The last event and the last record.
    log: (i64, i64),
    /// When a record last changed, and when one was last given to a person.
    mapping: (i64, i64),
    lake: Position,
    /// How many events lie after the lake's position. An event that was committed late has a lower number than the last
    /// one, so the length of the tail counts too.
    tail: i64,
    /// Moves with every change of the manifest.
    files: i64,
    /// The chain's time zone.
    zone: String,
}

/// What is not in the lake: the tail of the log and the mapping of records to people, at one mark of the log.
struct Fresh {
    mark: Mark,
    zone: TimeZone,
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
    /// An engine over this database and lake; `zone` counts until the chain has set its own.
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

    /// The chain's time zone, which decides an event's day.
    pub async fn time_zone(&self) -> Result<TimeZone> {
        match store::find_time_zone(self.db.read()).await? {
            Some(name) => TimeZone::get(&name).map_err(Error::internal),
            None => Ok(self.zone.clone()),
        }
    }

    /// Answers a query. The future is boxed here, so that callers' crates do not compile DataFusion's a second time.
    pub fn query<'a>(&'a self, query: &'a Query) -> Pin<Box<dyn Future<Output = Result<Table>> + Send + 'a>> {
        Box::pin(self.answer(query))
    }

    async fn answer(&self, query: &Query) -> Result<Table> {
        let fresh = self.fresh().await?;
        let session = self.session();
        let files: Vec<LakeFile> = fresh.files.iter().filter(|file| query.needs(file)).cloned().collect();
        let events = self.events(&session, &files, &fresh).await?;
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

    /// The rows of these files by time, with the days of `zone`, a few at a time.
    pub(crate) async fn read_sorted(&self, files: &[LakeFile], zone: &TimeZone) -> Result<SendableRecordBatchStream> {
        let session = self.session();
        let order = vec![col("at").sort(true, false), col("seq").sort(true, false)];
        let mut rows: Option<DataFrame> = None;
        // Each file is sorted, so rows are merged as they are read; several in one scan would be sorted again.
        for file in files {
            let options = ParquetReadOptions::default().schema(&SCHEMA).file_sort_order(vec![order.clone()]);
            let one = session.read_parquet(self.lake.address(&file.path)?, options).await.map_err(Error::internal)?;
            let one = in_zone(one, zone, is_of(file, zone))?;
            rows = Some(match rows {
                Some(rows) => rows.union(one).map_err(Error::internal)?,
                None => one,
            });
        }
        let rows = rows.ok_or_else(|| Error::internal("a folder without files is merged"))?;
        rows.sort(order).map_err(Error::internal)?.execute_stream().await.map_err(Error::internal)
    }

    fn session(&self) -> SessionContext {
        let config = SessionConfig::new().with_target_partitions(2).with_information_schema(false);
        let session = SessionContext::new_with_config_rt(config, Arc::clone(&self.runtime));
        session.register_udf(prop::prop());
        session
    }

    async fn events(&self, session: &SessionContext, files: &[LakeFile], fresh: &Fresh) -> Result<DataFrame> {
        let mut rows = session.read_batch(fresh.tail.clone()).map_err(Error::internal)?;
        for current in [true, false] {
            let chosen = files.iter().filter(|file| is_of(file, &fresh.zone) == current);
            let addresses = chosen.map(|file| self.lake.address(&file.path)).collect::<Result<Vec<_>>>()?;
            if addresses.is_empty() {
                continue;
            }
            let options = ParquetReadOptions::default().schema(&SCHEMA);
            let stored = session.read_parquet(addresses, options).await.map_err(Error::internal)?;
            rows = in_zone(stored, &fresh.zone, current)?.union(rows).map_err(Error::internal)?;
        }
        Ok(rows)
    }

    /// What is not in the lake, read again only when something has moved on.
    async fn fresh(&self) -> Result<Arc<Fresh>> {
        let zone = self.time_zone().await?;
        let mark = self.mark(&zone).await?;
        let known = self.fresh.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(fresh) = known.filter(|fresh| fresh.mark == mark) {
            return Ok(fresh);
        }
        let (files, tail) = self.tail(&zone).await?;
        let people = people_batch(&store::list_people(self.db.read()).await?)?;
        let fresh = Arc::new(Fresh { mark, zone, files, tail, people });
        *self.fresh.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    async fn mark(&self, zone: &TimeZone) -> Result<Mark> {
        let log = store::log_mark(self.db.read()).await?;
        let mapping = store::mapping_mark(self.db.read()).await?;
        let files = store::manifest_mark(self.db.read()).await?;
        let lake = consumers::load(&self.db, CONSUMER).await?;
        let tail = count_committed(&self.db, lake).await?;
        Ok(Mark { log, mapping, lake, tail, files, zone: zone_name(zone) })
    }

    /// The manifest and the events after it.
    async fn tail(&self, zone: &TimeZone) -> Result<(Vec<LakeFile>, RecordBatch)> {
        let (mut position, files) = store::list_files(self.db.read(), CONSUMER).await?;
        let mut batches = Vec::new();
        loop {
            let events = read_committed(&self.db, position, TAIL_STEP).await?;
            let Some(last) = events.last() else { break };
            position = last.position();
            batches.push(of_events(&events, zone)?);
        }
        Ok((files, concat_batches(&SCHEMA, &batches).map_err(Error::internal)?))
    }

    /// Forgets what was read, after the lake was rewritten.
    pub fn forget(&self) {
        *self.fresh.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// A zone by its name, as the manifest keeps it.
pub(crate) fn zone_name(zone: &TimeZone) -> String {
    zone.iana_name().unwrap_or("UTC").to_owned()
}

fn is_of(file: &LakeFile, zone: &TimeZone) -> bool {
    file.time_zone == zone_name(zone)
}

/// The rows with the days of `zone`; `current` says that they have them already.
fn in_zone(rows: DataFrame, zone: &TimeZone, current: bool) -> Result<DataFrame> {
    if current {
        return Ok(rows);
    }
    rows.with_column("day", day_in(zone).call(vec![col("at")])).map_err(Error::internal)
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
