//! Repository chores with logic in them: `cargo xtask tidy | seal | gen [--check] | deny`.
#![expect(clippy::print_stderr, reason = "a command-line tool talks on stderr")]

mod deny;
mod generate;
mod tidy;
mod tree;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask COMMAND
  tidy          what must stay true of the tree: the map, the paths in the docs, sizes, directions, SQL, migrations
  seal          records the checksum of each new migration; a sealed migration never changes
  gen           writes docs/api/openapi.json and the typed web client
  gen --check   fails when they are not what the handlers say
  deny          licences, duplicate versions and sources of the dependency tree, as deny.toml demands";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = root();
    let outcome = match words.as_slice() {
        ["tidy"] => tidy::run(&root),
        ["seal"] => tidy::seal(&root),
        ["gen"] => generate::run(&root, false),
        ["gen", "--check"] => generate::run(&root, true),
        ["deny"] => deny::run(&root),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The repository it was started in. What was compiled in may be another clone that shares the build folder.
fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.parent().unwrap_or(&here).to_path_buf()
}
