//! Everybody's facts and events, block by block, for those who fold everybody.

use std::sync::Arc;

use careloop_db::Db;
use careloop_events::{Histories, Told, keep_all_histories};
use careloop_kernel::{Ctx, Result};
use careloop_people::record_numbers;

use crate::load::{Everybody, Loaded, Teller};

/// Numbers of people that make a block.
const BLOCK: u32 = 16_384;

/// What is known of everybody.
#[derive(Debug)]
pub struct Gathered {
    known: Arc<Known>,
    last: u32,
}

/// What all blocks share.
#[derive(Debug)]
struct Known {
    histories: Histories,
    everybody: Everybody,
    currency: String,
}

/// The people whose numbers lie between two.
#[derive(Debug)]
pub struct Block {
    known: Arc<Known>,
    first: u32,
    last: u32,
}

impl Gathered {
    /// Looks up what is to be known of everybody at once; the log is brought together by record first, where it was not.
    pub async fn read<P>(db: &Db, ctx: &Ctx<P>) -> Result<Self> {
        keep_all_histories(db, ctx).await?;
        let records = record_numbers(db.read()).await?;
        let last = records.iter().map(|numbers| numbers.person).max().unwrap_or_default();
        let (histories, everybody) = tokio::try_join!(Histories::now(db), Everybody::read(db.read(), &records))?;
        let currency = careloop_access::settings::load(db.read()).await?.currency.to_string();
        Ok(Self { known: Arc::new(Known { histories, everybody, currency }), last })
    }

    /// The blocks, in the order of their people's numbers.
    pub fn into_blocks(self) -> impl Iterator<Item = Block> {
        let Self { known, last } = self;
        let end = last / BLOCK;
        (0..=end).map(move |block| {
            let last = if block == end { u32::MAX } else { (block + 1) * BLOCK - 1 };
            Block { known: Arc::clone(&known), first: block * BLOCK, last }
        })
    }
}

impl Block {
    /// The lowest and the highest number that a person of the block may have. Together blocks hold every number.
    pub fn numbers(&self) -> (u32, u32) {
        (self.first, self.last)
    }

    /// Reads its people and what happened to them.
    pub async fn read(&self, db: &Db) -> Result<Opening> {
        let numbers = (i64::from(self.first), i64::from(self.last));
        let people = self.known.everybody.between(db.read(), numbers).await?;
        let records: Vec<i64> = people.iter().flat_map(|loaded| loaded.facts.records.iter().copied()).collect();
        let told = self.known.histories.of(db, numbers, &records).await?;
        Ok(Opening { people, told, currency: self.known.currency.clone() })
    }
}

/// People with what happened to them still packed.
#[derive(Debug)]
pub struct Opening {
    people: Vec<Loaded>,
    told: Told,
    currency: String,
}

impl Opening {
    /// The numbers of its people, in order.
    pub fn numbers(&self) -> Vec<i64> {
        self.people.iter().map(|loaded| loaded.facts.person).collect()
    }

    /// Its people, ready to be folded, each unpacked when it is asked for.
    pub fn into_people(self) -> impl Iterator<Item = Result<Loaded>> {
        let mut teller = Teller::of(self.told, self.currency);
        self.people.into_iter().map(move |loaded| teller.tell(loaded))
    }
}
