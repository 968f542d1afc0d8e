//! Reading tables out of files: CSV in three encodings and XLSX, one row at a time, with memory that does not grow with
//! the file.
//!
//! [`Table::open`] looks at the whole file once (its encoding, its header, what an .xlsx unpacks to), so that a file that
//! is no such file fails before anything is written. [`Table::each_row`] then visits the rows; a row that cannot be read
//! carries its fault and never stops the file.

mod csv;
mod encoding;
mod row;
mod xlsx;
mod zip_guard;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use careloop_kernel::{Error, Result};
use sha2::{Digest, Sha256};

use super::map::EncodingChoice;
pub use csv::read_text;
pub use encoding::TextEncoding;
pub use row::{OddCell, Row, RowFault};

/// What a visit of rows returns: whether to go on.
pub type Visit = Result<ControlFlow<()>>;

/// A file that holds a table.
#[derive(Debug, Clone)]
pub struct Table {
    path: PathBuf,
    layout: Layout,
    columns: Vec<String>,
    size: u64,
}

#[derive(Debug, Clone)]
enum Layout {
    Csv { encoding: TextEncoding, delimiter: u8 },
    Xlsx { sheet: String },
}

impl Table {
    /// Opens a file. What it is follows from its first bytes, not from its name.
    pub fn open(path: &Path, encoding: EncodingChoice, sheet: Option<&str>) -> Result<Self> {
        let mut file = File::open(path).map_err(|error| unreadable(&error))?;
        let size = file.metadata().map_err(|error| unreadable(&error))?.len();
        let mut magic = [0; 8];
        let known = read_start(&mut file, &mut magic).map_err(|error| unreadable(&error))?;
        let (layout, columns) = match &magic[..known] {
            [] => return Err(Error::invalid("files.empty", "the file is empty; export it again")),
            [b'P', b'K', 3, 4, ..] => {
                zip_guard::check(&file)?;
                let (sheet, columns) = xlsx::header(path, sheet)?;
                (Layout::Xlsx { sheet }, columns)
            }
            [0xd0, 0xcf, 0x11, 0xe0, ..] => {
                return Err(Error::invalid(
                    "files.old_excel",
                    "this is an old .xls workbook or one with a password; save it as .xlsx without a password, or as CSV",
                ));
            }
            _ => {
                let encoding = encoding::detect(path, encoding)?;
                let (delimiter, columns) = csv::header(path, encoding)?;
                (Layout::Csv { encoding, delimiter }, columns)
            }
        };
        check_header(&columns)?;
        Ok(Self { path: path.to_owned(), layout, columns, size })
    }

    /// The header, each name trimmed. A column without a name is called `#` and its number.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The file's size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// How the text is encoded, as the screen shows it.
    pub fn encoding(&self) -> &'static str {
        match &self.layout {
            Layout::Csv { encoding, .. } => encoding.as_str(),
            Layout::Xlsx { .. } => "XLSX",
        }
    }

    /// The sheet that is read, if the file is a workbook.
    pub fn sheet(&self) -> Option<&str> {
        match &self.layout {
            Layout::Csv { .. } => None,
            Layout::Xlsx { sheet } => Some(sheet),
        }
    }

    /// Whether cells have types of their own, so that a date may be a serial number.
    pub fn has_typed_cells(&self) -> bool {
        matches!(self.layout, Layout::Xlsx { .. })
    }

    /// Visits the rows after the header in order, until the visitor breaks off. The row is lent and reused.
    pub fn each_row(&self, visit: &mut dyn FnMut(&Row) -> Visit) -> Result<()> {
        match &self.layout {
            Layout::Csv { encoding, delimiter } => {
                let file = File::open(&self.path).map_err(|error| unreadable(&error))?;
                csv::each_row(file, *encoding, *delimiter, &self.columns, visit)
            }
            Layout::Xlsx { sheet } => xlsx::each_row(&self.path, sheet, self.columns.len(), visit),
        }
    }

    /// SHA-256 of the file's bytes, to tell whether a file is the one that an import began with.
    pub fn digest(&self) -> Result<[u8; 32]> {
        let mut file = File::open(&self.path).map_err(|error| unreadable(&error))?;
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 1 << 18];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return Ok(hasher.finalize().into()),
                Ok(count) => hasher.update(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(&error)),
            }
        }
    }
}

fn read_start(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut known = 0;
    while known < buffer.len() {
        match file.read(&mut buffer[known..])? {
            0 => break,
            count => known += count,
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(known)
}

/// A file that the operating system does not give us.
fn unreadable(error: &io::Error) -> Error {
    Error::invalid("files.unreadable", format!("the file cannot be read: {error}; check the path and its permissions"))
}

/// Trims the names of a header and numbers the nameless.
fn named(cells: &Row) -> Vec<String> {
    let name = |(index, cell): (usize, &str)| match cell.trim() {
        "" => format!("#{}", index + 1),
        name => name.to_owned(),
    };
    cells.cells().enumerate().map(name).collect()
}

fn check_header(columns: &[String]) -> Result<()> {
    for (index, name) in columns.iter().enumerate() {
        if name.contains('\0') {
            return Err(Error::invalid(
                "files.header",
                format!("the name of column {} holds a NUL byte; export the file again", index + 1),
            ));
        }
        if let Some(first) = columns[..index].iter().position(|earlier| earlier == name) {
            return Err(Error::invalid(
                "files.duplicate_header",
                format!(
                    "columns {} and {} of line 1 are both called `{name}`; rename one of them",
                    first + 1,
                    index + 1
                ),
            ));
        }
    }
    Ok(())
}
