//! Reading what the fold needs.

use std::collections::{BTreeSet, HashMap};

use careloop_db::ConnectionTrait;
use careloop_events::{Position, Scanned, StoredEvent, Told};
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
    let loaded = load_facts(connection, people).await?;
    let records: Vec<i64> = loaded.iter().flat_map(|loaded| loaded.facts.records.iter().copied()).collect();
    let currency = careloop_access::settings::load(connection).await?.currency.to_string();
    let mut teller = Teller::of(Told::of(connection, &records).await?, currency);
    loaded.into_iter().map(|loaded| teller.tell(loaded)).collect()
}

/// Tells people what happened to them.
#[derive(Debug)]
pub(crate) struct Teller {
    told: Told,
    /// Amounts of two currencies cannot be added; one in another than this is none.
    currency: String,
    desk: Vec<u8>,
}

impl Teller {
    pub(crate) fn of(told: Told, currency: String) -> Self {
        Self { told, currency, desk: Vec::new() }
    }

    /// Gives a person their events, in order.
    pub(crate) fn tell(&mut self, mut loaded: Loaded) -> Result<Loaded> {
        for record in &loaded.facts.records {
            let (events, moves, currency) = (&mut loaded.events, &mut loaded.moves, &self.currency);
            self.told.each(*record, &mut self.desk, |event| {
                if matches!(event.kind, "person.merged" | "person.unmerged") {
                    moves.push(event.position);
                }
                if events.is_empty() {
                    events.reserve(EVENTS);
                }
                events.push(Event::of(&event, currency));
                Ok(())
            })?;
        }
        loaded.moves.sort_unstable();
        loaded.events.sort_unstable_by_key(|event| (event.at_us, event.seq));
        Ok(loaded)
    }
}

/// Room for so many events is made at once: few people have none, and making room again and again takes time.
const EVENTS: usize = 32;

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

impl Event {
    /// An amount that is not in this currency is none.
    pub(crate) fn of(event: &Scanned<'_>, currency: &str) -> Self {
        Self {
            seq: event.position.seq,
            record: event.record,
            clinic: event.clinic,
            source: event.source,
            at_us: event.at_us,
            amount: event.amount.filter(|_| event.currency == Some(currency)),
            kind: EventKind::of(event.kind),
            props: Fields::of(event.props),
        }
    }
}
