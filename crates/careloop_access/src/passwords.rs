//! Passwords: what is accepted, how they are made, hashed and checked.
//!
//! Argon2id with the parameters OWASP asks for (19 MiB, two passes, one lane). Hashing runs on blocking threads, a few
//! at a time, so that a flood of log-ins takes neither the memory nor the workers.

use std::fmt;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use careloop_kernel::{Ctx, Error, Result};
use tokio::sync::Semaphore;

const MIN_CHARS: usize = 10;
const MAX_BYTES: usize = 512;
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstvwxyz0123456789";

static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// A password that was checked for length; it never prints.
#[derive(Clone)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

impl Password {
    /// Accepts ten characters or more that are not the login itself.
    pub fn parse(text: &str, login: &str) -> Result<Self> {
        let wrong = |message: &str| Error::invalid("access.password", message).with_field("password", message);
        if text.chars().count() < MIN_CHARS {
            return Err(wrong("a password has at least 10 characters"));
        }
        if text.len() > MAX_BYTES {
            return Err(wrong("a password has at most 512 bytes"));
        }
        if text.eq_ignore_ascii_case(login) {
            return Err(wrong("a password is not the login"));
        }
        Ok(Self(text.to_owned()))
    }

    /// A password of 80 random bits, `k3f9-…`, without letters that look alike.
    pub fn generate<P>(ctx: &Ctx<P>) -> Self {
        let letters = ctx.random::<16>().map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
        Self(letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
    }

    /// The text, to show a generated password once.
    pub fn reveal(self) -> String {
        self.0
    }

    /// The hash to store, a PHC string.
    pub(crate) async fn hash<P>(&self, ctx: &Ctx<P>) -> Result<String> {
        let (password, salt) = (self.0.clone(), ctx.random::<16>());
        blocking(move || hash_with_salt(&password, &salt)).await?
    }
}

/// Whether `candidate` is the password of `hash`. Without a hash it takes as long and is false.
pub(crate) async fn verify(candidate: String, hash: Option<String>) -> Result<bool> {
    if candidate.len() > MAX_BYTES {
        return Ok(false);
    }
    blocking(move || match hash {
        Some(hash) => {
            let parsed = PasswordHash::new(&hash).map_err(|error| Error::internal(error.to_string()))?;
            Ok(Argon2::default().verify_password(candidate.as_bytes(), &parsed).is_ok())
        }
        None => hash_with_salt(&candidate, &[0; 16]).map(|_| false),
    })
    .await?
}

fn hash_with_salt(password: &str, salt: &[u8]) -> Result<String> {
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), salt);
    hash.map(|hash: PasswordHash| hash.to_string()).map_err(|error| Error::internal(error.to_string()))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _permit = AT_ONCE.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}
