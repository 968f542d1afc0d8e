//! One record after the other, as they arrive at a chain that knows a million.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use careloop_access::keys;
use careloop_db::{Db, run};
use careloop_kernel::{Ctx, Env, SystemClock, SystemRandom};
use careloop_people::{
    Address, Gender, IncomingRecord, PhoneNumber, PhoneRole, RecordFields, Resolve, resolve, upsert_records,
};

/// A source of its own, so that nothing is overwritten.
const SOURCE: i64 = 9_999;
/// Arrivals that are not timed, while caches fill.
const WARM: usize = 50;

/// Lets `count` people of the town, spread over all of it, come in by another way: a new record each, stored and resolved by
/// itself. Prints milliseconds.
pub async fn arrive(url: &str, keys: &Path, records: &Path, count: usize) -> anyhow::Result<()> {
    let db = Db::open(url).await?;
    let env = Env { clock: Arc::new(SystemClock), random: Arc::new(SystemRandom), vault: keys::load_or_create(keys)? };
    let ctx = Ctx::system(env, "bench");
    let sql = "INSERT INTO sources (ord, id, name, kind, strict, created_at) VALUES ($1, 'src_arrivals', 'arrivals', 'file', FALSE, 0)
               ON CONFLICT DO NOTHING";
    run(db.write(), sql, [SOURCE.into()]).await?;
    let arrivals = read(records, count + WARM)?;
    // In a task, as all work of the server is: the thread that hears from the database goes on with it.
    let times = tokio::spawn(async move { one_by_one(&db, &ctx, arrivals).await }).await??;
    for (name, mut times) in ["stored", "resolved", "both"].into_iter().zip(times) {
        times.sort_unstable();
        let at = |share: usize| times[(times.len() * share / 1_000).min(times.len() - 1)].as_secs_f64() * 1_000.0;
        println!("{name} p50 {:.2} p99 {:.2} p999 {:.2} ms of {}", at(500), at(990), at(999), times.len());
    }
    Ok(())
}

/// How long each takes to be stored, to be resolved, and both.
async fn one_by_one<P>(db: &Db, ctx: &Ctx<P>, arrivals: Vec<IncomingRecord>) -> anyhow::Result<[Vec<Duration>; 3]> {
    let mut times: [Vec<Duration>; 3] = Default::default();
    for (at, record) in arrivals.into_iter().enumerate() {
        let started = Instant::now();
        upsert_records(db, ctx, SOURCE, vec![record]).await?;
        let middle = Instant::now();
        let report = resolve(db, ctx, Resolve::Incremental).await?;
        anyhow::ensure!(!report.full, "record {at} made everything be looked at");
        if at >= WARM {
            let spent = [middle - started, middle.elapsed(), started.elapsed()];
            times.iter_mut().zip(spent).for_each(|(times, spent)| times.push(spent));
        }
    }
    Ok(times)
}

/// So many rows of the file at even distances, each under a new key.
fn read(records: &Path, count: usize) -> anyhow::Result<Vec<IncomingRecord>> {
    let mut reader = csv::Reader::from_path(records)?;
    let headers = reader.headers()?.clone();
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>()?;
    let step = (rows.len() / count.max(1)).max(1);
    rows.iter().step_by(step).take(count).map(|row| incoming(&headers, row)).collect()
}

fn incoming(headers: &csv::StringRecord, row: &csv::StringRecord) -> anyhow::Result<IncomingRecord> {
    let text = |column: &str| {
        let at = headers.iter().position(|name| name == column)?;
        row.get(at).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let phone = |column| text(column).map(|text| PhoneNumber { text, role: PhoneRole::Own });
    let gender = match text("gender").as_deref() {
        Some("男") => Some(Gender::Male),
        Some("女") => Some(Gender::Female),
        _ => None,
    };
    let birth = text("birth_date");
    let birth_date = birth.as_deref().and_then(|text| text.parse().ok());
    let fields = RecordFields {
        name: text("name"),
        phones: [phone("phone"), phone("phone2")].into_iter().flatten().collect(),
        emails: text("email").into_iter().collect(),
        gender,
        birth_date,
        birth_date_text: birth.filter(|_| birth_date.is_none()),
        id_card: text("id_card"),
        union_id: text("union_id"),
        wecom_external_id: text("wecom_external_id"),
        address: Address { text: text("address"), ..Address::default() },
        guardian_name: text("guardian_name"),
        guardian_phone: text("guardian_phone"),
        ..RecordFields::default()
    };
    let source_key = text("record_no").context("no column `record_no`")?;
    Ok(IncomingRecord { source_key, fields, ..IncomingRecord::default() })
}
