//! Tests of the pure parts.

mod care;
mod fold;
mod library;
mod need;
mod support;
mod value;
mod visit;
