//! What people decide about persons, on both databases.

use careloop_db::{FromQueryResult, all, one, run};
use careloop_people::service::identity::{merge, unmerge};
use careloop_people::{Resolve, resolve, upsert_records};
use careloop_testkit::{TestDb, on_both};

use crate::chain::{at, families, ids};
use crate::world::row;

#[derive(Debug, PartialEq, Eq, FromQueryResult)]
struct Row {
    id: String,
    person: i64,
    household: i64,
}

#[derive(Debug, PartialEq, Eq, FromQueryResult)]
struct Link {
    record_a: i64,
    record_b: i64,
    rule: String,
}

async fn state(test: &TestDb) -> (Vec<Row>, Vec<Link>) {
    let rows = all(test.db.read(), "SELECT id, person, household FROM records ORDER BY ord", []).await.unwrap();
    let links =
        all(test.db.read(), "SELECT record_a, record_b, rule FROM identity_links ORDER BY 1, 2", []).await.unwrap();
    (rows, links)
}

async fn count(test: &TestDb, sql: &str) -> i64 {
    #[derive(FromQueryResult)]
    struct Count {
        value: i64,
    }
    one::<Count>(test.db.read(), sql, []).await.unwrap().value
}

#[tokio::test]
async fn a_merge_that_is_undone_leaves_every_id_as_it_was() {
    on_both(|test| async move {
        families(&test).await;
        let ctx = test.ctx.require().unwrap();
        let before = state(&test).await;
        let (stranger_record, stranger) = ids(&test, "stranger").await;
        let (_, mother) = ids(&test, "mother").await;
        merge(&test.db, &ctx, (&stranger, &mother), "same person, says she").await.unwrap();
        let merged = state(&test).await;
        assert_eq!(merged.0[0].person, merged.0[3].person);
        assert_eq!(count(&test, "SELECT COUNT(*) AS value FROM events WHERE kind = 'person.merged'").await, 1);
        resolve(&test.db, &test.ctx, Resolve::Full).await.unwrap();
        assert_eq!(merged, state(&test).await, "the decision outlives a full resolve");
        let found =
            careloop_people::find_person(test.db.read(), &test.ctx.require().unwrap(), &stranger).await.unwrap();
        assert_eq!(found, merged.0[0].person, "the id that was merged away leads to the person");
        unmerge(&test.db, &ctx, &mother, &[stranger_record.parse().unwrap()], "was a mistake").await.unwrap();
        assert_eq!(before, state(&test).await);
        assert_eq!(count(&test, "SELECT COUNT(*) AS value FROM events WHERE kind = 'person.unmerged'").await, 1);
        resolve(&test.db, &test.ctx, Resolve::Full).await.unwrap();
        assert_eq!(before, state(&test).await);
        assert_eq!(count(&test, "SELECT COUNT(*) AS value FROM audit_log WHERE action LIKE 'person.%'").await, 2);
    })
    .await;
}

#[derive(Debug, PartialEq, Eq, FromQueryResult)]
struct Told {
    record: i64,
    event: Vec<u8>,
}

async fn told(test: &TestDb) -> Vec<Told> {
    all(test.db.read(), "SELECT record, event FROM identity_moves ORDER BY record, event", []).await.unwrap()
}

#[tokio::test]
async fn a_database_of_before_finds_the_history_of_its_ids_in_the_log() {
    on_both(|test| async move {
        let source = families(&test).await;
        let ctx = test.ctx.require().unwrap();
        let ((stranger_record, stranger), (_, mother)) = (ids(&test, "stranger").await, ids(&test, "mother").await);
        merge(&test.db, &ctx, (&stranger, &mother), "same person, says she").await.unwrap();
        unmerge(&test.db, &ctx, &mother, &[stranger_record.parse().unwrap()], "was a mistake").await.unwrap();
        // One by the rules: the stranger turns out to have the child's name and birth date.
        upsert_records(
            &test.db,
            &test.ctx,
            source,
            vec![at(2, row("stranger", "王小雨", "2016-05-20", "13912345670"))],
        )
        .await
        .unwrap();
        resolve(&test.db, &test.ctx, Resolve::Incremental).await.unwrap();
        let before = told(&test).await;
        assert_eq!(before.len(), 6, "three moves, each under two ids");
        run(test.db.write(), "DELETE FROM identity_moves", []).await.unwrap();
        let migration = include_str!("../../../../migrations/0009_identity_moves.sql");
        let fill: Vec<&str> = migration.split(';').filter(|part| part.contains("INSERT INTO")).collect();
        for sql in &fill {
            run(test.db.write(), sql, []).await.unwrap();
        }
        assert_eq!((fill.len(), told(&test).await), (2, before));
    })
    .await;
}

#[tokio::test]
async fn records_that_were_taken_apart_stay_apart() {
    on_both(|test| async move {
        let source = families(&test).await;
        let ctx = test.ctx.require().unwrap();
        let (record, _) = ids(&test, "again").await;
        let (_, mother) = ids(&test, "mother").await;
        let keeper = unmerge(&test.db, &ctx, &mother, &[record.parse().unwrap()], "two sisters in law").await.unwrap();
        assert_eq!(keeper.to_string(), mother);
        let apart = state(&test).await;
        assert_ne!(apart.0[0].person, apart.0[1].person);
        // The record says more now; the rules alone would join it again.
        upsert_records(&test.db, &test.ctx, source, vec![at(1, row("again", "李梅", "1988-06-02", "13912345670"))])
            .await
            .unwrap();
        for mode in [Resolve::Incremental, Resolve::Full] {
            resolve(&test.db, &test.ctx, mode).await.unwrap();
            assert_eq!(apart, state(&test).await);
        }
        let (_, again) = ids(&test, "again").await;
        merge(&test.db, &ctx, (&mother, &again), "one after all").await.unwrap();
        let (rows, _) = state(&test).await;
        assert_eq!(rows[0].person, rows[1].person, "a later decision takes the earlier one back");
        let twice = merge(&test.db, &ctx, (&mother, &again), "one after all").await.unwrap_err();
        assert_eq!(twice.code(), "people.already_merged");
    })
    .await;
}

#[tokio::test]
async fn a_merge_joins_even_what_the_rules_would_part() {
    on_both(|test| async move {
        families(&test).await;
        let ctx = test.ctx.require().unwrap();
        let ((_, mother), (_, child)) = (ids(&test, "mother").await, ids(&test, "child").await);
        merge(&test.db, &ctx, (&child, &mother), "registered twice").await.unwrap();
        let (rows, _) = state(&test).await;
        assert!(rows[..3].iter().all(|row| row.person == rows[0].person), "all three records");
        let all_of_them = [ids(&test, "mother").await.0, ids(&test, "again").await.0, ids(&test, "child").await.0];
        let records: Vec<_> = all_of_them.iter().map(|id| id.parse().unwrap()).collect();
        let error = unmerge(&test.db, &ctx, &mother, &records, "everything").await.unwrap_err();
        assert_eq!(error.code(), "people.unmerge_records");
    })
    .await;
}
