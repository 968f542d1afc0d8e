//! Whose call it is: the write key, in any of the places clients put it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use careloop_db::Db;
use careloop_kernel::Result;
use http::{HeaderMap, Uri, header};

use crate::model::{Source, hash_of};
use crate::sources::by_key_hash;

/// How long a source that was found is believed, in microseconds. Keys that were not found are looked up each time, so
/// a key made by another process works at once.
const BELIEVED_US: i64 = 1_000_000;
/// How many keys are remembered.
const REMEMBERED: usize = 1_000;

/// The keys of a call, most explicit first: Basic user, query, `X-Write-Key`, body, Bearer.
pub(crate) fn candidates(headers: &HeaderMap, uri: &Uri, in_body: Option<&str>) -> Vec<String> {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (scheme, rest) = authorization.split_once(' ').unwrap_or((authorization, ""));
    let basic = scheme.eq_ignore_ascii_case("basic").then(|| user_of(rest.trim()));
    let bearer = scheme.eq_ignore_ascii_case("bearer").then(|| rest.trim().to_owned());
    // Jitsu's keys are `key:secret`; ours have no secret half.
    let before_colon = |key: &str| key.split_once(':').map_or(key, |(key, _)| key).to_owned();
    let in_header = headers.get("x-write-key").and_then(|value| value.to_str().ok()).map(before_colon);
    let found = [basic, in_query(uri), in_header, in_body.map(str::to_owned), bearer];
    found.into_iter().flatten().filter(|key| !key.is_empty() && key.len() <= 200).collect()
}

/// The user of a Basic header. The colon may be missing, and some clients do not encode at all.
fn user_of(encoded: &str) -> String {
    let unpadded = encoded.trim_end_matches('=');
    let decoded = STANDARD.decode(encoded).or_else(|_| STANDARD_NO_PAD.decode(unpadded)).ok();
    let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.unwrap_or_else(|| encoded.to_owned());
    let user = text.split_once(':').map_or(text.as_str(), |(user, _)| user);
    let plain = !user.is_empty() && user.chars().all(|letter| letter.is_ascii_graphic());
    if plain { user.to_owned() } else { encoded.trim_end_matches(':').to_owned() }
}

fn in_query(uri: &Uri) -> Option<String> {
    let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(name, _)| *name == "writeKey").map(|(_, key)| key.to_owned())
}

/// Sources by the hash of their key, believed for a second.
#[derive(Default)]
pub(crate) struct Keys(Mutex<HashMap<[u8; 32], (Source, i64)>>);

impl Keys {
    /// The source of the first key that has one.
    pub(crate) async fn find(&self, db: &Db, now: i64, keys: &[String]) -> Result<Option<Source>> {
        for key in keys {
            let hash = hash_of(key);
            if let Some(source) = self.remembered(hash, now) {
                return Ok(Some(source));
            }
            if let Some(source) = by_key_hash(db.read(), hash).await? {
                self.remember(hash, &source, now);
                return Ok(Some(source));
            }
        }
        Ok(None)
    }

    fn remembered(&self, hash: [u8; 32], now: i64) -> Option<Source> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&hash).filter(|(_, until)| now < *until).map(|(source, _)| source.clone())
    }

    fn remember(&self, hash: [u8; 32], source: &Source, now: i64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(hash, (source.clone(), now + BELIEVED_US));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(authorization: &str, uri: &str, in_body: Option<&str>) -> Vec<String> {
        let mut headers = HeaderMap::new();
        if !authorization.is_empty() {
            headers.insert(header::AUTHORIZATION, authorization.parse().unwrap());
        }
        candidates(&headers, &uri.parse().unwrap(), in_body)
    }

    #[test]
    fn a_key_is_found_wherever_clients_put_it() {
        let encoded = |text: &str| format!("Basic {}", STANDARD.encode(text));
        assert_eq!(keys(&encoded("abc123:"), "/v1/t", None), ["abc123"]);
        assert_eq!(keys(&encoded("abc123"), "/v1/t", None), ["abc123"]);
        assert_eq!(keys(&encoded("abc123:").replace('=', ""), "/v1/t", None), ["abc123"]);
        assert_eq!(keys("Basic not-base64-at-all!", "/v1/t", None), ["not-base64-at-all!"]);
        assert_eq!(keys("", "/v1/t?writeKey=q1&x=2", Some("b1")), ["q1", "b1"]);
        assert_eq!(keys("Bearer token", "/v1/t", Some("b1")), ["b1", "token"]);
        assert!(keys("", "/v1/t", None).is_empty());
        assert!(keys(&encoded(":secret"), "/v1/t", None).iter().all(|key| !key.is_empty()));
    }
}
