//! The line that is likely to be next.

use serde_json::json;

use super::support::{Log, facts, holds, inputs, instant, lacks, next};
use crate::next::{Next, NextWaiting};
use crate::{Inputs, fold};

fn paid(lines: &[(&str, &str)]) -> Log {
    lines.iter().fold(Log::default(), |log, (at, line)| {
        log.add(at, "payment.received", json!({ "amount": 10_000, "line": line }))
    })
}

#[test]
fn the_line_that_most_often_follows_is_named_for_half_a_year() {
    let log = paid(&[("2025-08-10", "洁牙"), ("2025-09-20", "洁牙")]);
    let until = Some("2026-02-07");
    holds(&facts(), &log, ("val.next_category", "种植"), "2025-10-01", until);
    let profile = log.at(&facts(), "2025-10-01");
    let value = profile.values.iter().find(|value| value.tag == "val.next_category").unwrap();
    let tag = crate::tag_library().get("val.next_category").unwrap();
    let said = "最新的业务线是 洁牙；100 次中有 40 次在 180 天内接着为 种植 付费，推算可能性 37%（2025-09-01 的统计）";
    assert_eq!(crate::because(tag, value).0, said);
    assert_eq!(*value.why.events, [1], "the payment that began the newest line");
    let moved = paid(&[("2025-03-10", "种植"), ("2025-08-10", "洁牙")]);
    holds(&facts(), &moved, ("val.next_category", "正畸"), "2025-10-01", until);
}

#[test]
fn nothing_is_named_that_is_unlikely_or_owned_or_not_known() {
    let tag = ("val.next_category", "正畸");
    lacks(&facts(), &paid(&[("2025-08-10", "种植")]), tag, "2025-10-01");
    lacks(&facts(), &paid(&[("2025-08-10", "洁牙"), ("2025-08-20", "种植")]), tag, "2025-10-01");
    let log = paid(&[("2025-08-10", "洁牙")]);
    let without_lines = Log::default().pay("2025-08-10", 10_000).at(&facts(), "2025-10-01");
    assert_eq!(without_lines.value("val.next_category"), None);
    for next in [None, Some(Next { model: Err(NextWaiting::FewSteps), ..next() })] {
        let inputs = Inputs { next, ..inputs() };
        assert_eq!(fold(&facts(), &log.0, &inputs, instant("2025-10-01")).value("val.next_category"), None);
    }
}
