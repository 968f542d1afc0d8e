//! A chain with two clinics, staff, and the real router.

use std::sync::Arc;

use careloop_access::settings::FirstSettings;
use careloop_access::{NewStaff, Password, SessionAuthenticator, roles, staff};
use careloop_db::{FromQueryResult, all, execute};
use careloop_http::{App, Wake};
use careloop_kernel::ids::{ClinicId, Id};
use careloop_people::{IncomingRecord, Resolve, resolve, upsert_records};
use careloop_testkit::{Client, TestDb};

use crate::world::{add_source, row};

const PASSWORD: &str = "correct horse";

/// Settings, roles, the administrator `admin`, clinics 1 and 2.
pub async fn prepare(test: &TestDb) {
    careloop_access::prepare(&test.db, &test.ctx, FirstSettings::default()).await.unwrap();
    careloop_access::ensure_administrator(&test.db, &test.ctx, "admin", Some(PASSWORD)).await.unwrap();
    for number in [1_u8, 2] {
        let sql = "INSERT INTO clinics (id, code, name, region, time_zone, created_at) VALUES ($1, $2, $3, 'east', 'Asia/Shanghai', 0)";
        let id = ClinicId::from_bits(u128::from(number)).to_string();
        execute(test.db.write(), sql, [id.into(), format!("C{number}").into(), format!("Clinic {number}").into()])
            .await
            .unwrap();
    }
}

/// A member of staff of clinic 1 or 2; gives the id.
pub async fn hire(test: &TestDb, login: &str, role_code: &str, clinic: u8) -> String {
    let role = roles::find_by_code(&test.db, role_code).await.unwrap().unwrap().id;
    let clinics = vec![ClinicId::from_bits(u128::from(clinic))];
    let password = Some(Password::parse(PASSWORD, login).unwrap());
    let new = NewStaff { login: login.to_owned(), name: login.to_owned(), email: None, role, clinics, password };
    staff::create(&test.db, &test.ctx.require().unwrap(), new).await.unwrap().staff.id.to_string()
}

/// A browser with an open session.
pub async fn signed_in(test: &TestDb, login: &str) -> Client {
    let app = App {
        db: test.db.clone(),
        env: test.ctx.env().clone(),
        authenticator: Arc::new(SessionAuthenticator),
        wake: Wake::default(),
        data_dir: test.folder.path().to_owned(),
    };
    let (router, _) = careloop_access::routes::router().merge(careloop_people::routes::router()).split_for_parts();
    let mut client = Client::new(router.with_state(app));
    let answer = client.log_in(login, PASSWORD).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    client
}

/// A row of clinic 1 or 2.
pub fn at(clinic: i64, row: IncomingRecord) -> IncomingRecord {
    IncomingRecord { clinic: Some(clinic), ..row }
}

/// A mother with two records and her child at clinic 1, a stranger at clinic 2; resolved.
pub async fn families(test: &TestDb) -> i64 {
    prepare(test).await;
    let source = add_source(test, "his").await;
    let mut child = row("child", "王小雨", "2016-05-20", "13912345670");
    child.fields.guardian_name = Some("李梅".into());
    let rows = vec![
        at(1, row("mother", "李梅", "1988-06-02", "13912345670")),
        at(1, row("again", "李梅", "", "13912345670")),
        at(1, child),
        at(2, row("stranger", "曾国强", "1975-11-30", "13712348888")),
    ];
    upsert_records(&test.db, &test.ctx, source, rows).await.unwrap();
    resolve(&test.db, &test.ctx, Resolve::Incremental).await.unwrap();
    source
}

/// The id of a record and of the person anchored there.
pub async fn ids(test: &TestDb, key: &str) -> (String, String) {
    #[derive(FromQueryResult)]
    struct Row {
        id: String,
    }
    let rows: Vec<Row> =
        all(test.db.read(), "SELECT id FROM records WHERE source_key = $1", [key.into()]).await.unwrap();
    (rows[0].id.clone(), rows[0].id.replacen("rec_", "per_", 1))
}
