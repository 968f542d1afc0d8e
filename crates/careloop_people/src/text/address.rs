//! Postal addresses, reduced to what can be compared.

use crate::text::{fold, strip_marks};

/// Letters and digits only, lower case, without marks; Han characters stay.
pub fn squeeze(text: &str) -> String {
    strip_marks(&fold(text)).chars().filter(|letter| letter.is_alphanumeric()).collect()
}

/// A Chinese address reduced to its street and numbers, because people write `3幢2单元1201室`, `3栋2单元1201` and `3-2-1201` for
/// one door, with or without city and district. Other addresses stay as they are.
pub fn door(text: &str) -> String {
    let text = fold(text);
    if !text.chars().any(crate::text::is_han) {
        return squeeze(&text);
    }
    let text = text.rsplit(['省', '市', '区', '县']).next().filter(|rest| !rest.is_empty()).unwrap_or(&text);
    let Some(first) = text.find(|letter: char| letter.is_ascii_digit()) else { return squeeze(text) };
    let numbers = text[first..].split(|letter: char| !letter.is_ascii_digit()).filter(|number| !number.is_empty());
    format!("{}{}", squeeze(&text[..first]), numbers.collect::<Vec<_>>().join("-"))
}

/// Whether a street text is long enough to name a door. `北京市` alone is not.
pub fn is_door(squeezed: &str) -> bool {
    squeezed.chars().count() >= 6
        && squeezed.chars().any(|letter| letter.is_numeric() || matches!(letter, '号' | '室' | '栋' | '单'))
}

/// Whether a street text as [`door`] gives it names a flat: house, building or entrance, and room.
pub fn is_flat(door: &str) -> bool {
    door.chars().any(crate::text::is_han) && door.split('-').count() >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_is_more_than_a_house() {
        for (text, wanted) in [
            ("杭州市滨江区焘尧路148号29幢1单元1803室", true),
            ("朝阳区建国路88号2栋301", true),
            ("朝阳区建国路88号", false),
            ("建国路88号12楼", false),
            ("8 Stanley Street", false),
            ("", false),
        ] {
            assert_eq!(is_flat(&door(text)), wanted, "{text}");
        }
    }

    #[test]
    fn spelling_does_not_matter() {
        assert_eq!(squeeze("8 Stanley Street,"), squeeze("８ stanley  street"));
        assert!(is_door(&squeeze("朝阳区建国路 88 号 2 栋 301")));
        assert!(!is_door(&squeeze("北京市")));
    }
}
