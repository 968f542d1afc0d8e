//! Refused rows as CSV: line, column, code, reason, then the row's own cells under the file's header.

use std::io::Write;

use careloop_kernel::{Error, Result};

use super::model::Reject;

/// The first columns of the file.
const HEADER: [&str; 4] = ["line", "column", "code", "reason"];

/// Writes refused rows.
pub(super) struct RejectWriter<W: Write> {
    csv: csv::Writer<W>,
    /// Whether the rows' own cells are shown.
    with_cells: bool,
}

impl<W: Write> RejectWriter<W> {
    /// A writer that begins with the header.
    pub(super) fn new(out: W, columns: &[String], with_cells: bool) -> Result<Self> {
        let mut writer = Self::resume(out, with_cells);
        let own = columns.iter().map(String::as_str).filter(|_| with_cells);
        writer.csv.write_record(HEADER.into_iter().chain(own)).map_err(failed)?;
        Ok(writer)
    }

    /// A writer that goes on after a header.
    pub(super) fn resume(out: W, with_cells: bool) -> Self {
        Self { csv: csv::WriterBuilder::new().flexible(true).from_writer(out), with_cells }
    }

    /// Writes one row.
    pub(super) fn write(&mut self, reject: &Reject) -> Result<()> {
        let line = reject.line.to_string();
        let told = [line.as_str(), &reject.column, &reject.code, &reject.reason];
        let own = reject.cells.iter().map(String::as_str).filter(|_| self.with_cells);
        let cells = told.into_iter().chain(own).map(harmless);
        for cell in cells {
            self.csv.write_field(cell.as_bytes()).map_err(failed)?;
        }
        self.csv.write_record(None::<&[u8]>).map_err(failed)
    }

    /// Ends the file and gives back what it was written to.
    pub(super) fn finish(self) -> Result<W> {
        self.csv.into_inner().map_err(|error| failed(csv::Error::from(error.into_error())))
    }
}

fn failed(error: csv::Error) -> Error {
    Error::invalid("files.rejects", "the refused rows cannot be written; check the path and the space on the disk")
        .with_source(error)
}

/// A cell that a spreadsheet does not run as a formula. Plain signed numbers and phones stay as they are.
fn harmless(cell: &str) -> std::borrow::Cow<'_, str> {
    let number = |text: &str| text.chars().all(|letter| letter.is_ascii_digit() || "+-., ()".contains(letter));
    match cell.chars().next() {
        Some('=' | '@' | '\t' | '\r') => format!("'{cell}").into(),
        Some('+' | '-') if !number(cell) => format!("'{cell}").into(),
        _ => cell.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not() {
        for (cell, shown) in [
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("-cmd", "'-cmd"),
            ("-12.50", "-12.50"),
            ("+86 138", "+86 138"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), shown);
        }
    }

    #[test]
    fn the_file_names_line_column_and_reason_and_repeats_the_row() {
        let mut writer = RejectWriter::new(Vec::new(), &["a".to_owned(), "b".to_owned()], true).unwrap();
        let reject = Reject {
            line: 3,
            column: "b".to_owned(),
            code: "no_time".to_owned(),
            reason: "x, y".to_owned(),
            cells: vec!["1".to_owned(), "two\nlines".to_owned()],
        };
        writer.write(&reject).unwrap();
        let text = String::from_utf8(writer.finish().unwrap()).unwrap();
        assert_eq!(text, "line,column,code,reason,a,b\n3,b,no_time,\"x, y\",1,\"two\nlines\"\n");
    }
}
