//! Offline activities: open days, talks, school visits. Visitors sign in by a QR code, or a file brings them in later.
//!
//! An *activity* has a name, a window in which people sign in, a static list and tags. Its poster shows a QR code that leads to
//! a page for visitors; the end of that address is a token nobody can guess. Whoever signs in becomes a record of the source
//! `careloop-activities`, and in the same transaction the log tells `activity.attended`, the list gets them (`list.added`) and
//! each tag is set (`tag.set`).
//!
//! What stays true, each with a test: a phone signs in to an activity once, whatever name comes with it later; nobody signs in
//! outside the window or while it is closed; an address that was renewed leads nowhere; neither logs nor events hold what
//! visitors wrote; another clinic's activity does not exist.
//!
//! Start reading in `model.rs` (the window and what visitors may write), then `service/sign_in.rs` and `service/attend.rs`.

mod model;
pub mod routes;
mod service;
mod store;
mod turnstile;

pub use model::{Activity, ActivityPatch, ActivityTag, Attendee, Door, NewActivity, Origin, Visitor};
pub use service::{
    AttendeeImport, close, create, find_by_token, get, import_attendees, list, list_attendees, renew_link, reopen,
    sign_in, update, zone_of,
};
pub use turnstile::Turnstile;
