//! A fresh installation in a folder of its own, and the binary to drive it.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use sea_orm::{ConnectionTrait, Database, Statement};
use tempfile::TempDir;

/// A data folder and the binary.
pub struct Installation {
    folder: TempDir,
}

/// A file of the test data.
pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(name)
}

impl Installation {
    /// An empty one.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A path in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into its folder.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// Runs a command on the data folder, whatever comes of it.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Output {
        self.run_in(arguments, &[("CARELOOP_DATA_DIR", &self.path("data").display().to_string())])
    }

    /// Starts a command on the data folder and does not wait for it.
    pub fn start<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Child {
        let data = self.path("data").display().to_string();
        let mut command = self.command(arguments, &[("CARELOOP_DATA_DIR", &data)]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Runs a command with exactly these settings in the environment.
    pub fn run_in<S: AsRef<OsStr>>(&self, arguments: &[S], environment: &[(&str, &str)]) -> Output {
        self.command(arguments, environment).output().unwrap()
    }

    fn command<S: AsRef<OsStr>>(&self, arguments: &[S], environment: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_careloop"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("RUST_LOG");
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CARELOOP_")) {
            command.env_remove(name);
        }
        command.envs(environment.iter().copied());
        command
    }

    /// The text column `line` of a query on the installation's database.
    pub async fn ask(&self, sql: &str) -> Vec<String> {
        self.ask_in("data", sql).await
    }

    /// The same on the database in another of its folders.
    pub async fn ask_in(&self, folder: &str, sql: &str) -> Vec<String> {
        let file = format!("sqlite://{}?mode=ro", self.path(folder).join("careloop.db").display());
        let database = Database::connect(file).await.unwrap();
        let statement = Statement::from_string(database.get_database_backend(), sql.to_owned());
        let rows = database.query_all_raw(statement).await.unwrap();
        let lines = rows.iter().map(|row| row.try_get::<String>("", "line").unwrap()).collect();
        database.close().await.unwrap();
        lines
    }

    /// The access rights of a file or folder.
    pub fn mode(&self, name: &str) -> u32 {
        std::fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o777
    }

    /// Runs a command that must succeed and gives its stdout.
    pub fn ok<S: AsRef<OsStr>>(&self, arguments: &[S]) -> String {
        let output = self.run(arguments);
        let talk = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{talk}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Imports a file of the test data into a source.
    pub fn import(&self, file: &str, source: &str, map: &str) {
        let (file, map) = (data(file).display().to_string(), data(map).display().to_string());
        self.ok(&["import", &file, "--source", source, "--map", &map]);
    }

    /// The number of people a rule finds.
    pub fn count(&self, rule: &str, as_of: &str) -> u64 {
        let rule = self.file("rule.json", rule).display().to_string();
        self.ok(&["segment", "count", "--rule", &rule, "--as-of", as_of]).trim().parse().unwrap()
    }
}
