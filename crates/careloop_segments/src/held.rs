//! What a person is in, as one text a person.

use careloop_kernel::{Error, Result};
use serde_json::value::RawValue;

use crate::eval::Clause;
use crate::membership::StoredClause;
use crate::store::HeldRow;

/// One membership, to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// `segments.ord`.
    pub(crate) segment: i64,
    /// Microseconds since 1970, UTC.
    pub(crate) since: i64,
    /// The reason as JSON.
    pub(crate) why: String,
}

/// One membership as stored.
pub(crate) struct Membership {
    /// Microseconds since 1970, UTC.
    pub(crate) since: i64,
    /// The parts of the rule that hold.
    pub(crate) why: Vec<Clause>,
}

/// Memberships as text, in the order of the segments' numbers, in which they are left.
pub(crate) fn text(entries: &mut [Entry]) -> String {
    entries.sort_by_key(|entry| entry.segment);
    let said = |entry: &Entry| format!("[{},{},{}]", entry.segment, entry.since, entry.why);
    format!("[{}]", entries.iter().map(said).collect::<Vec<_>>().join(","))
}

/// What [`text`] wrote.
pub(crate) fn entries(text: &str) -> Result<Vec<Entry>> {
    let stored: Vec<(i64, i64, Box<RawValue>)> = serde_json::from_str(text).map_err(Error::internal)?;
    Ok(stored.into_iter().map(|(segment, since, why)| Entry { segment, since, why: why.get().to_owned() }).collect())
}

/// The membership in one segment.
pub(crate) fn membership(text: &str, segment: i64) -> Result<Option<Membership>> {
    let stored: Vec<(i64, i64, Vec<StoredClause>)> = serde_json::from_str(text).map_err(Error::internal)?;
    let found = stored.into_iter().find(|(held, ..)| *held == segment);
    Ok(found.map(|(_, since, why)| Membership { since, why: why.into_iter().map(Clause::from).collect() }))
}

impl HeldRow {
    /// Whether the person is in nothing and has nothing to wait for.
    pub(crate) fn is_empty(&self) -> bool {
        self.due_at.is_none() && self.held == "[]"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memberships_come_back_in_the_order_of_segments() {
        let why = r#"[{"p":"0","h":true,"e":[4,9]}]"#;
        let entry = |segment| Entry { segment, since: segment * 10, why: why.to_owned() };
        let text = text(&mut [entry(12), entry(3)]);
        assert_eq!(text, format!("[[3,30,{why}],[12,120,{why}]]"));
        let read = membership(&text, 12).unwrap().unwrap();
        assert_eq!((read.since, read.why.len(), read.why[0].events.as_slice()), (120, 1, [4, 9].as_slice()));
        assert!(membership(&text, 4).unwrap().is_none());
        assert_eq!(super::text(&mut entries(&text).unwrap()), text, "what is kept is written as it was");
    }
}
