//! Comma-separated text (RFC 4180, and what clinics' programs make of it).
//!
//! Our own reader rather than the `csv` crate's, for one reason: damage must stay where it is. A quote that is never
//! closed would make a tolerant reader swallow the rest of the file as one cell, without an error and without a limit.
//! Here a record that spans several lines and does not come out well is given up after its first line: that line is a
//! reject, and reading goes on with the next one.

use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

use careloop_kernel::{Error, Result};

use super::encoding::Decoding;
use super::{Row, RowFault, TextEncoding, Visit, named, unreadable};

/// The longest record, in bytes of UTF-8.
const MAX_RECORD: usize = 1 << 20;
/// The longest cell, in bytes of UTF-8.
const MAX_CELL: usize = 1 << 16;
/// How much of a broken line is kept with its reject.
const KEPT: usize = 4096;

/// Finds the delimiter and the header.
pub(super) fn header(path: &Path, encoding: TextEncoding) -> Result<(u8, Vec<String>)> {
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut reader = CsvReader::new(file, encoding, b',');
    let delimiter = reader.sniff()?;
    let mut row = Row::default();
    if !reader.next(&mut row)? {
        return Err(Error::invalid("files.empty", "the file has no header; export it again"));
    }
    match row.fault() {
        None => Ok((delimiter, named(&row))),
        Some(fault) => {
            Err(Error::invalid("files.header", format!("line {}, the header, is broken: {}", row.line(), fault.reason)))
        }
    }
}

/// Visits every row after the header.
pub(super) fn each_row(
    reader: impl Read,
    encoding: TextEncoding,
    delimiter: u8,
    columns: &[String],
    visit: &mut dyn FnMut(&Row) -> Visit,
) -> Result<()> {
    let mut reader = CsvReader::new(reader, encoding, delimiter);
    reader.sniff()?;
    let mut row = Row::default();
    if !reader.next(&mut row)? {
        return Ok(());
    }
    reader.width = Some(columns.len());
    while reader.next(&mut row)? {
        check_cells(&mut row, columns);
        if visit(&row)?.is_break() {
            return Ok(());
        }
    }
    Ok(())
}

fn check_cells(row: &mut Row, columns: &[String]) {
    let name = |index: usize| columns.get(index).map_or("", String::as_str);
    if let Some(index) = row.position_of('\0') {
        let reason = format!("`{}` holds a NUL byte; export the row again", name(index));
        row.fail(RowFault { code: "nul_byte", column: Some(index), reason });
    }
    if let Some(index) = row.position_longer_than(MAX_CELL) {
        let reason = format!("`{}` is longer than {MAX_CELL} bytes; shorten it", name(index));
        row.fail(RowFault { code: "cell_too_long", column: Some(index), reason });
    }
}

pub(super) struct CsvReader<R> {
    decoding: Decoding<R>,
    /// Decoded text; the part before `at` is used up.
    text: Vec<u8>,
    at: usize,
    ended: bool,
    line: u64,
    delimiter: u8,
    width: Option<usize>,
}

/// What looking at one record gave.
enum Scan {
    /// It takes this many bytes and ends this many lines.
    Whole { bytes: usize, lines: u64 },
    /// The text ends before it does.
    More,
    /// It is damaged.
    Damaged(&'static str, &'static str),
}

impl<R: Read> CsvReader<R> {
    pub(super) fn new(reader: R, encoding: TextEncoding, delimiter: u8) -> Self {
        Self {
            decoding: Decoding::new(reader, encoding),
            text: Vec::new(),
            at: 0,
            ended: false,
            line: 1,
            delimiter,
            width: None,
        }
    }

    /// Picks the delimiter that the first line has most of, and skips Excel's `sep=` line.
    fn sniff(&mut self) -> Result<u8> {
        while !self.ended && !self.rest().contains(&b'\n') && self.rest().len() < MAX_RECORD {
            self.fill()?;
        }
        let line = self.rest().split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
        if let [b's', b'e', b'p', b'=', delimiter] = *line {
            self.delimiter = delimiter;
            self.skip_line()?;
            return Ok(delimiter);
        }
        let mut quoted = false;
        let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0), (b'|', 0)];
        for byte in line {
            quoted ^= *byte == b'"';
            if let Some((_, count)) = counts.iter_mut().find(|(delimiter, _)| !quoted && delimiter == byte) {
                *count += 1;
            }
        }
        let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
        self.delimiter = counts.iter().find(|(_, count)| *count == most).map_or(b',', |(delimiter, _)| *delimiter);
        Ok(self.delimiter)
    }

    /// Reads the next record that is not blank; false at the end.
    pub(super) fn next(&mut self, row: &mut Row) -> Result<bool> {
        loop {
            if !self.record(row)? {
                return Ok(false);
            }
            if row.fault().is_some() || !row.is_blank() {
                return Ok(true);
            }
        }
    }

    fn record(&mut self, row: &mut Row) -> Result<bool> {
        if self.rest().is_empty() && !self.fill()? {
            return Ok(false);
        }
        loop {
            row.start(self.line);
            match scan(self.rest(), self.delimiter, self.ended, row) {
                Scan::Whole { bytes, lines } => {
                    self.accept(row, bytes, lines)?;
                    return Ok(true);
                }
                Scan::More if self.rest().len() < MAX_RECORD => {
                    self.fill()?;
                }
                Scan::More => {
                    self.give_up(
                        row,
                        "row_too_long",
                        "the row is longer than 1 MiB, or a quote opened in it is never closed; correct the line",
                    )?;
                    return Ok(true);
                }
                Scan::Damaged(code, reason) => {
                    self.give_up(row, code, reason)?;
                    return Ok(true);
                }
            }
        }
    }

    fn accept(&mut self, row: &mut Row, bytes: usize, lines: u64) -> Result<()> {
        let ragged = self.width.is_some_and(|width| row.width() != width) && !row.is_blank();
        if ragged && lines > 1 {
            // More likely a stray quote that met another one than a row of several lines with missing cells.
            return self.give_up(
                row,
                "unclosed_quote",
                "a quote opened in this line does not close where a cell ends; correct the line",
            );
        }
        self.at += bytes;
        self.line += lines;
        if ragged {
            let reason =
                format!("the row has {} cells, the header {}; correct the line", row.width(), self.width.unwrap_or(0));
            row.fail(RowFault { code: "ragged_row", column: None, reason });
        }
        Ok(())
    }

    /// Makes a reject of the first line of a damaged record, and goes on after it.
    fn give_up(&mut self, row: &mut Row, code: &'static str, reason: &str) -> Result<()> {
        row.start(self.line);
        let kept = self.skip_line()?;
        row.push(&String::from_utf8_lossy(&kept));
        row.fail(RowFault { code, column: None, reason: reason.to_owned() });
        Ok(())
    }

    /// Skips to the start of the next line and returns the beginning of the one skipped.
    fn skip_line(&mut self) -> Result<Vec<u8>> {
        let mut kept = Vec::new();
        loop {
            let rest = &self.text[self.at..];
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let line = &rest[..end.unwrap_or(rest.len())];
            kept.extend_from_slice(&line[..line.len().min(KEPT - kept.len())]);
            self.at += line.len();
            if end.is_some() {
                self.end_line()?;
                break;
            }
            if !self.fill()? {
                break;
            }
        }
        Ok(kept)
    }

    /// Steps over a line's end: `\n`, `\r\n`, or `\r` alone as old Macs write it.
    fn end_line(&mut self) -> Result<()> {
        let is_return = self.text[self.at] == b'\r';
        self.at += 1;
        self.line += 1;
        let more = self.at < self.text.len() || self.fill()?;
        if is_return && more && self.text[self.at] == b'\n' {
            self.at += 1;
        }
        Ok(())
    }

    fn rest(&self) -> &[u8] {
        &self.text[self.at..]
    }

    /// Reads more text; false at the end of the file.
    fn fill(&mut self) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.text.drain(..self.at);
        self.at = 0;
        let more = self.decoding.fill_checked(&mut self.text)?;
        self.ended = !more;
        Ok(more)
    }
}

/// Looks at one record at the start of `text` and puts its cells into `row`.
fn scan(text: &[u8], delimiter: u8, ended: bool, row: &mut Row) -> Scan {
    let (mut at, mut lines) = (0, 0);
    loop {
        let after = if text.get(at) == Some(&b'"') {
            match quoted(text, at + 1, ended, row) {
                Ok((after, inside)) => {
                    lines += inside;
                    after
                }
                Err(scan) => return scan,
            }
        } else {
            let length = text[at..].iter().position(|byte| *byte == delimiter || matches!(byte, b'\n' | b'\r'));
            let end = length.map_or(text.len(), |length| at + length);
            row.push(utf8(&text[at..end]));
            end
        };
        match text.get(after) {
            Some(byte) if *byte == delimiter => at = after + 1,
            Some(b'\n') => return Scan::Whole { bytes: after + 1, lines: lines + 1 },
            Some(b'\r') => match text.get(after + 1) {
                Some(b'\n') => return Scan::Whole { bytes: after + 2, lines: lines + 1 },
                None if !ended => return Scan::More,
                _ => return Scan::Whole { bytes: after + 1, lines: lines + 1 },
            },
            Some(_) => {
                return Scan::Damaged(
                    "text_after_quote",
                    "text follows a closing quote; double the quotes inside the cell",
                );
            }
            None if !ended => return Scan::More,
            None => return Scan::Whole { bytes: after, lines: lines + 1 },
        }
    }
}

/// Reads a quoted cell whose text starts at `from`; gives where it ends and how many lines it spans.
fn quoted(text: &[u8], from: usize, ended: bool, row: &mut Row) -> Result<(usize, u64), Scan> {
    let (mut at, mut lines) = (from, 0);
    loop {
        let Some(length) = text[at..].iter().position(|byte| *byte == b'"') else {
            let unclosed =
                Scan::Damaged("unclosed_quote", "a quote opened in this line is never closed; correct the line");
            return Err(if ended { unclosed } else { Scan::More });
        };
        let part = &text[at..at + length];
        lines += part.iter().filter(|byte| **byte == b'\n').count() as u64;
        row.push_part(utf8(part));
        at += length + 1;
        match text.get(at) {
            Some(b'"') => {
                row.push_part("\"");
                at += 1;
            }
            None if !ended => return Err(Scan::More),
            _ => {
                row.end_cell();
                let blanks = text[at..].iter().take_while(|byte| **byte == b' ').count();
                return Ok((at + blanks, lines));
            }
        }
    }
}

/// Decoded text cut at ASCII letters is text.
fn utf8(part: &[u8]) -> &str {
    std::str::from_utf8(part).unwrap_or_default()
}

/// Reads a whole text, for tests and the fuzzer: every row, with its line and its fault.
pub fn read_text(text: &[u8], delimiter: u8, columns: &[String]) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut keep = |row: &Row| {
        rows.push(row.clone());
        Ok(ControlFlow::Continue(()))
    };
    each_row(text, TextEncoding::Utf8, delimiter, columns, &mut keep)?;
    Ok(rows)
}
