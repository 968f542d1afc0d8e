//! One file per command; each opens the installation, calls the features' services, and prints.

mod demo;
mod doctor;
mod export;
mod import;
mod init;
mod metric;
mod person;
mod rebuild;
mod segment;
mod serve;
mod source;
mod staff;

use careloop_access::settings::FirstSettings;
use careloop_server::{Config, ConfigFile, Parts};

use crate::cli::{Cli, Command, Place};
use crate::output::print;

/// Runs the command that was typed.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    let json = cli.json;
    let place = &cli.place;
    match cli.command {
        Command::Serve => serve::run(&config(place)?).await,
        Command::Demo { people, seed, fresh } => demo::run(config(place)?, &demo::Wish { people, seed, fresh }).await,
        Command::Init { admin, time_zone, currency } => {
            let wish = init::Wish::parse(admin, time_zone, currency.as_deref())?;
            init::run(&config(place)?, wish, json).await
        }
        Command::Staff { command } => staff::run(place, command, json).await,
        Command::Source { command } => source::run(&open(place).await?, command, json).await,
        Command::Import { file, source, map, dry_run, rejects } => {
            let wish = import::Wish { file, source, map, dry_run, rejects };
            import::run(&open(place).await?, &wish, json).await
        }
        Command::Resolve { full, learn } => rebuild::resolve(&open(place).await?, (full, learn), json).await,
        Command::Export { command } => export::run(place, command, json).await,
        Command::Segment { command } => segment::run(place, command, json).await,
        Command::Person { command } => person::run(&open(place).await?, command, json).await,
        Command::Metric { command } => metric::run(place, command, json).await,
        Command::Rebuild { only } => rebuild::run(&open(place).await?, only, json).await,
        Command::Doctor => doctor::run(&config(place)?, json).await,
        Command::Openapi => print(&careloop_server::openapi_json()),
    }
}

/// The settings of this call.
fn config(place: &Place) -> anyhow::Result<Config> {
    let file = ConfigFile::read(place.config.as_deref())?;
    Ok(place.settings().over(file).resolve()?)
}

/// Opens the installation, making the database on first use.
async fn open(place: &Place) -> anyhow::Result<Parts> {
    Ok(Parts::open(&config(place)?, FirstSettings::default()).await?)
}
