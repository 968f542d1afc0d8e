//! Walks through parts of the indexes of the log.

use careloop_db::{Db, FromQueryResult, one};
use careloop_kernel::Result;

#[derive(FromQueryResult)]
struct NumberRow {
    number: i64,
}

/// Events by their keys.
const KEYS: &str = "SELECT COUNT(*) AS number FROM events WHERE key >= $1 AND key < $2";
/// Events by their records.
const RECORDS: &str = "SELECT COUNT(*) AS number FROM events WHERE record >= $1 AND record < $2";

/// Goes through the keys that begin with a byte, and gives their number.
pub(crate) async fn walk_keys(db: &Db, first: u8) -> Result<i64> {
    // A key has 16 bytes, so those that begin with the last byte lie below 17 of them.
    let end = first.checked_add(1).map_or_else(|| vec![u8::MAX; 17], |next| vec![next]);
    Ok(one::<NumberRow>(db.read(), KEYS, [vec![first].into(), end.into()]).await?.number)
}

/// Goes through one of so many parts of the records, and gives the number of their events.
pub(crate) async fn walk_records(db: &Db, (part, parts): (u32, u32)) -> Result<i64> {
    let step = super::last_record(db).await? / i64::from(parts) + 1;
    let (start, end) = (step * i64::from(part), step * i64::from(part + 1));
    Ok(one::<NumberRow>(db.read(), RECORDS, [start.into(), end.into()]).await?.number)
}

#[cfg(test)]
mod tests {
    use careloop_db::all;
    use careloop_testkit::{TestDb, on_both};
    use serde_json::Map;

    use super::*;
    use crate::{NewEvent, append};

    #[derive(FromQueryResult)]
    struct Plan {
        detail: String,
    }

    #[tokio::test]
    async fn the_parts_together_are_the_whole_log() {
        on_both(|test| async move {
            let event = |n: i64| NewEvent {
                kind: "visit.closed".to_owned(),
                record: n * 5 % 1_001,
                clinic: None,
                source: 1,
                message_id: format!("m-{n}"),
                at: test.ctx.now(),
                amount: None,
                props: Map::new(),
                flags: 0,
            };
            let events: Vec<NewEvent> = (0..1_500).map(event).collect();
            let tx = test.db.begin().await.unwrap();
            append(&*tx, test.db.engine(), &test.ctx, &events).await.unwrap();
            tx.commit().await.unwrap();
            let (mut keys, mut records) = (0, 0);
            for part in 0..=u8::MAX {
                keys += walk_keys(&test.db, part).await.unwrap();
                records += walk_records(&test.db, (part.into(), 256)).await.unwrap();
            }
            assert_eq!((keys, records), (1_500, 1_500));
        })
        .await;
    }

    #[tokio::test]
    async fn only_the_index_is_read() {
        let test = TestDb::sqlite().await;
        for (sql, index) in [(KEYS, "events_key"), (RECORDS, "events_record")] {
            let sql = format!("EXPLAIN QUERY PLAN {sql}");
            let plan: Vec<Plan> = all(test.db.read(), &sql, [1.into(), 2.into()]).await.unwrap();
            let covering = format!("USING COVERING INDEX {index}");
            assert!(plan.iter().any(|step| step.detail.contains(&covering)), "{}", plan[0].detail);
        }
    }
}
