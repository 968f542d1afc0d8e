//! Taking personal data out of an event before it is stored.

use std::collections::HashSet;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::catalogue;

/// Names of fields that hold personal data, in lower case without `_`, `-` and blanks.
const PERSONAL: &[&str] = &[
    "address",
    "addresses",
    "addressline1",
    "addressline2",
    "avatar",
    "birthdate",
    "birthday",
    "cellphone",
    "contactname",
    "customername",
    "dateofbirth",
    "deviceid",
    "displayname",
    "dob",
    "email",
    "emailaddress",
    "externaluserid",
    "familyname",
    "firstname",
    "fullname",
    "givenname",
    "guardianname",
    "guardianphone",
    "idcard",
    "idcardno",
    "identitycard",
    "idno",
    "idnumber",
    "ip",
    "ipaddress",
    "lastname",
    "latitude",
    "longitude",
    "mail",
    "middlename",
    "mobile",
    "mobilephone",
    "name",
    "nickname",
    "openid",
    "passport",
    "passportno",
    "patientname",
    "phone",
    "phonenumber",
    "photo",
    "qq",
    "realname",
    "ssn",
    "street",
    "surname",
    "tel",
    "telephone",
    "unionid",
    "useragent",
    "username",
    "wechat",
    "wechatid",
    "weixin",
    "wxid",
    "住址",
    "出生日期",
    "地址",
    "头像",
    "姓名",
    "客户姓名",
    "家庭住址",
    "微信",
    "微信号",
    "患者姓名",
    "手机",
    "手机号",
    "手机号码",
    "昵称",
    "生日",
    "电子邮箱",
    "电话",
    "电话号码",
    "联系人",
    "联系电话",
    "身份证",
    "身份证号",
    "邮箱",
];

/// What stands where something telling stood.
const BLOT: &str = "***";

/// How deep nested fields are looked at; deeper ones are taken out whole.
const DEPTH: usize = 32;

/// Whether a field of this name holds personal data.
pub fn is_personal_key(name: &str) -> bool {
    let plain: String =
        name.chars().filter(|letter| !matches!(letter, '_' | '-' | ' ' | '$')).flat_map(char::to_lowercase).collect();
    static NAMES: OnceLock<HashSet<&str>> = OnceLock::new();
    NAMES.get_or_init(|| PERSONAL.iter().copied().collect()).contains(plain.as_str())
}

/// Takes personal data out of `props` and returns it: fields with a telling name at any depth, and texts that hold a
/// mobile number, an e-mail address or an identity card. Registered fields of the kind stay, for their meaning is known
/// (`name` of `page.viewed` is the page's); a number or address inside their text is blotted out.
pub fn strip_personal(kind: &str, props: &mut Map<String, Value>) -> Map<String, Value> {
    let registered = catalogue().find(kind);
    let mut taken = Map::new();
    let is_known = |name: &str| registered.is_some_and(|kind| kind.fields.contains_key(name));
    let goods = names_goods(props);
    let names: Vec<String> = props
        .iter()
        .filter(|(name, value)| !is_known(name) && must_go(name, value, goods))
        .map(|(name, _)| name.clone())
        .collect();
    for name in names {
        if let Some(value) = props.remove(&name) {
            taken.insert(name, value);
        }
    }
    for (name, value) in props.iter_mut().filter(|(name, _)| is_known(name)) {
        if let Some(blotted) = value.as_str().and_then(blot) {
            taken.insert(name.clone(), std::mem::replace(value, Value::String(blotted)));
        }
    }
    for (name, value) in props.iter_mut().filter(|(name, _)| !is_known(name)) {
        let inner = strip_value(value, 1);
        if !inner.is_empty() {
            taken.insert(name.clone(), Value::Array(inner));
        }
    }
    taken
}

fn strip_value(value: &mut Value, depth: usize) -> Vec<Value> {
    if depth >= DEPTH {
        return vec![value.take()];
    }
    let mut taken = Vec::new();
    match value {
        Value::Object(fields) => {
            let goods = names_goods(fields);
            let names: Vec<String> = fields
                .iter()
                .filter(|(name, inner)| must_go(name, inner, goods))
                .map(|(name, _)| name.clone())
                .collect();
            taken.extend(names.iter().filter_map(|name| fields.remove(name)));
            taken.extend(fields.iter_mut().flat_map(|(_, inner)| strip_value(inner, depth + 1)));
        }
        Value::Array(items) => {
            for item in items.iter_mut() {
                if is_telling(item) {
                    taken.push(item.take());
                } else {
                    taken.extend(strip_value(item, depth + 1));
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    taken
}

/// Goods have a name too: an object with a price or an article number keeps its `name`.
fn names_goods(fields: &Map<String, Value>) -> bool {
    ["sku", "price", "product_id", "productId"].iter().any(|key| fields.contains_key(*key))
}

fn must_go(name: &str, value: &Value, goods: bool) -> bool {
    is_telling(value) || (is_personal_key(name) && !(goods && name == "name"))
}

/// A text, or a number, that says by its shape alone what it is, or holds such a word.
fn is_telling(value: &Value) -> bool {
    match value {
        Value::String(text) => is_telling_text(text),
        Value::Number(number) => number.as_u64().is_some_and(|digits| is_mobile(&digits.to_string())),
        _ => false,
    }
}

/// Whether a text is, or holds, a mobile number, an e-mail address or an identity card.
pub fn is_telling_text(text: &str) -> bool {
    is_telling_word(text.trim()) || words(text).any(is_telling_word)
}

fn is_telling_word(word: &str) -> bool {
    is_mobile(word) || is_email(word) || is_id_card(word)
}

/// Words as numbers and addresses stand in sentences and in the queries of links: `phone=139…&name=`, `致电139…`.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let parts = |letter: char| !(letter.is_ascii_alphanumeric() || "@._%+-:/".contains(letter));
    text.split(parts).map(|word| word.trim_matches(['.', '-', ':', '/', '%', '_'])).filter(|word| !word.is_empty())
}

/// The text with telling words blotted out; none if it has none.
fn blot(text: &str) -> Option<String> {
    let telling: HashSet<&str> = words(text).filter(|word| is_telling_word(word)).collect();
    if telling.is_empty() {
        return is_telling_word(text.trim()).then(|| BLOT.to_owned());
    }
    Some(telling.into_iter().fold(text.to_owned(), |text, word| text.replace(word, BLOT)))
}

fn is_mobile(text: &str) -> bool {
    if text.len() > 20 {
        return false;
    }
    let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b' ' | b'-')).collect();
    let digits = digits.strip_prefix(b"+86").or_else(|| digits.strip_prefix(b"0086")).unwrap_or(&digits);
    matches!(digits, [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit))
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let plain =
        |part: &str| !part.is_empty() && !part.contains(|sign: char| sign.is_whitespace() || "/:?@".contains(sign));
    text.len() <= 254 && plain(name) && plain(host) && host.contains('.')
}

fn is_id_card(text: &str) -> bool {
    let Some((last, digits)) = text.as_bytes().split_last() else { return false };
    let shape =
        digits.len() == 17 && digits.iter().all(u8::is_ascii_digit) && matches!(last, b'0'..=b'9' | b'X' | b'x');
    // Bytes 6 to 9 are the year of birth: an order number of 18 digits rarely has one there.
    shape && matches!(&digits[6..8], b"19" | b"20")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn split(kind: &str, value: Value) -> (Value, Vec<String>) {
        let Value::Object(mut props) = value else { return (Value::Null, Vec::new()) };
        let taken = strip_personal(kind, &mut props);
        (Value::Object(props), taken.keys().cloned().collect())
    }

    #[test]
    fn telling_names_go_whatever_their_spelling() {
        let given = json!({ "First_Name": "a", "phone-number": 1, "手机号": "x", "userAgent": "m", "item": "种植" });
        let (kept, taken) = split("custom", given);
        assert_eq!(kept, json!({ "item": "种植" }));
        assert_eq!(taken.len(), 4);
    }

    #[test]
    fn telling_values_go_whatever_their_name() {
        for value in ["13800138000", "+86 138-0013-8000", "a.b@example.com", "11010119900307123X"] {
            let (kept, taken) = split("custom", json!({ "note": value, "n": { "list": [value] } }));
            assert!(!kept.to_string().contains(value), "{value}");
            assert_eq!(taken, ["n", "note"], "{value}");
        }
        assert_eq!(split("custom", json!({ "order": "202603011234" })).1, Vec::<String>::new());
        assert_eq!(split("custom", json!({ "url": "https://user@example.com/a" })).1, Vec::<String>::new());
    }

    #[test]
    fn numbers_and_addresses_inside_a_text_are_found() {
        for value in [
            "call 13912345678 after six",
            "致电13912345678",
            "mail: a.b@example.com.",
            "https://clinic.example/book?phone=13912345678&from=ad",
            "卡号 11010119900307123X 已核对",
        ] {
            let (kept, taken) = split("custom", json!({ "text": value }));
            assert_eq!((kept, taken), (json!({}), vec!["text".to_owned()]), "{value}");
            assert!(is_telling_text(value));
        }
        for value in ["order 202603011234", "https://user@example.com/a", "13912345678901", "SN13912345678A", "1-2-3"] {
            assert!(!is_telling_text(value), "{value}");
        }
        let mut props = Map::from_iter([("name".to_owned(), "book 13912345678 now".into())]);
        assert_eq!(strip_personal("page.viewed", &mut props).len(), 1);
        assert_eq!(Value::Object(props), json!({ "name": "book *** now" }));
    }

    #[test]
    fn the_name_of_goods_is_no_personal_name() {
        let given = json!({ "products": [{ "sku": "Z1", "name": "种植体", "buyer": { "name": "x" } }] });
        let (kept, _) = split("order_completed", given);
        assert_eq!(kept, json!({ "products": [{ "sku": "Z1", "name": "种植体", "buyer": {} }] }));
    }

    #[test]
    fn registered_fields_keep_their_meaning() {
        let (kept, taken) = split("page.viewed", json!({ "name": "home", "email": "a@b.cn" }));
        assert_eq!((kept, taken), (json!({ "name": "home" }), vec!["email".to_owned()]));
    }

    #[test]
    fn nested_fields_are_found_and_the_deepest_go_whole() {
        let (kept, taken) = split("custom", json!({ "who": { "child": [{ "name": "x", "age": 7 }] } }));
        assert_eq!(kept, json!({ "who": { "child": [{ "age": 7 }] } }));
        assert_eq!(taken, ["who"]);
        let mut deep = json!({ "name": "x" });
        for _ in 0..60 {
            deep = json!({ "in": deep });
        }
        assert!(!split("custom", deep).0.to_string().contains("name"));
    }
}
