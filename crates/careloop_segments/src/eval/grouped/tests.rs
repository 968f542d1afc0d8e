use super::*;
use crate::eval::Told;
use crate::rule::Scalar;

/// An event of a record at an instant, with its place in `line`.
fn add(columns: &mut KindColumns, record: u32, at_us: i64) {
    columns.push(Told { record, at_us, seq: None, amount: (at_us % 3 == 0).then_some(at_us), clinic: None, source: 1 });
    let line = (at_us % 2 == 0).then(|| Scalar::Text(format!("line {}", at_us % 5)));
    columns.fields.entry("line".to_owned()).or_default().push(line);
}

/// Record, instant, amount and line of an event.
type Row = (u32, i64, Option<i64>, Option<Scalar>);

/// Everything that is told of each person, in order.
fn told(events: &KindEvents, people: u32) -> Vec<(u32, Vec<Row>)> {
    let of = |person: u32| {
        let one: RoaringBitmap = [person].into_iter().collect();
        let row = |(columns, row): (&KindColumns, usize)| {
            (columns.record[row], columns.at_us[row], columns.amount(row), columns.fields["line"].get(row).cloned())
        };
        (person, events.rows(&one).map(row).collect())
    };
    (0..people).map(of).collect()
}

/// Numbers that look drawn.
fn drawn(step: u64) -> u64 {
    step.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) >> 33
}

#[test]
fn events_that_come_and_records_that_change_hands_are_as_if_all_were_sorted_anew() {
    const RECORDS: u32 = 60;
    let mut person_of = vec![0_u32];
    let mut all = KindColumns::default();
    let mut log = KindLog::new(KindColumns::default(), &Arc::new(person_of.clone()));
    for step in 0..2_000_u64 {
        let dice = drawn(step);
        let record = (dice / 7 % u64::from(RECORDS)) as u32;
        match dice % 5 {
            0 if person_of.len() < RECORDS as usize => person_of.push(person_of.len() as u32),
            1 if record > 0 && (record as usize) < person_of.len() => {
                person_of[record as usize] = (dice / 11 % u64::from(record)) as u32 + 1;
            }
            _ => {
                add(&mut all, record, i64::from(step as u32 * 7_919 % 6_007));
                add(&mut log.tail, record, i64::from(step as u32 * 7_919 % 6_007));
            }
        }
        if step == 900 {
            // As if it had grown too large to stay beside the rest.
            log = KindLog::new(all.clone(), &Arc::new(person_of.clone()));
        }
        if step % 50 == 49 {
            let now = Arc::new(person_of.clone());
            let expected = told(&KindEvents::of(all.clone(), &now), RECORDS);
            let mut found = told(&log.events(&now), RECORDS);
            assert_eq!(log.len(), all.len());
            assert!(found.iter().all(|(_, rows)| rows.is_sorted_by_key(|row| row.1)));
            let mut expected = expected;
            for (_, rows) in found.iter_mut().chain(&mut expected) {
                rows.sort_by_key(|row| (row.1, row.0));
            }
            assert_eq!(found, expected, "after {step}");
        }
    }
}

#[test]
fn what_came_is_sorted_in_once_it_is_much() {
    let person_of = Arc::new((0..=10).collect::<Vec<u32>>());
    let mut log = KindLog::new(KindColumns::default(), &person_of);
    for at in 0..i64::try_from(FRESH).unwrap() + 2 {
        add(&mut log.tail, (at % 10) as u32 + 1, -at);
    }
    let events = log.events(&person_of);
    assert!(events.fresh.0.is_empty() && log.tail.is_empty());
    assert_eq!((events.len(), log.len()), (FRESH + 2, FRESH + 2));
}
