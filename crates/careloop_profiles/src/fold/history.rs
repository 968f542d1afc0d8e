//! The events of one person, sorted into what the rules ask for.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::event::{Event, kinds, number_of};

use super::calendar::Calendar;

/// Events by kind, each list in order of time.
pub struct History<'a> {
    all: &'a [Event],
    /// Those of registered kinds, kind after kind.
    sorted: Vec<&'a Event>,
    /// Where each registered kind begins in `sorted`, and where the last one ends.
    begins: Vec<usize>,
    /// Those of kinds that are not registered.
    own: BTreeMap<&'a str, Vec<&'a Event>>,
}

impl<'a> History<'a> {
    /// Of events in order of time.
    pub fn of(events: &'a [Event]) -> Self {
        let mut begins = vec![0; kinds() + 1];
        let mut own: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
        for event in events {
            match event.kind.number() {
                Some(kind) => begins[kind] += 1,
                None => own.entry(event.kind.as_str()).or_default().push(event),
            }
        }
        let mut sum = 0;
        for begin in &mut begins {
            sum += *begin;
            *begin = sum;
        }
        // Each kind is filled from its end, so that what was its end becomes its beginning.
        let mut sorted: Vec<&Event> = events.first().map_or_else(Vec::new, |first| vec![first; sum]);
        for event in events.iter().rev() {
            if let Some(kind) = event.kind.number() {
                begins[kind] -= 1;
                sorted[begins[kind]] = event;
            }
        }
        Self { all: events, sorted, begins, own }
    }

    /// All events, in order.
    pub fn all(&self) -> &'a [Event] {
        self.all
    }

    /// The events of a kind.
    pub fn list(&self, kind: &str) -> &[&'a Event] {
        match number_of(kind) {
            Some(kind) => &self.sorted[self.begins[kind]..self.begins[kind + 1]],
            None => self.own.get(kind).map_or(&[], Vec::as_slice),
        }
    }

    /// The events of several kinds, in order.
    pub fn lists(&'a self, kinds: &[&str]) -> Vec<&'a Event> {
        let (mut events, mut lists): (Vec<&Event>, usize) = (Vec::new(), 0);
        for list in kinds.iter().map(|kind| self.list(kind)).filter(|list| !list.is_empty()) {
            events.extend_from_slice(list);
            lists += 1;
        }
        if lists > 1 {
            events.sort_unstable_by_key(|event| (event.at_us, event.seq));
        }
        events
    }

    /// The first event of a kind.
    pub fn first(&'a self, kind: &str) -> Option<&'a Event> {
        self.list(kind).first().copied()
    }

    /// The last event of a kind.
    pub fn last(&'a self, kind: &str) -> Option<&'a Event> {
        self.list(kind).last().copied()
    }

    /// The last event of several kinds.
    pub fn last_of(&'a self, kinds: &[&str]) -> Option<&'a Event> {
        kinds.iter().filter_map(|kind| self.last(kind)).max_by_key(|event| (event.at_us, event.seq))
    }

    /// Those of `opening` that no event of `closing` with the same id in `field` follows. An event without an id is
    /// closed by any later one without an id.
    pub fn open(&'a self, opening: &str, closing: &[&str], field: &str) -> Vec<&'a Event> {
        let opened = self.list(opening);
        if opened.is_empty() {
            return Vec::new();
        }
        let closed = self.lists(closing);
        let is_open = |opened: &&&'a Event| {
            !closed.iter().any(|close| {
                (close.at_us, close.seq) > (opened.at_us, opened.seq) && close.text(field) == opened.text(field)
            })
        };
        opened.iter().filter(is_open).copied().collect()
    }
}

/// Payments above nothing, and refunds: the paid ledger. What spends or fills a balance is not in it.
pub(crate) struct Payments<'a> {
    /// The payments, in order.
    pub events: Vec<&'a Event>,
    /// The refunds, in order.
    pub refunds: Vec<&'a Event>,
    /// The payments' distinct dates, in order.
    pub days: Vec<Date>,
}

impl<'a> Payments<'a> {
    pub fn of(seen: &'a History<'a>, calendar: &Calendar<'_>) -> Self {
        let cash = |kind: &str| -> Vec<&'a Event> {
            let events = seen.list(kind).iter().copied();
            events.filter(|event| is_cash(event)).collect()
        };
        let mut events = cash("payment.received");
        events.retain(|event| event.amount.is_some_and(|amount| amount > 0));
        let refunds = cash("refund.paid");
        let mut days: Vec<Date> = events.iter().map(|event| calendar.date(event.at_us)).collect();
        days.dedup();
        Self { events, refunds, days }
    }
}

/// Whether a payment or refund moves money, not a balance.
pub(crate) fn is_cash(event: &Event) -> bool {
    !event.text("method").is_some_and(careloop_events::is_balance_method)
}
