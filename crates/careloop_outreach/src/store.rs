//! All SQL of this crate.

pub(crate) mod intents;
pub(crate) mod plans;
