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
    let text = text.trim();
    if text.chars().all(is_plain) {
        return text.to_ascii_lowercase();
    }
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// Whether a character is its own compatibility form and bears no mark: ASCII and the common Han characters.
fn is_plain(letter: char) -> bool {
    letter.is_ascii() || matches!(letter, '\u{4e00}'..='\u{9fff}')
}

/// Letters without their marks: `é` becomes `e`.
pub(crate) fn strip_marks(text: &str) -> String {
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    text.nfkd().filter(|letter| !unicode_normalization::char::is_combining_mark(*letter)).collect()
}

/// Whether this is a Han character.
pub(crate) fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '〇')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_folds_as_any_other() {
        for text in [" 王小明 VIP ", "Ｗang　é", "ﬁne", "㈱", "北京 88号", "", "一丁龥"] {
            let slowly: String = text.trim().nfkc().flat_map(char::to_lowercase).collect();
            assert_eq!(fold(text), slowly);
            let bare: String =
                text.nfkd().filter(|letter| !unicode_normalization::char::is_combining_mark(*letter)).collect();
            assert_eq!(strip_marks(text), bare);
        }
        let han: String = ('\u{4e00}'..='\u{9fff}').collect();
        assert!(han.chars().nfkc().eq(han.chars()) && han.chars().nfkd().eq(han.chars()));
    }
}
