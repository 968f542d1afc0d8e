//! Everybody's facts and events, person by person, for those who fold everybody.
//!
//! The log stands in the order in which events arrived. To look them up record by record would fetch most of its pages
//! many times over, so it is read once from end to end: events are put aside by parts of people, packed, and a part
//! is opened when its people are folded.

use std::sync::Arc;

use careloop_db::Db;
use careloop_events::{Position, Scanned, scan};
use careloop_kernel::{Error, Result};
use careloop_people::{persons_of, record_numbers};
use lz4_flex::block::{compress_into, decompress_into, get_maximum_output_size};

use crate::bytes::{put, take};
use crate::event::{Event, EventKind, Fields, number_of};
use crate::load::{Everybody, History, Loaded};

/// People are in one part whose numbers differ in these low bits only: few enough that what happened to them stays near the
/// processor while they are folded.
const PART_BITS: u32 = 11;
/// Parts that are handed over together, as one block.
const PARTS: usize = 8;
/// Bytes of events that are packed together, at most.
const PACKED: usize = 64 << 10;
/// Bytes of events that one reader holds unpacked, at most.
const LOOSE: usize = 128 << 20;

/// What is known of everybody.
#[derive(Debug)]
pub struct Gathered {
    known: Arc<Known>,
    parts: Vec<Packed>,
}

/// What all blocks share.
#[derive(Debug)]
struct Known {
    person_of: Arc<Vec<u32>>,
    everybody: Everybody,
}

/// Events of the people of one part.
type Packed = Vec<Chunk>;

/// Events that are packed together.
#[derive(Debug)]
struct Chunk {
    bytes: Box<[u8]>,
    /// How many bytes they are unpacked.
    size: usize,
}

/// The people of one block, and what happened to them, still packed.
#[derive(Debug)]
pub struct Block {
    first: i64,
    known: Arc<Known>,
    parts: Vec<Packed>,
}

/// What one reader has met.
#[derive(Debug)]
struct Piles {
    piles: Vec<Pile>,
    /// Bytes at which a pile is packed.
    most: usize,
    /// Where they are packed.
    desk: Vec<u8>,
}

/// Events of one part.
#[derive(Debug, Default)]
struct Pile {
    loose: Vec<u8>,
    packed: Packed,
}

impl Piles {
    fn of(parts: usize) -> Self {
        let most = PACKED.min(LOOSE / parts);
        Self { piles: std::iter::repeat_with(Pile::default).take(parts).collect(), most, desk: Vec::new() }
    }

    fn put(&mut self, part: usize, event: &Scanned<'_>, currency: &str) -> Result<()> {
        let Some(pile) = self.piles.get_mut(part) else { return Ok(()) };
        write(&mut pile.loose, event, currency);
        if pile.loose.len() >= self.most { pile.pack(&mut self.desk) } else { Ok(()) }
    }

    /// What was met of each part.
    fn done(mut self) -> Result<impl Iterator<Item = Packed>> {
        for pile in &mut self.piles {
            pile.pack(&mut self.desk)?;
        }
        Ok(self.piles.into_iter().map(|pile| pile.packed))
    }
}

impl Pile {
    fn pack(&mut self, desk: &mut Vec<u8>) -> Result<()> {
        let size = self.loose.len();
        if size > 0 {
            desk.resize(desk.len().max(get_maximum_output_size(size)), 0);
            let length = compress_into(&self.loose, desk).map_err(Error::internal)?;
            self.packed.push(Chunk { bytes: desk[..length].into(), size });
            self.loose.clear();
        }
        Ok(())
    }
}

impl Gathered {
    /// Reads every committed event of people.
    pub async fn read(db: &Db) -> Result<Self> {
        let records = record_numbers(db.read()).await?;
        let person_of = Arc::new(persons_of(&records));
        let (parts, everybody) = tokio::try_join!(parts(db, &person_of), Everybody::read(db.read(), &records))?;
        Ok(Self { known: Arc::new(Known { person_of, everybody }), parts })
    }

    /// The blocks, in the order of their people's numbers.
    pub fn into_blocks(self) -> impl Iterator<Item = Block> {
        let Self { known, parts } = self;
        let mut parts = parts.into_iter();
        let mut first = 0;
        std::iter::from_fn(move || {
            let parts: Vec<Packed> = parts.by_ref().take(PARTS).collect();
            let block = (!parts.is_empty()).then(|| Block { first, known: Arc::clone(&known), parts })?;
            first = block.last() + 1;
            Some(block)
        })
    }
}

/// The events of people, by their part.
async fn parts(db: &Db, person_of: &Arc<Vec<u32>>) -> Result<Vec<Packed>> {
    let currency = careloop_access::settings::load(db.read()).await?.currency.to_string();
    let last = person_of.iter().max().copied().unwrap_or_default();
    let count = (last >> PART_BITS) as usize + 1;
    let person_of = Arc::clone(person_of);
    let each = move |piles: &mut Piles, event: Scanned<'_>| {
        let record = usize::try_from(event.record).ok();
        let person = record.and_then(|record| person_of.get(record)).copied().unwrap_or_default();
        if person > 0 { piles.put((person >> PART_BITS) as usize, &event, &currency) } else { Ok(()) }
    };
    let mut parts: Vec<Packed> = std::iter::repeat_with(Vec::new).take(count).collect();
    for piles in scan(db, 0, move || Piles::of(count), each).await? {
        for (part, packed) in parts.iter_mut().zip(piles.done()?) {
            part.extend(packed);
        }
    }
    Ok(parts)
}

impl Block {
    /// The highest number that a person of the block may have.
    pub fn last(&self) -> i64 {
        self.first + i64::try_from(self.parts.len() << PART_BITS).unwrap_or(i64::MAX) - 1
    }

    /// The people of the block, without what happened to them.
    pub async fn people(&self, db: &Db) -> Result<Vec<Loaded>> {
        self.known.everybody.between(db.read(), (self.first, self.last())).await
    }

    /// Its people, ready to be folded, in a few pieces: each is opened when it is asked for.
    pub fn open(self, people: Vec<Loaded>) -> impl Iterator<Item = Result<Vec<Loaded>>> {
        let Self { mut first, known, parts } = self;
        let mut people = people.into_iter().peekable();
        parts.into_iter().map(move |packed| {
            let next = first + (1 << PART_BITS);
            let mut here: Vec<Loaded> =
                std::iter::from_fn(|| people.next_if(|loaded| loaded.facts.person < next)).collect();
            fill(&mut here, &packed, &known.person_of, first)?;
            first = next;
            Ok(here)
        })
    }
}

/// Gives the people of a part, whose numbers begin with `first`, their events.
fn fill(people: &mut [Loaded], packed: &[Chunk], person_of: &[u32], first: i64) -> Result<()> {
    let mut histories: Vec<History> = std::iter::repeat_with(History::default).take(1 << PART_BITS).collect();
    let mut desk = Vec::new();
    for Chunk { bytes, size } in packed {
        desk.resize(desk.len().max(*size), 0);
        let length = decompress_into(bytes, &mut desk).map_err(Error::internal)?;
        let mut left = &desk[..length];
        while !left.is_empty() {
            let (position, event) = read(&mut left)?;
            let record = usize::try_from(event.record).map_err(Error::internal)?;
            let person = person_of.get(record).copied().unwrap_or_default();
            let place = usize::try_from(i64::from(person) - first).map_err(Error::internal)?;
            if let Some(history) = histories.get_mut(place) {
                history.push(position, event);
            }
        }
    }
    for loaded in people {
        let place = usize::try_from(loaded.facts.person - first).map_err(Error::internal)?;
        if let Some(history) = histories.get_mut(place) {
            loaded.happened(std::mem::take(history));
        }
    }
    Ok(())
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
    ];
    for number in numbers {
        put(bytes, number);
    }
    // A registered kind is its number, any other 0 and its name.
    match number_of(event.kind) {
        Some(number) => put(bytes, number as u64 + 1),
        None => {
            put(bytes, 0);
            put_text(bytes, event.kind);
        }
    }
    put_text(bytes, event.props);
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

fn read(bytes: &mut &[u8]) -> Result<(Position, Event)> {
    let mut number = || take(bytes);
    let position = Position { tx: unsigned(number()?), seq: unsigned(number()?) };
    let (record, clinic, source) = (unsigned(number()?), number()?, unsigned(number()?));
    let (at_us, amount) = (unsigned(number()?), number()?);
    let event = Event {
        seq: position.seq,
        kind: kind(bytes)?,
        record,
        clinic: clinic.checked_sub(1).map(unsigned),
        source,
        at_us,
        amount: amount.checked_sub(1).map(unsigned),
        props: Fields::of(text(bytes)?),
    };
    Ok((position, event))
}

fn kind(bytes: &mut &[u8]) -> Result<EventKind> {
    match take(bytes)?.checked_sub(1) {
        Some(number) => usize::try_from(number).ok().and_then(EventKind::registered),
        None => Some(EventKind::of(text(bytes)?)),
    }
    .ok_or_else(|| Error::internal("an event of no kind"))
}

fn text<'a>(bytes: &mut &'a [u8]) -> Result<&'a str> {
    let length = usize::try_from(take(bytes)?).map_err(Error::internal)?;
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
        write(&mut bytes, &Scanned { clinic: Some(0), kind: "自己的", ..event }, "USD");
        let mut left = bytes.as_slice();
        let (at, first) = read(&mut left).unwrap();
        assert_eq!((at, first.clinic, first.amount, first.at_us), (position, None, Some(-12_300), -1));
        assert_eq!((first.text("line"), first.record, &*first.kind), (Some("洁牙"), 9, "payment.received"));
        let (_, second) = read(&mut left).unwrap();
        assert_eq!((second.clinic, &*second.kind), (Some(0), "自己的"));
        assert_eq!(second.amount, None, "an amount in another currency is none");
        assert!(left.is_empty() && read(&mut &bytes[..bytes.len() / 3]).is_err());
    }

    #[test]
    fn numbers_of_either_sign_come_back() {
        for number in [0, 1, -1, i64::MAX, i64::MIN] {
            assert_eq!(unsigned(signed(number)), number);
        }
    }
}
