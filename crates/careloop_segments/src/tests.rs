//! Tests of rules and evaluators.

mod agree;
mod drawn;
mod eval;
mod listed;
mod measures;
mod rule;
