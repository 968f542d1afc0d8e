//! An activity of tonight, and looking at what it led to.

use careloop_activities::{Activity, ActivityTag, NewActivity, Turnstile, Visitor};
use careloop_kernel::{PageRequest, Result};
use careloop_testkit::TestDb;
use jiff::{SignedDuration, ToSpan};
use sea_orm::FromQueryResult;

/// An activity that is open for the next three hours and makes its visitors `attr.occupation` teacher.
pub fn tonight(test: &TestDb) -> NewActivity {
    let now = test.ctx.now();
    NewActivity {
        name: "社区口腔义诊".to_owned(),
        place: "文化广场".to_owned(),
        clinic: None,
        starts_at: now,
        ends_at: now + 3.hours(),
        list: None,
        tags: vec![ActivityTag { tag: "attr.occupation".to_owned(), value: "teacher".to_owned() }],
    }
}

/// Makes it.
pub async fn make(test: &TestDb, new: &NewActivity) -> Activity {
    careloop_activities::create(&test.db, &test.ctx.require().unwrap(), new).await.unwrap()
}

/// Signs somebody in.
pub async fn sign_in(test: &TestDb, token: &str, name: &str, phone: &str) -> Result<Activity> {
    let visitor = Visitor::parse(name, phone, true, false)?;
    careloop_activities::sign_in(&test.db, &test.ctx, &Turnstile::default(), token, visitor).await
}

/// Lets an hour or more go by.
pub fn wait(test: &TestDb, hours: i64) {
    test.clock.set(test.ctx.now() + SignedDuration::from_hours(hours));
}

/// Finds out who everybody is and follows the log to its end. On PostgreSQL the follower waits for transactions of tests beside
/// this one, so being idle once is not being done.
pub async fn settle(test: &TestDb) {
    while careloop_people::jobs::resolve_pending(&test.db, &test.ctx).await.unwrap() {}
    let done = async {
        loop {
            while careloop_segments::jobs::follow(&test.db, &test.ctx).await.unwrap() {}
            let last = number(test, "SELECT COALESCE(MAX(seq), 0) AS value FROM events").await;
            if careloop_events::consumers::load(&test.db, "segments").await.unwrap().seq >= last {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), done).await.unwrap();
}

/// Name, masked phone and origin of everybody who attended, the latest first.
pub async fn attendees(test: &TestDb, activity: &Activity) -> Vec<(String, String, &'static str)> {
    let request = PageRequest::new(Some(200), None).unwrap();
    let ctx = test.ctx.require().unwrap();
    let page = careloop_activities::list_attendees(&test.db, &ctx, activity.id, &request).await.unwrap();
    let line = |one: careloop_activities::Attendee| {
        (one.card.name, one.card.phone_masked.unwrap_or_default(), one.origin.as_str())
    };
    page.items.into_iter().map(line).collect()
}

#[derive(FromQueryResult)]
struct Number {
    value: i64,
}

/// One number of the database.
pub async fn number(test: &TestDb, sql: &str) -> i64 {
    let row: Number = careloop_db::one(test.db.read(), sql, []).await.unwrap();
    row.value
}

/// What the log tells of a kind: when, and the fields.
#[derive(FromQueryResult)]
pub struct Told {
    pub at: i64,
    pub props: String,
}

/// Events of a kind, in the order they were appended; also those that a reader would still wait for.
pub async fn told(test: &TestDb, kind: &str) -> Vec<Told> {
    let sql = "SELECT at, props FROM events WHERE kind = $1 ORDER BY seq";
    careloop_db::all(test.db.read(), sql, [kind.into()]).await.unwrap()
}
