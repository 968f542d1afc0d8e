//! After-sales care.

mod after;

use jiff::civil::Date;

use crate::event::Event;
use crate::library::tag_library;
use crate::model::{Micros, Why};

use super::calendar::days_after;
use super::{Fold, Timed, earlier, latest};

/// What the lifecycle needs to know of care.
pub(crate) struct Care {
    /// A recall is past its date.
    pub recall_overdue: Timed<bool>,
    /// Recalls past their date in a row, and when the next joins them.
    pub missed_recalls: Timed<i64>,
    /// An open complaint, or a last score that is low.
    pub unhappy: bool,
    /// Touches and calls are in vain, since when.
    pub unreachable: Option<Micros>,
}

pub(super) fn fold(fold: &mut Fold<'_>) -> Care {
    follow_ups(fold);
    let (recall_overdue, missed_recalls) = recalls(fold);
    let score = surveys(fold);
    let complaint = complaints(fold);
    let unreachable = unreachable(fold);
    let unhappy = complaint || score.is_some_and(|score| score <= fold.limits.risk_score);
    Care { recall_overdue, missed_recalls, unhappy, unreachable }
}

fn follow_ups(fold: &mut Fold<'_>) {
    let open = fold.seen.open("fu.due", &["fu.done", "fu.missed"], "followup_id");
    let due_at = |fold: &Fold<'_>, event: &Event| fold.instant(event, "due_at").unwrap_or(event.at_us);
    let mut dated: Vec<(Micros, &Event)> = open.into_iter().map(|event| (due_at(fold, event), event)).collect();
    dated.sort_by_key(|(due, event)| (*due, event.seq));
    let (mut due, mut overdue) = (None, None);
    for (at, event) in dated {
        let starts = fold.start_of(fold.date(at));
        let ends = Fold::hours_after(at, fold.limits.sla_hours) + 1;
        fold.look_again(starts);
        fold.look_again(Some(ends));
        if fold.now >= ends {
            overdue = overdue.or(Some((at, event)));
        } else if starts.is_some_and(|starts| fold.now >= starts) {
            due = due.or(Some((at, event, ends)));
        }
    }
    if let Some((at, event, ends)) = due {
        fold.set("care.fu_due", crate::FLAG, Why::events([event]).with("date", fold.date(at)), Some(ends));
    }
    if let Some((at, event)) = overdue {
        fold.set("care.fu_overdue", crate::FLAG, Why::events([event]).with("date", fold.date(at)), None);
    }
    let known =
        |result: &&str| tag_library().find("care.fu_last_result").is_some_and(|tag| tag.check_value(result).is_ok());
    let last = fold.seen.last("fu.done");
    if let Some((done, result)) = last.and_then(|done| Some((done, done.text("result").filter(known)?))) {
        fold.set("care.fu_last_result", result, Why::events([done]).with("date", fold.date(done.at_us)), None);
    }
}

/// Open recalls with their dates: none returned, and no visit since 30 days before the date.
fn open_recalls<'a>(fold: &Fold<'a>) -> Vec<(Date, &'a Event)> {
    let visits = fold.seen.list("visit.closed");
    let mut open: Vec<(Date, &Event)> = fold
        .seen
        .open("recall.due", &["recall.returned"], "recall_id")
        .into_iter()
        .map(|event| (Fold::day_of(event, "due_on").unwrap_or_else(|| fold.date(event.at_us)), event))
        .filter(|(due, event)| {
            let from = days_after(*due, -fold.limits.recall_days).unwrap_or(*due);
            !visits.iter().any(|visit| visit.at_us > event.at_us && fold.date(visit.at_us) >= from)
        })
        .collect();
    open.sort_by_key(|(due, event)| (*due, event.seq));
    open
}

fn recalls(fold: &mut Fold<'_>) -> (Timed<bool>, Timed<i64>) {
    let open = open_recalls(fold);
    let (past, ahead): (Vec<_>, Vec<_>) = open.into_iter().partition(|(due, _)| *due < fold.today);
    if let Some((due, event)) = ahead.first().copied() {
        let starts = days_after(due, -fold.limits.recall_days).and_then(|day| fold.start_of(day));
        let holds = starts.is_some_and(|starts| fold.now >= starts);
        let until = if holds { fold.day_after(due, 1) } else { starts };
        fold.flag("care.recall_due", holds, Why::events([event]).with("date", due), until);
    }
    let next_past = ahead.first().and_then(|(due, _)| fold.day_after(*due, 1));
    fold.look_again(next_past);
    if let Some((due, event)) = past.first().copied() {
        let days = i64::from((fold.today - due).get_days());
        let bands = [(30, "1-30"), (90, "31-90"), (180, "91-180")];
        let band = bands.iter().find(|(most, _)| days <= *most);
        let until = band.and_then(|(most, _)| fold.day_after(due, most + 1));
        fold.set(
            "care.recall_overdue",
            band.map_or(">180", |(_, name)| name),
            Why::events([event]).with("date", due),
            until,
        );
    }
    if let Some((_, event)) = past.first().or(ahead.first()).copied() {
        let same =
            |contact: &&&Event| contact.text("recall_id") == event.text("recall_id") && contact.at_us >= event.at_us;
        let contacts: Vec<&Event> = fold.seen.list("recall.contacted").iter().filter(same).copied().collect();
        let count = contacts.len();
        let band = if count >= 3 { "3+".to_owned() } else { count.to_string() };
        fold.set("care.recall_tries", band, Why::events(contacts).with("n", count), None);
    }
    let missed = i64::try_from(past.len()).unwrap_or(i64::MAX);
    (Timed { value: missed > 0, until: next_past.filter(|_| missed == 0) }, Timed { value: missed, until: next_past })
}

fn surveys(fold: &mut Fold<'_>) -> Option<i64> {
    let last = |field: &str, range: std::ops::RangeInclusive<i64>| {
        let answered = |event: &&&Event| event.integer(field).is_some_and(|value| range.contains(&value));
        let event = fold.seen.list("survey.answered").iter().rfind(answered).copied()?;
        Some((event, event.integer(field)?))
    };
    let (score, nps) = (last("score", 1..=5), last("nps", 0..=10));
    if let Some((event, score)) = score {
        let why = Why::events([event]).with("date", fold.date(event.at_us)).with("value", score);
        fold.set("care.satisfaction", score.to_string(), why, None);
    }
    if let Some((event, nps)) = nps {
        let class = match nps {
            9.. => "promoter",
            7..=8 => "passive",
            _ => "detractor",
        };
        fold.set(
            "care.nps_class",
            class,
            Why::events([event]).with("date", fold.date(event.at_us)).with("n", nps),
            None,
        );
    }
    score.map(|(_, score)| score)
}

fn complaints(fold: &mut Fold<'_>) -> bool {
    let open = fold.seen.open("complaint.opened", &["complaint.closed"], "complaint_id");
    if let Some(last) = open.last().copied() {
        fold.set("care.complaint_open", crate::FLAG, Why::events([last]).with("date", fold.date(last.at_us)), None);
    }
    let closed = fold.seen.list("complaint.closed");
    let (recent, until) = fold.recent(closed, fold.limits.complaint_days);
    fold.flag(
        "care.complaint_history",
        !recent.is_empty(),
        Why::events(recent.iter().copied()).with("n", recent.len()),
        until,
    );
    !open.is_empty()
}

/// What care owes after treatment, which the lifecycle does not ask for.
pub(super) fn watch(fold: &mut Fold<'_>) {
    after::fold(fold);
}

/// Whether a call did not reach the customer.
pub(super) fn is_in_vain(call: &Event) -> bool {
    matches!(call.text("result"), Some("no_answer" | "wrong_number" | "unreachable"))
}

/// Gives the instant of the last touch or call in vain.
fn unreachable(fold: &mut Fold<'_>) -> Option<Micros> {
    let sent = fold.seen.list("touch.sent");
    let before_last = sent.len().checked_sub(2).and_then(|position| sent.get(position)).copied()?;
    let last = sent.last().copied()?;
    let answer = fold.seen.last_of(&["touch.opened", "touch.clicked", "touch.replied"]);
    let unanswered = answer.is_none_or(|answer| answer.at_us < before_last.at_us);
    let is_call = |event: &&&Event| event.text("method").is_none_or(|method| method == "phone");
    let calls = fold.seen.lists(&["lead.contacted", "lead.followed", "recall.contacted", "fu.done"]);
    let last_call = calls.iter().rfind(is_call).copied();
    let in_vain = |event: &&Event| is_in_vain(event);
    let call = last_call.filter(in_vain)?;
    fold.flag("care.unreachable", unanswered, Why::events([before_last, last, call]), None);
    unanswered.then(|| last.at_us.max(call.at_us))
}
