//! Liveness, readiness, and the figures Prometheus collects.

use std::fmt::Write as _;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use careloop_http::{ApiResult, App};
use careloop_kernel::{Error, Result};
use http::{StatusCode, header};

use crate::store;

/// The process runs.
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// The database answers.
pub(crate) async fn ready(State(app): State<App>) -> Response {
    if store::answers(&app.db).await {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
    }
}

/// Figures in the Prometheus text format (version 0.0.4).
pub(crate) async fn metrics(State(app): State<App>) -> ApiResult<Response> {
    let text = figures(&app).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}

async fn figures(app: &App) -> Result<String> {
    let mut text = String::new();
    for store::Gauge { name, help, value } in store::list_gauges(&app.db).await? {
        let kind = if name.ends_with("_total") { "counter" } else { "gauge" };
        writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}").map_err(Error::internal)?;
    }
    text.push_str(
        "# HELP careloop_consumer_lag Events a reader of the log has not seen.\n# TYPE careloop_consumer_lag gauge\n",
    );
    for lag in store::list_lags(&app.db).await? {
        writeln!(text, "careloop_consumer_lag{{consumer=\"{}\"}} {}", lag.name, lag.value).map_err(Error::internal)?;
    }
    Ok(text)
}
