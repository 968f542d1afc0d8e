//! `careloop resolve` and `careloop rebuild`

use std::time::Instant;

use careloop_people::{Resolve, resolve as resolve_people};
use careloop_server::{Parts, settle};

use crate::cli::Derived;
use crate::output::{print, say};

/// (Re)computes persons and households.
pub async fn resolve(parts: &Parts, (full, learn): (bool, bool), json: bool) -> anyhow::Result<()> {
    let mode = match (full, learn) {
        (_, true) => Resolve::Learn,
        (true, false) => Resolve::Full,
        (false, false) => Resolve::Incremental,
    };
    let report = resolve_people(&parts.app.db, &parts.ctx("cli"), mode).await?;
    say(&format!(
        "{} records looked at, {} people: {} merged, {} parted",
        report.records, report.persons, report.merged, report.unmerged
    ));
    if json {
        let report = serde_json::json!({
            "records": report.records, "persons": report.persons,
            "merged": report.merged, "unmerged": report.unmerged,
        });
        print(&format!("{report}\n"))?;
    }
    Ok(())
}

/// Derives everything again from the log, or one part of it. Says how long each part took.
pub async fn run(parts: &Parts, only: Option<Derived>, json: bool) -> anyhow::Result<()> {
    let (db, ctx) = (&parts.app.db, parts.ctx("cli"));
    let wanted = |part: Derived| only.is_none_or(|only| only == part);
    if wanted(Derived::Persons) {
        let began = Instant::now();
        resolve_people(db, &ctx, Resolve::Full).await?;
        say(&took("persons and households", began));
    }
    if wanted(Derived::Histories) {
        let began = Instant::now();
        careloop_events::forget_histories(db, &ctx).await?;
        careloop_events::keep_all_histories(db, &ctx).await?;
        say(&took("histories", began));
    }
    if wanted(Derived::Tags) {
        let began = Instant::now();
        // Deciding segments folds everybody.
        careloop_segments::rebuild(db, &ctx).await?;
        say(&took("tags and segments", began));
    }
    let mut report = serde_json::json!({});
    if wanted(Derived::Lake) {
        let began = Instant::now();
        let lake = parts.analytics.rebuild(&ctx).await?;
        say(&took("the lake", began));
        report = serde_json::json!({ "events": lake.events });
    }
    if only.is_none() {
        settle(parts).await?;
        say(&format!("people, tags, segments and the lake ({} events) are folded again", report["events"]));
    }
    if json {
        print(&format!("{report}\n"))?;
    }
    Ok(())
}

fn took(what: &str, began: Instant) -> String {
    format!("{what}: {:.1} s", began.elapsed().as_secs_f64())
}
