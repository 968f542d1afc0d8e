//! COPY from PostgreSQL, read where it lies in the driver's buffer.

use careloop_kernel::{Error, Result};
use futures::StreamExt;
use sqlx::PgPool;

use super::{Ranges, Scanned};
use crate::Position;

/// The signature of the binary format, its flags and the length of its extension (PostgreSQL manual, COPY).
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
const HEADER: usize = SIGNATURE.len() + 8;
/// How many columns [`row`] takes.
const COLUMNS: i16 = 10;

/// Shows a worker's state the events of one range after the other, until none is left.
pub(super) async fn read<S>(
    pool: &PgPool,
    ranges: &Ranges,
    mut state: S,
    each: &impl Fn(&mut S, Scanned<'_>) -> Result<()>,
) -> Result<S> {
    let mut connection = pool.acquire().await.map_err(Error::internal)?;
    // A COPY that is left half read would answer the next statement, so nobody gets this connection afterwards.
    connection.close_on_drop();
    while let Some((after, to)) = ranges.take() {
        let sql = format!(
            "COPY (SELECT seq, kind, record, clinic, source, at, amount, currency, props, tx FROM events
             WHERE seq > {after} AND seq <= {to} ORDER BY seq) TO STDOUT (FORMAT binary)"
        );
        let mut messages = connection.copy_out_raw(&sql).await.map_err(Error::internal)?;
        while let Some(message) = messages.next().await {
            // A message of the server is one row; the header stands before the first, the end is a row of -1 columns.
            let message = message.map_err(Error::internal)?;
            let bytes: &[u8] = if message.starts_with(SIGNATURE) { &message[HEADER..] } else { &message };
            let mut fields = Fields(bytes);
            match fields.count() {
                Some(COLUMNS) => each(&mut state, row(&mut fields).ok_or_else(unreadable)?)?,
                Some(-1) => {}
                _ => return Err(unreadable()),
            }
        }
    }
    Ok(state)
}

fn unreadable() -> Error {
    Error::internal("a row of COPY that cannot be read")
}

fn row<'a>(fields: &mut Fields<'a>) -> Option<Scanned<'a>> {
    let seq = fields.number()??;
    let kind = fields.text()??;
    let record = fields.number()??;
    let clinic = fields.number()?;
    let source = fields.number()??;
    let at_us = fields.number()??;
    let amount = fields.number()?;
    let currency = fields.text()?;
    let props = fields.text()??;
    let position = Position { tx: fields.number()??, seq };
    Some(Scanned { position, kind, record, clinic, source, at_us, amount, currency, props })
}

/// The fields of a row that are still to be read. Whatever reads one gives nothing when the bytes are not what they must be,
/// and none inside when the value is null.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    /// How many fields follow.
    fn count(&mut self) -> Option<i16> {
        self.take().map(i16::from_be_bytes)
    }

    fn bytes(&mut self) -> Option<Option<&'a [u8]>> {
        let length = i32::from_be_bytes(self.take()?);
        let Ok(length) = usize::try_from(length) else { return Some(None) };
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(Some(taken))
    }

    fn number(&mut self) -> Option<Option<i64>> {
        let Some(bytes) = self.bytes()? else { return Some(None) };
        Some(Some(i64::from_be_bytes(bytes.try_into().ok()?)))
    }

    fn text(&mut self) -> Option<Option<&'a str>> {
        let Some(bytes) = self.bytes()? else { return Some(None) };
        Some(Some(str::from_utf8(bytes).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_row_are_refused() {
        let mut whole = Vec::new();
        for number in [Some(12_i64), Some(0x6162_6364_6566_6768), Some(7), None, Some(2), Some(5), None] {
            whole.extend(number.map_or(-1_i32, |_| 8).to_be_bytes());
            whole.extend(number.iter().flat_map(|number| number.to_be_bytes()));
        }
        whole.extend((-1_i32).to_be_bytes());
        whole.extend([0, 0, 0, 2, b'{', b'}', 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 3]);
        let read = row(&mut Fields(&whole)).unwrap();
        assert_eq!((read.position, read.kind, read.record), (Position { tx: 3, seq: 12 }, "abcdefgh", 7));
        assert_eq!((read.clinic, read.amount, read.currency, read.props), (None, None, None, "{}"));
        for length in 0..whole.len() {
            assert_eq!(row(&mut Fields(&whole[..length])), None);
        }
    }
}
