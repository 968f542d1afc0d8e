//! The mapping: which column of a file means what. Written as TOML by people, as JSON by the screen.
//!
//! [`Map::from_toml`] and [`Map::from_json`] check everything that can be checked without the file; [`Map::columns`]
//! names the columns that the file must have.

mod body;
mod guess;
mod parse;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use careloop_kernel::Result;

pub use body::{ColumnsBody, EventKindBody, MapBody, PersonBody, PickBody, PickTable};
pub use guess::guess;
pub(super) use words::gender_of as gender_word;

/// The people fields a map may name, in the order the screen shows them.
pub const PEOPLE_FIELDS: [&str; 21] = [
    "name",
    "given_name",
    "surname",
    "phone",
    "gender",
    "birth_date",
    "id_card",
    "wecom_external_id",
    "union_id",
    "email",
    "address",
    "street",
    "suburb",
    "city",
    "region",
    "postcode",
    "country",
    "guardian_name",
    "guardian_phone",
    "clinic",
    "created_at",
];

/// How to read one kind of file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map {
    /// How the text is encoded.
    pub encoding: EncodingChoice,
    /// The sheet of a workbook; the first visible one if absent.
    pub sheet: Option<String>,
    /// What a row is.
    pub rows: RowMap,
}

/// What a row of the file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowMap {
    /// A person as one source knows them.
    People(PeopleMap),
    /// Something that happened.
    Events(Box<EventMap>),
}

/// A row that is a record of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleMap {
    /// The column that names the row in its source.
    pub source_id: String,
    /// Careloop's fields, by name out of [`PEOPLE_FIELDS`].
    pub fields: BTreeMap<String, Pick>,
    /// Other numbers that name a person, by kind.
    pub identifiers: BTreeMap<String, Pick>,
    /// Anything else worth keeping.
    pub attributes: BTreeMap<String, Pick>,
}

/// A row that is an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventMap {
    /// The kind.
    pub event: EventKind,
    /// The columns that make a row unique; none: the whole row.
    pub event_id: Vec<String>,
    /// The source the person's record belongs to; the import's own source if absent.
    pub person_source: Option<String>,
    /// The column that names the person in that source.
    pub person_id: String,
    /// When it happened.
    pub at: Pick,
    /// Where it happened, by the clinic's code or name.
    pub clinic: Option<Pick>,
    /// The event's own fields.
    pub props: BTreeMap<String, Pick>,
}

/// Where the kind of an event comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// The same for all rows.
    Fixed(String),
    /// Told by a column.
    Column(Pick),
}

/// One or more columns and how to read them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pick {
    /// The columns; at least one.
    pub columns: Vec<String>,
    /// What the file writes and what it means.
    pub values: BTreeMap<String, String>,
    /// How a date or time is written, in the letters of strftime.
    pub format: Option<String>,
    /// The zone of times that name none.
    pub time_zone: Option<String>,
    /// How to read the text; the catalogue's type of the field if absent, else text.
    pub value_type: Option<ValueType>,
    /// The currency of money; the chain's if absent.
    pub currency: Option<String>,
}

/// What a cell's text stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// As it stands.
    Text,
    /// Decimal text, kept in minor units.
    Money,
    /// A whole number.
    Integer,
    /// A decimal number, kept as text so that no digit is lost.
    Decimal,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// An instant.
    Timestamp,
}

impl ValueType {
    /// All types with their names in maps.
    pub const NAMES: [(&'static str, Self); 7] = [
        ("text", Self::Text),
        ("money", Self::Money),
        ("integer", Self::Integer),
        ("decimal", Self::Decimal),
        ("boolean", Self::Boolean),
        ("date", Self::Date),
        ("timestamp", Self::Timestamp),
    ];

    /// The name in maps.
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(_, kind)| *kind == self).map_or("text", |(name, _)| name)
    }
}

/// How the file's text is encoded, as far as the map says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EncodingChoice {
    /// Found out from the whole file.
    #[default]
    Auto,
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// GB18030, which includes GBK and GB2312.
    Gb18030,
}

impl EncodingChoice {
    /// The name in maps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Utf8 => "UTF-8",
            Self::Gb18030 => "GB18030",
        }
    }
}

impl Pick {
    /// A plain column.
    pub fn column(name: impl Into<String>) -> Self {
        Self { columns: vec![name.into()], ..Self::default() }
    }
}

impl Map {
    /// Reads a mapping file. The error names the key that is wrong and the ones that are allowed.
    pub fn from_toml(text: &str) -> Result<Self> {
        parse::toml(text)
    }

    /// Reads the same structure as JSON.
    pub fn from_json(value: &serde_json::Value) -> Result<Self> {
        parse::json(value)
    }

    /// `people` or `events`.
    pub fn kind(&self) -> &'static str {
        match self.rows {
            RowMap::People(_) => "people",
            RowMap::Events(_) => "events",
        }
    }

    /// Every column the map names.
    pub fn columns(&self) -> BTreeSet<&str> {
        let mut columns = BTreeSet::new();
        match &self.rows {
            RowMap::People(people) => {
                columns.insert(people.source_id.as_str());
                for pick in people.picks() {
                    columns.extend(pick.columns.iter().map(String::as_str));
                }
            }
            RowMap::Events(events) => {
                columns.insert(events.person_id.as_str());
                columns.extend(events.event_id.iter().map(String::as_str));
                for pick in events.picks() {
                    columns.extend(pick.columns.iter().map(String::as_str));
                }
            }
        }
        columns
    }

    /// The map as JSON text, as it is stored with an import.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&MapBody::from(self)).unwrap_or_default()
    }
}

impl PeopleMap {
    /// Every pick of the map.
    pub fn picks(&self) -> impl Iterator<Item = &Pick> {
        self.fields.values().chain(self.identifiers.values()).chain(self.attributes.values())
    }
}

impl EventMap {
    /// Every pick of the map.
    pub fn picks(&self) -> impl Iterator<Item = &Pick> {
        let kind = match &self.event {
            EventKind::Fixed(_) => None,
            EventKind::Column(pick) => Some(pick),
        };
        kind.into_iter().chain([&self.at]).chain(&self.clinic).chain(self.props.values())
    }
}
