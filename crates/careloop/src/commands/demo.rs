//! `careloop demo`: the server on a generated chain, made once and kept in `<data dir>/demo`.
//!
//! The files of the generator go through the real intake, like anybody's.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use careloop_access::settings::FirstSettings;
use careloop_access::{NewStaff, Password, roles, settings, staff};
use careloop_chain::NewClinic;
use careloop_demo::{ManifestEntry, Options, Summary, generate};
use careloop_intake::files::{FileImport, import_file};
use careloop_intake::sources::{self, NewSource, SourceKind};
use careloop_kernel::ids::ClinicId;
use careloop_outreach::{Action, QuietHours, Rules, TouchPlanDraft};
use careloop_people::{Resolve, resolve};
use careloop_segments::list_segments;
use careloop_server::{Config, Parts, bind, serve, settle};
use serde::Deserialize;

use crate::output::{end_progress, progress, say};

/// The login and password of every account of the demo chain; it holds generated data only.
const LOGIN: &str = "admin";
const PASSWORD: &str = "welcome to careloop";
const YEARS: u16 = 2;
/// The preset segment whose people get a call.
const CALLED: &str = "首诊黄金7天待决定";
/// What arrives when the touch plan is there already, so that people enter that segment as they do in a running chain.
const LATER: &str = "his_plans.csv";

/// What chain to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// How many people.
    pub people: u32,
    /// The same seed gives the same chain.
    pub seed: u64,
    /// Throws the present one away.
    pub fresh: bool,
}

/// Makes the chain if it is not there, then serves it. One that is there is thrown away only when that was asked for.
pub async fn run(mut config: Config, wish: &Wish) -> anyhow::Result<()> {
    let folder = config.data_dir.join("demo");
    let listener = bind(config.listen).await?;
    config.use_folder(&folder);
    let mark = folder.join("chain.txt");
    let wanted = format!("{} people, seed {}\n", wish.people, wish.seed);
    let present = std::fs::read_to_string(&mark).ok();
    if let Some(other) = present.as_deref().filter(|present| !wish.fresh && *present != wanted) {
        anyhow::bail!(
            "the demo in {} has {}; `careloop demo --fresh` with these options throws it away and makes another",
            folder.display(),
            other.trim_end()
        );
    }
    if wish.fresh || present.is_none() {
        make(&config, &folder, wish).await?;
        std::fs::write(&mark, &wanted).with_context(|| format!("{} cannot be written", mark.display()))?;
    }
    let parts = Parts::open(&config, FirstSettings::default()).await?;
    say(&format!("\nCareloop is at http://{}", listener.local_addr()?));
    say(&format!("log in as {LOGIN} with the password: {PASSWORD}"));
    Ok(serve(parts, listener).await?)
}

/// Starts from nothing, so that a chain half made by an interrupted run is never shown.
async fn make(config: &Config, folder: &Path, wish: &Wish) -> anyhow::Result<()> {
    let start = Instant::now();
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    let first = FirstSettings { name: Some("诊环口腔".to_owned()), ..FirstSettings::default() };
    let parts = Parts::open(config, first).await?;
    parts.first_administrator(LOGIN, Some(PASSWORD)).await?;
    let files = folder.join("files");
    let summary = write_files(&parts, wish, &files).await?;
    say(&format!(
        "{:>5.1} s  {} records and {} events written to files",
        seconds(start),
        summary.records,
        summary.events
    ));
    let clinics = open_clinics(&parts, &files).await?;
    hire(&parts, &clinics).await?;
    add_sources(&parts, &summary).await?;
    let (later, first): (Vec<_>, Vec<_>) = summary.files.iter().partition(|entry| entry.file == LATER);
    import_all(&parts, &first, &files, start).await?;
    let ctx = parts.ctx("demo");
    let report = resolve(&parts.app.db, &ctx, Resolve::Full).await?;
    say(&format!("{:>5.1} s  {} records are {} people", seconds(start), report.records, report.persons));
    careloop_people::share_out(&parts.app.db, &ctx.require()?).await?;
    careloop_segments::ensure_presets(&parts.app.db, &ctx.require()?).await?;
    settle(&parts).await?;
    say(&format!("{:>5.1} s  tags and segments are ready", seconds(start)));
    plan_calls(&parts).await?;
    import_all(&parts, &later, &files, start).await?;
    settle(&parts).await?;
    while careloop_outreach::jobs::follow(&parts.app.db, &ctx).await? {}
    while careloop_outreach::jobs::send(&parts.outreach, &ctx).await? {}
    say(&format!("{:>5.1} s  tasks are ready", seconds(start)));
    parts.analytics.compact(&ctx, 1).await?;
    say(&format!("{:>5.1} s  figures are ready", seconds(start)));
    Ok(parts.app.db.close().await?)
}

fn seconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64()
}

async fn write_files(parts: &Parts, wish: &Wish, files: &Path) -> anyhow::Result<Summary> {
    let settings = settings::load(parts.app.db.read()).await?;
    let today = settings.time_zone.to_datetime(parts.ctx("demo").now()).date();
    let options =
        Options { people: wish.people, seed: wish.seed, years: YEARS, end: today, time_zone: settings.time_zone_name };
    let files = files.to_owned();
    Ok(tokio::task::spawn_blocking(move || generate(&options, &files)).await??)
}

#[derive(Deserialize)]
struct ClinicEntry {
    code: String,
    name: String,
    region: String,
}

async fn open_clinics(parts: &Parts, files: &Path) -> anyhow::Result<Vec<ClinicId>> {
    let listed: Vec<ClinicEntry> = serde_json::from_slice(&std::fs::read(files.join("clinics.json"))?)?;
    let ctx = parts.ctx("demo").require()?;
    let mut clinics = Vec::new();
    for ClinicEntry { code, name, region } in listed {
        clinics.push(
            careloop_chain::create(&parts.app.db, &ctx, NewClinic { code, name, region, time_zone: None }).await?.id,
        );
    }
    Ok(clinics)
}

/// A dean, a front desk and two consultants in each clinic, so that every role can be tried.
async fn hire(parts: &Parts, clinics: &[ClinicId]) -> anyhow::Result<()> {
    let ctx = parts.ctx("demo").require()?;
    for (index, clinic) in clinics.iter().enumerate() {
        let number = index + 1;
        for (role, login, name) in [
            ("dean", format!("dean{number}"), format!("{number}店 院长")),
            ("front_desk", format!("desk{number}"), format!("{number}店 前台")),
            ("consultant", format!("consultant{number}a"), format!("{number}店 咨询师甲")),
            ("consultant", format!("consultant{number}b"), format!("{number}店 咨询师乙")),
        ] {
            let role =
                roles::find_by_code(&parts.app.db, role).await?.with_context(|| format!("there is no role {role}"))?;
            let password = Some(Password::parse(PASSWORD, &login)?);
            let new = NewStaff { login, name, email: None, role: role.id, clinics: vec![*clinic], password };
            staff::create(&parts.app.db, &ctx, new).await?;
        }
    }
    Ok(())
}

/// A touch plan on one of the small preset segments, so that the inbox is not empty.
async fn plan_calls(parts: &Parts) -> anyhow::Result<()> {
    let segments = list_segments(&parts.app.db, &parts.ctx("demo").require()?, false).await?;
    let segment = segments
        .iter()
        .find(|segment| segment.name == CALLED)
        .with_context(|| format!("there is no segment {CALLED}"))?;
    let draft = TouchPlanDraft {
        name: "初诊七天内待决定：咨询师回访".to_owned(),
        segment: segment.id,
        action: Action::Task { title: "电话回访：解答方案疑问，协助预约".to_owned(), due_in_hours: 24 },
        rules: Rules { quiet_hours: QuietHours::parse("21:00", "09:00")?, cap_days: 7 },
    };
    careloop_outreach::create(&parts.app.db, &parts.ctx("demo").require()?, draft).await?;
    Ok(())
}

async fn add_sources(parts: &Parts, summary: &Summary) -> anyhow::Result<()> {
    let ctx = parts.ctx("demo").require()?;
    let names: BTreeSet<&String> = summary.files.iter().map(|entry| &entry.source).collect();
    for name in names {
        let new = NewSource { name: name.clone(), kind: SourceKind::File, strict: false };
        sources::create(&parts.app.db, &ctx, new).await?;
    }
    Ok(())
}

async fn import_all(parts: &Parts, entries: &[&ManifestEntry], files: &Path, start: Instant) -> anyhow::Result<()> {
    let ctx = parts.ctx("demo");
    for entry in entries {
        let request = FileImport {
            path: files.join(&entry.file),
            source: entry.source.clone(),
            map: files.join(&entry.map),
            dry_run: false,
            rejects: None,
        };
        let mut told =
            |so_far: &careloop_intake::files::Progress| progress(&format!("{}: {} rows", entry.file, so_far.rows_read));
        let report = import_file(&parts.app.db, &ctx.require()?, &request, &mut told).await?;
        end_progress();
        anyhow::ensure!(
            report.progress.rejected == 0,
            "{} rows of {} were rejected",
            report.progress.rejected,
            entry.file
        );
        say(&format!("{:>5.1} s  {} imported, {} rows", seconds(start), entry.file, report.progress.rows_read));
    }
    Ok(())
}
