//! The keys a record is found by. Stored, they are blind indexes ([`careloop_kernel::Vault::blind`]); inside a full
//! resolve, plain hashes of the same texts.
//!
//! *Match* keys bring records together that may be one person or one household; *search* keys are for people who look.

use std::collections::BTreeSet;

use crate::normal::Normal;
use crate::text::name::NameKind;
use crate::text::{address, email, id_card, phone, pinyin};

/// What sort of key it is, and so what its text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum KeyKind {
    Phone,
    Email,
    IdCard,
    UnionId,
    Wecom,
    /// `kind:value`.
    Identifier,
    /// Birth date and the sorted initials of the name.
    BirthInitials,
    /// Birth date and post code, or the beginning of the suburb.
    BirthPostcode,
    /// The beginning of one part of a Latin name and the post code.
    NamePostcode,
    /// Street text and post code: one door.
    Door,
    LastFour,
    /// Two neighbouring characters of a Han name.
    Bigram,
    /// The first character of a Han name.
    Head,
    Pinyin,
    Initials,
    /// A word of a Latin name or alias.
    Word,
    /// Its first three letters.
    WordHead,
}

impl KeyKind {
    /// The name under which it is hashed; never changes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
            Self::IdCard => "id_card",
            Self::UnionId => "union_id",
            Self::Wecom => "wecom",
            Self::Identifier => "identifier",
            Self::BirthInitials => "birth+initials",
            Self::BirthPostcode => "birth+postcode",
            Self::NamePostcode => "name+postcode",
            Self::Door => "door",
            Self::LastFour => "phone4",
            Self::Bigram => "bigram",
            Self::Head => "head",
            Self::Pinyin => "pinyin",
            Self::Initials => "initials",
            Self::Word => "word",
            Self::WordHead => "word3",
        }
    }
}

impl KeyKind {
    /// Whether it is a value people know as such, rather than one made of several.
    pub fn is_identifier(self) -> bool {
        matches!(
            self,
            Self::Phone | Self::Email | Self::IdCard | Self::UnionId | Self::Wecom | Self::Identifier | Self::Door
        )
    }

    /// A key of this kind as screens show it.
    pub fn mask(self, text: &str) -> String {
        match self {
            Self::Phone => phone::mask(text),
            Self::Email => email::mask(text),
            Self::IdCard => id_card::mask(text),
            _ => {
                let letters: Vec<char> = text.chars().collect();
                let (head, hidden) = letters.split_at(letters.len().min(4));
                format!("{}{}", head.iter().collect::<String>(), "*".repeat(hidden.len().min(8)))
            }
        }
    }
}

/// A key before it is hashed.
pub(crate) type Key = (KeyKind, String);

/// Keys that bring candidates together.
pub(crate) fn match_keys(normal: &Normal) -> Vec<Key> {
    let mut keys = Vec::with_capacity(6);
    for (phone, role) in &normal.phones {
        if phone.is_evidence() && *role != crate::model::PhoneRole::Agency {
            keys.push((KeyKind::Phone, phone.number.clone()));
        }
    }
    keys.extend(
        normal.emails.iter().filter(|text| email::is_evidence(text)).map(|text| (KeyKind::Email, text.clone())),
    );
    keys.extend(normal.id_card.iter().map(|card| (KeyKind::IdCard, card.number.clone())));
    keys.extend(normal.union_id.iter().map(|id| (KeyKind::UnionId, id.clone())));
    keys.extend(normal.wecom.iter().map(|id| (KeyKind::Wecom, id.clone())));
    keys.extend(normal.identifiers.iter().map(|(kind, value)| (KeyKind::Identifier, format!("{kind}:{value}"))));
    composite_keys(normal, &mut keys);
    keys
}

fn composite_keys(normal: &Normal, keys: &mut Vec<Key>) {
    let name = &normal.name;
    if let Some(birth) = normal.birth {
        if name.is_evidence() {
            keys.push((KeyKind::BirthInitials, format!("{birth} {}", sorted_initials(normal))));
        }
        if !normal.postcode.is_empty() && name.kind != NameKind::Han {
            keys.push((KeyKind::BirthPostcode, format!("{birth} {}", normal.postcode)));
            keys.push((KeyKind::BirthPostcode, format!("{birth} {}", head(&normal.suburb, 4))));
        }
    }
    if name.kind == NameKind::Latin && !normal.postcode.is_empty() {
        // Either part will do, and its beginning: the other may be missing or misspelt.
        for part in [&name.given, &name.surname].into_iter().filter(|part| part.len() >= 3) {
            keys.push((KeyKind::NamePostcode, format!("{} {}", head(part, 4), normal.postcode)));
            if !normal.suburb.is_empty() {
                keys.push((KeyKind::NamePostcode, format!("{} {}", head(part, 4), head(&normal.suburb, 4))));
            }
        }
    }
    if address::is_door(&normal.street) {
        keys.push((KeyKind::Door, format!("{} {}", normal.street, normal.postcode)));
    }
}

fn head(text: &str, letters: usize) -> &str {
    text.char_indices().nth(letters).map_or(text, |(end, _)| &text[..end])
}

/// Initials in alphabetical order, so that swapped parts of a name meet.
fn sorted_initials(normal: &Normal) -> String {
    let name = &normal.name;
    let mut initials: Vec<char> = match name.kind {
        NameKind::Han => pinyin::blurred_initials(&name.sound).chars().collect(),
        _ => name.given.chars().take(1).chain(name.surname.chars().take(1)).collect(),
    };
    initials.sort_unstable();
    initials.into_iter().collect()
}

/// Keys for people who look.
pub(crate) fn search_keys(normal: &Normal) -> BTreeSet<Key> {
    let mut keys = BTreeSet::new();
    for (phone, role) in &normal.phones {
        keys.insert((KeyKind::LastFour, phone.last_four().to_owned()));
        if !phone.is_evidence() || *role == crate::model::PhoneRole::Agency {
            keys.insert((KeyKind::Phone, phone.number.clone()));
        }
    }
    let full = normal.name.full();
    match normal.name.kind {
        NameKind::Missing => {}
        _ if full.chars().any(crate::text::is_han) => han_keys(&full, &normal.name.sound, &mut keys),
        _ => keys.extend(words(&full).flat_map(|word| {
            let head = word.chars().take(3).collect();
            [(KeyKind::Word, word), (KeyKind::WordHead, head)]
        })),
    }
    keys
}

fn han_keys(full: &str, sound: &str, keys: &mut BTreeSet<Key>) {
    let letters: Vec<char> = full.chars().collect();
    keys.extend(letters.first().map(|letter| (KeyKind::Head, letter.to_string())));
    keys.extend(letters.windows(2).map(|pair| (KeyKind::Bigram, pair.iter().collect())));
    let sound = if sound.is_empty() { pinyin::of_name("", full) } else { sound.to_owned() };
    let initials = pinyin::initials(&sound);
    keys.extend(
        (2..=initials.len().min(4)).filter_map(|end| Some((KeyKind::Initials, initials.get(..end)?.to_owned()))),
    );
    let sound = sound.replace('ü', "v");
    // `wang` finds 王小明: the surname alone is a key too.
    keys.extend(sound.split(' ').next().map(|surname| (KeyKind::Pinyin, surname.to_owned())));
    keys.insert((KeyKind::Pinyin, sound.replace(' ', "")));
}

/// The words of a Latin name.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split_whitespace().map(str::to_owned)
}
