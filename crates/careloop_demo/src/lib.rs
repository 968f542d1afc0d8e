//! Makes a believable chain of dental clinics out of a seed: the files four systems would export, and the truth beside them.
//!
//! Nothing here touches the product's store. [`generate`] writes a folder: people and events as CSV with the maps that read
//! them, `manifest.json` (what to import, in order), `clinics.json` (the clinics to make first) and `truth.csv` (which human
//! each record really is; never imported, for measuring identity resolution). The chain then goes through the real intake.
//!
//! Invariants: the same [`Options`] give byte-equal files; no event lies at or after the end; every event names a record of a people
//! file, ad spend excepted; kinds and fields are those of `catalog/events.toml`; e-mail addresses never deliver.
//!
//! Start reading at `journey.rs` (a household's story), then `visit.rs` and `sales.rs`; `layouts_*.rs` say what the files look like.

mod ads;
mod booking;
mod calendar;
mod care;
mod channels;
mod clinics;
mod consult;
mod contacts;
mod course;
mod dice;
mod families;
mod journey;
mod layout;
mod layouts_clinic;
mod layouts_reach;
mod lead;
mod names;
mod next;
mod output;
mod outreach;
mod patient;
mod people_files;
mod prepaid;
mod price_list;
mod records;
mod sales;
mod sheet;
pub mod town;
mod visit;
mod world;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::calendar::Calendar;
use crate::clinics::CLINICS;
use crate::dice::Dice;
use crate::families::Registry;
use crate::names::Names;
use crate::output::{Output, write_file};
use crate::people_files::PeopleFiles;
use crate::world::World;

/// What chain to make.
#[derive(Clone, Debug)]
pub struct Options {
    /// Humans to invent, at least 1; some are seen by one system, some by all.
    pub people: u32,
    /// The same seed with the same other options gives the same files.
    pub seed: u64,
    /// Years of history before `end`, 1 to 20.
    pub years: u16,
    /// The first day without events; appointments already booked may lie after it.
    pub end: Date,
    /// IANA name of the zone the files' civil times are in, such as `Asia/Shanghai`.
    pub time_zone: String,
}

/// A file to import, in the order of the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ManifestEntry {
    /// File name in the folder.
    pub file: String,
    /// Name of the map that reads it.
    pub map: String,
    /// Source to import it under; register it first.
    pub source: String,
    /// `people` or `events`.
    pub kind: &'static str,
    /// Rows below the header.
    pub rows: u64,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Humans invented.
    pub people: u32,
    /// Rows of the people files.
    pub records: u64,
    /// Rows of the events files.
    pub events: u64,
    /// Events by kind.
    pub kinds: BTreeMap<String, u64>,
    /// The files to import, in order.
    pub files: Vec<ManifestEntry>,
}

/// Why no chain was made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The options contradict themselves; says which and what to give instead.
    #[error("{0}")]
    Options(&'static str),
    /// A file could not be written.
    #[error("cannot write {path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A row could not be written.
    #[error("cannot write a row: {0}")]
    Csv(#[from] csv::Error),
    /// The name tables or a document of the folder are not what they should be.
    #[error("cannot read or write a table: {0}")]
    Json(#[from] serde_json::Error),
    /// The story told something its file has no column for: a mistake in this crate.
    #[error("the file {file} declares no {what} of that type")]
    Undeclared {
        /// The events file.
        file: &'static str,
        /// The kind or field.
        what: String,
    },
}

impl Error {
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}

/// Writes the chain into `out`, which is made if it is not there; files of the same names are replaced.
///
/// Memory does not grow with the people: rows go to disk as the story is told.
///
/// # Errors
/// Options out of range, an unknown zone, or a folder that cannot be written.
pub fn generate(options: &Options, out: &Path) -> Result<Summary, Error> {
    check(options)?;
    let mut dice = Dice::new(options.seed);
    let calendar = Calendar::new(options.end, options.years)?;
    let registry = Registry::new(Names::load()?, &mut dice);
    let files = (Output::create(out)?, PeopleFiles::create(out)?);
    let mut world = World::new(dice, calendar, registry, files);
    while world.registry.entities < options.people {
        let day = world.calendar.draw_day(&mut world.dice);
        let clinic = world.calendar.draw_clinic(&mut world.dice, day);
        let today = world.calendar.date(world.calendar.end);
        let room = options.people - world.registry.entities;
        let family = world.registry.family(&mut world.dice, room, clinic, today);
        journey::tell_family(&mut world, &family, day)?;
    }
    ads::tell(&mut world)?;
    finish(world, options, out)
}

fn check(options: &Options) -> Result<(), Error> {
    if options.people == 0 {
        return Err(Error::Options("a chain needs people: ask for at least 1"));
    }
    if !(1..=20).contains(&options.years) {
        return Err(Error::Options("the years of history must be 1 to 20"));
    }
    if TimeZone::get(&options.time_zone).is_err() {
        return Err(Error::Options("the time zone is unknown: give an IANA name such as Asia/Shanghai"));
    }
    Ok(())
}

fn finish(world: World, options: &Options, out: &Path) -> Result<Summary, Error> {
    let kinds: BTreeMap<String, u64> =
        world.out.counts.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect();
    let mut files = Vec::new();
    for (file, map, source, rows) in world.people.finish(out, &options.time_zone)? {
        files.push(ManifestEntry { file, map: map.to_owned(), source: source.to_owned(), kind: "people", rows });
    }
    let records = files.iter().map(|entry| entry.rows).sum();
    for (layout, rows) in world.out.finish(&options.time_zone)? {
        let (file, map) = (format!("{}.csv", layout.name), format!("{}.toml", layout.name));
        files.push(ManifestEntry { file, map, source: layout.source.to_owned(), kind: "events", rows });
    }
    write_file(out, "manifest.json", &serde_json::to_string_pretty(&files)?)?;
    write_file(out, "clinics.json", &serde_json::to_string_pretty(&CLINICS)?)?;
    Ok(Summary { people: world.registry.entities, records, events: kinds.values().sum(), kinds, files })
}
