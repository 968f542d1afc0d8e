//! What the chain paid for its leads: one row a day, channel and clinic.

use crate::Error;
use crate::calendar::{Day, Moment};
use crate::channels::{self, CHANNELS};
use crate::clinics::CLINICS;
use crate::layouts_reach::AD_SPEND;
use crate::output::{Stamp, Value};
use crate::world::World;

/// Leads counted by day, channel and clinic while the story is told; its size depends on the days alone.
pub(crate) struct AdLedger {
    leads: Vec<u16>,
}

const WIDTH: usize = CHANNELS.len() * CLINICS.len();

impl AdLedger {
    pub(crate) fn new(days: Day) -> Self {
        Self { leads: vec![0; usize::try_from(days).unwrap_or(0) * WIDTH] }
    }

    pub(crate) fn count(&mut self, day: Day, channel: usize, clinic: usize) {
        if let Some(cell) = self.leads.get_mut(position(day, channel, clinic)) {
            *cell = cell.saturating_add(1);
        }
    }

    fn leads(&self, day: Day, channel: usize, clinic: usize) -> i64 {
        self.leads.get(position(day, channel, clinic)).map_or(0, |count| i64::from(*count))
    }
}

fn position(day: Day, channel: usize, clinic: usize) -> usize {
    usize::try_from(day).unwrap_or(usize::MAX / WIDTH - 1) * WIDTH + channel * CLINICS.len() + clinic
}

/// Tells of the spend of every paid channel, once the leads are known.
pub(crate) fn tell(world: &mut World) -> Result<(), Error> {
    for day in 0..world.calendar.end {
        for clinic in 0..CLINICS.len() {
            if day < world.calendar.openings[clinic] {
                continue;
            }
            for (index, channel) in CHANNELS.iter().enumerate() {
                if let Some((account, cost)) = channel.ads {
                    let leads = world.ads.leads(day, index, clinic);
                    spend(world, (day, clinic), (channel.name, account, cost), leads)?;
                }
            }
        }
    }
    Ok(())
}

/// A day's spend follows its leads loosely; the cheap days of a channel without leads still cost a little.
fn spend(
    world: &mut World,
    (day, clinic): (Day, usize),
    (channel, account, cost): (&str, &str, i64),
    leads: i64,
) -> Result<(), Error> {
    if leads == 0 && world.dice.chance(55) {
        return Ok(());
    }
    let paid = (leads * 10 + world.dice.between(2, 9)) * cost * world.dice.between(75, 128) / 10;
    let clicks = leads * world.dice.between(6, 14) + world.dice.between(3, 22);
    let views = clicks * world.dice.between(22, 60);
    let record = format!("{account}-{}", CLINICS[clinic].code);
    let campaign = channels::campaign(world.calendar.date(day).month()).unwrap_or("日常投放");
    world.log(
        (&AD_SPEND, "ad.spend"),
        Stamp { record: &record, clinic, at: Moment::new(day, 23 * 60) },
        &[
            ("amount", Value::Money(paid)),
            ("channel", Value::Text(channel)),
            ("account", Value::Text(&record)),
            ("campaign", Value::Text(campaign)),
            ("impressions", Value::Integer(views)),
            ("clicks", Value::Integer(clicks)),
        ],
    )
}
