//! Every request gets a number that its log lines and its problem share.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;

use crate::App;

tokio::task_local! {
    static CURRENT: String;
}

/// The number of the request being served; empty outside of one.
pub(crate) fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Middleware: gives the request its number and answers with it in `x-request-id`.
pub async fn with_request_id(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut bytes = [0_u8; 8];
    app.env.random.fill(&mut bytes);
    let id = format!("{:016x}", u64::from_be_bytes(bytes));
    let mut response = CURRENT.scope(id.clone(), next.run(request)).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}
