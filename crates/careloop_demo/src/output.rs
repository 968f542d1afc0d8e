//! The folder of files being written: rows go straight to disk, so memory does not grow with the chain.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::calendar::{Calendar, Day, Moment};
use crate::clinics::CLINICS;
use crate::layout::{Cell, Layout};
use crate::layouts_clinic::{APPOINTMENTS, BILLING, CARE, PLANS, VISITS};
use crate::layouts_reach::{
    AD_SPEND, DEAL_LEADS, DEAL_ORDERS, MINIAPP_LEADS, MINIAPP_VIEWS, WECOM_LEADS, WECOM_MESSAGES,
};
use crate::sheet::{Encoding, Sheet};

/// Every events file, in the order they are imported.
pub(crate) static LAYOUTS: [&Layout; 12] = [
    &DEAL_LEADS,
    &MINIAPP_LEADS,
    &WECOM_LEADS,
    &DEAL_ORDERS,
    &APPOINTMENTS,
    &VISITS,
    &PLANS,
    &BILLING,
    &CARE,
    &WECOM_MESSAGES,
    &MINIAPP_VIEWS,
    &AD_SPEND,
];

/// A value of an event field. An empty text is an empty cell.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    /// Fen.
    Money(i64),
    Integer(i64),
    Boolean(bool),
    On(Day),
    At(Moment),
}

/// To whom, where and when something happened.
#[derive(Clone, Copy)]
pub(crate) struct Stamp<'a> {
    pub(crate) record: &'a str,
    pub(crate) clinic: usize,
    pub(crate) at: Moment,
}

struct EventFile {
    layout: &'static Layout,
    sheet: Sheet,
    cells: Vec<String>,
}

/// The events files and the truth.
pub(crate) struct Output {
    folder: PathBuf,
    events: Vec<EventFile>,
    truth: Sheet,
    pub(crate) counts: BTreeMap<&'static str, u64>,
}

impl Output {
    pub(crate) fn create(folder: &Path) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(|source| Error::io(folder, source))?;
        let mut events = Vec::new();
        for layout in LAYOUTS {
            let mut sheet = Sheet::create(folder, &format!("{}.csv", layout.name), layout.encoding)?;
            sheet.line(layout.headers())?;
            events.push(EventFile { layout, sheet, cells: vec![String::new(); layout.columns.len() + 5] });
        }
        let mut truth = Sheet::create(folder, "truth.csv", Encoding::Utf8)?;
        truth.line(["source", "source_id", "entity", "household"])?;
        Ok(Self { folder: folder.to_owned(), events, truth, counts: BTreeMap::new() })
    }

    /// Writes one event, unless it lies at or after the end: the future has not happened.
    pub(crate) fn log(
        &mut self,
        calendar: &Calendar,
        (layout, kind): (&'static Layout, &'static str),
        stamp: Stamp<'_>,
        fields: &[(&'static str, Value<'_>)],
    ) -> Result<(), Error> {
        if stamp.at.day() >= calendar.end {
            return Ok(());
        }
        let undeclared = |what: &str| Error::Undeclared { file: layout.name, what: what.to_owned() };
        let file =
            self.events.iter_mut().find(|file| file.layout.name == layout.name).ok_or_else(|| undeclared(kind))?;
        let label = layout.kinds.iter().find(|(_, id)| *id == kind).ok_or_else(|| undeclared(kind))?.0;
        file.cells.iter_mut().for_each(String::clear);
        let _ = write!(file.cells[0], "{}{:08}", layout.prefix, file.sheet.rows + 1);
        file.cells[1].push_str(stamp.record);
        file.cells[2].push_str(label);
        write_moment(&mut file.cells[3], calendar, stamp.at);
        file.cells[4].push_str(CLINICS[stamp.clinic].name);
        for (field, value) in fields {
            let position = layout.position(field).ok_or_else(|| undeclared(field))?;
            let cell = &mut file.cells[position + 5];
            if !write_value(cell, calendar, layout.columns[position].cell, *value) {
                return Err(undeclared(field));
            }
        }
        *self.counts.entry(kind).or_default() += 1;
        file.sheet.row(file.cells.iter().map(String::as_str))
    }

    /// Notes which human a record is; kept aside, never imported.
    pub(crate) fn truth(&mut self, source: &str, id: &str, (entity, household): (u32, u32)) -> Result<(), Error> {
        self.truth.row([source, id, &format!("E{entity:07}"), &format!("F{household:07}")])
    }

    /// Closes every file; gives each events file with its layout and rows.
    pub(crate) fn finish(self, zone: &str) -> Result<Vec<(&'static Layout, u64)>, Error> {
        self.truth.finish()?;
        let mut done = Vec::new();
        for file in self.events {
            let (_, rows) = file.sheet.finish()?;
            write_file(&self.folder, &format!("{}.toml", file.layout.name), &file.layout.map(zone))?;
            done.push((file.layout, rows));
        }
        Ok(done)
    }
}

/// Writes a small file whole.
pub(crate) fn write_file(folder: &Path, name: &str, text: &str) -> Result<(), Error> {
    let path = folder.join(name);
    fs::write(&path, text).map_err(|source| Error::io(&path, source))
}

pub(crate) fn write_moment(cell: &mut String, calendar: &Calendar, at: Moment) {
    let second = at.second_of_day();
    let _ =
        write!(cell, "{} {:02}:{:02}:{:02}", calendar.label(at.day()), second / 3600, second / 60 % 60, second % 60);
}

/// False when the value does not suit the column.
fn write_value(cell: &mut String, calendar: &Calendar, kind: Cell, value: Value<'_>) -> bool {
    match (kind, value) {
        (Cell::Text, Value::Text(text)) => cell.push_str(text),
        (Cell::Coded(_), Value::Text("")) => {}
        (Cell::Coded(values), Value::Text(text)) => match values.iter().find(|(_, id)| *id == text) {
            Some((label, _)) => cell.push_str(label),
            None => return false,
        },
        (Cell::Money, Value::Money(fen)) => {
            let _ = write!(cell, "{}.{:02}", fen / 100, fen % 100);
        }
        (Cell::Integer | Cell::Decimal, Value::Integer(number)) => {
            let _ = write!(cell, "{number}");
        }
        (Cell::Boolean, Value::Boolean(truth)) => cell.push_str(if truth { "true" } else { "false" }),
        (Cell::Date, Value::On(day)) => cell.push_str(calendar.label(day)),
        (Cell::Timestamp, Value::At(at)) => write_moment(cell, calendar, at),
        _ => return false,
    }
    true
}
