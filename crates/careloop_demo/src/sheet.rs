//! CSV files as the four systems export them: UTF-8, UTF-8 with a byte order mark, or GB18030.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use crate::Error;

/// How a system writes text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf8Bom,
    Gb18030,
}

/// One CSV file being written; nothing but the current buffer is kept in memory.
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) rows: u64,
    writer: csv::Writer<BufWriter<File>>,
    legacy: Option<Legacy>,
}

impl Sheet {
    pub(crate) fn create(folder: &Path, name: &str, encoding: Encoding) -> Result<Self, Error> {
        let path = folder.join(name);
        let mut file =
            BufWriter::with_capacity(1 << 16, File::create(&path).map_err(|source| Error::io(&path, source))?);
        if encoding == Encoding::Utf8Bom {
            file.write_all("\u{feff}".as_bytes()).map_err(|source| Error::io(&path, source))?;
        }
        let legacy = (encoding == Encoding::Gb18030).then(Legacy::default);
        Ok(Self { name: name.to_owned(), rows: 0, writer: csv::Writer::from_writer(file), legacy })
    }

    /// Writes the header or a row.
    pub(crate) fn line<'a>(&mut self, fields: impl IntoIterator<Item = &'a str>) -> Result<(), Error> {
        for field in fields {
            match &mut self.legacy {
                Some(legacy) => self.writer.write_field(legacy.encode(field))?,
                None => self.writer.write_field(field)?,
            }
        }
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }

    /// Writes a row and counts it.
    pub(crate) fn row<'a>(&mut self, fields: impl IntoIterator<Item = &'a str>) -> Result<(), Error> {
        self.rows += 1;
        self.line(fields)
    }

    pub(crate) fn finish(mut self) -> Result<(String, u64), Error> {
        self.writer.flush().map_err(|source| Error::io(Path::new(&self.name), source))?;
        Ok((self.name, self.rows))
    }
}

/// Turns text into GB18030, remembering each character: a chain's vocabulary is small and the tables are searched.
#[derive(Default)]
struct Legacy {
    known: HashMap<char, Vec<u8>>,
    bytes: Vec<u8>,
}

impl Legacy {
    fn encode(&mut self, text: &str) -> &[u8] {
        self.bytes.clear();
        for character in text.chars() {
            if character.is_ascii() {
                self.bytes.push(u8::try_from(character).unwrap_or(b'?'));
                continue;
            }
            let known = self
                .known
                .entry(character)
                .or_insert_with(|| encoding_rs::GB18030.encode(character.encode_utf8(&mut [0; 4])).0.into_owned());
            self.bytes.extend_from_slice(known);
        }
        &self.bytes
    }
}
