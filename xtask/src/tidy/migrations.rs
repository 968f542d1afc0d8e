//! Every migration is registered, in order, and never changes once sealed: `migrations/checksums.txt` keeps
//! the SHA-256 of each, and a new one is added by `cargo xtask seal`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::Problem;
use crate::tree::Tree;

/// The list of checksums: `<sha256>  <file name>`.
pub const CHECKSUMS: &str = "migrations/checksums.txt";
const REGISTRY: &str = "crates/careloop_db/src/migrations.rs";

pub fn check(tree: &Tree) -> Vec<Problem> {
    let registry = tree.text(REGISTRY).unwrap_or_default();
    let sealed = read_checksums(tree);
    let mut problems = Vec::new();
    for (expected, (name, text)) in (1..).zip(migrations(tree)) {
        let path = format!("migrations/{name}");
        let stem = name.trim_end_matches(".sql");
        if !registry.contains(&format!("\"{stem}\"")) {
            problems.push(Problem::new(&path, 0, format!("not registered; add its line to {REGISTRY}")));
        }
        if stem.split('_').next().and_then(|number| number.parse().ok()) != Some(expected) {
            problems.push(Problem::new(
                &path,
                0,
                format!("the next number is {expected:04}; numbers have no gaps and no twins"),
            ));
        }
        match sealed.get(name) {
            None => problems.push(Problem::new(&path, 0, "has no checksum; run `cargo xtask seal`")),
            Some(sum) if *sum != checksum(text) => {
                problems.push(Problem::new(&path, 0, "changed after it was sealed; write a new migration instead"));
            }
            Some(_) => {}
        }
    }
    let gone = sealed.keys().filter(|name| tree.text(&format!("migrations/{name}")).is_none());
    problems.extend(gone.map(|name| Problem::new(CHECKSUMS, 0, format!("`{name}` is sealed, but gone"))));
    problems
}

/// The list with the new migrations added, or nothing when none is new.
pub fn sealed(tree: &Tree) -> Option<String> {
    let known = read_checksums(tree);
    let mut text = tree.text(CHECKSUMS).unwrap_or_default().to_owned();
    let mut added = false;
    for (name, sql) in migrations(tree).filter(|(name, _)| !known.contains_key(name)) {
        added |= writeln!(text, "{}  {name}", checksum(sql)).is_ok();
    }
    added.then_some(text)
}

fn migrations(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    tree.files()
        .filter_map(|(path, text)| Some((path.strip_prefix("migrations/")?, text)))
        .filter(|(name, _)| name.ends_with(".sql"))
}

fn read_checksums(tree: &Tree) -> BTreeMap<&str, &str> {
    let lines = tree.text(CHECKSUMS).unwrap_or_default().lines();
    lines.filter_map(|line| line.split_once("  ")).map(|(sum, name)| (name, sum)).collect()
}

fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(sql: &str, sums: &str) -> Tree {
        Tree::of(&[("migrations/0001_first.sql", sql), (CHECKSUMS, sums), (REGISTRY, "migrations![\"0001_first\"];")])
    }

    #[test]
    fn a_sealed_migration_may_not_change() {
        let sums = sealed(&tree("CREATE TABLE a (b TEXT);", "")).unwrap();
        assert!(check(&tree("CREATE TABLE a (b TEXT);", &sums)).is_empty());
        let found = check(&tree("CREATE TABLE a (c TEXT);", &sums));
        assert_eq!(
            found,
            [Problem::new(
                "migrations/0001_first.sql",
                0,
                "changed after it was sealed; write a new migration instead"
            )]
        );
        assert_eq!(sealed(&tree("CREATE TABLE a (c TEXT);", &sums)), None, "sealing never blesses a change");
    }

    #[test]
    fn an_unregistered_unsealed_or_misnumbered_migration_is_found() {
        let tree = Tree::of(&[("migrations/0003_late.sql", ""), (REGISTRY, "migrations![];")]);
        assert_eq!(check(&tree).len(), 3);
    }
}
