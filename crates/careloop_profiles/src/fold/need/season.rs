//! What comes with the calendar.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::event::Event;
use crate::model::Why;

use super::{Fold, aged, earlier};

/// A month and a day.
type MonthDay = (i8, i8);

/// Months and days on which the seasons of schoolchildren start, and the first days after them.
const SEASONS: [(&str, MonthDay, MonthDay); 3] =
    [("summer_break", (7, 1), (9, 1)), ("back_to_school", (8, 15), (9, 11)), ("winter_break", (1, 15), (2, 21))];
const SCHOOL_AGES: (i64, i64) = (6, 18);

/// Days from the due date on which each stage starts; the last one ends them.
const STAGES: [(i64, Option<&str>); 6] =
    [(-280, Some("t1")), (-182, Some("t2")), (-84, Some("t3")), (0, Some("pp42")), (43, Some("pp365")), (366, None)];

pub(super) fn fold(fold: &mut Fold<'_>) {
    maternity(fold);
    school(fold);
    occasions(fold);
}

fn maternity(fold: &mut Fold<'_>) {
    let declared = fold.seen.list("pregnancy.declared").iter().rev();
    let Some((event, due)) = declared.copied().find_map(|event| Some((event, Fold::day_of(event, "due_on")?))) else {
        return;
    };
    let starts = |fold: &Fold<'_>, offset: i64| fold.day_after(due, offset);
    let begun = STAGES.iter().filter(|(offset, _)| starts(fold, *offset).is_some_and(|at| at <= fold.now)).count();
    let until = STAGES.get(begun).and_then(|(offset, _)| starts(fold, *offset));
    match begun.checked_sub(1).and_then(|last| STAGES.get(last)) {
        Some((_, Some(stage))) => {
            fold.set("need.maternity_week", *stage, Why::events([event]).with("date", due), until)
        }
        _ => fold.look_again(until),
    }
}

fn school(fold: &mut Fold<'_>) {
    let Some(age) = aged(fold, SCHOOL_AGES.0, SCHOOL_AGES.1) else { return };
    for (season, from, to) in SEASONS {
        let day = |year: i16, (month, day): MonthDay| Date::new(year, month, day).ok();
        let (year, today) = (fold.today.year(), fold.today);
        let (Some(starts), Some(ends)) = (day(year, from), day(year, to)) else { return };
        let holds = starts <= today && today < ends;
        let edge = if today < starts {
            Some(starts)
        } else if holds {
            Some(ends)
        } else {
            day(year.saturating_add(1), from)
        };
        let until = earlier(age.until, edge.and_then(|day| fold.start_of(day)));
        if age.value && holds {
            let last = ends.yesterday().unwrap_or(ends);
            fold.set("need.scene", season, Why::recorded().with("date", last), until);
        } else {
            fold.look_again(until);
        }
    }
}

fn occasions(fold: &mut Fold<'_>) {
    let mut next: BTreeMap<&str, (Date, &Event)> = BTreeMap::new();
    let days = fold.limits.scene_days;
    for event in fold.seen.list("occasion.declared") {
        let (Some(occasion), Some(day)) = (event.text("occasion"), Fold::day_of(event, "on")) else { continue };
        let near = fold.nears(day, days);
        fold.look_again(near.until);
        if near.value && matches!(occasion, "wedding" | "travel" | "exam") {
            let first = next.entry(occasion).or_insert((day, event));
            if day < first.0 {
                *first = (day, event);
            }
        }
    }
    for (occasion, (day, event)) in next {
        let until = fold.nears(day, days).until;
        fold.set("need.scene", occasion, Why::events([event]).with("date", day), until);
    }
}
