//! Counting and previewing rules, now and in the past.

use careloop_kernel::ids::{Id, StaffId};
use careloop_kernel::permissions::ReadSegments;
use careloop_kernel::{Ctx, PermissionSet, Scope};
use careloop_segments::{AsOf, Finder, NewSegment, archive_segment, create_segment, list_changes, preview};
use careloop_testkit::{TestDb, on_both};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::chain::{append, event, lives, members, records, segment, settle};

fn rules() -> Vec<Value> {
    vec![
        json!({"all":[]}),
        json!({"event":"visit.closed","within":"180d"}),
        json!({"all":[{"tag":"val.r","gte":3},{"event":"payment.received","sum":{"field":"amount","gte":"500.00"}}]}),
        json!({"any":[{"tag":"visit.recency","in":["91-180",">365"]},{"not":{"attr":"source","is":"his"}}]}),
        json!({"not":{"any":[{"tag":"life.dormant"},{"event":"visit.closed","where":{"item":{"is":"洁牙"}},"count":{"gte":4}}]}}),
    ]
}

#[tokio::test]
async fn previews_counts_and_memberships_agree() {
    on_both(|test| async move {
        let records = records(&test, 40).await;
        append(&test, &lives(&records)).await;
        let read = test.ctx.require::<ReadSegments>().unwrap();
        let finder = Finder::default();
        for (number, rule) in rules().into_iter().enumerate() {
            let exact = careloop_segments::count(&test.db, &read, &rule, None).await.unwrap();
            let id = segment(&test, &format!("rule {number}"), rule.clone()).await;
            assert_eq!(members(&test, id).await.len() as u64, exact, "{rule}, before anything was folded");
            let shown = preview(&test.db, &read, &finder, &rule, AsOf::Live).await.unwrap();
            assert_eq!(shown.count, exact, "{rule}");
            assert_eq!(shown.sample.len() as u64, exact.min(10));
            let people = careloop_segments::members(&test.db, &read, &rule, None).await.unwrap();
            assert_eq!(people.len() as u64, exact);
        }
        // New events reach the columns that the finder holds.
        let rule = json!({"event":"visit.closed","within":"1h"});
        assert_eq!(preview(&test.db, &read, &finder, &rule, AsOf::Live).await.unwrap().count, 0);
        append(&test, &[event(records[7], "visit.closed", "2026-03-02T00:59:59Z", json!({}))]).await;
        settle(&test).await; // the finder waits, as every reader of the log does, for transactions that began before
        assert_eq!(preview(&test.db, &read, &finder, &rule, AsOf::Live).await.unwrap().count, 1);
    })
    .await;
}

/// What a finder that has answered before says, against one that has read nothing yet. Gives the counts.
async fn as_fresh(test: &TestDb, finder: &Finder, after: &str) -> Vec<u64> {
    let read = test.ctx.require::<ReadSegments>().unwrap();
    let asked = [
        json!({"tag":"visit.recency","in":["91-180",">365"]}),
        json!({"tag":"life.dormant","is":true}),
        json!({"not":{"tag":"val.r","gte":3}}),
        json!({"attr":"source","is":"his"}),
        json!({"attr":"household_size","gte":2}),
        json!({"attr":"age","gte":40}),
        json!({"attr":"gender","is":"female"}),
        json!({"event":"payment.received","where":{"line":{"is":"综合"}},"sum":{"field":"amount","gte":"900.00"}}),
        json!({"event":"visit.closed","distinct":{"field":"visit_id","gte":1}}),
        json!({"event":"page.scrolled","where":{"depth":{"gte":1}}}),
        json!({"all":[{"event":"visit.closed","distinct":{"field":"item","gte":1}},{"not":{"event":"lead.created","within":"400d"}}]}),
    ];
    let mut counts = Vec::new();
    for rule in asked.iter().chain(&rules()) {
        let held = preview(&test.db, &read, finder, rule, AsOf::Live).await.unwrap().count;
        let fresh = preview(&test.db, &read, &Finder::default(), rule, AsOf::Live).await.unwrap().count;
        assert_eq!(held, fresh, "{rule}, after {after}");
        counts.push(held);
    }
    counts
}

#[tokio::test]
async fn what_a_finder_holds_is_what_the_database_says() {
    on_both(|test| async move {
        let records = records(&test, 40).await;
        let finder = Finder::default();
        let mut seen = vec![as_fresh(&test, &finder, "nothing").await];
        append(&test, &lives(&records)).await;
        settle(&test).await;
        seen.push(as_fresh(&test, &finder, "lives").await);
        test.clock.set("2026-09-02T01:00:00Z".parse().unwrap());
        settle(&test).await;
        seen.push(as_fresh(&test, &finder, "half a year").await);
        let visits: Vec<_> = records[..20]
            .iter()
            .map(|record| event(*record, "visit.closed", "2026-09-01T00:00:00Z", json!({})))
            .collect();
        append(&test, &visits).await;
        settle(&test).await;
        seen.push(as_fresh(&test, &finder, "visits").await);
        let sql = "UPDATE records SET gender = 'female', birth_date = '1970-01-01', updated_at = $1 WHERE ord <= $2";
        let values = [test.ctx.now_us().into(), records[4].into()];
        careloop_db::execute(test.db.write(), sql, values).await.unwrap();
        careloop_profiles::refresh(&test.db, &test.ctx, &records[..5]).await.unwrap();
        seen.push(as_fresh(&test, &finder, "new facts").await);
        let sql = "UPDATE records SET person = $1, household = $1, resolved_at = $2 WHERE ord = $3";
        let values = [records[0].into(), test.ctx.now_us().into(), records[2].into()];
        careloop_db::execute(test.db.write(), sql, values).await.unwrap();
        settle(&test).await;
        seen.push(as_fresh(&test, &finder, "a merge").await);
        careloop_profiles::clear(&test.db, &test.ctx).await.unwrap();
        seen.push(as_fresh(&test, &finder, "everything was emptied").await);
        careloop_segments::rebuild(&test.db, &test.ctx).await.unwrap();
        seen.push(as_fresh(&test, &finder, "a rebuild").await);
        assert!(seen.windows(2).all(|pair| pair[0] != pair[1]), "every step changes something: {seen:?}");
    })
    .await;
}

#[tokio::test]
async fn the_past_answers_as_it_did_then() {
    on_both(|test| async move {
        let records = records(&test, 40).await;
        let (early, late): (Vec<_>, Vec<_>) = lives(&records)
            .into_iter()
            .partition(|event| event.at < "2025-06-15T00:00:00Z".parse::<Timestamp>().unwrap());
        test.clock.set("2025-06-15T00:00:00Z".parse().unwrap());
        append(&test, &early).await;
        settle(&test).await;
        let read = test.ctx.require::<ReadSegments>().unwrap();
        let mut then = Vec::new();
        for rule in rules() {
            then.push(careloop_segments::members(&test.db, &read, &rule, None).await.unwrap());
        }
        let instant = test.ctx.now() + SignedDuration::from_micros(1);
        test.clock.set("2026-03-02T01:00:00Z".parse().unwrap());
        append(&test, &late).await;
        settle(&test).await;
        for (rule, then) in rules().iter().zip(&then) {
            assert_eq!(
                &careloop_segments::members(&test.db, &read, rule, Some(instant)).await.unwrap(),
                then,
                "{rule}"
            );
        }
        assert_ne!(careloop_segments::members(&test.db, &read, &rules()[1], None).await.unwrap(), then[1]);
    })
    .await;
}

fn own(test: &TestDb, scope: Scope) -> Ctx {
    Ctx::staff(test.ctx.env().clone(), StaffId::from_bits(1), 1, scope, PermissionSet::all())
}

#[tokio::test]
async fn people_out_of_scope_are_neither_listed_nor_counted() {
    on_both(|test| async move {
        let records = records(&test, 10).await;
        let sql = "INSERT INTO clinics (id, code, name, region, time_zone, created_at) VALUES ('cli_00000000000000000000000001', 'A', 'A', 'r', 'Asia/Shanghai', 0)";
        careloop_db::execute(test.db.write(), sql, []).await.unwrap();
        careloop_db::execute(test.db.write(), "UPDATE records SET clinic = 1 WHERE ord <= $1", [records[2].into()]).await.unwrap();
        append(&test, &lives(&records)).await;
        let all = segment(&test, "all", json!({"event":"visit.closed"})).await;
        let narrow = own(&test, Scope::Clinics(vec![1]));
        let read = narrow.require::<ReadSegments>().unwrap();
        assert_eq!(careloop_segments::list_segments(&test.db, &read, false).await.unwrap()[0].count, 3);
        assert_eq!(preview(&test.db, &read, &Finder::default(), &json!({"all":[]}), AsOf::Live).await.unwrap().count, 3);
        let request = careloop_kernel::PageRequest::new(None, None).unwrap();
        let page = careloop_segments::list_members(&test.db, &narrow.require().unwrap(), all, &request).await.unwrap();
        assert_eq!(page.items.len(), 3);
        assert_eq!(list_changes(&test.db, &narrow.require().unwrap(), all, &request).await.unwrap().items.len(), 3);
        let error = careloop_segments::explain_member(&test.db, &read, all, "his:C9").await.unwrap_err();
        assert_eq!(error.code(), "people.not_found");
    })
    .await;
}

#[tokio::test]
async fn segments_are_named_once_checked_and_put_away() {
    on_both(|test| async move {
        let edit = test.ctx.require().unwrap();
        let new = |name: &str, rule: Value| NewSegment { name: name.to_owned(), description: String::new(), rule };
        let base = create_segment(&test.db, &edit, &new("base", json!({"all":[]}))).await.unwrap().id;
        let code =
            async |name: &str, rule: Value| create_segment(&test.db, &edit, &new(name, rule)).await.unwrap_err().code();
        assert_eq!(code("base", json!({"all":[]})).await, "segments.name_taken");
        assert_eq!(code(" ", json!({"all":[]})).await, "segments.name");
        assert_eq!(code("x", json!({"segment":"seg_00000000000000000000000001"})).await, "segments.rule");
        assert_eq!(code("x", json!({"attr":"clinic","is":"Z99"})).await, "segments.rule");
        let user = create_segment(&test.db, &edit, &new("user", json!({"segment": base}))).await.unwrap().id;
        assert_eq!(archive_segment(&test.db, &edit, base).await.unwrap_err().code(), "segments.in_use");
        archive_segment(&test.db, &edit, user).await.unwrap();
        archive_segment(&test.db, &edit, base).await.unwrap();
        let read = test.ctx.require().unwrap();
        assert!(careloop_segments::list_segments(&test.db, &read, false).await.unwrap().is_empty());
        assert_eq!(careloop_segments::list_segments(&test.db, &read, true).await.unwrap().len(), 2);
    })
    .await;
}
