//! Pinyin of names: for search by sound and initials, and to tell a misheard name from another one.

use ::pinyin::ToPinyin;

use crate::text::surnames;

/// The syllables of a Chinese name without tones, parted by blanks; the surname is read as a surname.
pub fn of_name(surname: &str, given: &str) -> String {
    let mut out = String::with_capacity((surname.len() + given.len()) * 2);
    match surnames::reading(surname) {
        Some(reading) => out.push_str(reading),
        None => read(surname, &mut out),
    }
    read(given, &mut out);
    out
}

fn read(text: &str, out: &mut String) {
    for letter in text.chars() {
        if !out.is_empty() {
            out.push(' ');
        }
        match letter.to_pinyin() {
            Some(syllable) => out.push_str(syllable.plain()),
            None => out.push(letter),
        }
    }
}

/// First letters: `wang xiao ming` gives `wxm`.
pub fn initials(sound: &str) -> String {
    sound.split(' ').filter_map(|syllable| syllable.chars().next()).collect()
}

/// The initials of a name whose sound was blurred.
pub fn blurred_initials(sound: &str) -> String {
    let initial = |syllable: &str| match syllable.chars().next() {
        Some('n') if syllable.len() > 1 => Some('l'),
        first => first,
    };
    sound.split(' ').filter_map(initial).collect()
}

/// The sound as many speakers confuse it: zh/z, ch/c, sh/s, n/l at the start; ang/an, eng/en, ing/in at the end; ü/u.
pub fn blur(sound: &str) -> String {
    let mut out = String::with_capacity(sound.len());
    for (at, syllable) in sound.split(' ').enumerate() {
        if at > 0 {
            out.push(' ');
        }
        blur_syllable(syllable, &mut out);
    }
    out
}

fn blur_syllable(syllable: &str, out: &mut String) {
    let (start, rest) = match syllable.as_bytes() {
        [b'z' | b'c' | b's', b'h', ..] => (&syllable[..1], &syllable[2..]),
        [b'n', _, ..] => ("l", &syllable[1..]),
        _ => ("", syllable),
    };
    out.push_str(start);
    let rest = match rest.strip_suffix("ng") {
        Some(head) if head.ends_with(['a', 'e', 'i']) => &rest[..rest.len() - 1],
        _ => rest,
    };
    out.extend(rest.chars().map(|letter| if letter == 'ü' { 'v' } else { letter }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surnames_are_read_as_surnames() {
        let cases = [
            ("单", "国强", "shan guo qiang"),
            ("仇", "英", "qiu ying"),
            ("解", "晓东", "xie xiao dong"),
            ("曾", "敏", "zeng min"),
            ("区", "家明", "ou jia ming"),
            ("查", "理", "zha li"),
            ("尉迟", "恭", "yu chi gong"),
            ("王", "小明", "wang xiao ming"),
        ];
        for (surname, given, sound) in cases {
            assert_eq!(of_name(surname, given), sound);
        }
        assert_eq!(initials("wang xiao ming"), "wxm");
    }

    #[test]
    fn accents_blur() {
        assert_eq!(blur("zhang ling"), blur("zan lin"));
        assert_eq!(blur("ning"), blur("lin"));
        assert_ne!(blur("wang ming"), blur("wang li"));
        for sound in ["zhang ning yuan", "ou n", "nü shi", "wang", ""] {
            assert_eq!(blurred_initials(sound), initials(&blur(sound)), "{sound}");
        }
    }
}
