//! Makes sure the folder that the web UI is embedded from exists, so that the server also compiles in a
//! clone where the UI was never built (checks, unit tests); such a binary answers with a short page that
//! says how to build it. In release the files become part of the binary: a new UI build recompiles this crate.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    std::fs::create_dir_all(&dist)?;
    println!("cargo::rerun-if-changed=../../web/dist");
    Ok(())
}
