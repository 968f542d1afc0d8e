//! What happens to one person of the chain: messages, pages, campaigns and visits with all that belongs to them.

use crate::dice::Dice;
use crate::told::{Kind, LINES, Told};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// How many clinics the chain has.
pub(crate) const CLINICS: u64 = 30;
/// Events that an episode has on average, as counted.
const EPISODE: f64 = 4.1;
/// Nobody has more than so many times the average.
const MOST: f64 = 40.0;

/// The span of the chain's history, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// Tells a person's events in no particular order. `mean` is how many people have on average.
pub(crate) fn tell(mut dice: Dice, records: &[u32], mean: f64, span: Span, out: &mut Vec<Told>) {
    // Log-normal with a deviation of one: a tenth of the people have two fifths of the events.
    let weight = (dice.bell() - 0.5).exp().min(MOST);
    let episodes = (mean * weight / EPISODE).round() as u64;
    let length = (span.to - span.from) as u64;
    let arrived = if dice.percent(30) { 0 } else { dice.below(length * 19 / 20) };
    let mut life = Life {
        home: dice.early(CLINICS) as u8 + 1,
        record: records[dice.early(records.len() as u64) as usize],
        dice,
        number: 0,
        span,
        out,
    };
    let rest = length - arrived;
    let first = span.from + arrived as i64;
    if life.dice.percent(70) {
        life.add(Kind::LeadCreated, first, 0, 0);
    }
    for _ in 0..episodes {
        let at = daytime(first + life.dice.below(rest) as i64);
        if records.len() > 1 && life.dice.percent(20) {
            life.record = records[life.dice.below(records.len() as u64) as usize];
        }
        life.number += 1;
        match life.dice.below(100) {
            0..=44 => life.touch(at),
            45..=64 => life.browse(at),
            65..=69 => life.campaign(at),
            _ => life.visit(at),
        }
    }
}

/// Moves an instant into the hours in which people are awake in China (9 to 21, UTC+8).
fn daytime(at: i64) -> i64 {
    let (day, within) = (at.div_euclid(DAY), at.rem_euclid(DAY));
    day * DAY + HOUR + within / 2
}

struct Life<'a> {
    dice: Dice,
    home: u8,
    record: u32,
    number: u32,
    span: Span,
    out: &'a mut Vec<Told>,
}

impl Life<'_> {
    fn add(&mut self, kind: Kind, at: i64, line: u8, size: u32) {
        self.place(kind, at, (0, line), size);
    }

    fn place(&mut self, kind: Kind, at: i64, (clinic, line): (u8, u8), size: u32) {
        if at >= self.span.to {
            return;
        }
        let throw = self.dice.early(256) as u8;
        self.out.push(Told { at, record: self.record, kind, clinic, line, throw, size, number: self.number });
    }

    fn soon(&mut self, at: i64, minutes: u64) -> i64 {
        at + 1 + self.dice.below(minutes * 60_000) as i64
    }

    fn touch(&mut self, at: i64) {
        self.add(Kind::TouchSent, at, 0, 0);
        let steps = [
            (Kind::TouchDelivered, 96, 5),
            (Kind::TouchOpened, 35, 2_000),
            (Kind::TouchClicked, 35, 30),
            (Kind::TouchReplied, 30, 300),
        ];
        let mut at = at;
        for (kind, share, minutes) in steps {
            if !self.dice.percent(share) {
                return;
            }
            at = self.soon(at, minutes);
            self.add(kind, at, 0, 0);
        }
    }

    fn browse(&mut self, at: i64) {
        let line = self.dice.below(LINES.len() as u64) as u8;
        let mut at = at;
        for _ in 0..self.dice.between(1, 4) {
            let kind = if self.dice.percent(60) { Kind::PageViewed } else { Kind::ContentViewed };
            self.add(kind, at, line, 0);
            at = self.soon(at, 6);
        }
    }

    fn campaign(&mut self, at: i64) {
        self.add(Kind::CouponIssued, at, 0, 0);
        if self.dice.percent(25) {
            let at = self.soon(at, 30 * 24 * 60);
            self.add(Kind::CouponUsed, at, 0, 0);
        }
    }

    fn visit(&mut self, at: i64) {
        let line = self.dice.early(LINES.len() as u64) as u8;
        let clinic = if self.dice.percent(88) { self.home } else { self.dice.below(CLINICS) as u8 + 1 };
        let place = (clinic, line);
        let hours = self.dice.between(4, 14 * 24) as u32;
        let starts = at + i64::from(hours) * HOUR;
        self.place(Kind::ApptBooked, at, place, hours);
        if self.dice.percent(50) {
            self.place(Kind::ApptConfirmed, starts - 3 * HOUR, place, 3);
        }
        match self.dice.below(100) {
            0..=7 => self.place(Kind::ApptCancelled, starts - 2 * HOUR, place, 2),
            8..=14 => self.place(Kind::ApptNoShow, starts + HOUR, place, 0),
            _ => self.treated(starts, place),
        }
    }

    fn treated(&mut self, starts: i64, place: (u8, u8)) {
        let (_, low, high) = LINES[usize::from(place.1)];
        let price = (self.dice.between(low, high) * 100) as u32;
        let arrived = self.soon(starts - 10 * MINUTE, 20);
        self.place(Kind::ApptArrived, arrived, place, 0);
        self.place(Kind::VisitOpened, arrived + MINUTE, place, 0);
        let mut at = self.soon(arrived + 5 * MINUTE, 20);
        if self.dice.percent(30) {
            self.place(Kind::ConsultOpened, at, place, 0);
            at = self.soon(at + 10 * MINUTE, 30);
            self.place(Kind::ConsultClosed, at, place, 0);
        }
        if self.dice.percent(25) {
            self.planned(at, place, price);
        }
        at = self.soon(at + 15 * MINUTE, 45);
        self.place(Kind::VisitClosed, at, place, 0);
        if self.dice.percent(60) {
            self.paid(at, place, price);
        }
        let written = self.soon(at, 600);
        self.place(Kind::EmrWritten, written, place, 0);
        if self.dice.percent(40) {
            self.place(Kind::FuDue, at + DAY, place, 0);
            if self.dice.percent(80) {
                let done = self.soon(at + DAY, 24 * 60);
                self.place(Kind::FuDone, done, place, 0);
            }
        }
        if self.dice.percent(20) {
            self.place(Kind::RecallDue, at + 180 * DAY, place, 0);
            if self.dice.percent(50) {
                self.place(Kind::RecallContacted, at + 182 * DAY, place, 0);
            }
        }
    }

    fn planned(&mut self, at: i64, place: (u8, u8), price: u32) {
        self.place(Kind::PlanPresented, at, place, price);
        match self.dice.below(100) {
            0..=54 => {
                let accepted = self.soon(at, 10 * 24 * 60);
                self.place(Kind::PlanAccepted, accepted, place, price);
                for step in 0..self.dice.between(0, 3) as i64 {
                    self.place(Kind::PlanItemDone, accepted + (7 + 14 * step) * DAY, place, price / 3);
                }
            }
            55..=74 => {
                let declined = self.soon(at, 20 * 24 * 60);
                self.place(Kind::PlanDeclined, declined, place, price);
            }
            _ => {}
        }
    }

    fn paid(&mut self, at: i64, place: (u8, u8), price: u32) {
        let ordered = self.soon(at, 5);
        self.place(Kind::OrderCreated, ordered, place, price);
        let paid = self.soon(ordered, 10);
        self.place(Kind::PaymentReceived, paid, place, price);
        if self.dice.percent(70) {
            let earned = self.soon(paid, 60);
            self.place(Kind::RevenueRecognised, earned, place, price);
        }
        if self.dice.percent(2) {
            let refunded = self.soon(paid + DAY, 30 * 24 * 60);
            self.place(Kind::RefundPaid, refunded, place, price / 2);
        }
    }
}
