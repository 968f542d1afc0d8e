//! Questions to the product, as the rule builder on screen asks them: parsed, checked, answered, counted.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use careloop_access::keys;
use careloop_db::Db;
use careloop_kernel::permissions::ReadSegments;
use careloop_kernel::{Clock, Ctx, Env, SystemRandom};
use careloop_segments::{AsOf, Finder, preview};
use jiff::Timestamp;
use serde_json::Value;

use crate::percentile::percentile;

/// The instant all questions are about.
struct Still(Timestamp);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Asks each rule of the file (`NAME TAB RULE` lines) and prints `count NAME PEOPLE` lines, then `first_ms` (the dearest of the
/// first round, when nothing is in memory), `p50_ms` and `p99_ms` of a second round.
pub(crate) async fn count(url: &str, keys: &Path, rules: &Path, end: i64) -> anyhow::Result<()> {
    let db = Db::connect(url).await?;
    let clock = Arc::new(Still(Timestamp::from_second(end)?));
    let env = Env { clock, random: Arc::new(SystemRandom), vault: keys::load_or_create(keys)? };
    let system: Ctx = Ctx::system(env, "bench");
    let ctx = system.require::<ReadSegments>()?;
    let finder = Finder::default();
    let text = std::fs::read_to_string(rules)?;
    let rules: Vec<(&str, Value)> = text
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, rule)| Ok((name, serde_json::from_str(rule)?)))
        .collect::<anyhow::Result<_>>()?;
    let started = Instant::now();
    for (name, rule) in &rules {
        let began = Instant::now();
        let found = preview(&db, &ctx, &finder, rule, AsOf::Live).await?;
        println!("count\t{name}\t{}", found.count);
        print_first(name, began);
    }
    println!("first_round_s\t{:.1}", started.elapsed().as_secs_f64());
    let mut times = Vec::new();
    for (name, rule) in &rules {
        let began = Instant::now();
        preview(&db, &ctx, &finder, rule, AsOf::Live).await?;
        println!("ms\t{name}\t{:.2}", began.elapsed().as_secs_f64() * 1_000.0);
        times.push(began.elapsed());
    }
    println!("p50_ms\t{:.1}\np99_ms\t{:.1}", percentile(&mut times, 0.5), percentile(&mut times, 0.99));
    Ok(())
}

fn print_first(name: &str, began: Instant) {
    println!("first_ms\t{name}\t{:.2}", began.elapsed().as_secs_f64() * 1_000.0);
}
