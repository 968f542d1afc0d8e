//! Reading what people type: phones, id cards, birth dates, names, e-mail and postal addresses.
//!
//! Everything here is pure. A reader answers with the normal form or with nothing; the text itself is always kept by
//! the caller, so that a value that cannot be read is set aside and never lost.

pub mod address;
pub mod birth;
pub mod email;
pub mod id_card;
pub mod lookalikes;
pub mod name;
pub mod phone;
pub mod pinyin;
pub mod surnames;

use unicode_normalization::UnicodeNormalization;

/// Compatibility form (full-width digits and letters become ASCII), lower case, outer blanks gone.
pub(crate) fn fold(text: &str) -> String {
    text.trim().nfkc().flat_map(char::to_lowercase).collect()
}

/// Letters without their marks: `é` becomes `e`.
pub(crate) fn strip_marks(text: &str) -> String {
    text.nfkd().filter(|letter| !unicode_normalization::char::is_combining_mark(*letter)).collect()
}

/// Whether this is a Han character.
pub(crate) fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '〇')
}
