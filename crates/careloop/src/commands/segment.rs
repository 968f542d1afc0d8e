//! `careloop segment count` and `careloop segment members`

use anyhow::Context;
use careloop_access::settings;
use careloop_kernel::permissions::ReadSegments;
use careloop_kernel::{Ctx, parse_instant};
use careloop_segments::{count, members};
use careloop_server::{Parts, settle};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::{RuleArgs, SegmentCommand};
use crate::output::print;

/// Counts or lists the people of a rule. Without `--as-of`, what the log holds is folded first, so that the answer is of
/// this moment even if no server runs.
pub async fn run(parts: &Parts, command: SegmentCommand, as_json: bool) -> anyhow::Result<()> {
    let ctx: Ctx<ReadSegments> = parts.ctx("cli").require()?;
    match command {
        SegmentCommand::Count(args) => {
            let (rule, as_of) = read(parts, &args).await?;
            let found = count(&parts.app.db, &ctx, &rule, as_of).await?;
            if as_json { print(&format!("{}\n", json!({ "count": found }))) } else { print(&format!("{found}\n")) }
        }
        SegmentCommand::Members(args) => {
            let (rule, as_of) = read(parts, &args).await?;
            let ids: Vec<String> =
                members(&parts.app.db, &ctx, &rule, as_of).await?.iter().map(ToString::to_string).collect();
            if as_json {
                return print(&format!("{}\n", json!({ "members": ids })));
            }
            print(&ids.iter().map(|id| format!("{id}\n")).collect::<String>())
        }
    }
}

async fn read(parts: &Parts, args: &RuleArgs) -> anyhow::Result<(Value, Option<Timestamp>)> {
    let shown = args.rule.display();
    let text = std::fs::read_to_string(&args.rule).with_context(|| format!("{shown} cannot be read"))?;
    let rule = serde_json::from_str(&text).with_context(|| format!("{shown} is no JSON"))?;
    let zone = settings::load(parts.app.db.read()).await?.time_zone;
    let as_of = args.as_of.as_deref().map(|text| parse_instant(text, &zone)).transpose()?;
    if as_of.is_none() {
        settle(parts).await?;
    }
    Ok((rule, as_of))
}
