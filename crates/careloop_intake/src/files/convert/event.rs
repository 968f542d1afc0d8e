//! A row that is something that happened.

use std::collections::BTreeMap;

use careloop_events::{
    FLAG_STRIPPED, FLAG_UNREGISTERED, FieldType, NOBODY, NewEvent, Rejection, catalogue, check_in, check_origin,
    is_about_nobody, is_telling_text, kind_slug, strip_personal,
};
use careloop_kernel::{Error, Result};
use jiff::Timestamp;
use serde_json::{Map as Object, Value};
use sha2::{Digest, Sha256};

use super::cells::Cells;
use super::person::{checked_key, clinic};
use super::props::read_typed;
use super::{Converted, Header, Issue, Surroundings};
use crate::files::map::{EventKind, EventMap, ValueType};
use crate::files::read::Row;

/// An events map bound to a file.
#[derive(Debug)]
pub(super) struct EventBinding {
    kind: Kind,
    /// The columns that make a row unique.
    id: Vec<usize>,
    /// All columns in the order of their names, for the hash of a whole row.
    all: Vec<(String, usize)>,
    person: usize,
    person_name: String,
    at: Cells,
    clinic: Option<Cells>,
    props: BTreeMap<String, Cells>,
}

#[derive(Debug)]
enum Kind {
    Fixed(String),
    Told(Cells),
}

impl EventBinding {
    pub(super) fn new(map: &EventMap, header: &Header<'_>) -> Result<Self> {
        let kind = match &map.event {
            EventKind::Fixed(kind) if kind_slug(kind).is_empty() => {
                return Err(Error::invalid("map.event", "`event` is blank; write a kind such as payment.received"));
            }
            EventKind::Fixed(kind) => Kind::Fixed(kind_slug(kind)),
            EventKind::Column(pick) => Kind::Told(Cells::new(pick, header)?),
        };
        let mut all: Vec<(String, usize)> =
            header.columns.iter().enumerate().map(|(index, name)| (name.clone(), index)).collect();
        all.sort();
        Ok(Self {
            kind,
            id: map.event_id.iter().filter_map(|name| header.position(name)).collect(),
            all,
            person: header.position(&map.person_id).unwrap_or(usize::MAX),
            person_name: map.person_id.clone(),
            at: Cells::new(&map.at, header)?,
            clinic: map.clinic.as_ref().map(|pick| Cells::new(pick, header)).transpose()?,
            props: map
                .props
                .iter()
                .map(|(name, pick)| Ok((name.clone(), Cells::new(pick, header)?)))
                .collect::<Result<_>>()?,
        })
    }

    pub(super) fn convert(
        &self,
        row: &Row,
        around: &Surroundings,
        warnings: &mut Vec<Issue>,
    ) -> Result<Converted, Issue> {
        let kind = self.kind(row);
        let person = match &kind {
            Ok(kind) if is_about_nobody(kind) => None,
            _ => Some(checked_key(row.cell(self.person), &self.person_name)?),
        };
        let kind = kind?;
        check_origin(&kind).map_err(|rejection| self.refused(rejection))?;
        let at = self.at(row)?;
        let mut props = self.props(row, &kind, warnings)?;
        if person.is_none() {
            keep_name(row.cell(self.person), &mut props);
        }
        let stripped = self.strip(&kind, &mut props, warnings);
        let checked = check_in(&kind, props, around.currency).map_err(|rejection| self.refused(rejection))?;
        let event = NewEvent {
            record: NOBODY,
            clinic: self.clinic.as_ref().and_then(|cells| clinic(cells, row, around, warnings)),
            source: around.source,
            message_id: self.message_id(row, &kind, warnings),
            at,
            amount: checked.amount,
            props: checked.props,
            flags: stripped | if checked.registered { 0 } else { FLAG_UNREGISTERED },
            kind,
        };
        Ok(Converted::Event { person, event: Box::new(event) })
    }

    fn kind(&self, row: &Row) -> Result<String, Issue> {
        let cells = match &self.kind {
            Kind::Fixed(kind) => return Ok(kind.clone()),
            Kind::Told(cells) => cells,
        };
        let word = cells.untranslated(row).ok_or_else(|| {
            Issue::new(cells.label(), "no_kind", "the row does not say what happened; fill the cell in")
        })?;
        let kind = match cells.listed(word) {
            Some(kind) => kind_slug(kind),
            None if !cells.has_values() || catalogue().find(word).is_some() => kind_slug(word),
            None => String::new(),
        };
        if kind.is_empty() {
            let reason = "the map does not say which kind of event this is; list the word under `values`";
            return Err(Issue::new(cells.label(), "no_kind", reason));
        }
        Ok(kind)
    }

    fn at(&self, row: &Row) -> Result<Timestamp, Issue> {
        let text = self.at.text(row).ok_or_else(|| {
            Issue::new(self.at.label(), "no_time", "the row does not say when it happened; fill the cell in")
        })?;
        self.at.time.instant(&text).ok_or_else(|| {
            Issue::new(self.at.label(), "no_time", format!("this is no time {}", self.at.time.expectation()))
        })
    }

    fn props(&self, row: &Row, kind: &str, warnings: &mut Vec<Issue>) -> Result<Object<String, Value>, Issue> {
        let mut props = Object::new();
        for (name, cells) in &self.props {
            let Some(text) = cells.text(row) else { continue };
            let registered = registered_type(kind, name);
            let wanted = cells.value_type.or(registered).unwrap_or(ValueType::Text);
            match read_typed(cells, wanted, &text) {
                Ok(value) => {
                    props.insert(name.clone(), value);
                }
                Err(issue) if registered.is_some() => return Err(issue),
                Err(issue) => {
                    warnings.push(issue);
                    props.insert(name.clone(), Value::String(text));
                }
            }
        }
        Ok(props)
    }

    /// Takes personal data out, for the log must not hold any.
    fn strip(&self, kind: &str, props: &mut Object<String, Value>, warnings: &mut Vec<Issue>) -> i64 {
        let taken = strip_personal(kind, props);
        for field in taken.keys() {
            let label = self.props.get(field).map_or(field.as_str(), Cells::label);
            let reason = "this looks like personal data, which events do not carry; map it in a people file";
            warnings.push(Issue::new(label, "personal_data_removed", reason));
        }
        if taken.is_empty() { 0 } else { FLAG_STRIPPED }
    }

    /// Names the event within the import's source. The kind is part of it, so that an order and its refund may carry one
    /// number; rows that are equal as a whole are one event.
    fn message_id(&self, row: &Row, kind: &str, warnings: &mut Vec<Issue>) -> String {
        if let Some(cells) = self.id_cells(row) {
            let parts: Vec<String> =
                cells.into_iter().map(|cell| cell.replace('\\', "\\\\").replace('|', "\\|")).collect();
            let named = parts.join("|");
            // The log holds no phone number, not even where a file takes one to number its rows.
            let told = if is_telling_text(&named) { format!("id:{}", digest([named.as_str()])) } else { named };
            return format!("{kind}:{told}");
        }
        if !self.id.is_empty() {
            let names: Vec<&str> =
                self.all.iter().filter(|(_, index)| self.id.contains(index)).map(|(name, _)| name.as_str()).collect();
            let reason = "the row has no event id; the whole row names the event";
            warnings.push(Issue::new(names.join(", "), "no_event_id", reason));
        }
        format!("{kind}:row:{}", self.row_hash(row))
    }

    /// The cells that name the row, unless all are blank.
    pub(super) fn id_cells<'a>(&self, row: &'a Row) -> Option<Vec<&'a str>> {
        let cells: Vec<&str> = self.id.iter().map(|index| row.cell(*index)).collect();
        cells.iter().any(|cell| !cell.is_empty()).then_some(cells)
    }

    fn row_hash(&self, row: &Row) -> String {
        digest(self.all.iter().flat_map(|(name, index)| [name.as_str(), row.cell(*index)]))
    }

    fn refused(&self, rejection: Rejection) -> Issue {
        let column = rejection.field.as_ref().map(|field| match self.props.get(field) {
            Some(cells) => cells.label().to_owned(),
            None => field.clone(),
        });
        Issue::new(column.unwrap_or_default(), rejection.code, rejection.reason)
    }
}

/// What names the row in the place of a customer, an advertising account for one, makes no record; unless a field of the
/// event holds it, it is kept beside them.
fn keep_name(name: &str, props: &mut Object<String, Value>) {
    if !name.is_empty() && !props.values().any(|value| value.as_str() == Some(name)) {
        props.entry("source_id").or_insert_with(|| Value::String(name.to_owned()));
    }
}

/// Half a SHA-256 of the texts and their lengths, in hexadecimal.
fn digest<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The catalogue's type of a field, if the kind and the field are registered.
fn registered_type(kind: &str, field: &str) -> Option<ValueType> {
    catalogue().find(kind)?.fields.get(field).map(|field| match field.r#type {
        FieldType::Money => ValueType::Money,
        FieldType::Integer => ValueType::Integer,
        FieldType::Decimal => ValueType::Decimal,
        FieldType::Text => ValueType::Text,
        FieldType::Boolean => ValueType::Boolean,
        FieldType::Date => ValueType::Date,
        FieldType::Timestamp => ValueType::Timestamp,
    })
}
