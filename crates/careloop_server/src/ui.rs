//! The web UI inside the binary.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use careloop_http::{method_not_allowed, not_found};
use http::{HeaderValue, Method, Uri, header};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Files;

/// What a binary answers that was compiled before the UI was built.
const NOT_BUILT: &str =
    "The web UI is not part of this binary. Run `npm ci && npm run build` in web/ and build again.\n";

/// Serves a file of the UI to whoever reads; any other path is the UI's own and gets its first page.
pub(crate) async fn serve(method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if is_api(path) {
        return not_found().await;
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        let mut response = method_not_allowed().await;
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD"));
        return response;
    }
    let (name, file) = match Files::get(path).filter(|_| !path.is_empty()) {
        Some(file) => (path, file),
        // A page that was open during an upgrade asks for a file of the old version; a page in its place would not run.
        None if path.starts_with("assets/") => return not_found().await,
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

/// Whether a path is of the programs' part of the server, where no page answers.
fn is_api(path: &str) -> bool {
    matches!(path.split('/').next(), Some("api" | "v1"))
}
