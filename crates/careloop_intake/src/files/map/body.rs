//! The map on the wire: the same structure as the TOML file.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{EventKind, Map, Pick, RowMap};

/// How to read a file: which column means what.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct MapBody {
    /// `people` or `events`.
    #[schema(example = "people")]
    pub kind: String,
    /// `auto`, `UTF-8` or `GB18030`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The sheet of a workbook; the first visible one if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// People: the column that names the row in its source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// People: Careloop's fields.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, PickBody>,
    /// People: other numbers that name a person, by kind.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub identifiers: BTreeMap<String, PickBody>,
    /// People: anything else worth keeping.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, PickBody>,
    /// Events: the kind, or the column that tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventKindBody>,
    /// Events: the columns that make a row unique; none means the whole row.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub event_id: Vec<String>,
    /// Events: whose they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonBody>,
    /// Events: when they happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<PickBody>,
    /// Events: where they happened, by the clinic's code or name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clinic: Option<PickBody>,
    /// Events: their own fields.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub props: BTreeMap<String, PickBody>,
}

/// A column, several columns, or a table that says how to read them.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum PickBody {
    /// One column as it stands.
    Column(String),
    /// Several: text is joined with a blank, phones and e-mails are each kept.
    Columns(Vec<String>),
    /// Columns and how to read them.
    Table(PickTable),
}

/// Columns and how to read them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PickTable {
    /// The column or columns.
    pub column: ColumnsBody,
    /// What the file writes and what it means.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// How a date or time is written, in the letters of strftime.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "%Y-%m-%d %H:%M:%S")]
    pub format: Option<String>,
    /// The zone of times that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: Option<String>,
    /// `text`, `money`, `integer`, `decimal`, `boolean`, `date` or `timestamp`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub value_type: Option<String>,
    /// The currency of money.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "CNY")]
    pub currency: Option<String>,
}

/// One column or several.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum ColumnsBody {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// The kind of all events, or the column that tells it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum EventKindBody {
    /// The same for all rows.
    Fixed(String),
    /// Told by a column.
    Column(PickTable),
}

/// Whose an event is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonBody {
    /// The source of the person's record; the import's own if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The column that names the person in that source.
    pub source_id: String,
}

impl From<&Pick> for PickTable {
    fn from(pick: &Pick) -> Self {
        let column = match pick.columns.as_slice() {
            [one] => ColumnsBody::One(one.clone()),
            many => ColumnsBody::Many(many.to_vec()),
        };
        Self {
            column,
            values: pick.values.clone(),
            format: pick.format.clone(),
            time_zone: pick.time_zone.clone(),
            value_type: pick.value_type.map(|kind| kind.as_str().to_owned()),
            currency: pick.currency.clone(),
        }
    }
}

impl From<&Pick> for PickBody {
    fn from(pick: &Pick) -> Self {
        let bare = Pick { columns: pick.columns.clone(), ..Pick::default() };
        match pick.columns.as_slice() {
            [one] if *pick == bare => Self::Column(one.clone()),
            many if *pick == bare => Self::Columns(many.to_vec()),
            _ => Self::Table(pick.into()),
        }
    }
}

fn picks(picks: &BTreeMap<String, Pick>) -> BTreeMap<String, PickBody> {
    picks.iter().map(|(name, pick)| (name.clone(), pick.into())).collect()
}

impl From<&Map> for MapBody {
    fn from(map: &Map) -> Self {
        let shared = Self {
            kind: map.kind().to_owned(),
            encoding: Some(map.encoding.as_str().to_owned()),
            sheet: map.sheet.clone(),
            ..Self::default()
        };
        match &map.rows {
            RowMap::People(people) => Self {
                source_id: Some(people.source_id.clone()),
                fields: picks(&people.fields),
                identifiers: picks(&people.identifiers),
                attributes: picks(&people.attributes),
                ..shared
            },
            RowMap::Events(events) => Self {
                event: Some(match &events.event {
                    EventKind::Fixed(kind) => EventKindBody::Fixed(kind.clone()),
                    EventKind::Column(pick) => EventKindBody::Column(pick.into()),
                }),
                event_id: events.event_id.clone(),
                person: Some(PersonBody { source: events.person_source.clone(), source_id: events.person_id.clone() }),
                at: Some((&events.at).into()),
                clinic: events.clinic.as_ref().map(PickBody::from),
                props: picks(&events.props),
                ..shared
            },
        }
    }
}
