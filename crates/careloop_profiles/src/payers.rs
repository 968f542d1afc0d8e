//! Who paid, when and how much: what the inputs are measured over.
//!
//! Payments are read from what is kept of each record, person by person: looking for all payments of a large chain in its log
//! reads most pages of it.

use careloop_db::ConnectionTrait;
use careloop_events::{Scanned, Told, is_balance_method};
use careloop_kernel::{Error, Result};
use careloop_people::record_numbers;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::event::Event;
use crate::fold::DAY_US;
use crate::ltv::PaidDays;
use crate::model::{Inputs, Micros};
use crate::next::Steps;
use crate::quantiles::Payer;
use crate::refold::CHUNK;

/// How many parts of the people are read side by side: a large chain's payments are not in memory.
const READERS: usize = 4;

/// A payment or refund, not one that spends or fills a balance.
#[derive(Debug)]
pub(crate) struct Paid {
    at_us: Micros,
    seq: i64,
    /// Minor units of the chain's currency.
    amount: i64,
    refund: bool,
    line: Option<String>,
}

/// So many of these at most, as far from each other as they can be.
pub fn evenly<T: Copy>(all: &[T], most: usize) -> Vec<T> {
    let most = most.min(all.len());
    (0..most).filter_map(|at| all.get(at * all.len() / most).copied()).collect()
}

/// Shows what each person paid and got back, in order of time. Of more people than `most`, so many are looked at, evenly.
pub(crate) async fn each_payer(
    connection: &impl ConnectionTrait,
    most: usize,
    mut show: impl FnMut(Vec<Paid>),
) -> Result<()> {
    let currency = careloop_access::settings::load(connection).await?.currency.to_string();
    let numbers = record_numbers(connection).await?;
    let mut records: Vec<(u32, u32)> = numbers.iter().map(|numbers| (numbers.person, numbers.record)).collect();
    records.retain(|(person, _)| *person > 0);
    records.sort_unstable();
    let people: Vec<&[(u32, u32)]> = records.chunk_by(|a, b| a.0 == b.0).collect();
    let people = evenly(&people, most);
    let read = |people: &[&[(u32, u32)]]| {
        let person = |records: &[(u32, u32)]| records.iter().map(|(_, record)| i64::from(*record)).collect();
        let people: Vec<Vec<i64>> = people.iter().map(|records| person(records)).collect();
        async move { Ok::<_, Error>((Told::of(connection, &people.concat()).await?, people)) }
    };
    let mut parts = stream::iter(people.chunks(CHUNK).map(read)).buffered(READERS);
    let mut desk = Vec::new();
    while let Some((told, people)) = parts.try_next().await? {
        for records in people {
            let paid = paid_of(&told, &records, &currency, &mut desk)?;
            if !paid.is_empty() {
                show(paid);
            }
        }
    }
    Ok(())
}

/// What was paid and paid back on these records of one person.
fn paid_of(told: &Told, records: &[i64], currency: &str, desk: &mut Vec<u8>) -> Result<Vec<Paid>> {
    let mut paid = Vec::new();
    for record in records {
        told.each(*record, desk, |event| {
            paid.extend(paid_in(&event, currency));
            Ok(())
        })?;
    }
    paid.sort_unstable_by_key(|paid| (paid.at_us, paid.seq));
    Ok(paid)
}

fn paid_in(event: &Scanned<'_>, currency: &str) -> Option<Paid> {
    let refund = match event.kind {
        "payment.received" => false,
        "refund.paid" => true,
        _ => return None,
    };
    let event = Event::of(event, currency);
    let (at_us, seq, amount) = (event.at_us, event.seq, event.amount?);
    let line = event.text("line").map(str::to_owned);
    let counts = !event.text("method").is_some_and(is_balance_method);
    counts.then_some(Paid { at_us, seq, amount, refund, line })
}

/// Everybody who paid before an instant, as cut points and models see them.
#[derive(Debug)]
pub(crate) struct Payers<'a> {
    inputs: &'a Inputs,
    at: Timestamp,
    /// The day of the instant in the chain's zone.
    pub(crate) today: Date,
    /// By what is cut.
    pub(crate) payers: Vec<Payer>,
    /// By their paid days.
    pub(crate) paid: Vec<PaidDays>,
    /// Those who paid for some business line, by when they first did.
    pub(crate) steps: Vec<Steps>,
}

impl<'a> Payers<'a> {
    /// Nobody yet.
    pub(crate) fn before(at: Timestamp, inputs: &'a Inputs) -> Self {
        let today = inputs.zone.to_datetime(at).date();
        Self { inputs, at, today, payers: Vec::new(), paid: Vec::new(), steps: Vec::new() }
    }

    /// Adds a person's payments, which may go on after the instant.
    pub(crate) fn add(&mut self, all: &[Paid]) {
        let now = self.at.as_microsecond();
        let from = now - self.inputs.limits.value_days * DAY_US;
        let date = |us| self.inputs.zone.to_datetime(Timestamp::from_microsecond(us).unwrap_or(self.at)).date();
        let all = &all[..all.partition_point(|one| one.at_us < now)];
        let paid = || all.iter().filter(|one| !one.refund && one.amount > 0);
        let Some(last) = paid().next_back() else { return };
        let mut days: Vec<_> = paid().filter(|one| one.at_us >= from).map(|one| date(one.at_us)).collect();
        days.dedup();
        let signed = |one: &Paid| if one.refund { -one.amount } else { one.amount.max(0) };
        self.payers.push(Payer {
            recency_days: i64::from((self.today - date(last.at_us)).get_days()),
            paid_days: i64::try_from(days.len()).unwrap_or(i64::MAX),
            net_minor: all.iter().filter(|one| one.at_us >= from).map(signed).fold(0, i64::saturating_add),
        });
        self.paid.push(PaidDays::of(paid().map(|one| (date(one.at_us), one.amount))));
        let steps = Steps::of(paid().filter_map(|one| Some((date(one.at_us), one.line.as_deref()?))));
        if !steps.is_empty() {
            self.steps.push(steps);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_stand_for_all() {
        let people: Vec<i64> = (1..=10).collect();
        assert_eq!(evenly(&people, 20), people);
        assert_eq!(evenly(&people, 4), [1, 3, 6, 8]);
        assert!(evenly::<i64>(&[], 4).is_empty());
    }
}
