//! `careloop segment count` and `careloop segment members`

use anyhow::Context;
use careloop_access::settings;
use careloop_kernel::permissions::ReadSegments;
use careloop_kernel::{Ctx, parse_instant};
use careloop_segments::{count, members};
use careloop_server::{Parts, settle};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::cli::{Place, RuleArgs, SegmentCommand};
use crate::output::print;
use crate::usage::wrong;

/// Counts or lists the people of a rule. Without `--as-of`, what the log holds is folded first, so that the answer is of
/// this moment even if no server runs.
pub async fn run(place: &Place, command: SegmentCommand, as_json: bool) -> anyhow::Result<()> {
    let (SegmentCommand::Count(args) | SegmentCommand::Members(args)) = &command;
    let rule = read_rule(args)?;
    let parts = &super::open(place).await?;
    let as_of = instant(parts, args).await?;
    let ctx: Ctx<ReadSegments> = parts.ctx("cli").require()?;
    match command {
        SegmentCommand::Count(_) => {
            let found = count(&parts.app.db, &ctx, &rule, as_of).await?;
            if as_json { print(&format!("{}\n", json!({ "count": found }))) } else { print(&format!("{found}\n")) }
        }
        SegmentCommand::Members(_) => {
            let ids: Vec<String> =
                members(&parts.app.db, &ctx, &rule, as_of).await?.iter().map(ToString::to_string).collect();
            if as_json {
                return print(&format!("{}\n", json!({ "members": ids })));
            }
            print(&ids.iter().map(|id| format!("{id}\n")).collect::<String>())
        }
    }
}

/// Reads the rule, and the instant for its shape: the chain's time zone is known later.
fn read_rule(args: &RuleArgs) -> anyhow::Result<Value> {
    args.as_of.as_deref().map(|text| parse_instant(text, &TimeZone::UTC)).transpose().map_err(wrong)?;
    let shown = args.rule.display();
    let text = std::fs::read_to_string(&args.rule).with_context(|| format!("{shown} cannot be read"))?;
    serde_json::from_str(&text).with_context(|| format!("{shown} is no JSON"))
}

async fn instant(parts: &Parts, args: &RuleArgs) -> anyhow::Result<Option<Timestamp>> {
    let zone = settings::load(parts.app.db.read()).await?.time_zone;
    let as_of = args.as_of.as_deref().map(|text| parse_instant(text, &zone)).transpose()?;
    if as_of.is_none() {
        settle(parts).await?;
    }
    Ok(as_of)
}
