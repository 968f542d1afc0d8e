//! The parts of `bench/ingest.sh` that must be quick: a load generator and PostgreSQL's own COPY of the same rows.
//!
//! `load URL KEY SECONDS CONNECTIONS BATCH` sends batches over HTTP, `copy DATABASE_URL ROWS` copies, `count DATABASE_URL`
//! counts the log. Each prints `name value` lines.
#![expect(clippy::print_stdout, reason = "a benchmark's result goes to stdout")]

mod copy;
mod events;
mod load;

use anyhow::{Context, bail};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match words.as_slice() {
        ["load", url, key, seconds, connections, batch] => {
            let plan = load::Plan {
                address: url.strip_prefix("http://").context("the URL starts with http://")?.to_owned(),
                key: (*key).to_owned(),
                seconds: seconds.parse()?,
                connections: connections.parse()?,
                batch: batch.parse()?,
            };
            let outcome = runtime.block_on(load::run(plan))?;
            println!("events {}", outcome.events);
            println!("per_second {:.0}", outcome.events as f64 / outcome.seconds);
            println!("p50_ms {:.1}", outcome.percentile(0.50));
            println!("p99_ms {:.1}", outcome.percentile(0.99));
            println!("busy {}", outcome.busy);
        }
        ["copy", url, rows] => {
            let outcome = runtime.block_on(copy::run(url, rows.parse()?))?;
            println!("version {}", outcome.version);
            println!("settings {}", outcome.settings);
            println!("same_per_second {:.0}", outcome.same);
            println!("bare_per_second {:.0}", outcome.bare);
            println!("batches_per_second {:.0}", outcome.batches);
        }
        ["count", url] => println!("{}", runtime.block_on(copy::count(url))?),
        _ => bail!("usage: load URL KEY SECONDS CONNECTIONS BATCH | copy DATABASE_URL ROWS | count DATABASE_URL"),
    }
    Ok(())
}
