//! Events in few bytes: numbers as their distance from those of the event before, in LEB128; a word that came before (a kind, a
//! currency) as its number; all texts one after the other behind all numbers; the whole packed with LZ4.
//!
//! A list of events is its own dictionary, so that what is stored can be read whatever becomes of the catalogue.

use careloop_kernel::leb128::{put, put_signed, take, take_signed};
use careloop_kernel::{Error, Result};
use lz4_flex::block::{compress_prepend_size, decompress_into, uncompressed_size};

use crate::{Position, Scanned};

/// How many words are remembered: looking for one goes through all of them.
const WORDS: usize = 128;

/// The event before.
#[derive(Debug, Clone, Copy, Default)]
struct Last {
    position: Position,
    record: i64,
    at_us: i64,
}

/// Events to be packed.
#[derive(Debug, Default)]
pub(crate) struct Packer {
    numbers: Vec<u8>,
    texts: String,
    words: Vec<Box<str>>,
    last: Last,
}

impl Packer {
    /// Goes on after what was packed before.
    pub(crate) fn resume(packed: &[u8]) -> Result<Self> {
        let mut desk = Vec::new();
        let mut events = unpack(packed, &mut desk)?;
        let (numbers, texts) = (events.numbers.to_vec(), events.texts.to_owned());
        for event in events.by_ref() {
            event?;
        }
        let words = events.words.iter().map(|word| (*word).into()).collect();
        Ok(Self { numbers, texts, words, last: events.last })
    }

    /// Appends an event.
    pub(crate) fn put(&mut self, event: &Scanned<'_>) {
        let (bytes, last) = (&mut self.numbers, &self.last);
        put_signed(bytes, event.position.tx.wrapping_sub(last.position.tx));
        put_signed(bytes, event.position.seq.wrapping_sub(last.position.seq));
        put_signed(bytes, event.record.wrapping_sub(last.record));
        put_signed(bytes, event.at_us.wrapping_sub(last.at_us));
        put_signed(bytes, event.source);
        put_maybe(bytes, event.clinic);
        put_maybe(bytes, event.amount);
        self.last = Last { position: event.position, record: event.record, at_us: event.at_us };
        self.word(event.kind);
        if event.amount.is_some() {
            self.word(event.currency.unwrap_or_default());
        }
        self.text(event.props);
    }

    /// The number of a word that came before, from 1 on, or 0 and the word.
    fn word(&mut self, word: &str) {
        if let Some(place) = self.words.iter().position(|known| **known == *word) {
            return put(&mut self.numbers, place as u64 + 1);
        }
        put(&mut self.numbers, 0);
        self.text(word);
        if self.words.len() < WORDS {
            self.words.push(word.into());
        }
    }

    fn text(&mut self, text: &str) {
        put(&mut self.numbers, text.len() as u64);
        self.texts.push_str(text);
    }

    /// Where the last event stands in the log.
    pub(crate) fn position(&self) -> Position {
        self.last.position
    }

    /// How many bytes there are to pack.
    pub(crate) fn len(&self) -> usize {
        self.numbers.len() + self.texts.len()
    }

    /// Packs all of them, and begins anew.
    pub(crate) fn pack(&mut self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.len() + 8);
        put(&mut bytes, self.numbers.len() as u64);
        bytes.extend_from_slice(&self.numbers);
        bytes.extend_from_slice(self.texts.as_bytes());
        self.numbers.clear();
        self.texts.clear();
        self.words.clear();
        self.last = Last::default();
        compress_prepend_size(&bytes)
    }
}

/// A number or none.
fn put_maybe(bytes: &mut Vec<u8>, number: Option<i64>) {
    match number {
        Some(number) => {
            bytes.push(1);
            put_signed(bytes, number);
        }
        None => bytes.push(0),
    }
}

/// The events that were packed, which are unpacked onto `desk`.
pub(crate) fn unpack<'a>(packed: &[u8], desk: &'a mut Vec<u8>) -> Result<Events<'a>> {
    let (size, packed) = uncompressed_size(packed).map_err(Error::internal)?;
    desk.resize(size, 0);
    let length = decompress_into(packed, desk).map_err(Error::internal)?;
    Events::of(&desk[..length])
}

/// Events, one after the other; the first that cannot be read is the last.
#[derive(Debug)]
pub(crate) struct Events<'a> {
    numbers: &'a [u8],
    texts: &'a str,
    words: Vec<&'a str>,
    last: Last,
}

impl<'a> Events<'a> {
    fn of(mut bytes: &'a [u8]) -> Result<Self> {
        let length = usize::try_from(take(&mut bytes)?).map_err(Error::internal)?;
        let (numbers, texts) = bytes.split_at_checked(length).ok_or_else(cut_off)?;
        let texts = std::str::from_utf8(texts).map_err(Error::internal)?;
        Ok(Self { numbers, texts, words: Vec::new(), last: Last::default() })
    }

    fn read(&mut self) -> Result<Scanned<'a>> {
        let (bytes, last) = (&mut self.numbers, &self.last);
        let tx = last.position.tx.wrapping_add(take_signed(bytes)?);
        let seq = last.position.seq.wrapping_add(take_signed(bytes)?);
        let record = last.record.wrapping_add(take_signed(bytes)?);
        let at_us = last.at_us.wrapping_add(take_signed(bytes)?);
        let source = take_signed(bytes)?;
        let (clinic, amount) = (maybe(bytes)?, maybe(bytes)?);
        let kind = self.word()?;
        let currency = amount.map(|_| self.word()).transpose()?;
        let props = self.text()?;
        let position = Position { tx, seq };
        self.last = Last { position, record, at_us };
        Ok(Scanned { position, kind, record, clinic, source, at_us, amount, currency, props })
    }

    fn word(&mut self) -> Result<&'a str> {
        if let Some(place) = take(&mut self.numbers)?.checked_sub(1) {
            let word = usize::try_from(place).ok().and_then(|place| self.words.get(place));
            return word.copied().ok_or_else(|| Error::internal("a word that did not come before"));
        }
        let word = self.text()?;
        if self.words.len() < WORDS {
            self.words.push(word);
        }
        Ok(word)
    }

    fn text(&mut self) -> Result<&'a str> {
        let length = usize::try_from(take(&mut self.numbers)?).map_err(Error::internal)?;
        let (text, rest) = self.texts.split_at_checked(length).ok_or_else(cut_off)?;
        self.texts = rest;
        Ok(text)
    }
}

fn cut_off() -> Error {
    Error::internal("an event without its end")
}

impl<'a> Iterator for Events<'a> {
    type Item = Result<Scanned<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.numbers.is_empty() {
            return None;
        }
        let event = self.read();
        if event.is_err() {
            self.numbers = &[];
        }
        Some(event)
    }
}

fn maybe(bytes: &mut &[u8]) -> Result<Option<i64>> {
    match take(bytes)? {
        0 => Ok(None),
        _ => take_signed(bytes).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Told = ([i64; 5], Option<i64>, Option<i64>, String, String);

    fn scanned(told: &Told) -> Scanned<'_> {
        let ([tx, seq, record, at_us, source], clinic, amount, kind, props) = told;
        Scanned {
            position: Position { tx: *tx, seq: *seq },
            kind,
            record: *record,
            clinic: *clinic,
            source: *source,
            at_us: *at_us,
            amount: *amount,
            currency: amount.map(|amount| if amount % 2 == 0 { "CNY" } else { "JPY" }),
            props,
        }
    }

    fn number() -> impl Strategy<Value = i64> {
        prop_oneof![-300_i64..300, any::<i64>()]
    }

    fn told() -> impl Strategy<Value = Told> {
        let numbers = [number(), number(), number(), number(), number()];
        let kind = prop_oneof![Just("visit.closed".to_owned()), "[a-z]{0,3}", "自己.[种植]"];
        (numbers, proptest::option::of(number()), proptest::option::of(number()), kind, ".{0,40}")
    }

    proptest! {
        #[test]
        fn events_come_back_as_they_were_packed_at_once_or_bit_by_bit(
            events in proptest::collection::vec(told(), 0..300), cut in 0_usize..300,
        ) {
            let (before, after) = events.split_at(cut.min(events.len()));
            let mut packer = Packer::default();
            before.iter().for_each(|event| packer.put(&scanned(event)));
            let mut packer = Packer::resume(&packer.pack()).unwrap();
            after.iter().for_each(|event| packer.put(&scanned(event)));
            let last = events.last().map_or(Position::default(), |event| scanned(event).position);
            prop_assert_eq!(packer.position(), last);
            let (packed, mut desk) = (packer.pack(), Vec::new());
            let back: Vec<Scanned<'_>> = unpack(&packed, &mut desk).unwrap().collect::<Result<_>>().unwrap();
            prop_assert_eq!(back, events.iter().map(scanned).collect::<Vec<_>>());
            prop_assert!(packer.len() == 0 && unpack(&packer.pack(), &mut desk).unwrap().next().is_none());
        }

        #[test]
        fn whatever_the_bytes_reading_them_ends(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Events::of(&bytes).map_or(0, Iterator::count) <= bytes.len());
        }
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        let mut packer = Packer::default();
        packer.put(&scanned(&([0, 1, 2, 3, 4], Some(5), None, "visit.closed".to_owned(), "{}".to_owned())));
        let packed = packer.pack();
        let mut desk = Vec::new();
        assert!((0..packed.len()).all(|length| unpack(&packed[..length], &mut desk).is_err()));
        assert!(Packer::resume(&packed[..5]).is_err());
    }
}
