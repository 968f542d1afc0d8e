//! A segment as a file: masked, safe to open in a spreadsheet, and on the audit log.

use careloop_access::audit;
use careloop_db::{ConnectionTrait, Db};
use careloop_kernel::ids::SegmentId;
use careloop_kernel::permissions::{ExportSegments, ReadPeople};
use careloop_kernel::{Ctx, Error, ErrorKind, Result};
use careloop_profiles::sets::from_bytes;
use careloop_profiles::{page_of, tag_library, tags_by_person};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_xlsxwriter::Workbook;
use serde_json::json;

use crate::held::membership;
use crate::store::{self, SegmentRow};

/// What the audit log calls it.
const EXPORTED: &str = "segment.exported";
/// How many files one member of staff may take within an hour.
const MOST_AN_HOUR: i64 = 20;
const HOUR_US: i64 = 3_600_000_000;
/// How many people are read at once.
const CHUNK: usize = 500;

/// What sort of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// CSV, UTF-8 with a byte-order mark so that spreadsheets read Chinese.
    Csv,
    /// XLSX.
    Xlsx,
}

impl ExportFormat {
    /// The format of a name: `csv` or `xlsx`.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "csv" => Ok(Self::Csv),
            "xlsx" => Ok(Self::Xlsx),
            _ => Err(Error::invalid("segments.format", "a segment is exported as csv or xlsx")
                .with_field("format", "csv or xlsx")),
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The file extension.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// A file.
#[derive(Debug, Clone)]
pub struct ExportFile {
    /// Its content.
    pub bytes: Vec<u8>,
    /// How many people are in it.
    pub count: u64,
}

/// The fields a file can have beside `person_id`; a tag's id is one too.
pub const FIELDS: [&str; 7] = ["name", "phone", "gender", "age", "clinics", "owner", "since"];

/// Writes the members the caller may see, with the chosen fields, into a file. Phones are masked.
pub async fn export(
    db: &Db,
    ctx: &Ctx<ExportSegments>,
    id: SegmentId,
    format: ExportFormat,
    fields: &[String],
) -> Result<ExportFile> {
    let fields: Vec<&str> =
        if fields.is_empty() { FIELDS.to_vec() } else { fields.iter().map(String::as_str).collect() };
    for field in &fields {
        if !FIELDS.contains(field) && tag_library().find(field).is_none() {
            let message = format!("`{field}` cannot be exported; there are {} and the ids of tags", FIELDS.join(", "));
            return Err(Error::invalid("segments.field", message).with_field("fields", *field));
        }
    }
    let segment = store::find(db.read(), &id.to_string()).await?.ok_or_else(|| {
        Error::not_found("segments.not_found", "there is no such segment; look at the list of segments")
    })?;
    let rows = rows(db, &ctx.require::<ReadPeople>()?, &segment, &fields).await?;
    let mut head = vec!["person_id".to_owned()];
    head.extend(fields.iter().map(|field| (*field).to_owned()));
    let bytes = match format {
        ExportFormat::Csv => csv_bytes(&head, &rows)?,
        ExportFormat::Xlsx => xlsx_bytes(&head, &rows)?,
    };
    let tx = db.begin().await?;
    let detail = json!({ "people": rows.len(), "fields": fields, "format": format.extension() });
    audit::append(&*tx, ctx, EXPORTED, &id.to_string(), detail).await?;
    require_pace(&*tx, ctx).await?;
    tx.commit().await?;
    Ok(ExportFile { bytes, count: rows.len() as u64 })
}

/// A member of staff exports so many files an hour at most. One too many leaves no trace: nothing left the house.
async fn require_pace(tx: &impl ConnectionTrait, ctx: &Ctx<ExportSegments>) -> Result<()> {
    if ctx.staff_ord().is_none() || audit::count_since(tx, ctx, EXPORTED, ctx.now_us() - HOUR_US).await? <= MOST_AN_HOUR
    {
        return Ok(());
    }
    let message = format!("you have exported {MOST_AN_HOUR} files within the hour; wait a while");
    Err(Error::new(ErrorKind::RateLimited, "segments.export_limit", message))
}

async fn rows(db: &Db, ctx: &Ctx<ReadPeople>, segment: &SegmentRow, fields: &[&str]) -> Result<Vec<Vec<String>>> {
    let zone = careloop_access::settings::load(db.read()).await?.time_zone;
    let with_tags = fields.iter().any(|field| tag_library().find(field).is_some());
    let members = from_bytes(&segment.members)?;
    let (mut rows, mut after) = (Vec::new(), 0);
    loop {
        let people = page_of(db.read(), ctx.scope(), &members, after, CHUNK).await?;
        let Some(last) = people.last() else { return Ok(rows) };
        after = *last;
        let held = store::held(db.read(), &people).await?;
        let cards = careloop_people::cards(db.read(), ctx, &people).await?;
        let tags = if with_tags { tags_by_person(db.read(), &people).await? } else { Vec::new() };
        for card in cards {
            let stored = held.iter().find(|row| row.person == card.person);
            let stored = stored.map(|row| membership(&row.held, segment.ord)).transpose()?.flatten();
            let since = stored.map_or(0, |stored| stored.since);
            let mut row = vec![card.person_id.to_string()];
            for field in fields {
                row.push(match *field {
                    "name" => card.name.clone(),
                    "phone" => card.phone_masked.clone().unwrap_or_default(),
                    "gender" => card.gender.map(|gender| gender.as_str().to_owned()).unwrap_or_default(),
                    "age" => card.age.map(|age| age.to_string()).unwrap_or_default(),
                    "clinics" => card.clinic_names.join("、"),
                    "owner" => card.owner_name.clone().unwrap_or_default(),
                    "since" => local_time(since, &zone),
                    tag => {
                        let tag = tag_library().find(tag).map_or(tag, |tag| tag.id.as_str());
                        let held = tags.iter().filter(|(person, held, _)| *person == card.person && held == tag);
                        held.map(|(_, _, value)| value.as_str()).collect::<Vec<_>>().join("、")
                    }
                });
            }
            rows.push(row.into_iter().map(|cell| harmless(&cell)).collect());
        }
    }
}

fn local_time(at: i64, zone: &TimeZone) -> String {
    let instant = Timestamp::from_microsecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    zone.to_datetime(instant).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// A cell that a spreadsheet takes for text: what would start a formula gets an apostrophe before it.
pub(crate) fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn csv_bytes(head: &[String], rows: &[Vec<String>]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(head).map_err(Error::internal)?;
    for row in rows {
        writer.write_record(row).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(|error| Error::internal(error.to_string()))
}

fn xlsx_bytes(head: &[String], rows: &[Vec<String>]) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory().map_err(Error::internal)?;
    for (row, cells) in std::iter::once(head).chain(rows.iter().map(Vec::as_slice)).enumerate() {
        let row = u32::try_from(row).map_err(Error::internal)?;
        for (column, cell) in cells.iter().enumerate() {
            let column = u16::try_from(column).map_err(Error::internal)?;
            sheet.write_string(row, column, cell).map_err(Error::internal)?;
        }
    }
    book.save_to_buffer().map_err(Error::internal)
}
