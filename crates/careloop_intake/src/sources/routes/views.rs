//! Sources and refused events on the wire.

use careloop_http::time_view;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::sources::service::{Created, EventReject, SourceUse};

/// A source.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `file`, `http` or `internal`.
    pub kind: String,
    /// Whether a tracking client hears of every mistake.
    pub strict: bool,
    /// Whether it may not send.
    pub disabled: bool,
    /// Records it has.
    pub record_count: i64,
    /// Events it has sent.
    pub event_count: i64,
    /// When it last sent something.
    pub last_seen_at: Option<String>,
    /// When it was registered.
    pub created_at: String,
}

impl From<SourceUse> for SourceView {
    fn from(usage: SourceUse) -> Self {
        let source = usage.source;
        Self {
            id: source.id.to_string(),
            name: source.name,
            kind: source.kind.as_str().to_owned(),
            strict: source.strict,
            disabled: source.disabled_at.is_some(),
            record_count: usage.record_count,
            event_count: usage.event_count,
            last_seen_at: source.last_seen_at.map(time_view),
            created_at: time_view(source.created_at),
        }
    }
}

/// A new source and its key.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedSourceView {
    /// The source.
    pub source: SourceView,
    /// The write key of an http source; it is shown this once.
    pub write_key: Option<String>,
}

impl From<Created> for CreatedSourceView {
    fn from(created: Created) -> Self {
        Self {
            source: SourceView::from(SourceUse { source: created.source, record_count: 0, event_count: 0 }),
            write_key: created.write_key.map(|key| key.reveal().to_owned()),
        }
    }
}

/// A write key.
#[derive(Debug, Serialize, ToSchema)]
pub struct WriteKeyView {
    /// The key; it is shown this once.
    pub write_key: String,
}

/// A source to be registered.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewSourceBody {
    /// 1 to 60 letters, no colon, unique.
    pub name: String,
    /// `file` or `http`.
    pub kind: String,
    /// Whether a tracking client hears of every mistake.
    #[serde(default)]
    pub strict: bool,
}

/// What is to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SourceChangeBody {
    /// A new name.
    pub name: Option<String>,
    /// Whether a tracking client hears of every mistake.
    pub strict: Option<bool>,
    /// Whether it may not send.
    pub disabled: Option<bool>,
}

/// Which refused events.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RejectQuery {
    /// Only of this source.
    pub source_id: Option<String>,
    /// How many items, 1 to 200; 50 if absent.
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A refused event.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventRejectView {
    /// Its id.
    pub id: String,
    /// Its source.
    pub source_id: String,
    /// The source's name.
    pub source_name: String,
    /// When it came.
    pub received_at: String,
    /// Why, for programs.
    pub code: String,
    /// Why, for people.
    pub reason: String,
    /// The sender's name for it.
    pub message_id: Option<String>,
    /// What came, personal data masked.
    #[schema(value_type = Object)]
    pub body: Value,
}

impl From<EventReject> for EventRejectView {
    fn from(reject: EventReject) -> Self {
        Self {
            id: reject.id.to_string(),
            source_id: reject.source_id,
            source_name: reject.source_name,
            received_at: time_view(reject.received_at),
            code: reject.code,
            reason: reject.reason,
            message_id: reject.message_id,
            body: reject.body,
        }
    }
}
