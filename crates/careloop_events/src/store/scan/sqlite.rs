//! A connection of its own to a SQLite file, whose values are looked at where they lie.

use std::path::Path;
use std::time::Duration;

use careloop_kernel::{Error, Result};
use rusqlite::{Connection, OpenFlags, Row, types::ValueRef};

use super::{Ranges, Scanned};
use crate::Position;

/// The columns, in the order [`scanned`] takes them.
const RANGE_SQL: &str = "SELECT seq, kind, record, clinic, source, at, amount, currency, props, tx FROM events
                         WHERE seq > ?1 AND seq <= ?2 ORDER BY seq";
/// How long to wait for another process that works on the file as a whole.
const BUSY: Duration = Duration::from_secs(10);
/// KiB of pages to hold: each is looked at once, so the fewer, the more of them stay near the core.
const CACHE: &str = "-512";

/// Shows a worker's state the events of one range after the other, until none is left.
pub(super) fn read<S>(
    file: &Path,
    ranges: &Ranges,
    mut state: S,
    each: &impl Fn(&mut S, Scanned<'_>) -> Result<()>,
) -> Result<S> {
    let connection = open(file).map_err(Error::internal)?;
    let mut statement = connection.prepare(RANGE_SQL).map_err(Error::internal)?;
    while let Some(range) = ranges.take() {
        let mut rows = statement.query(range).map_err(Error::internal)?;
        while let Some(row) = rows.next().map_err(Error::internal)? {
            each(&mut state, scanned(row).map_err(Error::internal)?)?;
        }
    }
    Ok(state)
}

fn open(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "cache_size", CACHE)?;
    Ok(connection)
}

fn scanned<'a>(row: &'a Row<'_>) -> rusqlite::Result<Scanned<'a>> {
    let maybe = |column| row.get_ref(column)?.as_i64_or_null().map_err(rusqlite::Error::from);
    Ok(Scanned {
        position: Position { tx: row.get(9)?, seq: row.get(0)? },
        kind: row.get_ref(1)?.as_str()?,
        record: row.get(2)?,
        clinic: maybe(3)?,
        source: row.get(4)?,
        at_us: row.get(5)?,
        amount: maybe(6)?,
        currency: match row.get_ref(7)? {
            ValueRef::Null => None,
            text => Some(text.as_str()?),
        },
        props: row.get_ref(8)?.as_str()?,
    })
}
