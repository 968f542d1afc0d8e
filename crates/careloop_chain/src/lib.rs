//! The chain's clinics: code, name, region and the zone their clocks show.
//!
//! A clinic is archived, never deleted, because customers and events refer to it. Other crates ask the [`Directory`]
//! which clinic a code or name means and in which zone its days are cut.

mod model;
pub mod routes;
mod service;
mod store;

pub use model::{Clinic, ClinicChange, Directory, NewClinic};
pub use service::{create, directory, list, update};
