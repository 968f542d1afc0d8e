//! Two clinics with a customer each, and the ids of everything that belongs to the far one.

use careloop_access::settings::FirstSettings;
use careloop_access::{NewStaff, Password, roles, staff};
use careloop_chain::NewClinic;
use careloop_db::{Engine, FromQueryResult, execute, one};
use careloop_events::{INTERNAL_SOURCE, NewEvent, append};
use careloop_kernel::ids::{IntentId, PersonId, RecordId};
use careloop_kernel::{Currency, Money};
use careloop_people::{IncomingRecord, PhoneNumber, PhoneRole, RecordFields, Resolve, upsert_records};
use careloop_server::{ConfigFile, Parts, settle};
use careloop_testkit::{Client, TestDb};
use serde_json::{Value, json};

/// The password of everybody in this test.
pub const PASSWORD: &str = "correct horse";

/// The server under test and what can be named in it.
pub struct World {
    test: TestDb,
    parts: Parts,
    /// A customer of clinic A.
    pub near_person: String,
    /// A customer of clinic B.
    pub far_person: String,
    /// Her record.
    pub far_record: String,
    /// What somebody said about her record and the near customer's.
    pub far_decision: String,
    /// The same of another record, taken back since.
    pub far_withdrawn: String,
    /// A note on her.
    pub far_note: String,
    /// A task for her.
    pub far_task: String,
    /// A touch of hers whose fate is unknown.
    pub far_intent: String,
    /// Clinic B.
    pub far_clinic: String,
    /// A nurse of clinic B.
    pub far_staff: String,
    /// The role of nurses.
    pub nurse_role: String,
    /// An activity of clinic B, and the end of its visitors' address.
    pub far_activity: (String, String),
    /// A segment both are in.
    pub segment: String,
    /// A plan on it.
    pub plan: String,
    /// A source of events.
    pub source: String,
    /// A metric of what was paid.
    pub metric: String,
}

impl World {
    /// Builds it through the API where a screen would.
    pub async fn new() -> Self {
        let test = TestDb::sqlite().await;
        let config =
            ConfigFile { data_dir: Some(test.folder.path().to_owned()), ..ConfigFile::default() }.resolve().unwrap();
        let parts =
            Parts::assemble(&config, test.ctx.env().clone(), test.db.clone(), FirstSettings::default()).await.unwrap();
        parts.first_administrator("admin", Some(PASSWORD)).await.unwrap();
        let mut world = Self {
            test,
            parts,
            near_person: String::new(),
            far_person: String::new(),
            far_record: String::new(),
            far_decision: String::new(),
            far_withdrawn: String::new(),
            far_note: String::new(),
            far_task: String::new(),
            far_intent: String::new(),
            far_clinic: String::new(),
            far_staff: String::new(),
            nurse_role: String::new(),
            far_activity: (String::new(), String::new()),
            segment: String::new(),
            plan: String::new(),
            source: String::new(),
            metric: String::new(),
        };
        world.hire().await;
        world.follow_customers().await;
        world
    }

    async fn hire(&mut self) {
        let db = &self.test.db;
        let mut clinics = Vec::new();
        for code in ["NEAR", "FARAWAY"] {
            let new =
                NewClinic { code: code.to_owned(), name: code.to_owned(), region: String::new(), time_zone: None };
            clinics.push(careloop_chain::create(db, &self.test.ctx.require().unwrap(), new).await.unwrap().id);
        }
        for (login, code, clinic) in [("narrow", "dean", 0), ("lesser", "partner", 0), ("faraway_nurse", "nurse", 1)] {
            let role = roles::find_by_code(db, code).await.unwrap().unwrap().id;
            let password = Some(Password::parse(PASSWORD, login).unwrap());
            let clinics = vec![clinics[clinic]];
            let new =
                NewStaff { login: login.to_owned(), name: login.to_owned(), email: None, role, clinics, password };
            let hired = staff::create(db, &self.test.ctx.require().unwrap(), new).await.unwrap().staff;
            if login == "faraway_nurse" {
                (self.far_staff, self.nurse_role) = (hired.id.to_string(), role.to_string());
            }
        }
        self.far_clinic = clinics[1].to_string();
        let everything: Vec<&str> = self.test.ctx.permissions().keys().collect();
        self.grant("dean", &everything).await;
    }

    async fn follow_customers(&mut self) {
        let admin = self.signed_in("admin").await;
        let post = async |path: &str, body: Value| {
            let answer = admin.post(path, &body).await;
            assert!(answer.status.is_success(), "{path}: {}", answer.text);
            answer.json()
        };
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let women = json!({ "name": "women", "rule": { "attr": "gender", "is": "female" } });
        self.segment = text(&post("/api/segments", women).await["id"]);
        let plan = json!({
            "name": "call", "segment_id": self.segment, "action": "task", "task": { "title": "call", "due_in_hours": 1 },
            "quiet_hours": { "from": "21:00", "to": "09:00" }, "cap_days": 0,
        });
        let activity = json!({
            "name": "faraway open day", "clinic_id": self.far_clinic, "starts_at": "2026-03-02T01:00:00Z",
            "ends_at": "2026-03-20T01:00:00Z",
        });
        let activity = post("/api/activities", activity).await;
        self.far_activity = (text(&activity["id"]), text(&activity["token"]));
        self.plan = text(&post("/api/touch-plans", plan).await["id"]);
        self.source = text(&post("/api/sources", json!({ "name": "app", "kind": "http" })).await["source"]["id"]);
        settle(&self.parts).await.unwrap();
        let ords = self.customers().await;
        settle(&self.parts).await.unwrap();
        let near: RecordId = self.record(ords[0]).await.parse().unwrap();
        let far: RecordId = self.record(ords[1]).await.parse().unwrap();
        self.near_person = PersonId::anchored_at(near).to_string();
        (self.far_record, self.far_person) = (far.to_string(), PersonId::anchored_at(far).to_string());
        for person in [&self.near_person, &self.far_person] {
            post(&format!("/api/people/{person}/tags"), json!({ "tag": "attr.occupation", "value": "teacher" })).await;
        }
        self.far_note = text(
            &post(&format!("/api/people/{}/notes", self.far_person), json!({ "text": "faraway note" })).await["id"],
        );
        let task = json!({ "person_id": self.far_person, "title": "faraway task", "due_at": "2026-04-01" });
        self.far_task = text(&post("/api/tasks", task).await["id"]);
        let apart = json!({ "record_a": near, "record_b": far, "same": false, "reason": "two women" });
        self.far_decision = text(&post("/api/identity/decisions", apart).await["id"]);
        let second = self.record(ords[2]).await;
        let apart = json!({ "record_a": near, "record_b": second, "same": false, "reason": "two women" });
        self.far_withdrawn = text(&post("/api/identity/decisions", apart).await["id"]);
        let withdrawn = json!({ "ids": [self.far_withdrawn] });
        assert_eq!(admin.post("/api/identity/decisions/withdraw", &withdrawn).await.status, 204);
        self.far_intent = self.unknown_intent(ords[1]).await;
        settle(&self.parts).await.unwrap();
        let metrics = admin.get("/api/metrics").await.json();
        let paid = metrics["items"].as_array().unwrap().iter().find(|metric| metric["ledger"] == "paid");
        self.metric = text(&paid.expect("a metric of what was paid")["id"]);
    }

    /// Two women who have paid, each in her clinic. The far one has a second record, and a third that may be hers.
    async fn customers(&self) -> Vec<i64> {
        let women = [(1, "nearby woman", 1), (2, "faraway woman", 2), (3, "faraway woman", 2), (4, "far woman", 2)];
        let rows = women.map(|(key, name, clinic): (i64, &str, i64)| IncomingRecord {
            source_key: key.to_string(),
            fields: RecordFields {
                name: Some(name.to_owned()),
                gender: Some("female".parse().unwrap()),
                phones: vec![PhoneNumber { text: format!("1391234567{clinic}"), role: PhoneRole::Own }],
                ..RecordFields::default()
            },
            clinic: Some(clinic),
            ..IncomingRecord::default()
        });
        let (db, ctx) = (&self.test.db, &self.test.ctx);
        let outcomes = upsert_records(db, ctx, INTERNAL_SOURCE, rows.into()).await.unwrap();
        let ords: Vec<i64> = outcomes.iter().map(|outcome| outcome.ord).collect();
        let tx = db.begin().await.unwrap();
        for (clinic, ord) in (1..).zip(&ords[..2]) {
            let event = NewEvent {
                kind: "payment.received".to_owned(),
                record: *ord,
                clinic: Some(clinic),
                source: INTERNAL_SOURCE,
                message_id: format!("paid-{clinic}"),
                at: ctx.now(),
                amount: Some(Money::of_minor(10_000 * clinic, Currency::CNY)),
                props: serde_json::Map::new(),
                flags: 0,
            };
            append(&*tx, Engine::Sqlite, ctx, &[event]).await.unwrap();
        }
        tx.commit().await.unwrap();
        careloop_people::resolve(db, ctx, Resolve::Incremental).await.unwrap();
        ords
    }

    async fn record(&self, ord: i64) -> String {
        let row: IdRow =
            one(self.test.db.write(), "SELECT id FROM records WHERE ord = $1", [ord.into()]).await.unwrap();
        row.id
    }

    async fn unknown_intent(&self, record: i64) -> String {
        let id: IntentId = self.test.ctx.new_id();
        let sql = "INSERT INTO touch_intents (id, plan, plan_version, record, occurrence, state, next_at, attempts, created_at)
            VALUES ($1, 1, 1, $2, 0, 'unknown', 0, 1, 0)";
        execute(self.test.db.write(), sql, [id.to_string().into(), record.into()]).await.unwrap();
        id.to_string()
    }

    /// The near customer's record.
    pub fn near_record(&self) -> String {
        self.near_person.replacen("per_", "rec_", 1)
    }

    /// Gives a role exactly these permissions, from the next request on.
    pub async fn grant(&self, role: &str, permissions: &[&str]) {
        let sql = "UPDATE roles SET permissions = $1 WHERE code = $2";
        execute(self.test.db.write(), sql, [json!(permissions).to_string().into(), role.into()]).await.unwrap();
    }

    /// The keys of all permissions.
    pub fn permissions(&self) -> Vec<&str> {
        self.test.ctx.permissions().keys().collect()
    }

    /// Somebody who is not logged in.
    pub fn stranger(&self) -> Client {
        Client::new(careloop_server::router(&self.parts))
    }

    /// Somebody who is.
    pub async fn signed_in(&self, login: &str) -> Client {
        let mut client = self.stranger();
        let answer = client.log_in(login, PASSWORD).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        client
    }

    /// What an answer must not hold for somebody of the near clinic: names, texts and ids of the far one.
    pub fn traces(&self) -> Vec<&str> {
        vec![
            "faraway",
            "FARAWAY",
            tail(&self.far_person),
            tail(&self.far_staff),
            tail(&self.far_clinic),
            tail(&self.far_intent),
        ]
    }
}

/// An id without its kind: a person and the record it is anchored at share it.
fn tail(id: &str) -> &str {
    id.split_once('_').unwrap().1
}

#[derive(FromQueryResult)]
struct IdRow {
    id: String,
}
