//! Courses of treatment: orthodontics, implants, images that led to nothing.

use crate::event::Event;
use crate::library::tag_library;
use crate::model::Why;

use super::super::mentions;
use super::{CARE, Fold, aged, earlier, latest};

pub(super) fn fold(fold: &mut Fold<'_>) {
    orthodontics(fold);
    implant(fold);
    imaged(fold);
    aesthetic(fold);
    sealant(fold);
    fluoride(fold);
}

fn orthodontics(fold: &mut Fold<'_>) {
    let active = fold.seen.open("ortho.opened", &["ortho.debonded", "ortho.closed"], "case_id");
    let retained = fold.seen.open("ortho.debonded", &["ortho.closed"], "case_id");
    for (tag, cases) in [("need.ortho_active", active), ("need.ortho_retention", retained)] {
        if let Some(last) = latest(cases) {
            fold.flag(tag, true, Why::events([last]).with("date", fold.date(last.at_us)), None);
        }
    }
}

fn implant(fold: &mut Fold<'_>) {
    let known = |event: &&&Event| {
        let stage = event.text("stage").unwrap_or_default();
        tag_library().find("need.implant_stage").is_some_and(|tag| tag.check_value(stage).is_ok())
    };
    let Some(last) = fold.seen.list("implant.staged").iter().rfind(known).copied() else { return };
    let told = last.text("stage").unwrap_or_default();
    let healed = fold.older(last.at_us, fold.limits.implant_healing_days);
    let (stage, until) = match told {
        "surgery" if healed.value => ("healing", None),
        "surgery" => (told, healed.until),
        _ => (told, None),
    };
    let why = Why::events([last]).with("date", fold.date(last.at_us)).with("stage", told);
    fold.set("need.implant_stage", stage, why, until);
}

fn imaged(fold: &mut Fold<'_>) {
    let large = |event: &&&Event| matches!(event.text("modality"), Some("panoramic" | "cbct"));
    let Some(last) = fold.seen.list("image.taken").iter().rfind(large).copied() else { return };
    let ordered = fold.seen.last("order.created").is_some_and(|order| order.at_us >= last.at_us);
    let paid = fold.paid.events.last().is_some_and(|payment| payment.at_us >= last.at_us);
    if ordered || paid {
        return;
    }
    let waits = fold.older(last.at_us, fold.limits.imaged_days);
    fold.flag("need.imaged_no_deal", waits.value, Why::events([last]).with("date", fold.date(last.at_us)), waits.until);
}

fn aesthetic(fold: &mut Fold<'_>) {
    let tag = "need.aesthetic_cycle_due";
    let named = |event: &Event| ["item", "line"].iter().any(|field| mentions(event, field, (tag, "aesthetic")));
    let sessions = fold.seen.lists(&CARE).into_iter().filter(|event| named(event));
    let Some(last) = latest(sessions) else { return };
    let due = fold.older(last.at_us, fold.limits.aesthetic_days);
    fold.flag(tag, due.value, Why::events([last]).with("date", fold.date(last.at_us)), due.until);
}

/// The first molars come at six and are sealed by eight, the second at eleven and by thirteen.
fn sealant(fold: &mut Fold<'_>) {
    let tag = "need.sealant_due";
    let sealed = latest(fold.seen.lists(&CARE).into_iter().filter(|event| mentions(event, "item", (tag, "sealant"))));
    for (from, to) in [(6, 8), (11, 13)] {
        let Some(age) = aged(fold, from, to + 1) else { return };
        let opened =
            fold.facts.birth_date.and_then(|birth| super::birthday(birth, from)).and_then(|day| fold.start_of(day));
        let done = sealed.is_some_and(|event| Some(event.at_us) >= opened);
        let why = Why::recorded().with("from", from).with("to", to);
        fold.flag(tag, age.value && !done, why, age.until);
    }
}

fn fluoride(fold: &mut Fold<'_>) {
    let tag = "need.fluoride_due";
    let limits = fold.limits;
    let Some(age) = aged(fold, limits.fluoride_from, limits.fluoride_to + 1) else { return };
    let done = fold.seen.lists(&CARE).into_iter().filter(|event| mentions(event, "item", (tag, "fluoride")));
    let last = latest(done);
    let due = last.map(|event| fold.older(event.at_us, limits.fluoride_days));
    let visited = fold.seen.first("visit.closed").is_some();
    let date = last.map_or_else(|| "-".to_owned(), |event| fold.date(event.at_us).to_string());
    let until = earlier(age.until, due.and_then(|due| due.until));
    let holds = age.value && visited && due.is_none_or(|due| due.value);
    fold.flag(tag, holds, Why::events(last).with("date", date), until);
}
