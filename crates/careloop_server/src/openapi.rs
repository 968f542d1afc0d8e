//! The description of the API, for the typed web client and for anybody else.

use std::sync::Arc;

use axum::Json;
use careloop_http::Problem;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Careloop",
        description = "The product's API. Log in with `POST /api/session`; send the session cookie, and its `csrf` as `X-CSRF-Token` with anything but GET. Failures are `application/problem+json` with a stable `code`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(Problem))
)]
struct Header;

/// Title, licence and shared schemas; features add their operations.
pub(crate) fn header() -> OpenApi {
    Header::openapi()
}

/// `GET /api/openapi.json`.
pub(crate) async fn serve(document: Arc<OpenApi>) -> Json<OpenApi> {
    Json((*document).clone())
}

/// The document as pretty JSON, the way `docs/api/openapi.json` stores it.
pub fn openapi_json() -> String {
    let (_, document) = crate::api().split_for_parts();
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
