//! Generated files: the OpenAPI document comes from the handlers, the typed web client from the document.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail, ensure};

const DOCUMENT: &str = "docs/api/openapi.json";
const CLIENT: &str = "web/src/generated/schema.d.ts";

/// Writes both files; with `check` it only compares, and fails when one is stale.
pub fn run(root: &Path, check: bool) -> anyhow::Result<()> {
    // Through the binary rather than as a library: linking the server into xtask would build DataFusion for a tidy run.
    let document = output(root, "cargo", &["run", "--quiet", "--package", "careloop", "--", "openapi"])?;
    serde_json::from_str::<serde_json::Value>(&document).context("`careloop openapi` did not print JSON")?;
    settle(root, DOCUMENT, &document, check)?;
    let client = output(root, "node", &["web/tools/gen.mjs", "--stdout"])?;
    settle(root, CLIENT, &client, check)
}

fn settle(root: &Path, path: &str, text: &str, check: bool) -> anyhow::Result<()> {
    let target = root.join(path);
    let now = std::fs::read_to_string(&target).unwrap_or_default();
    if now == text {
        return Ok(());
    }
    if check {
        bail!("{path} is stale: run `make gen` and commit the result ({})", first_difference(&now, text));
    }
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&target, text).with_context(|| format!("writing {path}"))
}

fn first_difference(now: &str, text: &str) -> String {
    let line = now.lines().zip(text.lines()).take_while(|(a, b)| a == b).count();
    let shown = text.lines().nth(line).unwrap_or("the end of the file");
    format!("line {} should be: {}", line + 1, shown.trim())
}

fn output(root: &Path, program: &str, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(program).args(arguments).current_dir(root).output();
    let output = output.with_context(|| format!("running {program}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program} {} failed:\n{said}", arguments.join(" "));
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(first_difference("a\nb\nc", "a\n  x\nc"), "line 2 should be: x");
        assert_eq!(first_difference("a\nb", "a"), "line 2 should be: the end of the file");
    }
}
