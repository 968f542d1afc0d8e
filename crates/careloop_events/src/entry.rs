//! Events with the names a screen needs beside the numbers.

use std::collections::{BTreeSet, HashMap};

use careloop_db::ConnectionTrait;
use careloop_kernel::Result;

use crate::store::{self, NameRow};
use crate::{StoredEvent, catalogue};

/// An event and what its numbers stand for.
#[derive(Debug, Clone, PartialEq)]
pub struct EventEntry {
    /// The event.
    pub event: StoredEvent,
    /// The public id of its record; empty when the record is gone, or when it is about nobody.
    pub record_id: String,
    /// The name of its source.
    pub source_name: String,
    /// The name of its clinic.
    pub clinic_name: Option<String>,
}

impl EventEntry {
    /// The Chinese name of what happened; an unregistered kind is its own name.
    pub fn kind_zh(&self) -> &str {
        catalogue().find(&self.event.kind).map_or(&self.event.kind, |kind| &kind.zh)
    }

    /// The English name of what happened.
    pub fn kind_en(&self) -> &str {
        catalogue().find(&self.event.kind).map_or(&self.event.kind, |kind| &kind.en)
    }
}

/// Looks up the names, three statements for the whole list.
pub async fn entries(connection: &impl ConnectionTrait, events: Vec<StoredEvent>) -> Result<Vec<EventEntry>> {
    let numbers = |of: fn(&StoredEvent) -> Option<i64>| -> Vec<i64> {
        events.iter().filter_map(of).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let records = by_number(store::record_ids(connection, &numbers(|event| Some(event.record))).await?);
    let sources = by_number(store::source_names(connection, &numbers(|event| Some(event.source))).await?);
    let clinics = by_number(store::clinic_names(connection, &numbers(|event| event.clinic)).await?);
    let entry = |event: StoredEvent| EventEntry {
        record_id: records.get(&event.record).cloned().unwrap_or_default(),
        source_name: sources.get(&event.source).cloned().unwrap_or_default(),
        clinic_name: event.clinic.and_then(|clinic| clinics.get(&clinic).cloned()),
        event,
    };
    Ok(events.into_iter().map(entry).collect())
}

fn by_number(rows: Vec<NameRow>) -> HashMap<i64, String> {
    rows.into_iter().map(|row| (row.number, row.name)).collect()
}
