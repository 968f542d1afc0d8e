//! Tests of rules and evaluators.

mod agree;
mod drawn;
mod eval;
mod measures;
mod rule;
