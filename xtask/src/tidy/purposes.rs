//! Every dependency of the workspace stands in the root Cargo.toml under a comment that says what it is for.

use super::Problem;
use crate::tree::Tree;

const MANIFEST: &str = "Cargo.toml";

pub fn check(tree: &Tree) -> Vec<Problem> {
    let text = tree.text(MANIFEST).unwrap_or_default();
    let mut problems = Vec::new();
    let mut inside = false;
    let mut above = "";
    for (index, line) in text.lines().enumerate() {
        if line.starts_with('[') {
            inside = line == "[workspace.dependencies]";
        } else if inside && is_dependency(line) && !is_purpose(above) {
            let name = line.split(['=', '.']).next().unwrap_or_default().trim();
            problems.push(Problem::new(MANIFEST, index + 1, format!("say in a comment above what `{name}` is for")));
        }
        above = line;
    }
    problems.extend(versions_in_crates(tree));
    problems
}

fn is_dependency(line: &str) -> bool {
    line.contains('=') && !line.starts_with('#') && !line.contains("path = \"crates/")
}

fn is_purpose(line: &str) -> bool {
    line.starts_with("# ") && !line.starts_with("# ---")
}

/// A crate takes its dependencies from the workspace, so that there is one version and one feature set of each.
fn versions_in_crates(tree: &Tree) -> Vec<Problem> {
    let manifests = tree.files().filter(|(path, _)| path.starts_with("crates/") && path.ends_with("/Cargo.toml"));
    let mut problems = Vec::new();
    for (path, text) in manifests {
        let parsed: toml::Table = text.parse().unwrap_or_default();
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let table = parsed.get(section).and_then(toml::Value::as_table);
            let strays = table.into_iter().flatten().filter(|(_, value)| value.get("workspace").is_none());
            problems.extend(
                strays.map(|(name, _)| Problem::new(path, 0, format!("`{name}` must come from the workspace"))),
            );
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_without_a_purpose_is_found() {
        let manifest = "[workspace.dependencies]\n# --- ours ---\nours = { path = \"crates/ours\" }\n# The runtime.\ntokio = \"1\"\nhttp = \"1\"\n# --- more ---\ncsv = \"1\"\n[profile.dev]\ndebug = false\n";
        let found: Vec<String> = check(&Tree::of(&[(MANIFEST, manifest)])).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "Cargo.toml:6: say in a comment above what `http` is for",
                "Cargo.toml:8: say in a comment above what `csv` is for"
            ]
        );
    }

    #[test]
    fn a_crate_with_its_own_version_is_found() {
        let tree = Tree::of(&[("crates/a/Cargo.toml", "[dependencies]\nserde = \"1\"\ntoml.workspace = true\n")]);
        assert_eq!(check(&tree), [Problem::new("crates/a/Cargo.toml", 0, "`serde` must come from the workspace")]);
    }
}
