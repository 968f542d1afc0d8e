//! People over HTTP.

mod care;
mod identity;
mod list;
mod person;
mod review;
mod review_views;
mod views;

use careloop_http::Router;
use utoipa_axum::routes;

/// Every operation of this feature.
pub fn router() -> Router {
    Router::new()
        .routes(routes!(list::list_people))
        .routes(routes!(person::get_person))
        .routes(routes!(person::reveal_person))
        .routes(routes!(person::list_person_timeline))
        .routes(routes!(care::list_notes, care::add_note))
        .routes(routes!(care::erase_note))
        .routes(routes!(care::set_owner))
        .routes(routes!(care::set_consent))
        .routes(routes!(identity::get_identity))
        .routes(routes!(identity::merge_people))
        .routes(routes!(identity::unmerge_person))
        .routes(routes!(review::list_identity_reviews))
        .routes(routes!(review::list_identity_samples))
        .routes(routes!(review::get_identity_evidence))
        .routes(routes!(review::decide_identity))
        .routes(routes!(review::withdraw_identity_decisions))
        .routes(routes!(review::restore_identity_decisions))
        .routes(routes!(review::get_identity_quality))
}
