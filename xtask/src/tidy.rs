//! What must stay true of the tree. Each check is one small module: a pure function from the files to the
//! problems found, so that it can be tested on a tree of three lines.

mod directions;
mod doc_paths;
mod machine_paths;
mod map;
mod migrations;
mod purposes;
mod sizes;
mod sql;

use std::fmt;
use std::path::Path;

use anyhow::bail;

use crate::tree::Tree;

/// Something to mend, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    path: String,
    line: usize,
    text: String,
}

impl Problem {
    /// A problem on a line (the first is 1; 0 when it is the file as a whole).
    fn new(path: &str, line: usize, text: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.text),
            line => write!(f, "{}:{line}: {}", self.path, self.text),
        }
    }
}

type Check = fn(&Tree) -> Vec<Problem>;

const CHECKS: &[Check] = &[
    map::check,
    directions::check,
    doc_paths::check,
    sizes::check,
    sql::check,
    purposes::check,
    migrations::check,
    machine_paths::check,
];

/// Runs every check; an error lists all problems.
pub fn run(root: &Path) -> anyhow::Result<()> {
    let tree = Tree::read(root)?;
    let problems: Vec<Problem> = CHECKS.iter().flat_map(|check| check(&tree)).collect();
    if problems.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    bail!("{}\ntidy: {} to mend", lines.join("\n"), problems.len())
}

/// Records the checksums of new migrations.
pub fn seal(root: &Path) -> anyhow::Result<()> {
    let tree = Tree::read(root)?;
    if let Some(text) = migrations::sealed(&tree) {
        std::fs::write(root.join(migrations::CHECKSUMS), text)?;
    }
    Ok(())
}
