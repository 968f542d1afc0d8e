//! Doubts over HTTP: seen, explained, decided, taken back.

use careloop_people::{Resolve, resolve, upsert_records};
use careloop_testkit::{Client, TestDb, on_both};
use sea_orm::FromQueryResult;
use serde_json::{Value, json};

use crate::chain::{at, hire, ids, prepare, signed_in};
use crate::world::{add_source, row};

const PHONE: &str = "13912345670";

/// Two records that may be one person: one phone, and given names that differ in a character.
async fn doubtful(test: &TestDb) {
    prepare(test).await;
    let source = add_source(test, "his").await;
    let rows = vec![
        at(1, row("one", "王建国", "", PHONE)),
        at(1, row("other", "王建平", "", PHONE)),
        at(2, row("far", "李秀英", "1950-02-11", "13712348888")),
    ];
    upsert_records(&test.db, &test.ctx, source, rows).await.unwrap();
    resolve(&test.db, &test.ctx, Resolve::Incremental).await.unwrap();
}

async fn open(client: &Client) -> i64 {
    client.get("/api/identity/reviews").await.json()["open"].as_i64().unwrap()
}

async fn person_of(client: &Client, record: &str) -> String {
    let people = client.get("/api/people?limit=50").await.json();
    for person in people["items"].as_array().unwrap() {
        let id = person["id"].as_str().unwrap();
        let identity = client.get(&format!("/api/people/{id}/identity")).await.json();
        if identity["records"].as_array().unwrap().iter().any(|known| known["id"] == record) {
            return id.to_owned();
        }
    }
    panic!("{record} belongs to nobody");
}

#[tokio::test]
async fn a_doubt_is_explained_decided_and_taken_back() {
    on_both(|test| async move {
        doubtful(&test).await;
        let client = signed_in(&test, "admin").await;
        let reviews = client.get("/api/identity/reviews").await.json();
        assert_eq!(reviews["open"], 1, "{reviews}");
        let pair = &reviews["items"][0];
        let findings: Vec<&str> =
            pair["findings"].as_array().unwrap().iter().map(|found| found["comparison"].as_str().unwrap()).collect();
        assert_eq!(findings, ["surname", "given_name", "phone"]);
        assert_eq!(pair["findings"][2]["text_zh"], "手机号相同");
        assert!(pair["findings"][2]["against_strangers"].as_f64().unwrap() > 10.0);
        assert!(pair["findings"][2]["against_relatives"].as_f64().unwrap() < 2.0, "relatives share a phone too");
        assert_eq!(pair["a"]["phone"], "139****5670");
        let (one, other) = (pair["a"]["id"].as_str().unwrap().to_owned(), pair["b"]["id"].as_str().unwrap().to_owned());
        assert_ne!(person_of(&client, &one).await, person_of(&client, &other).await);

        let decide =
            |same: bool| json!({ "record_a": one, "record_b": other, "same": same, "reason": "asked on the phone" });
        let decided = client.post("/api/identity/decisions", &decide(true)).await;
        assert_eq!(decided.status, 201, "{}", decided.text);
        assert_eq!(person_of(&client, &one).await, person_of(&client, &other).await);
        assert_eq!(open(&client).await, 0);
        resolve(&test.db, &test.ctx, Resolve::Learn).await.unwrap();
        assert_eq!(person_of(&client, &one).await, person_of(&client, &other).await, "it outlives new weights");

        let id = decided.json()["id"].as_str().unwrap().to_owned();
        let taken_back = client.post("/api/identity/decisions/withdraw", &json!({ "ids": [id] })).await;
        assert_eq!(taken_back.status, 204, "{}", taken_back.text);
        assert_ne!(person_of(&client, &one).await, person_of(&client, &other).await);
        assert_eq!(open(&client).await, 1);
        assert_eq!(client.post("/api/identity/decisions/withdraw", &json!({ "ids": [id] })).await.status, 404);

        assert_eq!(client.post("/api/identity/decisions", &decide(false)).await.status, 201);
        assert_eq!(open(&client).await, 0, "nobody is asked twice");
        resolve(&test.db, &test.ctx, Resolve::Full).await.unwrap();
        assert_eq!(open(&client).await, 0);
    })
    .await;
}

/// The ids of the decisions about a person that hold.
async fn held(client: &Client, person: &str) -> Vec<String> {
    let identity = client.get(&format!("/api/people/{person}/identity")).await.json();
    let decisions = identity["decisions"].as_array().unwrap().iter();
    decisions.filter(|one| one["withdrawn_at"].is_null()).map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_merge_of_many_records_is_taken_back_and_restored_in_one_stroke() {
    on_both(|test| async move {
        crate::chain::families(&test).await;
        let client = signed_in(&test, "admin").await;
        let ((stranger, other), (_, mother)) = (ids(&test, "stranger").await, ids(&test, "mother").await);
        let merge = json!({ "other_id": other, "reason": "one woman" });
        assert_eq!(client.post(&format!("/api/people/{mother}/merge"), &merge).await.status, 200);
        let pairs = held(&client, &mother).await;
        assert_eq!(pairs.len(), 2, "a decision for each pair");
        let post = async |verb: &str, ids: &[String]| {
            let answer = client.post(&format!("/api/identity/decisions/{verb}"), &json!({ "ids": ids })).await;
            (answer.status.as_u16(), if answer.text.is_empty() { Value::Null } else { answer.json()["code"].clone() })
        };

        let mut too_many = pairs.clone();
        too_many.push("dec_00000000000000000000000000".to_owned());
        assert_eq!(post("withdraw", &too_many).await, (404, json!("people.decision_not_found")));
        assert_eq!(held(&client, &mother).await, pairs, "all of them or none");
        assert_eq!(post("withdraw", &[]).await, (400, json!("people.decision_count")));

        assert_eq!(post("withdraw", &pairs).await, (204, Value::Null));
        assert_eq!(person_of(&client, &stranger).await, other, "parted again");
        assert_eq!(held(&client, &mother).await, Vec::<String>::new());
        assert_eq!(post("restore", &pairs).await, (204, Value::Null));
        assert_eq!(person_of(&client, &stranger).await, mother, "joined again");
        assert_eq!(held(&client, &mother).await, pairs);
        assert_eq!(post("restore", &pairs).await, (404, json!("people.decision_not_found")), "they hold already");

        assert_eq!(post("withdraw", &pairs).await.0, 204);
        let apart = json!({ "record_a": ids(&test, "mother").await.0, "record_b": stranger, "same": false, "reason": "two after all" });
        assert_eq!(client.post("/api/identity/decisions", &apart).await.status, 201);
        assert_eq!(post("restore", &pairs).await, (409, json!("people.decided_since")));
        assert_eq!(person_of(&client, &stranger).await, other, "the newer decision counts");

        hire(&test, "dean", "dean", 1).await;
        let dean = signed_in(&test, "dean").await;
        let newer = held(&client, &mother).await;
        let refused = dean.post("/api/identity/decisions/withdraw", &json!({ "ids": newer })).await;
        assert_eq!(refused.status, 404, "the other record belongs to another clinic");
        let log = client.get("/api/audit?action=identity.restored").await.json();
        assert_eq!(log["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_doubt_that_comes_or_goes_changes_both_records() {
    on_both(|test| async move {
        prepare(&test).await;
        let source = add_source(&test, "his").await;
        let one = vec![at(1, row("one", "王建国", "", PHONE))];
        upsert_records(&test.db, &test.ctx, source, one).await.unwrap();
        resolve(&test.db, &test.ctx, Resolve::Incremental).await.unwrap();
        let seen = resolved_at(&test).await;
        test.clock.advance(jiff::SignedDuration::from_secs(1));
        let other = |phone| vec![at(1, row("other", "王建平", "", phone))];
        upsert_records(&test.db, &test.ctx, source, other(PHONE)).await.unwrap();
        resolve(&test.db, &test.ctx, Resolve::Incremental).await.unwrap();
        let doubted = resolved_at(&test).await;
        assert!(doubted > seen, "the record that was there came into doubt");
        test.clock.advance(jiff::SignedDuration::from_secs(1));
        upsert_records(&test.db, &test.ctx, source, other("13799990000")).await.unwrap();
        resolve(&test.db, &test.ctx, Resolve::Incremental).await.unwrap();
        assert_eq!(open(&signed_in(&test, "admin").await).await, 0);
        assert!(resolved_at(&test).await > doubted, "and out of it");
    })
    .await;
}

/// When the record that is never sent again was last said to have changed.
async fn resolved_at(test: &TestDb) -> i64 {
    let sql = "SELECT resolved_at AS at FROM records WHERE ord = (SELECT MIN(ord) FROM records)";
    careloop_db::one::<Resolved>(test.db.read(), sql, []).await.unwrap().at
}

#[derive(FromQueryResult)]
struct Resolved {
    at: i64,
}

#[tokio::test]
async fn any_two_records_are_explained() {
    on_both(|test| async move {
        doubtful(&test).await;
        let client = signed_in(&test, "admin").await;
        let (one, far) = (ids(&test, "one").await.0, ids(&test, "far").await.0);
        let why = client.get(&format!("/api/identity/evidence?a={one}&b={far}")).await.json();
        assert_eq!(why["otherwise"]["code"], "stranger", "{why}");
        assert!(why["probability"].as_f64().unwrap() < 0.001);
        let unknown = client.get(&format!("/api/identity/evidence?a={one}&b=rec_00000000000000000000000000")).await;
        assert_eq!(unknown.status, 404);
    })
    .await;
}

#[tokio::test]
async fn nobody_reviews_people_of_another_clinic() {
    on_both(|test| async move {
        doubtful(&test).await;
        hire(&test, "front", "front_desk", 2).await;
        let client = signed_in(&test, "front").await;
        assert_eq!(open(&client).await, 0);
        let (one, other) = (ids(&test, "one").await.0, ids(&test, "other").await.0);
        assert_eq!(client.get(&format!("/api/identity/evidence?a={one}&b={other}")).await.status, 404);
        let refused = client.get("/api/identity/quality").await;
        assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (403, &json!("access.beyond_scope")));
    })
    .await;
}

#[tokio::test]
async fn checked_links_tell_how_often_the_program_is_right() {
    on_both(|test| async move {
    crate::chain::families(&test).await;
    let client = signed_in(&test, "admin").await;
    let quality = client.get("/api/identity/quality").await.json();
    assert_eq!((&quality["records"], &quality["persons"]), (&json!(4), &json!(3)), "{quality}");
    assert_eq!(quality["sizes"], json!([{ "records": 1, "persons": 2 }, { "records": 2, "persons": 1 }]));
    assert_eq!(quality["checked"]["precision"], Value::Null);
    assert_eq!(quality["model"]["version"], 1);
    assert!(quality["model"]["parameters"]["comparisons"]["phone"]["own"]["same"].as_f64().unwrap() > 0.5);
    let samples = client.get("/api/identity/samples").await.json();
    let pair = &samples[0];
    assert_eq!(pair["reason"]["rule"], "phone_name");
    let body = json!({ "record_a": pair["a"]["id"], "record_b": pair["b"]["id"], "same": true, "reason": "spot check", "sample": true });
    assert_eq!(client.post("/api/identity/decisions", &body).await.status, 201);
    assert_eq!(client.get("/api/identity/samples").await.json(), json!([]));
    let checked = &client.get("/api/identity/quality").await.json()["checked"];
    assert_eq!((&checked["right"], &checked["precision"]), (&json!(1), &json!(1.0)));
    })
    .await;
}

#[tokio::test]
async fn a_number_that_a_crowd_shares_is_shown() {
    on_both(|test| async move {
        prepare(&test).await;
        let source = add_source(&test, "his").await;
        let crowd = (0..40)
            .map(|key| at(1, row(&format!("k{key}"), &format!("李{}", ["国强", "敏", "静怡"][key % 3]), "", PHONE)));
        upsert_records(&test.db, &test.ctx, source, crowd.collect()).await.unwrap();
        resolve(&test.db, &test.ctx, Resolve::Full).await.unwrap();
        let quality = signed_in(&test, "admin").await.get("/api/identity/quality").await.json();
        assert_eq!(quality["crowds"], json!([{ "kind": "phone", "masked": "139****5670", "records": 40 }]));
    })
    .await;
}
