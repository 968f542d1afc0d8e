//! Many records side by side, ready to compare: one short row each, and columns that the rows share.
//!
//! A chain has millions of records, and a resolve looks at all of them again and again: here one takes about 150 bytes and
//! no allocation of its own. Pages are filled independently, so that they can be made on all cores.

use std::sync::Arc;

use jiff::civil::Date;

use super::features::{CardMark, Features, Identifier, KeyMark, PhoneMark, PlaceRef};
use super::names::NameForm;
use crate::keys::KeyKind;
use crate::model::{Gender, redacted};

/// Records of a page, but for the last one of a table.
pub(crate) const PAGE: usize = 1 << 13;

/// Records by their index.
#[derive(Default)]
pub(crate) struct Table {
    pages: Vec<Page>,
    len: usize,
}

/// Records next to each other.
#[derive(Default)]
pub(crate) struct Page {
    rows: Vec<Row>,
    keys: Vec<KeyMark>,
    phones: Vec<PhoneMark>,
    /// Post code, suburb and street of all, run together.
    text: String,
    identifiers: Vec<Identifier>,
}

/// The fixed part of a record, and where its share of the columns lies.
struct Row {
    tie: u64,
    name: Arc<NameForm>,
    guardian: Option<Arc<NameForm>>,
    card: Option<CardMark>,
    birth: Option<Date>,
    keys: Share,
    phones: Share,
    identifiers: Share,
    /// Where its text begins, and how long the three parts are.
    text: u32,
    parts: [u16; 3],
    gender: Option<Gender>,
    has_guardian: bool,
    at_flat: bool,
    account_is_hot: bool,
    has_place: bool,
}

/// A record of a table.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    page: &'a Page,
    row: &'a Row,
}

/// A stretch of a column.
#[derive(Clone, Copy)]
struct Share {
    start: u32,
    len: u16,
}

redacted!(Table, Page, Row, Record<'_>);

impl Table {
    /// The records in this order.
    pub fn of<'a>(records: impl IntoIterator<Item = &'a Features>) -> Self {
        let mut table = Self::default();
        for record in records {
            if table.len.is_multiple_of(PAGE) {
                table.pages.push(Page::default());
            }
            if let Some(page) = table.pages.last_mut() {
                page.push(record);
                table.len += 1;
            }
        }
        table
    }

    /// Adds a page; only the last one may be short.
    pub fn push(&mut self, page: Page) {
        debug_assert!(self.len.is_multiple_of(PAGE) && page.rows.len() <= PAGE, "a short page comes last");
        self.len += page.rows.len();
        self.pages.push(page);
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The record of this index.
    pub fn at(&self, index: u32) -> Record<'_> {
        let index = index as usize;
        let page = &self.pages[index / PAGE];
        Record { page, row: &page.rows[index % PAGE] }
    }

    /// All records in order.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        self.pages.iter().flat_map(Page::iter)
    }

    /// The pages, to be walked over on all cores; the first record of each has the index of the page times [`PAGE`].
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// The names of all records, in order.
    pub fn names(&self) -> impl Iterator<Item = &NameForm> {
        self.pages.iter().flat_map(|page| &page.rows).map(|row| &*row.name)
    }

    /// Forgets the keys of `hot` and marks the phones of `crowded`, both sorted; see [`Features::forget`] and
    /// [`Features::mark_crowded`].
    pub fn forget(&mut self, hot: &[u64], crowded: &[u64]) {
        if crowded.is_empty() {
            return;
        }
        let is_hot = |hash: u64| hot.binary_search(&hash).is_ok();
        let is_crowded = |hash: u64| crowded.binary_search(&hash).is_ok();
        for page in &mut self.pages {
            page.forget(is_hot, is_crowded);
        }
    }
}

impl Page {
    /// Adds a record.
    pub fn push(&mut self, record: &Features) {
        let place = record.place.as_deref();
        let parts = place.map_or([""; 3], |place| [&*place.postcode, &*place.suburb, &*place.street]);
        self.rows.push(Row {
            tie: record.tie,
            name: Arc::clone(&record.name),
            guardian: record.guardian.clone(),
            card: record.card,
            birth: record.birth,
            keys: append(&mut self.keys, &record.keys),
            phones: append(&mut self.phones, &record.phones),
            identifiers: append(&mut self.identifiers, &record.identifiers),
            text: u32::try_from(self.text.len()).unwrap_or(u32::MAX),
            parts: parts.map(|part| u16::try_from(part.len()).unwrap_or(0)),
            gender: record.gender,
            has_guardian: record.has_guardian,
            at_flat: record.at_flat,
            account_is_hot: record.account_is_hot,
            has_place: place.is_some(),
        });
        parts.into_iter().filter(|part| part.len() <= usize::from(u16::MAX)).for_each(|part| self.text.push_str(part));
    }

    /// Gives back the room that was kept for more records.
    pub fn close(&mut self) {
        self.rows.shrink_to_fit();
        self.keys.shrink_to_fit();
        self.phones.shrink_to_fit();
        self.text.shrink_to_fit();
        self.identifiers.shrink_to_fit();
    }

    /// All records of the page in order.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        self.rows.iter().map(|row| Record { page: self, row })
    }

    fn forget(&mut self, is_hot: impl Fn(u64) -> bool, is_crowded: impl Fn(u64) -> bool) {
        for row in &mut self.rows {
            let (keys, phones) = (row.keys.of_mut(&mut self.keys), row.phones.of_mut(&mut self.phones));
            row.account_is_hot = keys.iter().any(|key| key.kind == KeyKind::UnionId && is_hot(key.hash));
            if keys.iter().any(|key| key.is_forgotten(&is_hot)) {
                row.keys.len = retain(keys, |key| !key.is_forgotten(&is_hot));
                row.phones.len = retain(phones, |phone| !is_hot(phone.hash));
            }
            for phone in row.phones.of_mut(&mut self.phones) {
                phone.crowded = is_crowded(phone.hash);
            }
        }
    }
}

impl<'a> Record<'a> {
    /// See [`Features::tie`].
    pub fn tie(self) -> u64 {
        self.row.tie
    }

    /// The name.
    pub fn name(self) -> &'a NameForm {
        &self.row.name
    }

    /// See [`Features::guardian`].
    pub fn guardian(self) -> Option<&'a NameForm> {
        self.row.guardian.as_deref()
    }

    /// Whether somebody is in another's care.
    pub fn has_guardian(self) -> bool {
        self.row.has_guardian
    }

    /// See [`Features::keys`].
    pub fn keys(self) -> &'a [KeyMark] {
        self.row.keys.of(&self.page.keys)
    }

    /// See [`Features::at_flat`].
    pub fn at_flat(self) -> bool {
        self.row.at_flat
    }

    /// See [`Features::account_is_hot`].
    pub fn account_is_hot(self) -> bool {
        self.row.account_is_hot
    }

    /// The phones that are evidence.
    pub fn phones(self) -> &'a [PhoneMark] {
        self.row.phones.of(&self.page.phones)
    }

    /// The identity card.
    pub fn card(self) -> Option<CardMark> {
        self.row.card
    }

    /// The gender.
    pub fn gender(self) -> Option<Gender> {
        self.row.gender
    }

    /// The birth date, where it is evidence.
    pub fn birth(self) -> Option<Date> {
        self.row.birth
    }

    /// Where somebody lives, squeezed.
    pub fn place(self) -> Option<PlaceRef<'a>> {
        if !self.row.has_place {
            return None;
        }
        let mut rest = &self.page.text[self.row.text as usize..];
        let [postcode, suburb, street] = self.row.parts.map(|len| {
            let (part, after) = rest.split_at(usize::from(len));
            rest = after;
            part
        });
        Some(PlaceRef { postcode, suburb, street })
    }

    /// Registered numbers: kind and value.
    pub fn identifiers(self) -> &'a [Identifier] {
        self.row.identifiers.of(&self.page.identifiers)
    }

    /// The hashes of one kind.
    pub fn of_kind(self, kind: KeyKind) -> impl Iterator<Item = u64> + 'a {
        self.keys().iter().filter(move |key| key.kind == kind).map(|key| key.hash)
    }

    /// Whether both have a key of this kind in common; none if one of them has no such key.
    pub fn shares(self, other: Self, kind: KeyKind) -> Option<bool> {
        let (mut own, mut others) = (self.of_kind(kind).peekable(), other.of_kind(kind).peekable());
        own.peek()?;
        others.peek()?;
        Some(own.any(|hash| other.of_kind(kind).any(|known| known == hash)))
    }
}

impl Share {
    fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + usize::from(self.len)
    }

    fn of<T>(self, column: &[T]) -> &[T] {
        &column[self.range()]
    }

    fn of_mut<T>(self, column: &mut [T]) -> &mut [T] {
        &mut column[self.range()]
    }
}

fn append<T: Clone>(column: &mut Vec<T>, values: &[T]) -> Share {
    let start = u32::try_from(column.len()).unwrap_or(u32::MAX);
    let len = u16::try_from(values.len()).unwrap_or(u16::MAX);
    column.extend_from_slice(&values[..usize::from(len)]);
    Share { start, len }
}

/// Moves the values to keep to the front; how many they are.
fn retain<T: Copy>(values: &mut [T], keep: impl Fn(&T) -> bool) -> u16 {
    let mut kept: u16 = 0;
    for at in 0..values.len() {
        if keep(&values[at]) {
            values[usize::from(kept)] = values[at];
            kept += 1;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Address, PhoneNumber, PhoneRole, RecordFields};

    fn record(number: usize) -> Features {
        let fields = RecordFields {
            name: Some("王小明".into()),
            phones: vec![PhoneNumber { text: format!("1371234{number:04}"), role: PhoneRole::Own }],
            union_id: Some("u-shared".into()),
            address: Address {
                street: Some(format!("8 Stanley Street {number}")),
                postcode: Some("2600".into()),
                ..Address::default()
            },
            ..RecordFields::default()
        };
        crate::identity::tests::features(number as u64, &fields)
    }

    #[test]
    fn a_table_gives_back_what_was_put_in_across_pages() {
        let records: Vec<Features> = (0..PAGE + 3).map(record).collect();
        let table = Table::of(&records);
        assert_eq!((table.len(), table.pages().len()), (PAGE + 3, 2));
        for index in [0, PAGE - 1, PAGE, PAGE + 2] {
            let (own, found) = (&records[index], table.at(u32::try_from(index).unwrap()));
            let (place, wanted) = (found.place().unwrap(), own.place.as_ref().unwrap());
            assert_eq!(
                (found.tie(), place.postcode, place.suburb, place.street),
                (own.tie, "2600", "", &*wanted.street)
            );
            assert!(found.keys() == &*own.keys && found.phones() == &*own.phones && found.name().name == own.name.name);
        }
    }

    #[test]
    fn keys_that_say_nothing_are_forgotten_in_the_table_as_in_the_record() {
        let mut records: Vec<Features> = (0..3).map(record).collect();
        let mut table = Table::of(&records);
        let mut hot: Vec<u64> = records[1].keys.iter().map(|key| key.hash).collect();
        hot.sort_unstable();
        table.forget(&hot, &hot);
        for (own, found) in records.iter_mut().zip(table.iter()) {
            own.forget(|hash| hot.contains(&hash));
            own.mark_crowded(|hash| hot.contains(&hash));
            assert!(found.keys() == &*own.keys && found.phones() == &*own.phones);
            assert!(found.account_is_hot() && own.account_is_hot, "the account is everybody's");
        }
        assert!(table.at(1).phones().is_empty() && !table.at(0).phones().is_empty());
    }
}
