//! Reading a map by hand, so that every error names the key, the place and what is allowed there.

use std::collections::BTreeMap;

use careloop_kernel::{Currency, Error, Result};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use serde_json::{Map as Object, Value};

use super::{EncodingChoice, EventKind, EventMap, Map, PEOPLE_FIELDS, PeopleMap, Pick, RowMap, ValueType};

const PEOPLE_KEYS: [&str; 7] = ["kind", "source_id", "encoding", "sheet", "fields", "identifiers", "attributes"];
const EVENT_KEYS: [&str; 9] = ["kind", "event", "event_id", "encoding", "sheet", "person", "at", "clinic", "props"];
const PICK_KEYS: [&str; 6] = ["column", "values", "format", "time_zone", "type", "currency"];

pub(super) fn toml(text: &str) -> Result<Map> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        Error::invalid("map.syntax", format!("the map is not TOML: line {line}: {}", error.message()))
    })?;
    let value = serde_json::to_value(table).map_err(Error::internal)?;
    json(&value)
}

pub(super) fn json(value: &Value) -> Result<Map> {
    let mut value = value.clone();
    drop_nulls(&mut value);
    let root = Table::root(&value)?;
    let encoding = encoding(&root)?;
    let sheet = root.text("sheet")?.map(str::to_owned);
    let rows = match root.required_text("kind")? {
        "people" => RowMap::People(people(&root)?),
        "events" => RowMap::Events(Box::new(events(&root)?)),
        other => {
            return Err(Error::invalid(
                "map.kind",
                format!("`kind = \"{other}\"` is not known; write \"people\" or \"events\""),
            ));
        }
    };
    Ok(Map { encoding, sheet, rows })
}

/// A key without a value is a key that is not there: clients in other languages send both.
fn drop_nulls(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.retain(|_, field| !field.is_null());
        fields.values_mut().for_each(drop_nulls);
    }
}

fn encoding(root: &Table<'_>) -> Result<EncodingChoice> {
    let text = root.text("encoding")?.unwrap_or("auto");
    match text.to_ascii_lowercase().replace(['-', '_'], "").as_str() {
        "auto" => Ok(EncodingChoice::Auto),
        "utf8" | "utf8sig" => Ok(EncodingChoice::Utf8),
        "gb18030" | "gbk" | "gb2312" => Ok(EncodingChoice::Gb18030),
        _ => Err(Error::invalid(
            "map.encoding",
            format!("the encoding `{text}` is not known; write auto, UTF-8 or GB18030"),
        )),
    }
}

fn people(root: &Table<'_>) -> Result<PeopleMap> {
    root.allow(&PEOPLE_KEYS)?;
    let fields = root.picks("fields")?;
    for name in fields.keys() {
        if !PEOPLE_FIELDS.contains(&name.as_str()) {
            return Err(Error::invalid(
                "map.unknown_field",
                format!(
                    "`fields.{name}` is not a field; the fields are {}; keep anything else under [attributes]",
                    PEOPLE_FIELDS.join(", ")
                ),
            ));
        }
    }
    Ok(PeopleMap {
        source_id: root.required_text("source_id")?.to_owned(),
        fields,
        identifiers: root.picks("identifiers")?,
        attributes: root.picks("attributes")?,
    })
}

fn events(root: &Table<'_>) -> Result<EventMap> {
    root.allow(&EVENT_KEYS)?;
    let person = root.table("person")?.ok_or_else(|| root.missing("person"))?;
    person.allow(&["source", "source_id"])?;
    let event = match root.map.get("event") {
        Some(Value::String(kind)) => EventKind::Fixed(kind.trim().to_owned()),
        Some(_) => EventKind::Column(root.pick("event")?.ok_or_else(|| root.missing("event"))?),
        None => return Err(root.missing("event")),
    };
    Ok(EventMap {
        event,
        event_id: root.texts("event_id")?,
        person_source: person.text("source")?.map(str::to_owned),
        person_id: person.required_text("source_id")?.to_owned(),
        at: root.pick("at")?.ok_or_else(|| root.missing("at"))?,
        clinic: root.pick("clinic")?,
        props: root.picks("props")?,
    })
}

/// One table of the map and where it stands.
struct Table<'a> {
    path: String,
    map: &'a Object<String, Value>,
}

impl<'a> Table<'a> {
    fn root(value: &'a Value) -> Result<Self> {
        match value {
            Value::Object(map) => Ok(Self { path: String::new(), map }),
            _ => Err(Error::invalid("map.syntax", "the map is no table; it starts with `kind`")),
        }
    }

    fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn allow(&self, known: &[&str]) -> Result<()> {
        match self.map.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(Error::invalid(
                "map.unknown_key",
                format!("`{}` is not a key of the map; allowed here: {}", self.at(key), known.join(", ")),
            )),
            None => Ok(()),
        }
    }

    fn missing(&self, key: &str) -> Error {
        Error::invalid("map.missing_key", format!("the map lacks `{}`; add it", self.at(key)))
    }

    fn wrong(&self, key: &str, expected: &str) -> Error {
        Error::invalid("map.wrong_type", format!("`{}` must be {expected}", self.at(key)))
    }

    fn text(&self, key: &str) -> Result<Option<&'a str>> {
        match self.map.get(key) {
            None => Ok(None),
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text.trim())),
            Some(_) => Err(self.wrong(key, "text in quotes")),
        }
    }

    fn required_text(&self, key: &str) -> Result<&'a str> {
        self.text(key)?.ok_or_else(|| self.missing(key))
    }

    fn texts(&self, key: &str) -> Result<Vec<String>> {
        let wrong = || self.wrong(key, "a column or a list of columns");
        let text = |value: &Value| match value {
            Value::String(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
            _ => Err(wrong()),
        };
        match self.map.get(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => items.iter().map(text).collect(),
            Some(one) => Ok(vec![text(one)?]),
        }
    }

    fn table(&self, key: &str) -> Result<Option<Table<'a>>> {
        match self.map.get(key) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(Table { path: self.at(key), map })),
            Some(_) => Err(self.wrong(key, "a table")),
        }
    }

    fn picks(&self, key: &str) -> Result<BTreeMap<String, Pick>> {
        let Some(table) = self.table(key)? else { return Ok(BTreeMap::new()) };
        let pick = |name: &String| Ok((name.clone(), table.pick(name)?.ok_or_else(|| table.missing(name))?));
        table.map.keys().map(pick).collect()
    }

    fn pick(&self, key: &str) -> Result<Option<Pick>> {
        match self.map.get(key) {
            None => Ok(None),
            Some(Value::Object(_)) => self.table(key)?.map(|table| table.pick_table()).transpose(),
            Some(_) => {
                let columns = self.texts(key)?;
                if columns.is_empty() {
                    return Err(self.wrong(key, "a column or a list of columns"));
                }
                Ok(Some(Pick { columns, ..Pick::default() }))
            }
        }
    }

    fn pick_table(&self) -> Result<Pick> {
        self.allow(&PICK_KEYS)?;
        let columns = self.texts("column")?;
        if columns.is_empty() {
            return Err(self.missing("column"));
        }
        Ok(Pick {
            columns,
            values: self.values()?,
            format: self.format()?,
            time_zone: self.time_zone()?,
            value_type: self.value_type()?,
            currency: self.currency()?,
        })
    }

    fn values(&self) -> Result<BTreeMap<String, String>> {
        let Some(table) = self.table("values")? else { return Ok(BTreeMap::new()) };
        let meaning = |(word, meaning): (&String, &Value)| match meaning {
            Value::String(text) => Ok((word.trim().to_owned(), text.clone())),
            Value::Bool(yes) => Ok((word.trim().to_owned(), yes.to_string())),
            Value::Number(number) => Ok((word.trim().to_owned(), number.to_string())),
            _ => Err(table.wrong(word, "text in quotes")),
        };
        table.map.iter().map(meaning).collect()
    }

    fn format(&self) -> Result<Option<String>> {
        let Some(format) = self.text("format")? else { return Ok(None) };
        let sample = jiff::civil::date(2026, 3, 1).at(9, 0, 0, 0).in_tz("UTC").map_err(Error::internal)?;
        match strtime::format(format, &sample) {
            Ok(_) => Ok(Some(format.to_owned())),
            Err(_) => Err(Error::invalid(
                "map.format",
                format!("`{} = \"{format}\"` is no time format; write it like %Y-%m-%d %H:%M:%S", self.at("format")),
            )),
        }
    }

    fn time_zone(&self) -> Result<Option<String>> {
        let Some(zone) = self.text("time_zone")? else { return Ok(None) };
        match TimeZone::get(zone) {
            Ok(_) => Ok(Some(zone.to_owned())),
            Err(_) => Err(Error::invalid(
                "map.time_zone",
                format!("`{} = \"{zone}\"` is no time zone; write a name such as Asia/Shanghai", self.at("time_zone")),
            )),
        }
    }

    fn value_type(&self) -> Result<Option<ValueType>> {
        let Some(name) = self.text("type")? else { return Ok(None) };
        match ValueType::NAMES.iter().find(|(known, _)| *known == name) {
            Some((_, kind)) => Ok(Some(*kind)),
            None => {
                let names: Vec<&str> = ValueType::NAMES.iter().map(|(name, _)| *name).collect();
                Err(Error::invalid(
                    "map.value_type",
                    format!("`{} = \"{name}\"` is no type; the types are {}", self.at("type"), names.join(", ")),
                ))
            }
        }
    }

    fn currency(&self) -> Result<Option<String>> {
        let Some(code) = self.text("currency")? else { return Ok(None) };
        match code.parse::<Currency>() {
            Ok(currency) => Ok(Some(currency.to_string())),
            Err(_) => Err(Error::invalid(
                "map.currency",
                format!(
                    "`{} = \"{code}\"` is no currency; write three capital letters, such as CNY",
                    self.at("currency")
                ),
            )),
        }
    }
}
