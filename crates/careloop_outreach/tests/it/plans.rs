//! Plans over HTTP, and who may see and change them.

use std::sync::Arc;

use axum::Extension;
use careloop_access::{NewStaff, Password, SessionAuthenticator, roles, staff};
use careloop_http::{App, Wake};
use careloop_testkit::{Client, TestDb};
use http::Method;
use serde_json::{Value, json};

use crate::fixture::World;

const PASSWORD: &str = "correct horse";

async fn signed_in(world: &World, login: &str, role: &str) -> Client {
    let test = &world.test;
    let role = roles::find_by_code(&test.db, role).await.unwrap().unwrap();
    let clinics =
        careloop_chain::list(&test.db, &test.ctx, false).await.unwrap().iter().map(|clinic| clinic.id).collect();
    let password = Some(Password::parse(PASSWORD, login).unwrap());
    let new =
        NewStaff { login: login.to_owned(), name: login.to_owned(), email: None, role: role.id, clinics, password };
    staff::create(&test.db, &test.ctx.require().unwrap(), new).await.unwrap();
    let app = App {
        db: test.db.clone(),
        env: test.ctx.env().clone(),
        authenticator: Arc::new(SessionAuthenticator),
        wake: Wake::default(),
        data_dir: test.folder.path().to_owned(),
    };
    let router = careloop_access::routes::router().merge(careloop_outreach::routes::router());
    let router = router.split_for_parts().0.layer(Extension(world.outreach.clone())).with_state(app);
    let mut client = Client::new(router);
    assert_eq!(client.log_in(login, PASSWORD).await.status, 200);
    client
}

fn body(world: &World) -> Value {
    json!({
        "name": "唤醒", "segment_id": world.segment.to_string(), "action": "email",
        "email": { "subject": "{{ chain }}", "body": "{{ name }}" },
        "quiet_hours": { "from": "21:00", "to": "09:00" }, "cap_days": 30,
    })
}

#[tokio::test]
async fn a_plan_is_made_changed_paused_and_resumed() {
    let world = World::new(TestDb::sqlite().await).await;
    let client = signed_in(&world, "anna", "marketing").await;
    let made = client.post("/api/touch-plans", &body(&world)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let view = made.json();
    assert_eq!(
        (&view["segment_name"], &view["state"], &view["task"]),
        (&json!("沉睡客户"), &json!("active"), &json!(null))
    );
    let path = format!("/api/touch-plans/{}", view["id"].as_str().unwrap());
    world.enter(world.willing("one").await).await;
    world.follow().await;
    assert_eq!(client.get(&path).await.json()["counts"]["waiting"], 1);
    assert_eq!(client.post(&format!("{path}/pause"), &json!({})).await.json()["state"], "paused");
    assert_eq!(client.post(&format!("{path}/resume"), &json!({})).await.json()["state"], "active");
    world.run().await;
    let intents = client.get(&format!("{path}/intents?state=sent")).await.json();
    assert_eq!(intents["items"][0]["person"]["name"], "王小明");
    assert_eq!(intents["items"][0]["reason"], json!(null));
    assert_eq!(client.get(&format!("{path}/intents?state=held")).await.json()["items"], json!([]));
    let mut changed = body(&world);
    changed["action"] = json!("task");
    changed["task"] = json!({ "title": "电话", "due_in_hours": 24 });
    let view = client.send(Method::PATCH, &path, Some(&changed)).await.json();
    assert_eq!(
        (&view["task"]["title"], &view["email"], &view["counts"]["sent"]),
        (&json!("电话"), &json!(null), &json!(1))
    );
    assert_eq!(client.get("/api/touch-plans").await.json()["items"][0], view);
    assert_eq!(client.post("/api/touch-plans", &body(&world)).await.json()["code"], "outreach.name_taken");
    let channels = client.get("/api/outreach/channels").await.json();
    assert_eq!(
        channels["items"],
        json!([
            { "id": "task", "ready": true, "detail": null }, { "id": "email", "ready": true, "detail": null },
        ])
    );
}

#[tokio::test]
async fn wrong_plans_name_the_field() {
    let world = World::new(TestDb::sqlite().await).await;
    let client = signed_in(&world, "anna", "marketing").await;
    let cases = [
        ("/name", json!(" "), "name"),
        ("/segment_id", json!("seg_00000000000000000000000009"), "segment_id"),
        ("/email", json!(null), "email"),
        ("/email/subject", json!("{{ phone }}"), "email.subject"),
        ("/email/body", json!("{% if"), "email.body"),
        ("/quiet_hours/from", json!("9pm"), "quiet_hours.from"),
        ("/cap_days", json!(-1), "cap_days"),
    ];
    for (pointer, value, field) in cases {
        let mut wrong = body(&world);
        *wrong.pointer_mut(pointer).unwrap() = value;
        let answer = client.post("/api/touch-plans", &wrong).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["fields"][0]["field"]),
            (400, &json!(field)),
            "{}",
            answer.text
        );
    }
    let nowhere = "/api/touch-plans/tpl_00000000000000000000000001";
    assert_eq!(client.get(nowhere).await.json()["code"], "outreach.no_such_plan");
    assert_eq!(client.send(Method::PATCH, nowhere, Some(&body(&world))).await.status, 404);
    assert_eq!(client.get(&format!("{nowhere}/intents")).await.status, 404);
}

#[tokio::test]
async fn a_dean_reads_plans_but_a_nurse_does_not() {
    let world = World::new(TestDb::sqlite().await).await;
    world.email_plan("wake", 0).await;
    let dean = signed_in(&world, "dean", "dean").await;
    assert_eq!(dean.get("/api/touch-plans").await.json()["items"][0]["name"], "wake");
    assert_eq!(dean.post("/api/touch-plans", &body(&world)).await.status, 403);
    let nurse = signed_in(&world, "nurse", "nurse").await;
    assert_eq!(nurse.get("/api/touch-plans").await.status, 403);
    assert_eq!(nurse.get("/api/outreach/channels").await.status, 403);
}
