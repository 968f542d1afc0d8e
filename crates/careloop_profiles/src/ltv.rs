//! What customers will be worth in the next twelve months: [`BgNbd`] says how often they come back, [`GammaGamma`] what they
//! spend then. Both are fitted to the chain's own payers and are a dated input like the cut points: stored, told to the log,
//! and evaluated at the day they were fitted, so that a value changes with its person's payments or with a new fit, and
//! never by the clock alone.

mod bg_nbd;
mod calibration;
mod gamma_gamma;
mod minimise;
mod purchases;
mod special;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use bg_nbd::BgNbd;
pub use calibration::{Bucket, Calibration};
pub use gamma_gamma::GammaGamma;
pub use purchases::{PaidDays, Purchases};

use crate::quantiles::cuts;
use gamma_gamma::Spent;
use special::rounded;

/// How far ahead a value looks, in days.
pub const HORIZON_DAYS: u32 = 365;
/// Fewer payers who came back teach nothing reliable.
pub const LEAST_REPEAT_PAYERS: i64 = 100;
/// How long a fit is good for, in days.
const GOOD_FOR_DAYS: i32 = 7;
/// A fit is also over when payers or their paid days have changed by more than one in so many: an import went on.
const ONE_CHANGE_IN: i64 = 10;

/// Why there is no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// Fewer than [`LEAST_REPEAT_PAYERS`] payers came back.
    FewRepeatPayers,
    /// No parameters explain when these payers bought.
    PurchasesDoNotFit,
    /// No parameters explain what these payers spent.
    SpendDoesNotFit,
}

/// Both models with what is printed of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// How often.
    pub purchases: BgNbd,
    /// How much.
    pub spend: GammaGamma,
    /// Cut points of the payers' values, minor units.
    pub cuts: [i64; 4],
    /// How well a model of the earlier payments told the later ones; none when the payments are too few or too recent.
    pub calibration: Option<Calibration>,
}

/// The outcome of a fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ltv {
    /// The last day that was known, in the chain's zone.
    pub as_of: Date,
    /// Payers.
    pub payers: i64,
    /// Payers with a second paid day.
    pub repeat_payers: i64,
    /// Paid days of all payers.
    pub paid_days: i64,
    /// The models, or why there are none.
    pub model: Result<Model, Waiting>,
}

/// What the models say of one payer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worth {
    /// Chance of still being a customer.
    pub alive: f64,
    /// Expected paid days in the next 365 days.
    pub purchases: f64,
    /// Expected spend a paid day, minor units.
    pub spend_minor: i64,
    /// Expected spend in the next 365 days, minor units.
    pub value_minor: i64,
}

impl Model {
    /// What the models say of a payer, as of the day they were fitted.
    pub fn worth(&self, paid: &PaidDays, as_of: Date) -> Option<Worth> {
        let one = paid.purchases(as_of)?;
        let purchases = self.purchases.expected(one, HORIZON_DAYS);
        let mean = mean_of(one.repeats, paid.repeat_minor());
        let spend = self.spend.expected(one.repeats, mean);
        Some(Worth {
            alive: self.purchases.alive(one),
            purchases,
            spend_minor: minor(spend),
            value_minor: minor(purchases * spend),
        })
    }

    /// The quintile of a value, 5 = highest.
    pub fn quintile(&self, worth: Worth) -> i64 {
        self.cuts.iter().fold(1, |rank, cut| rank + i64::from(worth.value_minor > *cut))
    }
}

impl Ltv {
    /// Fits both models to the payers as known at the end of a day, without looking how well they foretell.
    pub fn fit(payers: &[PaidDays], as_of: Date) -> Self {
        let repeat = payers.iter().filter(|paid| paid.days() > 1).count();
        let repeat_payers = i64::try_from(repeat).unwrap_or(i64::MAX);
        let (payers_now, paid_days) = size(payers);
        Self { as_of, payers: payers_now, repeat_payers, paid_days, model: fit(payers, repeat_payers, as_of) }
    }

    /// The same, and how well a fit to the first three quarters of the time foretells the last.
    pub fn fit_and_calibrate(payers: &[PaidDays], as_of: Date) -> Self {
        let mut fitted = Self::fit(payers, as_of);
        if let Ok(model) = &mut fitted.model {
            model.calibration = Calibration::of(payers, as_of);
        }
        fitted
    }

    /// Whether this still serves on a day with these payers.
    pub fn is_good(&self, today: Date, payers: &[PaidDays]) -> bool {
        let age = (today - self.as_of).get_days();
        let (payers, paid_days) = size(payers);
        let like = |now: i64, then: i64| (now - then).abs() * ONE_CHANGE_IN <= then;
        (0..GOOD_FOR_DAYS).contains(&age) && like(payers, self.payers) && like(paid_days, self.paid_days)
    }
}

/// Payers and their paid days.
fn size(payers: &[PaidDays]) -> (i64, i64) {
    let days = payers.iter().map(PaidDays::days).sum::<usize>();
    (i64::try_from(payers.len()).unwrap_or(i64::MAX), i64::try_from(days).unwrap_or(i64::MAX))
}

fn fit(payers: &[PaidDays], repeat: i64, as_of: Date) -> Result<Model, Waiting> {
    if repeat < LEAST_REPEAT_PAYERS {
        return Err(Waiting::FewRepeatPayers);
    }
    let groups = purchases::grouped(payers.iter().filter_map(|paid| paid.purchases(as_of)));
    let purchases = BgNbd::fit(&groups).ok_or(Waiting::PurchasesDoNotFit)?;
    let spend = GammaGamma::fit(&spent(payers, as_of)).ok_or(Waiting::SpendDoesNotFit)?;
    let mut model = Model { purchases, spend, cuts: [0; 4], calibration: None };
    let values = payers.iter().filter_map(|paid| model.worth(paid, as_of)).map(|worth| worth.value_minor);
    model.cuts = cuts(values.collect()).unwrap_or_default();
    Ok(model)
}

/// Repeat purchases by number.
fn spent(payers: &[PaidDays], as_of: Date) -> Vec<Spent> {
    let of = |paid: &PaidDays| {
        let repeats = paid.purchases(as_of)?.repeats;
        let mean = mean_of(repeats, paid.repeat_minor());
        (mean > 0.0).then_some(Spent { repeats, mean })
    };
    let mut spent: Vec<Spent> = payers.iter().filter_map(of).collect();
    spent.sort_by(|a, b| a.repeats.cmp(&b.repeats).then(a.mean.total_cmp(&b.mean)));
    spent
}

/// Mean spend a repeat purchase in the major unit; a model's estimate, not money that is booked.
fn mean_of(repeats: u32, repeat_minor: i64) -> f64 {
    if repeats == 0 { 0.0 } else { repeat_minor as f64 / 100.0 / f64::from(repeats) }
}

/// An estimate in the major unit as whole minor units.
fn minor(major: f64) -> i64 {
    (major * 100.0).round() as i64
}
