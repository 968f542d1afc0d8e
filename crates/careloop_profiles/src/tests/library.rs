//! The tag files hold together.

use std::collections::BTreeSet;

use crate::{TagForm, tag_library};

#[test]
fn every_area_of_the_catalogue_has_computed_tags() {
    let library = tag_library();
    let computed = |area: &str| library.tags().iter().filter(|tag| tag.area == area && !tag.manual).count();
    for area in ["attr", "need", "visit", "val", "care", "eng", "life", "gov"] {
        assert!(computed(area) >= 3, "{area} has {}", computed(area));
    }
    assert!(library.tags().iter().filter(|tag| !tag.manual).count() >= 60);
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
