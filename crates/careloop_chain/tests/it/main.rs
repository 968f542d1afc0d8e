//! Clinics against both databases and through the real router.

use std::sync::Arc;

use careloop_access::settings::FirstSettings;
use careloop_access::{SessionAuthenticator, audit};
use careloop_chain::{ClinicChange, NewClinic};
use careloop_http::{App, Wake};
use careloop_kernel::ids::{ClinicId, Id, StaffId};
use careloop_kernel::{Ctx, PermissionSet, Result, Scope};
use careloop_testkit::{Client, TestDb, on_both};
use serde_json::json;

fn code<T>(result: Result<T>) -> &'static str {
    result.err().map_or("none", |error| error.code())
}

fn new(code: &str, name: &str) -> NewClinic {
    NewClinic { code: code.to_owned(), name: name.to_owned(), region: "华东".to_owned(), time_zone: None }
}

fn within(test: &TestDb, scope: Scope) -> Ctx {
    Ctx::staff(test.ctx.env().clone(), StaffId::from_bits(1), 1, scope, PermissionSet::all())
}

#[tokio::test]
async fn a_clinic_is_opened_changed_and_closed() {
    on_both(|test| async move {
        let ctx = test.ctx.require().unwrap();
        let made = careloop_chain::create(&test.db, &ctx, new("SH01", "徐汇店")).await.unwrap();
        assert_eq!((made.ord, made.time_zone_name.as_str()), (1, "Asia/Shanghai"), "the chain's zone");
        assert_eq!(code(careloop_chain::create(&test.db, &ctx, new("SH01", "静安店")).await), "chain.clinic_taken");
        assert_eq!(code(careloop_chain::create(&test.db, &ctx, new("SH02", "徐汇店")).await), "chain.clinic_taken");
        assert_eq!(code(careloop_chain::create(&test.db, &ctx, new("上海", "静安店")).await), "chain.clinic");
        let zone = ClinicChange { time_zone: Some("Asia/Urumqi".to_owned()), ..ClinicChange::default() };
        let changed = careloop_chain::update(&test.db, &ctx, made.id, zone).await.unwrap();
        assert_eq!((changed.time_zone_name.as_str(), changed.code.as_str()), ("Asia/Urumqi", "SH01"));
        let wrong = ClinicChange { time_zone: Some("Asia/Atlantis".to_owned()), ..ClinicChange::default() };
        assert_eq!(code(careloop_chain::update(&test.db, &ctx, made.id, wrong).await), "settings.time_zone");
        let close = ClinicChange { archived: Some(true), ..ClinicChange::default() };
        careloop_chain::update(&test.db, &ctx, made.id, close).await.unwrap();
        assert!(careloop_chain::list(&test.db, &test.ctx, false).await.unwrap().is_empty());
        assert_eq!(careloop_chain::list(&test.db, &test.ctx, true).await.unwrap().len(), 1);
        let directory = careloop_chain::directory(test.db.read()).await.unwrap();
        assert_eq!(directory.find("sh01").map(|clinic| clinic.ord), Some(1), "old files name closed clinics");
        assert_eq!(audit::verify(&test.db).await.unwrap().intact, 3);
    })
    .await;
}

#[tokio::test]
async fn a_clinic_out_of_scope_is_not_there() {
    on_both(|test| async move {
        let ctx = test.ctx.require().unwrap();
        let first = careloop_chain::create(&test.db, &ctx, new("A", "A")).await.unwrap();
        let second = careloop_chain::create(&test.db, &ctx, new("B", "B")).await.unwrap();
        let narrow = within(&test, Scope::Clinics(vec![first.ord]));
        let seen = careloop_chain::list(&test.db, &narrow, true).await.unwrap();
        assert_eq!(seen.iter().map(|clinic| clinic.ord).collect::<Vec<_>>(), [first.ord]);
        let manage = narrow.require().unwrap();
        let rename = ClinicChange { name: Some("C".to_owned()), ..ClinicChange::default() };
        assert_eq!(
            code(careloop_chain::update(&test.db, &manage, second.id, rename.clone()).await),
            "chain.no_such_clinic"
        );
        assert_eq!(
            code(careloop_chain::update(&test.db, &manage, ClinicId::from_bits(7), rename.clone()).await),
            "chain.no_such_clinic"
        );
        assert_eq!(code(careloop_chain::update(&test.db, &manage, first.id, rename).await), "none");
        assert_eq!(code(careloop_chain::create(&test.db, &manage, new("D", "D")).await), "chain.beyond_scope");
        let own = within(&test, Scope::Own { staff: 1 });
        assert!(careloop_chain::list(&test.db, &own, true).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn clinics_are_managed_over_http() {
    let test = TestDb::sqlite().await;
    careloop_access::prepare(&test.db, &test.ctx, FirstSettings::default()).await.unwrap();
    careloop_access::ensure_administrator(&test.db, &test.ctx, "admin", Some("correct horse")).await.unwrap();
    let app = App {
        db: test.db.clone(),
        env: test.ctx.env().clone(),
        authenticator: Arc::new(SessionAuthenticator),
        wake: Wake::default(),
        data_dir: test.folder.path().to_owned(),
    };
    let router =
        careloop_access::routes::router().merge(careloop_chain::routes::router()).split_for_parts().0.with_state(app);
    let mut client = Client::new(router);
    assert_eq!(client.get("/api/clinics").await.status, 401);
    client.log_in("admin", "correct horse").await;
    let made = client.post("/api/clinics", &json!({ "code": "SH01", "name": "徐汇店" })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let mut expected = json!({
        "id": made.json()["id"], "code": "SH01", "name": "徐汇店", "region": "", "time_zone": "Asia/Shanghai", "archived": false,
    });
    assert_eq!(made.json(), expected);
    let path = format!("/api/clinics/{}", made.json()["id"].as_str().unwrap());
    let changed = client.send(http::Method::PATCH, &path, Some(&json!({ "archived": true }))).await;
    expected["archived"] = json!(true);
    assert_eq!(changed.json(), expected);
    assert_eq!(client.get("/api/clinics").await.json()["items"], json!([]));
    assert_eq!(client.get("/api/clinics?archived=true").await.json()["items"], json!([expected]));
}
