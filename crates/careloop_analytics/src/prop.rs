//! `prop(props, 'channel')`: one field of an event's properties as text, null when it is absent.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray, StringBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use serde_json::Value;

/// The function, ready to register.
pub(crate) fn prop() -> ScalarUDF {
    create_udf("prop", vec![DataType::Utf8, DataType::Utf8], DataType::Utf8, Volatility::Immutable, Arc::new(run))
}

fn run(arguments: &[ColumnarValue]) -> Result<ColumnarValue> {
    let [props, ColumnarValue::Scalar(ScalarValue::Utf8(Some(name)))] = arguments else {
        return Err(DataFusionError::Execution("prop takes a column and a literal name".to_owned()));
    };
    let rows = match props {
        ColumnarValue::Array(array) => array.len(),
        ColumnarValue::Scalar(_) => 1,
    };
    let column = cast(&props.clone().into_array(rows)?, &DataType::Utf8)?;
    Ok(ColumnarValue::Array(Arc::new(field_of(column.as_string::<i32>(), name)) as ArrayRef))
}

fn field_of(column: &StringArray, name: &str) -> StringArray {
    let marker = format!("\"{name}\":");
    let mut found = StringBuilder::new();
    for index in 0..column.len() {
        let text = if column.is_null(index) { "" } else { column.value(index) };
        // Most events lack most fields: look for the name before parsing.
        let value = text.contains(&marker).then(|| serde_json::from_str::<Value>(text).ok()).flatten();
        match value.as_ref().and_then(|value| value.get(name)) {
            None | Some(Value::Null) => found.append_null(),
            Some(Value::String(text)) => found.append_value(text),
            Some(other) => found.append_value(other.to_string()),
        }
    }
    found.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_text_whatever_its_type_and_absent_is_null() {
        let column = StringArray::from(vec![
            r#"{"channel":"美团","n":3}"#,
            r#"{"other":"\"channel\":"}"#,
            r#"{"channel":null}"#,
            "{}",
        ]);
        let found = field_of(&column, "channel");
        assert_eq!(found.value(0), "美团");
        assert!((1..4).all(|index| found.is_null(index)));
        assert_eq!(field_of(&column, "n").value(0), "3");
    }
}
