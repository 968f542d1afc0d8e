//! The repository speaks of the product, not of the machine somebody wrote it on: no home or scratch
//! folders, and lock files without download addresses.

use super::Problem;
use crate::tree::Tree;

// In two parts, so that this file does not find itself.
const ROOTS: &[&str] = &[concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/Us", "ers/")];
const RESOLVED: &str = concat!("\"resolved\": \"", "http");

pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.files() {
        for (index, line) in text.lines().enumerate() {
            if let Some(root) = ROOTS.iter().find(|root| names_root(line, root)) {
                problems.push(Problem::new(path, index + 1, format!("names a folder of one machine ({root}…)")));
            } else if path.ends_with("package-lock.json") && line.contains(RESOLVED) {
                problems.push(Problem::new(path, index + 1, "records a download address; .npmrc should prevent that"));
                break;
            }
        }
    }
    problems
}

/// The root must start a path: a folder of that name further down is our own.
fn names_root(line: &str, root: &str) -> bool {
    line.match_indices(root).any(|(at, _)| {
        let before = line.get(..at).and_then(|rest| rest.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || "_-.})~/".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_folder_is_found_and_a_route_is_not() {
        let bad = format!("see {}someone/notes\nfine: web/src{}page.tsx", ROOTS[0], ROOTS[0]);
        let tree = Tree::of(&[("README.md", &bad)]);
        assert_eq!(check(&tree).iter().map(ToString::to_string).collect::<Vec<_>>().len(), 1);
    }

    #[test]
    fn a_lock_file_keeps_no_addresses() {
        let lock = format!("{}s://somewhere/a.tgz\"", RESOLVED);
        assert_eq!(check(&Tree::of(&[("web/package-lock.json", &lock)])).len(), 1);
    }
}
