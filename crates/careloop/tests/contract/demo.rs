//! What a newcomer sees first.

use crate::installation::Installation;

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_has_a_task_for_everybody_who_entered_the_segment_that_is_called() {
    let installation = Installation::new();
    let mut demo = installation.start(&["--listen", "127.0.0.1:0", "demo", "--people", "600"]);
    while !installation.path("data/demo/chain.txt").exists() {
        assert!(demo.try_wait().unwrap().is_none(), "it ended before the chain was made");
        tokio::task::yield_now().await;
    }
    demo.kill().unwrap();
    demo.wait().unwrap();
    let entered = async |preset: &str| {
        let sql = format!(
            "SELECT COUNT(*) || '' AS line FROM events e JOIN segments s ON s.id = json_extract(e.props, '$.segment')
             WHERE e.kind = 'segment.entered' AND s.preset = '{preset}' AND json_extract(e.props, '$.initial') IS NULL"
        );
        installation.ask_in("data/demo", &sql).await.remove(0)
    };
    assert_ne!(entered("undecided").await, "0", "plans arrive when the segments are filled");
    let accounts =
        "SELECT COUNT(*) || '' AS line FROM records r JOIN sources s ON s.ord = r.source WHERE s.name = 'ads'";
    assert_eq!(installation.ask_in("data/demo", accounts).await, ["0"], "an advertising account is no customer");
    let spent = "SELECT (COUNT(*) > 0) || '' AS line FROM events WHERE kind = 'ad.spend'";
    assert_eq!(installation.ask_in("data/demo", spent).await, ["1"]);
    let tasks = installation.ask_in("data/demo", "SELECT COUNT(*) || '' AS line FROM tasks").await;
    assert_eq!(tasks, [entered("golden_week").await]);
}
