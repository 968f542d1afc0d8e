//! Touch plans: when a person enters a segment, a task is opened or an e-mail is sent, once.
//!
//! The way of a touch: [`jobs::follow`] reads `segment.entered` from the log and writes an intent, unique for the plan,
//! the record and the entry, in one transaction with its place in the log. [`jobs::send`] looks at each intent that is
//! due and asks [`decide()`], which is pure, whether to send, to hold or to skip; consent, caps and quiet hours are read
//! in the transaction that answers. A task is opened in that transaction. An e-mail leaves only after the intent was
//! committed as `sending`; what becomes of it is written afterwards. A crash in between leaves `sending` until its lease
//! ends, then `unknown`: a person settles it, nothing is ever sent again blindly.
//!
//! Addresses and texts of e-mails exist only while they are sent; tables and events hold numbers.

mod channel;
mod decide;
pub mod jobs;
mod model;
mod permission;
pub mod routes;
mod send;
mod service;
mod smtp;
mod store;
mod template;

#[cfg(test)]
mod tests;

pub use channel::{Delivery, Mail, Outreach, Transport};
pub use decide::{Consent, Decision, Situation, decide};
pub use model::{
    Action, Channel, Counts, Intent, IntentState, PlanState, QuietHours, Reason, Rules, TouchPlan, TouchPlanDraft,
};
pub use service::{channels, create, get, list, list_intents, pause, resume, settle, update};
pub use smtp::{SmtpConfig, SmtpTls, SmtpTransport};
