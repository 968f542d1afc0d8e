//! Tags that wait for data have no value, so no rule matches one.

use careloop_testkit::on_both;
use serde_json::json;

use crate::cdnow::{count, count_now};
use crate::chain::{append, event, members, records, segment, settle};

#[tokio::test]
async fn nobody_is_in_a_segment_by_what_a_tag_says_without_data() {
    on_both(|test| async move {
        let records = records(&test, 3).await;
        let never = segment(&test, "never came", json!({"tag":"visit.count_band","in":["0"]})).await;
        let reliable = segment(&test, "keep their word", json!({"tag":"visit.no_show_prone","is":false})).await;
        let unknown = segment(&test, "unknown", json!({"tag":"visit.count_band","exists":false})).await;
        assert!(members(&test, never).await.is_empty() && members(&test, reliable).await.is_empty());
        assert_eq!(members(&test, unknown).await, records);
        let before = "2026-03-02T09:00:30+08:00";
        test.clock.set("2026-03-02T01:01:00Z".parse().unwrap());
        append(&test, &[event(records[0], "visit.closed", "2026-03-02T01:00:40Z", json!({}))]).await;
        settle(&test).await;
        assert_eq!(members(&test, never).await, records[1..], "now it is known that they did not come");
        assert!(members(&test, reliable).await.is_empty(), "nobody tells of appointments");
        assert!(members(&test, unknown).await.is_empty());
        test.clock.set("2026-03-02T01:02:00Z".parse().unwrap());
        let rule = json!({"tag":"visit.count_band","in":["0"]});
        assert_eq!((count(&test, rule.clone(), before).await, count_now(&test, rule).await), (0, 2));
        let flag = json!({"tag":"visit.no_show_prone","is":false});
        assert_eq!(count_now(&test, flag.clone()).await, 0);
        append(&test, &[event(records[2], "appt.no_show", "2026-03-02T01:01:50Z", json!({}))]).await;
        settle(&test).await;
        assert_eq!(members(&test, reliable).await, records, "one no-show is not often");
        assert_eq!((count(&test, flag.clone(), before).await, count_now(&test, flag).await), (0, 3));
    })
    .await;
}

#[tokio::test]
async fn what_ones_own_records_say_does_not_wait() {
    on_both(|test| async move {
        let records = records(&test, 2).await;
        let girls = segment(&test, "girls", json!({"tag":"attr.gender","in":["female"]})).await;
        let unknown = segment(&test, "unknown", json!({"tag":"attr.gender","in":["unknown"]})).await;
        assert!(members(&test, unknown).await.is_empty(), "no record says anything");
        let sql = "UPDATE records SET gender = 'female', updated_at = $1, resolved_at = $1 WHERE ord = $2";
        careloop_db::execute(test.db.write(), sql, [(test.ctx.now_us() + 5).into(), records[1].into()]).await.unwrap();
        settle(&test).await;
        assert_eq!(members(&test, girls).await, [records[1]]);
    })
    .await;
}
