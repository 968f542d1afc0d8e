//! Segments over HTTP.

mod definitions;
mod members;
mod views;

use axum::Extension;
use careloop_http::Router;
use utoipa_axum::routes;

use crate::finder::Finder;

/// The routes of this feature. All of them share one [`Finder`], which keeps event columns in memory.
pub fn router() -> Router {
    Router::new()
        .routes(routes!(definitions::list_segments, definitions::create_segment))
        .routes(routes!(definitions::get_segment_vocabulary))
        .routes(routes!(definitions::preview_segment))
        .routes(routes!(definitions::get_segment, definitions::update_segment))
        .routes(routes!(definitions::archive_segment))
        .routes(routes!(definitions::restore_segment))
        .routes(routes!(members::list_segment_members))
        .routes(routes!(members::explain_segment_member))
        .routes(routes!(members::list_segment_changes))
        .routes(routes!(members::export_segment))
        .layer(Extension(Finder::default()))
}
