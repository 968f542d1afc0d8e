//! Who has which tags: a set of people for each value, in blocks that a change rewrites one by one.
//!
//! INVARIANT: `person_profiles.tags` and `tag_people` say the same; [`Changes`] is the one way in which both change.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;

use careloop_db::ConnectionTrait;
use careloop_kernel::{Error, Result, Scope};
use roaring::RoaringBitmap;

use crate::bytes::read_ascending;
use crate::sets::{from_bytes, to_bytes};
use crate::store::{self, BlockRow};

/// People are in one block whose numbers differ in these low bits only.
const BLOCK_BITS: u32 = 16;
/// How many people of a set are looked at together for those a page may show.
const LOOKED_AT: usize = 1_000;

/// The numbers of values.
#[derive(Debug, Default)]
pub(crate) struct Values(HashMap<String, HashMap<String, u32>>);

impl Values {
    /// Reads them, and gives numbers to those of the named ones that have none yet.
    pub(crate) async fn with(tx: &impl ConnectionTrait, named: &[(&str, &str)]) -> Result<Self> {
        let mut values = Self::default();
        values.read(tx).await?;
        let fresh: Vec<(&str, &str)> =
            named.iter().copied().filter(|(tag, value)| values.find(tag, value).is_none()).collect();
        if !fresh.is_empty() {
            store::insert_values(tx, &fresh).await?;
            values.read(tx).await?;
        }
        Ok(values)
    }

    async fn read(&mut self, connection: &impl ConnectionTrait) -> Result<()> {
        for row in store::tag_values(connection).await? {
            let ord = u32::try_from(row.ord).map_err(Error::internal)?;
            self.0.entry(row.tag).or_default().insert(row.value, ord);
        }
        Ok(())
    }

    /// Every number.
    fn numbers(&self) -> impl Iterator<Item = u32> {
        self.0.values().flat_map(HashMap::values).copied()
    }

    /// The number of a value.
    pub(crate) fn find(&self, tag: &str, value: &str) -> Option<u32> {
        self.0.get(tag)?.get(value).copied()
    }
}

/// Who begins to have, and who has no longer, the values of each block.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// By value and block.
    of: BTreeMap<(u32, u32), Change>,
    /// Nothing that is stored of these people stays.
    replaced: Option<RangeInclusive<u32>>,
}

#[derive(Debug, Default)]
struct Change {
    gained: RoaringBitmap,
    lost: RoaringBitmap,
}

impl Changes {
    /// Notes what one person had and has, as ascending numbers of values.
    pub(crate) fn note(&mut self, person: u32, before: &[u32], after: &[u32]) {
        let block = person >> BLOCK_BITS;
        for value in before.iter().filter(|value| after.binary_search(value).is_err()) {
            self.of.entry((*value, block)).or_default().lost.insert(person);
        }
        for value in after.iter().filter(|value| before.binary_search(value).is_err()) {
            self.of.entry((*value, block)).or_default().gained.insert(person);
        }
    }

    /// Nobody between two numbers has a value but those who are noted to begin to have it. `end` is the last block that is
    /// stored.
    pub(crate) fn replace(&mut self, values: &Values, (first, last): (u32, u32), end: u32) {
        for block in first >> BLOCK_BITS..=end.min(last >> BLOCK_BITS) {
            for value in values.numbers() {
                self.of.entry((value, block)).or_default();
            }
        }
        self.replaced = Some(first..=last);
    }

    /// Changes the stored sets; one that stays the same is not written.
    pub(crate) async fn store(self, tx: &impl ConnectionTrait) -> Result<()> {
        let keys: Vec<(i64, i64)> =
            self.of.keys().map(|(value, block)| (i64::from(*value), i64::from(*block))).collect();
        let stored = store::blocks(tx, &keys).await?;
        let mut stored: HashMap<(i64, i64), BlockRow> =
            stored.into_iter().map(|row| ((row.value, row.block), row)).collect();
        let (mut kept, mut emptied) = (Vec::new(), Vec::new());
        for (key, change) in keys.into_iter().zip(self.of.into_values()) {
            let before = stored.remove(&key).map(|row| from_bytes(&row.people)).transpose()?;
            let mut people = before.clone().unwrap_or_default();
            if let Some(replaced) = &self.replaced {
                people.remove_range(replaced.clone());
            }
            people -= change.lost;
            people |= change.gained;
            if people.is_empty() {
                emptied.extend(before.map(|_| key));
                continue;
            }
            if before.as_ref() == Some(&people) {
                continue;
            }
            let number = i64::try_from(people.len()).map_err(Error::internal)?;
            kept.push(BlockRow { value: key.0, block: key.1, people: to_bytes(&people)?, number });
        }
        store::delete_blocks(tx, &emptied).await?;
        store::write_blocks(tx, kept).await
    }
}

/// A value and the people who have it.
#[derive(Debug, Clone, PartialEq)]
pub struct Holders {
    /// The tag.
    pub tag: String,
    /// The value.
    pub value: String,
    /// Everybody with it.
    pub people: RoaringBitmap,
}

impl Holders {
    /// How many people.
    pub fn count(&self) -> i64 {
        i64::try_from(self.people.len()).unwrap_or(i64::MAX)
    }
}

/// Who has each value of these tags, or of all tags when none are named; as far as people have been folded.
pub async fn holders(connection: &impl ConnectionTrait, tags: &[&str]) -> Result<Vec<Holders>> {
    let mut found: Vec<Holders> = Vec::new();
    for row in store::holders(connection, tags).await? {
        let block = from_bytes(&row.people)?;
        match found.last_mut().filter(|last| last.tag == row.tag && last.value == row.value) {
            Some(last) => last.people |= block,
            None => found.push(Holders { tag: row.tag, value: row.value, people: block }),
        }
    }
    Ok(found)
}

/// The people of a scope; none when that is everybody.
pub async fn visible_people(connection: &impl ConnectionTrait, scope: &Scope) -> Result<Option<RoaringBitmap>> {
    let people = careloop_people::visible(connection, scope).await?;
    Ok(people.map(|people| people.into_iter().filter_map(|person| u32::try_from(person).ok()).collect()))
}

/// The same among the people of a scope; values that none of them has are left out.
pub(crate) async fn visible_holders(connection: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Holders>> {
    let mut found = holders(connection, &[]).await?;
    if let Some(visible) = visible_people(connection, scope).await? {
        found.iter_mut().for_each(|held| held.people &= &visible);
    }
    found.retain(|held| !held.people.is_empty());
    Ok(found)
}

/// The people who have any value of a tag, in order.
pub async fn people_holding(connection: &impl ConnectionTrait, tag: &str) -> Result<Vec<i64>> {
    let sets = holders(connection, &[tag]).await?.into_iter();
    let people = sets.fold(RoaringBitmap::new(), |all, held| all | held.people);
    Ok(people.into_iter().map(i64::from).collect())
}

/// The people of a set after a number whom the caller may see, at most `limit`, in order.
pub async fn page_of(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    set: &RoaringBitmap,
    after: i64,
    limit: usize,
) -> Result<Vec<i64>> {
    let Ok(first) = u32::try_from(after.saturating_add(1).max(0)) else { return Ok(Vec::new()) };
    let mut left = set.range(first..).map(i64::from);
    let mut page = Vec::new();
    while page.len() < limit {
        let size = if *scope == Scope::Chain { limit } else { LOOKED_AT };
        let people: Vec<i64> = left.by_ref().take(size).collect();
        let all = people.len() < size;
        page.extend(careloop_people::visible_of(connection, scope, people).await?);
        if all {
            break;
        }
    }
    page.truncate(limit);
    Ok(page)
}

/// Person, tag and value of everything stored for these people. The caller has checked that they may be seen.
pub async fn tags_by_person(connection: &impl ConnectionTrait, people: &[i64]) -> Result<Vec<(i64, String, String)>> {
    let mut held = Vec::new();
    for (person, profile) in store::profiles(connection, people).await? {
        held.push((person, read_ascending(&profile.tags)?));
    }
    let wanted: BTreeSet<u32> = held.iter().flat_map(|(_, values)| values.iter().copied()).collect();
    let names: HashMap<i64, (String, String)> = store::tag_values(connection)
        .await?
        .into_iter()
        .filter(|row| u32::try_from(row.ord).is_ok_and(|ord| wanted.contains(&ord)))
        .map(|row| (row.ord, (row.tag, row.value)))
        .collect();
    let name = |person: i64, value: u32| {
        let (tag, value) = names.get(&i64::from(value))?;
        Some((person, tag.clone(), value.clone()))
    };
    let mut rows: Vec<(i64, String, String)> =
        held.iter().flat_map(|(person, values)| values.iter().filter_map(|value| name(*person, *value))).collect();
    rows.sort_unstable();
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_noted_and_each_block_for_itself() {
        let mut changes = Changes::default();
        changes.note(7, &[1, 2], &[2, 3]);
        changes.note(70_000, &[2], &[2, 3]);
        let noted: Vec<((u32, u32), u64, u64)> =
            changes.of.iter().map(|(key, change)| (*key, change.gained.len(), change.lost.len())).collect();
        assert_eq!(noted, [((1, 0), 0, 1), ((3, 0), 1, 0), ((3, 1), 1, 0)]);
    }
}
