//! The tag files hold together.

use std::collections::BTreeSet;

use crate::{TagForm, tag_library};

/// What the domain's catalogue of tags lists.
const CATALOGUE: &str = include_str!("data/tags.txt");

#[test]
fn every_tag_of_the_catalogue_is_in_the_library() {
    let missing: Vec<&str> = CATALOGUE.lines().filter(|id| tag_library().find(id).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(CATALOGUE.lines().count(), 165);
}

#[test]
fn a_computed_tag_says_what_it_can_be_told_from() {
    for tag in tag_library().tags() {
        for kind in tag.needs() {
            assert!(tag.events.contains(kind), "{} needs {kind} and does not read it", tag.id);
        }
        let from = !tag.needs().is_empty() || !tag.records.is_empty();
        let always =
            ["attr.household_size", "gov.oneid_conf", "gov.dup_suspect", "gov.records", "gov.profile_complete"];
        assert!(from || tag.manual || always.contains(&tag.id.as_str()), "{} never waits for data", tag.id);
    }
}

#[test]
fn sentences_and_definitions_say_the_numbers_in_force() {
    for tag in tag_library().tags() {
        let text = tag.definition_with(|_| None);
        assert!(!text.zh.contains('{') && !text.en.contains('{'), "{}: {} {}", tag.id, text.zh, text.en);
    }
    let tag = tag_library().get("attr.pay_ability").unwrap();
    let text = tag.definition_with(|name| (name == "high_minor").then_some(1_234_550));
    assert!(text.zh.contains("12345.50 元起高，3000 元起中"), "{}", text.zh);
}

#[test]
fn a_tag_says_what_it_is_in_both_languages() {
    for tag in tag_library().tags() {
        for text in [&tag.zh, &tag.en, &tag.definition.zh, &tag.definition.en] {
            assert!(!text.is_empty(), "{}", tag.id);
        }
        assert!(tag.manual || !tag.because.zh.is_empty() && !tag.because.en.is_empty(), "{} gives no reason", tag.id);
        let closed = matches!(tag.form, TagForm::Choice | TagForm::Number);
        assert_eq!(closed, !tag.values.is_empty(), "{}", tag.id);
        let distinct: BTreeSet<&str> = tag.values.iter().map(|choice| choice.value.as_str()).collect();
        assert_eq!(distinct.len(), tag.values.len(), "{} lists a value twice", tag.id);
    }
}

#[test]
fn every_event_a_tag_reads_is_in_the_catalogue() {
    let catalogue: toml::Table = toml::from_str(include_str!("../../../../catalog/events.toml")).unwrap();
    let kinds: BTreeSet<&str> =
        catalogue["kind"].as_array().unwrap().iter().map(|kind| kind["id"].as_str().unwrap()).collect();
    for tag in tag_library().tags() {
        for kind in &tag.events {
            assert!(kinds.contains(kind.as_str()), "{} reads {kind}", tag.id);
        }
    }
}

#[test]
fn unknown_tags_and_values_are_refused_with_what_there_is() {
    let library = tag_library();
    let error = library.get("val.rmf").unwrap_err();
    assert_eq!(error.code(), "tags.unknown");
    assert!(error.message().contains("val.rfm"), "{error}");
    let error = library.get("val.rfm").unwrap().check_value("重要").unwrap_err();
    assert!(error.message().contains("重要价值"), "{error}");
    assert!(library.get("life.churned").unwrap().check_value("false").is_err());
    assert_eq!(library.get("risk.churned").unwrap().id, "life.churned");
}
