//! Each rule of [`check`] with the inputs that real senders produce.

use proptest::prelude::*;

use super::*;

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn amount_of(value: &Value) -> Result<i64, &'static str> {
    check("payment.received", object(json!({ "amount": value })))
        .map(|checked| checked.amount.map_or(i64::MIN, Money::minor))
        .map_err(|rejection| rejection.code)
}

#[test]
fn amounts_come_as_text_number_or_minor_units() {
    for (given, minor) in [
        (json!("1,234.50"), 123_450),
        (json!(39.95), 3_995),
        (json!(12), 1_200),
        (json!({ "minor": 77, "currency": "CNY" }), 77),
        (json!({ "minor": 78 }), 78),
    ] {
        assert_eq!(amount_of(&given), Ok(minor), "{given}");
    }
}

#[test]
fn what_is_no_amount_refuses_the_event() {
    for given in [
        json!("abc"),
        json!("1.234"),
        json!(0.1 + 0.2),
        json!(true),
        json!({ "minor": "7" }),
        json!({ "minor": 7, "currency": "yuan" }),
        json!([1]),
    ] {
        assert_eq!(amount_of(&given), Err("events.ill_typed"), "{given}");
    }
    assert_eq!(amount_of(&Value::Null), Err("events.missing_field"));
}

#[test]
fn another_currency_is_kept() {
    let checked = check("payment.received", object(json!({ "amount": { "minor": 5, "currency": "JPY" } }))).unwrap();
    assert_eq!(checked.amount.unwrap().to_string(), "5 JPY");
}

#[test]
fn a_second_money_field_stays_inside_as_minor_units() {
    let given = object(json!({ "amount": "10", "discount": "2.5" }));
    let checked = check("order.created", given).unwrap();
    assert_eq!(checked.props["discount"], json!({ "minor": 250, "currency": "CNY" }));
    assert!(!checked.props.contains_key("amount"));
}

#[test]
fn text_that_says_the_same_is_taken_and_the_rest_is_refused() {
    let stored = |field: &str, value: Value| {
        let given = object(json!({ "amount": "1", field: value }));
        check("order.created", given).map(|checked| checked.props.get(field).cloned())
    };
    assert_eq!(stored("quantity", json!("3")).unwrap(), Some(json!(3)));
    assert_eq!(stored("quantity", json!(3.0)).unwrap(), Some(json!(3)));
    assert_eq!(stored("first", json!("TRUE")).unwrap(), Some(json!(true)));
    assert_eq!(stored("order_id", json!(20_260_301)).unwrap(), Some(json!("20260301")));
    assert_eq!(stored("doctor", Value::Null).unwrap(), None);
    for (field, value) in [
        ("quantity", json!("many")),
        ("quantity", json!(3.5)),
        ("first", json!("maybe")),
        ("doctor", json!(["a"])),
        ("doctor", json!(1.5)),
    ] {
        assert_eq!(stored(field, value.clone()).unwrap_err().field.as_deref(), Some(field), "{value}");
    }
}

#[test]
fn days_instants_and_decimals_are_stored_in_one_shape() {
    let booked = check("appt.booked", object(json!({ "starts_at": "2026-03-01T09:00:00+08:00" }))).unwrap();
    assert_eq!(booked.props["starts_at"], json!("2026-03-01T01:00:00Z"));
    assert_eq!(check("appt.booked", object(json!({ "starts_at": "tomorrow" }))).unwrap_err().code, "events.ill_typed");
    let sold = object(json!({ "expires_on": "2026-12-31", "units": 2.5 }));
    assert_eq!(check("entitle.sold", sold).unwrap().props["units"], json!("2.5"));
    assert!(check("entitle.sold", object(json!({ "expires_on": "2026-02-30" }))).is_err());
}

#[test]
fn a_closed_list_is_closed() {
    let given = object(json!({ "source_class": "moon" }));
    let rejection = check("lead.created", given).unwrap_err();
    assert_eq!((rejection.code, rejection.field.as_deref()), ("events.not_listed", Some("source_class")));
    assert!(!rejection.reason.contains("moon"), "the value itself is not repeated");
}

#[test]
fn an_unknown_kind_and_unknown_fields_are_kept_as_they_came() {
    let props = object(json!({ "amount": "abc", "x": [1, { "y": null }] }));
    let unknown = check("robot.danced", props.clone()).unwrap();
    assert_eq!((unknown.registered, &unknown.props, unknown.amount), (false, &props, None));
    let known = check("page.viewed", object(json!({ "name": "home", "x": [1] }))).unwrap();
    assert_eq!((known.registered, &known.props["x"]), (true, &json!([1])));
}

#[test]
fn a_slug_keeps_registered_ids_and_never_becomes_one() {
    for (name, slug) in [
        ("payment.received", "payment.received"),
        ("Order Completed", "order_completed"),
        ("  预约 成功! ", "预约_成功"),
        ("Payment.Received", "payment_received"),
        ("__x__", "x"),
        ("", ""),
    ] {
        assert_eq!(kind_slug(name), slug, "{name}");
    }
    assert!(kind_slug(&"长".repeat(500)).chars().count() <= 100);
}

proptest! {
    #[test]
    fn any_amount_survives(minor in -9_000_000_000_000_000_i64..9_000_000_000_000_000) {
        let text = Money::of_minor(minor, Currency::CNY).to_decimal();
        prop_assert_eq!(amount_of(&json!(text)), Ok(minor));
    }

    #[test]
    fn what_was_checked_once_passes_again(quantity in any::<i64>(), item in ".{0,20}", first in any::<bool>()) {
        let given = object(json!({ "amount": "1.00", "quantity": quantity, "item": item, "first": first }));
        let once = check("order.created", given).unwrap();
        let mut again = once.props.clone();
        again.insert("amount".to_owned(), json!("1.00"));
        prop_assert_eq!(check("order.created", again).unwrap(), once);
    }
}
