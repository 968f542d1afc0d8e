//! What signing in leads to.

use careloop_activities::{Turnstile, Visitor};
use careloop_kernel::ErrorKind;
use careloop_people::{IncomingRecord, PhoneNumber, PhoneRole, RecordFields, upsert_records};
use careloop_profiles::Holders;
use careloop_testkit::on_both;
use serde_json::{Value, json};

use crate::chain::{attendees, make, number, settle, sign_in, told, tonight, wait};

#[tokio::test]
async fn whoever_signs_in_is_a_record_an_event_a_member_and_tagged() {
    on_both(|test| async move {
        let activity = make(&test, &tonight(&test)).await;
        sign_in(&test, &activity.token, "王芳", "138 0000 1234").await.unwrap();
        settle(&test).await;
        let came = told(&test, "activity.attended").await;
        let props = json!({ "activity": "社区口腔义诊", "activity_id": activity.id, "origin": "qr" });
        assert_eq!(came.len(), 1);
        let told: Value = serde_json::from_str(&came[0].props).unwrap();
        assert_eq!(told, props, "neither name nor phone");
        assert_eq!(attendees(&test, &activity).await, [("王芳".to_owned(), "138****1234".to_owned(), "qr")]);
        let (list, _, _) =
            careloop_segments::get_segment(&test.db, &test.ctx.require().unwrap(), activity.list.0).await.unwrap();
        assert_eq!((list.count, list.name.as_str()), (1, "社区口腔义诊"));
        let both = ["attr.occupation", "eng.offline_event"];
        let held = careloop_profiles::holders(test.db.read(), &both).await.unwrap();
        assert_eq!(
            held.iter().map(Holders::count).sum::<i64>(),
            2,
            "the tag that was asked for, and the one that every attendee gets"
        );
        let channel = careloop_profiles::holders(test.db.read(), &["attr.source_class"]).await.unwrap();
        assert_eq!((channel[0].value.as_str(), channel[0].count()), ("offline", 1));
    })
    .await;
}

#[tokio::test]
async fn a_phone_signs_in_once_whatever_name_comes_with_it() {
    on_both(|test| async move {
        let activity = make(&test, &tonight(&test)).await;
        for (name, phone) in [("王芳", "13800001234"), ("王芳", "+86 138-0000-1234"), ("别人", "13800001234")] {
            sign_in(&test, &activity.token, name, phone).await.unwrap();
        }
        sign_in(&test, &activity.token, "李雷", "13900005678").await.unwrap();
        settle(&test).await;
        let mut came = attendees(&test, &activity).await;
        came.sort();
        assert_eq!(came.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>(), ["李雷", "王芳"]);
        for kind in ["activity.attended", "list.added", "tag.set"] {
            assert_eq!(told(&test, kind).await.len(), 2, "{kind}");
        }
        let again = make(&test, &careloop_activities::NewActivity { name: "二期".to_owned(), ..tonight(&test) }).await;
        sign_in(&test, &again.token, "王芳", "13800001234").await.unwrap();
        settle(&test).await;
        assert_eq!(told(&test, "activity.attended").await.len(), 3, "the next activity is another one");
        assert_eq!(told(&test, "tag.set").await.len(), 3, "and gives its own reason for the tag");
    })
    .await;
}

#[tokio::test]
async fn a_visitor_who_is_a_customer_already_becomes_one_with_them() {
    on_both(|test| async move {
        let activity = make(&test, &tonight(&test)).await;
        let known = IncomingRecord {
            source_key: "A-1".to_owned(),
            fields: RecordFields {
                name: Some("欧阳静怡".to_owned()),
                gender: Some("female".parse().unwrap()),
                phones: vec![PhoneNumber { text: "13800001234".to_owned(), role: PhoneRole::Own }],
                ..RecordFields::default()
            },
            ..IncomingRecord::default()
        };
        upsert_records(&test.db, &test.ctx, careloop_events::INTERNAL_SOURCE, vec![known]).await.unwrap();
        settle(&test).await;
        sign_in(&test, &activity.token, "欧阳静怡", "13800001234").await.unwrap();
        settle(&test).await;
        assert_eq!(number(&test, "SELECT COUNT(*) AS value FROM records").await, 2);
        assert_eq!(number(&test, "SELECT COUNT(DISTINCT person) AS value FROM records").await, 1);
        assert_eq!(attendees(&test, &activity).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn who_may_be_called_says_so_and_nobody_else() {
    on_both(|test| async move {
        let activity = make(&test, &tonight(&test)).await;
        sign_in(&test, &activity.token, "王芳", "13800001234").await.unwrap();
        assert_eq!(number(&test, "SELECT COUNT(*) AS value FROM consents").await, 0);
        let willing = Visitor::parse("李雷", "13900005678", true, true).unwrap();
        let turnstile = Turnstile::default();
        careloop_activities::sign_in(&test.db, &test.ctx, &turnstile, &activity.token, willing).await.unwrap();
        let sql = "SELECT COUNT(*) AS value FROM consents WHERE state = 'granted' AND channel IN ('phone', 'sms')";
        assert_eq!(number(&test, sql).await, 2);
        assert_eq!(told(&test, "consent.changed").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_told_more_than_so_many_a_minute() {
    on_both(|test| async move {
        let activity = make(&test, &tonight(&test)).await;
        let turnstile = Turnstile::new(2);
        let enter = async |phone: &str| {
            let visitor = Visitor::parse("王芳", phone, true, false).unwrap();
            let entered = careloop_activities::sign_in(&test.db, &test.ctx, &turnstile, &activity.token, visitor);
            entered.await.map(|_| ()).map_err(|error| (error.kind(), error.code()))
        };
        assert_eq!(enter("13800001234").await, Ok(()));
        assert_eq!(enter("13800001234").await, Ok(()), "tries count, not people");
        assert_eq!(enter("13800001235").await, Err((ErrorKind::RateLimited, "activities.busy")));
        wait(&test, 1);
        assert_eq!(enter("13800001235").await, Ok(()));
    })
    .await;
}

#[tokio::test]
async fn two_who_sign_in_with_one_phone_at_once_are_one() {
    on_both(|test| async move {
        let activity = make(&test, &tonight(&test)).await;
        let (one, other) = tokio::join!(
            sign_in(&test, &activity.token, "王芳", "13800001234"),
            sign_in(&test, &activity.token, "王小芳", "13800001234"),
        );
        assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
        assert_eq!(told(&test, "activity.attended").await.len(), 1);
        assert_eq!(number(&test, "SELECT COUNT(*) AS value FROM activity_attendees").await, 1);
    })
    .await;
}
