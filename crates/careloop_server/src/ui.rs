//! The web UI inside the binary.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, Uri, header};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Files;

/// What a binary answers that was compiled before the UI was built.
const NOT_BUILT: &str =
    "The web UI is not part of this binary. Run `npm ci && npm run build` in web/ and build again.\n";

/// Serves a file of the UI; any other path is the UI's own and gets its first page.
pub(crate) async fn serve(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || path.starts_with("v1/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let (name, file) = match Files::get(path).filter(|_| !path.is_empty()) {
        Some(file) => (path, file),
        None => match Files::get("index.html") {
            Some(file) => ("index.html", file),
            None => return NOT_BUILT.into_response(),
        },
    };
    // Names under assets/ hold a hash of their content, so they never change.
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mime =
        HeaderValue::from_str(file.metadata.mimetype()).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut response = Response::new(Body::from(file.data));
    response.headers_mut().insert(header::CONTENT_TYPE, mime);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}
