//! Steps are counted when their half year is over, and named lines come true as often as their chance says.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::{ChanceBucket, LEAST_STEPS, Next, NextWaiting, Steps, Transitions};

fn steps(paid: &[(Date, &str)]) -> Steps {
    Steps::of(paid.iter().copied())
}

#[test]
fn a_line_counts_once_and_lines_of_one_day_are_one_step() {
    let day = |n: i64| date(2025, 1, 1) + n.days();
    let paid = [(day(0), "洁牙"), (day(0), "拍片"), (day(9), "洁牙"), (day(30), "种植"), (day(500), "正畸")];
    let steps = steps(&paid);
    assert_eq!(steps.lines().collect::<Vec<_>>(), ["洁牙", "拍片", "种植", "正畸"]);
    assert_eq!(steps.newest(), Some((day(500), "正畸")));
    let led: Vec<_> = steps.each().map(|step| (step.line, step.next)).collect();
    assert_eq!(led, [("拍片", Some("种植")), ("种植", None), ("正畸", None)], "470 days later is too late");
    assert!(Steps::of([]).is_empty() && Steps::of([]).newest().is_none());
}

/// So many people who paid for `a`, of whom the first went on to `b` twenty days later.
fn crowd(count: i64, went_on: i64, (a, b): (&str, &str), from: Date) -> Vec<Steps> {
    let one = |n: i64| {
        let day = from + (n % 50).days();
        if n < went_on { steps(&[(day, a), (day + 20.days(), b)]) } else { steps(&[(day, a)]) }
    };
    (0..count).map(one).collect()
}

#[test]
fn only_steps_whose_half_year_is_over_count() {
    let start = date(2025, 1, 1);
    let people = crowd(1, 1, ("洁牙", "种植"), start);
    let count = |by: Date| Transitions::count(&people, by).steps();
    assert_eq!(count(start + 179.days()), 0, "who was quick waits like everybody");
    assert_eq!(count(start + 180.days()), 1);
    assert_eq!(count(start + 200.days()), 2, "the step to the second line is over too");
}

#[test]
fn the_likeliest_line_one_has_not_is_named_with_its_chance() {
    let start = date(2025, 1, 1);
    let mut people = crowd(200, 80, ("洁牙", "种植"), start);
    people.extend(crowd(100, 10, ("正畸", "洁牙"), start));
    let transitions = Transitions::count(&people, date(2026, 1, 1));
    let next = transitions.next("洁牙", &["洁牙"]).unwrap();
    // 210 steps to 洁牙: 200 first ones and 10 second ones; 80 of all 390 led to 种植, and 20 steps are borrowed.
    assert_eq!((next.line, next.seen, next.steps), ("种植", 80, 210));
    assert!((next.chance - (80.0 + 20.0 * 80.0 / 390.0) / 230.0).abs() < 1e-12, "{next:?}");
    let left = transitions.next("洁牙", &["洁牙", "种植"]);
    assert_eq!(left, None, "nothing else is likely enough");
    assert_eq!(
        transitions.next("美白", &["美白"]).unwrap().line,
        "种植",
        "a line nobody had so far borrows all it knows"
    );
}

#[test]
fn too_few_steps_or_nobody_who_went_on_give_no_model() {
    let (start, today) = (date(2025, 1, 1), date(2026, 1, 1));
    let model = |people: &[Steps]| Next::count(people, today).model.map(|_| ());
    assert_eq!(model(&crowd(LEAST_STEPS - 1, 0, ("a", "b"), start)), Err(NextWaiting::FewSteps));
    assert_eq!(model(&crowd(LEAST_STEPS, 0, ("a", "b"), start)), Err(NextWaiting::NobodyWentOn));
    assert_eq!(model(&crowd(LEAST_STEPS, 30, ("a", "b"), start)), Ok(()));
}

#[test]
fn shares_are_kept_for_a_week_and_while_people_are_about_as_many() {
    let people = crowd(LEAST_STEPS, 60, ("a", "b"), date(2025, 1, 1));
    let next = Next::count(&people, date(2026, 1, 1));
    assert!(next.is_good(date(2026, 1, 7), &people) && !next.is_good(date(2026, 1, 8), &people));
    assert!(!next.is_good(date(2025, 12, 31), &people), "nobody knows the future");
    assert!(next.is_good(date(2026, 1, 2), &people[20..]) && !next.is_good(date(2026, 1, 2), &people[21..]));
}

#[test]
fn what_was_named_half_a_year_ago_came_true_about_as_often_as_said() {
    let today = date(2026, 7, 1);
    let mut people = crowd(300, 90, ("洁牙", "种植"), date(2025, 1, 1));
    people.extend(crowd(100, 28, ("洁牙", "种植"), date(2025, 9, 1)));
    let foretold = Next::count(&people, today).foretold.unwrap();
    assert_eq!(foretold.split, date(2026, 1, 2));
    let [ChanceBucket { from_percent, steps, actual, expected }] = foretold.buckets[..] else { panic!("{foretold:?}") };
    assert_eq!((from_percent, steps, actual), (20, 100, 28));
    assert!((expected - 29.0).abs() < 1.5, "{expected}");
    assert_eq!((foretold.most_common, foretold.sums().1), (28, 28));
    assert_eq!(Next::count(&people, date(2025, 9, 1)).foretold, None, "half a year earlier nothing was known");
}
