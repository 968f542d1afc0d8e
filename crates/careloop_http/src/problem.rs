//! Failures on the wire: `application/problem+json` (RFC 9457) with our stable `code`.

use std::any::Any;
use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use careloop_kernel::{Error, ErrorKind};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder, response};
use utoipa::{IntoResponses, ToSchema};

use crate::request_id;

/// The result of a handler.
pub type ApiResult<T> = Result<T, ApiError>;

/// A kernel error on its way to a client.
#[derive(Debug)]
pub struct ApiError(pub Error);

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// A wrong field of the request.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemField {
    /// The field's JSON name.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

/// What a client sees of a failure.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`; switch on `code`.
    pub r#type: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A stable dotted code, such as `people.already_merged`.
    pub code: String,
    /// A sentence for people, with the next step.
    pub detail: String,
    /// The fields that are wrong, if any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<ProblemField>,
    /// Names this request in the log.
    pub request_id: String,
}

fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Invalid => StatusCode::BAD_REQUEST,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Self(error) = self;
        render(status_of(error.kind()), &error)
    }
}

/// The answer at an address where there is nothing.
pub async fn not_found() -> Response {
    ApiError(Error::not_found("request.path", "there is nothing at this address")).into_response()
}

/// The answer to a method that an address does not know.
pub async fn method_not_allowed() -> Response {
    let error = Error::invalid("request.method", "this address does not answer that method; see GET /api/openapi.json");
    render(StatusCode::METHOD_NOT_ALLOWED, &error)
}

/// The answer when a handler panicked; what it said goes to the log.
pub fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => {
            panic.downcast::<&str>().map_or_else(|_| "a panic without words".to_owned(), |text| text.to_string())
        }
    };
    ApiError(Error::internal(text)).into_response()
}

fn render(status: StatusCode, error: &Error) -> Response {
    let request_id = request_id::current();
    log(error, &request_id);
    let problem = Problem {
        r#type: "about:blank".to_owned(),
        title: status.canonical_reason().unwrap_or_default().to_owned(),
        status: status.as_u16(),
        code: error.code().to_owned(),
        detail: error.message().to_owned(),
        fields: error
            .fields()
            .iter()
            .map(|field| ProblemField { field: field.field.clone(), message: field.message.clone() })
            .collect(),
        request_id,
    };
    let mut response = (status, axum::Json(problem)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

/// The one place that logs a failed request: defects as errors, the rest quietly.
fn log(error: &Error, request_id: &str) {
    let cause = error.causes();
    if error.kind() == ErrorKind::Internal {
        tracing::error!(code = error.code(), request.id = request_id, cause, "request failed");
    } else {
        tracing::debug!(code = error.code(), request.id = request_id, cause, "request refused");
    }
}

/// The failures any operation may answer with, for its OpenAPI entry: `responses((status = 200, …), Problems)`.
#[derive(Debug, ToSchema)]
pub struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<response::Response>> {
        [
            ("400", "the input is wrong"),
            ("401", "nobody is logged in"),
            ("403", "the role does not grant it"),
            ("404", "absent or out of scope"),
            ("409", "contradicts what is stored"),
        ]
        .into_iter()
        .map(|(status, text)| {
            let content = Content::new(Some(Ref::from_schema_name("Problem")));
            let response =
                ResponseBuilder::new().description(text).content("application/problem+json", content).build();
            (status.to_owned(), RefOr::T(response))
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_problem_that_keeps_its_words_for_the_log() {
        for panic in [Box::new("secret") as Box<dyn Any + Send>, Box::new("secret".to_owned()), Box::new(7)] {
            let response = panicked(panic);
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        }
    }
}
