//! The tracking API over HTTP.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use careloop_http::App;
use careloop_kernel::ids::{Id, RejectId};
use careloop_kernel::{Ctx, Currency, Result, Seal};
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::body::{self, BodyError, Received};
use super::message::{self, Around, Call, EVENT_TOO_LARGE, Message, Refusal};
use super::reply::{Reply, open_to_browsers};
use super::writer::{Batch, NotStored};
use super::{Tracking, key, limits, store};
use crate::model::Source;
use crate::sources::NewReject;

/// What the body of a refused event is sealed as.
const REJECT_CONTEXT: &str = "event_reject";
/// So much of a refused body is kept.
const KEPT: usize = limits::EVENT;

/// The routes under `/v1`, and the one of the Jitsu browser library.
pub fn router(tracking: &Tracking) -> axum::Router<App> {
    let calls = || post(receive).options(preflight);
    let of_project = || get(settings).options(preflight);
    // Some clients end their paths with a slash, and a redirect would lose them the body.
    axum::Router::new()
        .route("/v1/{call}", calls())
        .route("/v1/{call}/", calls())
        .route("/api/s/{call}", calls())
        .route("/api/s/{call}/", calls())
        .route("/v1/projects/{write_key}/settings", of_project())
        .route("/v1/projects/{write_key}/settings/", of_project())
        .layer(from_fn(for_browsers))
        .with_state(tracking.clone())
}

async fn for_browsers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    open_to_browsers(response.headers_mut());
    response
}

async fn preflight() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// What a browser library asks for before it sends anything.
async fn settings(State(tracking): State<Tracking>, Path(write_key): Path<String>, headers: HeaderMap) -> Response {
    let inner = &tracking.0;
    let key = write_key.clone();
    match inner.keys.find(&inner.app.db, inner.ctx.now_us(), &[key]).await {
        Ok(Some(_)) => Json(settings_of(&write_key, &headers)).into_response(),
        Ok(None) => unknown_key().into_response(),
        Err(_) => Reply::Failed.into_response(),
    }
}

fn settings_of(write_key: &str, headers: &HeaderMap) -> Value {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text("x-forwarded-host").or_else(|| text("host")).unwrap_or_default();
    let protocol = if text("x-forwarded-proto") == Some("https") { "https" } else { "http" };
    json!({
        "integrations": { "Segment.io": {
            "apiKey": write_key, "apiHost": format!("{host}/v1"), "protocol": protocol,
            "unbundledIntegrations": [], "addBundledMetadata": false, "versionSettings": { "version": "4.4.7" },
        } },
        "plan": { "track": { "__default": { "enabled": true, "integrations": {} } } },
        "edgeFunction": {}, "analyticsNextEnabled": true, "middlewareSettings": {}, "enabledMiddleware": {},
        "metrics": { "sampleRate": 0 }, "legacyVideoPluginsEnabled": false, "remotePlugins": [],
    })
}

fn unknown_key() -> Reply {
    let message = "no source has this write key; look at the list of sources".to_owned();
    Reply::Refused(StatusCode::UNAUTHORIZED, "tracking.unknown_key", message)
}

/// One call: `identify`, `track`, … or `batch`, by its name or first letter.
async fn receive(State(tracking): State<Tracking>, Path(call): Path<String>, request: Request) -> Response {
    let is_batch = matches!(call.as_str(), "batch" | "b" | "import");
    let one = Call::of(&call);
    if call == "m" {
        // The browser library's own metrics: taken and forgotten.
        return Reply::Done { strict: false }.into_response();
    }
    if !is_batch && one.is_none() {
        let message = "there is no such call; use identify, track, page, screen, group, alias or batch".to_owned();
        return Reply::Refused(StatusCode::NOT_FOUND, "tracking.no_such_call", message).into_response();
    }
    let (parts, content) = request.into_parts();
    let reply = match body::receive(content).await {
        Received::Whole(bytes) => tracking.take(&parts, bytes, one).await,
        Received::TooLarge { ends } => tracking.take_oversized(&parts, &ends).await,
    };
    reply.into_response()
}

impl Tracking {
    /// Reads, stores and answers one call; `call` is none for a batch.
    async fn take(&self, parts: &Parts, bytes: Vec<u8>, call: Option<Call>) -> Reply {
        let plain = match body::unpack(bytes) {
            Ok(plain) => plain,
            Err((bytes, error)) => return self.unreadable(parts, (&bytes[..], &bytes[..]), error).await,
        };
        let text = match body::text(&plain) {
            Ok(text) => text,
            Err(error) => return self.unreadable(parts, (&plain[..], &plain[..]), error).await,
        };
        let Ok((envelope, events)) = body::parse(text, call.is_none()) else {
            return self.unreadable(parts, (&plain[..], &plain[..]), BodyError::Malformed).await;
        };
        let keys = key::candidates(&parts.headers, &parts.uri, envelope.write_key.as_deref());
        let source = match self.source(&keys).await {
            Ok(source) => source,
            Err(reply) => return reply,
        };
        let (clinics, currency) = match self.chain().await {
            Ok(chain) => chain,
            Err(_) => return Reply::Failed,
        };
        let ctx = &self.0.ctx;
        let received_at = ctx.now();
        let spare = u128::from_be_bytes(ctx.random());
        let (mut messages, mut refused) = (Vec::with_capacity(events.len()), Vec::new());
        for (index, raw) in events.into_iter().enumerate() {
            let spare = spare.wrapping_add(index as u128);
            let around = Around {
                source: source.ord,
                received_at,
                envelope: &envelope,
                call,
                clinics: &clinics,
                currency,
                spare,
            };
            match admit(&source, index).and_then(|()| message::read(raw, &around)) {
                Ok(message) => messages.push(message),
                Err(refusal) => refused.push((raw.to_owned(), refusal)),
            }
        }
        // A single call that is too large is a mistake of its whole request, which even a lenient source tells of.
        let too_large = refused.first().filter(|(_, refusal)| call.is_some() && refusal.code == EVENT_TOO_LARGE);
        let told = too_large.map(|(_, refusal)| refusal.reason.clone());
        match (self.keep(&source, messages, refused).await, told) {
            (Reply::Done { .. }, Some(reason)) => Reply::Refused(StatusCode::BAD_REQUEST, EVENT_TOO_LARGE, reason),
            (reply, _) => reply,
        }
    }

    /// Stores what may be stored and what was refused, and tells the client as much as the source wants.
    async fn keep(&self, source: &Source, mut messages: Vec<Message>, refused: Vec<(String, Refusal)>) -> Reply {
        let first = refused.first().map(|(_, refusal)| refusal.clone());
        if source.strict && first.is_some() {
            // All or nothing: the client hears of the mistake and sends the corrected batch.
            messages.clear();
        }
        let received_at = self.0.ctx.now_us();
        let rejects =
            refused.into_iter().map(|(raw, refusal)| reject(&self.0.ctx, source.ord, received_at, &raw, refusal));
        let rejects = match rejects.collect::<Result<Vec<_>>>() {
            Ok(rejects) => rejects,
            Err(_) => return Reply::Failed,
        };
        match self.0.queue.store(Batch { source: source.ord, messages, rejects }).await {
            Err(NotStored::Full) => Reply::Busy,
            Err(NotStored::Failed) => Reply::Failed,
            Ok(()) => match first {
                Some(refusal) if source.strict => {
                    Reply::Refused(strict_status(refusal.code), refusal.code, refusal.reason)
                }
                Some(_) | None => Reply::Done { strict: source.strict },
            },
        }
    }

    async fn source(&self, keys: &[String]) -> std::result::Result<Source, Reply> {
        match self.0.keys.find(&self.0.app.db, self.0.ctx.now_us(), keys).await {
            Ok(source) => source.ok_or_else(unknown_key),
            Err(_) => Err(Reply::Failed),
        }
    }

    /// The clinics an event may name, and the currency of amounts that name none.
    async fn chain(&self) -> Result<(HashMap<String, i64>, Currency)> {
        let conn = self.0.app.db.read();
        Ok((store::clinics(conn).await?, careloop_access::settings::load(conn).await?.currency))
    }

    /// A body that is no JSON, or too large: refused as a whole, and its beginning kept if we know from whom it is. Of the
    /// two texts the first is kept, and the second may name the write key.
    async fn unreadable(&self, parts: &Parts, (bytes, named): (&[u8], &[u8]), error: BodyError) -> Reply {
        let refusal = match error {
            BodyError::TooLarge => ("tracking.body_too_large", "a call has at most 500 KB"),
            BodyError::Malformed => ("tracking.malformed", "the body is not the JSON of a call"),
        };
        let in_body = body::find_write_key(named);
        let keys = key::candidates(&parts.headers, &parts.uri, in_body.as_deref());
        let strict = match self.source(&keys).await {
            Ok(source) => {
                let kept = String::from_utf8_lossy(&bytes[..bytes.len().min(KEPT)]).into_owned();
                let refusal = Refusal { code: refusal.0, reason: refusal.1.to_owned(), message_id: None };
                match self.keep(&source, Vec::new(), vec![(kept, refusal)]).await {
                    reply @ (Reply::Busy | Reply::Failed) => return reply,
                    Reply::Done { .. } | Reply::Refused(..) => source.strict,
                }
            }
            // A key may be inside the part of the body that cannot be read, so this is no question of keys.
            Err(Reply::Failed) => return Reply::Failed,
            Err(_) => false,
        };
        let too_large = strict && error == BodyError::TooLarge;
        let status = if too_large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST };
        Reply::Refused(status, refusal.0, refusal.1.to_owned())
    }

    async fn take_oversized(&self, parts: &Parts, ends: &[u8]) -> Reply {
        let declared =
            parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).unwrap_or("unknown");
        let kept = format!("(a body of {declared} bytes)");
        self.unreadable(parts, (kept.as_bytes(), ends), BodyError::TooLarge).await
    }
}

/// What refuses an event before it is looked at.
fn admit(source: &Source, index: usize) -> std::result::Result<(), Refusal> {
    let refuse = |code, reason: &str| Err(Refusal { code, reason: reason.to_owned(), message_id: None });
    if source.disabled_at.is_some() {
        return refuse("tracking.source_disabled", "this source is disabled; enable it on the page of sources");
    }
    if index >= limits::BATCH {
        return refuse("tracking.batch_too_long", "a batch has at most 2,500 events");
    }
    Ok(())
}

fn strict_status(code: &str) -> StatusCode {
    match code {
        "tracking.source_disabled" => StatusCode::NOT_FOUND,
        EVENT_TOO_LARGE | "tracking.body_too_large" | "tracking.batch_too_long" => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// The row that keeps a refused event. Its id follows from source and text: sent again, it is the same row.
fn reject(ctx: &Ctx, source: i64, received_at: i64, raw: &str, refusal: Refusal) -> Result<NewReject> {
    let end = (0..=KEPT.min(raw.len())).rev().find(|end| raw.is_char_boundary(*end)).unwrap_or(0);
    let mut hash = Sha256::new();
    hash.update(source.to_be_bytes());
    hash.update(raw.as_bytes());
    let mut bits = [0; 16];
    bits.copy_from_slice(&hash.finalize()[..16]);
    let salt: [u8; 16] = ctx.random();
    let sealed = ctx.vault().seal(Seal(salt), ctx.random(), REJECT_CONTEXT, &raw.as_bytes()[..end])?;
    let message_id = refusal.message_id.map(|id| id.replace('\0', "\u{fffd}"));
    let Refusal { code, reason, .. } = refusal;
    let id = RejectId::from_bits(u128::from_be_bytes(bits));
    Ok(NewReject { id, source, received_at, code, reason, message_id, salt, sealed })
}
