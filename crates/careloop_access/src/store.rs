//! All SQL of this crate. It also reads `clinics`, which `careloop_chain` writes: a scope is made of clinics, and the
//! crate that owns clinics builds on this one.

pub(crate) mod audit;
pub(crate) mod clinics;
pub(crate) mod failures;
pub(crate) mod roles;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod staff;
