//! From bytes to raw events. A body is read by what it is, not by what its headers say: clients send JSON as text/plain
//! (browsers, to avoid a preflight) and gzip under the content type of a form.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{clock, limits};

/// Why a whole call cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// More bytes than a call may have.
    TooLarge,
    /// Not gzip, not UTF-8, or not a JSON object of the wanted shape.
    Malformed,
}

/// What the events of a call share.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Envelope {
    /// Merged under each event's own context.
    pub(crate) context: Map<String, Value>,
    /// When the client sent the call, by its clock.
    pub(crate) sent_at: Option<Timestamp>,
    /// A write key in the body.
    pub(crate) write_key: Option<String>,
}

/// The text of a body, unpacked if it is gzip, never longer than [`limits::BODY`].
pub(crate) fn unpack(bytes: &[u8]) -> Result<String, BodyError> {
    let plain = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        let mut reader = MultiGzDecoder::new(bytes).take(limits::BODY as u64 + 1);
        reader.read_to_end(&mut plain).map_err(|_| BodyError::Malformed)?;
        plain
    } else {
        bytes.to_vec()
    };
    if plain.len() > limits::BODY {
        return Err(BodyError::TooLarge);
    }
    let text = String::from_utf8(plain).map_err(|_| BodyError::Malformed)?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow, default)]
    batch: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    context: Option<Value>,
    #[serde(default)]
    sent_at: Option<Value>,
    #[serde(default)]
    write_key: Option<Value>,
}

/// What the events share, and each event's JSON text; a call without a `batch` is one event.
pub(crate) fn parse(text: &str, is_batch: bool) -> Result<(Envelope, Vec<&str>), BodyError> {
    let wire: Wire<'_> = serde_json::from_str(text).map_err(|_| BodyError::Malformed)?;
    let envelope = Envelope {
        context: match wire.context {
            Some(Value::Object(context)) if is_batch => context,
            _ => Map::new(),
        },
        sent_at: wire.sent_at.as_ref().and_then(clock::read),
        write_key: wire.write_key.and_then(|key| key.as_str().map(str::to_owned)),
    };
    if !is_batch {
        return Ok((envelope, vec![text]));
    }
    let batch = wire.batch.ok_or(BodyError::Malformed)?;
    Ok((envelope, batch.into_iter().map(RawValue::get).collect()))
}
