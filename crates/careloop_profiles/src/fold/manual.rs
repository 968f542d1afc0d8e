//! Tags that staff set or files bring: a fold over `tag.set` and `tag.removed`, record by record, so that joining and
//! parting records joins and parts their tags.

use std::collections::{BTreeMap, BTreeSet};

use careloop_events::StoredEvent;

use crate::event::Event;
use crate::library::{TagDef, tag_library};
use crate::model::{Micros, Origin, TagValue, Why};

use super::Fold;

/// What each record holds: per tag the values with the event that set them.
pub(crate) fn held<'a>(
    events: impl IntoIterator<Item = &'a Event>,
) -> BTreeMap<i64, BTreeMap<String, BTreeMap<String, &'a Event>>> {
    let mut records: BTreeMap<i64, BTreeMap<String, BTreeMap<String, &Event>>> = BTreeMap::new();
    for event in events {
        let Some(def) = event.text("tag").and_then(|tag| tag_library().find(tag)).filter(|def| def.settable()) else {
            continue;
        };
        let Some(value) = event.text("value") else { continue };
        let tags = records.entry(event.record).or_default();
        match event.kind.as_str() {
            "tag.set" if def.check_value(value).is_ok() => {
                let values = tags.entry(def.id.clone()).or_default();
                if !def.multi {
                    values.clear();
                }
                values.insert(value.to_owned(), event);
            }
            "tag.removed" => {
                if let Some(values) = tags.get_mut(&def.id) {
                    values.remove(value);
                }
            }
            _ => {}
        }
    }
    records
}

/// The tags and values that staff or files have set and nobody has removed, as these events of one person tell, in the
/// order of [`careloop_events::of_records`]. It asks the log, so it is true before anybody has folded.
pub fn tags_held(events: &[StoredEvent]) -> BTreeSet<(String, String)> {
    let set = events.iter().filter(|event| event.kind.starts_with("tag.")).cloned().map(Event::from);
    let set: Vec<Event> = set.collect();
    let tags = held(&set).into_values().flatten();
    tags.flat_map(|(tag, values)| values.into_keys().map(move |value| (tag.clone(), value))).collect()
}

pub(super) fn fold(fold: &mut Fold<'_>) {
    let changes = fold.seen.lists(&["tag.set", "tag.removed"]);
    if changes.is_empty() {
        return;
    }
    let mut tags: BTreeMap<String, BTreeMap<String, &Event>> = BTreeMap::new();
    for (tag, values) in held(changes).into_values().flatten() {
        let joined = tags.entry(tag).or_default();
        for (value, event) in values {
            let later = joined.get(&value).is_none_or(|held| (held.at_us, held.seq) < (event.at_us, event.seq));
            if later {
                joined.insert(value, event);
            }
        }
    }
    for (tag, mut values) in tags {
        let Some((place, def)) = tag_library().placed(&tag) else { continue };
        if def.overridable {
            values.retain(|_, event| ends(fold, event).is_none_or(|end| end > fold.now));
        }
        if !def.multi {
            // Two records may hold different values: the one set last wins.
            let last = values
                .iter()
                .max_by_key(|(_, event)| (event.at_us, event.seq))
                .map(|(value, event)| (value.clone(), *event));
            values = last.into_iter().collect();
        }
        let until = |event: &Event| if def.overridable { ends(fold, event) } else { None };
        let values: Vec<TagValue> = values
            .into_iter()
            .map(|(value, event)| TagValue { until_us: until(event), ..set_by_people(def, value, event) })
            .collect();
        if values.is_empty() {
            continue;
        }
        if def.overridable {
            for value in &values {
                fold.look_again(value.until_us);
            }
            fold.replace(place, values);
        } else {
            fold.add(place, values);
        }
    }
}

/// The end of the last day on which a value that replaces a computed one holds; without one it holds until it is removed.
fn ends(fold: &Fold<'_>, event: &Event) -> Option<Micros> {
    Fold::day_of(event, "until_on").and_then(|day| fold.day_after(day, 1))
}

fn set_by_people(tag: &'static TagDef, value: String, event: &Event) -> TagValue {
    let origin = if event.text("by") == Some("import") { Origin::Imported } else { Origin::Manual };
    let why = match event.text("reason") {
        Some(reason) => Why::events([event]).with("reason", reason),
        None => Why::events([event]),
    };
    TagValue { tag: tag.id.as_str().into(), value, why, until_us: None, origin }
}
