//! When people can sign in, and where.

use careloop_activities::{ActivityPatch, NewActivity};
use careloop_segments::NewSegment;
use careloop_testkit::{TestDb, on_both};
use jiff::ToSpan;
use serde_json::json;

use crate::chain::{make, sign_in, told, tonight, wait};

async fn refusal(test: &TestDb, token: &str) -> Option<&'static str> {
    sign_in(test, token, "王芳", "13800001234").await.err().map(|error| error.code())
}

#[tokio::test]
async fn nobody_signs_in_before_after_or_while_it_is_closed() {
    on_both(|test| async move {
        let ctx = test.ctx.require().unwrap();
        let now = test.ctx.now();
        let new = NewActivity { starts_at: now + 1.hour(), ends_at: now + 5.hours(), ..tonight(&test) };
        let activity = make(&test, &new).await;
        let token = &activity.token;
        assert_eq!(refusal(&test, token).await, Some("activities.not_yet"));
        wait(&test, 1);
        careloop_activities::close(&test.db, &ctx, activity.id).await.unwrap();
        assert_eq!(refusal(&test, token).await, Some("activities.closed"));
        careloop_activities::reopen(&test.db, &ctx, activity.id).await.unwrap();
        let renewed = careloop_activities::renew_link(&test.db, &ctx, activity.id).await.unwrap();
        assert_eq!(refusal(&test, token).await, Some("activities.no_such_link"), "old posters lead nowhere");
        wait(&test, 4);
        assert_eq!(refusal(&test, &renewed.token).await, Some("activities.over"));
        let longer = ActivityPatch { ends_at: Some(now + 6.hours()), ..ActivityPatch::default() };
        careloop_activities::update(&test.db, &ctx, activity.id, &longer).await.unwrap();
        assert!(told(&test, "activity.attended").await.is_empty());
        assert_eq!(refusal(&test, &renewed.token).await, None);
    })
    .await;
}

#[tokio::test]
async fn an_activity_is_checked_when_it_is_made() {
    on_both(|test| async move {
        let ctx = test.ctx.require().unwrap();
        let rule = NewSegment {
            name: "女士".to_owned(),
            description: String::new(),
            rule: json!({ "attr": "gender", "is": "female" }),
        };
        let ruled = careloop_segments::create_segment(&test.db, &test.ctx.require().unwrap(), &rule).await.unwrap().id;
        let tag = |tag: &str, value: &str| {
            vec![careloop_activities::ActivityTag { tag: tag.to_owned(), value: value.to_owned() }]
        };
        let good = tonight(&test);
        let cases = [
            (NewActivity { name: " ".to_owned(), ..good.clone() }, "activities.text"),
            (NewActivity { ends_at: good.starts_at, ..good.clone() }, "activities.window"),
            (NewActivity { list: Some(ruled), ..good.clone() }, "segments.is_rule"),
            (NewActivity { tags: tag("val.rfm", "1"), ..good.clone() }, "tags.computed"),
            (NewActivity { tags: tag("no.such", "1"), ..good.clone() }, "tags.unknown"),
        ];
        for (new, code) in cases {
            let error = careloop_activities::create(&test.db, &ctx, &new).await.unwrap_err();
            assert_eq!(error.code(), code, "{new:?}");
        }
        let first = make(&test, &good).await;
        let again = careloop_activities::create(&test.db, &ctx, &good).await.unwrap_err();
        assert_eq!(again.code(), "segments.name_taken", "its list would be called the same");
        let shared = make(&test, &NewActivity { list: Some(first.list.0), ..good }).await;
        assert_eq!(shared.list, first.list, "several activities may fill one list");
        assert_ne!(shared.token, first.token);
    })
    .await;
}
