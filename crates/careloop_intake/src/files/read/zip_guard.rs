//! Looking into an .xlsx container before it is unpacked. A few kilobytes can unpack to terabytes, and the sizes written
//! in the container may lie, so every part is unpacked once into nothing and counted.

use std::fs::File;
use std::io::{self, BufReader, Read};

use careloop_kernel::{Error, Result};
use zip::ZipArchive;

/// How much a container may unpack to.
#[derive(Debug, Clone, Copy)]
struct Limits {
    parts: usize,
    /// What any workbook may unpack to, in bytes.
    free: u64,
    /// Beyond that, how many times its size a workbook may unpack to; real ones stay below 60.
    ratio: u64,
    total: u64,
    /// Parts other than sheets are held in memory while the workbook is read.
    held: u64,
}

const LIMITS: Limits = Limits { parts: 5_000, free: 64 << 20, ratio: 200, total: 4 << 30, held: 512 << 20 };

/// Refuses containers that are damaged or unpack to more than a workbook would.
pub(super) fn check(file: &File) -> Result<()> {
    check_within(file, LIMITS)
}

fn check_within(file: &File, limits: Limits) -> Result<()> {
    let size = file.metadata().map_err(Error::internal)?.len();
    let reader = BufReader::new(file.try_clone().map_err(Error::internal)?);
    let mut archive = ZipArchive::new(reader).map_err(|_| damaged())?;
    if archive.len() > limits.parts {
        return Err(bomb());
    }
    let allowed = limits.free.max(size.saturating_mul(limits.ratio)).min(limits.total);
    let mut total = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| damaged())?;
        let is_sheet = part.name().starts_with("xl/worksheets/");
        let room = (allowed - total).min(if is_sheet { limits.total } else { limits.held });
        if part.size() > room {
            return Err(bomb());
        }
        let unpacked = io::copy(&mut part.take(room + 1), &mut io::sink()).map_err(|_| damaged())?;
        if unpacked > room {
            return Err(bomb());
        }
        total += unpacked;
    }
    Ok(())
}

fn damaged() -> Error {
    Error::invalid("files.damaged", "the .xlsx container is damaged; open the workbook in Excel and save it again")
}

fn bomb() -> Error {
    Error::invalid(
        "files.zip_bomb",
        "the workbook unpacks to far more than a table would, so it was not opened; save it as CSV",
    )
}
