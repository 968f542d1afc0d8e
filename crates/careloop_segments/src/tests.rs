//! Tests of the pure parts.

mod eval;
mod listed;
mod rule;
