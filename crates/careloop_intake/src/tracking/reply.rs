//! What a client hears.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

/// The answers of the tracking API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    /// Durable. A strict source hears the plain `OK` of RudderStack.
    Done {
        /// Whether the source is strict.
        strict: bool,
    },
    /// The call will never work as it is.
    Refused(StatusCode, &'static str, String),
    /// No room now.
    Busy,
    /// It could not be stored now.
    Failed,
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let problem =
            |code: &str, message: &str| axum::Json(json!({ "success": false, "code": code, "message": message }));
        match self {
            Self::Done { strict: false } => axum::Json(json!({ "success": true })).into_response(),
            Self::Done { strict: true } => "OK".into_response(),
            Self::Refused(status, code, message) => (status, problem(code, &message)).into_response(),
            Self::Busy => {
                let body = problem("tracking.busy", "too much is waiting to be stored; send it again in a second");
                later(StatusCode::TOO_MANY_REQUESTS, body.into_response())
            }
            Self::Failed => {
                let body = problem("tracking.unavailable", "this could not be stored; send it again");
                later(StatusCode::SERVICE_UNAVAILABLE, body.into_response())
            }
        }
    }
}

fn later(status: StatusCode, mut response: Response) -> Response {
    *response.status_mut() = status;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response.headers_mut().insert("x-ratelimit-reset", HeaderValue::from_static("1"));
    response
}

/// Any page may send: a write key can do nothing but add events.
pub(crate) fn open_to_browsers(headers: &mut HeaderMap) {
    let rules = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Authorization, Content-Type, Content-Encoding, X-Write-Key, X-Retry-Count, AnonymousId",
        ),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "Retry-After, X-RateLimit-Reset"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
        // A page of another origin reads the settings too.
        (header::HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    for (name, value) in rules {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
