//! The routes, as the screens call them.

use std::sync::Arc;

use careloop_access::SessionAuthenticator;
use careloop_access::settings::FirstSettings;
use careloop_http::{App, Wake};
use careloop_testkit::{Client, TestDb};
use serde_json::{Value, json};

use crate::chain::{append, lives, records, settle};

async fn client(test: &TestDb) -> Client {
    let app = App {
        db: test.db.clone(),
        env: test.ctx.env().clone(),
        authenticator: Arc::new(SessionAuthenticator),
        wake: Wake::default(),
        data_dir: test.folder.path().to_owned(),
    };
    careloop_access::prepare(&test.db, &test.ctx, FirstSettings::default()).await.unwrap();
    careloop_access::ensure_administrator(&test.db, &test.ctx, "admin", Some(PASSWORD)).await.unwrap();
    let (router, _) = careloop_access::routes::router()
        .merge(careloop_profiles::routes::router())
        .merge(careloop_segments::routes::router())
        .split_for_parts();
    let mut client = Client::new(router.with_state(app));
    assert_eq!(client.log_in("admin", PASSWORD).await.status, 200);
    client
}

const PASSWORD: &str = "correct horse battery staple";

#[tokio::test]
async fn a_segment_is_built_watched_and_exported_over_http() {
    let test = TestDb::sqlite().await;
    let records = records(&test, 12).await;
    append(&test, &lives(&records)).await;
    settle(&test).await;
    let client = client(&test).await;
    let vocabulary = client.get("/api/segments/vocabulary").await.json();
    assert!(vocabulary["tags"].as_array().unwrap().len() > 60 && vocabulary["events"].as_array().unwrap().len() > 90);
    let rule = json!({"all":[{"tag":"attr.personality","in":["怕疼"]},{"event":"visit.closed","count":{"gte":3}}]});
    let preview = client.post("/api/segments/preview", &json!({ "rule": rule })).await.json();
    let count = preview["count"].as_i64().unwrap();
    assert!(count > 0 && preview["summary_zh"].as_str().unwrap().contains("个性特征为怕疼"), "{preview}");
    let refused = client.post("/api/segments/preview", &json!({ "rule": {"tag":"val.rfm","gte":1} })).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert_eq!(refused.json()["code"], "segments.rule");
    let made = client.post("/api/segments", &json!({ "name": "怕疼常客", "rule": rule })).await;
    assert_eq!((made.status.as_u16(), made.json()["count"].as_i64()), (201, Some(count)), "{}", made.text);
    settle(&test).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let members = client.get(&format!("/api/segments/{id}/members?limit=2")).await.json();
    assert_eq!(members["items"].as_array().unwrap().len(), 2);
    assert!(members["next_cursor"].is_string());
    let person = members["items"][0]["person"]["id"].as_str().unwrap().to_owned();
    let why = client.get(&format!("/api/segments/{id}/members/{person}/why")).await.json();
    assert_eq!((why["member"].as_bool(), why["holds_now"].as_bool()), (Some(true), Some(true)), "{why}");
    assert_eq!(why["stored"][1]["found"], "3".to_owned().max(why["stored"][1]["found"].as_str().unwrap().to_owned()));
    let changes = client.get(&format!("/api/segments/{id}/changes")).await.json();
    assert_eq!(changes["items"].as_array().unwrap().len() as i64, count);
    let file = client.get(&format!("/api/segments/{id}/export?format=csv&fields=name,val.rfm")).await;
    assert_eq!(file.text.lines().count() as i64, count + 1);
    let tags = client.get(&format!("/api/people/{person}/tags")).await.json();
    assert!(
        tags.as_array().unwrap().iter().any(|tag| tag["tag"] == "attr.personality" && tag["source"] == "manual"),
        "{tags}"
    );
    let set = client.post(&format!("/api/people/{person}/tags"), &json!({ "tag": "care.vip", "value": "true" })).await;
    assert_eq!(set.status, 204, "{}", set.text);
    let models = client.get("/api/models").await.json();
    let ids: Vec<&str> =
        models["items"].as_array().unwrap().iter().map(|model| model["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["rfm", "abc", "churn", "stage", "bg_nbd", "gamma_gamma", "next_category"]);
    assert!(
        models["items"][4]["waiting_en"].is_string() && models["items"][2]["shares"][0]["share"].is_number(),
        "{models}"
    );
    let library = client.get("/api/tags").await.json();
    let vip = library["items"].as_array().unwrap().iter().find(|tag| tag["id"] == "care.vip").unwrap().clone();
    assert!(vip["coverage"].as_f64().unwrap() > 0.0, "{vip}");
    assert_eq!(client.get("/api/tags/care.vip/people").await.json()["items"].as_array().unwrap().len(), 1);
    let gone = client.send("DELETE".parse().unwrap(), &format!("/api/people/{person}/tags/care.vip"), None).await;
    assert_eq!(gone.status, 204, "{}", gone.text);
    careloop_segments::ensure_presets(&test.db, &test.ctx.require().unwrap()).await.unwrap();
    let list = client.get("/api/segments").await.json();
    let of = |name: &str| list["items"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    assert_eq!(of("本月生日")["name_en"], "Birthday this month");
    assert_eq!(of("怕疼常客")["name_en"], Value::Null, "a name of one's own is the only one");
    let birthday = format!("/api/segments/{}", of("本月生日")["id"].as_str().unwrap());
    let renamed = client.send("PATCH".parse().unwrap(), &birthday, Some(&json!({ "name": "寿星" }))).await.json();
    assert_eq!((&renamed["name_en"], renamed["description_en"].is_string()), (&Value::Null, true), "{renamed}");
    assert_eq!(client.post(&format!("/api/segments/{id}/archive"), &json!({})).await.status, 204);
}

#[tokio::test]
async fn clinics_are_shown_by_name_wherever_a_tag_holds_their_code() {
    let test = TestDb::sqlite().await;
    let sql = "INSERT INTO clinics (id, code, name, region, time_zone, created_at)
               VALUES ('cli_00000000000000000000000001', 'C1', '滨江店', 'east', 'Asia/Shanghai', 0)";
    careloop_db::run(test.db.write(), sql, []).await.unwrap();
    let records = records(&test, 1).await;
    let mut visit = lives(&records).into_iter().find(|event| event.kind == "visit.closed").unwrap();
    (visit.record, visit.clinic) = (records[0], Some(1));
    append(&test, &[visit]).await;
    settle(&test).await;
    let client = client(&test).await;
    let of =
        |list: &Value, key: &str| list.as_array().unwrap().iter().find(|one| one[key] == "visit.home_store").cloned();
    let library = client.get("/api/tags").await.json();
    let home = of(&library["items"], "id").unwrap();
    assert_eq!(home["values"], json!([{ "value": "C1", "label_zh": "滨江店", "label_en": "滨江店", "count": 1 }]));
    let people = client.get("/api/tags/visit.home_store/people").await.json();
    let person = people["items"][0]["id"].as_str().unwrap();
    let tag = of(&client.get(&format!("/api/people/{person}/tags")).await.json(), "tag").unwrap();
    assert_eq!((&tag["value"], &tag["label_en"]), (&json!("C1"), &json!("滨江店")));
    let vocabulary = client.get("/api/segments/vocabulary").await.json();
    let offered = of(&vocabulary["tags"], "id").unwrap();
    assert_eq!(offered["values"], json!([{ "value": "C1", "label_zh": "滨江店", "label_en": "滨江店" }]));
    let rule = json!({ "rule": { "tag": "visit.home_store", "in": ["C1"] } });
    let preview = client.post("/api/segments/preview", &rule).await.json();
    assert_eq!((&preview["count"], &preview["summary_zh"]), (&json!(1), &json!("常去门店为滨江店")));
}

#[tokio::test]
async fn a_list_is_made_filled_compared_and_undone_over_http() {
    let test = TestDb::sqlite().await;
    let records = records(&test, 30).await;
    append(&test, &lives(&records)).await;
    settle(&test).await;
    let client = client(&test).await;
    let work = || async {
        while careloop_segments::jobs::work(&test.db, &test.ctx).await.unwrap() {}
        settle(&test).await;
    };
    let rule = json!({ "name": "常客", "rule": {"event":"visit.closed","count":{"gte":5}} });
    let often = client.post("/api/segments", &rule).await.json()["id"].clone();
    settle(&test).await;
    let body = json!({ "name": "年会名单", "whom": { "segment": often } });
    let made = client.post("/api/segments/lists", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.json()["segment"]["list"], true);
    work().await;
    let id = made.json()["segment"]["id"].as_str().unwrap().to_owned();
    let action =
        client.get(&format!("/api/bulk-actions/{}", made.json()["action"]["id"].as_str().unwrap())).await.json();
    assert_eq!((&action["state"], &action["origin"]), (&json!("done"), &json!("segment")));
    let count = client.get(&format!("/api/segments/{id}")).await.json()["count"].as_u64().unwrap();
    assert_eq!(action["changed"], count);
    let overlap = client.get(&format!("/api/segments/overlap?segments={},{id}", often.as_str().unwrap())).await.json();
    assert_eq!(overlap["regions"].as_array().unwrap().len(), 1, "the snapshot is the segment: {overlap}");
    let path = format!("/api/segments/overlap/people?inside={id}&outside=&limit=2");
    assert_eq!(client.get(&path).await.json()["items"].as_array().unwrap().len(), 2);
    let file = json!({ "text": "id\nhis:C0\nhis:C999\n" });
    let check = client.post("/api/segments/lists/check", &file).await.json();
    assert_eq!((&check["people"], &check["not_found"]["first"]), (&json!(1), &json!([3])));
    let import = client.post(&format!("/api/segments/{id}/list/import"), &file).await;
    assert_eq!(import.status, 202, "{}", import.text);
    work().await;
    let import = import.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(client.post(&format!("/api/bulk-actions/{import}/undo"), &json!({})).await.status, 202);
    work().await;
    let history = client.get(&format!("/api/bulk-actions?segment={id}")).await.json();
    assert_eq!(history["items"].as_array().unwrap().len(), 3);
    assert_eq!(client.get(&format!("/api/segments/{id}")).await.json()["count"], count);
    let gone = client.post(&format!("/api/segments/{id}/list/remove"), &json!({ "segment": id })).await;
    assert_eq!(gone.status, 202);
    work().await;
    assert_eq!(client.get(&format!("/api/segments/{id}")).await.json()["count"], 0);
    let both = json!({ "segment": id, "people": [] });
    assert_eq!(client.post(&format!("/api/segments/{id}/list/add"), &both).await.json()["code"], "bulk.people");
    let tag = json!({ "tag": "care.vip", "value": "true", "whom": { "segment": often } });
    assert_eq!(client.post("/api/bulk-actions/tags", &tag).await.status, 202);
    work().await;
    let people = client.get("/api/tags/care.vip/people").await.json();
    assert_eq!(people["items"].as_array().unwrap().len() as u64, count);
    let alike = client.get(&format!("/api/segments/{}/lookalike", often.as_str().unwrap())).await;
    assert_eq!(alike.status, if count >= 20 { 200 } else { 409 }, "{}", alike.text);
}
