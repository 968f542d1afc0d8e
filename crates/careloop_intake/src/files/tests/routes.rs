//! File imports through the router: upload, dry run, import, progress, rejects, permissions.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use careloop_db::Db;
use careloop_http::{App, Authenticator, Credentials, Wake};
use careloop_kernel::ids::{Id, StaffId};
use careloop_kernel::{Ctx, Env, PermissionSet, Result, Scope};
use careloop_testkit::{Answer, Client, TestDb};
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::fixture::add_source;
use crate::files::{Files, jobs, router};

/// Lets everybody in with the same permissions.
struct Everybody(&'static [&'static str]);

impl Authenticator for Everybody {
    fn authenticate<'a>(
        &'a self,
        _db: &'a Db,
        env: &'a Env,
        _credentials: Credentials,
    ) -> Pin<Box<dyn Future<Output = Result<Ctx>> + Send + 'a>> {
        let permissions = PermissionSet::from_keys(self.0);
        Box::pin(async move { Ok(Ctx::staff(env.clone(), StaffId::from_bits(7), 7, Scope::Chain, permissions)) })
    }
}

fn client(test: &TestDb, permissions: &'static [&'static str]) -> Client {
    let app = App {
        db: test.db.clone(),
        env: test.ctx.env().clone(),
        authenticator: Arc::new(Everybody(permissions)),
        wake: Wake::default(),
        data_dir: test.folder.path().to_owned(),
    };
    Client::new(router().split_for_parts().0.with_state(app))
}

async fn upload(client: &Client, name: &str, bytes: &[u8]) -> Answer {
    let head = format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    let body = [head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat();
    let request = Request::post("/api/uploads")
        .header("content-type", "multipart/form-data; boundary=x")
        .body(Body::from(body))
        .unwrap();
    client.call(request).await
}

const CSV: &str =
    "订单号,会员号,时间,金额\nS1,7,2026-03-01 09:00:00,10.00\nS2,7,soon,10.00\nS3,8,2026-03-01 09:00:00,=1+1\n";

#[tokio::test]
async fn a_file_goes_from_upload_to_rejects() {
    let test = TestDb::sqlite().await;
    let source = add_source(&test, "shop").await;
    let client = client(&test, &["intake.run", "people.reveal"]);

    let sent = upload(&client, "C:\\files\\payments.csv", CSV.as_bytes()).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
    let view = sent.json();
    assert_eq!((view["file_name"].as_str(), view["encoding"].as_str()), (Some("payments.csv"), Some("UTF-8")));
    assert_eq!(view["columns"], json!(["订单号", "会员号", "时间", "金额"]));
    assert_eq!(view["preview"].as_array().unwrap().len(), 3);
    let map = view["guess"].clone();
    assert_eq!((map["kind"].as_str(), map["event_id"][0].as_str()), (Some("events"), Some("订单号")));

    let path = format!("/api/uploads/{}/dry-run", view["id"].as_str().unwrap());
    let dry = client.post(&path, &json!({ "source_id": source, "map": map })).await.json();
    assert_eq!((&dry["rows"], &dry["accepted"], &dry["rejected"]), (&json!(3), &json!(1), &json!(2)));
    assert_eq!((&dry["rejects"][0]["line"], &dry["rejects"][0]["column"]), (&json!(3), &json!("时间")));

    let started =
        client.post("/api/imports", &json!({ "upload_id": view["id"], "source_id": source, "map": map })).await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{}", started.text);
    let import = format!("/api/imports/{}", started.json()["id"].as_str().unwrap());
    assert_eq!(client.get(&import).await.json()["state"], "waiting");
    let files = Files::new(test.db.clone(), test.folder.path()).unwrap();
    let work = async { while jobs::resume(&files, &test.ctx).await.unwrap() {} };
    let follow = format!("{import}/progress");
    let (progress, ()) = tokio::join!(client.get(&follow), work);
    let last: Value = serde_json::from_str(progress.text.trim().rsplit("data: ").next().unwrap()).unwrap();
    assert_eq!((&last["state"], &last["inserted"], &last["rejected"]), (&json!("done"), &json!(1), &json!(2)));

    let rejects = client.get(&format!("{import}/rejects.csv?reason=mend+the+rows")).await.text;
    let lines: Vec<&str> = rejects.lines().collect();
    assert_eq!(lines[0], "\u{feff}line,column,code,reason,订单号,会员号,时间,金额");
    assert!(lines[1].starts_with("3,时间,no_time,") && lines[1].ends_with(",S2,7,soon,10.00"), "{}", lines[1]);
    assert!(lines[2].ends_with(",'=1+1"), "a formula is disarmed: {}", lines[2]);
    assert_eq!(client.get("/api/imports").await.json()["items"][0]["id"], started.json()["id"]);
    let again = client.post("/api/imports", &json!({ "upload_id": view["id"], "source_id": source, "map": map })).await;
    assert_eq!((again.status, &again.json()["code"]), (StatusCode::NOT_FOUND, &json!("files.upload_gone")));
}

#[tokio::test]
async fn the_cells_of_refused_rows_need_the_right_to_reveal() {
    let test = TestDb::sqlite().await;
    let source = add_source(&test, "shop").await;
    let client = client(&test, &["intake.run"]);
    let view = upload(&client, "p.csv", CSV.as_bytes()).await.json();
    let body = json!({ "upload_id": view["id"], "source_id": source, "map": view["guess"] });
    let import = client.post("/api/imports", &body).await.json();
    let files = Files::new(test.db.clone(), test.folder.path()).unwrap();
    while jobs::resume(&files, &test.ctx).await.unwrap() {}
    let path = format!("/api/imports/{}/rejects.csv", import["id"].as_str().unwrap());
    assert_eq!(client.get(&format!("{path}?reason=curious")).await.status, StatusCode::FORBIDDEN);
    let rejects = client.get(&path).await.text;
    assert!(
        rejects.starts_with("\u{feff}line,column,code,reason\n3,时间,no_time,") && !rejects.contains("soon"),
        "{rejects}"
    );
    let noted = super::fixture::texts(&test.db, "SELECT action AS text FROM audit_log ORDER BY seq").await;
    assert_eq!(noted, ["import.started", "import.rejects_downloaded"]);
}

#[tokio::test]
async fn every_operation_needs_the_right_to_import() {
    let test = TestDb::sqlite().await;
    let client = client(&test, &["intake.manage", "people.reveal"]);
    let id = "imp_00000000000000000000000000";
    assert_eq!(upload(&client, "p.csv", b"a\n1\n").await.status, StatusCode::FORBIDDEN);
    for path in [
        "/api/imports".to_owned(),
        format!("/api/imports/{id}"),
        format!("/api/imports/{id}/progress"),
        format!("/api/imports/{id}/rejects.csv"),
    ] {
        assert_eq!(client.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in [format!("/api/imports/{id}/cancel"), format!("/api/imports/{id}/resume")] {
        assert_eq!(client.post(&path, &json!({})).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn bad_uploads_and_maps_are_refused_in_words() {
    let test = TestDb::sqlite().await;
    let source = add_source(&test, "shop").await;
    careloop_db::run(test.db.write(), "INSERT INTO settings (key, value) VALUES ('intake.max_upload_mb', '1')", [])
        .await
        .unwrap();
    let client = client(&test, &["intake.run"]);
    let refused = |answer: Answer| (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned());
    let bad = |code: &str| (StatusCode::BAD_REQUEST, code.to_owned());
    assert_eq!(refused(upload(&client, "p.csv", b"").await), bad("files.empty"));
    assert_eq!(refused(upload(&client, "p.csv", b"a,a\n1,2\n").await), bad("files.duplicate_header"));
    let large = upload(&client, "p.csv", &vec![b'x'; (1 << 20) + 1]).await;
    assert!(large.json()["detail"].as_str().unwrap().starts_with("the file is larger than 1 MiB; split it"));
    assert_eq!(refused(large), bad("files.too_large"));
    let left = std::fs::read_dir(test.folder.path().join("uploads")).unwrap().count();
    assert_eq!(left, 0, "what was refused is not kept");
    let view = upload(&client, "p.csv", CSV.as_bytes()).await.json();
    let map = json!({ "kind": "people", "source_id": "nobody", "fields": null });
    let body = json!({ "upload_id": view["id"], "source_id": source, "map": map });
    assert_eq!(refused(client.post("/api/imports", &body).await), bad("map.unknown_column"));
    let missing = "/api/imports/imp_00000000000000000000000000";
    assert_eq!(client.get(missing).await.status, StatusCode::NOT_FOUND);
}
