use careloop_db::{FromQueryResult, one};
use careloop_people::service::view::reveal;
use careloop_people::{Field, Resolve, find_person, resolve};
use careloop_testkit::on_both;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::World;

async fn person(world: &World, key: &str) -> i64 {
    resolve(&world.test.db, &world.test.ctx, Resolve::Incremental).await.unwrap();
    let ctx = world.test.ctx.require().unwrap();
    find_person(world.test.db.read(), &ctx, &format!("web:{key}")).await.unwrap()
}

async fn send(world: &World, calls: &[Value]) {
    let answer = world.send("/v1/batch", &json!({ "batch": calls })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(world.rejects().await, []);
}

#[derive(FromQueryResult)]
struct Contacts {
    contacts: i64,
}

/// What a record's source says beyond identity, as a reader with a reason sees it, and whether there is a way to reach them.
async fn attributes(world: &World, key: &str) -> (Vec<String>, bool) {
    let sql = "SELECT contacts FROM records WHERE source_key = $1";
    let row: Contacts = one(world.test.db.read(), sql, [key.into()]).await.unwrap();
    let (ctx, who) = (world.test.ctx.require().unwrap(), format!("web:{key}"));
    let mut revealed = reveal(&world.test.db, &ctx, &who, &[Field::Attributes], "a test looks").await.unwrap();
    (revealed.remove(0).values, row.contacts != 0)
}

#[tokio::test]
async fn a_visitor_who_logs_in_is_one_person_with_the_customer() {
    on_both(|test| async move {
        let world = World::new(test).await;
        send(&world, &[json!({ "type": "page", "anonymousId": "anon-1" })]).await;
        assert_ne!(person(&world, "anon-1").await, 0);
        send(
            &world,
            &[json!({ "type": "identify", "anonymousId": "anon-1", "userId": "u-1", "traits": { "name": "王小明" } })],
        )
        .await;
        assert_eq!(person(&world, "anon-1").await, person(&world, "u-1").await);
    })
    .await;
}

#[tokio::test]
async fn a_phone_that_a_family_shares_merges_nobody() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let login = |user: &str, name: &str| {
            json!({ "type": "identify", "anonymousId": "tablet", "userId": user, "traits": { "name": name } })
        };
        send(&world, &[login("mother", "李梅")]).await;
        send(&world, &[login("father", "王强")]).await;
        send(&world, &[json!({ "type": "track", "event": "x", "anonymousId": "tablet", "userId": "father" })]).await;
        let (mother, father) = (person(&world, "mother").await, person(&world, "father").await);
        assert_ne!(mother, father);
        assert_eq!(person(&world, "tablet").await, mother, "the visitor stays with the first");
    })
    .await;
}

#[tokio::test]
async fn an_alias_joins_the_old_id_and_the_new() {
    on_both(|test| async move {
        let world = World::new(test).await;
        send(&world, &[json!({ "type": "track", "event": "x", "userId": "old" })]).await;
        send(&world, &[json!({ "type": "alias", "previousId": "old", "userId": "new" })]).await;
        assert_eq!(person(&world, "old").await, person(&world, "new").await);
    })
    .await;
}

#[tokio::test]
async fn traits_add_up_in_the_order_in_which_they_were_said_and_null_removes() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let said = |minute: i64, traits: Value| {
            json!({ "type": "identify", "userId": "u", "traits": traits, "timestamp": format!("2026-03-01T00:{minute:02}:00Z") })
        };
        // Clients deliver in any order: the second of these was said first.
        send(&world, &[said(5, json!({ "plan": "正畸", "level": 2 })), said(1, json!({ "plan": "洗牙", "phone": "13912345678" }))]).await;
        assert_eq!(attributes(&world, "u").await, (vec!["level: 2".to_owned(), "plan: 正畸".to_owned()], true));
        send(&world, &[said(6, json!({ "level": null, "city_tier": 1, "phone": null }))]).await;
        assert_eq!(attributes(&world, "u").await, (vec!["city_tier: 1".to_owned(), "plan: 正畸".to_owned()], false));
        send(&world, &[said(7, json!({ "plan": "" }))]).await;
        assert_eq!(attributes(&world, "u").await.0, ["city_tier: 1", "plan: "], "an empty text is a value");
    })
    .await;
}

#[tokio::test]
async fn what_was_said_before_changes_nothing_when_it_arrives_later() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let said = |minute: i64, traits: Value| {
            json!({ "type": "identify", "userId": "u", "traits": traits, "timestamp": format!("2026-03-01T00:{minute:02}:00Z") })
        };
        send(&world, &[said(5, json!({ "plan": "正畸", "phone": null, "level": null }))]).await;
        let older = json!({ "plan": "洗牙", "phone": "13912345678", "level": 1, "city_tier": 1 });
        send(&world, &[said(3, older)]).await;
        let expected = (vec!["city_tier: 1".to_owned(), "plan: 正畸".to_owned()], false);
        assert_eq!(attributes(&world, "u").await, expected, "only what nothing newer was said of");
        // Said again, a value counts from then on: what lies between is old by now.
        send(&world, &[said(9, json!({ "plan": "正畸" }))]).await;
        send(&world, &[said(7, json!({ "plan": "种植", "level": 2 }))]).await;
        assert_eq!(attributes(&world, "u").await.0, ["city_tier: 1", "level: 2", "plan: 正畸"]);
        assert_eq!(world.events(4).await.len(), 4, "every call is in the log");
    })
    .await;
}

#[tokio::test]
async fn a_message_that_comes_twice_says_nothing_the_second_time() {
    on_both(|test| async move {
        let world = World::new(test).await;
        // Without a time of its own a call happened when it arrived, and so would its second copy.
        let said = |id: &str, plan: &str| {
            json!({ "type": "identify", "userId": "u", "messageId": id, "traits": { "plan": plan } })
        };
        for call in [said("m1", "洗牙"), said("m2", "正畸"), said("m1", "洗牙")] {
            send(&world, &[call]).await;
            world.test.clock.advance(SignedDuration::from_secs(60));
        }
        assert_eq!(attributes(&world, "u").await.0, ["plan: 正畸"]);
        send(&world, &[said("m3", "种植"), said("m3", "贴面")]).await;
        assert_eq!(attributes(&world, "u").await.0, ["plan: 种植"], "not even within a batch");
        assert_eq!(world.events(3).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn ids_of_other_systems_lead_to_the_same_person() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let ids = json!([{ "type": "unionid", "id": "oUnion123456", "collection": "users", "encoding": "none" }]);
        send(
            &world,
            &[
                json!({ "type": "track", "event": "x", "userId": "a", "context": { "externalIds": ids } }),
                json!({ "type": "identify", "userId": "b", "traits": { "unionid": "oUnion123456" } }),
            ],
        )
        .await;
        assert_eq!(person(&world, "a").await, person(&world, "b").await);
        assert_eq!(attributes(&world, "b").await.0, Vec::<String>::new(), "an id of a person is no attribute");
    })
    .await;
}
