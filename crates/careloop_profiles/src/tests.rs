//! Tests of the pure parts.

mod care;
mod churn;
mod engage;
mod fold;
mod library;
mod life;
mod lives;
mod need;
mod next;
mod person;
mod support;
mod value;
mod visit;
mod worth;
