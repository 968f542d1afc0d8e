//! Everybody read at once is everybody read one by one.

use careloop_profiles::{Gathered, Loaded, load};
use careloop_testkit::{TestDb, on_both};

use crate::chain::{append, assign, lives, records};

async fn write(test: &TestDb, sql: &str) {
    careloop_db::execute(test.db.write(), sql, []).await.unwrap();
}

async fn gathered(test: &TestDb) -> Vec<Loaded> {
    let mut all = Vec::new();
    for block in Gathered::read(&test.db, &test.ctx).await.unwrap().into_blocks() {
        all.extend(block.read(&test.db).await.unwrap().into_people().map(Result::unwrap));
    }
    all
}

#[tokio::test]
async fn facts_and_events_are_the_same() {
    on_both(|test| async move {
        let records = records(&test, 40).await;
        append(&test, &lives(&records)).await;
        assign(&test, records[5], records[1]).await;
        let (first, far) = (records[0], records[30]);
        // A family of three, one of whom has two birth dates and one none.
        write(
            &test,
            &format!("UPDATE records SET household = {first} WHERE ord IN ({first}, {}, {})", records[1], records[2]),
        )
        .await;
        write(&test, &format!("UPDATE records SET household = {first} WHERE ord = {}", records[5])).await;
        for (record, birth) in [(records[0], "1988-02-29"), (records[1], "2019-05-06"), (records[5], "2019-06-05")] {
            write(&test, &format!("UPDATE records SET birth_date = '{birth}' WHERE ord = {record}")).await;
        }
        write(
            &test,
            &format!("UPDATE records SET birth_date = 'unclear', region = '浦东 \"新区\"' WHERE ord = {}", records[3]),
        )
        .await;
        write(
            &test,
            &format!(
                "INSERT INTO identity_doubts (record_a, record_b, rule, weight) VALUES ({}, {far}, 'phone', 1)",
                records[7]
            ),
        )
        .await;
        let found = gathered(&test).await;
        let people: Vec<i64> = found.iter().map(|loaded| loaded.facts.person).collect();
        assert_eq!((people.len(), people.is_sorted()), (39, true));
        let mut one_by_one = load(test.db.read(), &people).await.unwrap();
        one_by_one.sort_by_key(|loaded| loaded.facts.person);
        for (all, one) in found.iter().zip(&one_by_one) {
            assert_eq!(all.facts, one.facts);
            assert_eq!((&all.events, &all.moves, all.records_us), (&one.events, &one.moves, one.records_us));
        }
        let of = |person: i64| &found.iter().find(|loaded| loaded.facts.person == person).unwrap().facts;
        assert_eq!((of(first).household_size, of(first).household_births.len()), (3, 1), "one of them without a date");
        assert_eq!(of(records[2]).household_births.len(), 2);
        assert!(of(records[7]).in_doubt && of(far).in_doubt && !of(first).in_doubt);
        assert!(found.iter().all(|loaded| !loaded.events.is_empty()));
    })
    .await;
}
