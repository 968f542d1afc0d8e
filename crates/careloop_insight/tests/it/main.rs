//! Metrics over a small chain whose numbers can be checked by hand, on both databases.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use careloop_access::settings::FirstSettings;
use careloop_access::{NewStaff, Password, SessionAuthenticator, roles, staff};
use careloop_analytics::{Analytics, Lake};
use careloop_db::{ConnectionTrait, Engine, run};
use careloop_events::{INTERNAL_SOURCE, NOBODY, NewEvent, append};
use careloop_http::{App, Wake};
use careloop_insight::{DrillFilter, Measure, MetricQuery, Part, Value, drill, find, library, overview, query, to_csv};
use careloop_kernel::permissions::ReadInsight;
use careloop_kernel::{Ctx, Currency, Money, PageRequest, PermissionSet, Scope};
use careloop_testkit::{Client, TestDb, on_both};
use jiff::tz::TimeZone;
use serde_json::json;

struct Story {
    test: TestDb,
    analytics: Analytics,
    events: Vec<NewEvent>,
}

impl Story {
    /// Two clinics; person 1 has records 1 and 2, person 3 has record 3, person 4 record 4. Channels by record.
    async fn begin(test: TestDb) -> Self {
        careloop_access::prepare(&test.db, &test.ctx, FirstSettings::default()).await.unwrap();
        for (ord, code, name) in [(1_i64, "a", "滨江店"), (2, "b", "城西店")] {
            let sql = "INSERT INTO clinics (ord, id, code, name, region, time_zone, created_at) VALUES ($1, $2, $3, $4, '', 'Asia/Shanghai', 0)";
            run(test.db.write(), sql, [ord.into(), format!("cli_{ord:026}").into(), code.into(), name.into()])
                .await
                .unwrap();
        }
        for (ord, person, channel) in [(1_i64, 1_i64, "美团"), (2, 1, "搜索"), (3, 3, "搜索"), (4, 4, "美团")] {
            let sql = "INSERT INTO records (ord, id, source, source_key, person, household, channel, created_at, content_hash, first_seen_at, updated_at)
                       VALUES ($1, $2, 1, $2, $3, $3, $4, $1, 0, 0, 0)";
            run(test.db.write(), sql, [ord.into(), format!("rec_{ord:026}").into(), person.into(), channel.into()])
                .await
                .unwrap();
        }
        let lake = Lake::folder(&test.folder.path().join("lake")).unwrap();
        let analytics = Analytics::new(test.db.clone(), lake, TimeZone::get("Asia/Shanghai").unwrap()).unwrap();
        Self { test, analytics, events: Vec::new() }
    }

    fn add(&mut self, kind: &str, place: (i64, i64), day: &str, yuan: Option<i64>) -> &mut Self {
        self.with(kind, place, day, (yuan, json!({ "line": "种植", "method": "微信" })))
    }

    fn with(
        &mut self,
        kind: &str,
        (record, clinic): (i64, i64),
        day: &str,
        (yuan, props): (Option<i64>, serde_json::Value),
    ) -> &mut Self {
        let at = format!("{day}T10:00:00+08:00").parse().unwrap();
        let amount = yuan.map(|yuan| Money::of_minor(yuan * 100, Currency::CNY));
        let message_id = format!("m{}", self.events.len());
        let props = props.as_object().unwrap().clone();
        let clinic = (clinic > 0).then_some(clinic);
        self.events.push(NewEvent {
            kind: kind.to_owned(),
            record,
            clinic,
            source: INTERNAL_SOURCE,
            message_id,
            at,
            amount,
            props,
            flags: 0,
        });
        self
    }

    async fn tell(&mut self) {
        let tx = self.test.db.begin().await.unwrap();
        append(&*tx, self.test.db.engine(), &self.test.ctx, &self.events).await.unwrap();
        tx.commit().await.unwrap();
        // One half in the lake, one half in the tail, must make no difference.
        self.analytics.compact(&self.test.ctx, 1).await.unwrap();
    }

    fn ctx(&self) -> Ctx<ReadInsight> {
        self.test.ctx.require().unwrap()
    }

    async fn csv(&self, id: &str, by: &[&str]) -> String {
        let answer = query(&self.analytics, &self.test.db, &self.ctx(), id, &window(by)).await.unwrap();
        to_csv(&answer, Currency::CNY).unwrap()
    }
}

fn window(by: &[&str]) -> MetricQuery {
    MetricQuery {
        from: "2026-01-01".parse().unwrap(),
        to: "2026-03-01".parse().unwrap(),
        by: by.iter().map(|name| (*name).to_owned()).collect(),
        clinic: None,
    }
}

/// Person 1 visits as record 1 in 2025 and as record 2 in January; 3 and 4 come new; 3 returns; 4 pays and is refunded.
async fn told(test: TestDb) -> Story {
    let mut story = Story::begin(test).await;
    story
        .add("visit.closed", (1, 1), "2025-12-30", None)
        .add("visit.closed", (2, 2), "2026-01-05", None)
        .add("visit.closed", (3, 1), "2026-01-10", None)
        .add("visit.closed", (3, 1), "2026-02-01", None)
        .add("visit.closed", (4, 2), "2026-02-10", None)
        .add("payment.received", (2, 2), "2026-01-05", Some(100))
        .add("payment.received", (3, 1), "2026-01-10", Some(250))
        .add("payment.received", (3, 1), "2026-02-01", Some(50))
        .add("payment.received", (4, 2), "2026-02-10", Some(80))
        .add("refund.paid", (4, 2), "2026-02-20", Some(30));
    story.tell().await;
    story
}

#[tokio::test(flavor = "multi_thread")]
async fn the_funnel_follows_the_leads_of_the_period_and_never_widens() {
    on_both(|test| async move {
        let mut story = Story::begin(test).await;
        story
            .add("lead.created", (1, 1), "2026-01-05", None)
            .add("lead.created", (2, 1), "2026-01-06", None)
            .add("appt.booked", (2, 1), "2026-01-07", None)
            .add("appt.arrived", (2, 1), "2026-03-08", None)
            // Booked before the lead, and pays without having come.
            .add("appt.booked", (3, 1), "2026-01-01", None)
            .add("lead.created", (3, 1), "2026-01-20", None)
            .add("payment.received", (3, 1), "2026-01-21", Some(50))
            // Nobody's lead.
            .add("appt.booked", (4, 2), "2026-01-07", None)
            .add("appt.arrived", (4, 2), "2026-01-08", None)
            .add("payment.received", (4, 2), "2026-01-08", Some(80));
        story.tell().await;
        let page = overview(&story.analytics, &story.test.db, &story.ctx(), &window(&[])).await.unwrap();
        let counts: Vec<i64> = page.funnel.iter().map(|step| step.count).collect();
        assert_eq!(counts, [2, 1, 1, 0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn first_visits_count_people_once_however_many_records_they_have() {
    on_both(|test| async move {
        let story = told(test).await;
        assert_eq!(
            story.csv("vis.visits", &["month"]).await,
            "month,value,numerator,denominator,mature\n2026-01,2,,,true\n2026-02,2,,,true\n"
        );
        assert_eq!(
            story.csv("vis.first", &["month"]).await,
            "month,value,numerator,denominator,mature\n2026-01,1,,,true\n2026-02,1,,,true\n"
        );
        assert_eq!(story.csv("vis.return", &[]).await, "value,numerator,denominator,mature\n2,,,true\n");
        assert_eq!(
            story.csv("vis.new_old_mix", &["clinic"]).await,
            "clinic,value,numerator,denominator,mature\n城西店,0.500000,1,2,true\n滨江店,0.500000,1,2,true\n"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_keeps_its_ledger_and_its_cents() {
    on_both(|test| async move {
        let story = told(test).await;
        assert_eq!(story.csv("bill.paid", &["channel"]).await, "channel,value,numerator,denominator,mature\n搜索,300.00,,,true\n美团,180.00,,,true\n", "by the channel of the earliest record");
        assert_eq!(story.csv("bill.net", &["month", "clinic"]).await, "month,clinic,value,numerator,denominator,mature\n2026-01,城西店,100.00,,,true\n2026-01,滨江店,250.00,,,true\n2026-02,城西店,50.00,,,true\n2026-02,滨江店,50.00,,,true\n");
        assert_eq!(story.csv("bill.ticket", &[]).await, "value,numerator,denominator,mature\n150.00,450.00,3,true\n");
        assert_eq!(story.csv("bill.booked", &[]).await, "value,numerator,denominator,mature\n0.00,,,true\n");
        assert_eq!(story.csv("bill.refund_rate", &["line"]).await, "line,value,numerator,denominator,mature\n种植,0.062500,30.00,480.00,true\n");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cohort_follows_its_people_and_says_when_it_is_final() {
    on_both(|test| async move {
        let story = told(test).await;
        // The clock stands at 2026-03-02: 90 days after either month have not passed.
        assert_eq!(
            story.csv("vis.return_rate", &["month"]).await,
            "month,value,numerator,denominator,mature\n2026-01,1.000000,1,1,false\n2026-02,0.000000,0,1,false\n"
        );
        assert_eq!(
            story.csv("ret.second_n", &["month"]).await,
            "month,value,numerator,denominator,mature\n2026-02,1,,,true\n"
        );
        assert_eq!(
            story.csv("ad.ctr", &[]).await,
            "value,numerator,denominator,mature\n,0,0,true\n",
            "a ratio over nothing is empty"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_number_drills_down_to_the_events_that_make_it() {
    on_both(|test| async move {
        let story = told(test).await;
        let page = PageRequest::new(Some(2), None).unwrap();
        let parts = (&story.analytics, &story.test.db);
        let asked = window(&[]);
        let first = drill(parts, &story.ctx(), "bill.paid", (&asked, &DrillFilter::default()), &page).await.unwrap();
        assert_eq!(first.items.iter().map(|event| event.amount.unwrap().minor()).collect::<Vec<_>>(), [8000, 5000]);
        let next = PageRequest::new(Some(2), first.next.map(|cursor| cursor.0)).unwrap();
        let second = drill(parts, &story.ctx(), "bill.paid", (&asked, &DrillFilter::default()), &next).await.unwrap();
        assert_eq!(second.items.iter().map(|event| event.amount.unwrap().minor()).collect::<Vec<_>>(), [25000, 10000]);
        assert!(second.next.is_none());
        let keys =
            BTreeMap::from([("month".to_owned(), "2026-02".to_owned()), ("clinic".to_owned(), "城西店".to_owned())]);
        let cell =
            drill(parts, &story.ctx(), "vis.first", (&asked, &DrillFilter { keys, ..DrillFilter::default() }), &page)
                .await
                .unwrap();
        assert_eq!(cell.items.iter().map(|event| event.record).collect::<Vec<_>>(), [4]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clinic_sees_its_own_figures_and_no_other() {
    on_both(|test| async move {
        let story = told(test).await;
        let env = story.test.ctx.env().clone();
        let id = story.test.ctx.new_id();
        let narrow: Ctx<ReadInsight> =
            Ctx::staff(env, id, 9, Scope::Clinics(vec![1]), PermissionSet::all()).require().unwrap();
        let answer = query(&story.analytics, &story.test.db, &narrow, "bill.paid", &window(&["clinic"])).await.unwrap();
        assert_eq!(
            to_csv(&answer, Currency::CNY).unwrap(),
            "clinic,value,numerator,denominator,mature\n滨江店,300.00,,,true\n"
        );
        let other = MetricQuery { clinic: Some("b".to_owned()), ..window(&[]) };
        let refused = query(&story.analytics, &story.test.db, &narrow, "bill.paid", &other).await.unwrap_err();
        assert_eq!(refused.code(), "insight.no_clinic");
        let nonsense =
            query(&story.analytics, &story.test.db, &story.ctx(), "bill.paid", &window(&["moon"])).await.unwrap_err();
        assert!(nonsense.message().contains("`moon`") && nonsense.message().contains("clinic"));
    })
    .await;
}

/// Lets a record be a relative of staff, as somebody there has said.
async fn relative_of_staff(test: &TestDb, record: i64) {
    let told = NewEvent {
        kind: "tag.set".to_owned(),
        record,
        clinic: None,
        source: INTERNAL_SOURCE,
        message_id: format!("relative:{record}"),
        at: test.ctx.now(),
        amount: None,
        props: json!({ "tag": "attr.staff_relative", "value": "true", "by": "staff" }).as_object().cloned().unwrap(),
        flags: 0,
    };
    let tx = test.db.begin().await.unwrap();
    append(&*tx, Engine::from(ConnectionTrait::get_database_backend(&*tx)), &test.ctx, &[told]).await.unwrap();
    tx.commit().await.unwrap();
    careloop_profiles::refresh(&test.db, &test.ctx, &[record]).await.unwrap();
}

/// A month of a chain, with something for every metric. Person 1 is records 1 and 2; record 5 is a relative of staff.
async fn busy(test: TestDb) -> Story {
    let mut story = Story::begin(test).await;
    let sql = "INSERT INTO records (ord, id, source, source_key, person, household, channel, created_at, content_hash, first_seen_at, updated_at)
               VALUES (5, 'rec_00000000000000000000000005', 1, '5', 5, 5, '美团', 5, 0, 0, 0)";
    run(story.test.db.write(), sql, []).await.unwrap();
    relative_of_staff(&story.test, 5).await;
    let none = || json!({});
    let by = |method: &str| json!({ "line": "种植", "method": method });
    story
        // Leads: 3 and 4 come by advertising; 3 books, visits and pays; 4 pays from a balance only.
        .with(
            "ad.spend",
            (NOBODY, 1),
            "2026-01-01",
            (Some(600), json!({ "channel": "美团", "impressions": 1000, "clicks": 30 })),
        )
        .with("lead.created", (3, 1), "2026-01-02", (None, json!({ "channel": "美团", "source_class": "online" })))
        .with("lead.created", (4, 2), "2026-01-03", (None, json!({ "channel": "", "source_class": "online" })))
        .with("lead.created", (1, 2), "2026-01-04", (None, json!({ "source_class": "offline" })))
        .with("lead.qualified", (3, 1), "2026-01-03", (None, json!({ "channel": "美团" })))
        .with("lead.invalid", (4, 2), "2026-01-03", (None, none()))
        .with("appt.booked", (3, 1), "2026-01-05", (None, none()))
        .with("visit.closed", (3, 1), "2026-01-06", (None, none()))
        .with("visit.closed", (1, 0), "2026-01-07", (None, none()))
        .with("visit.closed", (2, 2), "2026-01-20", (None, none()))
        .with("visit.closed", (5, 1), "2026-01-08", (None, none()))
        .with("consult.closed", (3, 1), "2026-01-06", (None, none()))
        // Booked 1,000 for 3 and an order of nothing for 1.
        .with("order.created", (3, 1), "2026-01-06", (Some(1000), by("-")))
        .with("order.created", (1, 2), "2026-01-07", (Some(0), by("-")))
        // Paid: 400 and 100 in cash by 3 on two days, 70 by 1; 250 from balances; 30 back in cash, 20 to a balance.
        .with("payment.received", (3, 1), "2026-01-06", (Some(400), by("微信")))
        .with("payment.received", (3, 1), "2026-01-16", (Some(100), by("现金")))
        .with("payment.received", (1, 2), "2026-01-20", (Some(70), by("支付宝")))
        .with("payment.received", (1, 2), "2026-01-21", (Some(150), by("储值余额")))
        .with("payment.received", (4, 2), "2026-01-21", (Some(100), by(" WALLET ")))
        .with("payment.received", (5, 1), "2026-01-21", (Some(9000), by("微信")))
        .with("refund.paid", (3, 1), "2026-01-25", (Some(30), by("微信")))
        .with("refund.paid", (1, 2), "2026-01-25", (Some(20), by("余额")))
        .with("revenue.recognised", (3, 1), "2026-01-16", (Some(320), by("-")))
        // Care.
        .with("ref.made", (3, 1), "2026-01-20", (None, none()))
        .with("fu.due", (3, 1), "2026-01-20", (None, none()))
        .with("survey.answered", (3, 1), "2026-01-20", (None, json!({ "score": 5 })))
        .with("survey.answered", (1, 2), "2026-01-20", (None, json!({ "score": 2 })))
        .with("survey.answered", (4, 2), "2026-01-20", (None, json!({ "nps": 9 })))
        .with("complaint.opened", (1, 2), "2026-01-21", (None, none()))
        .with("friend.added", (3, 1), "2026-01-06", (None, none()))
        .with("friend.added", (4, 2), "2026-01-06", (None, none()))
        .with("friend.removed", (4, 2), "2026-01-09", (None, none()))
        .with("touch.sent", (3, 1), "2026-01-10", (None, json!({ "channel": "email" })))
        .with("touch.sent", (4, 2), "2026-01-10", (None, json!({ "channel": "email" })))
        .with("touch.delivered", (3, 1), "2026-01-10", (None, json!({ "channel": "email" })))
        .with("touch.opened", (3, 1), "2026-01-11", (None, json!({ "channel": "email" })));
    let mut dollars = story.events.iter().find(|event| event.kind == "payment.received").unwrap().clone();
    dollars.amount = Some(Money::of_minor(77_700, "USD".parse().unwrap()));
    dollars.message_id = "dollars".to_owned();
    story.events.push(dollars);
    story.tell().await;
    story
}

/// Value, numerator and denominator of every metric over that month, worked out by hand.
const EXPECTED: &[(&str, &str)] = &[
    ("bill.booked", "1000.00,,"),
    ("bill.paid", "570.00,,"),
    ("bill.net", "540.00,,"),
    ("bill.rev", "320.00,,"),
    ("bill.orders", "1,,"),
    ("bill.payers", "2,,"),
    ("bill.ticket", "270.00,540.00,2"),
    ("bill.per_visit", "180.00,540.00,3"),
    ("bill.refund_rate", "0.052632,30.00,570.00"),
    ("acq.channel_revenue", "570.00,,"),
    ("vis.visits", "3,,"),
    ("vis.patients", "2,,"),
    ("vis.first", "2,,"),
    ("vis.return", "1,,"),
    ("vis.new_old_mix", "0.666667,2,3"),
    ("vis.return_rate", "0.500000,1,2"),
    ("appt.booked_day", "1,,"),
    ("con.consults", "1,,"),
    ("con.first_deal_rate", "0.500000,1,2"),
    ("acq.channel_people", "2,,"),
    ("ad.spend", "600.00,,"),
    ("ad.impressions", "1000,,"),
    ("ad.clicks", "30,,"),
    ("ad.ctr", "0.030000,30,1000"),
    ("ad.cpc", "20.00,600.00,30"),
    ("ad.cpl", "300.00,600.00,2"),
    ("lead.new", "3,,"),
    ("lead.valid_rate", "0.500000,1,2"),
    ("lead.to_appt", "0.333333,1,3"),
    ("lead.to_arrival", "0.666667,2,3"),
    ("lead.to_deal", "0.666667,2,3"),
    ("ret.second_n", "1,,"),
    ("ret.second_rate", "0.500000,1,2"),
    ("ref.made", "1,,"),
    ("fu.due", "1,,"),
    ("sat.csat", "0.500000,1,2"),
    ("sat.complaint_rate", "333.333333,1,3"),
    ("pd.friends_net", "1,,"),
    ("pd.deliver_rate", "0.500000,1,2"),
    ("pd.open_rate", "1.000000,1,1"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_gives_the_number_worked_out_by_hand() {
    on_both(|test| async move {
        let story = busy(test).await;
        let known: Vec<&str> = EXPECTED.iter().map(|(id, _)| *id).collect();
        assert!(library().iter().all(|metric| known.contains(&metric.id.as_str())), "each metric has its number here");
        for (id, expected) in EXPECTED {
            let csv = story.csv(id, &[]).await;
            let line = csv.lines().nth(1).unwrap();
            let (numbers, _) = line.rsplit_once(',').unwrap();
            assert_eq!(numbers, *expected, "{id}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_counted_is_what_the_drill_lists() {
    on_both(|test| async move {
        let story = busy(test).await;
        let page = PageRequest::new(Some(200), None).unwrap();
        let listed = async |id: &str, part: Part| {
            let filter = DrillFilter { part, ..DrillFilter::default() };
            let asked = window(&[]);
            let parts = (&story.analytics, &story.test.db);
            drill(parts, &story.ctx(), id, (&asked, &filter), &page).await.unwrap().items.len().to_string()
        };
        let countable =
            |measure: &Measure| measure.people.is_empty() && measure.sum.is_empty() && measure.minus.is_empty();
        let mut checked = 0;
        for (id, expected) in EXPECTED {
            let numbers: Vec<&str> = expected.split(',').collect();
            let parts = match &find(id).unwrap().value {
                Value::Plain(measure) => vec![(measure.as_ref(), Part::Numerator, numbers[0])],
                Value::Ratio(both) => {
                    vec![(&both.0, Part::Numerator, numbers[1]), (&both.1, Part::Denominator, numbers[2])]
                }
            };
            for (_, part, number) in parts.into_iter().filter(|(measure, ..)| countable(measure)) {
                assert_eq!(listed(id, part).await, number, "{id} {part:?}");
                checked += 1;
            }
        }
        assert!(checked >= 25, "{checked}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_and_an_empty_text_are_one_key_that_drills_down() {
    on_both(|test| async move {
        let story = busy(test).await;
        assert_eq!(
            story.csv("lead.new", &["channel"]).await,
            "channel,value,numerator,denominator,mature\n,2,,,true\n美团,1,,,true\n"
        );
        assert_eq!(
            story.csv("vis.visits", &["clinic"]).await,
            "clinic,value,numerator,denominator,mature\n,1,,,true\n城西店,1,,,true\n滨江店,1,,,true\n"
        );
        let page = PageRequest::new(Some(200), None).unwrap();
        let parts = (&story.analytics, &story.test.db);
        for (id, dimension, records) in [("lead.new", "channel", vec![1, 4]), ("vis.visits", "clinic", vec![1])] {
            let keys = BTreeMap::from([(dimension.to_owned(), String::new())]);
            let filter = DrillFilter { keys, ..DrillFilter::default() };
            let cell = drill(parts, &story.ctx(), id, (&window(&[]), &filter), &page).await.unwrap();
            assert_eq!(cell.items.iter().map(|event| event.record).collect::<Vec<_>>(), records, "{id}");
        }
        let filter = DrillFilter { part: Part::Denominator, ..DrillFilter::default() };
        let plain = drill(parts, &story.ctx(), "lead.new", (&window(&[]), &filter), &page).await.unwrap_err();
        assert_eq!(plain.code(), "insight.part");
    })
    .await;
}

const PASSWORD: &str = "correct horse";

/// Somebody who looks after clinic `a` alone, signed in.
async fn dean(story: &Story) -> Client {
    let test = &story.test;
    let role = roles::find_by_code(&test.db, "dean").await.unwrap().unwrap();
    let new = NewStaff {
        login: "dean".to_owned(),
        name: "dean".to_owned(),
        email: None,
        role: role.id,
        clinics: vec!["cli_00000000000000000000000001".parse().unwrap()],
        password: Some(Password::parse(PASSWORD, "dean").unwrap()),
    };
    staff::create(&test.db, &test.ctx.require().unwrap(), new).await.unwrap();
    let app = App {
        db: test.db.clone(),
        env: test.ctx.env().clone(),
        authenticator: Arc::new(SessionAuthenticator),
        wake: Wake::default(),
        data_dir: test.folder.path().to_owned(),
    };
    let lake = Lake::folder(&test.folder.path().join("lake")).unwrap();
    let analytics = Analytics::new(test.db.clone(), lake, TimeZone::get("Asia/Shanghai").unwrap()).unwrap();
    let router = careloop_access::routes::router().merge(careloop_insight::routes::router());
    let router = router.split_for_parts().0.layer(Extension(Arc::new(analytics))).with_state(app);
    let mut client = Client::new(router);
    assert_eq!(client.log_in("dean", PASSWORD).await.status, 200);
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_number_stand_the_names_one_may_see() {
    let story = told(TestDb::sqlite().await).await;
    let sql = "UPDATE records SET clinic = CASE WHEN ord = 3 THEN 1 ELSE 2 END";
    run(story.test.db.write(), sql, []).await.unwrap();
    let client = dean(&story).await;
    let path = "/api/metrics/vis.visits/events?from=2025-12-01&to=2026-03-01";
    let behind = client.get(path).await.json();
    let people: Vec<(&str, bool)> = behind["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["at"].as_str().unwrap().split_at(10).0, event["person_id"].is_string()))
        .collect();
    assert_eq!(people, [("2026-02-01", true), ("2026-01-10", true), ("2025-12-30", false)], "{behind}");
    let month = client.get(&format!("{path}&keys=%7B%22month%22%3A%222026-02%22%7D")).await.json();
    assert_eq!(month["items"].as_array().unwrap().len(), 1);
    let first = client.get(&path.replace("vis.visits", "vis.new_old_mix")).await.json();
    let all = client.get(&format!("{}&part=denominator", path.replace("vis.visits", "vis.new_old_mix"))).await.json();
    assert_eq!([first, all].map(|page| page["items"].as_array().unwrap().len()), [2, 3]);
    for (query, code) in [("&keys=month", "insight.keys"), ("&part=half", "insight.part")] {
        let refused = client.get(&format!("{path}{query}")).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (400, &json!(code)));
    }
}
