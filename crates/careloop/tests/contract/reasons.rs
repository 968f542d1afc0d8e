//! On a generated chain, everybody is where the rules say, and for the reason that is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use careloop_db::Db;
use careloop_kernel::ids::{PersonId, RecordId, SegmentId};
use careloop_kernel::{Clock, Ctx, Env, FixedClock, SystemClock, SystemRandom, Vault};
use careloop_segments::{explain_member, jobs, list_segments, members};

use crate::installation::Installation;

/// People who are asked why they are not in a segment.
const OUTSIDE: usize = 1_000;

/// The chain, at a time that stands still, so that nobody's time comes while they are asked.
async fn opened(installation: &Installation) -> (Db, Ctx) {
    let url = format!("sqlite://{}", installation.path("data/demo/careloop.db").display());
    let clock = Arc::new(FixedClock::at(SystemClock.now()));
    let env = Env { clock, random: Arc::new(SystemRandom), vault: Vault::new(&[7; 32]) };
    (Db::open(&url).await.unwrap(), Ctx::system(env, "test"))
}

/// A member of a segment: its id and the person's.
async fn members_by_segment(installation: &Installation) -> BTreeMap<String, BTreeSet<String>> {
    let sql = "SELECT s.id || ' ' || r.id AS line FROM person_segments p, json_each(p.held) AS entry
               JOIN segments s ON s.ord = entry.value ->> 0 JOIN records r ON r.ord = p.person";
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in installation.ask_in("data/demo", sql).await {
        let (segment, person) = line.split_once(' ').unwrap();
        found.entry(segment.to_owned()).or_default().insert(person_of(person));
    }
    found
}

fn person_of(record: &str) -> String {
    PersonId::anchored_at(record.parse::<RecordId>().unwrap()).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_member_of_the_preset_segments_of_the_demo_is_there_for_the_stored_reason() {
    let installation = Installation::new();
    let mut demo = installation.start(&["--listen", "127.0.0.1:0", "demo", "--people", "250"]);
    while !installation.path("data/demo/chain.txt").exists() {
        assert!(demo.try_wait().unwrap().is_none(), "it ended before the chain was made");
        tokio::task::yield_now().await;
    }
    demo.kill().unwrap();
    demo.wait().unwrap();
    let (db, ctx) = opened(&installation).await;
    while jobs::follow(&db, &ctx).await.unwrap() {}
    let read = ctx.require().unwrap();
    let segments = list_segments(&db, &read, false).await.unwrap();
    assert!(segments.len() >= 23, "{}", segments.len());
    let inside = members_by_segment(&installation).await;
    let sql = "SELECT DISTINCT r.id AS line FROM records a JOIN records r ON r.ord = a.person ORDER BY 1";
    let everybody: Vec<String> =
        installation.ask_in("data/demo", sql).await.iter().map(|record| person_of(record)).collect();
    let peopled = segments.iter().filter(|segment| inside.contains_key(&segment.id.to_string())).count();
    assert!(peopled >= 20, "only {peopled} of {} segments have members", segments.len());
    let none = BTreeSet::new();
    for segment in &segments {
        let stored = inside.get(&segment.id.to_string()).unwrap_or(&none);
        let found = members(&db, &read, &segment.rule_json, None).await.unwrap();
        let found: BTreeSet<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(stored, &found, "{}", segment.name);
        for person in stored {
            let why = explain_member(&db, &read, segment.id, person).await.unwrap();
            let clauses = |said: &[careloop_segments::ClauseText]| {
                said.iter().map(|clause| clause.clause.clone()).collect::<Vec<_>>()
            };
            assert!(why.member && why.holds_now && !why.stored.is_empty(), "{} {person}: {why:?}", segment.name);
            assert_eq!(clauses(&why.stored), clauses(&why.now), "{} {person}", segment.name);
        }
    }
    let ids: Vec<SegmentId> = segments.iter().map(|segment| segment.id).collect();
    let mut outside = everybody
        .iter()
        .enumerate()
        .flat_map(|(number, person)| ids.iter().enumerate().map(move |(turn, id)| ((number + turn) % 7, person, *id)))
        .filter(|(turn, person, id)| *turn == 0 && !inside.get(&id.to_string()).unwrap_or(&none).contains(*person))
        .map(|(_, person, id)| (person, id));
    for asked in 0..OUTSIDE {
        let (person, id) = outside.next().unwrap_or_else(|| panic!("only {asked} people outside"));
        let why = explain_member(&db, &read, id, person).await.unwrap();
        assert!(!why.member && !why.holds_now, "{id} {person}: {why:?}");
    }
}
