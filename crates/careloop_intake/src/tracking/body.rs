//! From bytes to raw events. A body is read by what it is, not by what its headers say: clients send JSON as text/plain
//! (browsers, to avoid a preflight) and gzip under the content type of a form.

use std::io::Read;

use axum::body::Body;
use flate2::read::MultiGzDecoder;
use futures::StreamExt;
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

/// The bytes of a call.
#[derive(Debug)]
pub(crate) enum Received {
    /// All of them.
    Whole(Vec<u8>),
    /// More than [`limits::WIRE`], or they broke off.
    TooLarge {
        /// How it begins and ends.
        ends: Vec<u8>,
    },
}

/// How much of each end of a body that is too large is looked at; clients write their key first or last.
const END: usize = 4 << 10;

/// Takes a body in. One that is too large is read on as far as [`limits::READ_ON`], since its end may tell whose it is.
pub(crate) async fn receive(body: Body) -> Received {
    let mut stream = body.into_data_stream();
    let (mut bytes, mut tail, mut size) = (Vec::new(), Vec::new(), 0_usize);
    loop {
        let piece = match stream.next().await {
            None if size <= limits::WIRE => return Received::Whole(bytes),
            Some(Ok(piece)) if size <= limits::READ_ON => piece,
            None | Some(_) => break,
        };
        size += piece.len();
        let (kept, beyond) = piece.split_at(piece.len().min(limits::WIRE - bytes.len()));
        bytes.extend_from_slice(kept);
        tail.extend_from_slice(beyond);
        tail.drain(..tail.len().saturating_sub(END));
    }
    bytes.truncate(END);
    bytes.extend_from_slice(&tail);
    Received::TooLarge { ends: bytes }
}

/// The plain bytes of a body: if it is gzip they are unpacked, but never more than one beyond [`limits::BODY`]. What cannot
/// be unpacked is given back.
pub(crate) fn unpack(bytes: Vec<u8>) -> Result<Vec<u8>, (Vec<u8>, BodyError)> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    let mut reader = MultiGzDecoder::new(&bytes[..]).take(limits::BODY as u64 + 1);
    match reader.read_to_end(&mut plain) {
        Ok(_) => Ok(plain),
        Err(_) => Err((bytes, BodyError::Malformed)),
    }
}

/// The text of an unpacked body.
pub(crate) fn text(plain: &[u8]) -> Result<&str, BodyError> {
    if plain.len() > limits::BODY {
        return Err(BodyError::TooLarge);
    }
    let text = std::str::from_utf8(plain).map_err(|_| BodyError::Malformed)?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The write key in a body that cannot be read as JSON: the first plain text after its name.
pub(crate) fn find_write_key(bytes: &[u8]) -> Option<String> {
    const NAME: &[u8] = b"\"writeKey\"";
    let start = bytes.windows(NAME.len()).position(|window| window == NAME)? + NAME.len();
    let rest = bytes[start..].trim_ascii_start().strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    std::str::from_utf8(&rest[..end]).ok().map(str::to_owned)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_in_what_is_no_json() {
        for (body, key) in [
            (r#"{"writeKey" : "k1", "batch": ["#, Some("k1")),
            (r#"…"a"}],"sentAt":"x","writeKey":"k2"}"#, Some("k2")),
            (r#"{"writeKey": null}"#, None),
            (r#"{"writeKey":"cut o"#, None),
            ("", None),
        ] {
            assert_eq!(find_write_key(body.as_bytes()).as_deref(), key, "{body}");
        }
    }

    #[tokio::test]
    async fn of_a_body_that_is_too_large_both_ends_are_seen() {
        let large = format!("first{}last", " ".repeat(2 * limits::WIRE));
        let Received::TooLarge { ends } = receive(Body::from(large)).await else { panic!("it is too large") };
        assert!(ends.len() <= 2 * END && ends.starts_with(b"first") && ends.ends_with(b"last"), "{}", ends.len());
        let Received::Whole(whole) = receive(Body::from(vec![b' '; limits::WIRE])).await else { panic!("it fits") };
        assert_eq!(whole.len(), limits::WIRE);
    }
}
