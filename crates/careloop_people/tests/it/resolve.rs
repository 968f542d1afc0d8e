//! Persons and households in the database.

use careloop_db::{FromQueryResult, all, one};
use careloop_people::{Resolve, resolve, upsert_records};
use careloop_testkit::{TestDb, on_both};

use crate::world::{Dice, add_source, muddled, row};

#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
struct Assigned {
    source_key: String,
    person: i64,
    household: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
struct Link {
    record_a: i64,
    record_b: i64,
    rule: String,
    weight: i64,
    doubt: i32,
}

async fn state(test: &TestDb) -> (Vec<Assigned>, Vec<Link>) {
    let records =
        all(test.db.read(), "SELECT source_key, person, household FROM records ORDER BY ord", []).await.unwrap();
    let pairs = "SELECT record_a, record_b, rule, weight, 0 AS doubt FROM identity_links
                 UNION ALL SELECT record_a, record_b, rule, weight, 1 AS doubt FROM identity_doubts ORDER BY 5, 1, 2";
    let links = all(test.db.read(), pairs, []).await.unwrap();
    (records, links)
}

/// How many persons there are: every record of a person names the same number.
fn persons((records, _): &(Vec<Assigned>, Vec<Link>)) -> i64 {
    let numbers: std::collections::BTreeSet<i64> = records.iter().map(|record| record.person).collect();
    i64::try_from(numbers.len()).unwrap()
}

async fn count(test: &TestDb, kind: &str) -> i64 {
    #[derive(FromQueryResult)]
    struct Row {
        value: i64,
    }
    one::<Row>(test.db.read(), "SELECT COUNT(*) AS value FROM events WHERE kind = $1", [kind.into()])
        .await
        .unwrap()
        .value
}

#[tokio::test]
async fn changes_in_small_steps_end_where_a_full_resolve_ends() {
    on_both(|test| async move {
        let source = add_source(&test, "his").await;
        resolve(&test.db, &test.ctx, Resolve::Learn).await.unwrap();
        for seed in 0..4 {
            let mut dice = Dice::new(seed + 1);
            for _ in 0..7 {
                // New rows and old ones with new content: keys come and go.
                let rows = (0..1 + dice.below(30)).map(|_| dice.below(240)).collect::<std::collections::BTreeSet<_>>();
                let rows = rows.into_iter().map(|key| muddled(&mut dice, seed * 1_000 + key)).collect();
                upsert_records(&test.db, &test.ctx, source, rows).await.unwrap();
                let report = resolve(&test.db, &test.ctx, Resolve::Incremental).await.unwrap();
                assert!(!report.full);
                let near = state(&test).await;
                assert_eq!(report.persons, persons(&near));
                assert!(resolve(&test.db, &test.ctx, Resolve::Full).await.unwrap().full);
                assert_eq!(near, state(&test).await, "seed {seed}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_phone_that_a_crowd_comes_to_share_stops_telling_anything() {
    on_both(|test| async move {
        let source = add_source(&test, "his").await;
        resolve(&test.db, &test.ctx, Resolve::Learn).await.unwrap();
        let family = vec![
            row("a", "王小明", "", "13912345670"),
            row("b", "王小明", "", "13912345670"),
            row("c", "李梅", "", "13912345670"),
        ];
        upsert_records(&test.db, &test.ctx, source, family).await.unwrap();
        resolve(&test.db, &test.ctx, Resolve::Incremental).await.unwrap();
        let (before, _) = state(&test).await;
        assert_eq!(before[0].person, before[1].person);
        assert_eq!(before[0].household, before[2].household);
        let crowd = (0..200)
            .map(|key| row(&format!("x{key}"), &format!("赵{}", ["国强", "敏", "静怡"][key % 3]), "", "13912345670"))
            .collect();
        upsert_records(&test.db, &test.ctx, source, crowd).await.unwrap();
        assert!(!resolve(&test.db, &test.ctx, Resolve::Incremental).await.unwrap().full);
        let near = state(&test).await;
        assert_ne!(near.0[0].person, near.0[1].person);
        resolve(&test.db, &test.ctx, Resolve::Full).await.unwrap();
        assert_eq!(near, state(&test).await);
        assert_eq!(count(&test, "person.unmerged").await, 1);
    })
    .await;
}

#[tokio::test]
async fn an_account_that_a_crowd_comes_to_share_makes_no_household() {
    on_both(|test| async move {
        let source = add_source(&test, "his").await;
        resolve(&test.db, &test.ctx, Resolve::Learn).await.unwrap();
        let of = |key: &str, name: &str, birth: &str| {
            let mut row = row(key, name, birth, "");
            row.fields.union_id = Some("union-1".into());
            row
        };
        upsert_records(&test.db, &test.ctx, source, vec![of("a", "王小雨", ""), of("b", "李梅", "")]).await.unwrap();
        resolve(&test.db, &test.ctx, Resolve::Incremental).await.unwrap();
        let (before, _) = state(&test).await;
        assert_ne!(before[0].person, before[1].person);
        assert_eq!(before[0].household, before[1].household);
        // Many records of few people: a home by their number, a filler by how often it stands there.
        let people = [("赵国强", "1990-03-12"), ("赵敏", "1985-07-23"), ("赵静怡", "1979-11-05")];
        let crowd = (0..200).map(|key| of(&format!("x{key}"), people[key % 3].0, people[key % 3].1)).collect();
        upsert_records(&test.db, &test.ctx, source, crowd).await.unwrap();
        assert!(!resolve(&test.db, &test.ctx, Resolve::Incremental).await.unwrap().full);
        let near = state(&test).await;
        assert_eq!(persons(&near), 5);
        assert_ne!(near.0[0].household, near.0[1].household);
        resolve(&test.db, &test.ctx, Resolve::Full).await.unwrap();
        assert_eq!(near, state(&test).await);
    })
    .await;
}

#[tokio::test]
async fn only_people_somebody_may_have_met_are_told_to_merge() {
    on_both(|test| async move {
        let source = add_source(&test, "his").await;
        upsert_records(
            &test.db,
            &test.ctx,
            source,
            vec![row("a", "王小明", "", "13912345670"), row("b", "王小明", "", "13912345670")],
        )
        .await
        .unwrap();
        let report = resolve(&test.db, &test.ctx, Resolve::Incremental).await.unwrap();
        assert_eq!((report.persons, report.merged, count(&test, "person.merged").await), (1, 0, 0));
        upsert_records(&test.db, &test.ctx, source, vec![row("c", "王小明", "1990-03-12", "")]).await.unwrap();
        resolve(&test.db, &test.ctx, Resolve::Incremental).await.unwrap();
        upsert_records(&test.db, &test.ctx, source, vec![row("a", "王小明", "1990-03-12", "13912345670")])
            .await
            .unwrap();
        let report = resolve(&test.db, &test.ctx, Resolve::Incremental).await.unwrap();
        assert_eq!((report.persons, report.merged, count(&test, "person.merged").await), (1, 1, 1));
        let again = resolve(&test.db, &test.ctx, Resolve::Full).await.unwrap();
        assert_eq!((again.merged, again.unmerged, again.changed.len()), (0, 0, 0), "a second look changes nothing");
    })
    .await;
}
