//! What a near resolve has read so far. Whoever is read is read with the whole household.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use careloop_db::Tx;
use careloop_kernel::{Ctx, Error, Result, Vault};

use crate::identity::Features;
use crate::identity::blocks::{CROWD, LARGEST_BLOCK};
use crate::identity::model::Model;
use crate::identity::names::{NameForm, Names};
use crate::resolve::read::{self, Loaded};
use crate::resolve::weights;
use crate::store;
use crate::store::identity::DecisionRow;
use crate::store::keys::KeyRow;
use crate::store::near::{Limits, NearRow};

/// Rows that are opened without another thread.
const FEW: usize = 100;
/// Entries of keys that are read without counting them first.
const ENTRIES: i64 = 1_000;

/// Records, keys and decisions read so far.
pub(super) struct World<'a> {
    pub tx: &'a Tx,
    pub model: Model,
    pub records: BTreeMap<i64, Loaded>,
    pub decisions: Vec<DecisionRow>,
    vault: Vault,
    names: Arc<Names>,
    /// Names whose steps the model has, or will have with those that wait.
    named: HashSet<(u64, u64)>,
    unweighed: Vec<Arc<NameForm>>,
    /// Records about which something was decided that is not read yet.
    undecided: Vec<i64>,
    /// The records of each person and each household read.
    people: HashMap<i64, Vec<i64>>,
    homes: HashMap<i64, Vec<i64>>,
    blocks: HashMap<u64, Block>,
    /// How many records changed since the last resolve: a block that many above the limit was below it.
    changes: i64,
}

/// The records that share a key.
#[derive(Default)]
pub(super) struct Block {
    /// Too many records share the key.
    pub hot: bool,
    /// More records share it than a family has.
    pub crowded: bool,
    /// It may have crossed one of the limits with this change.
    pub crossed: bool,
    /// Empty if the key is hot and has been so.
    pub records: Vec<i64>,
}

impl<'a> World<'a> {
    /// Nothing read yet.
    pub fn new<P>(tx: &'a Tx, ctx: &Ctx<P>, model: Model, changes: usize) -> Self {
        Self {
            tx,
            model,
            records: BTreeMap::new(),
            decisions: Vec::new(),
            vault: ctx.vault().clone(),
            names: Arc::default(),
            named: HashSet::new(),
            unweighed: Vec::new(),
            undecided: Vec::new(),
            people: HashMap::new(),
            homes: HashMap::new(),
            blocks: HashMap::new(),
            changes: i64::try_from(changes).unwrap_or(i64::MAX),
        }
    }

    /// Reads the households of these records.
    pub async fn read_homes_of(&mut self, ords: impl IntoIterator<Item = i64>) -> Result<()> {
        let missing: Vec<i64> = ords.into_iter().filter(|ord| !self.records.contains_key(ord)).collect();
        let rows = store::near::homes_of(&**self.tx, &missing).await?;
        self.take(rows).await
    }

    /// Reads what people decided about the records read so far.
    pub async fn read_decisions(&mut self) -> Result<()> {
        let records = std::mem::take(&mut self.undecided);
        if !records.is_empty() {
            self.decisions.extend(store::identity::decisions_of(&**self.tx, &records).await?);
        }
        Ok(())
    }

    /// Reads how common the names are that were read since.
    pub async fn weigh_names(&mut self) -> Result<()> {
        let forms = std::mem::take(&mut self.unweighed);
        if forms.is_empty() {
            return Ok(());
        }
        let names = forms.iter().map(|form| &**form);
        weights::add_names(&**self.tx, &self.vault, &mut self.model, names, false).await
    }

    /// Adds records, of each household all.
    pub async fn take(&mut self, mut rows: Vec<NearRow>) -> Result<()> {
        rows.retain(|row| !self.records.contains_key(&row.record.ord));
        self.undecided.extend(rows.iter().filter(|row| row.decided).map(|row| row.record.ord));
        let loaded = if rows.len() <= FEW {
            read::load(&self.vault, &self.names, &rows)?
        } else {
            let (vault, names) = (self.vault.clone(), Arc::clone(&self.names));
            tokio::task::spawn_blocking(move || read::load(&vault, &names, &rows)).await.map_err(Error::internal)??
        };
        let forms = loaded.iter().map(|record| &record.features.name);
        let new = forms.filter(|form| self.named.insert((form.surname_hash, form.given_hash)));
        self.unweighed.extend(new.cloned());
        for record in loaded {
            self.people.entry(record.at.old_person).or_default().push(record.at.ord);
            self.homes.entry(record.at.old_household).or_default().push(record.at.ord);
            self.records.insert(record.at.ord, record);
        }
        Ok(())
    }

    /// The records of a person that was read.
    pub fn person(&self, person: i64) -> &[i64] {
        self.people.get(&person).map_or(&[], Vec::as_slice)
    }

    /// The records of a household that was read.
    pub fn home(&self, household: i64) -> &[i64] {
        self.homes.get(&household).map_or(&[], Vec::as_slice)
    }

    /// Those who live with this record, itself among them.
    pub fn housemates(&self, ord: i64) -> impl Iterator<Item = &Loaded> {
        let home = self.records.get(&ord).map_or(&[][..], |record| self.home(record.at.old_household));
        home.iter().filter_map(|ord| self.records.get(ord))
    }

    /// Reads the blocks of these keys that are not read yet, and the households of their records.
    pub async fn read_blocks(&mut self, hashes: impl IntoIterator<Item = u64>) -> Result<()> {
        let new: BTreeSet<i64> =
            hashes.into_iter().filter(|hash| !self.blocks.contains_key(hash)).map(u64::cast_signed).collect();
        let new: Vec<i64> = new.into_iter().collect();
        if new.is_empty() {
            return Ok(());
        }
        let known = self.records.keys().copied();
        let limits = Limits { entries: ENTRIES, sharing: self.changes.saturating_add(LARGEST_BLOCK as i64) };
        let (mut entries, rows) = store::near::sharing(&**self.tx, &new, known, limits).await?;
        if entries.len() as i64 >= ENTRIES {
            let counts = store::keys::counts(&**self.tx, &new).await?;
            self.count(counts.iter().map(|row| (row.hash, row.records)));
            let wanted: Vec<i64> = new.into_iter().filter(|hash| self.is_wanted(*hash)).collect();
            entries = store::keys::records(&**self.tx, &wanted).await?;
            self.fill(&entries);
            let sharing: BTreeSet<i64> = entries.into_iter().map(|entry| entry.record).collect();
            return self.read_homes_of(sharing).await;
        }
        self.count(entries.iter().map(|entry| (entry.hash, 1)));
        self.fill(&entries);
        self.take(rows).await
    }

    /// Notes who shares keys that are counted.
    fn fill(&mut self, entries: &[KeyRow]) {
        for KeyRow { hash, record } in entries {
            if self.is_wanted(*hash) {
                self.blocks.entry(hash.cast_unsigned()).or_default().records.push(*record);
            }
        }
    }

    /// Notes how many records share each key; parts of a number are added up.
    fn count(&mut self, parts: impl Iterator<Item = (i64, i64)>) {
        let mut counts: HashMap<i64, i64> = HashMap::new();
        parts.for_each(|(hash, records)| *counts.entry(hash).or_insert(0) += records);
        for (hash, records) in counts {
            let above = |limit: usize| records > limit as i64;
            let crossed = |limit: usize| above(limit) && records - self.changes <= limit as i64;
            let block = Block {
                hot: above(LARGEST_BLOCK),
                crowded: above(CROWD),
                crossed: crossed(LARGEST_BLOCK) || crossed(CROWD),
                records: Vec::new(),
            };
            self.blocks.insert(hash.cast_unsigned(), block);
        }
    }

    fn is_wanted(&self, hash: i64) -> bool {
        self.blocks.get(&hash.cast_unsigned()).is_some_and(|block| !block.hot || block.crossed)
    }

    /// The block of a key, if it was read.
    pub fn block(&self, hash: u64) -> Option<&Block> {
        self.blocks.get(&hash)
    }

    /// What a record that was read says.
    pub fn features(&self, ord: i64) -> Result<&Features> {
        self.records
            .get(&ord)
            .map(|record| &record.features)
            .ok_or_else(|| Error::internal("a key leads to a record that does not exist"))
    }

    /// The record's features without the keys that say nothing.
    pub fn telling(&self, ord: i64) -> Result<Features> {
        let mut features = self.features(ord)?.clone();
        features.forget(|hash| self.block(hash).is_some_and(|block| block.hot));
        features.mark_crowded(|hash| self.block(hash).is_some_and(|block| block.crowded));
        Ok(features)
    }
}
