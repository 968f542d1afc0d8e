//! Reading what the fold needs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use careloop_db::ConnectionTrait;
use careloop_events::{Position, StoredEvent, ToldEvent};
use careloop_kernel::Result;
use careloop_people::{HouseholdSizes, PersonFacts, RecordNumbers};
use jiff::civil::Date;

use crate::event::{Event, EventKind, Fields};
use crate::model::Facts;
use crate::store;

/// One person, ready to be folded.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What the records say.
    pub facts: Facts,
    /// What happened, by `(at, seq)`.
    pub events: Vec<Event>,
    /// Where the log tells of changes of identity.
    pub moves: Vec<Position>,
    /// Newest change of the records.
    pub records_us: i64,
}

/// Reads these people; numbers that are no person are left out.
pub async fn load(connection: &impl ConnectionTrait, people: &[i64]) -> Result<Vec<Loaded>> {
    let mut loaded = load_facts(connection, people).await?;
    let records: Vec<i64> = loaded.iter().flat_map(|loaded| loaded.facts.records.iter().copied()).collect();
    let currency = careloop_access::settings::load(connection).await?.currency;
    let mut told = careloop_events::told_of_records(connection, &records).await?;
    for event in &mut told {
        // Amounts of two currencies cannot be added; one in a foreign currency is none.
        event.amount = event.amount.filter(|amount| amount.currency() == currency);
    }
    let mut histories = by_person(&loaded, told);
    for loaded in &mut loaded {
        loaded.happened(histories.remove(&loaded.facts.person).unwrap_or_default());
    }
    Ok(loaded)
}

/// Reads what records say of these people, not what happened to them; numbers that are no person are left out.
async fn load_facts(connection: &impl ConnectionTrait, people: &[i64]) -> Result<Vec<Loaded>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let found = careloop_people::facts(connection, people).await?;
    let households: Vec<i64> =
        found.iter().filter(|facts| facts.household_size > 1).map(|facts| facts.household).collect();
    let kin = store::kin(connection, &households).await?.into_iter();
    let births = births(kin.filter_map(|(household, person, date)| Some((household, person, date.parse().ok()?))));
    let circle = Circle { births, doubted: store::doubted(connection, people).await? };
    Ok(found.into_iter().map(|found| circle.place(found)).collect())
}

/// What a person's facts say of others.
#[derive(Debug)]
struct Circle {
    /// Birth dates of each household's people.
    births: HashMap<i64, Vec<(i64, Date)>>,
    doubted: BTreeSet<i64>,
}

impl Circle {
    fn place(&self, found: PersonFacts) -> Loaded {
        let household = self.births.get(&found.household).filter(|_| found.household_size > 1);
        let others = household.into_iter().flatten().filter(|(person, _)| *person != found.person);
        let household_births = others.map(|(_, date)| *date).collect();
        let in_doubt = self.doubted.contains(&found.person);
        let records_us = found.changed_at;
        Loaded { facts: facts_of(found, household_births, in_doubt), events: Vec::new(), moves: Vec::new(), records_us }
    }
}

/// By household, from household, person and date.
fn births(kin: impl IntoIterator<Item = (i64, i64, Date)>) -> HashMap<i64, Vec<(i64, Date)>> {
    let mut births: HashMap<i64, Vec<(i64, Date)>> = HashMap::new();
    for (household, person, date) in kin {
        births.entry(household).or_default().push((person, date));
    }
    births
}

/// What records say of everybody, for those who read everybody: what a person's facts say of others is looked up once.
#[derive(Debug)]
pub(crate) struct Everybody {
    sizes: HouseholdSizes,
    circle: Circle,
}

impl Everybody {
    /// Looks up what people's facts say of others.
    pub(crate) async fn read(connection: &impl ConnectionTrait, records: &[RecordNumbers]) -> Result<Self> {
        let sizes = HouseholdSizes::of_records(records);
        let mut kin: Vec<(i64, i64, Date)> = records
            .iter()
            .map(|numbers| (i64::from(numbers.household), i64::from(numbers.person), numbers.birth_date))
            .filter(|(household, ..)| sizes.of(*household) > 1)
            .filter_map(|(household, person, birth)| Some((household, person, birth?)))
            .collect();
        // Records stay in order, as `store::kin` has them.
        kin.sort_by_key(|(household, person, _)| (*household, *person));
        kin.dedup_by_key(|(_, person, _)| *person);
        let circle = Circle { births: births(kin), doubted: store::all_doubted(connection).await? };
        Ok(Self { sizes, circle })
    }

    /// The people between these numbers, both included, in order and without what happened to them.
    pub(crate) async fn between(&self, connection: &impl ConnectionTrait, numbers: (i64, i64)) -> Result<Vec<Loaded>> {
        let found = careloop_people::facts_between(connection, numbers, &self.sizes).await?;
        Ok(found.into_iter().map(|found| self.circle.place(found)).collect())
    }
}

/// Room for so many events is made at once: few people have none, and making room again and again takes time.
const EVENTS: usize = 32;

/// What happened to one person.
#[derive(Debug, Default)]
pub(crate) struct History {
    events: Vec<Event>,
    moves: Vec<Position>,
}

impl History {
    /// Adds an event, in any order.
    pub(crate) fn push(&mut self, position: Position, event: Event) {
        if matches!(&*event.kind, "person.merged" | "person.unmerged") {
            self.moves.push(position);
        }
        if self.events.is_empty() {
            self.events.reserve(EVENTS);
        }
        self.events.push(event);
    }
}

impl Loaded {
    /// Takes what happened, in order.
    pub(crate) fn happened(&mut self, mut history: History) {
        history.moves.sort_unstable();
        history.events.sort_unstable_by_key(|event| (event.at_us, event.seq));
        (self.moves, self.events) = (history.moves, history.events);
    }
}

fn facts_of(found: PersonFacts, household_births: Vec<Date>, in_doubt: bool) -> Facts {
    Facts {
        person: found.person,
        records: found.records,
        gender: found.gender.map(|gender| gender.as_str().to_owned()),
        birth_date: found.birth_date,
        region: found.region,
        channel: found.channel,
        clinics: found.clinics,
        sources: found.sources,
        owner: found.owner,
        created_us: Some(found.created_at),
        household_size: found.household_size,
        household_births,
        has_phone: found.phone,
        has_wecom: found.wecom,
        phone_shared: found.phone && found.household_size > 1,
        has_guardian: found.has_guardian,
        in_doubt,
    }
}

/// What happened to each person.
fn by_person(loaded: &[Loaded], told: Vec<ToldEvent>) -> BTreeMap<i64, History> {
    let owner: BTreeMap<i64, i64> = loaded
        .iter()
        .flat_map(|loaded| loaded.facts.records.iter().map(|record| (*record, loaded.facts.person)))
        .collect();
    let mut people: BTreeMap<i64, History> = BTreeMap::new();
    for event in told {
        if let Some(person) = owner.get(&event.record) {
            people.entry(*person).or_default().push(event.position, event.into());
        }
    }
    people
}

impl From<StoredEvent> for Event {
    fn from(event: StoredEvent) -> Self {
        Self {
            seq: event.seq,
            record: event.record,
            clinic: event.clinic,
            source: event.source,
            at_us: event.at.as_microsecond(),
            amount: event.amount.map(careloop_kernel::Money::minor),
            kind: EventKind::of(&event.kind),
            props: Fields::of(event.props.text()),
        }
    }
}

impl From<ToldEvent> for Event {
    fn from(event: ToldEvent) -> Self {
        Self {
            seq: event.position.seq,
            record: event.record,
            clinic: event.clinic,
            source: event.source,
            at_us: event.at_us,
            amount: event.amount.map(careloop_kernel::Money::minor),
            kind: EventKind::of(&event.kind),
            props: Fields::of(event.props.text()),
        }
    }
}
