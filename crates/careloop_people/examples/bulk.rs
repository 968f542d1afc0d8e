//! How long a bulk import and a resolve take: `cargo run --release -p careloop_people --example bulk -- [RECORDS] [URL]`.
//!
//! Writes invented records (two in five are a second record of somebody) in batches of 20,000, the next batch prepared while one is
//! written, then resolves everything, then resolves single new records, and prints the seconds of each step.

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use careloop_db::{Db, run};
use careloop_kernel::{Ctx, Env, SystemClock, SystemRandom, Vault};
use careloop_people::{
    IncomingRecord, Mode, PhoneNumber, PhoneRole, RecordFields, Resolve, prepare_records, resolve, upsert_records,
    write_records,
};

const BATCH: u64 = 20_000;

/// The seed of one person's fields: the same seed, the same person.
fn person(seed: u64, key: u64) -> IncomingRecord {
    let surnames: Vec<char> =
        "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
            .chars()
            .collect();
    let given: Vec<char> = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文玉兰志建国子轩浩宇梓涵欣怡雨泽一诺思远佳琪晨曦嘉豪雪梅冬春夏秋山河海".chars().collect();
    let mut state = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut dice = |limit: usize| {
        state ^= state >> 29;
        state = state.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state ^= state >> 32;
        usize::try_from(state % limit as u64).unwrap_or(0)
    };
    let mut name = String::from(surnames[dice(surnames.len())]);
    (0..=dice(4).min(1)).for_each(|_| name.push(given[dice(given.len())]));
    let birth = jiff::civil::Date::new(
        1940 + i16::try_from(dice(80)).unwrap_or(0),
        1 + i8::try_from(dice(12)).unwrap_or(0),
        1 + i8::try_from(dice(28)).unwrap_or(0),
    );
    let phone = format!("1{}{:09}", [3, 5, 8][dice(3)], 100_000_000 + dice(800_000_000));
    let fields = RecordFields {
        name: Some(name),
        phones: vec![PhoneNumber { text: phone, role: PhoneRole::Own }],
        birth_date: birth.ok(),
        union_id: (dice(3) == 0).then(|| format!("o{seed:027}")),
        ..RecordFields::default()
    };
    IncomingRecord { source_key: format!("C{key:08}"), fields, ..IncomingRecord::default() }
}

fn batch(start: u64, end: u64) -> Vec<IncomingRecord> {
    (start..end).map(|key| person(if key % 5 < 2 { key / 5 * 5 + 2 } else { key }, key)).collect()
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let records: u64 =
        std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse()).context("the number of records")?;
    let folder = tempfile::tempdir()?;
    let url =
        std::env::args().nth(2).unwrap_or_else(|| format!("sqlite://{}", folder.path().join("bulk.db").display()));
    let db = Db::open(&url).await?;
    let env = Env { clock: Arc::new(SystemClock), random: Arc::new(SystemRandom), vault: Vault::new(&[7; 32]) };
    let ctx = Ctx::system(env, "bench");
    run(db.write(), "INSERT INTO sources (ord, id, name, kind, strict, created_at) VALUES (2, 'src_bench', 'bench', 'file', FALSE, 0)", []).await?;
    let mut out = std::io::stdout();
    let started = Instant::now();
    let mut next = prepare_records(&ctx, batch(0, BATCH.min(records)), Mode::Replace).await?;
    let mut end = BATCH.min(records);
    loop {
        let start = end;
        end = (end + BATCH).min(records);
        let preparing = {
            let ctx = ctx.clone();
            tokio::spawn(async move { prepare_records(&ctx, batch(start, end), Mode::Replace).await })
        };
        let tx = db.begin().await?;
        write_records(&*tx, &ctx, 2, next).await?;
        tx.commit().await?;
        next = preparing.await??;
        if start == records {
            break;
        }
    }
    writeln!(out, "{records} records written in {:.1} s", started.elapsed().as_secs_f64())?;
    let started = Instant::now();
    let report = resolve(&db, &ctx, Resolve::Full).await?;
    writeln!(
        out,
        "full resolve of {} records: {} persons in {:.1} s",
        report.records,
        report.persons,
        started.elapsed().as_secs_f64()
    )?;
    let started = Instant::now();
    let report = resolve(&db, &ctx, Resolve::Full).await?;
    writeln!(
        out,
        "a second full resolve, nothing new: {} changed persons in {:.1} s",
        report.changed.len(),
        started.elapsed().as_secs_f64()
    )?;
    let mut times = Vec::new();
    for key in 0..500 {
        upsert_records(&db, &ctx, 2, vec![person(key * 7, records + key)]).await?;
        let started = Instant::now();
        resolve(&db, &ctx, Resolve::Incremental).await?;
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    writeln!(out, "one new record: p50 {:.1} ms, p99 {:.1} ms", times[times.len() / 2], times[times.len() * 99 / 100])?;
    Ok(())
}
