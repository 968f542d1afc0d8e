//! How an events file is laid out: its columns, the kinds it tells of and, made from the same declaration, its map.

use std::fmt::Write as _;

use crate::sheet::Encoding;

/// What a column holds, as the event catalogue's types name it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell {
    Text,
    Money,
    Integer,
    Decimal,
    Boolean,
    Date,
    Timestamp,
    /// A closed list: the label the system writes and the value it stands for.
    Coded(&'static [(&'static str, &'static str)]),
}

/// A column that becomes a field of the event.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) header: &'static str,
    pub(crate) field: &'static str,
    pub(crate) cell: Cell,
}

pub(crate) const fn column(header: &'static str, field: &'static str, cell: Cell) -> Column {
    Column { header, field, cell }
}

/// One events file. Its first columns are always the row's number, the record, the kind, the time and the clinic.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) name: &'static str,
    pub(crate) source: &'static str,
    /// First letters of the row numbers, so that they are unique within the source.
    pub(crate) prefix: &'static str,
    pub(crate) person: &'static str,
    pub(crate) encoding: Encoding,
    /// The label the system writes and the kind it stands for.
    pub(crate) kinds: &'static [(&'static str, &'static str)],
    pub(crate) columns: &'static [Column],
}

pub(crate) const NUMBER: &str = "流水号";
pub(crate) const KIND: &str = "类型";
pub(crate) const AT: &str = "时间";
pub(crate) const CLINIC: &str = "门店";
/// How every file writes a civil time.
pub(crate) const TIME_FORMAT: &str = "%Y-%m-%d %H:%M:%S";

impl Layout {
    pub(crate) fn headers(&self) -> impl Iterator<Item = &'static str> {
        [NUMBER, self.person, KIND, AT, CLINIC].into_iter().chain(self.columns.iter().map(|column| column.header))
    }

    /// The position of a field among [`Layout::columns`].
    pub(crate) fn position(&self, field: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.field == field)
    }

    /// The map that reads the file.
    pub(crate) fn map(&self, zone: &str) -> String {
        let mut map = String::new();
        let time = format!("format = \"{TIME_FORMAT}\", time_zone = \"{zone}\"");
        let lines = [
            "kind = \"events\"".to_owned(),
            format!("event = {{ column = \"{KIND}\", values = {{ {} }} }}", pairs(self.kinds)),
            format!("event_id = [\"{NUMBER}\"]"),
            "encoding = \"auto\"".to_owned(),
            format!("person = {{ source = \"{}\", source_id = \"{}\" }}", self.source, self.person),
            format!("at = {{ column = \"{AT}\", {time} }}"),
            format!("clinic = \"{CLINIC}\""),
            String::new(),
            "[props]".to_owned(),
        ];
        for line in lines {
            let _ = writeln!(map, "{line}");
        }
        for column in self.columns {
            let _ = writeln!(map, "{} = {}", column.field, column.spec(&time));
        }
        map
    }
}

impl Column {
    fn spec(&self, time: &str) -> String {
        let header = self.header;
        match self.cell {
            Cell::Text => format!("\"{header}\""),
            Cell::Money => format!("{{ column = \"{header}\", type = \"money\", currency = \"CNY\" }}"),
            Cell::Integer => format!("{{ column = \"{header}\", type = \"integer\" }}"),
            Cell::Decimal => format!("{{ column = \"{header}\", type = \"decimal\" }}"),
            Cell::Boolean => format!("{{ column = \"{header}\", type = \"boolean\" }}"),
            Cell::Date => format!("{{ column = \"{header}\", type = \"date\", format = \"%Y-%m-%d\" }}"),
            Cell::Timestamp => format!("{{ column = \"{header}\", type = \"timestamp\", {time} }}"),
            Cell::Coded(values) => format!("{{ column = \"{header}\", values = {{ {} }} }}", pairs(values)),
        }
    }
}

fn pairs(values: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = values.iter().map(|(label, value)| format!("\"{label}\" = \"{value}\"")).collect();
    pairs.join(", ")
}
