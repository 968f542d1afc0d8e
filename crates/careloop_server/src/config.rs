//! Where things are: `careloop.toml`, overridden by the environment, overridden by flags.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use careloop_kernel::{Error, Result};
use careloop_outreach::SmtpConfig;
use serde::Deserialize;

/// The settings of one installation.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the embedded database, the lake, keys and uploads live.
    pub data_dir: PathBuf,
    /// `sqlite://…` or `postgres://…`.
    pub database_url: String,
    /// A folder or `s3://bucket/prefix`.
    pub lake_url: String,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The file of the chain's root key.
    pub key_file: PathBuf,
    /// The first administrator's password, used once.
    pub admin_password: Option<String>,
    /// How e-mail leaves; without it no e-mail is sent.
    pub smtp: Option<SmtpConfig>,
}

impl Config {
    /// Moves everything into one folder with the embedded database, whatever was configured.
    pub fn use_folder(&mut self, folder: &Path) {
        self.database_url = sqlite_url(folder);
        self.lake_url = folder.join("lake").display().to_string();
        self.key_file = folder.join("keys");
        folder.clone_into(&mut self.data_dir);
    }
}

/// `careloop.toml`, and the shape flags and environment are read into. Every field may be absent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// See [`Config::data_dir`].
    pub data_dir: Option<PathBuf>,
    /// See [`Config::database_url`].
    pub database_url: Option<String>,
    /// See [`Config::lake_url`].
    pub lake_url: Option<String>,
    /// See [`Config::listen`].
    pub listen: Option<String>,
    /// See [`Config::key_file`].
    pub key_file: Option<PathBuf>,
    /// See [`Config::admin_password`].
    #[serde(skip)]
    pub admin_password: Option<String>,
    /// See [`Config::smtp`].
    pub smtp: Option<SmtpConfig>,
}

impl ConfigFile {
    /// Reads `careloop.toml`; without a path, a file of that name in the current folder is read if there is one.
    pub fn read(path: Option<&Path>) -> Result<Self> {
        let default = Path::new("careloop.toml");
        let path = match path {
            Some(path) => path,
            None if default.exists() => default,
            None => return Ok(Self::default()),
        };
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|source| {
            Error::invalid("config.unreadable", format!("{shown} cannot be read")).with_source(source)
        })?;
        toml::from_str(&text)
            .map_err(|error| Error::invalid("config.malformed", format!("{shown}: {}", error.message())))
    }

    /// These settings over those below.
    #[must_use]
    pub fn over(self, below: Self) -> Self {
        Self {
            data_dir: self.data_dir.or(below.data_dir),
            database_url: self.database_url.or(below.database_url),
            lake_url: self.lake_url.or(below.lake_url),
            listen: self.listen.or(below.listen),
            key_file: self.key_file.or(below.key_file),
            admin_password: self.admin_password.or(below.admin_password),
            smtp: self.smtp.or(below.smtp),
        }
    }

    /// Fills in the defaults.
    pub fn resolve(self) -> Result<Config> {
        let data_dir = self.data_dir.unwrap_or_else(|| PathBuf::from("careloop-data"));
        let listen = self.listen.unwrap_or_else(|| "127.0.0.1:7070".to_owned());
        let listen = listen.parse().map_err(|_| {
            Error::invalid(
                "config.listen",
                format!("`{listen}` is no address to listen at; write it like 127.0.0.1:7070"),
            )
        })?;
        Ok(Config {
            database_url: self.database_url.unwrap_or_else(|| sqlite_url(&data_dir)),
            lake_url: self.lake_url.unwrap_or_else(|| data_dir.join("lake").display().to_string()),
            key_file: self.key_file.unwrap_or_else(|| data_dir.join("keys")),
            listen,
            admin_password: self.admin_password,
            smtp: self.smtp,
            data_dir,
        })
    }
}

/// The embedded database of a data folder.
fn sqlite_url(data_dir: &Path) -> String {
    careloop_db::sqlite_url(&data_dir.join("careloop.db"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_above_wins_and_the_rest_is_default() {
        let file: ConfigFile = toml::from_str("data_dir = '/srv/careloop'\nlisten = '0.0.0.0:80'").unwrap();
        let flags = ConfigFile { listen: Some("127.0.0.1:9".to_owned()), ..ConfigFile::default() };
        let config = flags.over(file).resolve().unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:9");
        assert_eq!(config.database_url, "sqlite:///srv/careloop/careloop.db");
        assert_eq!(config.key_file, Path::new("/srv/careloop/keys"));
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        assert!(toml::from_str::<ConfigFile>("lisen = 'x'").is_err());
    }
}
