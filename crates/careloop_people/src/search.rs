//! What somebody types into the search box, turned into blind indexes.

use careloop_kernel::Vault;

use crate::keys::KeyKind;
use crate::portrait::{OpenRecord, Portrait};
use crate::text::{email, fold, is_han, phone, pinyin};

/// A search ready to run.
pub(crate) struct Search {
    /// One of the person's records has a key of each group.
    pub keys: Vec<Vec<i64>>,
    text: Kind,
}

enum Kind {
    /// The keys say it all.
    Exact,
    /// The name holds this text.
    Han(String),
    /// The name, its pinyin or its initials start with this text.
    Latin(String),
    /// A phone holds these digits.
    Digits(String),
}

impl Search {
    /// Reads the text; `None` if it says nothing.
    pub fn parse(vault: &Vault, text: &str) -> Option<Self> {
        let text = fold(text);
        let blind = |kind: KeyKind, text: &str| vault.blind(kind.as_str(), text);
        if let Some(address) = email::parse(&text) {
            return Some(Self { keys: vec![vec![blind(KeyKind::Email, &address)]], text: Kind::Exact });
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if digits.len() >= 4 && !text.chars().any(char::is_alphabetic) {
            return Some(by_phone(&text, digits, blind));
        }
        let name: String = text.chars().filter(|letter| is_han(*letter)).collect();
        if !name.is_empty() {
            let letters: Vec<char> = name.chars().collect();
            let keys = match letters[..] {
                [single] => vec![vec![blind(KeyKind::Head, &single.to_string())]],
                _ => letters
                    .windows(2)
                    .map(|pair| vec![blind(KeyKind::Bigram, &pair.iter().collect::<String>())])
                    .collect(),
            };
            return Some(Self { keys, text: Kind::Han(name) });
        }
        let text = text.replace('ü', "v");
        let word: String = text.chars().filter(|letter| letter.is_alphabetic()).collect();
        let head: String = word.chars().take(3).collect();
        let initials: String = word.chars().take(4).collect();
        let keys = [
            (KeyKind::Pinyin, &word),
            (KeyKind::Initials, &initials),
            (KeyKind::Word, &word),
            (KeyKind::WordHead, &head),
        ];
        let several: Vec<Vec<i64>> = text
            .split_whitespace()
            .filter(|_| text.contains(' '))
            .map(|part| vec![blind(KeyKind::Word, part)])
            .collect();
        if word.is_empty() {
            return None;
        }
        if several.len() > 1 {
            // `wang xiaoming` may be two words of a Latin name, or pinyin.
            let mut first = several[0].clone();
            first.push(blind(KeyKind::Pinyin, &word));
            return Some(Self { keys: vec![first], text: Kind::Latin(text) });
        }
        Some(Self { keys: vec![keys.iter().map(|(kind, text)| blind(*kind, text)).collect()], text: Kind::Latin(word) })
    }

    /// Whether the person is one that was looked for; the keys alone let some others through.
    pub fn matches(&self, portrait: &Portrait) -> bool {
        match &self.text {
            Kind::Exact => true,
            Kind::Han(name) => portrait.records.iter().any(|record| record.normal.name.full().contains(name)),
            Kind::Latin(word) => portrait.records.iter().any(|record| sounds_like(record, word)),
            Kind::Digits(digits) => portrait.phones.iter().any(|(phone, _)| phone.number.contains(digits)),
        }
    }
}

fn by_phone(text: &str, digits: String, blind: impl Fn(KeyKind, &str) -> i64) -> Search {
    let last_four = blind(KeyKind::LastFour, &digits[digits.len() - 4..]);
    match phone::parse(text) {
        Some(phone) if phone.kind != phone::PhoneKind::Local => {
            Search { keys: vec![vec![blind(KeyKind::Phone, &phone.number)]], text: Kind::Exact }
        }
        _ => Search { keys: vec![vec![last_four]], text: Kind::Digits(digits) },
    }
}

fn sounds_like(record: &OpenRecord, text: &str) -> bool {
    let name = &record.normal.name;
    let full = name.full();
    let sound = if name.sound.is_empty() && full.chars().any(is_han) {
        pinyin::of_name("", &full)
    } else {
        name.sound.to_string()
    };
    let sound = sound.replace('ü', "v");
    let joined = text.replace(' ', "");
    let words: Vec<&str> = full.split_whitespace().collect();
    let parts: Vec<&str> = text.split_whitespace().collect();
    let latin = parts.iter().all(|part| words.iter().any(|word| word.starts_with(part)));
    latin
        || (!sound.is_empty()
            && (sound.replace(' ', "").starts_with(&joined) || pinyin::initials(&sound).starts_with(&joined)))
}
