//! The library as it stands in a chain: what waits for data, and numbers that the chain put in the place of the library's.

use careloop_kernel::ErrorKind;
use careloop_kernel::permissions::{ManageSettings, ReadAudit, ReadPeople, ReadSegments};
use careloop_kernel::{Ctx, PageRequest, PermissionSet, Scope};
use careloop_profiles::{
    inputs, list_tags, person_tags, rebuild, refresh, reset_threshold, set_threshold, thresholds, waiting,
};
use careloop_testkit::{TestDb, on_both, test_env};
use jiff::SignedDuration;
use serde_json::json;

use crate::chain::{append, event, lives, records, tables};

async fn waits(test: &TestDb, tag: &str) -> bool {
    let library = list_tags(&test.db, &test.ctx.require::<ReadSegments>().unwrap()).await.unwrap();
    library.tags.iter().find(|one| one.tag.id == tag).unwrap().waiting
}

/// On PostgreSQL what was appended is seen once the transactions of tests beside this one have ended.
async fn data_comes(test: &TestDb) {
    let seen = async {
        while !inputs::data_has_come(&test.db).await.unwrap() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), seen).await.unwrap();
}

#[tokio::test]
async fn a_tag_waits_until_its_data_is_seen() {
    on_both(|test| async move {
        let records = records(&test, 2).await;
        rebuild(&test.db, &test.ctx).await.unwrap();
        for tag in ["visit.count_band", "eng.activity", "need.perio", "attr.age_band", "gov.marketing_consent"] {
            assert!(waits(&test, tag).await, "{tag}");
        }
        for tag in ["attr.personality", "gov.records", "attr.household_size"] {
            assert!(!waits(&test, tag).await, "{tag}");
        }
        let read = test.ctx.require::<ReadPeople>().unwrap();
        let shown = |tags: Vec<careloop_profiles::Explained>| {
            tags.into_iter().map(|tag| format!("{}={}", tag.tag.id, tag.value.value)).collect::<Vec<_>>()
        };
        let before = shown(person_tags(&test.db, &read, "his:C1").await.unwrap());
        assert!(!before.iter().any(|tag| tag.starts_with("visit.count_band")), "no zero without data: {before:?}");
        assert!(!tables(&test).await.iter().any(|row| row.contains("|visit.count_band|")), "nor in the table");
        append(&test, &[event(records[0], "visit.closed", "2026-01-01T02:00:00Z", json!({}))]).await;
        data_comes(&test).await;
        inputs::renew(&test.db, &test.ctx).await.unwrap();
        assert!(!inputs::data_has_come(&test.db).await.unwrap());
        refresh(&test.db, &test.ctx, &records).await.unwrap();
        assert!(!waits(&test, "visit.count_band").await);
        assert!(waits(&test, "eng.activity").await);
        let after = shown(person_tags(&test.db, &read, "his:C1").await.unwrap());
        assert!(after.contains(&"visit.count_band=0".to_owned()), "now it is known to be none: {after:?}");
    })
    .await;
}

#[tokio::test]
async fn a_threshold_counts_from_its_instant_and_people_are_folded_again() {
    on_both(|test| async move {
        let records = records(&test, 3).await;
        append(&test, &lives(&records)).await;
        rebuild(&test.db, &test.ctx).await.unwrap();
        let before = inputs::live(test.db.read()).await.unwrap();
        assert!(waiting::outdated(&test.db, &before, 10).await.unwrap().is_empty());
        let manage = test.ctx.require::<ManageSettings>().unwrap();
        let early = test.ctx.now();
        test.clock.advance(SignedDuration::from_secs(1));
        set_threshold(&test.db, &manage, "life.dormant", "days", 400).await.unwrap();
        set_threshold(&test.db, &manage, "life.dormant", "days", 400).await.unwrap();
        let live = inputs::live(test.db.read()).await.unwrap();
        assert!(live.basis > before.basis);
        assert_eq!(waiting::outdated(&test.db, &live, 10).await.unwrap().len(), 3, "everybody");
        let asleep = |rows: &[String]| rows.iter().filter(|row| row.contains("|life.dormant|")).count();
        assert_eq!(asleep(&tables(&test).await), 2);
        refresh(&test.db, &test.ctx, &records).await.unwrap();
        let new = tables(&test).await;
        assert_eq!(asleep(&new), 0, "nobody sleeps before they are lost");
        rebuild(&test.db, &test.ctx).await.unwrap();
        assert_eq!(tables(&test).await, new, "live and rebuilt are the same with the chain's numbers");

        let loaded = careloop_profiles::load(test.db.read(), &records[1..2]).await.unwrap();
        let at = |inputs: &careloop_profiles::Inputs| {
            careloop_profiles::fold(
                &loaded[0].facts,
                &loaded[0].events,
                inputs,
                "2025-12-01T00:00:00Z".parse().unwrap(),
            )
        };
        test.clock.advance(SignedDuration::from_secs(1));
        let then = inputs::at(test.db.read(), early).await.unwrap();
        let now = inputs::at(test.db.read(), test.ctx.now()).await.unwrap();
        assert!(at(&then).has("life.dormant", "true"), "as of then, 180 days were asked");
        assert!(!at(&now).has("life.dormant", "true"));
        reset_threshold(&test.db, &manage, "life.dormant", "days").await.unwrap();
        let back = inputs::live(test.db.read()).await.unwrap();
        assert!(back.basis > live.basis);
        assert!(at(&back.inputs).has("life.dormant", "true"));
    })
    .await;
}

#[tokio::test]
async fn changes_of_thresholds_are_told_audited_and_listed() {
    on_both(|test| async move {
        let manage = test.ctx.require::<ManageSettings>().unwrap();
        set_threshold(&test.db, &manage, "life.dormant", "days", 200).await.unwrap();
        test.clock.advance(SignedDuration::from_secs(1));
        reset_threshold(&test.db, &manage, "life.dormant", "days").await.unwrap();
        reset_threshold(&test.db, &manage, "life.dormant", "days").await.unwrap();
        let told = careloop_events::of_records(test.db.read(), &[0]).await.unwrap();
        let kinds: Vec<&str> = told.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["threshold.set", "threshold.reset"], "what changes nothing tells nothing");
        let audit = test.ctx.require::<ReadAudit>().unwrap();
        let filter = careloop_access::audit::Filter::default();
        let request = PageRequest::new(None, None).unwrap();
        let page = careloop_access::audit::list(&test.db, &audit, filter, &request).await.unwrap();
        let rows: Vec<(&str, &str)> = page.items.iter().map(|row| (row.action.as_str(), row.object.as_str())).collect();
        assert_eq!(rows, [("tag.threshold_reset", "life.dormant"), ("tag.threshold_set", "life.dormant")]);
        let listed = thresholds(&test.db, &test.ctx.require::<ReadSegments>().unwrap()).await.unwrap();
        let days = &listed["life.dormant"][0];
        assert_eq!((days.value, days.default), (180, 180));
        let values: Vec<Option<i64>> = days.changes.iter().map(|change| change.value).collect();
        assert_eq!(values, [None, Some(200)], "latest first");
        for (tag, name, value, code) in [
            ("life.dormant", "days", 0, "tags.threshold_range"),
            ("life.dormant", "days", 36_501, "tags.threshold_range"),
            ("life.dormant", "weeks", 3, "tags.no_threshold"),
            ("life.nothing", "days", 3, "tags.unknown"),
        ] {
            assert_eq!(set_threshold(&test.db, &manage, tag, name, value).await.unwrap_err().code(), code);
        }
        let staff = "stf_00000000000000000000000001".parse().unwrap();
        let narrow: Ctx = Ctx::staff(test_env().0, staff, 1, Scope::Clinics(vec![1]), PermissionSet::all());
        let narrow = narrow.require::<ManageSettings>().unwrap();
        let refused = set_threshold(&test.db, &narrow, "life.dormant", "days", 90).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Forbidden);
    })
    .await;
}
