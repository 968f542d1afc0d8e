//! Reads a generated folder as a stranger would: by its manifest, its maps and its bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use careloop_demo::{Options, Summary, generate};
use tempfile::TempDir;

pub type Row = BTreeMap<String, String>;

pub struct Chain {
    pub summary: Summary,
    folder: TempDir,
}

pub fn options(people: u32) -> Options {
    Options { people, seed: 7, years: 2, end: jiff::civil::date(2026, 10, 1), time_zone: "Asia/Shanghai".to_owned() }
}

pub fn make(options: &Options) -> Chain {
    let folder = tempfile::tempdir().unwrap();
    let summary = generate(options, folder.path()).unwrap();
    Chain { summary, folder }
}

impl Chain {
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The rows of a CSV file; the clinic software's are GB18030 and must decode without a mark of failure.
    pub fn rows(&self, name: &str) -> Vec<Row> {
        let bytes = std::fs::read(self.path(name)).unwrap();
        let text = if name.starts_with("his_") {
            assert!(std::str::from_utf8(&bytes).is_err(), "{name} is not GB18030");
            let (text, _, broken) = encoding_rs::GB18030.decode(&bytes);
            assert!(!broken, "{name} does not decode");
            text.into_owned()
        } else {
            String::from_utf8(bytes).unwrap()
        };
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let headers = reader.headers().unwrap().clone();
        let row = |record: csv::StringRecord| {
            headers.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect()
        };
        reader.records().map(|record| row(record.unwrap())).collect()
    }

    pub fn map(&self, name: &str) -> toml::Table {
        std::fs::read_to_string(self.path(name)).unwrap().parse().unwrap()
    }
}
