//! The composition root: configuration, the router of all features, the background workers, the web UI.
//!
//! [`Parts::open`] puts the parts together without touching the network, so the CLI, the tests and `careloop serve`
//! share one way to build an application; [`serve`] listens.

mod config;
mod health;
mod openapi;
mod parts;
mod router;
mod serve;
mod settle;
mod store;
mod ui;
mod workers;

pub use config::{Config, ConfigFile};
pub use openapi::openapi_json;
pub use parts::Parts;
pub use router::{api, router};
pub use serve::{bind, serve};
pub use settle::settle;
pub use workers::Workers;
