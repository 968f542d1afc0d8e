//! The parts of `bench/segments.sh` that are no peer's: a chain with a history, questions to the product, load and a watch.
//!
//! `town PEOPLE SEED DIR` writes the people's file; once it is imported and resolved, `fill DATABASE DIR EVENTS SEED END` adds
//! clinics and events and writes the events as CSV. `found DATABASE DIR` writes what the product made of them: people, values
//! of tags and how many people have each. `count URL KEYS RULES END` times rules and prints their counts, `algebra DATABASE`
//! the algebra of stored memberships. `follow ADDRESS KEY DATABASE RECORDS RATE SECONDS` loads a server and times memberships.
#![expect(clippy::print_stdout, reason = "a benchmark's result goes to stdout")]

mod algebra;
mod count;
mod dice;
mod fill;
mod follow;
mod found;
mod life;
mod percentile;
mod told;

use std::path::Path;

use anyhow::bail;
use careloop_demo::town;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["town", people, seed, dir] => {
            let rates = town::Rates::default();
            let options = town::Options { people: people.parse()?, seed: seed.parse()?, rates };
            let made = town::generate(&options, Path::new(dir))?;
            println!("people {}\nrecords {}", made.people, made.records);
        }
        ["fill", database, dir, events, seed, end] => {
            let (events, seed, end) = (events.parse()?, seed.parse()?, end.parse::<i64>()? * 1_000);
            let plan = fill::Plan { database: Path::new(database), dir: Path::new(dir), events, seed, end };
            let (people, events) = fill::fill(&plan).await?;
            println!("people {people}\nevents {events}");
        }
        ["found", database, dir] => found::write(Path::new(database), Path::new(dir)).await?,
        ["count", url, keys, rules, end] => {
            count::count(url, Path::new(keys), Path::new(rules), end.parse()?).await?;
        }
        ["algebra", database] => algebra::measure(Path::new(database)).await?,
        ["follow", address, key, database, records, rate, seconds] => {
            let load = follow::Load {
                address: (*address).to_owned(),
                key: (*key).to_owned(),
                records: records.parse()?,
                rate: rate.parse()?,
                seconds: seconds.parse()?,
            };
            follow::follow(load, Path::new(database)).await?;
        }
        _ => bail!(
            "usage: town PEOPLE SEED DIR | fill DATABASE DIR EVENTS SEED END | found DATABASE DIR | count URL KEYS RULES END | \
             algebra DATABASE | follow ADDRESS KEY DATABASE RECORDS RATE SECONDS"
        ),
    }
    Ok(())
}
