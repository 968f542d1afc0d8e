//! Load on a running server, and a watch on who enters a segment: from the moment an event is sent to the moment the stored
//! membership says so.
//!
//! So many events a second go to `/v1/batch` on one connection in tenths of a second. On another, every fifth of a second
//! somebody complains (`complaint.opened`), which gives a tag (`care.complaint_open`) that the built-in segment of unhappy
//! customers asks for; a reader of the database looks for the entry every few milliseconds.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, ensure};
use base64::Engine as _;
use roaring::RoaringBitmap;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, Row as _, SqliteConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::dice::Dice;
use crate::percentile::percentile;

const SEGMENT: &str = "unhappy";
const LOOK: Duration = Duration::from_millis(5);
const PROBE: Duration = Duration::from_millis(200);
/// How long the last ones are waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long the first complaint may take.
const WAKING: Duration = Duration::from_secs(3_600);

/// Tells the events of one run from those of another: microseconds since 1970.
static RUN: LazyLock<u128> = LazyLock::new(|| SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_micros()));

/// What to send, to whom.
#[derive(Debug, Clone)]
pub(crate) struct Load {
    pub(crate) address: String,
    pub(crate) key: String,
    pub(crate) records: u64,
    pub(crate) rate: u64,
    pub(crate) seconds: u64,
}

/// Prints how many were sent and how long memberships took.
pub(crate) async fn follow(load: Load, database: &Path) -> anyhow::Result<()> {
    let options = SqliteConnectOptions::new().filename(database).read_only(true);
    let mut watch = SqliteConnection::connect_with(&options).await?;
    let mut probes = probes(&mut watch, load.seconds * 1_000 / PROBE.as_millis() as u64 + 1).await?;
    let first = probes.pop().context("nobody is outside the segment")?;
    wake(&mut watch, &load, &first).await?;
    let sender = tokio::spawn(send(load.clone()));
    // The first second is the server's to wake up in.
    sleep(Duration::from_secs(1)).await;
    let prober = tokio::spawn(probe(load.clone(), probes.clone()));
    let seen = look(&mut watch, &probes, Duration::from_secs(load.seconds) + PATIENCE).await?;
    let (events, late) = sender.await??;
    let sent = prober.await??;
    let mut times: Vec<Duration> =
        sent.iter().filter_map(|(person, at)| Some(seen.get(person)?.saturating_duration_since(*at))).collect();
    println!("events {events}\nbehind_s {late:.1}\nprobes {}\nentered {}", sent.len(), times.len());
    println!("p50_ms {:.0}\np99_ms {:.0}", percentile(&mut times, 0.5), percentile(&mut times, 0.99));
    Ok(())
}

/// Sends the chain's first complaint and waits until everybody is folded for it: tags told from complaints waited for their
/// data, which happens once in the life of a chain.
async fn wake(watch: &mut SqliteConnection, load: &Load, (person, key): &(i64, String)) -> anyhow::Result<()> {
    let began = Instant::now();
    Line::open(load).await?.post(&[event("complaint.opened", key, u64::MAX)]).await?;
    let entered = "SELECT COUNT(*) FROM segment_changes c JOIN segments s ON s.ord = c.segment
                   WHERE s.preset = $1 AND c.entered AND c.person = $2";
    let behind = "SELECT COUNT(*) FROM person_profiles WHERE basis < (SELECT MAX(basis) FROM person_profiles)";
    loop {
        let inside: i64 = sqlx::query_scalar(entered).bind(SEGMENT).bind(person).fetch_one(&mut *watch).await?;
        let left: i64 = sqlx::query_scalar(behind).fetch_one(&mut *watch).await?;
        if inside > 0 && left == 0 {
            println!("woken_s {:.1}", began.elapsed().as_secs_f64());
            return Ok(());
        }
        ensure!(began.elapsed() < WAKING, "the server did not fold everybody within {} s", WAKING.as_secs());
        sleep(Duration::from_secs(1)).await;
    }
}

/// People far apart with the key of a record, none of whom is in the segment yet.
async fn probes(watch: &mut SqliteConnection, count: u64) -> anyhow::Result<Vec<(i64, String)>> {
    let members: Vec<u8> = sqlx::query_scalar("SELECT members FROM segments WHERE preset = $1")
        .bind(SEGMENT)
        .fetch_one(&mut *watch)
        .await?;
    let members = RoaringBitmap::deserialize_from(members.as_slice())?;
    let sql = "SELECT r.person, MIN(r.source_key) FROM records r WHERE r.ord % 97 = 5 GROUP BY r.person";
    let rows = sqlx::query(sql).fetch_all(watch).await?;
    let outside = rows.iter().map(|row| (row.get::<i64, _>(0), row.get::<String, _>(1)));
    let outside = outside.filter(|(person, _)| u32::try_from(*person).is_ok_and(|person| !members.contains(person)));
    Ok(outside.take(usize::try_from(count)?).collect())
}

async fn look(
    watch: &mut SqliteConnection,
    probes: &[(i64, String)],
    most: Duration,
) -> anyhow::Result<HashMap<i64, Instant>> {
    let sql = "SELECT c.ord, c.person FROM segment_changes c JOIN segments s ON s.ord = c.segment
               WHERE s.preset = $1 AND c.entered AND c.ord > $2 ORDER BY c.ord";
    let mut last: i64 =
        sqlx::query_scalar("SELECT COALESCE(MAX(ord), 0) FROM segment_changes").fetch_one(&mut *watch).await?;
    let (began, mut seen) = (Instant::now(), HashMap::new());
    while seen.len() < probes.len() && began.elapsed() < most {
        for row in sqlx::query(sql).bind(SEGMENT).bind(last).fetch_all(&mut *watch).await? {
            last = row.get(0);
            seen.entry(row.get(1)).or_insert_with(Instant::now);
        }
        sleep(LOOK).await;
    }
    Ok(seen)
}

/// Sends the load and gives the number of events and how far it fell behind its own clock.
async fn send(load: Load) -> anyhow::Result<(u64, f64)> {
    let mut line = Line::open(&load).await?;
    let (mut dice, mut events) = (Dice::new(11, load.records), 0);
    let mut ticks = interval(Duration::from_millis(100));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let began = Instant::now();
    for _ in 0..load.seconds * 10 {
        ticks.tick().await;
        let batch: Vec<String> = (0..load.rate / 10)
            .map(|_| {
                events += 1;
                let kind = ["page.viewed", "touch.opened", "touch.clicked", "content.viewed"][dice.below(4) as usize];
                let key = format!("R{:08}", dice.below(load.records) + 1);
                event(kind, &key, events)
            })
            .collect();
        line.post(&batch).await?;
    }
    Ok((events, began.elapsed().as_secs_f64() - load.seconds as f64))
}

async fn probe(load: Load, probes: Vec<(i64, String)>) -> anyhow::Result<Vec<(i64, Instant)>> {
    let mut line = Line::open(&load).await?;
    let mut ticks = interval(PROBE);
    let mut sent = Vec::with_capacity(probes.len());
    for (number, (person, key)) in (0..).zip(probes) {
        ticks.tick().await;
        let at = Instant::now();
        line.post(&[event("complaint.opened", &key, number)]).await?;
        sent.push((person, at));
    }
    Ok(sent)
}

fn event(kind: &str, key: &str, number: u64) -> String {
    let run = *RUN;
    format!(
        r#"{{"type":"track","event":"{kind}","userId":"{key}","messageId":"{kind}-{run}-{number}","properties":{{"channel":"wecom","complaint_id":"q{run}-{number}"}}}}"#
    )
}

/// A connection that waits for each answer.
struct Line {
    stream: TcpStream,
    head: String,
}

impl Line {
    async fn open(load: &Load) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(&load.address).await.context("the server does not answer")?;
        stream.set_nodelay(true)?;
        let authorization = base64::engine::general_purpose::STANDARD.encode(format!("{}:", load.key));
        let head = format!(
            "POST /v1/batch HTTP/1.1\r\nHost: {}\r\nAuthorization: Basic {authorization}\r\nContent-Type: application/json\r\n",
            load.address
        );
        Ok(Self { stream, head })
    }

    async fn post(&mut self, events: &[String]) -> anyhow::Result<()> {
        let body = format!(r#"{{"batch":[{}]}}"#, events.join(","));
        let mut request = Vec::with_capacity(body.len() + 400);
        write!(request, "{}Content-Length: {}\r\n\r\n{body}", self.head, body.len())?;
        self.stream.write_all(&request).await?;
        let mut answer = Vec::with_capacity(1_024);
        loop {
            ensure!(self.stream.read_buf(&mut answer).await? > 0, "the server closed the connection");
            let text = String::from_utf8_lossy(&answer);
            let Some((head, content)) = text.split_once("\r\n\r\n") else { continue };
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok()).flatten()
            });
            if content.len() >= length.context("an answer without a length")? {
                ensure!(
                    head.starts_with("HTTP/1.1 200"),
                    "the server answered {}",
                    head.lines().next().unwrap_or_default()
                );
                return Ok(());
            }
        }
    }
}
