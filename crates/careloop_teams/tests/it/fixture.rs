//! A chain with two clinics, a consultant, a front desk and three customers.

use std::sync::Arc;

use careloop_access::settings::FirstSettings;
use careloop_access::{NewStaff, Password, SessionAuthenticator, roles, staff};
use careloop_chain::NewClinic;
use careloop_db::execute;
use careloop_http::{App, Wake};
use careloop_kernel::ids::{ClinicId, StaffId};
use careloop_kernel::{Ctx, Scope};
use careloop_people::{IncomingRecord, PhoneNumber, RecordFields, upsert_records};
use careloop_testkit::{Client, TestDb};

/// The password of everybody in these tests.
pub const PASSWORD: &str = "correct horse";

/// The chain of one test.
pub struct World {
    /// The database and the clock.
    pub test: TestDb,
    /// Consultant of clinic 1: sees the own customers only.
    pub consultant: (StaffId, i64),
    /// Front desk of clinic 1.
    pub desk: (StaffId, i64),
    /// Front desk of clinic 2.
    pub far_desk: (StaffId, i64),
    /// `records.ord` of a customer of clinic 1 whom the consultant looks after.
    pub owned: i64,
    /// Of a customer of clinic 1 whom nobody looks after.
    pub unowned: i64,
    /// Of a customer of clinic 2.
    pub far: i64,
}

impl World {
    /// Builds it.
    pub async fn new(test: TestDb) -> Self {
        careloop_access::prepare(&test.db, &test.ctx, FirstSettings::default()).await.unwrap();
        careloop_access::ensure_administrator(&test.db, &test.ctx, "admin", Some(PASSWORD)).await.unwrap();
        let mut clinics = Vec::new();
        for code in ["A", "B"] {
            let new =
                NewClinic { code: code.to_owned(), name: code.to_owned(), region: String::new(), time_zone: None };
            clinics.push(careloop_chain::create(&test.db, &test.ctx.require().unwrap(), new).await.unwrap().id);
        }
        let consultant = hire(&test, "consultant", "consultant", clinics[0]).await;
        let desk = hire(&test, "desk", "front_desk", clinics[0]).await;
        let far_desk = hire(&test, "far_desk", "front_desk", clinics[1]).await;
        let customers = [("one", "王小明", 1), ("two", "李雷", 1), ("three", "韩梅梅", 2)];
        let rows = customers.map(|(key, name, clinic)| IncomingRecord {
            source_key: key.to_owned(),
            fields: RecordFields {
                name: Some(name.to_owned()),
                phones: vec![PhoneNumber { text: format!("1380000000{clinic}"), ..PhoneNumber::default() }],
                ..RecordFields::default()
            },
            clinic: Some(clinic),
            ..IncomingRecord::default()
        });
        let ords = upsert_records(&test.db, &test.ctx, 1, rows.into()).await.unwrap();
        let [owned, unowned, far] = [0, 1, 2].map(|index: usize| ords[index].ord);
        let values = [consultant.1.into(), owned.into()];
        execute(test.db.write(), "UPDATE records SET owner = $1 WHERE ord = $2", values).await.unwrap();
        Self { test, consultant, desk, far_desk, owned, unowned, far }
    }

    /// The context of a role at a scope.
    pub async fn as_staff(&self, (id, ord): (StaffId, i64), role: &str, scope: Scope) -> Ctx {
        let role = roles::find_by_code(&self.test.db, role).await.unwrap().unwrap();
        Ctx::staff(self.test.ctx.env().clone(), id, ord, scope, role.permissions)
    }

    /// The front desk of clinic 1.
    pub async fn desk(&self) -> Ctx {
        self.as_staff(self.desk, "front_desk", Scope::Clinics(vec![1])).await
    }

    /// The front desk of clinic 2.
    pub async fn far_desk(&self) -> Ctx {
        self.as_staff(self.far_desk, "front_desk", Scope::Clinics(vec![2])).await
    }

    /// The consultant of clinic 1.
    pub async fn consultant(&self) -> Ctx {
        self.as_staff(self.consultant, "consultant", Scope::Own { staff: self.consultant.1 }).await
    }

    /// A browser with an open session.
    pub async fn signed_in(&self, login: &str) -> Client {
        let app = App {
            db: self.test.db.clone(),
            env: self.test.ctx.env().clone(),
            authenticator: Arc::new(SessionAuthenticator),
            wake: Wake::default(),
            data_dir: self.test.folder.path().to_owned(),
        };
        let router = careloop_access::routes::router().merge(careloop_teams::routes::router());
        let mut client = Client::new(router.split_for_parts().0.with_state(app));
        let answer = client.log_in(login, PASSWORD).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        client
    }
}

async fn hire(test: &TestDb, login: &str, role: &str, clinic: ClinicId) -> (StaffId, i64) {
    let new = NewStaff {
        login: login.to_owned(),
        name: login.to_owned(),
        email: None,
        role: roles::find_by_code(&test.db, role).await.unwrap().unwrap().id,
        clinics: vec![clinic],
        password: Some(Password::parse(PASSWORD, login).unwrap()),
    };
    let staff = staff::create(&test.db, &test.ctx.require().unwrap(), new).await.unwrap().staff;
    (staff.id, staff.ord)
}
