//! Tests of the pure parts.

mod eval;
mod rule;
