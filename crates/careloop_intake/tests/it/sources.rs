use careloop_intake::sources::rotate_key;
use careloop_testkit::{TestDb, on_both};
use http::{Method, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{World, basic, http_source};

fn event(id: &str) -> Value {
    json!({ "event": "x", "userId": "u", "messageId": id })
}

#[tokio::test]
async fn a_source_is_registered_changed_and_counted() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let created = world.client.post("/api/sources", &json!({ "name": " his ", "kind": "file" })).await;
        assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
        assert_eq!((&created.json()["source"]["name"], &created.json()["write_key"]), (&json!("his"), &Value::Null));
        let again = world.client.post("/api/sources", &json!({ "name": "his", "kind": "http" })).await;
        assert_eq!((again.status, again.json()["code"].as_str()), (StatusCode::CONFLICT, Some("sources.name_taken")));
        for (name, kind) in [("a:b", "file"), ("", "file"), ("x", "internal"), ("x", "ftp")] {
            let wrong = world.client.post("/api/sources", &json!({ "name": name, "kind": kind })).await;
            assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{name} {kind}");
        }
        world.send("/v1/track", &event("m1")).await;
        world.events(1).await;
        let path = format!("/api/sources/{}", world.source.id);
        let changed = world.client.send(Method::PATCH, &path, Some(&json!({ "name": "site", "strict": true }))).await;
        assert_eq!((changed.status, &changed.json()["name"]), (StatusCode::OK, &json!("site")));
        let list = world.client.get("/api/sources").await.json();
        let names: Vec<&str> =
            list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["careloop", "site", "his"]);
        let site = &list["items"][1];
        assert_eq!(
            (&site["strict"], &site["record_count"], &site["event_count"]),
            (&json!(true), &json!(1), &json!(1))
        );
        assert_eq!(site["last_seen_at"], "2026-03-02T01:00:00Z");
        let own =
            world.client.send(Method::PATCH, "/api/sources/src_00000000000000000000000000", Some(&json!({}))).await;
        assert_eq!(own.status, StatusCode::NOT_FOUND, "the program's own source is nobody's to change");
    })
    .await;
}

#[tokio::test]
async fn a_disabled_source_is_refused_within_a_second_and_heard_again_when_enabled() {
    on_both(|test| async move {
        let world = World::new(test).await;
        assert_eq!(world.send("/v1/track", &event("m1")).await.status, StatusCode::OK);
        let path = format!("/api/sources/{}", world.source.id);
        let patch = |body: Value| {
            let (client, path) = (world.client.clone(), path.clone());
            async move { client.send(Method::PATCH, &path, Some(&body)).await }
        };
        patch(json!({ "disabled": true })).await;
        world.test.clock.advance(SignedDuration::from_millis(1_001));
        assert_eq!(world.send("/v1/track", &event("m2")).await.status, StatusCode::OK, "a lenient source says nothing");
        assert_eq!(world.rejects().await[0].0, "tracking.source_disabled");
        patch(json!({ "strict": true })).await;
        world.test.clock.advance(SignedDuration::from_millis(1_001));
        assert_eq!(world.send("/v1/track", &event("m3")).await.status, StatusCode::NOT_FOUND);
        patch(json!({ "disabled": false })).await;
        world.test.clock.advance(SignedDuration::from_millis(1_001));
        assert_eq!(world.send("/v1/track", &event("m4")).await.status, StatusCode::OK);
        assert_eq!(world.events(2).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_key_made_elsewhere_works_at_once_and_a_rotated_one_stops() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let send = |key: String, id: &str| {
            let body = event(id).to_string().into_bytes();
            let world = &world;
            async move { world.raw("/v1/track", &[("authorization", &basic(&key))], body).await.status }
        };
        assert_eq!(send("not-yet".to_owned(), "m0").await, StatusCode::UNAUTHORIZED);
        let (source, key) = http_source(&world.test, "app", false).await;
        assert_eq!(send(key.reveal().to_owned(), "m1").await, StatusCode::OK);
        let path = format!("/api/sources/{}/rotate-key", source.id);
        let rotated = world.client.post(&path, &json!({})).await.json()["write_key"].as_str().unwrap().to_owned();
        assert_eq!(send(rotated, "m2").await, StatusCode::OK);
        world.test.clock.advance(SignedDuration::from_millis(1_001));
        assert_eq!(send(key.reveal().to_owned(), "m3").await, StatusCode::UNAUTHORIZED);
        assert_eq!(world.events(2).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn only_an_http_source_has_a_key_to_rotate() {
    let world = World::new(TestDb::sqlite().await).await;
    let created = world.client.post("/api/sources", &json!({ "name": "his", "kind": "file" })).await.json();
    let id = created["source"]["id"].as_str().unwrap().parse().unwrap();
    let error = rotate_key(&world.test.db, &world.test.ctx.require().unwrap(), id).await.unwrap_err();
    assert_eq!(error.code(), "sources.no_key");
}
