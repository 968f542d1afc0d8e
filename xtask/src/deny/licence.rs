//! SPDX expressions against the allow-list of deny.toml.

use super::{Package, list};

/// One sentence for each package whose licence is not allowed.
pub fn problems(rules: &toml::Table, packages: &[Package]) -> Vec<String> {
    let allowed: Vec<&str> = list(rules, "licenses", "allow").filter_map(toml::Value::as_str).collect();
    let ours = |package: &&Package| !package.name.starts_with("careloop") && package.name != "xtask";
    packages
        .iter()
        .filter(ours)
        .filter(|package| {
            let extra = exceptions(rules, &package.name);
            !allows(&package.licence, &|name| allowed.contains(&name) || extra.contains(&name))
        })
        .map(|package| {
            format!("`{} {}` is under `{}`, which is not allowed", package.name, package.version, package.licence)
        })
        .collect()
}

fn exceptions<'a>(rules: &'a toml::Table, name: &str) -> Vec<&'a str> {
    list(rules, "licenses", "exceptions")
        .filter(|rule| rule.get("crate").and_then(toml::Value::as_str) == Some(name))
        .filter_map(|rule| rule.get("allow")?.as_array())
        .flatten()
        .filter_map(toml::Value::as_str)
        .collect()
}

/// Whether one may choose allowed licences all the way: OR needs one side, AND both; `/` is an old OR.
fn allows(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { words: &words, allowed };
    let verdict = parser.any();
    verdict && parser.words.is_empty()
}

struct Parser<'a> {
    words: &'a [&'a str],
    allowed: &'a dyn Fn(&str) -> bool,
}

impl Parser<'_> {
    fn next_is(&mut self, word: &str) -> bool {
        match self.words {
            [first, rest @ ..] if *first == word => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }

    fn any(&mut self) -> bool {
        let mut verdict = self.all();
        while self.next_is("OR") {
            let other = self.all();
            verdict = verdict || other;
        }
        verdict
    }

    fn all(&mut self) -> bool {
        let mut verdict = self.one();
        while self.next_is("AND") {
            let other = self.one();
            verdict = verdict && other;
        }
        verdict
    }

    fn one(&mut self) -> bool {
        if self.next_is("(") {
            let verdict = self.any();
            return self.next_is(")") && verdict;
        }
        let [name, rest @ ..] = self.words else { return false };
        self.words = rest;
        if self.next_is("WITH") {
            let [exception, rest @ ..] = self.words else { return false };
            self.words = rest;
            return (self.allowed)(&format!("{name} WITH {exception}"));
        }
        (self.allowed)(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_as_spdx_means_them() {
        let cases = [
            ("MIT", true),
            ("GPL-3.0", false),
            ("MIT OR GPL-3.0", true),
            ("GPL-3.0 / MIT", true),
            ("MIT AND GPL-3.0", false),
            ("(GPL-3.0 OR MIT) AND ISC", true),
            ("MIT OR GPL-3.0 AND GPL-2.0", true),
            ("Apache-2.0 WITH LLVM-exception", false),
            ("Apache-2.0 WITH LLVM-exception OR MIT", true),
            ("", false),
            ("(MIT", false),
        ];
        for (expression, expected) in cases {
            assert_eq!(allows(expression, &|name| ["MIT", "ISC"].contains(&name)), expected, "{expression}");
        }
    }

    #[test]
    fn an_exception_holds_for_its_crate_alone() {
        let rules =
            "[licenses]\nallow = [\"MIT\"]\nexceptions = [{ crate = \"roots\", allow = [\"CDLA-Permissive-2.0\"] }]\n";
        let packages =
            super::super::read_packages("roots v1.0.0|CDLA-Permissive-2.0\nother v1.0.0|CDLA-Permissive-2.0\n");
        assert_eq!(
            problems(&rules.parse().unwrap(), &packages),
            ["`other 1.0.0` is under `CDLA-Permissive-2.0`, which is not allowed"]
        );
    }
}
