//! Addresses of databases: read before a driver sees them, so that a wrong one is told in words.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use careloop_kernel::{Error, Result};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

/// Where a database is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// A server; the URL says which.
    Postgres,
}

/// Reads a database URL. The message never repeats it: it may hold a password.
pub(crate) fn parse(url: &str) -> Result<Address> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        let told = "the database URL cannot be read; write it like postgres://user:password@host/database, with / # @ ? \
                    of the password as %2F %23 %40 %3F";
        let parsed = url.parse::<PgConnectOptions>();
        return parsed.map(|_| Address::Postgres).map_err(|source| Error::invalid("db.url", told).with_source(source));
    }
    if !url.starts_with("sqlite:") {
        return Err(Error::invalid("db.url", "the database URL starts with `sqlite:` or `postgres:`"));
    }
    let told = "the database URL cannot be read; write it like sqlite:///path/careloop.db";
    let parsed = url.parse::<SqliteConnectOptions>();
    let options = parsed.map_err(|source| Error::invalid("db.url", told).with_source(source))?;
    Ok(Address::Sqlite(options.get_filename().to_owned()))
}

/// The URL of a SQLite file; whatever is no plain letter of a path is percent-encoded.
pub fn sqlite_url(path: &Path) -> String {
    let mut url = "sqlite://".to_owned();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => url.push(char::from(*byte)),
            // Writing to a text cannot fail.
            other => drop(write!(url, "%{other:02X}")),
        }
    }
    url
}

/// Makes the file of a database if it is missing: readable by its owner only, as are the files SQLite puts beside it.
pub(crate) fn make_file(path: &Path) -> Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(source) if source.kind() != ErrorKind::AlreadyExists => {
            let message =
                format!("the database {} cannot be made; check that its folder can be written", path.display());
            Err(Error::invalid("db.file", message).with_source(source))
        }
        _ => Ok(()),
    }
}

pub(crate) fn require_file(path: &Path) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    let message = format!("the database {} does not exist; `careloop init` makes it", path.display());
    Err(Error::invalid("db.missing", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_path_survives_the_way_through_a_url() {
        for path in ["/srv/care loop/careloop.db", "my data/careloop.db", "./a#b?c%d/诊环.db", "a:b/c.db"] {
            assert_eq!(parse(&sqlite_url(Path::new(path))).unwrap(), Address::Sqlite(path.into()), "{path}");
        }
        assert_eq!(sqlite_url(Path::new("/srv/careloop.db")), "sqlite:///srv/careloop.db");
    }

    #[test]
    fn a_url_that_cannot_be_read_is_refused_without_repeating_it() {
        for url in ["postgres://u:sec/ret@host/db", "postgres://u:sec#ret@host/db", "mysql://u:secret@h/d", "nonsense"]
        {
            let error = parse(url).unwrap_err();
            assert_eq!(error.code(), "db.url", "{url}");
            assert!(!error.message().contains("sec"), "{error}");
        }
        assert_eq!(parse("postgres://u:sec%2Fret@host/db").unwrap(), Address::Postgres);
    }
}
