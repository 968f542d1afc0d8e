//! Tasks over HTTP.

use careloop_testkit::TestDb;
use serde_json::json;

use crate::fixture::World;

#[tokio::test]
async fn a_task_is_opened_by_hand_done_and_opened_again() {
    let world = World::new(TestDb::sqlite().await).await;
    let client = world.signed_in("desk").await;
    let body = json!({ "person_id": "careloop:one", "title": " 提醒复诊 ", "due_at": "2026-03-01" });
    let made = client.post("/api/tasks", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let view = made.json();
    assert_eq!((&view["title"], &view["due_at"]), (&json!("提醒复诊"), &json!("2026-02-28T16:00:00Z")));
    assert_eq!((&view["state"], &view["overdue"], &view["reason"]), (&json!("open"), &json!(true), &json!(null)));
    assert_eq!(view["owner"]["name"], "consultant");
    assert_eq!(view["person"]["name"], "王小明");
    assert_eq!(view["person"]["phone"], "138****0001");
    let path = format!("/api/tasks/{}", view["id"].as_str().unwrap());
    let finished = client.post(&format!("{path}/done"), &json!({ "outcome": "booked", "note": "周二" })).await.json();
    assert_eq!(
        (&finished["state"], &finished["note"], &finished["overdue"]),
        (&json!("done"), &json!("周二"), &json!(false))
    );
    assert_eq!(client.get("/api/tasks").await.json()["items"], json!([]));
    assert_eq!(client.get("/api/tasks?state=done").await.json()["items"][0], finished);
    assert_eq!(client.post(&format!("{path}/done"), &json!({ "outcome": "fine" })).await.status, 409);
    assert_eq!(client.post(&format!("{path}/reopen"), &json!({})).await.json()["state"], "open");
}

#[tokio::test]
async fn wrong_input_names_the_field() {
    let world = World::new(TestDb::sqlite().await).await;
    let client = world.signed_in("desk").await;
    let field = async |body| client.post("/api/tasks", &body).await.json()["fields"][0]["field"].clone();
    assert_eq!(field(json!({ "person_id": "careloop:one", "title": "", "due_at": "2026-03-01" })).await, "title");
    assert_eq!(field(json!({ "person_id": "careloop:one", "title": "x", "due_at": "soon" })).await, "due_at");
    let far = json!({ "person_id": "careloop:three", "title": "x", "due_at": "2026-03-01" });
    assert_eq!(client.post("/api/tasks", &far).await.status, 404, "a customer of another clinic");
    assert_eq!(client.get("/api/tasks?state=late").await.json()["fields"][0]["field"], "state");
    let nowhere = "/api/tasks/tsk_00000000000000000000000001/done";
    assert_eq!(client.post(nowhere, &json!({ "outcome": "fine" })).await.status, 404);
    assert_eq!(client.post(nowhere, &json!({ "outcome": "great" })).await.json()["code"], "teams.outcome");
}
