//! SQL text stands in `store.rs` (or a `store/` folder) of a feature, in its bulk path (`bulk.rs`, `bulk/`) where
//! the engines' own loaders are used, in `careloop_db`, and in the query texts of `careloop_analytics`; nowhere
//! else. A heuristic on how statements begin.

use super::Problem;
use crate::tree::Tree;

const STATEMENTS: &[&str] = &["SELECT ", "INSERT INTO ", "DELETE FROM ", "WITH RECURSIVE ", "CREATE TABLE ", "PRAGMA "];

fn may_hold_sql(path: &str) -> bool {
    let rooms = ["/store.rs", "/store/", "/bulk.rs", "/bulk/"];
    let crates = ["crates/careloop_db/", "crates/careloop_analytics/", "crates/careloop_testkit/"];
    rooms.iter().chain(&crates).any(|home| path.contains(home))
        || path.contains("/tests/")
        || path.ends_with("/tests.rs")
}

pub fn check(tree: &Tree) -> Vec<Problem> {
    let rust = tree.files().filter(|(path, _)| path.starts_with("crates/") && path.ends_with(".rs"));
    rust.filter(|(path, _)| !may_hold_sql(path))
        .flat_map(|(path, text)| {
            let lines = text.lines().enumerate().take_while(|(_, line)| !line.starts_with("#[cfg(test)]"));
            lines
                .filter(|(_, line)| begins_statement(line))
                .map(move |(index, _)| Problem::new(path, index + 1, "SQL belongs in store.rs of its feature"))
        })
        .collect()
}

/// True for a line with a literal that starts like a statement, and for a line inside a literal that does.
fn begins_statement(line: &str) -> bool {
    let trimmed = line.trim_start();
    if trimmed.starts_with("//") {
        return false;
    }
    let in_literal = trimmed.split('"').skip(1).any(starts_statement) || starts_statement(trimmed);
    let update = trimmed.contains("UPDATE ") && trimmed.contains(" SET ");
    in_literal || update
}

fn starts_statement(text: &str) -> bool {
    STATEMENTS.iter().any(|statement| text.trim_start().starts_with(statement))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn a_statement_outside_the_store_is_found() {
        let text = "let all = db.all(\"SELECT id FROM persons\");\nconst Q: &str = r#\"\n    INSERT INTO a\n\"#;\n";
        assert_eq!(problems("crates/careloop_people/src/service.rs", text), 2);
        assert_eq!(problems("crates/careloop_people/src/store.rs", text), 0);
        assert_eq!(problems("crates/careloop_people/src/store/search.rs", text), 0);
        assert_eq!(problems("crates/careloop_events/src/bulk/copy.rs", text), 0);
        assert_eq!(problems("crates/careloop_people/tests/it/store.rs", text), 0);
    }

    #[test]
    fn prose_is_no_sql() {
        assert_eq!(
            problems("crates/careloop_people/src/service.rs", "/// SELECT is a word\nlet t = \"please select one\";"),
            0
        );
    }
}
