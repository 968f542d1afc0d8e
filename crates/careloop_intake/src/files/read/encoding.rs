//! Finding out how a text file is encoded, and decoding it strictly: a byte that does not fit is an error with its
//! line, never a replacement character in somebody's name.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use careloop_kernel::{Error, Result};
use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::unreadable;
use crate::files::map::EncodingChoice;

const CHUNK: usize = 1 << 17;
/// How many of the first bytes tell text from other files.
const SAMPLE: usize = 8192;

/// An encoding we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// GB18030, which includes GBK and GB2312.
    Gb18030,
    /// UTF-16, little endian, as Excel's "Unicode text" has it.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
}

impl TextEncoding {
    /// The name for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Gb18030 => "GB18030",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
        }
    }

    fn table(self) -> &'static Encoding {
        match self {
            Self::Utf8 => UTF_8,
            Self::Gb18030 => GB18030,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
        }
    }
}

/// The encoding of a file: what the map says, checked over the whole file, or what the whole file fits.
pub(super) fn detect(path: &Path, choice: EncodingChoice) -> Result<TextEncoding> {
    let start = start_of(path)?;
    match start.as_slice() {
        [0xff, 0xfe, ..] => return strictly(path, TextEncoding::Utf16Le),
        [0xfe, 0xff, ..] => return strictly(path, TextEncoding::Utf16Be),
        _ => {}
    }
    if is_binary(&start) {
        return Err(Error::invalid(
            "files.not_a_table",
            "this is neither a CSV file nor an .xlsx workbook; export the table as one of them",
        ));
    }
    match choice {
        EncodingChoice::Utf8 => strictly(path, TextEncoding::Utf8),
        EncodingChoice::Gb18030 => strictly(path, TextEncoding::Gb18030),
        EncodingChoice::Auto => {
            let utf8 = survey_utf8(path)?;
            let Some(line) = utf8.first_bad_line else { return Ok(TextEncoding::Utf8) };
            // Damaged UTF-8 often happens to be valid GB18030 (as gibberish), so a file that is nearly UTF-8 is UTF-8.
            if utf8.good > 8 * utf8.bad {
                return Err(wrong_encoding(TextEncoding::Utf8, line));
            }
            match first_bad_line(path, TextEncoding::Gb18030)? {
                None => Ok(TextEncoding::Gb18030),
                Some(bad) => Err(Error::invalid(
                    "files.encoding",
                    format!("the text is neither UTF-8 (line {line}) nor GB18030 (line {bad}); save it as UTF-8"),
                )),
            }
        }
    }
}

fn strictly(path: &Path, encoding: TextEncoding) -> Result<TextEncoding> {
    match first_bad_line(path, encoding)? {
        None => Ok(encoding),
        Some(line) => Err(wrong_encoding(encoding, line)),
    }
}

fn wrong_encoding(encoding: TextEncoding, line: u64) -> Error {
    let name = encoding.as_str();
    Error::invalid(
        "files.encoding",
        format!("line {line} is not {name}; save the file as UTF-8, or set `encoding` in the map to what it is"),
    )
}

fn start_of(path: &Path) -> Result<Vec<u8>> {
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut start = Vec::with_capacity(SAMPLE);
    file.take(SAMPLE as u64).read_to_end(&mut start).map_err(|error| unreadable(&error))?;
    Ok(start)
}

/// Text has next to no control characters.
fn is_binary(start: &[u8]) -> bool {
    let control = start.iter().filter(|byte| matches!(byte, 0..=8 | 14..=31)).count();
    control * 100 > start.len()
}

#[derive(Default)]
struct Utf8Survey {
    /// Letters beyond ASCII that are well formed.
    good: u64,
    /// Sequences that are not.
    bad: u64,
    first_bad_line: Option<u64>,
}

/// Reads the whole file as UTF-8 and counts what fits. An ASCII file fits.
fn survey_utf8(path: &Path) -> Result<Utf8Survey> {
    let mut file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut survey = Utf8Survey::default();
    let (mut buffer, mut kept, mut line) = (vec![0; CHUNK], 0, 1_u64);
    loop {
        let count = fill(&mut file, &mut buffer[kept..]).map_err(|error| unreadable(&error))?;
        let bytes = &buffer[..kept + count];
        let rest = survey.take(bytes, count == 0, &mut line);
        if count == 0 {
            return Ok(survey);
        }
        let from = bytes.len() - rest;
        let to = bytes.len();
        buffer.copy_within(from..to, 0);
        kept = rest;
    }
}

impl Utf8Survey {
    /// Counts a chunk and returns how many bytes at its end wait for more.
    fn take(&mut self, mut bytes: &[u8], last: bool, line: &mut u64) -> usize {
        loop {
            let (valid, error) = match std::str::from_utf8(bytes) {
                Ok(text) => (text.as_bytes(), None),
                Err(error) => (&bytes[..error.valid_up_to()], Some(error)),
            };
            self.good += valid.iter().filter(|byte| **byte >= 0xc0).count() as u64;
            *line += valid.iter().filter(|byte| **byte == b'\n').count() as u64;
            let Some(error) = error else { return 0 };
            let skip = match error.error_len() {
                Some(length) => length,
                None if last => bytes.len() - valid.len(),
                None => return bytes.len() - valid.len(),
            };
            self.bad += 1;
            self.first_bad_line.get_or_insert(*line);
            bytes = &bytes[valid.len() + skip..];
        }
    }
}

fn first_bad_line(path: &Path, encoding: TextEncoding) -> Result<Option<u64>> {
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut decoder = Decoding::new(file, encoding);
    let mut text = Vec::with_capacity(CHUNK * 2);
    loop {
        text.clear();
        match decoder.fill(&mut text) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(DecodingError::Malformed { line }) => return Ok(Some(line)),
            Err(DecodingError::Io(error)) => return Err(unreadable(&error)),
        }
    }
}

fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Decodes a stream to UTF-8, strictly.
pub(super) struct Decoding<R> {
    reader: R,
    encoding: TextEncoding,
    decoder: Decoder,
    raw: Vec<u8>,
    pending: std::ops::Range<usize>,
    ended: bool,
    finished: bool,
    line: u64,
}

/// Why decoding stopped.
pub(super) enum DecodingError {
    /// Bytes that the encoding does not have.
    Malformed { line: u64 },
    /// The file cannot be read.
    Io(io::Error),
}

impl<R: Read> Decoding<R> {
    pub(super) fn new(reader: R, encoding: TextEncoding) -> Self {
        Self {
            reader,
            encoding,
            decoder: encoding.table().new_decoder_with_bom_removal(),
            raw: vec![0; CHUNK],
            pending: 0..0,
            ended: false,
            finished: false,
            line: 1,
        }
    }

    /// Appends the next piece of text, whole letters only; false at the end of the file.
    pub(super) fn fill(&mut self, text: &mut Vec<u8>) -> Result<bool, DecodingError> {
        let before = text.len();
        while text.len() == before && !self.finished {
            if self.pending.is_empty() && !self.ended {
                let count = fill(&mut self.reader, &mut self.raw).map_err(DecodingError::Io)?;
                self.pending = 0..count;
                self.ended = count == 0;
            }
            let source = &self.raw[self.pending.clone()];
            let room = self.decoder.max_utf8_buffer_length_without_replacement(source.len()).unwrap_or(CHUNK * 3);
            text.resize(before + room, 0);
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(source, &mut text[before..], self.ended);
            text.truncate(before + written);
            self.pending.start += read;
            self.line += text[before..].iter().filter(|byte| **byte == b'\n').count() as u64;
            if matches!(result, DecoderResult::Malformed(..)) {
                return Err(DecodingError::Malformed { line: self.line });
            }
            self.finished = self.ended && self.pending.is_empty();
        }
        Ok(text.len() > before)
    }

    /// [`Decoding::fill`] for callers that have checked the file before: a file that changed meanwhile is an error.
    pub(super) fn fill_checked(&mut self, text: &mut Vec<u8>) -> Result<bool> {
        self.fill(text).map_err(|error| match error {
            DecodingError::Malformed { line } => wrong_encoding(self.encoding, line),
            DecodingError::Io(error) => unreadable(&error),
        })
    }
}
