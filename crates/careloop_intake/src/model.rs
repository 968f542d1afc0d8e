//! What a source is.

use std::fmt;
use std::str::FromStr;

use careloop_kernel::ids::SourceId;
use careloop_kernel::{Error, Result};
use sha2::{Digest, Sha256};

/// How data of a source arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// As files that somebody imports.
    File,
    /// Over HTTP, with a write key.
    Http,
    /// From the program itself.
    Internal,
}

impl SourceKind {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Http => "http",
            Self::Internal => "internal",
        }
    }
}

impl FromStr for SourceKind {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        match text {
            "file" => Ok(Self::File),
            "http" => Ok(Self::Http),
            "internal" => Ok(Self::Internal),
            _ => {
                Err(Error::invalid("sources.kind", "a source is of kind file or http")
                    .with_field("kind", "file or http"))
            }
        }
    }
}

/// A registered source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its number.
    pub ord: i64,
    /// Its id.
    pub id: SourceId,
    /// Its name, unique.
    pub name: String,
    /// How its data arrives.
    pub kind: SourceKind,
    /// Whether a tracking client hears of every mistake, instead of a general yes.
    pub strict: bool,
    /// When it was registered, in microseconds.
    pub created_at: i64,
    /// When it last sent something, in microseconds.
    pub last_seen_at: Option<i64>,
    /// Since when it may not send, in microseconds.
    pub disabled_at: Option<i64>,
}

/// A source that is to be registered.
#[derive(Debug, Clone)]
pub struct NewSource {
    /// Its name, unique.
    pub name: String,
    /// How its data arrives.
    pub kind: SourceKind,
    /// Whether a tracking client hears of every mistake.
    pub strict: bool,
}

/// What is to change about a source.
#[derive(Debug, Clone, Default)]
pub struct SourceChange {
    /// A new name.
    pub name: Option<String>,
    /// Whether a tracking client hears of every mistake.
    pub strict: Option<bool>,
    /// Whether it may send.
    pub disabled: Option<bool>,
}

/// The secret a tracking client sends. It is shown once; only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct WriteKey(String);

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl WriteKey {
    /// The key of these random bytes: 52 letters of Crockford base 32.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        let mut text = String::with_capacity(52);
        let (mut window, mut bits) = (0_u32, 0_u32);
        for byte in bytes {
            window = (window << 8) | u32::from(byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                text.push(char::from(ALPHABET[((window >> bits) & 31) as usize]));
            }
        }
        text.push(char::from(ALPHABET[((window << (5 - bits)) & 31) as usize]));
        Self(text)
    }

    /// The key itself, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of it. The key is random, so a plain hash is enough.
    pub fn hash(&self) -> [u8; 32] {
        hash_of(&self.0)
    }
}

impl fmt::Debug for WriteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WriteKey(..)")
    }
}

/// The hash under which a key that a client sent would be stored.
pub(crate) fn hash_of(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_52_letters_and_hides_itself() {
        let key = WriteKey::from_random([255; 32]);
        assert_eq!(key.reveal(), format!("{}g", "z".repeat(51)));
        assert_eq!(WriteKey::from_random([0; 32]).reveal(), "0".repeat(52));
        assert_ne!(WriteKey::from_random([1; 32]).hash(), key.hash());
        assert!(!format!("{key:?}").contains('z'));
    }
}
