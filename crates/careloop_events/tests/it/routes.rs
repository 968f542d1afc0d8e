use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use careloop_db::{Db, run};
use careloop_events::{append, routes};
use careloop_http::{App, Authenticator, Credentials, Wake};
use careloop_kernel::ids::{Id, StaffId};
use careloop_kernel::{Ctx, Env, Error, PermissionSet, Result, Scope};
use careloop_testkit::{Client, TestDb, on_both};
use http::StatusCode;

use crate::event;

/// Lets the caller of the test in.
struct Caller(Option<(Scope, PermissionSet)>);

impl Authenticator for Caller {
    fn authenticate<'a>(
        &'a self,
        _db: &'a Db,
        env: &'a Env,
        _credentials: Credentials,
    ) -> Pin<Box<dyn Future<Output = Result<Ctx>> + Send + 'a>> {
        Box::pin(async move {
            let (scope, permissions) = self.0.clone().ok_or_else(|| {
                Error::new(careloop_kernel::ErrorKind::Unauthenticated, "access.unauthenticated", "log in")
            })?;
            Ok(Ctx::staff(env.clone(), StaffId::from_bits(1), 1, scope, permissions))
        })
    }
}

fn client(test: &TestDb, caller: Option<(Scope, PermissionSet)>) -> Client {
    let app = App {
        db: test.db.clone(),
        env: test.ctx.env().clone(),
        authenticator: Arc::new(Caller(caller)),
        wake: Wake::default(),
        data_dir: test.folder.path().to_owned(),
    };
    Client::new(axum::Router::from(routes::router().with_state(app)))
}

async fn seed(test: &TestDb) {
    for (ord, clinic) in [(1, 1), (2, 2)] {
        let sql = "INSERT INTO clinics (id, code, name, region, time_zone, created_at) VALUES ($1, $1, $1, '华东', 'Asia/Shanghai', 0)";
        run(test.db.write(), sql, [format!("clinic-{clinic}").into()]).await.unwrap();
        let sql = "INSERT INTO records (ord, id, source, source_key, person, household, clinic, content_hash,
                   first_seen_at, updated_at) VALUES ($1, $2, 1, $2, $1, $1, $3, 0, 0, 0)";
        run(test.db.write(), sql, [ord.into(), format!("rec-{ord}").into(), clinic.into()]).await.unwrap();
    }
    let tx = test.db.begin().await.unwrap();
    let mut at_clinic = event("m-1", 1, 1);
    at_clinic.clinic = Some(1);
    append(&*tx, test.db.engine(), &test.ctx, &[at_clinic, event("m-2", 2, 2)]).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_log_names_what_its_numbers_stand_for() {
    on_both(|test| async move {
        seed(&test).await;
        let client = client(&test, Some((Scope::Chain, PermissionSet::all())));
        let answer = client.get("/api/events?limit=1&kind=visit.closed&source_id=src_00000000000000000000000000").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let json = answer.json();
        assert_eq!(json["items"][0]["message_id"], "m-2");
        let cursor = json["next_cursor"].as_str().unwrap();
        let next = client.get(&format!("/api/events?limit=1&cursor={cursor}")).await.json();
        let first = &next["items"][0];
        assert_eq!(first["clinic_name"], "clinic-1");
        assert_eq!(first["record_id"], "rec-1");
        assert_eq!(first["source_name"], "careloop");
        assert_eq!(first["kind_zh"], careloop_events::catalogue().find("visit.closed").unwrap().zh);
        assert_eq!(first["flagged"], false);
    })
    .await;
}

#[tokio::test]
async fn a_caller_sees_the_events_of_customers_in_scope() {
    on_both(|test| async move {
        seed(&test).await;
        let seen = |scope: Scope| {
            let client = client(&test, Some((scope, PermissionSet::all())));
            async move {
                let json = client.get("/api/events").await.json();
                let items = json["items"].as_array().unwrap().clone();
                items.iter().map(|item| item["message_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
            }
        };
        assert_eq!(seen(Scope::Clinics(vec![1])).await, ["m-1"]);
        assert!(seen(Scope::Clinics(Vec::new())).await.is_empty());
        assert!(seen(Scope::Own { staff: 4 }).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_log_is_for_those_who_may_read_it_and_the_vocabulary_for_all() {
    let test = TestDb::sqlite().await;
    let stranger = client(&test, None);
    assert_eq!(stranger.get("/api/events").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(stranger.get("/api/event-kinds").await.status, StatusCode::UNAUTHORIZED);
    let nurse = client(&test, Some((Scope::Chain, PermissionSet::default())));
    assert_eq!(nurse.get("/api/events").await.status, StatusCode::FORBIDDEN);
    let kinds = nurse.get("/api/event-kinds").await.json();
    let payment =
        kinds["items"].as_array().unwrap().iter().find(|kind| kind["id"] == "payment.received").unwrap().clone();
    let amount = payment["fields"].as_array().unwrap().iter().find(|field| field["name"] == "amount").unwrap().clone();
    assert_eq!((amount["type"].as_str(), amount["required"].as_bool()), (Some("money"), Some(true)));
    let wrong = client(&test, Some((Scope::Chain, PermissionSet::all())));
    assert_eq!(wrong.get("/api/events?limit=0").await.status, StatusCode::BAD_REQUEST);
}
