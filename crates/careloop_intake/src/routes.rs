//! Every operation of this crate that belongs to the product's API. The tracking API has its own router.

use careloop_http::Router;

/// Sources, refused events, file imports.
pub fn router() -> Router {
    crate::sources::router().merge(crate::files::router())
}
