//! A prepared chain with two clinics in two regions.

use std::sync::Arc;

use careloop_access::settings::FirstSettings;
use careloop_access::{NewStaff, Password, SessionAuthenticator, roles, staff};
use careloop_db::{Db, execute};
use careloop_http::{App, Wake};
use careloop_kernel::ids::{ClinicId, Id, RoleId, StaffId};
use careloop_testkit::{Client, TestDb};

/// The password of everybody in these tests.
pub const PASSWORD: &str = "correct horse";

/// The id of clinic 1, 2, …
pub fn clinic(number: u8) -> ClinicId {
    ClinicId::from_bits(u128::from(number))
}

/// Settings, roles, the administrator `admin` and two clinics.
pub async fn prepare(test: &TestDb) {
    careloop_access::prepare(&test.db, &test.ctx, FirstSettings::default()).await.unwrap();
    let made = careloop_access::ensure_administrator(&test.db, &test.ctx, "admin", Some(PASSWORD)).await.unwrap();
    assert!(made.is_none(), "a given password is not handed back");
    for (number, region) in [(1, "east"), (2, "west")] {
        let sql = "INSERT INTO clinics (id, code, name, region, time_zone, created_at) VALUES ($1, $2, $3, $4, 'Asia/Shanghai', 0)";
        let values = [clinic(number).to_string(), format!("C{number}"), format!("Clinic {number}"), region.to_owned()];
        execute(test.db.write(), sql, values.map(Into::into)).await.unwrap();
    }
}

/// The id of a role.
pub async fn role(db: &Db, code: &str) -> RoleId {
    roles::find_by_code(db, code).await.unwrap().expect("a seeded role").id
}

/// A member of staff who works in these clinics.
pub async fn hire(test: &TestDb, login: &str, role_code: &str, clinics: &[u8]) -> StaffId {
    let new = NewStaff {
        login: login.to_owned(),
        name: login.to_owned(),
        email: None,
        role: role(&test.db, role_code).await,
        clinics: clinics.iter().map(|number| clinic(*number)).collect(),
        password: Some(Password::parse(PASSWORD, login).unwrap()),
    };
    staff::create(&test.db, &test.ctx.require().unwrap(), new).await.unwrap().staff.id
}

/// The real router on this database.
pub fn router(test: &TestDb) -> axum::Router {
    let app = App {
        db: test.db.clone(),
        env: test.ctx.env().clone(),
        authenticator: Arc::new(SessionAuthenticator),
        wake: Wake::default(),
        data_dir: test.folder.path().to_owned(),
    };
    let (router, _) = careloop_access::routes::router().split_for_parts();
    router.with_state(app)
}

/// A browser with an open session.
pub async fn signed_in(test: &TestDb, login: &str) -> Client {
    let mut client = Client::new(router(test));
    let answer = client.log_in(login, PASSWORD).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    client
}
