//! The operations over HTTP.

use axum::body::Body;
use careloop_testkit::{Client, TestDb};
use http::{Method, Request};
use serde_json::json;

use crate::fixture::{PASSWORD, clinic, hire, prepare, role, router, signed_in};

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_of_other_sites() {
    let test = TestDb::sqlite().await;
    prepare(&test).await;
    let client = Client::new(router(&test));
    let body = json!({ "login": "admin", "password": PASSWORD }).to_string();
    let request = |proto: &str| {
        Request::post("/api/session")
            .header("content-type", "application/json")
            .header("x-forwarded-proto", proto)
            .body(Body::from(body.clone()))
            .unwrap()
    };
    let plain = client.call(request("http")).await.headers["set-cookie"].to_str().unwrap().to_owned();
    for attribute in ["careloop_session=", "; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=604800"] {
        assert!(plain.contains(attribute), "{plain}");
    }
    assert!(!plain.contains("Secure"));
    let secure = client.call(request("https, http")).await.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(secure.ends_with("; Secure"), "{secure}");
}

#[tokio::test]
async fn a_session_says_who_it_is_and_what_they_may() {
    let test = TestDb::sqlite().await;
    prepare(&test).await;
    hire(&test, "dean", "dean", &[1]).await;
    let client = signed_in(&test, "dean").await;
    let view = client.get("/api/session").await.json();
    assert_eq!(view["staff"]["role_code"], "dean");
    assert_eq!(view["staff"]["level"], "clinic");
    assert_eq!(view["clinics"], json!([{ "id": clinic(1).to_string(), "code": "C1", "name": "Clinic 1" }]));
    assert_eq!(view["chain"], json!({ "name": "Careloop", "time_zone": "Asia/Shanghai", "currency": "CNY" }));
    assert!(view["permissions"].as_array().unwrap().contains(&json!("staff.manage")));
    assert!(view["csrf"].as_str().unwrap().len() >= 32);
    assert_eq!(client.send(Method::DELETE, "/api/session", None).await.status, 204);
    assert_eq!(client.get("/api/session").await.status, 401);
}

#[tokio::test]
async fn whatever_changes_something_needs_the_csrf_token() {
    let test = TestDb::sqlite().await;
    prepare(&test).await;
    let mut client = Client::new(router(&test));
    let cookie = client.log_in("admin", PASSWORD).await.headers["set-cookie"].to_str().unwrap().to_owned();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let stranger = Client::new(router(&test));
    for token in [None, Some("wrong")] {
        let mut request =
            Request::put("/api/settings").header("cookie", &cookie).header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("x-csrf-token", token);
        }
        let body = json!({ "name": "Taken over", "time_zone": "UTC" }).to_string();
        let answer = stranger.call(request.body(Body::from(body)).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (403, Some("access.csrf")));
    }
    let read = Request::get("/api/settings").header("cookie", &cookie).body(Body::empty()).unwrap();
    assert_eq!(stranger.call(read).await.json()["name"], "Careloop");
    let body = json!({ "name": "Renamed", "time_zone": "UTC" });
    assert_eq!(client.send(Method::PUT, "/api/settings", Some(&body)).await.json()["name"], "Renamed");
}

#[tokio::test]
async fn a_form_of_another_site_cannot_log_anybody_in() {
    let test = TestDb::sqlite().await;
    prepare(&test).await;
    let body = json!({ "login": "admin", "password": PASSWORD }).to_string();
    let request = Request::post("/api/session").header("content-type", "text/plain").body(Body::from(body)).unwrap();
    let answer = Client::new(router(&test)).call(request).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (400, Some("request.body")));
}

#[tokio::test]
async fn failures_answer_with_a_problem_and_a_lock_with_429() {
    let test = TestDb::sqlite().await;
    prepare(&test).await;
    let mut client = Client::new(router(&test));
    for _ in 0..5 {
        let answer = client.log_in("admin", "wrong password").await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (401, Some("access.wrong_login")));
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
    let answer = client.log_in("admin", PASSWORD).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (429, Some("access.locked")));
}

#[tokio::test]
async fn staff_are_created_changed_and_archived_over_http() {
    let test = TestDb::sqlite().await;
    prepare(&test).await;
    let client = signed_in(&test, "admin").await;
    let nurse = role(&test.db, "nurse").await.to_string();
    let body = json!({ "login": "nina", "name": "Nina", "role_id": nurse, "clinic_ids": [clinic(1)] });
    let made = client.post("/api/staff", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let view = made.json();
    assert_eq!(view["password"].as_str().unwrap().len(), 19);
    let path = format!("/api/staff/{}", view["id"].as_str().unwrap());
    let change = json!({ "email": "nina@example.com" });
    let changed = client.send(Method::PATCH, &path, Some(&change)).await.json();
    assert_eq!((&changed["email"], &changed["password"]), (&json!("nina@example.com"), &json!(null)));
    assert_eq!(client.post(&format!("{path}/archive"), &json!({})).await.json()["archived"], true);
    assert_eq!(client.get("/api/staff").await.json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(client.get("/api/staff?archived=true").await.json()["items"].as_array().unwrap().len(), 2);
    let actions: Vec<_> = client.get("/api/audit?limit=3").await.json()["items"].as_array().unwrap().clone();
    let actions: Vec<_> = actions.iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["staff.archived", "staff.updated", "staff.created"]);
    let chain = client.get("/api/audit/chain").await.json();
    assert_eq!((&chain["broken_at"], chain["head"].as_str().unwrap().len()), (&json!(null), 64));
    let wrong = json!({ "login": "n", "name": "Nina", "role_id": nurse });
    assert_eq!(client.post("/api/staff", &wrong).await.json()["fields"][0]["field"], "login");
}

#[tokio::test]
async fn colleagues_see_names_but_not_logins() {
    let test = TestDb::sqlite().await;
    prepare(&test).await;
    hire(&test, "nina", "nurse", &[1]).await;
    hire(&test, "far", "nurse", &[2]).await;
    let listed = signed_in(&test, "nina").await.get("/api/staff").await.json();
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "staff of the other clinic and of none are not hers to see");
    assert_eq!((&items[0]["name"], &items[0]["login"]), (&json!("nina"), &json!(null)));
}

#[tokio::test]
async fn roles_and_permissions_are_listed_and_edited() {
    let test = TestDb::sqlite().await;
    prepare(&test).await;
    let client = signed_in(&test, "admin").await;
    assert_eq!(client.get("/api/permissions").await.json()["items"].as_array().unwrap().len(), 23);
    let roles = client.get("/api/roles").await.json();
    assert_eq!(roles["items"].as_array().unwrap().len(), 16);
    assert_eq!(roles["items"][0]["staff_count"], 1);
    let path = format!("/api/roles/{}", role(&test.db, "nurse").await);
    let body = json!({ "name_zh": "护士", "name_en": "Nurse", "level": "own", "permissions": ["tasks.read"] });
    assert_eq!(client.send(Method::PUT, &path, Some(&body)).await.json()["level"], "own");
    hire(&test, "nina", "nurse", &[1]).await;
    let nina = signed_in(&test, "nina").await;
    assert_eq!(nina.send(Method::PUT, &path, Some(&body)).await.status, 403);
    assert_eq!(nina.get("/api/audit").await.json()["code"], "access.forbidden");
    assert_eq!(client.send(Method::PUT, "/api/roles/rol_nonsense", Some(&body)).await.status, 404);
}
