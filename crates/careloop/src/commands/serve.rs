//! `careloop serve`

use careloop_access::settings::FirstSettings;
use careloop_server::{Config, Parts, bind, serve};

use crate::output::say;

/// Serves until it is told to stop.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let listener = bind(config.listen).await?;
    let parts = Parts::open(config, FirstSettings::default()).await?;
    if let Some(password) = parts.first_administrator("admin", config.admin_password.as_deref()).await? {
        say(&format!("first start: log in as `admin` with the password {}", password.reveal()));
    }
    say(&format!("Careloop is at http://{}", listener.local_addr()?));
    Ok(serve(parts, listener).await?)
}
