//! How data comes in: sources, files and the tracking API.
//!
//! A *source* is a system that knows customers: the software of one clinic, a WeCom account, an app. Its rows become
//! records, what happened there becomes events.
//!
//! - [`sources`] registers them and keeps what they sent and Careloop refused.
//! - [`files`] imports CSV and XLSX.
//! - [`tracking`] speaks the Segment HTTP Tracking API.
//!
//! Both ways end in the same two places, `careloop_people` for who somebody is and `careloop_events` for what happened,
//! and both keep the same promises: nothing acknowledged is lost, nothing is stored twice, nothing refused is forgotten.

pub mod files;
pub mod model;
pub mod routes;
pub mod sources;
pub mod tracking;
