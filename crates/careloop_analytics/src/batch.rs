//! Events as Arrow record batches: the schema of the lake's files and of the tail.

use std::sync::{Arc, LazyLock};

use careloop_events::StoredEvent;
use careloop_kernel::{Error, Result};
use datafusion::arrow::array::{AsArray, Date32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit, TimestampMicrosecondType};
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use jiff::civil::Date;
use jiff::tz::TimeZone;

fn instant() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// The columns of a lake file. `day` is the event's date in the chain's time zone, as days since 1970-01-01: what
/// every report groups by, computed once.
pub(crate) static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let field = |name: &str, kind: DataType, nullable: bool| Field::new(name, kind, nullable);
    Arc::new(Schema::new(vec![
        field("seq", DataType::Int64, false),
        field("event_id", DataType::Utf8, false),
        field("message_id", DataType::Utf8, false),
        field("kind", DataType::Utf8, false),
        field("record", DataType::Int64, false),
        field("clinic", DataType::Int64, true),
        field("source", DataType::Int64, false),
        field("at", instant(), false),
        field("day", DataType::Date32, false),
        field("received_at", instant(), false),
        field("amount_minor", DataType::Int64, true),
        field("currency", DataType::Utf8, true),
        field("props", DataType::Utf8, false),
    ]))
});

/// Days since 1970-01-01 of an instant's date in `zone`.
pub(crate) fn day_of(at: jiff::Timestamp, zone: &TimeZone) -> i32 {
    days_since_epoch(zone.to_datetime(at).date())
}

/// Days since 1970-01-01.
pub(crate) fn days_since_epoch(date: Date) -> i32 {
    let epoch = Date::constant(1970, 1, 1);
    date.duration_since(epoch).as_hours().div_euclid(24) as i32
}

/// `day_in(at)`: the date of each instant in `zone`, for files whose `day` is of another zone.
pub(crate) fn day_in(zone: &TimeZone) -> ScalarUDF {
    let zone = zone.clone();
    let run = move |arguments: &[ColumnarValue]| {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        let instants = arrays[0].as_primitive::<TimestampMicrosecondType>();
        let day = |micros: i64| jiff::Timestamp::from_microsecond(micros).map_or(0, |at| day_of(at, &zone));
        let days: Date32Array = instants.iter().map(|micros| micros.map(day)).collect();
        Ok(ColumnarValue::Array(Arc::new(days)))
    };
    create_udf("day_in", vec![instant()], DataType::Date32, Volatility::Immutable, Arc::new(run))
}

/// One batch of these events, in the given order.
pub(crate) fn of_events(events: &[StoredEvent], zone: &TimeZone) -> Result<RecordBatch> {
    let int = |value: &dyn Fn(&StoredEvent) -> i64| Arc::new(Int64Array::from_iter_values(events.iter().map(value)));
    let optional =
        |value: &dyn Fn(&StoredEvent) -> Option<i64>| Arc::new(events.iter().map(value).collect::<Int64Array>());
    let text =
        |value: &dyn Fn(&StoredEvent) -> String| Arc::new(StringArray::from_iter_values(events.iter().map(value)));
    let time = |value: &dyn Fn(&StoredEvent) -> i64| {
        Arc::new(TimestampMicrosecondArray::from_iter_values(events.iter().map(value)).with_timezone("UTC"))
    };
    let currency: StringArray =
        events.iter().map(|event| event.amount.map(|amount| amount.currency().to_string())).collect();
    RecordBatch::try_new(
        Arc::clone(&SCHEMA),
        vec![
            int(&|event| event.seq),
            text(&|event| event.event_id.to_string()),
            text(&|event| event.message_id.clone()),
            text(&|event| event.kind.clone()),
            int(&|event| event.record),
            optional(&|event| event.clinic),
            int(&|event| event.source),
            time(&|event| event.at.as_microsecond()),
            Arc::new(Date32Array::from_iter_values(events.iter().map(|event| day_of(event.at, zone)))),
            time(&|event| event.received_at.as_microsecond()),
            optional(&|event| event.amount.map(|amount| amount.minor())),
            Arc::new(currency),
            text(&|event| event.props.text().to_owned()),
        ],
    )
    .map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_chains_day() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let late_evening_in_utc = "1970-01-01T16:00:00Z".parse().unwrap();
        assert_eq!(day_of(late_evening_in_utc, &zone), 1);
        assert_eq!(day_of("1969-12-31T15:59:59Z".parse().unwrap(), &zone), -1);
    }
}
