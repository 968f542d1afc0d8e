//! Files, maps and sources for tests.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use careloop_db::{Db, FromQueryResult, all, execute};
use careloop_kernel::permissions::RunImports;
use careloop_kernel::{Ctx, Currency, Error};
use careloop_testkit::TestDb;
use jiff::tz::TimeZone;
use tempfile::TempDir;

use crate::files::convert::Surroundings;
use crate::files::map::EncodingChoice;
use crate::files::read::{Row, Table};
use crate::files::{FileImport, ImportReport, import_file};

/// A file in a folder of its own.
pub(super) struct TempFile {
    folder: TempDir,
    name: &'static str,
}

impl TempFile {
    pub(super) fn new(name: &'static str, bytes: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), bytes).unwrap();
        Self { folder, name }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join(self.name)
    }

    /// The file as a table, for as long as the table is held.
    pub(super) fn open(self) -> Result<Opened, Error> {
        let table = Table::open(&self.path(), EncodingChoice::Auto, None)?;
        Ok(Opened { table, _file: self })
    }
}

/// A table and the file below it.
pub(super) struct Opened {
    table: Table,
    _file: TempFile,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.table.fmt(f)
    }
}

impl std::ops::Deref for Opened {
    type Target = Table;
    fn deref(&self) -> &Table {
        &self.table
    }
}

/// Every row of a table.
pub(super) fn rows(table: &Table) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    table.each_row(&mut |row| {
        rows.push(row.clone());
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(rows)
}

/// The cells of every row, or the fault's code in brackets, each with its line.
pub(super) fn told(table: &Table) -> Vec<(u64, Vec<String>)> {
    let shown = |row: &Row| match row.fault() {
        Some(fault) => vec![format!("({})", fault.code)],
        None => row.cells().map(str::to_owned).collect(),
    };
    rows(table).unwrap().iter().map(|row| (row.line(), shown(row))).collect()
}

pub(super) fn around() -> Surroundings {
    Surroundings {
        clinics: HashMap::from([("C1".to_owned(), 1), ("城东门店".to_owned(), 1)]),
        zone: TimeZone::get("Asia/Shanghai").unwrap(),
        currency: Currency::CNY,
        today: "2026-03-02".parse().unwrap(),
        source: 2,
    }
}

/// A file of the test data.
pub(super) fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(name)
}

pub(super) fn run_imports(test: &TestDb) -> Ctx<RunImports> {
    test.ctx.require().unwrap()
}

pub(super) async fn add_source(test: &TestDb, name: &str) -> String {
    let id: careloop_kernel::ids::SourceId = test.ctx.new_id();
    let sql = "INSERT INTO sources (id, name, kind, strict, created_at) VALUES ($1, $2, 'file', FALSE, 0)";
    execute(test.db.write(), sql, [id.to_string().into(), name.into()]).await.unwrap();
    id.to_string()
}

/// Imports text as a CSV file by a map's text.
pub(super) async fn import_text(test: &TestDb, source: &str, map: &str, csv: &str) -> Result<ImportReport, Error> {
    import_bytes(test, source, map, csv.as_bytes()).await
}

pub(super) async fn import_bytes(test: &TestDb, source: &str, map: &str, bytes: &[u8]) -> Result<ImportReport, Error> {
    let file = TempFile::new("rows.csv", bytes);
    let map = TempFile::new("map.toml", map);
    let request =
        FileImport { path: file.path(), source: source.to_owned(), map: map.path(), dry_run: false, rejects: None };
    import_file(&test.db, &run_imports(test), &request, &mut |_| {}).await
}

#[derive(FromQueryResult)]
struct TextRow {
    text: String,
}

/// The one text column `text` of a query, row by row.
pub(super) async fn texts(db: &Db, sql: &str) -> Vec<String> {
    let rows: Vec<TextRow> = all(db.read(), sql, []).await.unwrap();
    rows.into_iter().map(|row| row.text).collect()
}

#[derive(FromQueryResult)]
struct NumberRow {
    number: i64,
}

/// The one number `number` of a query.
pub(super) async fn number(db: &Db, sql: &str) -> i64 {
    careloop_db::one::<NumberRow>(db.read(), sql, []).await.unwrap().number
}
