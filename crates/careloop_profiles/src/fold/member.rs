//! The membership in force.

use jiff::civil::Date;

use crate::event::Event;
use crate::model::Micros;

use super::Fold;

/// A membership that is neither ended nor over.
pub(crate) struct Membership<'a> {
    /// What set its tier.
    pub event: &'a Event,
    /// Its tier.
    pub tier: &'a str,
    /// Its last day.
    pub last_day: Option<Date>,
    /// When it is over.
    pub until: Option<Micros>,
}

/// The membership told of last, if it stands.
pub(crate) fn membership<'a>(fold: &Fold<'a>) -> Option<Membership<'a>> {
    let event = fold.seen.last_of(&["membership.started", "membership.changed", "membership.ended"])?;
    let tier = event.text("tier").filter(|_| event.kind != "membership.ended")?;
    let good = fold.good(event, "expires_on");
    let last_day = Fold::day_of(event, "expires_on");
    good.value.then_some(Membership { event, tier, last_day, until: good.until })
}
