//! What is stored equals what the fold says, however one gets there.

use careloop_kernel::permissions::{EditTags, ReadPeople, ReadSegments};
use careloop_kernel::{Currency, ErrorKind, Money};
use careloop_profiles::{
    Payer, Quantiles, TagSetting, inputs, list_tags, person_tags, rebuild, refresh, remove_tag, set_tag,
    set_tag_on_terms,
};
use careloop_testkit::on_both;
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use serde_json::json;

use crate::chain::{append, assign, event, lives, records, tables};

#[tokio::test]
async fn a_second_rebuild_and_live_folding_give_the_same_rows() {
    on_both(|test| async move {
        let records = records(&test, 30).await;
        append(&test, &lives(&records)).await;
        let rebuilt = rebuild(&test.db, &test.ctx).await.unwrap();
        assert_eq!(rebuilt.people, 30);
        let first = tables(&test).await;
        assert!(first.iter().any(|row| row.contains("|val.rfm|")), "{first:?}");
        rebuild(&test.db, &test.ctx).await.unwrap();
        assert_eq!(tables(&test).await, first);
        let news: Vec<_> =
            records.iter().map(|record| event(*record, "visit.closed", "2026-03-01T02:00:00Z", json!({}))).collect();
        append(&test, &news).await;
        test.clock.advance(SignedDuration::from_hours(24 * 100));
        for chunk in records.chunks(7) {
            refresh(&test.db, &test.ctx, chunk).await.unwrap();
        }
        let live = tables(&test).await;
        assert_ne!(live, first);
        rebuild(&test.db, &test.ctx).await.unwrap();
        assert_eq!(tables(&test).await, live);
    })
    .await;
}

#[tokio::test]
async fn a_merge_that_is_undone_leaves_nothing_behind() {
    on_both(|test| async move {
        let records = records(&test, 4).await;
        append(&test, &lives(&records)).await;
        rebuild(&test.db, &test.ctx).await.unwrap();
        let before = tables(&test).await;
        assign(&test, records[3], records[1]).await;
        refresh(&test.db, &test.ctx, &[records[1], records[3]]).await.unwrap();
        let merged = tables(&test).await;
        assert!(merged.iter().all(|row| !row.starts_with(&format!("{}|", records[3]))), "the number is nobody now");
        assert!(merged.iter().any(|row| row.starts_with(&format!("{}|gov.records|2", records[1]))));
        assign(&test, records[3], records[3]).await;
        refresh(&test.db, &test.ctx, &[records[1], records[3]]).await.unwrap();
        assert_eq!(tables(&test).await, before);
    })
    .await;
}

#[tokio::test]
async fn staff_set_and_remove_tags_and_the_log_tells_of_it() {
    on_both(|test| async move {
        let records = records(&test, 1).await;
        let edit = test.ctx.require::<EditTags>().unwrap();
        let read = test.ctx.require::<ReadPeople>().unwrap();
        let labels = |tags: Vec<careloop_profiles::Explained>| {
            tags.into_iter().map(|tag| (tag.tag.id.clone(), tag.value.value)).collect::<Vec<_>>()
        };
        set_tag(&test.db, &edit, "his:C0", "attr.personality", "怕疼").await.unwrap();
        set_tag(&test.db, &edit, "his:C0", "attr.personality", "怕疼").await.unwrap();
        set_tag(&test.db, &edit, "his:C0", "attr.personality", "健谈").await.unwrap();
        set_tag(&test.db, &edit, "his:C0", "attr.dental_anxiety", "mild").await.unwrap();
        set_tag(&test.db, &edit, "his:C0", "attr.dental_anxiety", "severe").await.unwrap();
        let events = careloop_events::of_records(test.db.read(), &records).await.unwrap();
        assert_eq!(events.len(), 4, "setting what is set tells nothing");
        let held = labels(person_tags(&test.db, &read, "his:C0").await.unwrap());
        for (tag, value, there) in [
            ("attr.personality", "怕疼", true),
            ("attr.personality", "健谈", true),
            ("attr.dental_anxiety", "severe", true),
            ("attr.dental_anxiety", "mild", false),
        ] {
            assert_eq!(held.contains(&(tag.to_owned(), value.to_owned())), there, "{tag} {value}");
        }
        remove_tag(&test.db, &edit, "his:C0", "attr.personality", Some("怕疼")).await.unwrap();
        let gone = remove_tag(&test.db, &edit, "his:C0", "attr.personality", Some("怕疼")).await.unwrap_err();
        assert_eq!(gone.code(), "tags.not_set");
        let held = labels(person_tags(&test.db, &read, "his:C0").await.unwrap());
        assert!(!held.contains(&("attr.personality".to_owned(), "怕疼".to_owned())));
        for (tag, value, code) in [
            ("life.churned", "true", "tags.computed"),
            ("attr.personality", "友善", "tags.value"),
            ("attr.nothing", "x", "tags.unknown"),
            ("custom.label", "13800138000", "tags.personal"),
        ] {
            assert_eq!(set_tag(&test.db, &edit, "his:C0", tag, value).await.unwrap_err().code(), code);
        }
        let unknown = set_tag(&test.db, &edit, "his:nobody", "care.vip", "true").await.unwrap_err();
        assert_eq!(unknown.kind(), ErrorKind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn reasons_name_their_events_and_the_library_counts_people() {
    on_both(|test| async move {
        let records = records(&test, 10).await;
        append(&test, &lives(&records)).await;
        rebuild(&test.db, &test.ctx).await.unwrap();
        let read = test.ctx.require::<ReadPeople>().unwrap();
        let tags = person_tags(&test.db, &read, "his:C3").await.unwrap();
        let recency = tags.iter().find(|tag| tag.tag.id == "visit.recency").unwrap();
        assert_eq!(recency.events.len(), 1);
        let visits = careloop_events::of_records(test.db.read(), &records[3..4]).await.unwrap();
        let last = visits.iter().rfind(|event| event.kind == "visit.closed").unwrap();
        assert_eq!(recency.events[0], last.event_id);
        let library = list_tags(&test.db, &test.ctx.require::<ReadSegments>().unwrap()).await.unwrap().tags;
        let personality = library.iter().find(|tag| tag.tag.id == "attr.personality").unwrap();
        assert_eq!((personality.people, personality.population), (10, 10));
        assert_eq!(personality.values.iter().find(|(value, _)| value == "怕疼").unwrap().1, 10);
    })
    .await;
}

#[tokio::test]
async fn inputs_are_set_stored_told_and_found_as_of_an_instant() {
    on_both(|test| async move {
        assert!(inputs::are_stale(&test.db, &test.ctx).await.unwrap(), "never set");
        let records = records(&test, 30).await;
        append(&test, &lives(&records)).await;
        let early = "2025-06-01T00:00:00Z".parse().unwrap();
        let computed = inputs::at(test.db.read(), early).await.unwrap().quantiles.unwrap();
        inputs::renew(&test.db, &test.ctx).await.unwrap();
        assert!(!inputs::are_stale(&test.db, &test.ctx).await.unwrap());
        let live = inputs::live(test.db.read()).await.unwrap().inputs.quantiles.unwrap();
        assert_ne!(live, computed);
        assert_eq!(
            inputs::at(test.db.read(), early).await.unwrap().quantiles,
            Some(computed),
            "none was in force then"
        );
        test.clock.advance(SignedDuration::from_hours(1));
        assert_eq!(inputs::at(test.db.read(), test.ctx.now()).await.unwrap().quantiles, Some(live));
        let told = careloop_events::of_records(test.db.read(), &[0]).await.unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].kind, "inputs.set");
        append(&test, &[event(records[0], "visit.closed", "2026-03-01T02:00:00Z", json!({}))]).await;
        assert!(!inputs::are_stale(&test.db, &test.ctx).await.unwrap());
        test.clock.advance(SignedDuration::from_hours(24));
        assert!(inputs::are_stale(&test.db, &test.ctx).await.unwrap(), "a day has passed and something happened");
    })
    .await;
}

#[tokio::test]
async fn cut_points_count_people_and_what_they_paid_themselves_in_the_chains_currency() {
    on_both(|test| async move {
        let records = records(&test, 5).await;
        let money = |record: usize, kind: &str, day: &str, amount: i64, method: &str| {
            event(records[record], kind, &format!("{day}T02:00:00Z"), json!({ "amount": amount, "method": method }))
        };
        let mut foreign = money(4, "payment.received", "2026-02-20", 90_000, "微信");
        foreign.amount = Some(Money::of_minor(90_000, "USD".parse::<Currency>().unwrap()));
        append(
            &test,
            &[
                money(0, "payment.received", "2026-02-20", 20_000, "微信"),
                money(0, "payment.received", "2026-01-10", 10_000, "现金"),
                money(0, "refund.paid", "2026-02-22", 5_000, "微信"),
                money(1, "payment.received", "2026-02-25", 30_000, "微信"),
                money(3, "payment.received", "2026-02-25", 40_000, "微信"),
                money(2, "payment.received", "2026-02-20", 99_000, "储值余额"),
                foreign,
            ],
        )
        .await;
        assign(&test, records[3], records[1]).await;
        let today = test.ctx.now().to_zoned(jiff::tz::TimeZone::get("Asia/Shanghai").unwrap()).date();
        let since = |day: Date| i64::from((today - day).get_days());
        let expected = Quantiles::of(&[
            Payer { recency_days: since(date(2026, 2, 20)), paid_days: 2, net_minor: 25_000 },
            Payer { recency_days: since(date(2026, 2, 25)), paid_days: 1, net_minor: 70_000 },
        ]);
        assert_eq!(inputs::at(test.db.read(), test.ctx.now()).await.unwrap().quantiles, expected, "nobody set any");
        inputs::renew(&test.db, &test.ctx).await.unwrap();
        assert_eq!(inputs::live(test.db.read()).await.unwrap().inputs.quantiles, expected);
        careloop_events::keep_all_histories(&test.db, &test.ctx).await.unwrap();
        inputs::renew(&test.db, &test.ctx).await.unwrap();
        assert_eq!(inputs::live(test.db.read()).await.unwrap().inputs.quantiles, expected, "wherever they are read");
    })
    .await;
}

#[tokio::test]
async fn cut_points_are_set_again_when_the_log_rests_after_payments() {
    on_both(|test| async move {
        let records = records(&test, 30).await;
        append(&test, &lives(&records)).await;
        inputs::renew(&test.db, &test.ctx).await.unwrap();
        let payment = |method: &str| {
            event(records[0], "payment.received", "2026-03-01T02:00:00Z", json!({ "amount": 90_000, "method": method }))
        };
        append(&test, &[payment("微信")]).await;
        assert!(!inputs::are_stale(&test.db, &test.ctx).await.unwrap(), "more may be on its way");
        test.clock.advance(SignedDuration::from_secs(10));
        assert!(inputs::are_stale(&test.db, &test.ctx).await.unwrap(), "nothing came for a while");
        inputs::renew(&test.db, &test.ctx).await.unwrap();
        test.clock.advance(SignedDuration::from_secs(10));
        assert!(!inputs::are_stale(&test.db, &test.ctx).await.unwrap());
        let before = inputs::live(test.db.read()).await.unwrap().inputs.quantiles;
        append(&test, &[payment("储值余额")]).await;
        inputs::renew(&test.db, &test.ctx).await.unwrap();
        assert_eq!(inputs::live(test.db.read()).await.unwrap().inputs.quantiles, before, "a balance is not paid");
    })
    .await;
}

#[tokio::test]
async fn a_class_is_set_with_a_reason_until_a_day() {
    on_both(|test| async move {
        let records = records(&test, 1).await;
        append(&test, &[event(records[0], "payment.received", "2025-06-01T02:00:00Z", json!({ "amount": 100 }))]).await;
        let edit = test.ctx.require::<EditTags>().unwrap();
        let read = test.ctx.require::<ReadPeople>().unwrap();
        let today = test.ctx.now().to_zoned(jiff::tz::TimeZone::get("Asia/Shanghai").unwrap()).date();
        let week = today.checked_add(jiff::ToSpan::days(7)).unwrap();
        let setting = TagSetting { tag: "val.abc", value: "A", reason: Some("院长朋友"), until_on: Some(week) };
        set_tag_on_terms(&test.db, &edit, "his:C0", &setting).await.unwrap();
        set_tag_on_terms(&test.db, &edit, "his:C0", &setting).await.unwrap();
        let class = async || {
            let tags = person_tags(&test.db, &read, "his:C0").await.unwrap();
            tags.into_iter().find(|tag| tag.tag.id == "val.abc").unwrap().value
        };
        let set = class().await;
        assert_eq!((set.value.as_str(), set.until_us.is_some()), ("A", true));
        assert_eq!(set.why.args.find("reason").map(ToString::to_string).as_deref(), Some("院长朋友"));
        let told = careloop_events::of_records(test.db.read(), &records).await.unwrap();
        assert_eq!(told.len(), 2, "setting what is set tells nothing");
        let without = TagSetting { until_on: None, ..setting };
        for (wrong, code) in [
            (TagSetting { until_on: today.yesterday().ok(), ..setting }, "tags.until"),
            (TagSetting { reason: Some("打 13800138000"), ..setting }, "tags.reason"),
            (TagSetting { tag: "attr.personality", value: "怕疼", ..setting }, "tags.until"),
        ] {
            assert_eq!(set_tag_on_terms(&test.db, &edit, "his:C0", &wrong).await.unwrap_err().code(), code);
        }
        test.clock.advance(SignedDuration::from_hours(24 * 8));
        refresh(&test.db, &test.ctx, &records).await.unwrap();
        assert_eq!(class().await.value, "C", "the week is over");
        set_tag_on_terms(&test.db, &edit, "his:C0", &without).await.unwrap();
        assert_eq!((class().await.value.as_str(), class().await.until_us), ("A", None), "set anew, for good");
    })
    .await;
}

#[tokio::test]
async fn people_who_get_a_value_at_the_same_time_all_count() {
    on_both(|test| async move {
        let records = records(&test, 3).await;
        rebuild(&test.db, &test.ctx).await.unwrap();
        let edit = test.ctx.require::<EditTags>().unwrap();
        let set = |key: usize| {
            let (db, edit) = (test.db.clone(), edit.clone());
            async move { set_tag(&db, &edit, &format!("his:C{key}"), "attr.personality", "健谈").await }
        };
        let (a, b, c) = tokio::join!(Box::pin(set(0)), Box::pin(set(1)), Box::pin(set(2)));
        assert!(a.is_ok() && b.is_ok() && c.is_ok(), "{a:?} {b:?} {c:?}");
        let held = careloop_profiles::tags_by_person(test.db.read(), &records).await.unwrap();
        let mut rows: Vec<i64> =
            held.iter().filter(|(.., value)| value == "健谈").map(|(person, ..)| *person).collect();
        rows.sort_unstable();
        let sets = careloop_profiles::holders(test.db.read(), &["attr.personality"]).await.unwrap();
        let set = sets.iter().find(|held| held.value == "健谈").unwrap();
        assert_eq!(rows.len(), 3);
        assert_eq!(set.people.iter().map(i64::from).collect::<Vec<_>>(), rows);
    })
    .await;
}
