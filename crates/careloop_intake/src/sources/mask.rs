//! Showing what was refused without showing whom it is about.

use careloop_events::is_personal_key;
use serde_json::Value;

/// The body with personal data masked: values of telling fields, and long digits and e-mail addresses anywhere.
pub(crate) fn body(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(mut value) => {
            mask(&mut value, false);
            value
        }
        Err(_) => Value::String(scrub(text)),
    }
}

fn mask(value: &mut Value, personal: bool) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields.iter_mut() {
                mask(inner, personal || is_personal_key(name) || name == "writeKey");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, personal)),
        Value::String(text) => *text = if personal { hide(text) } else { scrub(text) },
        Value::Number(number) => {
            if personal || number.to_string().len() >= 11 {
                *value = Value::String("***".to_owned());
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn hide(text: &str) -> String {
    text.chars().take(1).chain("**".chars()).collect()
}

/// Words with an `@`, and runs of seven digits or more, keep their ends only. Times and ids keep their shape.
fn scrub(text: &str) -> String {
    text.split_inclusive(|letter: char| letter.is_whitespace() || "\"',;<>(){}[]=&".contains(letter))
        .map(|word| if word.contains('@') { hide(word) } else { digits(word) })
        .collect()
}

fn digits(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut out = letters.clone();
    let mut start = 0;
    while start < letters.len() {
        let run = letters[start..].iter().take_while(|letter| letter.is_ascii_digit()).count();
        if run >= 7 {
            out[start + 3..start + run - 4].fill('*');
        }
        start += run.max(1);
    }
    out.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nobody_can_be_told_from_a_masked_body() {
        let given = json!({
            "traits": { "name": "张三", "phone": 13_800_138_000_u64, "address": { "city": "上海" } },
            "properties": { "note": "call 13800138000 or a.b@c.cn", "item": "种植", "n": 12 },
            "timestamp": "2026-03-01T09:00:00.000Z",
        });
        let masked = body(&given.to_string());
        assert_eq!(masked["traits"], json!({ "name": "张**", "phone": "***", "address": { "city": "上**" } }));
        assert_eq!(masked["properties"], json!({ "note": "call 138****8000 or a**", "item": "种植", "n": 12 }));
        assert_eq!(masked["timestamp"], given["timestamp"]);
    }

    #[test]
    fn what_is_no_json_is_scrubbed_as_text() {
        assert_eq!(body("{\"phone\":\"13800138000\""), json!("{\"phone\":\"138****8000\""));
    }
}
