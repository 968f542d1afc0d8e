//! Tests of the pure parts.

mod fold;
mod library;
mod support;
mod worth;
