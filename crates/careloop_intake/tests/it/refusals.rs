use careloop_testkit::{TestDb, on_both};
use http::StatusCode;
use serde_json::{Value, json};

use crate::world::{World, gzip};

fn event(id: &str) -> Value {
    json!({ "type": "track", "event": "x", "userId": "u", "messageId": id })
}

fn with(id: &str, change: &Value) -> Value {
    let mut event = event(id);
    for (name, value) in change.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

/// One good event among bad ones, each with the code it is refused with.
fn mixed() -> (Value, Vec<(&'static str, Option<&'static str>)>) {
    let many: serde_json::Map<String, Value> = (0..300).map(|n| (format!("p{n}"), json!(n))).collect();
    let cases = vec![
        (json!(7), "tracking.no_object", None),
        (with("1", &json!({ "type": "dance" })), "tracking.unknown_type", Some("1")),
        (with("2", &json!({ "userId": null, "anonymousId": "" })), "tracking.no_user_anon_id", Some("2")),
        (with("3", &json!({ "event": " " })), "tracking.no_event", Some("3")),
        (with("4", &json!({ "userId": "u".repeat(256) })), "tracking.id_too_long", Some("4")),
        (with("5", &json!({ "properties": many })), "tracking.too_many_properties", Some("5")),
        (with("6", &json!({ "type": "group" })), "tracking.no_group_id", Some("6")),
        (with("7", &json!({ "type": "alias" })), "tracking.no_previous_id", Some("7")),
        (with("8", &json!({ "event": "payment.received" })), "events.missing_field", Some("8")),
        (
            with("9", &json!({ "event": "payment.received", "properties": { "amount": "1.234" } })),
            "events.ill_typed",
            Some("9"),
        ),
        (with("11", &json!({ "event": "segment.entered" })), "events.internal_kind", Some("11")),
        (
            with("12", &json!({ "event": "payment.received", "properties": { "amount": "1", "currency": "yuan" } })),
            "events.ill_typed",
            Some("12"),
        ),
        (with(&"m".repeat(100), &json!({})), "tracking.message_id_too_long", None),
        (with("10", &json!({ "properties": { "big": "x".repeat(33 << 10) } })), "tracking.event_too_large", None),
    ];
    let mut batch: Vec<Value> = cases.iter().map(|(event, _, _)| event.clone()).collect();
    batch.insert(3, event("good"));
    (json!({ "batch": batch }), cases.into_iter().map(|(_, code, id)| (code, id)).collect())
}

#[tokio::test]
async fn a_lenient_source_keeps_the_good_and_the_reasons_of_the_bad() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (batch, mut codes) = mixed();
        for _ in 0..2 {
            let answer = world.send("/v1/batch", &batch).await;
            assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({ "success": true })));
        }
        assert_eq!(world.events(1).await.len(), 1);
        codes.reverse();
        let kept = world.rejects().await;
        let kept: Vec<(&str, Option<&str>)> = kept.iter().map(|(code, id)| (code.as_str(), id.as_deref())).collect();
        assert_eq!(kept, codes, "sent twice, kept once");
    })
    .await;
}

#[tokio::test]
async fn a_strict_source_refuses_the_whole_batch_and_says_why() {
    on_both(|test| async move {
        let world = World::with(test, true).await;
        let (batch, codes) = mixed();
        let answer = world.send("/v1/batch", &batch).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.json()["code"], codes[0].0);
        assert_eq!(world.rejects().await.len(), codes.len());
        let good = world.send("/v1/batch", &json!({ "batch": [event("good")] })).await;
        assert_eq!((good.status, good.text.as_str()), (StatusCode::OK, "OK"));
        assert_eq!(world.events(1).await.len(), 1);
        let large = json!({ "batch": [{ "x": "y".repeat(510 << 10) }] });
        assert_eq!(world.send("/v1/batch", &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    })
    .await;
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_and_its_beginning_kept() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let bomb = gzip(&vec![b' '; 8 << 20]);
        assert!(bomb.len() < 100_000, "{}", bomb.len());
        let deep = format!("{{\"batch\":[{}1{}]}}", "[".repeat(300), "]".repeat(300));
        let cases: Vec<(Vec<u8>, StatusCode, &str)> = vec![
            (b"{\"batch\":".to_vec(), StatusCode::BAD_REQUEST, "tracking.malformed"),
            (b"{}".to_vec(), StatusCode::BAD_REQUEST, "tracking.malformed"),
            (b"[1]".to_vec(), StatusCode::BAD_REQUEST, "tracking.malformed"),
            (b"\xff\xfe{}".to_vec(), StatusCode::BAD_REQUEST, "tracking.malformed"),
            (b"\x1f\x8bbroken".to_vec(), StatusCode::BAD_REQUEST, "tracking.malformed"),
            (bomb, StatusCode::BAD_REQUEST, "tracking.body_too_large"),
            (vec![b'x'; 2 << 20], StatusCode::BAD_REQUEST, "tracking.body_too_large"),
            (deep.into_bytes(), StatusCode::OK, "tracking.no_object"),
        ];
        for (body, status, code) in cases {
            let answer = world.post("/v1/batch", &[], body).await;
            assert_eq!(answer.status, status, "{}", answer.text);
            let kept = world.rejects().await;
            assert!(kept.iter().any(|(kept, _)| kept == code), "{code} is not among {kept:?}");
        }
        assert!(world.rejects().await.len() >= 7);
        assert!(careloop_events::read_after(&world.test.db, Default::default(), 1).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_single_call_that_is_too_large_is_told_so() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let large = with("1", &json!({ "properties": { "big": "x".repeat(33 << 10) } }));
        let answer = world.send("/v1/track", &large).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "even of a lenient source");
        assert_eq!(answer.json()["code"], "tracking.event_too_large");
        assert!(answer.json()["message"].as_str().unwrap().contains("32 KB"), "{}", answer.text);
        assert_eq!(world.send("/v1/batch", &json!({ "batch": [large] })).await.status, StatusCode::OK);
        let kept: Vec<String> = world.rejects().await.into_iter().map(|(code, _)| code).collect();
        assert_eq!(kept, ["tracking.event_too_large"], "one text is kept once");
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_is_kept_although_only_the_body_says_whose_it_is() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let key = world.key.reveal().to_owned();
        let cases = [
            (format!("{{\"writeKey\":\"{key}\",\"batch\":[{{"), "tracking.malformed"),
            (format!("{{\"writeKey\":\"{key}\"}}"), "tracking.malformed"),
            (
                format!("{{\"batch\":[\"{}\"],\"writeKey\":\"{key}\"}}", "x".repeat(600 << 10)),
                "tracking.body_too_large",
            ),
            (format!("{{\"batch\":[\"{}\"],\"writeKey\":\"{key}\"}}", "x".repeat(2 << 20)), "tracking.body_too_large"),
        ];
        for (number, (body, code)) in cases.into_iter().enumerate() {
            let answer = world.raw("/v1/batch", &[], body.into_bytes()).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{number}: {}", answer.text);
            let kept = world.rejects().await;
            assert_eq!((kept.len(), kept[0].0.as_str()), (number + 1, code));
        }
    })
    .await;
}

#[tokio::test]
async fn a_batch_of_too_many_keeps_the_first_2500() {
    let world = World::new(TestDb::sqlite().await).await;
    let batch: Vec<Value> = (0..2_505).map(|n| event(&n.to_string())).collect();
    let answer = world.send("/v1/batch", &json!({ "batch": batch })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(world.events(2_500).await.len(), 2_500);
    assert_eq!(world.rejects().await.len(), 5);
}

#[tokio::test]
async fn what_was_refused_is_shown_without_whom_it_is_about() {
    let world = World::new(TestDb::sqlite().await).await;
    let bad = json!({ "event": "payment.received", "userId": "u", "messageId": "m",
                      "properties": { "amount": "x", "phone": "13800138000", "note": "call 13912345678" } });
    world.send("/v1/track", &bad).await;
    let answer = world.client.get(&format!("/api/event-rejects?source_id={}", world.source.id)).await;
    assert_eq!(answer.status, StatusCode::OK);
    let item = &answer.json()["items"][0];
    assert_eq!((item["source_name"].as_str(), item["message_id"].as_str()), (Some("web"), Some("m")));
    assert_eq!(item["body"]["properties"], json!({ "amount": "x", "phone": "1**", "note": "call 139****5678" }));
    assert!(!answer.text.contains("13800138000"));
    let internal = world.client.get("/api/event-rejects?source_id=src_00000000000000000000000000").await;
    assert_eq!(internal.json()["items"], json!([]));
}
