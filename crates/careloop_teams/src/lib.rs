//! Tasks: what a member of staff is to do for a customer, the inbox, and what came of it.
//!
//! A task belongs to a record; its owner is who looks after the person, or nobody, and then anybody of the clinic may
//! take it. Opening, finishing and reopening append events in the same transaction. Title and note may say something
//! about the customer, so they are sealed and never part of an event.
//!
//! Other features open tasks with [`open_task`] inside their own transaction; the same origin opens one task.

mod model;
pub mod routes;
mod service;
mod store;

pub use model::{ManualTask, NewTask, Opened, Outcome, Task, TaskFilter, TaskOwner};
pub use service::{create, done, list, open_task, reassign, reopen};
