//! Predicted values, and values that staff set until a day.

use serde_json::json;

use super::support::{Log, facts, inputs, instant, ltv};
use crate::ltv::{Ltv, Waiting};
use crate::{Inputs, Origin, fold};

#[test]
fn a_predicted_value_waits_for_payments_and_models_and_not_for_time() {
    let log = Log::default().pay("2025-01-10", 50_000).pay("2025-03-10", 80_000).pay("2025-06-10", 120_000);
    let profile = log.at(&facts(), "2025-10-01");
    let value = profile.values.iter().find(|value| value.tag == "val.ltv_pred").unwrap();
    // x = 2, t_x = 151 days, T = 234 days, mean 1,000 yuan; computed with the Python package lifetimes.
    let arg = |name: &str| value.why.args.find(name).unwrap().to_string();
    assert_eq!((&*arg("purchases"), &*arg("alive"), &*arg("date")), ("1.60", "65", "2025-09-01"));
    assert_eq!(
        (value.value.as_str(), &*arg("spend"), &*arg("amount"), value.until_us),
        ("4", "866.67", "1385.20", None)
    );
    let later = log.at(&facts(), "2027-10-01");
    assert_eq!(later.values.iter().find(|value| value.tag == "val.ltv_pred"), Some(value), "the day of the fit counts");
    let again = log.pay("2025-09-20", 100_000).at(&facts(), "2025-10-01");
    assert_ne!(again.values.iter().find(|value| value.tag == "val.ltv_pred"), Some(value), "a payment since counts");
}

#[test]
fn without_a_model_nothing_is_predicted() {
    let log = Log::default().pay("2025-01-10", 50_000);
    assert!(log.at(&facts(), "2025-10-01").value("val.ltv_pred").is_some());
    let waiting = Ltv { model: Err(Waiting::FewRepeatPayers), ..ltv() };
    for ltv in [None, Some(waiting)] {
        let inputs = Inputs { ltv, ..inputs() };
        assert_eq!(fold(&facts(), &log.0, &inputs, instant("2025-10-01")).value("val.ltv_pred"), None);
    }
    assert_eq!(Log::default().at(&facts(), "2025-10-01").value("val.ltv_pred"), None, "nobody who never paid");
}

#[test]
fn a_class_set_until_a_day_gives_way_when_that_day_is_over() {
    let terms =
        json!({ "tag": "val.abc", "value": "A", "by": "staff", "reason": "院长朋友", "until_on": "2026-02-10" });
    let log = Log::default().pay("2026-01-05", 100).add("2026-01-06", "tag.set", terms);
    let abc = |at: &str| {
        let profile = log.at(&facts(), at);
        let value = profile.values.iter().find(|value| value.tag == "val.abc").unwrap().clone();
        (value, profile.due_us)
    };
    let (set, due) = abc("2026-02-10T23:59:59+08:00");
    assert_eq!((set.value.as_str(), set.origin), ("A", Origin::Manual));
    assert_eq!(set.until_us, Some(instant("2026-02-11").as_microsecond()));
    assert!(due <= set.until_us);
    let tag = crate::tag_library().get("val.abc").unwrap();
    assert_eq!(crate::because(tag, &set).1, "set by staff: 院长朋友");
    let (computed, _) = abc("2026-02-11");
    assert_eq!((computed.value.as_str(), computed.origin), ("C", Origin::Computed));
}
