//! Events on the wire.

use careloop_http::MoneyView;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::{EventEntry, Kind};

/// An event.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventView {
    /// Where it stands in the log.
    pub seq: i64,
    /// Its public id.
    pub event_id: String,
    /// The sender's name for it.
    pub message_id: String,
    /// What happened.
    pub kind: String,
    /// The same in Chinese.
    pub kind_zh: String,
    /// The same in English.
    pub kind_en: String,
    /// When it happened.
    pub at: String,
    /// When Careloop heard of it.
    pub received_at: String,
    /// To which record; empty if it is about no customer.
    pub record_id: String,
    /// At which clinic.
    pub clinic_name: Option<String>,
    /// Who says so.
    pub source_name: String,
    /// The amount it is about.
    pub amount: Option<MoneyView>,
    /// Everything else.
    #[schema(value_type = Object)]
    pub props: Map<String, Value>,
    /// Bit 0 unregistered kind, bit 1 impossible time was moved, bit 2 personal fields were taken out.
    pub flags: i64,
    /// Whether any flag is set.
    pub flagged: bool,
}

impl From<EventEntry> for EventView {
    fn from(entry: EventEntry) -> Self {
        let (kind_zh, kind_en) = (entry.kind_zh().to_owned(), entry.kind_en().to_owned());
        let event = entry.event;
        Self {
            seq: event.seq,
            event_id: event.event_id.to_string(),
            message_id: event.message_id,
            kind: event.kind,
            kind_zh,
            kind_en,
            at: event.at.to_string(),
            received_at: event.received_at.to_string(),
            record_id: entry.record_id,
            clinic_name: entry.clinic_name,
            source_name: entry.source_name,
            amount: event.amount.map(MoneyView::from),
            props: event.props.map(),
            flags: event.flags,
            flagged: event.flags != 0,
        }
    }
}

/// What to look for in the log.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// Only this kind.
    pub kind: Option<String>,
    /// Only from this source.
    pub source_id: Option<String>,
    /// How many items, 1 to 200; 50 if absent.
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A registered kind of event.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventKindView {
    /// `object.verb`.
    pub id: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// The group it is shown in.
    pub area: String,
    /// Its registered fields.
    pub fields: Vec<EventKindFieldView>,
}

/// A registered field.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventKindFieldView {
    /// Its name.
    pub name: String,
    /// money, integer, decimal, text, boolean, date or timestamp.
    pub r#type: String,
    /// Whether an event without it is refused.
    pub required: bool,
    /// The values it may take; empty if any will do.
    pub values: Vec<String>,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
}

impl From<&Kind> for EventKindView {
    fn from(kind: &Kind) -> Self {
        let fields = kind.fields.iter().map(|(name, field)| EventKindFieldView {
            name: name.clone(),
            r#type: field.r#type.as_str().to_owned(),
            required: field.required,
            values: field.values.clone(),
            name_zh: field.zh.clone(),
            name_en: field.en.clone(),
        });
        Self {
            id: kind.id.clone(),
            name_zh: kind.zh.clone(),
            name_en: kind.en.clone(),
            area: kind.area.clone(),
            fields: fields.collect(),
        }
    }
}
