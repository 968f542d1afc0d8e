//! Crates depend on each other only as the map in ARCHITECTURE.md allows; the test kit only in tests; and some
//! outside crates have one home.

use super::Problem;
use super::map::{self, MAP, Row};
use crate::tree::Tree;

const TESTKIT: &str = "careloop_testkit";

/// Outside crates that one crate of ours hides from the others.
const HOMES: &[(&str, &str)] = &[
    ("datafusion", "careloop_analytics"),
    ("object_store", "careloop_analytics"),
    ("sea-orm-migration", "careloop_db"),
    ("argon2", "careloop_access"),
    ("aes-gcm-siv", "careloop_kernel"),
    ("lettre", "careloop_outreach"),
    ("rust-embed", "careloop_server"),
    ("mimalloc", "careloop"),
];

pub fn check(tree: &Tree) -> Vec<Problem> {
    let rows = map::rows(tree.text(MAP).unwrap_or_default());
    map::crates(tree)
        .iter()
        .filter_map(|(name, manifest)| rows.iter().find(|row| row.name == *name).map(|row| (row, manifest)))
        .flat_map(|(row, manifest)| check_crate(row, manifest, tree.text(manifest).unwrap_or_default()))
        .collect()
}

fn check_crate(row: &Row, manifest: &str, text: &str) -> Vec<Problem> {
    let parsed: toml::Table = match text.parse() {
        Ok(table) => table,
        Err(error) => return vec![Problem::new(manifest, 0, format!("not readable: {error}"))],
    };
    let mut problems = Vec::new();
    for dependency in own_crates(&parsed, "dependencies").chain(own_crates(&parsed, "build-dependencies")) {
        if dependency == TESTKIT {
            problems.push(Problem::new(manifest, 0, "the test kit belongs in [dev-dependencies]"));
        } else if !allows(row, dependency) {
            let text = format!("`{}` may not use `{dependency}`; {MAP} line {} says what it may", row.name, row.line);
            problems.push(Problem::new(manifest, 0, text));
        }
    }
    problems.extend(strays(row, &parsed).map(|text| Problem::new(manifest, 0, text)));
    problems
}

fn strays(row: &Row, manifest: &toml::Table) -> impl Iterator<Item = String> {
    let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
    let used = move |name: &str| dependencies.is_some_and(|table| table.contains_key(name));
    HOMES
        .iter()
        .filter(move |(name, home)| used(name) && *home != row.name)
        .map(|(name, home)| format!("`{name}` is the business of `{home}` alone"))
}

fn own_crates<'a>(manifest: &'a toml::Table, section: &str) -> impl Iterator<Item = &'a str> {
    let table = manifest.get(section).and_then(toml::Value::as_table);
    table.into_iter().flat_map(|table| table.keys()).map(String::as_str).filter(|name| name.starts_with("careloop"))
}

fn allows(row: &Row, dependency: &str) -> bool {
    let short = dependency.strip_prefix("careloop_").unwrap_or(dependency);
    row.may_use.iter().any(|word| word == short || word == "all")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(manifest: &str) -> Vec<String> {
        let map = "| `careloop_people` | persons | kernel, db |\n";
        let tree = Tree::of(&[(MAP, map), ("crates/careloop_people/Cargo.toml", manifest)]);
        check(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_edge_the_map_does_not_draw_is_found() {
        assert!(problems("[dependencies]\ncareloop_kernel.workspace = true\nserde = \"1\"\n").is_empty());
        let found = problems("[dependencies]\ncareloop_segments.workspace = true\n");
        assert_eq!(
            found,
            [
                "crates/careloop_people/Cargo.toml: `careloop_people` may not use `careloop_segments`; ARCHITECTURE.md line 1 says what it may"
            ]
        );
    }

    #[test]
    fn an_outside_crate_with_a_home_stays_there() {
        let found = problems("[dependencies]\ndatafusion.workspace = true\n");
        assert_eq!(
            found,
            ["crates/careloop_people/Cargo.toml: `datafusion` is the business of `careloop_analytics` alone"]
        );
    }

    #[test]
    fn the_test_kit_stays_in_tests() {
        assert!(problems("[dev-dependencies]\ncareloop_testkit.workspace = true\n").is_empty());
        assert_eq!(problems("[dependencies]\ncareloop_testkit.workspace = true\n").len(), 1);
    }
}
