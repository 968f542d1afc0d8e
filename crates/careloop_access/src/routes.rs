//! The operations of this crate over HTTP.

mod audit;
mod roles;
mod session;
mod settings;
mod staff;

use careloop_http::Router;
use utoipa_axum::routes;

/// Every operation of this crate.
pub fn router() -> Router {
    Router::new()
        .routes(routes!(session::log_in, session::get_session, session::log_out))
        .routes(routes!(session::change_password))
        .routes(routes!(staff::list_staff, staff::create_staff))
        .routes(routes!(staff::update_staff))
        .routes(routes!(staff::archive_staff))
        .routes(routes!(roles::list_roles))
        .routes(routes!(roles::update_role))
        .routes(routes!(roles::list_permissions))
        .routes(routes!(settings::get_settings, settings::update_settings))
        .routes(routes!(audit::list_audit))
        .routes(routes!(audit::verify_audit_chain))
}
