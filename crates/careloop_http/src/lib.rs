//! The glue between axum and the use cases: who is calling ([`Auth`]), how input is read ([`Body`], [`Params`],
//! [`PathId`]), and how failures look on the wire ([`Problem`]).
//!
//! A handler is short: it extracts, calls one service function, and wraps the answer in a view. It asks for its
//! permission by type, `Auth(ctx): Auth<EditPeople>`, so that it cannot forget to.

mod app;
mod auth;
mod extract;
mod problem;
mod request_id;
mod views;

pub use app::{App, Listener, Wake};
pub use auth::{Auth, Authenticator, Credentials, SESSION_COOKIE};
pub use extract::{Body, Params, PathId};
pub use problem::{ApiError, ApiResult, Problem, Problems, method_not_allowed, not_found, panicked};
pub use request_id::with_request_id;
pub use views::{MoneyView, PageQuery, PageView, time_view};

/// The OpenAPI-aware router every feature builds.
pub type Router = utoipa_axum::router::OpenApiRouter<App>;
