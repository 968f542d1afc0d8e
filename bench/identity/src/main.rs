//! The parts of `bench/identity.sh` that are no peer's: a town of families, and a judge who knows the truth.
//!
//! `town PEOPLE SEED DIR [varied]` writes records, their map and the truth; `same-phone RECORDS` joins whoever shares a phone, as
//! a floor; `measure TRUTH FOUND` prints how well FOUND tells people apart, `ceiling TRUTH RECORDS FOUND` how many pairs of a
//! household anybody could find. `arrive URL KEYS RECORDS COUNT` times single new records at a chain that has RECORDS.
#![expect(clippy::print_stdout, reason = "a benchmark's result goes to stdout")]

mod arrive;
mod ceiling;
mod measure;
mod same_phone;

use std::path::Path;

use anyhow::bail;
use careloop_demo::town;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["town", people, seed, dir, more @ ..] => {
            let seed = seed.parse()?;
            let rates = match more {
                [] => town::Rates::default(),
                ["varied"] => town::Rates::default().varied(seed),
                _ => bail!("after the folder comes `varied` or nothing"),
            };
            let made = town::generate(&town::Options { people: people.parse()?, seed, rates }, Path::new(dir))?;
            println!("people {}\nrecords {}", made.people, made.records);
        }
        ["arrive", url, keys, records, count] => {
            arrive::arrive(url, Path::new(keys), Path::new(records), count.parse()?).await?;
        }
        ["same-phone", records] => same_phone::write(Path::new(records))?,
        ["ceiling", truth, records, found] => {
            print!("{}", ceiling::ceiling(Path::new(truth), Path::new(records), Path::new(found))?);
        }
        ["measure", truth, found] => print!("{}", measure::measure(Path::new(truth), Path::new(found))?),
        _ => bail!(
            "usage: town PEOPLE SEED DIR [varied] | same-phone RECORDS | measure TRUTH FOUND | ceiling TRUTH RECORDS FOUND | \
             arrive URL KEYS RECORDS COUNT"
        ),
    }
    Ok(())
}
