//! What was typed wrongly, told before anything is opened or made.

use std::fmt;
use std::path::Path;

/// A mistake in the command itself: exit code 2.
#[derive(Debug)]
pub struct WrongUsage(String);

impl fmt::Display for WrongUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongUsage {}

/// A mistake in these words.
pub fn wrong(text: impl fmt::Display) -> anyhow::Error {
    WrongUsage(text.to_string()).into()
}

/// The extension of an output file, which must be one of these.
pub fn extension<'a>(path: &Path, known: &[&'a str]) -> anyhow::Result<&'a str> {
    let found = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let known_one = known.iter().find(|name| name.eq_ignore_ascii_case(found));
    known_one.copied().ok_or_else(|| {
        let list: Vec<String> = known.iter().map(|name| format!(".{name}")).collect();
        wrong(format!("{} ends in none of {}; name the file so", path.display(), list.join(", ")))
    })
}
