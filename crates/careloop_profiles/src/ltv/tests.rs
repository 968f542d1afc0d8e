//! The models against published figures and against the PyPI package `lifetimes`, on the CDNOW sample.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use super::purchases::grouped;
use super::{BgNbd, GammaGamma, Ltv, Model, PaidDays, Purchases, Waiting, spent};

const ORDERS: &str = include_str!("../../../../testdata/cdnow_sample.csv");
const LIFETIMES: &str = include_str!("../../../../testdata/cdnow_lifetimes.csv");

fn end() -> Date {
    date(1997, 9, 30)
}

/// Every customer's paid days up to a day.
fn customers(end: Date) -> BTreeMap<&'static str, PaidDays> {
    let mut orders: Vec<(&str, Date, i64)> = Vec::new();
    for line in ORDERS.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let day: Date = format!("{}-{}-{}", &fields[2][..4], &fields[2][4..6], &fields[2][6..]).parse().unwrap();
        orders.push((fields[1], day, fields[4].replace('.', "").parse().unwrap()));
    }
    orders.sort_unstable();
    let known = |one: &&[(&'static str, Date, i64)]| one[0].1 <= end;
    let paid = |one: &[(&'static str, Date, i64)]| {
        PaidDays::of(one.iter().filter(|(_, day, _)| *day <= end).map(|(_, day, cents)| (*day, *cents)))
    };
    orders.chunk_by(|a, b| a.0 == b.0).filter(known).map(|one| (one[0].0, paid(one))).collect()
}

fn close(found: f64, expected: f64, share: f64, what: &str) {
    assert!((found - expected).abs() <= share * expected.abs(), "{what}: {found} is not {expected}");
}

#[test]
fn the_published_parameters_come_out() {
    let paid: Vec<PaidDays> = customers(end()).into_values().collect();
    assert_eq!(paid.len(), 2357);
    let groups = grouped(paid.iter().filter_map(|paid| paid.purchases(end())));
    let fitted = BgNbd::fit(&groups).unwrap();
    for (found, expected, name) in
        [(fitted.r, 0.243, "r"), (fitted.alpha, 4.414, "alpha"), (fitted.a, 0.793, "a"), (fitted.b, 2.426, "b")]
    {
        close(found, expected, 0.002, name);
    }
    close(fitted.log_likelihood(&groups), -9582.4, 1e-5, "log-likelihood");
    let spent = spent(&paid, end());
    assert_eq!(spent.len(), 946);
    let fitted = GammaGamma::fit(&spent).unwrap();
    for (found, expected, name) in [(fitted.p, 6.25, "p"), (fitted.q, 3.74, "q"), (fitted.gamma, 15.44, "gamma")] {
        close(found, expected, 0.003, name);
    }
    // Fader, Hardie, Lee, "Implementing the BG/NBD Model … in Excel", 2005: the customer with x = 2, t_x = 30.43, T = 38.86.
    let one = Purchases { repeats: 2, last: 213, known: 272 };
    let published = BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
    close(published.expected(one, 39 * 7), 1.226, 5e-4, "expected");
}

/// What `lifetimes` says of one customer.
struct Said {
    customer: &'static str,
    one: Purchases,
    mean: f64,
    alive: f64,
    in_39_weeks: f64,
    in_365_days: f64,
    spend: f64,
}

fn said() -> (Model, Vec<Said>) {
    let parameters = |line: &str| -> Vec<f64> { line.split(' ').filter_map(|word| word.parse().ok()).collect() };
    let mut lines = LIFETIMES.lines();
    let (bg, gg) = (parameters(lines.next().unwrap()), parameters(lines.next().unwrap()));
    let model = Model {
        purchases: BgNbd { r: bg[0], alpha: bg[1], a: bg[2], b: bg[3] },
        spend: GammaGamma { p: gg[0], q: gg[1], gamma: gg[2] },
        cuts: [0; 4],
        calibration: None,
    };
    let row = |line: &'static str| {
        let fields: Vec<&str> = line.split(',').collect();
        let (whole, real) = (|n: usize| fields[n].parse().unwrap(), |n: usize| fields[n].parse::<f64>().unwrap());
        Said {
            customer: fields[0],
            one: Purchases { repeats: whole(1), last: whole(2), known: whole(3) },
            mean: real(4),
            alive: real(5),
            in_39_weeks: real(6),
            in_365_days: real(7),
            spend: real(8),
        }
    };
    (model, lines.skip(1).map(row).collect())
}

#[test]
fn every_customer_gets_what_lifetimes_gives() {
    let (model, said) = said();
    let customers = customers(end());
    let paid: Vec<PaidDays> = customers.values().cloned().collect();
    let ours = Ltv::fit(&paid, end()).model.unwrap();
    assert!(
        said.len() > 50
            && said.iter().any(|said| said.one.repeats == 0)
            && said.iter().any(|said| said.one.repeats > 20)
    );
    for said in said {
        let one = customers[said.customer].purchases(end()).unwrap();
        assert_eq!(one, said.one, "{}", said.customer);
        // With its parameters the same figures, and nearly the same with those fitted here.
        for (model, share) in [(&model, 1e-7), (&ours, 2e-4)] {
            let (bg, gg) = (model.purchases, model.spend);
            close(bg.alive(one), said.alive, share, said.customer);
            close(bg.expected(one, 39 * 7), said.in_39_weeks, share, said.customer);
            close(bg.expected(one, 365), said.in_365_days, share, said.customer);
            close(gg.expected(one.repeats, said.mean), said.spend, share, said.customer);
        }
        let worth = ours.worth(&customers[said.customer], end()).unwrap();
        let expected = said.in_365_days * said.spend * 100.0;
        assert!((worth.value_minor as f64 - expected).abs() <= 0.5 + 5e-4 * expected, "{}", said.customer);
    }
}

#[test]
fn the_series_passes_one_without_a_jump() {
    let one = Purchases { repeats: 3, last: 200, known: 300 };
    let at = |a: f64| BgNbd { r: 0.3, alpha: 5.0, a, b: 2.0 }.expected(one, 365);
    close(at(1.0), (at(0.999) + at(1.001)) / 2.0, 1e-6, "a = 1");
}

#[test]
fn customers_who_are_all_alike_are_no_trouble() {
    // The chance to leave is 1/6 for everybody, or nearly: the larger a and b, the more so.
    let one = Purchases { repeats: 4, last: 700, known: 900 };
    let at = |scale: f64| BgNbd { r: 1.1, alpha: 26.0, a: scale, b: 5.0 * scale }.expected(one, 365);
    close(at(30_000.0), at(3_000.0), 1e-3, "a = 30,000");
    close(at(3_000.0), at(300.0), 1e-2, "a = 3,000");
    // Both forms of the series meet where one takes over from the other: a − 1 = r + x.
    close(at(6.0999), at(6.1001), 1e-4, "a = r + x + 1");
}

/// Most pay for checks, some for implants, a few for far more: the likeliest point has no mean.
#[test]
fn spend_without_a_mean_is_held_to_the_mean_that_was_seen() {
    let payer = |number: i64| {
        let usual = [20_000, 20_000, 25_000, 30_000, 40_000, 50_000, 100_000, 300_000, 2_000_000, 30_000_000]
            [usize::try_from(number % 10).unwrap()];
        let paid = |day: i64| (end() - jiff::ToSpan::days(600 - day * 60), usual * (1 + (number / 10 + day) % 3));
        PaidDays::of((0..2 + number % 4).map(paid))
    };
    let payers: Vec<PaidDays> = (0..2_000).map(payer).collect();
    let model = Ltv::fit(&payers, end()).model.unwrap();
    let means = payers.iter().map(|paid| paid.repeat_minor() as f64 / 100.0 / (paid.days() - 1) as f64);
    let mean = means.sum::<f64>() / payers.len() as f64;
    let of = |repeats, own| model.spend.expected(repeats, own);
    close(of(0, 0.0), mean, 1e-4, "a newcomer");
    assert!(of(1, 200.0) > 200.0 && of(1, 200.0) < mean, "{:?}: drawn to the mean", model.spend);
    assert!(of(5, 200.0) < of(1, 200.0), "{:?}: less so who has paid often", model.spend);
}

#[test]
fn three_quarters_foretell_the_last() {
    let customers = customers(date(1998, 6, 30));
    let paid: Vec<PaidDays> = customers.into_values().collect();
    let fitted = Ltv::fit_and_calibrate(&paid, date(1998, 6, 30));
    let model = fitted.model.unwrap();
    let calibration = model.calibration.as_ref().unwrap();
    assert_eq!((calibration.split, calibration.days), (date(1998, 2, 13), 137));
    assert_eq!(calibration.buckets.len(), 8);
    assert_eq!(calibration.buckets.iter().map(|bucket| bucket.people).sum::<i64>(), 2357);
    let actual: i64 = calibration.buckets.iter().map(|bucket| bucket.actual).sum();
    let expected: f64 = calibration.buckets.iter().map(|bucket| bucket.expected).sum();
    close(expected, actual as f64, 0.15, "purchases after the split");
    // Each quintile holds about a fifth, and the text of a fit gives the fit.
    let top = paid.iter().filter(|paid| model.quintile(model.worth(paid, fitted.as_of).unwrap()) == 5).count();
    assert!((400..=475).contains(&top), "{top}");
    let text = serde_json::to_string(&model).unwrap();
    assert_eq!(serde_json::from_str::<Model>(&text).unwrap(), model);
}

#[test]
fn too_few_who_came_back_are_no_model() {
    let paid: Vec<PaidDays> = customers(end()).into_values().take(200).collect();
    let fitted = Ltv::fit(&paid, end());
    assert_eq!(fitted.model, Err(Waiting::FewRepeatPayers));
    assert_eq!((fitted.payers, fitted.repeat_payers), (200, 81));
}

#[test]
fn a_fit_is_good_for_a_week_and_a_tenth_more() {
    let payers = |number: usize, days: i8| vec![PaidDays::of((1..=days).map(|day| (date(1997, 9, day), 100))); number];
    let fitted = Ltv::fit(&payers(100, 10), end());
    assert_eq!((fitted.payers, fitted.repeat_payers, fitted.paid_days), (100, 100, 1000));
    for (day, payers, good) in [
        (end(), payers(100, 10), true),
        (date(1997, 10, 6), payers(110, 10), true),
        (date(1997, 10, 7), payers(100, 10), false),
        (date(1997, 9, 29), payers(100, 10), false),
        (end(), payers(111, 10), false),
        (end(), payers(100, 12), false),
    ] {
        assert_eq!(fitted.is_good(day, &payers), good, "{day}");
    }
}
