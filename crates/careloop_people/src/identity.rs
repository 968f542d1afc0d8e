//! Who is who: a pure, deterministic engine that full and incremental resolves share.
//!
//! 1. [`Features`] are what a record says, ready to compare; a [`table`] holds those of many.
//! 2. [`blocks`] bring together records that share a match key; a key too many records share says nothing and is dropped.
//! 3. [`compare`] says what a pair has in common, as a pattern of levels; [`model`] weighs the pattern, with weights that
//!    [`learn`] takes from the records themselves.
//! 4. [`cluster`] merges surest first and refuses any merge that would put a contradiction into a cluster.
//! 5. [`attach`] gives nicknames to the only person they can mean.
//! 6. [`explain`] says why, in words.
//! 7. [`household`] joins persons who share a phone, a door or an account; [`roles`] says what they are to each other.
//!
//! The outcome depends on what the records say, on the model, and on [`Features::tie`], which follows from source and source
//! key; never on the order of arrival. A cluster depends only on the records that edges connect it with, which is why an
//! incremental resolve may look at one neighbourhood and come to the same answer.

mod attach;
pub(crate) mod blocks;
pub(crate) mod cluster;
pub(crate) mod compare;
pub(crate) mod conflict;
pub(crate) mod engine;
pub(crate) mod explain;
pub(crate) mod features;
pub(crate) mod frequencies;
pub(crate) mod household;
pub(crate) mod learn;
pub(crate) mod levels;
pub(crate) mod model;
pub(crate) mod names;
pub(crate) mod parallel;
mod prior;
pub(crate) mod roles;
pub(crate) mod rules;
pub(crate) mod table;

pub use explain::{Explanation, Finding};
pub(crate) use features::Features;
pub use roles::FamilyRole;
pub use rules::Rule;

#[cfg(test)]
mod tests;
