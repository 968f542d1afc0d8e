//! Batches over HTTP/1.1, one connection a task, each waiting for its answer: a closed loop.

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use base64::Engine as _;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::events::Event;

/// What to send.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) address: String,
    pub(crate) key: String,
    pub(crate) seconds: u64,
    pub(crate) connections: u64,
    pub(crate) batch: u64,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) events: u64,
    pub(crate) seconds: f64,
    pub(crate) busy: u64,
    latencies: Vec<Duration>,
}

impl Outcome {
    /// The latency, in milliseconds, that this share of the calls did not exceed.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let rank = (self.latencies.len() as f64 * share).ceil() as usize;
        self.latencies.get(rank.saturating_sub(1)).map_or(0.0, |latency| latency.as_secs_f64() * 1_000.0)
    }
}

pub(crate) async fn run(plan: Plan) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for connection in 0..plan.connections {
        tasks.spawn(send(plan.clone(), connection + 1, start));
    }
    let mut whole = Outcome::default();
    while let Some(part) = tasks.join_next().await {
        let part = part??;
        whole.events += part.events;
        whole.busy += part.busy;
        whole.latencies.extend(part.latencies);
    }
    whole.seconds = start.elapsed().as_secs_f64();
    whole.latencies.sort_unstable();
    Ok(whole)
}

async fn send(plan: Plan, connection: u64, start: Instant) -> anyhow::Result<Outcome> {
    let mut stream = TcpStream::connect(&plan.address).await.context("the server does not answer")?;
    stream.set_nodelay(true)?;
    let authorization = base64::engine::general_purpose::STANDARD.encode(format!("{}:", plan.key));
    let mut outcome = Outcome::default();
    let (mut body, mut request, mut number) = (Vec::new(), Vec::new(), 0);
    while start.elapsed() < Duration::from_secs(plan.seconds) {
        body.clear();
        body.extend_from_slice(br#"{"sentAt":"2026-01-01T08:00:01.000Z","batch":["#);
        for n in 0..plan.batch {
            if n > 0 {
                body.push(b',');
            }
            Event::new(connection, number + n).write(&mut body);
        }
        body.extend_from_slice(b"]}");
        request.clear();
        write!(
            request,
            "POST /v1/batch HTTP/1.1\r\nHost: {}\r\nAuthorization: Basic {authorization}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            plan.address,
            body.len()
        )?;
        request.extend_from_slice(&body);
        let sent = Instant::now();
        stream.write_all(&request).await?;
        match status(&mut stream).await? {
            200 => {
                outcome.latencies.push(sent.elapsed());
                outcome.events += plan.batch;
                number += plan.batch;
            }
            429 | 503 => outcome.busy += 1,
            other => bail!("the server answered {other}"),
        }
    }
    Ok(outcome)
}

/// Reads one answer to its end and gives its status.
async fn status(stream: &mut TcpStream) -> anyhow::Result<u16> {
    let mut answer = Vec::with_capacity(1_024);
    loop {
        let read = stream.read_buf(&mut answer).await?;
        ensure!(read > 0, "the server closed the connection");
        let text = String::from_utf8_lossy(&answer);
        let Some((head, content)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok()).flatten()
        });
        if content.len() >= length.context("an answer without a length")? {
            return head.split(' ').nth(1).and_then(|code| code.parse().ok()).context("an answer without a status");
        }
    }
}
