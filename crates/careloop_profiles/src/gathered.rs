//! Everybody's events, person by person, for those who fold everybody.
//!
//! The log stands in the order in which events arrived. To look them up record by record would fetch most of its pages
//! many times over, so it is read once from end to end: events are put aside by blocks of people, packed, and a block
//! is opened when its people are folded.

use std::sync::Arc;

use careloop_db::Db;
use careloop_events::{Position, Scanned, scan};
use careloop_kernel::{Error, Result};
use lz4_flex::block::{compress_prepend_size, decompress_size_prepended};

use crate::bytes::{put, take};
use crate::event::{Event, EventKind, Fields};
use crate::load::{History, Loaded, load_facts};
use crate::store;

/// People are in one block whose numbers differ in these low bits only.
const BLOCK_BITS: u32 = 14;
/// Bytes of events that are packed together.
const PACKED: usize = 64 << 10;
/// How many people are looked up in one statement.
const PEOPLE: usize = 2_000;

/// The events of everybody.
#[derive(Debug)]
pub struct Gathered {
    person_of: Arc<Vec<u32>>,
    blocks: Vec<Vec<Vec<u8>>>,
}

/// The people of one block, and what happened to them, still packed.
#[derive(Debug)]
pub struct Block {
    first: i64,
    person_of: Arc<Vec<u32>>,
    packed: Vec<Vec<u8>>,
}

/// Events of a block that one reader has met.
#[derive(Debug, Default)]
struct Pile {
    loose: Vec<u8>,
    packed: Vec<Vec<u8>>,
}

impl Pile {
    fn pack(&mut self) {
        if !self.loose.is_empty() {
            self.packed.push(compress_prepend_size(&self.loose));
            self.loose.clear();
        }
    }
}

impl Gathered {
    /// Reads every committed event of people.
    pub async fn read(db: &Db) -> Result<Self> {
        let person_of = Arc::new(store::persons_of_records(db.read()).await?);
        let currency = careloop_access::settings::load(db.read()).await?.currency.to_string();
        let last = person_of.iter().max().copied().unwrap_or_default();
        let count = (last >> BLOCK_BITS) as usize + 1;
        let make = move || -> Vec<Pile> { std::iter::repeat_with(Pile::default).take(count).collect() };
        let known = Arc::clone(&person_of);
        let each = move |piles: &mut Vec<Pile>, event: Scanned<'_>| {
            let record = usize::try_from(event.record).ok();
            let person = record.and_then(|record| known.get(record)).copied().unwrap_or_default();
            if let Some(pile) = piles.get_mut((person >> BLOCK_BITS) as usize).filter(|_| person > 0) {
                write(&mut pile.loose, &event, &currency);
                if pile.loose.len() >= PACKED {
                    pile.pack();
                }
            }
            Ok(())
        };
        let mut blocks: Vec<Vec<Vec<u8>>> = std::iter::repeat_with(Vec::new).take(count).collect();
        for piles in scan(db, 0, make, each).await? {
            for (block, mut pile) in blocks.iter_mut().zip(piles) {
                pile.pack();
                block.append(&mut pile.packed);
            }
        }
        Ok(Self { person_of, blocks })
    }

    /// The blocks, in the order of their people's numbers.
    pub fn into_blocks(self) -> impl Iterator<Item = Block> {
        let Self { person_of, blocks } = self;
        blocks.into_iter().enumerate().map(move |(at, packed)| {
            let first = i64::try_from(at << BLOCK_BITS).unwrap_or(i64::MAX);
            Block { first, person_of: Arc::clone(&person_of), packed }
        })
    }
}

impl Block {
    /// The highest number that a person of the block may have.
    pub fn last(&self) -> i64 {
        self.first + (1 << BLOCK_BITS) - 1
    }

    /// The people of the block, ready to be folded.
    pub async fn load(self, db: &Db) -> Result<Vec<Loaded>> {
        let people = store::people_between(db.read(), self.first, self.last()).await?;
        let mut loaded = Vec::with_capacity(people.len());
        for people in people.chunks(PEOPLE) {
            loaded.extend(load_facts(db.read(), people).await?);
        }
        let filled = tokio::task::spawn_blocking(move || {
            self.fill(&mut loaded)?;
            Ok(loaded)
        });
        filled.await.map_err(Error::internal)?
    }

    /// Gives people their events.
    fn fill(&self, loaded: &mut [Loaded]) -> Result<()> {
        let mut histories: Vec<History> = std::iter::repeat_with(History::default).take(1 << BLOCK_BITS).collect();
        for packed in &self.packed {
            let bytes = decompress_size_prepended(packed).map_err(Error::internal)?;
            let mut left = bytes.as_slice();
            while !left.is_empty() {
                let (position, event) = read(&mut left)?;
                let record = usize::try_from(event.record).map_err(Error::internal)?;
                let person = self.person_of.get(record).copied().unwrap_or_default();
                let place = usize::try_from(i64::from(person) - self.first).map_err(Error::internal)?;
                if let Some(history) = histories.get_mut(place) {
                    history.push(position, event);
                }
            }
        }
        for loaded in loaded {
            let place = usize::try_from(loaded.facts.person - self.first).map_err(Error::internal)?;
            if let Some(history) = histories.get_mut(place) {
                loaded.happened(std::mem::take(history));
            }
        }
        Ok(())
    }
}

/// One event: numbers that may be missing or below zero are folded onto those from 1 on.
fn write(bytes: &mut Vec<u8>, event: &Scanned<'_>, currency: &str) {
    let amount = event.amount.filter(|_| event.currency == Some(currency));
    let numbers = [
        signed(event.position.tx),
        signed(event.position.seq),
        signed(event.record),
        event.clinic.map_or(0, |clinic| signed(clinic).saturating_add(1)),
        signed(event.source),
        signed(event.at_us),
        // An amount that does not fit is none: money is at most a million millions.
        amount.map_or(0, |amount| signed(amount).saturating_add(1)),
        event.kind.len() as u64,
        event.props.len() as u64,
    ];
    for number in numbers {
        put(bytes, number);
    }
    bytes.extend_from_slice(event.kind.as_bytes());
    bytes.extend_from_slice(event.props.as_bytes());
}

fn read(bytes: &mut &[u8]) -> Result<(Position, Event)> {
    let mut number = || take(bytes);
    let position = Position { tx: unsigned(number()?), seq: unsigned(number()?) };
    let (record, clinic, source) = (unsigned(number()?), number()?, unsigned(number()?));
    let (at_us, amount) = (unsigned(number()?), number()?);
    let (kind, props) = (number()?, number()?);
    let event = Event {
        seq: position.seq,
        kind: EventKind::of(text(bytes, kind)?),
        record,
        clinic: clinic.checked_sub(1).map(unsigned),
        source,
        at_us,
        amount: amount.checked_sub(1).map(unsigned),
        props: Fields::of(text(bytes, props)?),
    };
    Ok((position, event))
}

fn text<'a>(bytes: &mut &'a [u8], length: u64) -> Result<&'a str> {
    let length = usize::try_from(length).map_err(Error::internal)?;
    let (text, rest) = bytes.split_at_checked(length).ok_or_else(|| Error::internal("an event without its end"))?;
    *bytes = rest;
    std::str::from_utf8(text).map_err(Error::internal)
}

/// Numbers near zero, on either side, as small ones (zigzag).
fn signed(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

fn unsigned(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_back_as_it_was() {
        let position = Position { tx: 12, seq: 70_000 };
        let event = Scanned {
            position,
            kind: "payment.received",
            record: 9,
            clinic: None,
            source: 2,
            at_us: -1,
            amount: Some(-12_300),
            currency: Some("CNY"),
            props: r#"{"line":"洁牙"}"#,
        };
        let mut bytes = Vec::new();
        write(&mut bytes, &event, "CNY");
        write(&mut bytes, &Scanned { clinic: Some(0), ..event }, "USD");
        let mut left = bytes.as_slice();
        let (at, first) = read(&mut left).unwrap();
        assert_eq!((at, first.clinic, first.amount, first.at_us), (position, None, Some(-12_300), -1));
        assert_eq!((first.text("line"), first.record), (Some("洁牙"), 9));
        let (_, second) = read(&mut left).unwrap();
        assert_eq!((second.clinic, second.amount), (Some(0), None), "an amount in another currency is none");
        assert!(left.is_empty() && read(&mut &bytes[..bytes.len() / 3]).is_err());
    }

    #[test]
    fn numbers_of_either_sign_come_back() {
        for number in [0, 1, -1, i64::MAX, i64::MIN] {
            assert_eq!(unsigned(signed(number)), number);
        }
    }
}
