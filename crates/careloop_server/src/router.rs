//! One readable list of everything the server answers.

use std::sync::Arc;

use axum::Extension;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use careloop_http::{App, Router, method_not_allowed, panicked, with_request_id};
use http::{HeaderName, HeaderValue, header};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{Parts, health, openapi, ui};

/// Every operation of the product's API, with its documentation.
pub fn api() -> Router {
    Router::with_openapi(openapi::header())
        .merge(careloop_access::routes::router())
        .merge(careloop_chain::routes::router())
        .merge(careloop_events::routes::router())
        .merge(careloop_intake::routes::router())
        .merge(careloop_people::routes::router())
        .merge(careloop_profiles::routes::router())
        .merge(careloop_segments::routes::router())
        .merge(careloop_activities::routes::router())
        .merge(careloop_teams::routes::router())
        .merge(careloop_outreach::routes::router())
        .merge(careloop_insight::routes::router())
}

/// The whole server as a service: API, tracking API, health, web UI.
pub fn router(parts: &Parts) -> axum::Router {
    let (api, document) = api().split_for_parts();
    let document = Arc::new(document);
    let app: App = parts.app.clone();
    let browser_rules = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("content-security-policy"),
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; frame-ancestors 'none'",
        ),
    ];
    let mut router = axum::Router::new()
        .merge(api)
        .route("/api/openapi.json", get(move || openapi::serve(Arc::clone(&document))))
        .merge(careloop_intake::tracking::router(&parts.tracking))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(ui::serve)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(Extension(Arc::clone(&parts.analytics)))
        .layer(Extension(parts.outreach.clone()))
        .layer(DefaultBodyLimit::max(2 << 20))
        // Inside the request's number, so that the answer to a panic names it.
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), with_request_id))
        .layer(CompressionLayer::new());
    for (name, value) in browser_rules {
        router = router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)));
    }
    router.with_state(app)
}
