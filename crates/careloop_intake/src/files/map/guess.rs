//! A first map for a file, from its headers and a sample of its rows. People correct it; nothing is imported by guess.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::fmt::strtime;

use super::{EncodingChoice, EventKind, EventMap, Map, PEOPLE_FIELDS, PeopleMap, Pick, RowMap, ValueType, words};

/// Formats that are tried on a column of dates, the likeliest first.
const FORMATS: [&str; 14] = [
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y%m%d%H%M%S",
    "%Y%m%d",
    "%Y年%m月%d日",
    "%Y.%m.%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
];

/// Guesses a map. `sample` holds rows as the file has them; `zone` is the chain's time zone.
pub fn guess(columns: &[String], sample: &[Vec<String>], zone: &str) -> Map {
    let sheet = Sheet { columns, sample, zone };
    let rows =
        if sheet.tells_of_events() { RowMap::Events(Box::new(sheet.events())) } else { RowMap::People(sheet.people()) };
    Map { encoding: EncodingChoice::Auto, sheet: None, rows }
}

struct Sheet<'a> {
    columns: &'a [String],
    sample: &'a [Vec<String>],
    zone: &'a str,
}

impl Sheet<'_> {
    fn values(&self, column: usize) -> impl Iterator<Item = &str> {
        self.sample
            .iter()
            .filter_map(move |row| row.get(column))
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
    }

    /// Whether most of the column's cells pass, and there is at least one.
    fn mostly(&self, column: usize, test: impl Fn(&str) -> bool) -> bool {
        let (passed, all) =
            self.values(column).fold((0, 0), |(passed, all), cell| (passed + usize::from(test(cell)), all + 1));
        all > 0 && passed * 10 >= all * 8
    }

    fn is_unique(&self, column: usize) -> bool {
        let mut seen = HashSet::new();
        !self.sample.is_empty()
            && self
                .sample
                .iter()
                .all(|row| row.get(column).is_some_and(|cell| !cell.trim().is_empty() && seen.insert(cell.trim())))
    }

    fn best(&self, rank: impl Fn(&str) -> Option<usize>) -> Option<usize> {
        let ranked = self.columns.iter().enumerate().filter_map(|(index, name)| Some((rank(name)?, index)));
        ranked.min().map(|(_, index)| index)
    }

    fn field_at(&self, column: usize) -> Option<&'static str> {
        words::field_of(&self.columns[column]).or_else(|| self.field_by_values(column))
    }

    /// What the cells look like, where the header says nothing.
    fn field_by_values(&self, column: usize) -> Option<&'static str> {
        if self.mostly(column, is_id_card) {
            Some("id_card")
        } else if self.mostly(column, is_mobile) {
            Some("phone")
        } else if self.mostly(column, |cell| cell.contains('@') && cell.contains('.')) {
            Some("email")
        } else if self.mostly(column, |cell| words::gender_of(cell).is_some()) {
            Some("gender")
        } else {
            None
        }
    }

    fn tells_of_events(&self) -> bool {
        let fields: BTreeSet<&str> = (0..self.columns.len()).filter_map(|column| self.field_at(column)).collect();
        let time = self.best(words::event_time_rank).is_some();
        let signs = [
            fields.contains("amount"),
            self.best(words::event_id_rank).is_some(),
            self.best(words::event_kind_rank).is_some(),
        ];
        let personal =
            ["birth_date", "id_card", "gender", "address"].iter().filter(|field| fields.contains(**field)).count();
        time && signs.contains(&true) && personal < 2
    }

    fn source_id(&self) -> usize {
        self.best(words::source_id_rank)
            .or_else(|| {
                (0..self.columns.len()).find(|column| self.is_unique(*column) && self.field_at(*column).is_none())
            })
            .or_else(|| (0..self.columns.len()).find(|column| self.is_unique(*column)))
            .unwrap_or(0)
    }

    fn name(&self, column: usize) -> String {
        self.columns.get(column).cloned().unwrap_or_default()
    }

    fn people(&self) -> PeopleMap {
        let source_id = self.source_id();
        let mut fields: BTreeMap<String, Pick> = BTreeMap::new();
        let mut attributes = BTreeMap::new();
        for column in 0..self.columns.len() {
            match self.field_at(column).filter(|field| PEOPLE_FIELDS.contains(field)) {
                Some("phone") => fields.entry("phone".to_owned()).or_default().columns.push(self.name(column)),
                Some(field) if !fields.contains_key(field) => {
                    fields.insert(field.to_owned(), self.pick(field, column));
                }
                _ if column == source_id => {}
                _ => {
                    attributes.insert(self.name(column), Pick::column(self.name(column)));
                }
            }
        }
        PeopleMap { source_id: self.name(source_id), fields, identifiers: BTreeMap::new(), attributes }
    }

    fn events(&self) -> EventMap {
        let person = self.source_id();
        let id = self.best(words::event_id_rank).filter(|id| *id != person);
        let at = self.best(words::event_time_rank).unwrap_or(0);
        let kind = self.best(words::event_kind_rank);
        let clinic = (0..self.columns.len()).find(|column| self.field_at(*column) == Some("clinic"));
        let taken = [Some(person), id, Some(at), kind, clinic];
        EventMap {
            event: self.event_kind(kind),
            event_id: id.map(|column| vec![self.name(column)]).unwrap_or_default(),
            person_source: None,
            person_id: self.name(person),
            at: self.time_pick(at),
            clinic: clinic.map(|column| Pick::column(self.name(column))),
            props: self.props(&taken),
        }
    }

    fn event_kind(&self, column: Option<usize>) -> EventKind {
        let Some(column) = column else { return EventKind::Fixed("payment.received".to_owned()) };
        let known = |cell: &str| Some((cell.to_owned(), words::kind_of(cell)?.to_owned()));
        let values = self.values(column).filter_map(known).collect();
        EventKind::Column(Pick { values, ..Pick::column(self.name(column)) })
    }

    fn props(&self, taken: &[Option<usize>]) -> BTreeMap<String, Pick> {
        let mut props = BTreeMap::new();
        for column in (0..self.columns.len()).filter(|column| !taken.contains(&Some(*column))) {
            let field = self.field_at(column);
            // Events never carry a name, phone or address.
            if field.is_some_and(|field| PEOPLE_FIELDS.contains(&field)) {
                continue;
            }
            let kind = match field {
                Some("amount") => Some(ValueType::Money),
                Some("quantity") => Some(ValueType::Integer),
                _ => None,
            };
            let pick = Pick { value_type: kind, ..Pick::column(self.name(column)) };
            props.entry(field.map_or_else(|| self.name(column), str::to_owned)).or_insert(pick);
        }
        props
    }

    fn pick(&self, field: &str, column: usize) -> Pick {
        match field {
            "created_at" => self.time_pick(column),
            "birth_date" => Pick { format: self.time_format(column), ..Pick::column(self.name(column)) },
            "gender" => {
                let meaning = |cell: &str| Some((cell.to_owned(), words::gender_of(cell)?.to_owned()));
                Pick { values: self.values(column).filter_map(meaning).collect(), ..Pick::column(self.name(column)) }
            }
            _ => Pick::column(self.name(column)),
        }
    }

    fn time_pick(&self, column: usize) -> Pick {
        Pick {
            format: self.time_format(column),
            time_zone: Some(self.zone.to_owned()),
            ..Pick::column(self.name(column))
        }
    }

    fn time_format(&self, column: usize) -> Option<String> {
        FORMATS.iter().find(|format| self.mostly(column, |cell| fits(format, cell))).map(|format| (*format).to_owned())
    }
}

fn fits(format: &str, cell: &str) -> bool {
    strtime::parse(format, cell).is_ok_and(|time| time.to_date().is_ok())
}

fn is_mobile(cell: &str) -> bool {
    let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
    let local = digits.strip_prefix("86").filter(|rest| rest.len() == 11).unwrap_or(&digits);
    local.len() == 11 && local.starts_with('1') && !local.starts_with("10") && !local.starts_with("12")
}

fn is_id_card(cell: &str) -> bool {
    let (body, check) = cell.split_at_checked(17).unwrap_or((cell, ""));
    body.len() == 17
        && body.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(check.as_bytes(), [b'0'..=b'9' | b'X' | b'x'])
}
