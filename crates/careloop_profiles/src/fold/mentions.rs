//! Whose words stand in a text. What was done goes by few different names in a chain, and a dozen rules ask of each whether
//! it has their words in it: so a name is looked through once for the words of all of them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;

use crate::event::Event;
use crate::library::{TagDef, tag_library};

/// How many texts are remembered.
const MOST: usize = 4_096;

/// The lists of words in the library, each with a number.
static LISTS: LazyLock<Vec<(&'static TagDef, &'static str, &'static [String])>> = LazyLock::new(|| {
    let lists =
        |tag: &'static TagDef| tag.words.iter().map(move |(name, words)| (tag, name.as_str(), words.as_slice()));
    tag_library().tags().iter().flat_map(lists).collect()
});

thread_local! {
    /// Texts that were looked through, with a bit for each list that has a word in them.
    static MET: RefCell<HashMap<Box<str>, u128>> = RefCell::default();
}

/// Whether a field of an event has one of a tag's words in it.
pub(crate) fn mentions(event: &Event, field: &str, (tag, words): (&str, &str)) -> bool {
    let Some(text) = event.text(field) else { return false };
    let Some(list) = LISTS.iter().position(|(def, name, _)| def.id == tag && *name == words) else { return false };
    MET.with_borrow_mut(|met| {
        if let Some(found) = met.get(text) {
            return (found >> list) & 1 == 1;
        }
        if met.len() >= MOST {
            met.clear();
        }
        let found = words_in(text);
        met.insert(text.into(), found);
        (found >> list) & 1 == 1
    })
}

fn words_in(text: &str) -> u128 {
    let text = text.to_lowercase();
    let has_one = |words: &[String]| words.iter().any(|word| text.contains(word.as_str()));
    LISTS.iter().rev().fold(0, |found, (_, _, words)| (found << 1) | u128::from(has_one(words)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Fields;

    #[test]
    fn a_text_is_looked_through_for_everybodys_words() {
        assert!(LISTS.len() <= 128, "each has its bit");
        let item = |item: &str| Event {
            seq: 1,
            kind: "plan.item_done".into(),
            record: 1,
            clinic: None,
            source: 1,
            at_us: 0,
            amount: None,
            props: Fields::of(&serde_json::json!({ "item": item }).to_string()),
        };
        let texts =
            LISTS.iter().flat_map(|(_, _, words)| words.iter().map(|word| format!("左 {} 1", word.to_uppercase())));
        for text in
            texts.chain(["".to_owned(), "别的".to_owned()]).collect::<Vec<_>>().iter().flat_map(|text| [text, text])
        {
            for (tag, name, words) in LISTS.iter() {
                let has_one = words.iter().any(|word| text.to_lowercase().contains(word.as_str()));
                assert_eq!(mentions(&item(text), "item", (&tag.id, name)), has_one, "{text} {}", tag.id);
            }
        }
        assert!(!mentions(&item("拔牙"), "line", ("need.wisdom_tooth", "extraction")));
    }
}
