//! The value models in the product, on the CDNOW purchases.

use careloop_kernel::permissions::ReadSegments;
use careloop_profiles::{inputs, models, rebuild};
use careloop_testkit::{TestDb, on_both};
use jiff::SignedDuration;
use serde_json::json;

use crate::cdnow::{count, count_now, import, orders};

/// The last moment of the published calibration period, in the chain's zone.
const CALIBRATED: &str = "1997-09-30T23:59:59+08:00";

fn close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 0.002 * expected, "{what}: {found} is not {expected}");
}

async fn follow(test: &TestDb) {
    while careloop_segments::jobs::follow(&test.db, &test.ctx).await.unwrap() {}
}

async fn cards(test: &TestDb) -> Vec<models::ModelCard> {
    models::list_models(&test.db, &test.ctx.require::<ReadSegments>().unwrap()).await.unwrap()
}

#[tokio::test]
async fn cdnow_is_fitted_stored_shown_and_foretold() {
    on_both(|test| async move {
        import(&test, &orders()).await;
        // Nothing was set by then: computed for the instant. The package lifetimes says this of the orders above 0.00.
        let then = inputs::at(test.db.read(), CALIBRATED.parse().unwrap()).await.unwrap().ltv.unwrap();
        let model = then.model.unwrap();
        assert_eq!((then.payers, then.repeat_payers), (2349, 946));
        let fitted = model.purchases;
        for (found, expected, name) in [
            (fitted.r, 0.243_902, "r"),
            (fitted.alpha, 4.422_435, "alpha"),
            (fitted.a, 0.792_508, "a"),
            (fitted.b, 2.422_938, "b"),
            (model.spend.p, 6.249_572, "p"),
            (model.spend.q, 3.744_225, "q"),
            (model.spend.gamma, 15.443_521, "gamma"),
        ] {
            close(found, expected, name);
        }
        test.clock.set("1998-06-30T15:59:59Z".parse().unwrap());
        follow(&test).await;
        let mut quintiles = Vec::new();
        for value in ["1", "2", "3", "4", "5"] {
            let rule = json!({ "tag": "val.ltv_pred", "is": value });
            let people = count_now(&test, rule.clone()).await;
            quintiles.push(people);
            assert_eq!(count(&test, rule, "1998-07-01T00:00:00+08:00").await, people, "as of now is now");
        }
        assert_eq!(quintiles.iter().sum::<i64>(), 2349, "everybody who paid, and nobody else");
        assert!(quintiles.iter().all(|people| (400..=540).contains(people)), "{quintiles:?}");
        let cards = cards(&test).await;
        let card = |id: &str| cards.iter().find(|card| card.id == id).unwrap();
        let calibration = card("bg_nbd").calibration.clone().unwrap();
        assert_eq!((calibration.split.to_string(), calibration.days), ("1998-02-13".to_owned(), 137));
        let (actual, expected) = calibration
            .buckets
            .iter()
            .fold((0, 0.0), |(actual, expected), bucket| (actual + bucket.actual, expected + bucket.expected));
        assert!((expected - actual as f64).abs() < 0.15 * actual as f64, "{expected} foretold, {actual} bought");
        let shown: Vec<i64> = card("bg_nbd").groups.iter().filter_map(|group| group.people).collect();
        assert_eq!(shown, quintiles);
        assert_eq!(card("rfm").groups.iter().filter_map(|group| group.people).sum::<i64>(), 2349);
        assert_eq!((card("rfm").people, card("gamma_gamma").waiting.clone()), (Some(2349), None));
    })
    .await;
}

#[tokio::test]
async fn a_fit_is_kept_for_a_week_and_told_with_the_inputs() {
    let test = TestDb::sqlite().await;
    import(&test, &orders()).await;
    let fit = async || inputs::live(test.db.read()).await.unwrap().inputs.ltv.unwrap();
    test.clock.set("1998-06-24T04:00:00Z".parse().unwrap());
    follow(&test).await;
    let first = fit().await;
    for _ in 0..6 {
        test.clock.advance(SignedDuration::from_hours(24));
        inputs::renew(&test.db, &test.ctx).await.unwrap();
        assert_eq!(fit().await, first, "good for a week");
    }
    let before = count_now(&test, json!({ "tag": "val.ltv_pred", "is": "5" })).await;
    rebuild(&test.db, &test.ctx).await.unwrap();
    assert_eq!(count_now(&test, json!({ "tag": "val.ltv_pred", "is": "5" })).await, before);
    test.clock.advance(SignedDuration::from_hours(24));
    inputs::renew(&test.db, &test.ctx).await.unwrap();
    let second = fit().await;
    assert_ne!(second.as_of, first.as_of);
    let told = careloop_events::of_records(test.db.read(), &[0]).await.unwrap();
    let last: serde_json::Value =
        serde_json::from_str(told.last().unwrap().props.map()["value"].as_str().unwrap()).unwrap();
    assert_eq!(serde_json::from_value::<careloop_profiles::ltv::Ltv>(last["ltv"].clone()).unwrap(), second);
}

#[tokio::test]
async fn without_enough_payers_the_tag_waits_and_the_model_says_so() {
    on_both(|test| async move {
        let nobody = cards(&test).await;
        assert!(nobody.iter().filter(|card| card.waiting.is_some()).map(|card| card.id).eq([
            "rfm",
            "bg_nbd",
            "gamma_gamma",
            "next_category"
        ]));
        let few: Vec<_> = orders().into_iter().take(300).collect();
        import(&test, &few).await;
        test.clock.set("1998-06-30T15:59:59Z".parse().unwrap());
        follow(&test).await;
        let cards = cards(&test).await;
        let card = cards.iter().find(|card| card.id == "bg_nbd").unwrap();
        let waiting = card.waiting.clone().unwrap();
        assert!(waiting.en.ends_with("payers came back; a model needs 100"), "{}", waiting.en);
        assert!(
            !card.groups.is_empty() && card.groups.iter().all(|group| group.people.is_none()),
            "nobody was counted"
        );
        let library = careloop_profiles::list_tags(&test.db, &test.ctx.require().unwrap()).await.unwrap();
        let tag = library.tags.iter().find(|count| count.tag.id == "val.ltv_pred").unwrap();
        assert_eq!((tag.waiting, tag.without_model.as_ref()), (true, Some(&waiting)), "the tag waits with its model");
        assert_eq!(count_now(&test, json!({ "tag": "val.ltv_pred", "is": "1" })).await, 0);
        let rfm = cards.iter().find(|card| card.id == "rfm").unwrap();
        assert!(rfm.waiting.is_none() && rfm.parameters.len() == 4);
    })
    .await;
}
