//! Campaigns, cards and who brings whom.

use crate::event::Event;
use crate::model::Why;

use super::super::count;
use super::super::plans::plans;
use super::circle::set_each;
use super::{Fold, latest};

pub(super) fn fold(fold: &mut Fold<'_>) {
    let named = fold.seen.lists(&["campaign.joined", "lead.created", "card.sold", "order.created"]);
    set_each(fold, "eng.campaign_joined", "campaign", &named);
    counted(fold, "eng.offline_event", "activity.attended");
    counted(fold, "eng.household_opened", "family.joined");
    buyer(fold);
    promoter(fold);
    potential(fold);
    referred_by(fold);
    rewards(fold);
}

/// A flag for whoever ever did something, with how often and when last.
fn counted(fold: &mut Fold<'_>, tag: &str, kind: &str) {
    let events = fold.seen.list(kind);
    if let Some(last) = events.last().copied() {
        let why = Why::events(events.iter().copied()).with("n", events.len()).with("date", fold.date(last.at_us));
        fold.flag(tag, true, why, None);
    }
}

fn buyer(fold: &mut Fold<'_>) {
    if let Some(last) = fold.seen.last("card.sold") {
        let fresh = fold.lately(last.at_us, fold.limits.buyer_days);
        fold.flag("eng.card_buyer", fresh.value, Why::events([last]).with("date", fold.date(last.at_us)), fresh.until);
    }
}

fn promoter(fold: &mut Fold<'_>) {
    let limits = fold.limits;
    let brought = fold.seen.lists(&["card.promoted", "ref.deal"]);
    let (recent, until) = fold.recent(&brought, limits.promoter_days);
    let times = count(recent.len());
    let level = match times {
        0 => return,
        times if times >= limits.promoter_gold => "gold",
        times if times >= limits.promoter_silver => "silver",
        _ => "bronze",
    };
    fold.set("eng.promoter_level", level, Why::events(recent).with("n", times), until);
}

/// Content, treated, around, and has not referred anybody yet.
fn potential(fold: &mut Fold<'_>) {
    let limits = fold.limits;
    if fold.seen.first("ref.arrived").is_some() {
        return;
    }
    let answered = |event: &&&Event| event.integer("score").is_some_and(|score| (1..=5).contains(&score));
    let Some(survey) = fold.seen.list("survey.answered").iter().rfind(answered).copied() else { return };
    let score = survey.integer("score").unwrap_or(0);
    let plans = plans(fold);
    let Some(completed) = latest(plans.iter().filter_map(|plan| plan.completed)) else { return };
    if score < limits.potential_score || plans.iter().any(super::super::plans::Plan::is_open) {
        return;
    }
    let Some(visit) = fold.seen.last("visit.closed") else { return };
    let active = fold.lately(visit.at_us, limits.potential_days);
    let why =
        Why::events([survey, completed, visit]).with("score_given", score).with("date", fold.date(completed.at_us));
    fold.flag("eng.referral_potential", active.value, why, active.until);
}

fn referred_by(fold: &mut Fold<'_>) {
    let known =
        |event: &&&Event| matches!(event.text("referrer_kind"), Some("customer" | "staff" | "doctor" | "partner"));
    if let Some(first) = fold.seen.list("person.referred").iter().find(known).copied() {
        let kind = first.text("referrer_kind").unwrap_or_default();
        fold.set("eng.referred_by", kind, Why::events([first]).with("date", fold.date(first.at_us)), None);
    }
}

fn rewards(fold: &mut Fold<'_>) {
    let open = fold.seen.open("ref.deal", &["ref.reward"], "referral_id");
    if let Some(last) = latest(open.iter().copied()) {
        let why = Why::events(open.iter().copied()).with("n", open.len()).with("date", fold.date(last.at_us));
        fold.flag("eng.reward_pending", true, why, None);
    }
}
