//! The customer list.

use std::collections::HashMap;

use careloop_db::Db;
use careloop_kernel::permissions::ReadPeople;
use careloop_kernel::{Ctx, Cursor, Page, PageRequest, Result};

use crate::facts::cards_of;
use crate::model::{PeopleFilter, PersonCard, SortBy};
use crate::portrait::Portrait;
use crate::search::Search;
use crate::store::list as store;
use crate::store::list::Wanted;

/// Batches one page may look through; then it ends short, with a cursor.
const BATCHES: usize = 20;
/// Persons of one statement when the caller names them.
const NAMED: usize = 2_000;

/// A person of the list and when something last happened to them, in microseconds.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The person.
    pub card: PersonCard,
    /// When something last happened to them.
    pub last_event_at: Option<i64>,
}

/// One page of the people the caller may see. A page may be short and yet have a cursor.
pub async fn list(db: &Db, ctx: &Ctx<ReadPeople>, filter: PeopleFilter, request: &PageRequest) -> Result<Page<Listed>> {
    let asked = filter.query.as_deref().filter(|text| !text.trim().is_empty());
    let search = asked.and_then(|text| Search::parse(ctx.vault(), text));
    if asked.is_some() && search.is_none() {
        // What cannot be looked for is nobody's; it is not everybody's.
        return Ok(Page { items: Vec::new(), next: None });
    }
    let mut wanted = Wanted {
        scope: ctx.scope().record_condition("v"),
        clinic: filter.clinic,
        owner: filter.owner,
        keys: search.as_ref().map(|search| search.keys.clone()).unwrap_or_default(),
        persons: None,
        newest_first: filter.sort == SortBy::Newest,
    };
    let mut named = filter.persons.map(|persons| Named::of(persons, wanted.newest_first));
    let limit = request.limit as usize;
    let mut from = request.numbers::<1>()?.map(|[person]| person);
    let mut found: Vec<Portrait> = Vec::new();
    let mut ended = false;
    for _ in 0..BATCHES {
        if let Some(named) = &mut named {
            wanted.persons = Some(named.beyond(from));
        }
        let batch = store::persons(db.read(), &wanted, from, i64::from(request.limit) + 1).await?;
        let last_named = wanted.persons.as_ref().and_then(|persons| persons.last().copied());
        let full = batch.len() > limit;
        from = if full { batch.last().copied() } else { last_named };
        let mut portraits = Portrait::of_persons(db.read(), ctx, &batch).await?;
        let matching = batch
            .iter()
            .filter_map(|person| portraits.remove(person))
            .filter(|portrait| search.as_ref().is_none_or(|search| search.matches(portrait)));
        found.extend(matching);
        ended = !full && last_named.is_none();
        if ended || found.len() > limit {
            break;
        }
    }
    let more = found.len() > limit;
    found.truncate(limit);
    let next = if more { found.last().map(|portrait| portrait.person) } else { from.filter(|_| !ended) };
    Ok(Page { items: listed(db, ctx, found).await?, next: next.map(|person| Cursor(person.to_string())) })
}

async fn listed(db: &Db, ctx: &Ctx<ReadPeople>, found: Vec<Portrait>) -> Result<Vec<Listed>> {
    let persons: Vec<i64> = found.iter().map(|portrait| portrait.person).collect();
    let last: HashMap<i64, i64> = store::last_events(db.read(), &persons).await?.into_iter().collect();
    let cards = cards_of(db.read(), ctx, found).await?;
    Ok(cards.into_iter().map(|card| Listed { last_event_at: last.get(&card.person).copied(), card }).collect())
}

/// Persons the caller names, in the order of the list.
struct Named {
    persons: Vec<i64>,
    newest_first: bool,
}

impl Named {
    fn of(mut persons: Vec<i64>, newest_first: bool) -> Self {
        persons.sort_unstable();
        if newest_first {
            persons.reverse();
        }
        Self { persons, newest_first }
    }

    /// The next of them; none when all have been looked at.
    fn beyond(&self, from: Option<i64>) -> Vec<i64> {
        let start = from.map_or(0, |from| {
            self.persons.partition_point(|person| if self.newest_first { *person >= from } else { *person <= from })
        });
        self.persons[start..].iter().copied().take(NAMED).collect()
    }
}
