//! The dependency tree obeys deny.toml: licences, banned crates, crates that may occur once only, sources.
//! The same file drives cargo-deny; this check needs nothing but cargo and takes a second.

mod licence;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail, ensure};

const RULES: &str = "deny.toml";

/// One package that is really built: name, version and licence expression.
struct Package {
    name: String,
    version: String,
    licence: String,
}

/// Runs the check; an error lists all problems.
pub fn run(root: &Path) -> anyhow::Result<()> {
    let rules: toml::Table = std::fs::read_to_string(root.join(RULES))?.parse().context(RULES)?;
    let lock: toml::Table = std::fs::read_to_string(root.join("Cargo.lock"))?.parse().context("Cargo.lock")?;
    let packages = packages(root)?;
    let mut problems = licence::problems(&rules, &packages);
    problems.extend(bans(&rules, &packages));
    problems.extend(sources(&rules, &lock));
    if problems.is_empty() {
        return Ok(());
    }
    bail!("{}\ndeny: {} to mend ({RULES} gives the reasons)", problems.join("\n"), problems.len())
}

/// What cargo builds for this machine, tests and build scripts included; features that are off do not count.
fn packages(root: &Path) -> anyhow::Result<Vec<Package>> {
    let arguments = ["tree", "--workspace", "--edges", "normal,build,dev", "--prefix", "none", "--format", "{p}|{l}"];
    let output = Command::new("cargo").args(arguments).current_dir(root).output()?;
    ensure!(output.status.success(), "cargo tree failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(read_packages(&String::from_utf8(output.stdout)?))
}

fn read_packages(text: &str) -> Vec<Package> {
    let lines: BTreeSet<&str> = text.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    let packages = lines.into_iter().filter_map(|line| {
        let (package, licence) = line.split_once('|')?;
        let mut words = package.split(' ');
        let (name, version) = (words.next()?, words.next()?.trim_start_matches('v'));
        Some(Package { name: name.to_owned(), version: version.to_owned(), licence: licence.to_owned() })
    });
    packages.collect()
}

fn bans(rules: &toml::Table, packages: &[Package]) -> Vec<String> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        versions.entry(&package.name).or_default().insert(&package.version);
    }
    let mut problems = Vec::new();
    for rule in list(rules, "bans", "deny") {
        let name = rule.get("crate").and_then(toml::Value::as_str).unwrap_or_default();
        let why = rule.get("reason").and_then(toml::Value::as_str).unwrap_or("no reason given");
        let Some(found) = versions.get(name) else { continue };
        let only_once = rule.get("deny-multiple-versions").is_some();
        if !only_once {
            problems.push(format!("`{name}` is banned: {why}"));
        } else if found.len() > 1 {
            let found: Vec<&str> = found.iter().copied().collect();
            problems.push(format!("`{name}` is there as {}: {why}", found.join(" and ")));
        }
    }
    problems
}

fn sources(rules: &toml::Table, lock: &toml::Table) -> Vec<String> {
    let allowed: Vec<&str> = list(rules, "sources", "allow-registry").filter_map(toml::Value::as_str).collect();
    let packages = lock.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    packages
        .filter_map(|package| {
            let source = package.get("source")?.as_str()?;
            let known = source.strip_prefix("registry+").is_some_and(|registry| allowed.contains(&registry));
            let name = package.get("name")?.as_str()?;
            (!known).then(|| format!("`{name}` comes from {source}, which is not allowed"))
        })
        .collect()
}

fn list<'a>(rules: &'a toml::Table, section: &str, key: &str) -> impl Iterator<Item = &'a toml::Value> {
    rules.get(section).and_then(|section| section.get(key)).and_then(toml::Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> toml::Table {
        let text = "[bans]\ndeny = [{ crate = \"openssl\", reason = \"rustls\" }, { crate = \"axum\", deny-multiple-versions = true, reason = \"one\" }]\n[sources]\nallow-registry = [\"https://index\"]\n";
        text.parse().unwrap()
    }

    #[test]
    fn a_banned_crate_and_a_second_version_are_found() {
        let packages = read_packages(
            "axum v0.7.1|MIT\naxum v0.8.0|MIT\naxum v0.8.0|MIT (*)\nopenssl v1.0.0|MIT\nsyn v1.0.0|MIT\nsyn v2.0.0|MIT\n",
        );
        assert_eq!(
            bans(&rules(), &packages),
            ["`openssl` is banned: rustls", "`axum` is there as 0.7.1 and 0.8.0: one"]
        );
    }

    #[test]
    fn a_git_dependency_is_found() {
        let lock = "[[package]]\nname = \"a\"\nsource = \"registry+https://index\"\n[[package]]\nname = \"b\"\nsource = \"git+https://somewhere\"\n[[package]]\nname = \"own\"\n";
        assert_eq!(
            sources(&rules(), &lock.parse().unwrap()),
            ["`b` comes from git+https://somewhere, which is not allowed"]
        );
    }
}
