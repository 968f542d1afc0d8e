//! Every crate stands on the map in ARCHITECTURE.md, and every crate on the map stands in the tree.

use super::Problem;
use crate::tree::Tree;

/// The page that holds the map.
pub const MAP: &str = "ARCHITECTURE.md";

/// One row of the map: a crate and the crates it may use.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// `careloop_people`.
    pub name: String,
    /// Where the row stands.
    pub line: usize,
    /// The last cell, split: `["kernel", "db"]`; `["*"]` for all.
    pub may_use: Vec<String>,
}

/// The rows of the map: table rows whose first cell is a crate name in backticks.
pub fn rows(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        let [first, .., last] = cells.as_slice() else { continue };
        let Some(name) = first.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) else { continue };
        if line.starts_with('|') && is_crate_name(name) {
            let may_use = last.split(',').map(|word| word.trim().to_owned()).filter(|word| word != "–").collect();
            rows.push(Row { name: name.to_owned(), line: index + 1, may_use });
        }
    }
    rows
}

fn is_crate_name(name: &str) -> bool {
    name == "xtask" || name == "careloop" || name.starts_with("careloop_")
}

/// The workspace's crates: name and path of the manifest.
pub fn crates(tree: &Tree) -> Vec<(String, String)> {
    let mut crates = Vec::new();
    for (path, _) in tree.files() {
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            ["crates", name, "Cargo.toml"] | [name @ "xtask", "Cargo.toml"] => {
                crates.push(((*name).to_owned(), path.to_owned()));
            }
            ["bench", name, "Cargo.toml"] => crates.push((format!("careloop_bench_{name}"), path.to_owned())),
            _ => {}
        }
    }
    crates
}

pub fn check(tree: &Tree) -> Vec<Problem> {
    let Some(map) = tree.text(MAP) else {
        return vec![Problem::new(MAP, 0, "the map of the crates is missing")];
    };
    let (rows, crates) = (rows(map), crates(tree));
    let missing = crates.iter().filter(|(name, _)| !rows.iter().any(|row| row.name == *name));
    let gone = rows.iter().filter(|row| !crates.iter().any(|(name, _)| row.name == *name));
    missing
        .map(|(name, manifest)| Problem::new(manifest, 0, format!("`{name}` is not on the map; add a row to {MAP}")))
        .chain(
            gone.map(|row| Problem::new(MAP, row.line, format!("`{}` is on the map, but not in the tree", row.name))),
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_off_the_map_and_a_row_without_a_crate_are_found() {
        let tree = Tree::of(&[
            (
                MAP,
                "| crate | owns | may use |\n| --- | --- | --- |\n| `careloop_db` | SQL | kernel |\n| `careloop_old` | – | – |\n",
            ),
            ("crates/careloop_db/Cargo.toml", ""),
            ("crates/careloop_new/Cargo.toml", ""),
        ]);
        let found: Vec<String> = check(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "crates/careloop_new/Cargo.toml: `careloop_new` is not on the map; add a row to ARCHITECTURE.md",
                "ARCHITECTURE.md:4: `careloop_old` is on the map, but not in the tree",
            ]
        );
    }

    #[test]
    fn the_last_cell_lists_what_a_crate_may_use() {
        let rows = rows("| `careloop_people` | persons | kernel, db, events |\n| `careloop_kernel` | ids | – |");
        assert_eq!(rows[0].may_use, ["kernel", "db", "events"]);
        assert!(rows[1].may_use.is_empty());
    }
}
