//! Postal addresses, reduced to what can be compared.

use crate::text::{fold, strip_marks};

/// Letters and digits only, lower case, without marks; Han characters stay.
pub fn squeeze(text: &str) -> String {
    strip_marks(&fold(text)).chars().filter(|letter| letter.is_alphanumeric()).collect()
}

/// Whether a street text is long enough to name a door. `北京市` alone is not.
pub fn is_door(squeezed: &str) -> bool {
    squeezed.chars().count() >= 6
        && squeezed.chars().any(|letter| letter.is_numeric() || matches!(letter, '号' | '室' | '栋' | '单'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_does_not_matter() {
        assert_eq!(squeeze("8 Stanley Street,"), squeeze("８ stanley  street"));
        assert!(is_door(&squeeze("朝阳区建国路 88 号 2 栋 301")));
        assert!(!is_door(&squeeze("北京市")));
    }
}
