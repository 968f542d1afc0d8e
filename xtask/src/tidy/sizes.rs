//! Files stay small. A file over the limit is listed with its length in `xtask/size-exceptions.txt`; it may
//! shrink (then the list must follow), it may not grow, and past the hard stop no listing helps.

use std::collections::BTreeMap;

use super::Problem;
use crate::tree::Tree;

const EXCEPTIONS: &str = "xtask/size-exceptions.txt";

struct Limits {
    listed: usize,
    stop: usize,
}

/// Tests, generated files and the web UI's two-language texts may be as long as they need to be.
fn limits(path: &str) -> Option<Limits> {
    let exempt = ["/tests/", "/tests.rs", "/generated/", ".test.ts", "/texts.ts", "/texts/", "_tests.rs"];
    if exempt.iter().any(|part| path.contains(part)) {
        return None;
    }
    if path.ends_with(".rs") {
        Some(Limits { listed: 400, stop: 700 })
    } else if path.ends_with(".ts") || path.ends_with(".tsx") {
        Some(Limits { listed: 250, stop: 400 })
    } else {
        None
    }
}

pub fn check(tree: &Tree) -> Vec<Problem> {
    let exceptions = exceptions(tree.text(EXCEPTIONS).unwrap_or_default());
    let mut problems = Vec::new();
    for (path, text) in tree.files() {
        let Some(limits) = limits(path) else { continue };
        let problem = judge(text.lines().count(), &limits, exceptions.get(path).copied());
        problems.extend(problem.map(|text| Problem::new(path, 0, text)));
    }
    let gone = exceptions.keys().filter(|path| tree.text(path).is_none());
    problems.extend(gone.map(|path| Problem::new(EXCEPTIONS, 0, format!("`{path}` is gone; remove its line"))));
    problems
}

fn judge(lines: usize, limits: &Limits, listed: Option<usize>) -> Option<String> {
    match listed {
        _ if lines > limits.stop => Some(format!("{lines} lines; {} is the stop: split it by use case", limits.stop)),
        None if lines > limits.listed => {
            Some(format!("{lines} lines; over {} needs a reason: split it, or list it in {EXCEPTIONS}", limits.listed))
        }
        Some(_) if lines <= limits.listed => {
            Some(format!("{lines} lines: small enough now; remove it from {EXCEPTIONS}"))
        }
        Some(cap) if lines > cap => Some(format!("{lines} lines; it is listed with {cap} and may only shrink")),
        Some(cap) if lines < cap => Some(format!("{lines} lines; lower its {cap} in {EXCEPTIONS}")),
        _ => None,
    }
}

/// Lines of `path lines  # why`.
fn exceptions(text: &str) -> BTreeMap<&str, usize> {
    let lines = text.lines().filter_map(|line| line.split('#').next());
    lines
        .filter_map(|line| {
            let (path, cap) = line.trim().split_once(char::is_whitespace)?;
            Some((path, cap.trim().parse().ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(path: &str, lines: usize, exceptions: &str) -> usize {
        let text = "x\n".repeat(lines);
        check(&Tree::of(&[(path, &text), (EXCEPTIONS, exceptions)])).len()
    }

    #[test]
    fn a_long_file_needs_a_listing_and_the_stop_allows_none() {
        assert_eq!(judged("crates/a/src/lib.rs", 400, ""), 0);
        assert_eq!(judged("crates/a/src/lib.rs", 401, ""), 1);
        assert_eq!(judged("crates/a/src/lib.rs", 401, "crates/a/src/lib.rs 401 # one state machine"), 0);
        assert_eq!(judged("crates/a/src/lib.rs", 701, "crates/a/src/lib.rs 701"), 1);
        assert_eq!(judged("web/src/page.tsx", 251, ""), 1);
        assert_eq!(judged("crates/a/src/tests.rs", 5000, ""), 0);
    }

    #[test]
    fn the_list_may_only_shrink() {
        assert_eq!(judged("crates/a/src/lib.rs", 450, "crates/a/src/lib.rs 440"), 1, "grown");
        assert_eq!(judged("crates/a/src/lib.rs", 430, "crates/a/src/lib.rs 440"), 1, "shrunk, list not lowered");
        assert_eq!(judged("crates/a/src/lib.rs", 300, "crates/a/src/lib.rs 440"), 1, "no longer needed");
        assert_eq!(judged("crates/a/src/lib.rs", 10, "crates/a/src/gone.rs 440"), 1, "gone");
    }
}
