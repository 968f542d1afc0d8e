//! Whatever happens to a few people, live state is what a full rebuild gives, and the past is what live said then.
//!
//! Each case is a life of the whole chain: events on time, late, ahead and told twice, people made one and taken apart by the
//! real services, staff who set tags, and time that passes. After every step both are compared.

use careloop_events::NewEvent;
use careloop_kernel::ids::SegmentId;
use careloop_people::service::identity::{merge, unmerge};
use careloop_people::{Resolve, resolve};
use careloop_profiles::{TagValue, fold, inputs, live_now, load, waiting};
use careloop_testkit::{TestDb, on_both};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sea_orm::FromQueryResult;
use serde_json::{Value, json};

use crate::chain::{append, event, records, segment, settle};

/// How many records there are.
const RECORDS: usize = 5;
const DAY_SECS: i64 = 86_400;
const KINDS: [&str; 6] =
    ["visit.closed", "payment.received", "plan.presented", "appt.no_show", "survey.answered", "tag.set"];

/// Something that happens.
#[derive(Debug, Clone)]
enum Step {
    /// An event so many seconds ago, or ahead when negative.
    Event { record: usize, kind: usize, secs_ago: i64, number: i64 },
    /// The last event is told again.
    Again,
    /// The persons of two records are said to be one.
    Merge(usize, usize),
    /// A record is said to be somebody else.
    Part(usize),
    /// Nothing happens for so many seconds.
    Wait(i64),
}

fn any_step() -> impl Strategy<Value = Step> {
    let ago = prop_oneof![
        3 => Just(0),
        2 => 1..3 * DAY_SECS,
        2 => 1..500 * DAY_SECS,
        1 => (1..40 * DAY_SECS).prop_map(|ahead| -ahead),
    ];
    let wait = prop::sample::select(vec![3_600, 3_600, 3 * 3_600, DAY_SECS, 31 * DAY_SECS, 190 * DAY_SECS]);
    prop_oneof![
        6 => (0..RECORDS, 0..KINDS.len(), ago, 0..4_i64)
            .prop_map(|(record, kind, secs_ago, number)| Step::Event { record, kind, secs_ago, number }),
        1 => Just(Step::Again),
        2 => (0..RECORDS, 0..RECORDS).prop_map(|(one, other)| Step::Merge(one, other)),
        2 => (0..RECORDS).prop_map(Step::Part),
        5 => wait.prop_map(Step::Wait),
    ]
}

/// Segments that ask in every way there is.
fn rules() -> Vec<Value> {
    vec![
        // Hours, so that no tag of the same person comes due beside them and hides a lost timer.
        json!({"event":"visit.closed","within":"1h"}),
        json!({"event":"visit.closed","last":{"before":"3h"}}),
        json!({"event":"payment.received","count":{"gte":2}}),
        json!({"event":"payment.received","within":"365d","sum":{"field":"amount","gte":{"quantile":50}}}),
        json!({"event":"visit.closed","distinct":{"field":"line","gte":2}}),
        json!({"event":"visit.closed","gaps":{"which":"longest","gte":"7d"}}),
        json!({"event":"plan.presented","followed_by":{"event":"payment.received","within":"30d"}}),
        json!({"event":"plan.presented","within":"365d","not_followed_by":{"event":"payment.received","within":"1h"}}),
        json!({"tag":"visit.count_band","in":["0"]}),
        json!({"any":[{"tag":"life.dormant"},{"tag":"life.churned"},{"tag":"val.rfm","in":["重要价值","重要保持"]}]}),
        json!({"all":[{"tag":"visit.no_show_prone","is":false},{"not":{"tag":"attr.personality","in":["怕疼"]}}]}),
    ]
}

/// What live said at an instant, with who was who.
struct Said {
    before: Timestamp,
    mapping: Vec<String>,
    tags: Vec<String>,
    members: Vec<Vec<String>>,
}

struct Life {
    test: TestDb,
    records: Vec<i64>,
    segments: Vec<SegmentId>,
    last: Option<NewEvent>,
    said: Vec<Said>,
}

#[derive(FromQueryResult)]
struct Line {
    line: String,
}

async fn lines(test: &TestDb, sql: &str) -> Vec<String> {
    let rows: Vec<Line> = careloop_db::all(test.db.read(), sql, []).await.unwrap();
    let mut lines: Vec<String> = rows.into_iter().map(|row| row.line).collect();
    lines.sort();
    lines
}

const MAPPING: &str = "SELECT ord || ' ' || person || ' ' || household AS line FROM records";

/// Every row of what is derived.
pub async fn derived(test: &TestDb) -> Vec<String> {
    let mut all = Vec::new();
    for sql in [
        "SELECT 'profile ' || person || ' ' || basis || ' ' || COALESCE(due_at, 0) || ' ' || household_size AS line FROM person_profiles",
        "SELECT 'held ' || person || ' ' || COALESCE(due_at, 0) || ' ' || held AS line FROM person_segments",
        "SELECT 'count ' || ord || ' ' || member_count AS line FROM segments",
    ] {
        all.extend(lines(test, sql).await);
    }
    all.extend(tags(test).await);
    all
}

/// Person, tag and value of everybody, which the sets of people tell as well.
async fn tags(test: &TestDb) -> Vec<String> {
    let people = lines(test, "SELECT person || '' AS line FROM person_profiles").await;
    let people: Vec<i64> = people.iter().map(|person| person.parse().unwrap()).collect();
    let held = careloop_profiles::tags_by_person(test.db.read(), &people).await.unwrap();
    let mut by_person: Vec<String> =
        held.into_iter().map(|(person, tag, value)| format!("{person} {tag} {value}")).collect();
    let mut by_value = Vec::new();
    for held in careloop_profiles::holders(test.db.read(), &[]).await.unwrap() {
        by_value.extend(held.people.iter().map(|person| format!("{person} {} {}", held.tag, held.value)));
    }
    by_person.sort();
    by_value.sort();
    assert_eq!(by_person, by_value, "rows and sets say the same");
    by_person
}

fn tag_line(person: i64, value: &TagValue) -> String {
    format!("{person} {} {}", value.tag, value.value)
}

impl Life {
    async fn new(test: TestDb) -> Self {
        let records = records(&test, RECORDS).await;
        resolve(&test.db, &test.ctx, Resolve::Incremental).await.unwrap();
        let mut segments = Vec::new();
        for (number, rule) in rules().into_iter().enumerate() {
            segments.push(segment(&test, &format!("segment {number}"), rule).await);
        }
        let both = json!({"all":[{"segment": segments[0]},{"not":{"segment": segments[2]}}]});
        segments.push(segment(&test, "of segments", both).await);
        Self { test, records, segments, last: None, said: Vec::new() }
    }

    async fn step(&mut self, step: &Step) {
        let (db, ctx) = (&self.test.db, &self.test.ctx);
        match step {
            Step::Event { record, kind, secs_ago, number } => {
                let at = ctx.now() - SignedDuration::from_secs(*secs_ago);
                let told = self.told(*record, KINDS[*kind], at, *number);
                append(&self.test, std::slice::from_ref(&told)).await;
                // What happened late was not known then.
                self.said.retain(|said| at >= said.before);
                self.last = Some(told);
            }
            Step::Again => append(&self.test, self.last.as_slice()).await,
            Step::Merge(one, other) => {
                let (one, other) = (format!("his:C{one}"), format!("his:C{other}"));
                let merged = merge(db, &ctx.require().unwrap(), (&one, &other), "same person").await;
                assert!(merged.as_ref().err().is_none_or(|error| error.code() != "internal"), "{merged:?}");
            }
            Step::Part(record) => self.part(*record).await,
            Step::Wait(secs) => self.test.clock.advance(SignedDuration::from_secs(*secs)),
        }
    }

    fn told(&self, record: usize, kind: &str, at: Timestamp, number: i64) -> NewEvent {
        let props = match kind {
            "payment.received" => json!({ "amount": (number + 1) * 10_000, "line": "综合" }),
            "tag.set" => json!({ "tag": "attr.personality", "value": "怕疼", "by": "staff" }),
            "survey.answered" => json!({ "score": number + 1 }),
            "plan.presented" => json!({ "plan_id": number.to_string() }),
            _ => {
                let line = ["种植", "正畸", "综合", "儿牙"][usize::try_from(number).unwrap()];
                json!({ "line": line })
            }
        };
        event(self.records[record], kind, &at.to_string(), props)
    }

    async fn part(&self, record: usize) {
        let sql = format!("SELECT id AS line FROM records WHERE ord = {}", self.records[record]);
        let id = lines(&self.test, &sql).await.remove(0).parse().unwrap();
        let ctx = self.test.ctx.require().unwrap();
        let parted = unmerge(&self.test.db, &ctx, &format!("his:C{record}"), &[id], "somebody else").await;
        assert!(parted.as_ref().err().is_none_or(|error| error.code() == "people.unmerge_records"), "{parted:?}");
    }

    /// Lets identity and segments catch up, compares live with a rebuild, and the past with what was said.
    async fn check(&mut self) {
        let (db, ctx) = (&self.test.db, &self.test.ctx);
        resolve(db, ctx, Resolve::Incremental).await.unwrap();
        settle(&self.test).await;
        let live = derived(&self.test).await;
        self.said.push(self.say().await);
        careloop_profiles::rebuild(db, ctx).await.unwrap();
        careloop_segments::rebuild(db, ctx).await.unwrap();
        assert_eq!(live, derived(&self.test).await, "live, then rebuilt");
        self.test.clock.advance(SignedDuration::from_secs(1));
        let mapping = lines(&self.test, MAPPING).await;
        for said in self.said.iter().rev().filter(|said| said.mapping == mapping).take(2) {
            self.compare(said).await;
        }
    }

    async fn say(&self) -> Said {
        let mut members = Vec::new();
        for id in &self.segments {
            members.push(self.members(id).await);
        }
        Said {
            before: live_now(&self.test.ctx),
            mapping: lines(&self.test, MAPPING).await,
            tags: tags(&self.test).await,
            members,
        }
    }

    /// The ids of a segment's members, as each person's row has it.
    async fn members(&self, id: &SegmentId) -> Vec<String> {
        let segment = lines(&self.test, &format!("SELECT ord || '' AS line FROM segments WHERE id = '{id}'")).await;
        let segment: i64 = segment[0].parse().unwrap();
        let sql = "SELECT r.id || ' ' || p.held AS line FROM person_segments p JOIN records r ON r.ord = p.person";
        let mut members = lines(&self.test, sql).await;
        // Lists of events stand among the rest, so the text alone does not tell a segment's number from theirs.
        members.retain_mut(|line| {
            let (record, held) = line.split_once(' ').unwrap();
            let (record, held) = (record.to_owned(), serde_json::from_str::<Vec<Value>>(held).unwrap());
            *line = record;
            held.iter().any(|segment_held| segment_held[0] == segment)
        });
        members
    }

    async fn compare(&self, said: &Said) {
        let (db, ctx) = (&self.test.db, &self.test.ctx);
        for (id, then) in self.segments.iter().zip(&said.members) {
            let rule = json!({ "segment": id });
            let found =
                careloop_segments::members(db, &ctx.require().unwrap(), &rule, Some(said.before)).await.unwrap();
            let mut found: Vec<String> = found.iter().map(|person| person.anchor().to_string()).collect();
            found.sort();
            assert_eq!(&found, then, "segment {id} as of {}", said.before);
        }
        let inputs = inputs::at(db.read(), said.before).await.unwrap();
        let people = waiting::people_after(db.read(), i64::MIN, 1_000).await.unwrap();
        let mut tags = Vec::new();
        for loaded in load(db.read(), &people).await.unwrap() {
            let profile = fold(&loaded.facts, &loaded.events, &inputs, said.before);
            tags.extend(profile.values.iter().map(|value| tag_line(loaded.facts.person, value)));
        }
        tags.sort();
        assert_eq!(tags, said.tags, "tags as of {}", said.before);
    }
}

async fn live_through(test: TestDb, steps: &[Step]) {
    let mut life = Life::new(test).await;
    life.check().await;
    for step in steps {
        life.step(step).await;
        life.check().await;
    }
}

#[test]
fn live_state_is_what_a_rebuild_gives_and_the_past_is_what_live_said() {
    let config = Config { cases: 4, max_shrink_iters: 12, failure_persistence: None, ..Config::default() };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let lives = prop::collection::vec(any_step(), 8..16);
    let outcome = TestRunner::new(config).run(&lives, |steps| {
        runtime.block_on(on_both(|test| live_through(test, &steps)));
        Ok(())
    });
    outcome.unwrap();
}
