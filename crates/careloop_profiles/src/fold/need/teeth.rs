//! What charts and diagnoses say of the teeth.

use std::collections::BTreeMap;

use crate::event::Event;
use crate::model::Why;

use super::super::mentions;
use super::{DONE, Fold, aged, earlier, latest};

pub(super) fn fold(fold: &mut Fold<'_>) {
    let chart = chart(fold);
    missing(fold, &chart);
    wisdom(fold, &chart);
    mixed(fold, &chart);
    caries(fold);
    perio(fold);
    malocclusion(fold);
    untreated(fold);
    root_canal(fold);
}

/// The last word on each tooth.
fn chart<'a>(fold: &Fold<'a>) -> BTreeMap<&'a str, &'a Event> {
    let charted = fold.seen.list("tooth.charted").iter().copied();
    charted.filter_map(|event| Some((event.text("tooth")?, event))).collect()
}

fn is_after(event: &Event, other: &Event) -> bool {
    (event.at_us, event.seq) > (other.at_us, other.seq)
}

/// Whether an event speaks of this tooth; one that names no tooth may be about any.
fn is_on(event: &Event, tooth: Option<&str>) -> bool {
    tooth.is_none() || event.text("tooth").is_none() || event.text("tooth") == tooth
}

fn missing(fold: &mut Fold<'_>, chart: &BTreeMap<&str, &Event>) {
    let done = fold.seen.lists(&DONE);
    let implants = fold.seen.list("implant.staged");
    let restored = |charted: &Event| {
        let tooth = charted.text("tooth");
        let mut replaced = done.iter().filter(|event| mentions(event, "item", ("need.missing_tooth", "restoration")));
        replaced.any(|event| event.text("tooth") == tooth && is_after(event, charted))
            || implants.iter().any(|event| event.text("tooth") == tooth && is_after(event, charted))
    };
    let gaps: Vec<&Event> =
        chart.values().copied().filter(|event| event.text("state") == Some("missing") && !restored(event)).collect();
    let count = gaps.len();
    fold.flag("need.missing_tooth", count > 0, Why::events(gaps).with("n", count), None);
}

fn wisdom(fold: &mut Fold<'_>, chart: &BTreeMap<&str, &Event>) {
    let done = fold.seen.lists(&DONE);
    let extracted = |charted: &Event| {
        let mut out = done.iter().filter(|event| mentions(event, "item", ("need.wisdom_tooth", "extraction")));
        out.any(|event| event.text("tooth") == charted.text("tooth") && is_after(event, charted))
    };
    let to_remove: Vec<&Event> = ["18", "28", "38", "48"]
        .iter()
        .filter_map(|tooth| chart.get(tooth).copied())
        .filter(|event| matches!(event.text("state"), Some("impacted" | "to_extract")) && !extracted(event))
        .collect();
    let count = to_remove.len();
    fold.flag("need.wisdom_tooth", count > 0, Why::events(to_remove).with("n", count), None);
}

/// Deciduous teeth are numbered 51 to 85.
fn mixed(fold: &mut Fold<'_>, chart: &BTreeMap<&str, &Event>) {
    let limits = fold.limits;
    let Some(age) = aged(fold, limits.mixed_from, limits.mixed_to + 1) else { return };
    let milk = chart.iter().filter(|(tooth, _)| matches!(tooth.as_bytes(), [b'5'..=b'8', b'1'..=b'5']));
    let there: Vec<&Event> =
        milk.map(|(_, event)| *event).filter(|event| event.text("state") != Some("missing")).collect();
    let count = there.len();
    fold.flag("need.mixed_dentition", age.value && count > 0, Why::events(there).with("n", count), age.until);
}

/// The diagnoses of a class of the ICD-10.
fn diagnoses<'a>(fold: &Fold<'a>, class: &str) -> Vec<&'a Event> {
    let made = fold.seen.list("dx.made").iter().copied();
    made.filter(|event| event.text("code").is_some_and(|code| code.to_uppercase().starts_with(class))).collect()
}

fn caries(fold: &mut Fold<'_>) {
    let days = fold.limits.caries_days;
    let assessed =
        fold.seen.list("risk.assessed").iter().copied().filter(|event| {
            event.text("kind") == Some("caries") && matches!(event.text("level"), Some("H" | "M" | "L"))
        });
    let assessed = latest(assessed).map(|event| (event, fold.lately(event.at_us, days)));
    let (fresh, leaves) = fold.recent(&diagnoses(fold, "K02"), days);
    let count = super::super::count(fresh.len());
    if let Some((event, still)) = assessed.filter(|(_, still)| still.value) {
        let why = Why::events([event]).with("date", fold.date(event.at_us)).with("n", count);
        let until = earlier(still.until, leaves);
        return fold.set("need.caries_risk", event.text("level").unwrap_or("L"), why, until);
    }
    let Some(last) = fresh.last().copied() else { return };
    let level = if count >= fold.limits.caries_high { "H" } else { "M" };
    let why = Why::events(fresh).with("date", fold.date(last.at_us)).with("n", count);
    fold.set("need.caries_risk", level, why, leaves);
}

fn perio(fold: &mut Fold<'_>) {
    let charts = fold.seen.list("perio.charted").iter().copied();
    let Some(last) = latest(charts.chain(diagnoses(fold, "K05"))) else { return };
    let state = if last.kind == "dx.made" {
        let code = last.text("code").unwrap_or_default();
        let inflamed = matches!(code.as_bytes().get(4), Some(b'2'..=b'9'));
        if inflamed { "periodontitis" } else { "gingivitis" }
    } else if last.integer("depth_mm").is_some_and(|depth| depth >= fold.limits.perio_depth_mm) {
        "periodontitis"
    } else if last.is("bleeding") {
        "gingivitis"
    } else {
        "healthy"
    };
    fold.set("need.perio", state, Why::events([last]).with("date", fold.date(last.at_us)), None);
}

fn malocclusion(fold: &mut Fold<'_>) {
    let Some(last) = latest(diagnoses(fold, "K07")) else { return };
    let untreated = fold.seen.first("ortho.opened").is_none();
    let why = Why::events([last]).with("date", fold.date(last.at_us));
    fold.flag("need.malocclusion", untreated, why, None);
}

fn untreated(fold: &mut Fold<'_>) {
    let done = fold.seen.lists(&DONE);
    let treated = |diagnosis: &Event| {
        let tooth = diagnosis.text("tooth");
        done.iter().any(|event| {
            let fits = match tooth {
                Some(tooth) => event.text("tooth") == Some(tooth),
                None => event.kind == "plan.item_done",
            };
            fits && is_after(event, diagnosis)
        })
    };
    let open: Vec<&Event> = fold.seen.list("dx.made").iter().copied().filter(|diagnosis| !treated(diagnosis)).collect();
    let waits = |event: &Event| fold.older(event.at_us, fold.limits.untreated_days);
    let until = open.iter().filter_map(|event| waits(event).until).min();
    let stale: Vec<&Event> = open.iter().copied().filter(|event| waits(event).value).collect();
    let Some(last) = latest(stale.iter().copied()) else { return fold.look_again(until) };
    let why = Why::events(stale.iter().copied()).with("n", stale.len()).with("date", fold.date(last.at_us));
    fold.flag("need.dx_untreated", true, why, until);
}

fn root_canal(fold: &mut Fold<'_>) {
    let done = fold.seen.lists(&DONE);
    let crowns: Vec<&Event> =
        done.iter().copied().filter(|event| mentions(event, "item", ("need.rct_no_crown", "crown"))).collect();
    let charted = fold.seen.list("tooth.charted").iter().filter(|event| event.text("state") == Some("crown"));
    let covers: Vec<&Event> = crowns.into_iter().chain(charted.copied()).collect();
    let bare = done.iter().copied().filter(|event| {
        let covered = covers.iter().any(|crown| is_after(crown, event) && is_on(crown, event.text("tooth")));
        mentions(event, "item", ("need.rct_no_crown", "root_canal")) && !covered
    });
    let bare: Vec<&Event> = bare.collect();
    let waits = |event: &Event| fold.older(event.at_us, fold.limits.crown_days);
    let until = bare.iter().filter_map(|event| waits(event).until).min();
    let Some(last) = latest(bare.iter().copied().filter(|event| waits(event).value)) else {
        return fold.look_again(until);
    };
    fold.flag("need.rct_no_crown", true, Why::events([last]).with("date", fold.date(last.at_us)), until);
}
