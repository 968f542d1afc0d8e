//! One human on the way through the chain, with the records the four systems keep of them.

use crate::calendar::{Calendar, Moment};
use crate::channels::{CHANNELS, Channel};
use crate::clinics::{CLINICS, Clinic};
use crate::families::{Family, Human, Role};
use crate::price_list::Item;
use crate::world::Referrer;

/// A course of treatment that was sold and is under way.
pub(crate) struct Course {
    pub(crate) item: &'static Item,
    pub(crate) plan_id: String,
    pub(crate) order_id: String,
    pub(crate) doctor: &'static str,
    pub(crate) consultant: &'static str,
    /// Fen, as booked.
    pub(crate) total: i64,
    /// Fen received so far.
    pub(crate) paid: i64,
    pub(crate) sessions: i64,
    pub(crate) done: i64,
}

/// A plan the patient is still thinking about.
pub(crate) struct Pending {
    pub(crate) item: &'static Item,
    pub(crate) plan_id: String,
    /// Fen, list price.
    pub(crate) list: i64,
}

/// Prepaid cleanings or fluoride treatments.
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) order_id: String,
    pub(crate) item: &'static Item,
    pub(crate) total: i64,
    pub(crate) units: i64,
    pub(crate) used: i64,
    pub(crate) sold: Moment,
}

/// A card bought on a deal platform.
pub(crate) struct Card {
    pub(crate) id: String,
    pub(crate) item: &'static Item,
    pub(crate) amount: i64,
    pub(crate) bought: Moment,
}

/// Who recommended the chain, and under which number.
pub(crate) struct Referral {
    pub(crate) id: String,
    pub(crate) by: Referrer,
}

/// Somebody's story so far.
pub(crate) struct Patient<'f> {
    pub(crate) family: &'f Family,
    pub(crate) human: &'f Human,
    pub(crate) channel: usize,
    pub(crate) campaign: Option<&'static str>,
    pub(crate) clinic: usize,
    /// Years of age at the first contact.
    pub(crate) age: i64,
    /// Patient number in each clinic's file.
    pub(crate) his: [Option<String>; CLINICS.len()],
    pub(crate) wecom: Option<String>,
    pub(crate) deal: Option<String>,
    pub(crate) miniapp: Option<String>,
    pub(crate) lead_id: String,
    pub(crate) visits: u32,
    pub(crate) first_visit: Option<Moment>,
    pub(crate) orders: u32,
    pub(crate) payments: u32,
    pub(crate) course: Option<Course>,
    pub(crate) pending: Option<Pending>,
    pub(crate) package: Option<Package>,
    pub(crate) card: Option<Card>,
    pub(crate) referral: Option<Referral>,
}

impl<'f> Patient<'f> {
    pub(crate) fn new(
        family: &'f Family,
        index: usize,
        (channel, clinic): (usize, usize),
        (calendar, at): (&Calendar, Moment),
    ) -> Self {
        let human = &family.humans[index];
        Self {
            family,
            human,
            channel,
            campaign: None,
            clinic,
            age: calendar.age(human.birth, at.day()).max(0),
            his: [const { None }; CLINICS.len()],
            wecom: None,
            deal: None,
            miniapp: None,
            lead_id: String::new(),
            visits: 0,
            first_visit: None,
            orders: 0,
            payments: 0,
            course: None,
            pending: None,
            package: None,
            card: None,
            referral: None,
        }
    }

    pub(crate) fn source(&self) -> &'static Channel {
        &CHANNELS[self.channel]
    }

    pub(crate) fn home(&self) -> &'static Clinic {
        &CLINICS[self.clinic]
    }

    pub(crate) fn is_child(&self) -> bool {
        self.human.role == Role::Child
    }

    /// Who in the household the truth says this is.
    pub(crate) fn truth(&self) -> (u32, u32) {
        (self.human.entity, self.family.number)
    }

    /// The patient number used at a clinic: its own, or the home clinic's when the desk found that one.
    pub(crate) fn record_at(&self, clinic: usize) -> Option<&String> {
        self.his[clinic].as_ref().or(self.his[self.clinic].as_ref())
    }
}
