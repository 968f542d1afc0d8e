use careloop_events::{FLAG_CLAMPED, FLAG_STRIPPED, FLAG_UNREGISTERED, NOBODY};
use careloop_testkit::on_both;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::world::{World, basic, gzip};

#[tokio::test]
async fn each_call_becomes_its_event() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let calls = [
            ("/v1/track", json!({ "event": "Order Completed", "properties": { "total": 12.5 } })),
            ("/v1/t", json!({ "event": "payment.received", "properties": { "amount": "128.00", "currency": "usd", "item": "洗牙" } })),
            ("/v1/page", json!({ "name": "首页", "properties": { "url": "https://a.cn/x?phone=13800138000#y" } })),
            ("/v1/s", json!({ "name": "预约" })),
            ("/v1/group", json!({ "groupId": "g1", "traits": { "name": "会员群" } })),
            ("/v1/identify", json!({ "traits": { "email": "a@b.cn" } })),
            ("/v1/alias", json!({ "previousId": "old" })),
        ];
        let count = calls.len();
        for (n, (path, mut body)) in calls.into_iter().enumerate() {
            body["userId"] = json!("u1");
            body["messageId"] = json!(format!("m-{n}"));
            let answer = world.send(path, &body).await;
            assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({ "success": true })), "{path}");
        }
        let events = world.events(count).await;
        let seen: Vec<(&str, Value, i64)> =
            events.iter().map(|event| (event.kind.as_str(), Value::Object(event.props.map()), event.flags)).collect();
        assert_eq!(
            seen,
            [
                ("order_completed", json!({ "total": 12.5 }), FLAG_UNREGISTERED),
                ("payment.received", json!({ "currency": "usd", "item": "洗牙" }), 0),
                ("page.viewed", json!({ "name": "首页", "url": "https://a.cn/x" }), 0),
                ("screen.viewed", json!({ "name": "预约" }), 0),
                ("group.joined", json!({ "group": "g1", "group_name": "会员群" }), 0),
                ("identity.declared", json!({ "method": "identify" }), 0),
                ("identity.declared", json!({ "method": "alias" }), 0),
            ]
        );
        assert_eq!(events[1].amount.unwrap().to_string(), "128.00 USD");
        assert!(events.iter().all(|event| event.record == events[0].record && event.source == world.source.ord));
    })
    .await;
}

#[tokio::test]
async fn what_is_about_nobody_makes_no_customer() {
    on_both(|test| async move {
        let world = World::new(test).await;
        for (event, amount) in [("ad.spend", "80.00"), ("payment.received", "20.00")] {
            let body = json!({
                "event": event, "userId": format!("of {event}"), "anonymousId": format!("device of {event}"),
                "messageId": event, "properties": { "amount": amount },
            });
            assert_eq!(world.send("/v1/track", &body).await.status, StatusCode::OK);
        }
        let events = world.events(2).await;
        let of = |kind: &str| events.iter().find(|event| event.kind == kind).unwrap();
        assert_eq!(of("ad.spend").record, NOBODY);
        assert_ne!(of("payment.received").record, NOBODY);
        let keys = world.keys().await;
        assert_eq!(keys, ["device of payment.received", "of payment.received"]);
    })
    .await;
}

#[tokio::test]
async fn a_key_is_taken_wherever_clients_put_it() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let key = world.key.reveal().to_owned();
        let body = |n: i64| json!({ "event": "x", "userId": "u", "messageId": format!("m{n}") });
        let with_key = |n: i64| {
            let mut body = body(n);
            body["writeKey"] = json!(key);
            body.to_string().into_bytes()
        };
        let colon_less = basic(&key).replace("Basic ", "basic ");
        let answers = [
            world.raw("/v1/track", &[("authorization", &colon_less)], body(1).to_string().into_bytes()).await,
            world.raw("/v1/track", &[], with_key(2)).await,
            world.raw("/v1/track", &[("authorization", "Bearer token")], with_key(3)).await,
            world.raw(&format!("/v1/track?writeKey={key}"), &[], body(4).to_string().into_bytes()).await,
            world
                .raw("/api/s/track", &[("x-write-key", &format!("{key}:secret"))], body(5).to_string().into_bytes())
                .await,
        ];
        for (n, answer) in answers.iter().enumerate() {
            assert_eq!(answer.status, StatusCode::OK, "{n}: {}", answer.text);
        }
        let wrong =
            world.raw("/v1/track", &[("authorization", &basic("nope"))], body(6).to_string().into_bytes()).await;
        assert_eq!(
            (wrong.status, wrong.json()["code"].as_str()),
            (StatusCode::UNAUTHORIZED, Some("tracking.unknown_key"))
        );
        assert_eq!(
            world.raw("/v1/track", &[], body(7).to_string().into_bytes()).await.status,
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(world.events(5).await.len(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_slash_at_the_end_of_a_path_is_harmless() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let event = |id: &str| json!({ "type": "track", "event": "x", "userId": "u", "messageId": id });
        let calls = [
            ("/v1/batch/", json!({ "batch": [event("1")] })),
            ("/v1/b/", json!({ "batch": [event("2")] })),
            ("/v1/track/", event("3")),
            ("/v1/t/", event("4")),
            ("/api/s/track/", event("5")),
        ];
        for (path, body) in &calls {
            let answer = world.send(path, body).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        }
        assert_eq!(world.events(5).await.len(), 5);
        let settings = world.client.get(&format!("/v1/projects/{}/settings/", world.key.reveal())).await;
        assert_eq!(settings.status, StatusCode::OK);
        assert_eq!(world.send("/v1/dance/", &json!({})).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_body_is_read_by_what_it_is() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let body = |n: i64| json!({ "batch": [{ "type": "track", "event": "x", "userId": "u", "messageId": format!("m{n}") }] });
        let text = |n: i64| body(n).to_string().into_bytes();
        let answers = [
            world.post("/v1/b", &[("content-type", "text/plain")], text(1)).await,
            world
                .post(
                    "/v1/batch",
                    &[("content-type", "application/x-www-form-urlencoded"), ("content-encoding", "gzip")],
                    gzip(&text(2)),
                )
                .await,
            world.post("/v1/batch", &[], gzip(&text(3))).await,
            world.post("/v1/batch", &[], [b"\xef\xbb\xbf".as_slice(), &text(4)].concat()).await,
        ];
        for (n, answer) in answers.iter().enumerate() {
            assert_eq!(answer.status, StatusCode::OK, "{n}: {}", answer.text);
        }
        assert_eq!(world.events(4).await.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn the_same_message_is_stored_once() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let event = |id: &str| json!({ "type": "track", "event": "x", "userId": "u", "messageId": id });
        let batch = json!({ "batch": [event("a"), event("b"), event("a")] });
        for _ in 0..3 {
            assert_eq!(world.send("/v1/batch", &batch).await.status, StatusCode::OK);
        }
        // Without a message id the text is the event if it says when it happened, else each is its own.
        let dated = json!({ "event": "x", "userId": "u", "timestamp": "2026-03-01T00:00:00Z" });
        let undated = json!({ "event": "y", "userId": "u" });
        for _ in 0..2 {
            world.send("/v1/track", &dated).await;
            world.send("/v1/track", &undated).await;
        }
        let kinds: Vec<String> = world.events(5).await.into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds, ["x", "x", "x", "y", "y"]);
    })
    .await;
}

#[tokio::test]
async fn the_clock_of_a_client_is_corrected_and_the_impossible_flagged() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let batch = json!({
            "sentAt": "2026-02-01T00:00:10Z",
            "batch": [
                { "type": "track", "event": "x", "userId": "u", "messageId": "1", "timestamp": "2026-02-01T00:00:00Z" },
                { "type": "track", "event": "x", "userId": "u", "messageId": "2", "timestamp": "2026-02-01T00:00:00Z",
                  "sentAt": "2026-02-01T00:00:01+00:00" },
                { "type": "track", "event": "x", "userId": "u", "messageId": "3" },
                { "type": "track", "event": "x", "userId": "u", "messageId": "4", "timestamp": "2027-02-01T00:00:00Z" },
                { "type": "track", "event": "x", "userId": "u", "messageId": "5", "timestamp": "1901-01-01T00:00:00Z" },
                { "type": "track", "event": "x", "userId": "u", "messageId": "6", "timestamp": "yesterday" },
                { "type": "track", "event": "x", "userId": "u", "messageId": "7", "timestamp": "2027-01-01T00:00:00Z",
                  "originalTimestamp": "2026-02-01T00:00:05Z" },
            ],
        });
        world.send("/v1/batch", &batch).await;
        let seen: Vec<(String, bool)> =
            world.events(7).await.iter().map(|event| (event.at.to_string(), event.flags & FLAG_CLAMPED != 0)).collect();
        let expected = [
            ("2026-03-02T00:59:50Z", false),
            ("2026-03-02T00:59:59Z", false),
            ("2026-03-02T01:00:00Z", false),
            ("2026-03-02T01:00:00Z", true),
            ("2000-01-01T00:00:00Z", true),
            ("2026-03-02T01:00:00Z", true),
            ("2026-03-02T00:59:55Z", false),
        ];
        assert_eq!(seen, expected.map(|(at, flag)| (at.to_owned(), flag)));
    })
    .await;
}

#[tokio::test]
async fn context_is_shared_and_personal_data_does_not_enter_the_log() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let batch = json!({
            "context": { "campaign": { "name": "春季种植" }, "ip": "1.2.3.4", "userAgent": "secret-agent" },
            "batch": [
                { "type": "page", "name": "价格", "anonymousId": "a1", "messageId": "1" },
                { "type": "page", "name": "价格", "anonymousId": "a1", "messageId": "2",
                  "context": { "campaign": { "name": "自己的" } } },
                { "type": "track", "event": "Form Sent", "anonymousId": "a1", "messageId": "3",
                  "properties": { "phone": "13800138000", "note": "zhang@example.com", "item": "正畸" } },
            ],
        });
        world.send("/v1/batch", &batch).await;
        let events = world.events(3).await;
        assert_eq!(events[0].props.text_of("campaign").as_deref(), Some("春季种植"));
        assert_eq!(events[1].props.text_of("campaign").as_deref(), Some("自己的"));
        assert_eq!(events[2].props.text(), json!({ "item": "正畸" }).to_string());
        assert_eq!(events[2].flags, FLAG_UNREGISTERED | FLAG_STRIPPED);
        assert!(events.iter().all(|event| !event.props.text().contains("secret-agent")));
    })
    .await;
}

#[tokio::test]
async fn browsers_may_send_from_any_page() {
    let world = World::new(careloop_testkit::TestDb::sqlite().await).await;
    let ask = Request::builder().method(Method::OPTIONS).uri("/v1/t").header("origin", "https://clinic.cn");
    let answer = world.client.call(ask.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert!(answer.headers["access-control-allow-headers"].to_str().unwrap().contains("Authorization"));

    let settings = world.client.get(&format!("/v1/projects/{}/settings", world.key.reveal())).await;
    assert_eq!(settings.status, StatusCode::OK);
    assert_eq!(settings.json()["integrations"]["Segment.io"]["apiKey"], world.key.reveal());
    assert_eq!(settings.headers["access-control-allow-origin"], "*");
    assert_eq!(world.client.get("/v1/projects/nope/settings").await.status, StatusCode::UNAUTHORIZED);

    assert_eq!(world.send("/v1/m", &json!({ "series": [] })).await.status, StatusCode::OK);
    assert_eq!(world.send("/v1/dance", &json!({})).await.status, StatusCode::NOT_FOUND);
}
