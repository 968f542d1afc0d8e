//! Funnel, lead grade, membership's end, line journeys and win-back.

use crate::event::Event;
use crate::model::Why;

use super::super::care::is_in_vain;
use super::super::member::membership;
use super::super::{count, earlier};
use super::{CONTACTS, Circumstances, Fold};

/// Stages of the funnel, the deepest first, with what reaches them.
const FUNNEL: [(&str, &[&str]); 3] = [
    ("confirm", &["plan.accepted", "visit.closed"]),
    ("evaluate", &["appt.booked", "price.asked", "consult.opened", "plan.presented"]),
    ("interest", &["lead.created", "friend.added", "content.viewed", "page.viewed", "screen.viewed", "touch.clicked"]),
];

pub(super) fn fold(fold: &mut Fold<'_>, known: &Circumstances) {
    funnel(fold);
    lead_grade(fold);
    expiring(fold);
    line_stages(fold);
    win_back(fold, known);
}

fn funnel(fold: &mut Fold<'_>) {
    let paid = fold.paid.events.first().copied().map(|event| ("purchase", event));
    let reached = FUNNEL.into_iter().find_map(|(stage, kinds)| Some((stage, *fold.seen.lists(kinds).first()?)));
    match paid.or(reached) {
        Some((stage, event)) => {
            let why = Why::events([event]).with("date", fold.date(event.at_us));
            fold.set("life.funnel", stage, why, None);
        }
        None => fold.set("life.funnel", "aware", Why::recorded().with("date", "-"), None),
    }
}

fn lead_grade(fold: &mut Fold<'_>) {
    let Some(lead) = fold.seen.last("lead.created") else { return };
    let of_lead = |event: &&Event| {
        let same = event.text("lead_id").is_none() || event.text("lead_id") == lead.text("lead_id");
        same && (event.at_us, event.seq) > (lead.at_us, lead.seq)
    };
    let talked = |event: &&Event| matches!(event.text("result"), Some("talked" | "replied"));
    let calls = fold.seen.lists(&["lead.contacted", "lead.followed"]);
    let reached = i64::from(calls.iter().copied().filter(of_lead).any(|event| talked(&event)));
    let value = i64::from(lead.minor("value").is_some_and(|value| value >= fold.limits.lead_value_minor));
    let (intent, until) = fold.found("need.intent_level").map_or((0, None), |found| {
        let points = match found.value.as_str() {
            "A" => 2,
            "B" => 1,
            _ => 0,
        };
        (points, found.until_us)
    });
    let graded = |event: &&Event| matches!(event.text("grade"), Some("A" | "B" | "C" | "D"));
    let qualified = fold.seen.list("lead.qualified").iter().copied().filter(of_lead).rfind(graded);
    let grade = match qualified.and_then(|event| event.text("grade")) {
        Some(grade) => grade,
        None => match intent + reached + value {
            3.. => "A",
            2 => "B",
            1 => "C",
            _ => "D",
        },
    };
    let why = Why::events([Some(lead), qualified].into_iter().flatten());
    let why = why.with("intent", intent).with("reached", reached).with("value", value);
    fold.set("life.lead_grade", grade, why, until);
}

fn expiring(fold: &mut Fold<'_>) {
    let Some(member) = membership(fold) else { return };
    let Some(day) = member.last_day else { return };
    let near = fold.nears(day, fold.limits.member_days);
    fold.flag("life.member_expiring", near.value, Why::events([member.event]).with("date", day), near.until);
}

/// Each journey's stage is what the tags of need say.
fn line_stages(fold: &mut Fold<'_>) {
    const SOURCES: [(&str, &str); 7] = [
        ("need.ortho_active", "ortho_active"),
        ("need.ortho_retention", "ortho_retention"),
        ("need.implant_stage", "implant"),
        ("need.mixed_dentition", "child_mixed"),
        ("need.sealant_due", "child_sealant"),
        ("need.maternity_week", "maternity"),
        ("need.aesthetic_cycle_due", "aesthetic_due"),
    ];
    for (source, stage) in SOURCES {
        let Some(found) = fold.found(source).cloned() else { continue };
        let value = if found.value == crate::FLAG { stage.to_owned() } else { format!("{stage}_{}", found.value) };
        let why = Why { events: found.why.events, ..Why::default() }.with("source", source);
        fold.set("life.line_stage", value, why, found.until_us);
    }
}

/// How far the winning back of a lost customer has come.
fn win_back(fold: &mut Fold<'_>, known: &Circumstances) {
    let days = fold.limits.winback_days;
    if let Some(back) = fold.found("life.won_back").cloned() {
        let why = Why { events: back.why.events, ..Why::default() };
        return fold.set("care.winback", "returned", why.with("n", 0_i64), back.until_us);
    }
    let Some(lost) = fold.found("life.churned").map(|found| found.until_us) else { return };
    let here = super::seen(fold, fold.paid).last().map_or(i64::MIN, |event| event.at_us);
    let since = |events: Vec<&'_ Event>| events.into_iter().filter(|event| event.at_us > here).count();
    let (contacts, contacts_leave) = fold.recent(&fold.seen.lists(&CONTACTS), days);
    let (answers, answers_leave) = fold.recent(&fold.seen.lists(&["touch.replied", "touch.clicked"]), days);
    let talked = contacts.iter().any(|event| {
        event.at_us > here && event.kind != "touch.sent" && event.text("result").is_some() && !is_in_vain(event)
    });
    let (tries, answered) = (since(contacts), since(answers) > 0 || talked);
    let stage = if known.plans.next.is_some() {
        "booked"
    } else if answered {
        "replied"
    } else if count(tries) >= fold.limits.winback_tries {
        "given_up"
    } else if tries > 0 {
        "contacted"
    } else {
        "not_started"
    };
    let until = [lost, contacts_leave, answers_leave, known.plans.next.map(|starts| starts + 1)];
    let until = until.into_iter().fold(None, earlier);
    fold.set("care.winback", stage, Why::recorded().with("n", tries), until);
}
