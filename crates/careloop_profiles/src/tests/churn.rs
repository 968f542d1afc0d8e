//! Who counts as lost, case by case as the chain's rules say: two messages unanswered and the last call not picked up, or
//! more than three returns missed in a row, or a year away.

use serde_json::json;

use super::support::{Log, facts, inputs, instant};
use crate::{Inputs, Limits, Overrides, fold};

fn paid() -> Log {
    Log::default().pay("2026-01-01", 10_000)
}

fn is_lost(log: &Log) -> bool {
    log.at(&facts(), "2026-06-01").has("life.churned", "true")
}

#[test]
fn two_messages_and_a_call_in_vain_are_a_loss_and_less_is_not() {
    let sent = |log: Log, day: &str| log.add(day, "touch.sent", json!({}));
    let call = |log: Log, result: &str| {
        log.add("2026-02-03", "recall.contacted", json!({ "result": result, "method": "phone" }))
    };
    let two = || sent(sent(paid(), "2026-02-01"), "2026-02-02");
    for (log, lost, why) in [
        (call(two(), "no_answer"), true, "two messages and a call"),
        (two(), false, "nobody called"),
        (call(two(), "talked"), false, "the call was picked up"),
        (call(sent(paid(), "2026-02-01"), "no_answer"), false, "one message"),
        (
            call(two(), "no_answer").add("2026-02-02T05:00:00Z", "touch.replied", json!({})),
            false,
            "the second was answered",
        ),
        (call(sent(two(), "2026-02-02T09:00:00Z"), "no_answer"), true, "three messages"),
        (
            call(two(), "no_answer").add(
                "2026-02-04",
                "lead.followed",
                json!({ "method": "wecom", "result": "replied" }),
            ),
            true,
            "a chat is no call",
        ),
        (call(two(), "no_answer").add("2026-02-05", "visit.closed", json!({})), false, "came since"),
    ] {
        assert_eq!(is_lost(&log), lost, "{why}");
    }
}

#[test]
fn more_than_three_returns_missed_in_a_row_are_a_loss() {
    let missed = |log: Log, months: std::ops::RangeInclusive<usize>| {
        months.fold(log, |log, month| {
            let due = json!({ "recall_id": month.to_string(), "due_on": format!("2026-{month:02}-20") });
            log.add(&format!("2026-{month:02}-02"), "recall.due", due)
        })
    };
    assert!(!is_lost(&missed(paid(), 2..=4)), "three");
    assert!(is_lost(&missed(paid(), 2..=5)), "four");
    let between = missed(paid(), 2..=3).add("2026-03-25", "visit.closed", json!({}));
    assert!(!is_lost(&missed(between, 4..=5)), "a visit between starts the row anew");
}

#[test]
fn each_rule_of_churn_can_be_switched_off() {
    let rules = ["unreachable", "missed_recalls", "days"];
    let vain = ["2026-02-01", "2026-02-02"].into_iter().fold(paid(), |log, day| log.add(day, "touch.sent", json!({})));
    let vain = vain.add("2026-02-03", "recall.contacted", json!({ "result": "no_answer", "method": "phone" }));
    let missed = (2..=5).fold(paid(), |log, month| {
        let due = json!({ "recall_id": month.to_string(), "due_on": format!("2026-{month:02}-20") });
        log.add(&format!("2026-{month:02}-02"), "recall.due", due)
    });
    for (log, rule, at) in [(&vain, 0, "2026-06-01"), (&missed, 1, "2026-06-01"), (&paid(), 2, "2027-06-01")] {
        for (off, name) in rules.iter().enumerate() {
            let overrides = Overrides::from([(("life.churned".to_owned(), (*name).to_owned()), 0)]);
            let inputs = Inputs { limits: Limits::with(&overrides), ..inputs() };
            let lost = fold(&facts(), &log.0, &inputs, instant(at)).has("life.churned", "true");
            assert_eq!(lost, off != rule, "without {name}");
        }
    }
}
