//! What the clinic owes a visit: its record and its consent forms.

use crate::event::Event;
use crate::model::{Micros, Why};

use super::super::mentions;
use super::{Fold, latest};

pub(super) fn fold(fold: &mut Fold<'_>) {
    unwritten(fold);
    flagged(fold);
    consent_forms(fold);
}

fn unwritten(fold: &mut Fold<'_>) {
    let open = fold.seen.open("emr.due", &["emr.written", "emr.ignored", "emr.signed"], "record_no");
    let due = |event: &Event| fold.instant(event, "due_at").unwrap_or(event.at_us);
    let until: Option<Micros> = open.iter().map(|event| due(event) + 1).filter(|at| *at > fold.now).min();
    let late: Vec<&Event> = open.into_iter().filter(|event| due(event) < fold.now).collect();
    gap(fold, "unwritten", late, until);
}

fn flagged(fold: &mut Fold<'_>) {
    let open = fold.seen.open("emr.flagged", &["emr.rectified"], "record_no");
    gap(fold, "to_rectify", open, None);
}

fn gap(fold: &mut Fold<'_>, value: &str, records: Vec<&Event>, until: Option<Micros>) {
    let Some(last) = latest(records.iter().copied()) else { return fold.look_again(until) };
    let count = records.len();
    let why = Why::events(records).with("n", count).with("date", fold.date(last.at_us));
    fold.set("visit.emr_gap", value, why, until);
}

fn consent_forms(fold: &mut Fold<'_>) {
    let tag = "visit.consent_missing";
    let (done, _) = fold.recent(fold.seen.list("plan.item_done"), fold.limits.consent_form_days);
    let forms = fold.seen.list("consent_form.signed");
    let signed = |done: &Event| {
        forms.iter().any(|form| {
            let fits = form.text("item").is_none() || form.text("item") == done.text("item");
            fits && (form.at_us, form.seq) < (done.at_us, done.seq)
        })
    };
    let bare: Vec<&Event> =
        done.into_iter().filter(|event| mentions(event, "item", (tag, "needs_form")) && !signed(event)).collect();
    let (bare, until) = fold.recent(&bare, fold.limits.consent_form_days);
    let Some(last) = bare.last().copied() else { return };
    let why = Why::events(bare.iter().copied()).with("n", bare.len()).with("date", fold.date(last.at_us));
    fold.flag(tag, true, why, until);
}
