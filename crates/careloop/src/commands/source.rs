//! `careloop source …`

use careloop_intake::sources::{self, NewSource, SourceKind};
use careloop_server::Parts;

use crate::cli::{Kind, SourceCommand};
use crate::output::{print, say};

/// Registers a source.
pub async fn run(parts: &Parts, command: SourceCommand, json: bool) -> anyhow::Result<()> {
    let SourceCommand::Add { name, kind } = command;
    let kind = match kind {
        Kind::File => SourceKind::File,
        Kind::Http => SourceKind::Http,
    };
    let ctx = parts.ctx("cli").require()?;
    let created = sources::create(&parts.app.db, &ctx, NewSource { name, kind, strict: false }).await?;
    say(&format!("source `{}` is registered", created.source.name));
    let key = created.write_key.map(|key| key.reveal().to_owned());
    if json {
        let view =
            serde_json::json!({ "id": created.source.id.to_string(), "name": created.source.name, "write_key": key });
        return print(&format!("{view}\n"));
    }
    match key {
        Some(key) => print(&format!("{key}\n")),
        None => Ok(()),
    }
}
