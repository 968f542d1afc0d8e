//! Workbooks. Only the values are read: a formula counts with the result saved beside it, and a formula without one is
//! marked, never computed.

use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError, open_workbook};
use careloop_kernel::{Error, Result};

use super::{OddCell, Row, RowFault, Visit, named};

/// The most rows a sheet of Excel has.
const MAX_ROWS: u32 = 1_048_576;

type Workbook = Xlsx<BufReader<File>>;

/// Finds the sheet and its header.
pub(super) fn header(path: &Path, sheet: Option<&str>) -> Result<(String, Vec<String>)> {
    let mut workbook: Workbook = open_workbook(path).map_err(|error: XlsxError| unreadable(&error))?;
    let sheet = find_sheet(&workbook, sheet)?;
    let mut columns = Vec::new();
    visit_rows(&mut workbook, &sheet, None, &mut |row| {
        columns = named(row);
        Ok(ControlFlow::Break(()))
    })?;
    if columns.is_empty() {
        return Err(Error::invalid(
            "files.empty",
            format!("the sheet `{sheet}` is empty; name another one with `sheet` in the map"),
        ));
    }
    Ok((sheet, columns))
}

/// Visits every row after the header.
pub(super) fn each_row(path: &Path, sheet: &str, width: usize, visit: &mut dyn FnMut(&Row) -> Visit) -> Result<()> {
    let mut workbook: Workbook = open_workbook(path).map_err(|error: XlsxError| unreadable(&error))?;
    let mut first = true;
    visit_rows(&mut workbook, sheet, Some(width), &mut |row| {
        if std::mem::take(&mut first) {
            return Ok(ControlFlow::Continue(()));
        }
        visit(row)
    })
}

fn find_sheet(workbook: &Workbook, wanted: Option<&str>) -> Result<String> {
    let sheets = workbook.sheets_metadata();
    let tables = || sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let found = match wanted {
        Some(name) => tables().find(|sheet| sheet.name == name),
        None => tables().find(|sheet| sheet.visible == SheetVisible::Visible),
    };
    found.map(|sheet| sheet.name.clone()).ok_or_else(|| {
        let names: Vec<&str> = tables().map(|sheet| sheet.name.as_str()).collect();
        Error::invalid("files.sheet", format!("the workbook has no such sheet; it has: {}", names.join(", ")))
    })
}

/// Puts the cells of the sheet together to rows. Blank rows are left out; cells beyond `width` make a row ragged.
fn visit_rows(
    workbook: &mut Workbook,
    sheet: &str,
    width: Option<usize>,
    visit: &mut dyn FnMut(&Row) -> Visit,
) -> Result<()> {
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(|error| unreadable(&error))?;
    let mut row = Row::default();
    let mut current: Option<u32> = None;
    loop {
        let cell = match cells.next_cell_with_formula_metadata() {
            // A sheet without a single cell ends before it begins.
            Err(XlsxError::XmlEof("sheetData")) if current.is_none() => return Ok(()),
            other => other.map_err(|error| unreadable(&error))?,
        };
        let position = cell.as_ref().map(|cell| cell.pos);
        if position.map(|(line, _)| line) != current {
            if current.is_some() && finish(&mut row, width, visit)?.is_break() {
                return Ok(());
            }
            let Some((line, _)) = position else { return Ok(()) };
            if line >= MAX_ROWS || current.is_some_and(|before| line < before) {
                return Err(Error::invalid(
                    "files.damaged",
                    format!("row {} of the sheet is out of order; save the workbook again", u64::from(line) + 1),
                ));
            }
            row.start(u64::from(line) + 1);
            current = Some(line);
        }
        if let Some(cell) = cell {
            let column = cell.pos.1 as usize;
            let odd = match (&cell.value, &cell.formula) {
                (DataRef::Empty, Some(_)) => Some(OddCell::FormulaWithoutValue),
                (DataRef::Error(_), _) => Some(OddCell::ErrorValue),
                _ => None,
            };
            place(&mut row, column, &cell.value, odd)?;
        }
    }
}

fn place(row: &mut Row, column: usize, value: &DataRef<'_>, odd: Option<OddCell>) -> Result<()> {
    if matches!(value, DataRef::Empty) && odd.is_none() {
        return Ok(());
    }
    if column < row.width() {
        return Err(Error::invalid(
            "files.damaged",
            format!("row {} has two cells in one place; save the workbook again", row.line()),
        ));
    }
    while row.width() < column {
        row.push("");
    }
    if let Some(odd) = odd {
        row.mark_odd(column, odd);
    }
    match value {
        DataRef::String(text) => row.push(text),
        DataRef::SharedString(text) => row.push(text),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => row.push(text),
        DataRef::Int(number) => row.push(&number.to_string()),
        DataRef::Float(number) => row.push(&number_text(*number)),
        DataRef::Bool(yes) => row.push(if *yes { "true" } else { "false" }),
        DataRef::DateTime(time) => row.push(&time_text(time)),
        DataRef::Error(_) | DataRef::Empty => row.push(""),
    }
    Ok(())
}

fn finish(row: &mut Row, width: Option<usize>, visit: &mut dyn FnMut(&Row) -> Visit) -> Visit {
    if row.is_blank() {
        return Ok(ControlFlow::Continue(()));
    }
    if let Some(width) = width {
        while row.width() < width {
            row.push("");
        }
        if row.width() > width && (width..row.width()).any(|index| !row.cell(index).is_empty()) {
            let reason = format!("the row has cells beyond the {width} columns of the header; move or name them");
            row.fail(RowFault { code: "ragged_row", column: None, reason });
        }
        if let Some(index) = row.position_of('\0') {
            row.fail(RowFault {
                code: "nul_byte",
                column: Some(index),
                reason: "a cell holds a NUL byte; type it again".to_owned(),
            });
        }
    }
    visit(row)
}

/// A number as Excel shows it: at most 15 digits count, so 0.1 + 0.2 is 0.3. Of a longer number the last digits are lost
/// in the workbook already; it stays in the form that says so.
fn number_text(number: f64) -> String {
    if number.abs() >= 1e15 {
        return format!("{number:.14E}");
    }
    let digits = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    format!("{digits}")
}

/// A date or time the way a map without a format reads it.
fn time_text(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    let clock = if milli == 0 {
        format!("{hour:02}:{minute:02}:{second:02}")
    } else {
        format!("{hour:02}:{minute:02}:{second:02}.{milli:03}")
    };
    if time.is_duration() || time.as_f64() < 1.0 {
        clock
    } else if (hour, minute, second, milli) == (0, 0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {clock}")
    }
}

fn unreadable(error: &XlsxError) -> Error {
    let text = match error {
        XlsxError::Password => "it has a password".to_owned(),
        other => other.to_string(),
    };
    Error::invalid("files.damaged", format!("the workbook cannot be read ({text}); save it again in Excel, or as CSV"))
}
