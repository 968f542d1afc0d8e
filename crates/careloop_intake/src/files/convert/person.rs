//! A row that is a record of somebody.

use std::collections::BTreeMap;

use careloop_kernel::Result;
use careloop_people::{Gender, IncomingRecord, PhoneNumber, PhoneRole, RecordFields, id_card, phone};
use serde_json::{Map as Object, Value};

use super::cells::Cells;
use super::props::read_typed;
use super::{Header, Issue, Surroundings};
use crate::files::map::{PeopleMap, Pick, ValueType, gender_word};
use crate::files::read::Row;

/// The longest name of a row in its source, in bytes; longer ones do not fit an index.
pub(super) const MAX_KEY: usize = 512;

/// A people map bound to a file.
#[derive(Debug)]
pub(super) struct PersonBinding {
    key: usize,
    key_name: String,
    fields: BTreeMap<String, Cells>,
    identifiers: BTreeMap<String, Cells>,
    attributes: BTreeMap<String, Cells>,
}

impl PersonBinding {
    pub(super) fn new(map: &PeopleMap, header: &Header<'_>) -> Result<Self> {
        let bind = |picks: &BTreeMap<String, Pick>| {
            picks.iter().map(|(name, pick)| Ok((name.clone(), Cells::new(pick, header)?))).collect::<Result<_>>()
        };
        Ok(Self {
            key: header.position(&map.source_id).unwrap_or(usize::MAX),
            key_name: map.source_id.clone(),
            fields: bind(&map.fields)?,
            identifiers: bind(&map.identifiers)?,
            attributes: bind(&map.attributes)?,
        })
    }

    pub(super) fn key<'a>(&self, row: &'a Row) -> &'a str {
        row.cell(self.key)
    }

    pub(super) fn convert(
        &self,
        row: &Row,
        around: &Surroundings,
        warnings: &mut Vec<Issue>,
    ) -> Result<IncomingRecord, Issue> {
        let source_key = checked_key(self.key(row), &self.key_name)?;
        let reading = Reading { binding: self, row, around };
        Ok(IncomingRecord {
            source_key,
            fields: reading.fields(warnings),
            clinic: self.fields.get("clinic").and_then(|cells| clinic(cells, row, around, warnings)),
            created_at: reading.created_at(warnings),
            attributes: reading.attributes(warnings),
            ..IncomingRecord::default()
        })
    }
}

/// The name of a row in its source, or why there is none.
pub(super) fn checked_key(key: &str, column: &str) -> Result<String, Issue> {
    if key.is_empty() {
        return Err(Issue::new(column, "no_source_id", "the row has no source id; fill the cell in"));
    }
    if is_cut_number(key) {
        let reason = "Excel cut this number to 15 digits, so it no longer names one customer; make the column text";
        return Err(Issue::new(column, "source_id_cut", reason));
    }
    if key.len() > MAX_KEY {
        return Err(Issue::new(
            column,
            "source_id_too_long",
            format!("the source id is longer than {MAX_KEY} bytes; shorten it"),
        ));
    }
    Ok(key.to_owned())
}

/// Whether it is a number of more than 15 digits as a workbook holds it: `1.10105194912310E17`.
fn is_cut_number(text: &str) -> bool {
    let Some((digits, power)) = text.split_once(['E', 'e']) else { return false };
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let power = power.strip_prefix('+').unwrap_or(power);
    is_digits(power)
        && digits.split_once('.').is_some_and(|(whole, rest)| whole.len() == 1 && is_digits(whole) && is_digits(rest))
}

/// The clinic of a row by code or name; one we do not have is a warning.
pub(super) fn clinic(cells: &Cells, row: &Row, around: &Surroundings, warnings: &mut Vec<Issue>) -> Option<i64> {
    let text = cells.text(row)?;
    let found = around.clinics.get(&text).or_else(|| around.clinics.get(&text.to_lowercase()));
    if found.is_none() {
        let reason = "no clinic has this code or name; the row was taken without a clinic. Add the clinic or list its name under `values`";
        warnings.push(Issue::new(cells.label(), "unknown_clinic", reason));
    }
    found.copied()
}

/// One row being read.
struct Reading<'a> {
    binding: &'a PersonBinding,
    row: &'a Row,
    around: &'a Surroundings,
}

impl Reading<'_> {
    fn cells(&self, field: &str) -> Option<&Cells> {
        self.binding.fields.get(field)
    }

    fn text(&self, field: &str) -> Option<String> {
        self.cells(field)?.text(self.row)
    }

    fn fields(&self, warnings: &mut Vec<Issue>) -> RecordFields {
        let mut fields = RecordFields {
            name: self.text("name"),
            given_name: self.text("given_name"),
            surname: self.text("surname"),
            phones: self.phones(warnings),
            emails: self
                .cells("email")
                .map(|cells| cells.each(self.row).map(str::to_owned).collect())
                .unwrap_or_default(),
            id_card: self.text("id_card"),
            wecom_external_id: self.text("wecom_external_id"),
            union_id: self.text("union_id"),
            guardian_name: self.text("guardian_name"),
            guardian_phone: self.text("guardian_phone"),
            ..RecordFields::default()
        };
        self.address(&mut fields);
        self.gender(&mut fields, warnings);
        self.birth_date(&mut fields, warnings);
        self.check_id_card(&mut fields, warnings);
        for (kind, cells) in &self.binding.identifiers {
            if let Some(text) = cells.text(self.row) {
                fields.identifiers.insert(kind.clone(), text);
            }
        }
        fields
    }

    fn address(&self, fields: &mut RecordFields) {
        let address = &mut fields.address;
        address.street = self.text("street");
        address.suburb = self.text("suburb");
        address.city = self.text("city");
        address.region = self.text("region");
        address.postcode = self.text("postcode");
        address.country = self.text("country");
        address.text = self.text("address");
    }

    fn phones(&self, warnings: &mut Vec<Issue>) -> Vec<PhoneNumber> {
        let Some(cells) = self.cells("phone") else { return Vec::new() };
        let mut phones: Vec<PhoneNumber> = Vec::new();
        for text in cells.each(self.row).flat_map(several) {
            if phone::parse(text).is_none() {
                warnings.push(Issue::new(
                    cells.label(),
                    "phone_unreadable",
                    "this is no phone number; it was kept as text and never matches",
                ));
            }
            if phones.iter().all(|known| known.text != text) {
                phones.push(PhoneNumber { text: text.to_owned(), role: PhoneRole::Own });
            }
        }
        phones
    }

    fn gender(&self, fields: &mut RecordFields, warnings: &mut Vec<Issue>) {
        let Some(cells) = self.cells("gender") else { return };
        let Some(text) = cells.text(self.row) else { return };
        fields.gender = match gender_word(&text) {
            Some("male") => Some(Gender::Male),
            Some("female") => Some(Gender::Female),
            _ => None,
        };
        if fields.gender.is_none() && !is_unknown(&text) {
            warnings.push(Issue::new(
                cells.label(),
                "gender_unreadable",
                "this is no gender; say what it means under `values` in the map",
            ));
        }
    }

    fn birth_date(&self, fields: &mut RecordFields, warnings: &mut Vec<Issue>) {
        let Some(cells) = self.cells("birth_date") else { return };
        let Some(text) = cells.text(self.row) else { return };
        let plausible = |date: &jiff::civil::Date| date.year() >= 1850 && *date <= self.around.today;
        match cells.time.date(&text).filter(plausible) {
            Some(date) => fields.birth_date = Some(date),
            None => {
                let reason = format!(
                    "this is no birth date {}; it was kept as text and never matches",
                    cells.time.expectation()
                );
                warnings.push(Issue::new(cells.label(), "birth_date_unreadable", reason));
                fields.birth_date_text = Some(text);
                fields.bad.push("birth_date".to_owned());
            }
        }
    }

    fn check_id_card(&self, fields: &mut RecordFields, warnings: &mut Vec<Issue>) {
        let Some(cells) = self.cells("id_card") else { return };
        if fields.id_card.as_deref().is_some_and(|text| id_card::parse(text).is_none()) {
            let reason = "this is no valid identity card number; it was kept as text and never matches";
            warnings.push(Issue::new(cells.label(), "id_card_unreadable", reason));
            fields.bad.push("id_card".to_owned());
        }
    }

    fn created_at(&self, warnings: &mut Vec<Issue>) -> Option<jiff::Timestamp> {
        let cells = self.cells("created_at")?;
        let text = cells.text(self.row)?;
        let instant = cells.time.instant(&text);
        if instant.is_none() {
            let reason = format!("this is no time {}; the row was taken without it", cells.time.expectation());
            warnings.push(Issue::new(cells.label(), "created_at_unreadable", reason));
        }
        instant
    }

    fn attributes(&self, warnings: &mut Vec<Issue>) -> Object<String, Value> {
        let mut attributes = Object::new();
        for (name, cells) in &self.binding.attributes {
            let Some(text) = cells.text(self.row) else { continue };
            let value = match read_typed(cells, cells.value_type.unwrap_or(ValueType::Text), &text) {
                Ok(value) => value,
                Err(issue) => {
                    warnings.push(Issue { code: "attribute_unreadable", ..issue });
                    Value::String(text)
                }
            };
            attributes.insert(name.clone(), value);
        }
        attributes
    }
}

/// A cell with several numbers: `13800001111 / 13900002222`.
fn several(cell: &str) -> Vec<&str> {
    let parts: Vec<&str> =
        cell.split([';', '；', '、', ',', '，', '/']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let are_numbers = parts.iter().all(|part| part.chars().filter(char::is_ascii_digit).count() >= 7);
    if parts.len() > 1 && are_numbers { parts } else { vec![cell] }
}

/// Words by which programs say that they do not know.
fn is_unknown(text: &str) -> bool {
    matches!(
        text.to_lowercase().as_str(),
        "未知" | "不详" | "保密" | "-" | "/" | "0" | "unknown" | "n/a" | "null" | "none" | "u"
    )
}
