//! The way of a screen and of a visitor through the real router.

use std::sync::Arc;

use careloop_access::SessionAuthenticator;
use careloop_access::settings::FirstSettings;
use careloop_http::{App, Wake};
use careloop_testkit::{Client, TestDb};
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery staple";

async fn clients(test: &TestDb) -> (Client, Client) {
    let app = App {
        db: test.db.clone(),
        env: test.ctx.env().clone(),
        authenticator: Arc::new(SessionAuthenticator),
        wake: Wake::default(),
        data_dir: test.folder.path().to_owned(),
    };
    careloop_access::prepare(&test.db, &test.ctx, FirstSettings::default()).await.unwrap();
    careloop_access::ensure_administrator(&test.db, &test.ctx, "admin", Some(PASSWORD)).await.unwrap();
    let (router, _) = careloop_access::routes::router().merge(careloop_activities::routes::router()).split_for_parts();
    let visitor = Client::new(router.with_state(app));
    let mut staff = visitor.clone();
    assert_eq!(staff.log_in("admin", PASSWORD).await.status, 200);
    (staff, visitor)
}

#[tokio::test]
async fn staff_make_an_activity_and_visitors_sign_in_without_a_log_in() {
    let test = TestDb::sqlite().await;
    let (staff, visitor) = clients(&test).await;
    let body = json!({
        "name": "爱牙日", "place": "滨江店", "starts_at": "2026-03-02T01:00:00Z", "ends_at": "2026-03-02T09:00:00Z",
        "tags": [{ "tag": "care.vip", "value": "true" }],
    });
    assert_eq!(visitor.post("/api/activities", &body).await.status, 401);
    let made = staff.post("/api/activities", &body).await;
    assert_eq!((made.status.as_u16(), &made.json()["door"]), (201, &json!("open")), "{}", made.text);
    let (id, token) = (made.json()["id"].clone(), made.json()["token"].as_str().unwrap().to_owned());
    assert_eq!(token.len(), 32);
    let page = format!("/api/sign-in/{token}");
    let seen = visitor.get(&page).await.json();
    let expected = json!({
        "name": "爱牙日", "place": "滨江店", "clinic_name": null, "starts_at": "2026-03-02T01:00:00Z",
        "ends_at": "2026-03-02T09:00:00Z", "time_zone": "Asia/Shanghai", "door": "open",
    });
    assert_eq!(seen, expected, "nothing of staff, tags or people");
    let write = |fields: Value| {
        let mut body = json!({ "name": "王芳", "phone": "13800001234", "agreed": true });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        body
    };
    let cases = [
        (json!({ "name": "" }), "activities.visitor_name", "name"),
        (json!({ "phone": "138" }), "activities.visitor_phone", "phone"),
        (json!({ "agreed": false }), "activities.not_agreed", "agreed"),
    ];
    for (fields, code, field) in cases {
        let refused = visitor.post(&page, &write(fields)).await;
        let problem = refused.json();
        assert_eq!((refused.status.as_u16(), &problem["code"]), (400, &json!(code)), "{}", refused.text);
        assert_eq!(problem["fields"][0]["field"], field);
        assert!(!refused.text.contains("王芳") && !refused.text.contains("138 "), "{}", refused.text);
    }
    let first = visitor.post(&page, &write(json!({}))).await;
    assert_eq!((first.status.as_u16(), first.json()), (200, expected), "{}", first.text);
    let again = visitor.post(&page, &write(json!({ "name": "别人" }))).await;
    assert_eq!(again.text, first.text, "nobody learns who is there already");
    let path = format!("/api/activities/{}", id.as_str().unwrap());
    let people = staff.get(&format!("{path}/attendees")).await.json();
    let people = people["items"].as_array().unwrap();
    assert_eq!((people.len(), &people[0]["person"]["phone"]), (1, &json!("138****1234")));
    assert_eq!(staff.get("/api/activities").await.json()["items"][0]["attendees"], 1);
    let renamed = staff.send("PATCH".parse().unwrap(), &path, Some(&json!({ "name": "爱牙周" }))).await;
    assert_eq!(renamed.json()["name"], "爱牙周", "{}", renamed.text);
    assert_eq!(staff.post(&format!("{path}/close"), &json!({})).await.json()["door"], "closed");
    let late = visitor.post(&page, &write(json!({ "phone": "13900005678" }))).await;
    assert_eq!((late.status.as_u16(), &late.json()["code"]), (409, &json!("activities.closed")));
    assert_eq!(staff.post(&format!("{path}/reopen"), &json!({})).await.json()["door"], "open");
    let moved = staff.post(&format!("{path}/renew-link"), &json!({})).await.json();
    assert_ne!(moved["token"], json!(token));
    let gone = visitor.get(&page).await;
    assert_eq!((gone.status.as_u16(), &gone.json()["code"]), (404, &json!("activities.no_such_link")));
    let file = json!({ "text": "13800001234\n13700000000\n" });
    let import = staff.post(&format!("{path}/attendees/import"), &file).await;
    assert_eq!((&import.json()["added"], &import.json()["report"]["not_found"]["first"]), (&json!(0), &json!([2])));
}
