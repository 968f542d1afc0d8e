//! Segments over HTTP.

mod bulk;
mod bulk_views;
mod composition;
mod definitions;
mod lists;
mod lookalike;
mod members;
mod overlap;
mod tag_trend;
mod views;

use axum::Extension;
use careloop_http::Router;
use utoipa_axum::routes;

use crate::finder::Finder;
use crate::service::TagTrends;

pub use bulk_views::RowsReportView;
pub use lists::RowsBody;
pub use views::SegmentPersonView;

/// The routes of this feature. All of them share one [`Finder`], which keeps event columns in memory, and what
/// [`TagTrends`] keeps.
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
        .routes(routes!(lists::create_segment_list))
        .routes(routes!(lists::add_segment_list_people))
        .routes(routes!(lists::remove_segment_list_people))
        .routes(routes!(lists::check_segment_list_rows))
        .routes(routes!(lists::import_segment_list_rows))
        .routes(routes!(bulk::list_bulk_actions))
        .routes(routes!(bulk::start_bulk_tag))
        .routes(routes!(bulk::get_bulk_action))
        .routes(routes!(bulk::cancel_bulk_action))
        .routes(routes!(bulk::undo_bulk_action))
        .routes(routes!(overlap::get_segment_overlap))
        .routes(routes!(overlap::list_segment_overlap_people))
        .routes(routes!(lookalike::get_segment_lookalike, lookalike::create_segment_lookalike_list))
        .routes(routes!(composition::get_segment_composition))
        .routes(routes!(composition::get_segment_trend))
        .routes(routes!(tag_trend::get_tag_trend))
        .layer(Extension(Finder::default()))
        .layer(Extension(TagTrends::default()))
}
