//! The events of many records at once, as short as rules need them.
//!
//! A row an event costs more to hand over than to find, so the database hands over one text a record, a line an event.

use careloop_db::{ConnectionTrait, FromQueryResult, all, in_list};
use careloop_kernel::{Error, Money, Result};

use crate::{Position, Props, ToldEvent};

/// How many record numbers one statement names.
const RECORDS: usize = 1_000;

#[derive(FromQueryResult)]
struct ToldRow {
    record: i64,
    lines: String,
}

/// All events of these records, each record's together, in no particular order.
pub(crate) async fn told_of(connection: &impl ConnectionTrait, records: &[i64]) -> Result<Vec<ToldEvent>> {
    let mut told = Vec::new();
    for chunk in records.chunks(RECORDS) {
        // Kinds hold no blanks (they are slugs), and JSON as it is stored holds no line ends.
        let sql = format!(
            "SELECT e.record, string_agg(CAST(e.seq AS TEXT) || ' ' || CAST(e.tx AS TEXT) || ' ' ||
               COALESCE(CAST(e.clinic AS TEXT), '-') || ' ' || CAST(e.source AS TEXT) || ' ' || CAST(e.at AS TEXT) || ' ' ||
               COALESCE(CAST(e.amount AS TEXT), '-') || ' ' || COALESCE(e.currency, '-') || ' ' || e.kind || ' ' || e.props,
               $1) AS lines
             FROM events e WHERE e.record IN ({}) GROUP BY e.record",
            in_list(chunk.iter().copied())
        );
        for row in all::<ToldRow>(connection, &sql, ["\n".into()]).await? {
            for line in row.lines.split('\n') {
                told.push(event(row.record, line).ok_or_else(|| Error::internal("an event that cannot be read"))?);
            }
        }
    }
    Ok(told)
}

fn event(record: i64, line: &str) -> Option<ToldEvent> {
    let mut parts = line.splitn(9, ' ');
    let seq = parts.next()?.parse().ok()?;
    let tx = parts.next()?.parse().ok()?;
    let clinic = number(parts.next()?)?;
    let source = parts.next()?.parse().ok()?;
    let at_us = parts.next()?.parse().ok()?;
    let (minor, currency) = (number(parts.next()?)?, parts.next()?);
    let amount = match minor {
        Some(minor) if currency != "-" => Some(Money::of_minor(minor, currency.parse().ok()?)),
        _ => None,
    };
    let (kind, props) = (parts.next()?.to_owned(), Props::from_text(parts.next()?.to_owned()));
    Some(ToldEvent { position: Position { tx, seq }, kind, record, clinic, source, at_us, amount, props })
}

/// A number, or none where a dash stands; nothing at all when it is neither.
fn number(text: &str) -> Option<Option<i64>> {
    if text == "-" { Some(None) } else { Some(Some(text.parse().ok()?)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_back_with_blanks_in_its_fields() {
        let told = event(7, r#"12 3 - 2 1700000000000000 -1250 CNY refund.paid {"note":"a b","n":1}"#).unwrap();
        assert_eq!(told.position, Position { tx: 3, seq: 12 });
        assert_eq!((told.record, told.clinic, told.source), (7, None, 2));
        assert_eq!(told.amount.map(Money::minor), Some(-1_250));
        assert_eq!(told.props.text_of("note").as_deref(), Some("a b"));
        let bare = event(7, "1 0 4 1 5 - - page.viewed {}").unwrap();
        assert_eq!((bare.clinic, bare.amount, bare.kind.as_str()), (Some(4), None, "page.viewed"));
        assert_eq!(event(7, "1 0 x 1 5 - - page.viewed {}"), None);
        assert_eq!(event(7, "1 0"), None);
    }
}
