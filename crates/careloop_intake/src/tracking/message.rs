//! One event of a call: a row for the log, or the reason why not. Pure.

use std::collections::HashMap;

use careloop_events::{
    FLAG_CLAMPED, FLAG_STRIPPED, FLAG_UNREGISTERED, NOBODY, NewEvent, Prepared, Rejection, catalogue, check_in,
    check_origin, is_about_nobody, kind_slug, strip_personal,
};
use careloop_kernel::Currency;
use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::body::Envelope;
use super::traits::Declared;
use super::{clock, limits};

/// The code of an event beyond [`limits::EVENT`].
pub(crate) const EVENT_TOO_LARGE: &str = "tracking.event_too_large";

/// What a call asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Identify,
    Track,
    Page,
    Screen,
    Group,
    Alias,
}

impl Call {
    /// The call of a path segment or of a `type`, whole or its first letter.
    pub(crate) fn of(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "identify" | "i" => Some(Self::Identify),
            "track" | "t" => Some(Self::Track),
            "page" | "p" => Some(Self::Page),
            "screen" | "s" => Some(Self::Screen),
            "group" | "g" => Some(Self::Group),
            "alias" | "a" => Some(Self::Alias),
            _ => None,
        }
    }
}

/// What is around an event.
#[derive(Debug)]
pub(crate) struct Around<'a> {
    /// `sources.ord`.
    pub(crate) source: i64,
    /// When the call arrived.
    pub(crate) received_at: Timestamp,
    /// What the events of the call share.
    pub(crate) envelope: &'a Envelope,
    /// The call of the path; in a batch each event names its own.
    pub(crate) call: Option<Call>,
    /// `clinics.ord` by id, code and name.
    pub(crate) clinics: &'a HashMap<String, i64>,
    /// The chain's currency, for amounts that name none.
    pub(crate) currency: Currency,
    /// Random, for a message id where the client gave none and no time either.
    pub(crate) spare: u128,
}

/// An event ready to be stored once its record is known.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// The record it is of, by its key in the source.
    pub(crate) key: String,
    /// Whether it is about nobody, whatever the key.
    pub(crate) nobody: bool,
    /// The row, without the record's number.
    pub(crate) row: Prepared,
    /// What it says of who somebody is.
    pub(crate) declared: Option<Declared>,
    /// Another key of the same human.
    pub(crate) alias: Option<String>,
}

/// Why an event was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
    pub(crate) message_id: Option<String>,
}

fn refuse(code: &'static str, reason: impl Into<String>) -> Refusal {
    Refusal { code, reason: reason.into(), message_id: None }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        refuse(rejection.code, rejection.reason)
    }
}

/// Reads one event.
pub(crate) fn read(raw: &str, around: &Around<'_>) -> Result<Message, Refusal> {
    if raw.len() > limits::EVENT {
        return Err(refuse(EVENT_TOO_LARGE, "an event has at most 32 KB; send less with it"));
    }
    let mut event: Map<String, Value> = match serde_json::from_str(raw) {
        Ok(event) => event,
        Err(_) => return Err(refuse("tracking.no_object", "an event is a JSON object, not nested deeper than 128")),
    };
    let message_id = message_id(&event, raw, around)?;
    interpret(&mut event, &message_id, around).map_err(|refusal| Refusal { message_id: Some(message_id), ..refusal })
}

/// The client's message id. Without one, the same text is the same event if it says when it happened.
fn message_id(event: &Map<String, Value>, raw: &str, around: &Around<'_>) -> Result<String, Refusal> {
    match text_of(event, "messageId") {
        Some(id) if id.chars().count() > limits::MESSAGE_ID => {
            Err(refuse("tracking.message_id_too_long", "a messageId has less than 100 letters"))
        }
        Some(id) => Ok(id),
        None if event.contains_key("timestamp") || event.contains_key("originalTimestamp") => {
            let digest = Sha256::digest(raw.as_bytes());
            let hex: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
            Ok(format!("body-{hex}"))
        }
        None => Ok(format!("none-{:032x}", around.spare)),
    }
}

/// Who the event is of, and what else names the same human.
struct Who {
    key: String,
    alias: Option<String>,
}

fn interpret(event: &mut Map<String, Value>, message_id: &str, around: &Around<'_>) -> Result<Message, Refusal> {
    let named = text_of(event, "type").as_deref().and_then(Call::of);
    let call = around
        .call
        .or(named)
        .ok_or_else(|| refuse("tracking.unknown_type", "a type is identify, track, page, screen, group or alias"))?;
    let context = context(event, &around.envelope.context);
    let who = who(event, call)?;
    let (kind, mut props) = content(event, call)?;
    check_origin(&kind)?;
    if props.len() > limits::PROPERTIES {
        return Err(refuse("tracking.too_many_properties", "an event has less than 300 properties or traits"));
    }
    let (at, clamped) = time(event, around);
    let declared = declared(&mut props, &context, call, at);
    let clinic = clinic(&mut props, &context, around.clinics);
    campaign(&kind, &mut props, &context);
    let nobody = is_about_nobody(&kind);
    let stated = currency(&props)?;
    let stripped = !strip_personal(&kind, &mut props).is_empty();
    let checked = check_in(&kind, props, stated.unwrap_or(around.currency))?;
    let flag = |set: bool, bit: i64| if set { bit } else { 0 };
    let row = NewEvent {
        kind,
        record: NOBODY,
        clinic,
        source: around.source,
        message_id: message_id.to_owned(),
        at,
        amount: checked.amount,
        props: checked.props,
        flags: flag(!checked.registered, FLAG_UNREGISTERED)
            | flag(clamped, FLAG_CLAMPED)
            | flag(stripped, FLAG_STRIPPED),
    };
    let alias = who.alias.filter(|_| !nobody);
    Ok(Message { key: who.key, nobody, row: Prepared::new(&row, around.received_at), declared, alias })
}

fn text_of(event: &Map<String, Value>, name: &str) -> Option<String> {
    let text = match event.get(name)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn id_of(event: &Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match text_of(event, name) {
        Some(id) if id.chars().count() > limits::ID => {
            Err(refuse("tracking.id_too_long", format!("`{name}` has at most {} letters", limits::ID)))
        }
        // PostgreSQL has no text with a zero byte in it.
        Some(id) => Ok(Some(id.replace('\0', "\u{fffd}"))),
        None => Ok(None),
    }
}

fn who(event: &Map<String, Value>, call: Call) -> Result<Who, Refusal> {
    let (user, anonymous) = (id_of(event, "userId")?, id_of(event, "anonymousId")?);
    let other = if call == Call::Alias {
        let missing = || refuse("tracking.no_previous_id", "an alias names a previousId and a userId");
        Some(id_of(event, "previousId")?.ok_or_else(missing)?)
    } else {
        anonymous.clone()
    };
    let key = user.or(if call == Call::Alias { None } else { anonymous });
    let key = key.ok_or_else(|| refuse("tracking.no_user_anon_id", "an event needs a userId or an anonymousId"))?;
    let alias = other.filter(|other| *other != key);
    Ok(Who { key, alias })
}

/// What happened, and what is said of it.
fn content(event: &mut Map<String, Value>, call: Call) -> Result<(String, Map<String, Value>), Refusal> {
    let mut object = |name: &str| match event.remove(name) {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let (properties, traits) = (object("properties"), object("traits"));
    let top = |name: &str| text_of(event, name);
    let shortened = |text: String| text.chars().take(limits::NAME).collect::<String>();
    match call {
        Call::Track => {
            let name = top("event").map(shortened).ok_or_else(no_event)?;
            let kind = kind_slug(&name);
            if kind.is_empty() { Err(no_event()) } else { Ok((kind, properties)) }
        }
        Call::Page | Call::Screen => {
            let mut props = properties;
            for name in ["name", "category"] {
                if let Some(text) = top(name) {
                    props.insert(name.to_owned(), Value::from(shortened(text)));
                }
            }
            without_queries(&mut props);
            let kind = if call == Call::Page { "page.viewed" } else { "screen.viewed" };
            Ok((kind.to_owned(), props))
        }
        Call::Group => {
            let group = id_of(event, "groupId")?
                .ok_or_else(|| refuse("tracking.no_group_id", "a group call needs a groupId"))?;
            let mut props = traits;
            if let Some(name) = props.remove("name") {
                props.insert("group_name".to_owned(), name);
            }
            props.insert("group".to_owned(), Value::from(group));
            Ok(("group.joined".to_owned(), props))
        }
        Call::Identify => Ok(("identity.declared".to_owned(), traits)),
        Call::Alias => Ok(("identity.declared".to_owned(), Map::new())),
    }
}

fn no_event() -> Refusal {
    refuse("tracking.no_event", "a track call needs the name of an event")
}

/// A query may carry anything a form held, so addresses end before it.
fn without_queries(props: &mut Map<String, Value>) {
    props.remove("search");
    for name in ["url", "referrer", "path"] {
        if let Some(Value::String(text)) = props.get_mut(name) {
            let end = text.find(['?', '#']).unwrap_or(text.len());
            text.truncate(end);
        }
    }
}

/// The event's context over the call's.
fn context(event: &mut Map<String, Value>, shared: &Map<String, Value>) -> Map<String, Value> {
    let mut context = shared.clone();
    if let Some(Value::Object(own)) = event.remove("context") {
        context.extend(own);
    }
    context
}

fn time(event: &Map<String, Value>, around: &Around<'_>) -> (Timestamp, bool) {
    let given = |name: &str| event.get(name).filter(|value| !value.is_null());
    let claimed = given("originalTimestamp").or_else(|| given("timestamp"));
    let original = claimed.and_then(clock::read);
    let sent = given("sentAt").and_then(clock::read).or(around.envelope.sent_at);
    let (at, clamped) = clock::correct(original, sent, around.received_at);
    (at, clamped || (claimed.is_some() && original.is_none()))
}

/// What an identify call, or ids of other systems in any call, say of who somebody is. Traits leave the event.
fn declared(
    props: &mut Map<String, Value>,
    context: &Map<String, Value>,
    call: Call,
    at: Timestamp,
) -> Option<Declared> {
    let external_ids = external_ids(context);
    let mut traits = Map::new();
    if call == Call::Identify {
        traits = std::mem::take(props);
        if let Some(Value::Object(more)) = context.get("traits") {
            for (name, value) in more {
                traits.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
    }
    if matches!(call, Call::Identify | Call::Alias) {
        let method = if call == Call::Alias { "alias" } else { "identify" };
        props.insert("method".to_owned(), Value::from(method));
    }
    let says = !traits.is_empty() || !external_ids.is_empty();
    says.then_some(Declared { at, traits, external_ids })
}

fn external_ids(context: &Map<String, Value>) -> Vec<(String, String)> {
    let Some(Value::Array(ids)) = context.get("externalIds") else { return Vec::new() };
    let read = |id: &Value| {
        let fields = id.as_object()?;
        let of_users = text_of(fields, "collection").is_none_or(|collection| collection == "users");
        let (kind, value) = (text_of(fields, "type")?, text_of(fields, "id")?);
        let plain = kind.chars().count() <= 60 && value.chars().count() <= limits::ID;
        (of_users && plain).then(|| (kind, value.replace('\0', "\u{fffd}")))
    };
    ids.iter().take(limits::EXTERNAL_IDS).filter_map(read).collect()
}

/// The clinic that the event, or the page it comes from, names by id, code or name. An unknown one stays a property.
/// The currency that the properties name, as shops write it beside their amounts.
fn currency(props: &Map<String, Value>) -> Result<Option<Currency>, Refusal> {
    let Some(code) = text_of(props, "currency") else { return Ok(None) };
    let unknown = || refuse("events.ill_typed", "`currency` is a code of ISO 4217 such as CNY");
    code.to_uppercase().parse().map(Some).map_err(|_| unknown())
}

fn clinic(props: &mut Map<String, Value>, context: &Map<String, Value>, clinics: &HashMap<String, i64>) -> Option<i64> {
    let own = text_of(props, "clinic").and_then(|name| clinics.get(&name).copied());
    if own.is_some() {
        props.remove("clinic");
        return own;
    }
    text_of(context, "clinic").and_then(|name| clinics.get(&name).copied())
}

/// The campaign that brought the visitor, where the kind has a place for it.
fn campaign(kind: &str, props: &mut Map<String, Value>, context: &Map<String, Value>) {
    let has_place = catalogue().find(kind).is_some_and(|kind| kind.fields.contains_key("campaign"));
    if has_place && !props.contains_key("campaign") {
        let name = context.get("campaign").and_then(Value::as_object).and_then(|campaign| text_of(campaign, "name"));
        if let Some(name) = name {
            props.insert("campaign".to_owned(), Value::from(name));
        }
    }
}
