//! Every path that a document names exists: in backticks from the root, in links from the document.
//! `path::item` also demands that the file speaks of the item.

use super::Problem;
use crate::tree::Tree;

/// Root pages, and everything under docs/. The changelog tells of the past and may name what is gone.
fn is_checked(path: &str) -> bool {
    let is_page = path.ends_with(".md");
    is_page && path != "CHANGELOG.md" && (!path.contains('/') || path.starts_with("docs/"))
}

pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (page, text) in tree.files().filter(|(path, _)| is_checked(path)) {
        for (line, span) in code_spans(text) {
            for named in expand(span) {
                problems.extend(check_span(tree, &named).map(|text| Problem::new(page, line, text)));
            }
        }
        for (line, link) in links(text) {
            problems.extend(check_link(tree, page, link).map(|text| Problem::new(page, line, text)));
        }
    }
    problems
}

fn check_span(tree: &Tree, span: &str) -> Option<String> {
    let (path, item) = span.split_once("::").map_or((span, None), |(path, item)| (path, Some(item)));
    if !looks_like_a_path(tree, path) {
        return None;
    }
    // `crates/careloop_*/src` and `docs/adr/NNNN-title.md` name a family: its folder must exist.
    if let Some(end) = path.find('*').or_else(|| path.find("NNNN")).or_else(|| path.find('<')) {
        let family = path.get(..end).unwrap_or_default();
        return (!tree.starts(family)).then(|| format!("nothing in the tree starts with `{family}`"));
    }
    if !tree.has(path) {
        return Some(format!("`{path}` does not exist"));
    }
    let last = item?.rsplit("::").next()?.trim_end_matches("()");
    let known = tree.text(path).is_some_and(|text| has_word(text, last));
    (!known).then(|| format!("`{path}` does not speak of `{last}`"))
}

/// A span is a path when it has no blanks and starts with something that stands in the root, or is a page there.
fn looks_like_a_path(tree: &Tree, span: &str) -> bool {
    let plain = span.chars().all(|c| c.is_ascii_alphanumeric() || "_-./*<>@".contains(c));
    let Some((first, _)) = span.split_once('/') else {
        // A lone name: only shouted pages and dotted files of the root are meant as paths.
        return plain && span.ends_with(".md") && span.starts_with(|c: char| c.is_ascii_uppercase());
    };
    let built = ["web/dist", "target/", "e2e/out", "web/node_modules"].iter().any(|made| span.starts_with(made));
    plain && !built && !first.is_empty() && tree.starts(&format!("{first}/"))
}

fn has_word(text: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|rest| rest.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|rest| rest.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// `a/{b,c}.md` is `a/b.md` and `a/c.md`.
fn expand(span: &str) -> Vec<String> {
    let Some((before, rest)) = span.split_once('{') else { return vec![span.to_owned()] };
    let Some((inside, after)) = rest.split_once('}') else { return vec![span.to_owned()] };
    inside.split(',').flat_map(|part| expand(&format!("{before}{part}{after}"))).collect()
}

/// Inline code outside fenced blocks, with its line.
fn code_spans(text: &str) -> impl Iterator<Item = (usize, &str)> {
    prose(text).flat_map(|(line, text)| text.split('`').skip(1).step_by(2).map(move |span| (line, span)))
}

/// The targets of `[…](target)` that stay in the repository.
fn links(text: &str) -> impl Iterator<Item = (usize, &str)> {
    prose(text).flat_map(|(line, text)| {
        text.split("](").skip(1).filter_map(move |rest| rest.split_once(')').map(|(target, _)| (line, target)))
    })
}

fn check_link(tree: &Tree, page: &str, link: &str) -> Option<String> {
    let target = link.split('#').next().unwrap_or_default();
    if target.is_empty() || target.contains(':') {
        return None;
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            name => parts.push(name),
        }
    }
    let path = parts.join("/");
    (!tree.has(&path)).then(|| format!("the link to `{target}` leads nowhere"))
}

fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            return None;
        }
        (!fenced).then_some((index + 1, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(page: &str) -> Vec<String> {
        let tree = Tree::of(&[
            ("docs/page.md", page),
            ("docs/other.md", ""),
            ("crates/careloop_db/src/lib.rs", "pub fn open_all() {}\npub struct Db;"),
            ("README.md", ""),
        ]);
        check(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_named_path_must_exist() {
        assert!(problems("See `crates/careloop_db/src/lib.rs` and `crates/careloop_db/`, `README.md`.").is_empty());
        assert_eq!(problems("x\nSee `crates/gone.rs`."), ["docs/page.md:2: `crates/gone.rs` does not exist"]);
        assert_eq!(problems("See `STYLE.md`."), ["docs/page.md:1: `STYLE.md` does not exist"]);
    }

    #[test]
    fn words_that_are_no_paths_are_left_alone() {
        assert!(problems("`GET /api/people`, `a/b`, `people.read`, `careloop import F`, `web/dist`").is_empty());
        assert!(problems("```\n`crates/gone.rs`\n```").is_empty());
    }

    #[test]
    fn a_named_item_must_be_in_its_file() {
        assert!(problems("`crates/careloop_db/src/lib.rs::Db`").is_empty());
        let found = problems("`crates/careloop_db/src/lib.rs::open`");
        assert_eq!(found, ["docs/page.md:1: `crates/careloop_db/src/lib.rs` does not speak of `open`"]);
    }

    #[test]
    fn families_and_braces_are_understood() {
        assert!(problems("`crates/careloop_*/src`, `docs/{page,other}.md`").is_empty());
        assert_eq!(problems("`docs/{page,lost}.md`").len(), 1);
        assert_eq!(problems("`crates/nothing_*`").len(), 1);
    }

    #[test]
    fn a_link_is_followed_from_its_page() {
        assert!(problems("[a](other.md#part) [b](../README.md) [c](https://example.org)").is_empty());
        assert_eq!(problems("[a](lost.md)"), ["docs/page.md:1: the link to `lost.md` leads nowhere"]);
    }
}
