//! A chain with a clinic, a segment, and customers who agreed to e-mail.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use careloop_access::settings::FirstSettings;
use careloop_chain::NewClinic;
use careloop_db::{Engine, FromQueryResult, execute};
use careloop_events::{INTERNAL_SOURCE, NewEvent, append};
use careloop_kernel::PageRequest;
use careloop_kernel::ids::{ConsentId, SegmentId};
use careloop_outreach::{
    Action, Delivery, Intent, IntentState, Mail, Outreach, QuietHours, Reason, Rules, TouchPlan, TouchPlanDraft,
    Transport, jobs,
};
use careloop_people::{IncomingRecord, RecordFields, upsert_records};
use careloop_testkit::TestDb;
use tokio::sync::Notify;

/// Where a transport stops for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stall {
    /// Before the e-mail has left.
    BeforeLeaving,
    /// After it has left, before the answer.
    AfterLeaving,
}

/// A transport that counts what it was given and answers what it was told to.
pub struct Counting {
    answer: Mutex<Delivery>,
    stall: Mutex<Option<Stall>>,
    stalled: Notify,
    given: Mutex<Vec<(String, String, String)>>,
}

impl Counting {
    /// Answers `Sent` until told otherwise.
    pub fn new() -> Arc<Self> {
        let answer = Mutex::new(Delivery::Sent);
        Arc::new(Self { answer, stall: Mutex::default(), stalled: Notify::new(), given: Mutex::default() })
    }

    /// What it answers from now on.
    pub fn answer(&self, delivery: Delivery) {
        *self.answer.lock().unwrap() = delivery;
    }

    /// Where it stops from now on.
    pub fn stall(&self, at: Option<Stall>) {
        *self.stall.lock().unwrap() = at;
    }

    /// Waits until it has stopped.
    pub async fn stalled(&self) {
        self.stalled.notified().await;
    }

    /// Recipient, subject and text of everything it was given.
    pub fn given(&self) -> Vec<(String, String, String)> {
        self.given.lock().unwrap().clone()
    }

    /// How often something was given for this recipient.
    pub fn count(&self, to: &str) -> usize {
        self.given().iter().filter(|(given, ..)| given == to).count()
    }

    async fn pass(&self, point: Stall) {
        tokio::task::yield_now().await;
        let stalls = *self.stall.lock().unwrap() == Some(point);
        if stalls {
            self.stalled.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

impl Transport for Counting {
    fn deliver<'a>(&'a self, mail: &'a Mail) -> Pin<Box<dyn Future<Output = Delivery> + Send + 'a>> {
        Box::pin(async {
            self.pass(Stall::BeforeLeaving).await;
            self.given.lock().unwrap().push((mail.to.clone(), mail.subject.clone(), mail.body.clone()));
            self.pass(Stall::AfterLeaving).await;
            *self.answer.lock().unwrap()
        })
    }
}

#[derive(FromQueryResult)]
struct Behind {
    events: i64,
}

#[derive(FromQueryResult)]
struct Told {
    kind: String,
    events: i64,
}

/// The chain of one test.
pub struct World {
    /// The database and the clock.
    pub test: TestDb,
    /// The segment the plans follow.
    pub segment: SegmentId,
    /// What e-mails are given to.
    pub transport: Arc<Counting>,
    /// The sender.
    pub outreach: Outreach,
}

impl World {
    /// Builds it. It is 09:00 in Shanghai.
    pub async fn new(test: TestDb) -> Self {
        careloop_access::prepare(&test.db, &test.ctx, FirstSettings::default()).await.unwrap();
        let new =
            NewClinic { code: "A".to_owned(), name: "徐汇店".to_owned(), region: String::new(), time_zone: None };
        careloop_chain::create(&test.db, &test.ctx.require().unwrap(), new).await.unwrap();
        let segment: SegmentId = test.ctx.new_id();
        let sql = "INSERT INTO segments (id, name, description, rule, created_by, created_at, updated_at, filled_once, members, member_count)
            VALUES ($1, '沉睡客户', '', '{}', 'test', 0, 0, TRUE, $2, 0)";
        execute(test.db.write(), sql, [segment.to_string().into(), Vec::<u8>::new().into()]).await.unwrap();
        let transport = Counting::new();
        let outreach = Outreach::with_transport(test.db.clone(), Arc::clone(&transport) as _);
        Self { test, segment, transport, outreach }
    }

    /// A customer with an address, `KEY@example.com`.
    pub async fn customer(&self, key: &str) -> i64 {
        let row = IncomingRecord {
            source_key: key.to_owned(),
            fields: RecordFields {
                name: Some("王小明".to_owned()),
                emails: vec![format!("{key}@example.com")],
                gender: Some("female".parse().unwrap()),
                ..RecordFields::default()
            },
            clinic: Some(1),
            ..IncomingRecord::default()
        };
        upsert_records(&self.test.db, &self.test.ctx, 1, vec![row]).await.unwrap()[0].ord
    }

    /// A customer who agreed to e-mail.
    pub async fn willing(&self, key: &str) -> i64 {
        let record = self.customer(key).await;
        self.consent(record, "email", "granted").await;
        record
    }

    /// A word of a customer on a channel.
    pub async fn consent(&self, record: i64, channel: &str, state: &str) {
        let id: ConsentId = self.test.ctx.new_id();
        let sql = "INSERT INTO consents (id, record, channel, state, proof, actor, created_at) VALUES ($1, $2, $3, $4, '', 'test', $5)";
        let values =
            [id.to_string().into(), record.into(), channel.into(), state.into(), self.test.ctx.now_us().into()];
        execute(self.test.db.write(), sql, values).await.unwrap();
    }

    /// Lets a customer enter the segment, as `careloop_segments` does.
    pub async fn enter(&self, record: i64) {
        let tx = self.test.db.begin().await.unwrap();
        let sql = "INSERT INTO person_segments (person, held) VALUES ($1, $2) ON CONFLICT (person) DO NOTHING";
        let held = format!("[[1,{},[]]]", self.test.ctx.now_us());
        execute(&*tx, sql, [record.into(), held.into()]).await.unwrap();
        let message_id = format!("entered:{}", self.test.ctx.new_id::<SegmentId>());
        let event = NewEvent {
            kind: "segment.entered".to_owned(),
            record,
            clinic: None,
            source: INTERNAL_SOURCE,
            message_id,
            at: self.test.ctx.now(),
            amount: None,
            props: [("segment".to_owned(), self.segment.to_string().into())].into_iter().collect(),
            flags: 0,
        };
        append(&*tx, Engine::from(sea_orm::ConnectionTrait::get_database_backend(&*tx)), &self.test.ctx, &[event])
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Lets a customer leave the segment.
    pub async fn leave(&self, record: i64) {
        execute(self.test.db.write(), "DELETE FROM person_segments WHERE person = $1", [record.into()]).await.unwrap();
    }

    /// What a plan with this action is made of.
    pub fn draft(&self, name: &str, action: Action, cap_days: i64) -> TouchPlanDraft {
        let quiet_hours = QuietHours::parse("21:00", "09:00").unwrap();
        TouchPlanDraft { name: name.to_owned(), segment: self.segment, action, rules: Rules { quiet_hours, cap_days } }
    }

    /// A plan that sends e-mails.
    pub async fn email_plan(&self, name: &str, cap_days: i64) -> TouchPlan {
        let action = Action::Email {
            subject: "{{ chain }}想念您".to_owned(),
            body: "{{ salutation }}：{{ clinic }}".to_owned(),
        };
        self.plan(self.draft(name, action, cap_days)).await
    }

    /// A plan.
    pub async fn plan(&self, draft: TouchPlanDraft) -> TouchPlan {
        careloop_outreach::create(&self.test.db, &self.test.ctx.require().unwrap(), draft).await.unwrap()
    }

    /// Turns every entry that is committed into its intents. On PostgreSQL a reader waits for transactions that are
    /// still running, also those of other tests on the same cluster.
    pub async fn follow(&self) {
        let caught_up = async {
            while self.is_behind().await {
                jobs::follow(&self.test.db, &self.test.ctx).await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(60), caught_up).await.expect("the reader catches up");
    }

    async fn is_behind(&self) -> bool {
        let sql = "SELECT COUNT(*) AS events FROM events e JOIN consumers c ON c.name = 'outreach'
            WHERE e.tx > c.tx OR (e.tx = c.tx AND e.seq > c.seq)";
        let behind: Behind = careloop_db::one(self.test.db.write(), sql, []).await.unwrap();
        behind.events > 0
    }

    /// How many intents are still to be dealt with.
    pub async fn unfinished(&self) -> i64 {
        let sql = "SELECT COUNT(*) AS events FROM touch_intents WHERE state IN ('waiting', 'held', 'sending')";
        let rows: Behind = careloop_db::one(self.test.db.write(), sql, []).await.unwrap();
        rows.events
    }

    /// Runs the workers until they find nothing more to do.
    pub async fn run(&self) {
        self.follow().await;
        while jobs::send(&self.outreach, &self.test.ctx).await.unwrap() {}
    }

    /// The touches of a plan, newest first.
    pub async fn intents(&self, plan: &TouchPlan) -> Vec<Intent> {
        let request = PageRequest::new(Some(200), None).unwrap();
        let ctx = self.test.ctx.require().unwrap();
        careloop_outreach::list_intents(&self.test.db, &ctx, plan.id, None, &request).await.unwrap().items
    }

    /// State and reason of the one touch of a plan.
    pub async fn outcome(&self, plan: &TouchPlan) -> (IntentState, Option<Reason>) {
        let intents = self.intents(plan).await;
        assert_eq!(intents.len(), 1);
        (intents[0].state, intents[0].reason)
    }

    /// How many events of each kind the log holds.
    pub async fn told(&self) -> BTreeMap<String, i64> {
        let sql = "SELECT kind, COUNT(*) AS events FROM events GROUP BY kind";
        let rows: Vec<Told> = careloop_db::all(self.test.db.write(), sql, []).await.unwrap();
        rows.into_iter().map(|row| (row.kind, row.events)).collect()
    }
}
