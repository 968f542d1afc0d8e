use careloop_db::{Db, run};
use careloop_events::{
    Appended, FLAG_UNREGISTERED, NewEvent, Position, Prepared, StoredEvent, append, append_bulk, consumers, event_key,
    list, of_records, read_after, timeline, tip,
};
use careloop_kernel::ids::Id;
use careloop_kernel::permissions::{ReadEvents, ReadPeople};
use careloop_kernel::{Ctx, Currency, Money, PageRequest};
use careloop_testkit::{TestDb, on_both};
use serde_json::json;

use crate::event;

async fn commit(test: &TestDb, events: &[NewEvent]) -> Appended {
    let tx = test.db.begin().await.unwrap();
    let appended = append(&*tx, test.db.engine(), &test.ctx, events).await.unwrap();
    tx.commit().await.unwrap();
    appended
}

/// The whole log, once it has so many events. A reader on PostgreSQL waits for every transaction of the cluster, other
/// tests' too; a test that waits in vain is ended by the runner.
async fn log_of(db: &Db, count: usize) -> Vec<StoredEvent> {
    loop {
        let events = read_after(db, Position::default(), 10_000).await.unwrap();
        if events.len() >= count {
            return events;
        }
    }
}

async fn messages(db: &Db, count: usize) -> Vec<String> {
    log_of(db, count).await.into_iter().map(|event| event.message_id).collect()
}

#[tokio::test]
async fn an_event_comes_back_as_it_went_in() {
    on_both(|test| async move {
        let mut full = event("m-1", 7, 5);
        full.kind = "什么_happened\0".to_owned();
        full.clinic = Some(3);
        full.amount = Some(Money::of_minor(-1_250, "JPY".parse().unwrap()));
        full.props = json!({ "item": "种植", "zero": "\u{0}" }).as_object().unwrap().clone();
        full.flags = FLAG_UNREGISTERED;
        commit(&test, &[full.clone(), event("m-2", 8, 6)]).await;
        let stored = log_of(&test.db, 2).await;
        assert_eq!(stored.len(), 2);
        let first = &stored[0];
        assert_eq!(first.event_id.bits().to_be_bytes(), event_key(1, "m-1"));
        assert_eq!(first.kind, "什么_happened\u{fffd}");
        assert_eq!((first.record, first.clinic, first.source, first.flags), (7, Some(3), 1, 1));
        assert_eq!((first.at, first.received_at), (full.at, test.ctx.now()));
        assert_eq!((first.amount, first.props.map()), (full.amount, full.props));
        assert_eq!((stored[1].amount, stored[1].props.text()), (None, "{}"));
    })
    .await;
}

#[tokio::test]
async fn the_same_event_twice_changes_nothing_the_second_time() {
    on_both(|test| async move {
        let mut events: Vec<NewEvent> = (0..600).map(|n| event(&format!("m-{n}"), n, n)).collect();
        assert_eq!(commit(&test, &events).await, Appended { inserted: 600, duplicates: 0 });
        events.push(event("new", 1, 1));
        events.push(event("new", 2, 2));
        assert_eq!(commit(&test, &events).await, Appended { inserted: 1, duplicates: 601 });
        let mut other = event("new", 9, 9);
        other.source = 2;
        assert_eq!(
            commit(&test, &[other]).await.inserted,
            1,
            "another source's message of the same name is another event"
        );
        assert_eq!(messages(&test.db, 602).await.len(), 602);
    })
    .await;
}

#[tokio::test]
async fn the_bulk_path_appends_the_same_rows_as_the_small_one() {
    on_both(|test| async move {
        let with_amount = |n: i64| {
            let mut event = event(&format!("m-{n}"), n, n);
            event.amount = (n % 3 == 0).then(|| Money::of_minor(n, Currency::CNY));
            event.props = json!({ "item": "洗牙", "n": n }).as_object().unwrap().clone();
            event
        };
        let events: Vec<NewEvent> = (0..401).map(with_amount).collect();
        let prepare = |events: &[NewEvent]| -> Vec<Prepared> {
            events.iter().map(|event| Prepared::new(event, test.ctx.now())).collect()
        };
        let first = append_bulk(&test.db, prepare(&events[..300])).await.unwrap();
        assert_eq!(first, Appended { inserted: 300, duplicates: 0 });
        let mut mixed = prepare(&events);
        mixed.push(mixed[400].clone().of_record(5));
        let second = append_bulk(&test.db, mixed).await.unwrap();
        assert_eq!(second, Appended { inserted: 101, duplicates: 301 });
        let bulk = log_of(&test.db, 401).await;
        let again = commit(&test, &events).await;
        assert_eq!(again, Appended { inserted: 0, duplicates: 401 });
        assert_eq!(bulk.len(), 401);
        for (stored, event) in bulk.iter().zip(&events) {
            assert_eq!((&stored.message_id, stored.record), (&event.message_id, event.record));
            assert_eq!((stored.at, stored.amount, stored.props.map()), (event.at, event.amount, event.props.clone()));
        }
        assert_eq!(append_bulk(&test.db, Vec::new()).await.unwrap(), Appended::default());
    })
    .await;
}

#[tokio::test]
async fn what_is_rolled_back_never_happened() {
    on_both(|test| async move {
        let tx = test.db.begin().await.unwrap();
        append(&*tx, test.db.engine(), &test.ctx, &[event("m", 1, 1)]).await.unwrap();
        drop(tx);
        assert_eq!(commit(&test, &[event("n", 1, 1)]).await.inserted, 1);
        assert_eq!(messages(&test.db, 1).await, ["n"]);
    })
    .await;
}

#[tokio::test]
async fn a_reader_goes_on_where_it_stopped() {
    on_both(|test| async move {
        for n in 0..5 {
            commit(&test, &[event(&format!("a-{n}"), 1, n), event(&format!("b-{n}"), 1, n)]).await;
        }
        assert!(!consumers::exists(&test.db, "reader").await.unwrap());
        let everything = messages(&test.db, 10).await;
        let mut seen = Vec::new();
        while seen.len() < 10 {
            let position = consumers::load(&test.db, "reader").await.unwrap();
            let events = read_after(&test.db, position, 3).await.unwrap();
            let Some(last) = events.last() else { continue };
            let tx = test.db.begin().await.unwrap();
            consumers::save(&*tx, &test.ctx, "reader", last.position()).await.unwrap();
            tx.commit().await.unwrap();
            seen.extend(events.into_iter().map(|event| event.message_id));
        }
        assert_eq!(seen, everything);
        let end = consumers::load(&test.db, "reader").await.unwrap();
        assert!(tip(&test.db).await.unwrap() <= end);
        assert!(read_after(&test.db, end, 3).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_history_is_ordered_by_when_it_happened() {
    on_both(|test| async move {
        let events = [event("late", 1, 30), event("early", 2, 10), event("other", 3, 20), event("same", 1, 10)];
        commit(&test, &events).await;
        let names = |events: Vec<careloop_events::StoredEvent>| -> Vec<String> {
            events.into_iter().map(|event| event.message_id).collect()
        };
        assert_eq!(names(of_records(test.db.read(), &[1, 2]).await.unwrap()), ["early", "same", "late"]);
        assert!(of_records(test.db.read(), &[]).await.unwrap().is_empty());
        let many: Vec<i64> = (0..2_500).rev().collect();
        assert_eq!(names(of_records(test.db.read(), &many).await.unwrap()), ["early", "same", "other", "late"]);

        let ctx: Ctx<ReadPeople> = test.ctx.require().unwrap();
        let mut cursor = None;
        let mut pages = Vec::new();
        loop {
            let request = PageRequest::new(Some(2), cursor).unwrap();
            let page = timeline(&test.db, &ctx, &[1, 2, 3], Some("visit.closed"), &request).await.unwrap();
            pages.push(names(page.items));
            match page.next {
                Some(next) => cursor = Some(next.0),
                None => break,
            }
        }
        assert_eq!(pages, [["late", "other"], ["same", "early"]]);
        let request = PageRequest::new(None, None).unwrap();
        assert!(timeline(&test.db, &ctx, &[1], Some("page.viewed"), &request).await.unwrap().items.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_log_shows_newest_first_and_finds_a_rare_kind_far_back() {
    on_both(|test| async move {
        let mut rare = event("rare", 1, 0);
        rare.kind = "page.viewed".to_owned();
        commit(&test, &[rare, event("old", 1, 1)]).await;
        // Far beyond one window: as if two million events stood between.
        run(test.db.write(), "UPDATE events SET seq = seq + 2500000 WHERE message_id = 'old'", []).await.unwrap();
        let ctx: Ctx<ReadEvents> = test.ctx.require().unwrap();
        let mut cursor = None;
        let mut found = Vec::new();
        for _ in 0..10 {
            let request = PageRequest::new(Some(5), cursor).unwrap();
            let page = list(&test.db, &ctx, Some("page.viewed"), None, &request).await.unwrap();
            found.extend(page.items.into_iter().map(|entry| entry.event.message_id));
            cursor = page.next.map(|next| next.0);
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!((found, cursor), (vec!["rare".to_owned()], None));
        let request = PageRequest::new(Some(1), None).unwrap();
        let newest = list(&test.db, &ctx, None, None, &request).await.unwrap();
        assert_eq!(newest.items[0].event.message_id, "old");
        assert_eq!(newest.items[0].source_name, "careloop");
        let error = list(&test.db, &ctx, None, Some("src_nope"), &request).await.unwrap_err();
        assert_eq!(error.code(), "events.no_source");
    })
    .await;
}
