//! Encryption of personal data and the blind indexes that find it again.
//!
//! Each record has a salt; its data key is `HMAC-SHA-256(root, "seal" ‖ salt)`, so destroying the salt destroys the
//! record's data. Text is sealed with AES-256-GCM-SIV (RFC 8452), which forgives a repeated nonce. Blind indexes are
//! HMAC-SHA-256 cut to 63 bits: equal values meet, and nothing else can be read from them.

use std::fmt;

use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{Error, Result};

type HmacSha256 = Hmac<Sha256>;

const NONCE: usize = 12;

/// The salt of one record's data key; without it the record's data cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal(pub [u8; 16]);

impl Seal {
    /// The salt as stored.
    pub fn from_slice(bytes: &[u8]) -> Result<Self> {
        bytes.try_into().map(Self).map_err(|_| Error::internal("a record's salt is not 16 bytes"))
    }
}

/// The chain's keys, kept outside the database.
#[derive(Clone)]
pub struct Vault {
    seal: HmacSha256,
    blind: HmacSha256,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(..)")
    }
}

impl Vault {
    /// A vault under a root key of 32 bytes.
    pub fn new(root: &[u8; 32]) -> Self {
        let derive = |purpose: &[u8]| {
            let mut mac = keyed(root);
            mac.update(purpose);
            keyed(&mac.finalize().into_bytes())
        };
        Self { seal: derive(b"careloop seal 1"), blind: derive(b"careloop blind 1") }
    }

    /// Seals `plain` under the record's key; `context` (such as `record` or `note`) is bound to it.
    pub fn seal(&self, seal: Seal, nonce: [u8; NONCE], context: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let payload = Payload { msg: plain, aad: context.as_bytes() };
        let mut sealed = nonce.to_vec();
        let text =
            self.cipher(seal).encrypt(&Nonce::from(nonce), payload).map_err(|_| Error::internal("sealing failed"))?;
        sealed.extend_from_slice(&text);
        Ok(sealed)
    }

    /// Opens what [`Vault::seal`] made.
    pub fn open(&self, seal: Seal, context: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let broken = || Error::internal("sealed data cannot be opened: wrong key file, or damaged");
        let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or_else(broken)?;
        let payload = Payload { msg: text, aad: context.as_bytes() };
        self.cipher(seal).decrypt(&Nonce::from(*nonce), payload).map_err(|_| broken())
    }

    /// The blind index of a value of one kind: equal input, equal number, 0 to 2^63 - 1.
    pub fn blind(&self, kind: &str, value: &str) -> i64 {
        let mut mac = self.blind.clone();
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        let digest = mac.finalize().into_bytes();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        i64::from_be_bytes(first) & i64::MAX
    }

    fn cipher(&self, seal: Seal) -> Aes256GcmSiv {
        let mut mac = self.seal.clone();
        mac.update(&seal.0);
        Aes256GcmSiv::new(&mac.finalize().into_bytes())
    }
}

fn keyed(key: &[u8]) -> HmacSha256 {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length (RFC 2104)")]
    <HmacSha256 as KeyInit>::new_from_slice(key).expect("invariant: any key length will do")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_with_its_salt_context_and_key() {
        let vault = Vault::new(&[7; 32]);
        let (salt, nonce) = (Seal([1; 16]), [9; NONCE]);
        let sealed = vault.seal(salt, nonce, "record", b"secret").unwrap();
        assert_eq!(vault.open(salt, "record", &sealed).unwrap(), b"secret");
        assert!(vault.open(Seal([2; 16]), "record", &sealed).is_err());
        assert!(vault.open(salt, "note", &sealed).is_err());
        assert!(Vault::new(&[8; 32]).open(salt, "record", &sealed).is_err());
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
    }

    #[test]
    fn a_blind_index_depends_on_kind_value_and_key() {
        let vault = Vault::new(&[7; 32]);
        assert_eq!(vault.blind("phone", "1"), vault.blind("phone", "1"));
        assert_ne!(vault.blind("phone", "1"), vault.blind("name", "1"));
        assert_ne!(vault.blind("phone", "1"), Vault::new(&[8; 32]).blind("phone", "1"));
    }
}
