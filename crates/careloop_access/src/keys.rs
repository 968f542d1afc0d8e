//! The key file: 32 random bytes that every secret of the chain hangs on, kept outside the database.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use careloop_db::Db;
use careloop_kernel::{Ctx, Error, Random, Result, SystemRandom, Vault};

use crate::store::settings as store;

const PREFIX: &str = "careloop-key-1 ";
const CHECK_KEY: &str = "vault.check";

/// Opens the key file of a database, or makes one when the database has none yet.
///
/// Fails with `keys.missing` when the database was started with a key file that is not there: a new one could read
/// nothing that is stored.
pub async fn open(db: &Db, path: &Path) -> Result<Vault> {
    if !exists(path)? && store::find(db.write(), CHECK_KEY).await?.is_some() {
        let path = path.display();
        let message = format!(
            "the key file `{path}` is missing, and nothing stored can be read without it; put back your copy, or name \
             where it is with --key-file"
        );
        return Err(Error::invalid("keys.missing", message));
    }
    load_or_create(path)
}

fn exists(path: &Path) -> Result<bool> {
    path.try_exists().map_err(|error| unreadable(path, &error))
}

/// Compares a key file with the database: `keys.foreign` when it belongs to another.
pub async fn check(db: &Db, vault: &Vault) -> Result<()> {
    match store::find(db.read(), CHECK_KEY).await? {
        Some(known) if known != mark(vault) => Err(foreign()),
        _ => Ok(()),
    }
}

/// What the database remembers of its key.
fn mark(vault: &Vault) -> String {
    vault.blind(CHECK_KEY, "careloop").to_string()
}

fn foreign() -> Error {
    let message = "this key file does not belong to this database; put back the one it was started with";
    Error::invalid("keys.foreign", message)
}

/// Opens the key file, or makes it: mode 0600, all of it or nothing.
///
/// Fails with `keys.exposed` when others may read it, `keys.malformed` when it is no key file, `keys.unreadable` when
/// the system refuses.
pub fn load_or_create(path: &Path) -> Result<Vault> {
    match File::open(path) {
        Ok(file) => load(path, file),
        Err(error) if error.kind() == ErrorKind::NotFound => create(path),
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn load(path: &Path, mut file: File) -> Result<Vault> {
    let mode = file.metadata().map_err(|error| unreadable(path, &error))?.permissions().mode();
    if mode & 0o077 != 0 {
        let path = path.display();
        let message = format!("the key file `{path}` can be read by others; run `chmod 600 {path}`");
        return Err(Error::invalid("keys.exposed", message));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| unreadable(path, &error))?;
    let root = parse(&text).ok_or_else(|| {
        let message = format!("`{}` is no Careloop key file; put back your copy of it", path.display());
        Error::invalid("keys.malformed", message)
    })?;
    Ok(Vault::new(&root))
}

fn parse(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text.strip_prefix(PREFIX)?.trim_end()).ok()?.try_into().ok()
}

/// Writes the file beside its place and links it there, so that a crash leaves no half key and of two processes that
/// start together the second takes the first one's key.
fn create(path: &Path) -> Result<Vault> {
    let mut bytes = [0; 40];
    SystemRandom.fill(&mut bytes);
    let [root @ .., _, _, _, _, _, _, _, _] = bytes;
    let suffix: String = bytes.iter().skip(32).map(|byte| format!("{byte:02x}")).collect();
    let draft = path.with_extension(format!("{suffix}.new"));
    let placed = write_draft(&draft, &root).and_then(|()| fs::hard_link(&draft, path));
    // A draft that cannot be removed is as well guarded as the key itself.
    let _ = fs::remove_file(&draft);
    match placed {
        Ok(()) => {
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| unreadable(path, &error))?;
            }
            Ok(Vault::new(&root))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            load(path, File::open(path).map_err(|error| unreadable(path, &error))?)
        }
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn write_draft(draft: &Path, root: &[u8; 32]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    writeln!(file, "{PREFIX}{}", STANDARD.encode(root))?;
    file.sync_all()
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let message = format!("the key file `{}` cannot be used: {error}", path.display());
    Error::invalid("keys.unreadable", message)
}

/// Ties the database to its key file at first start; later a foreign key file is refused with `keys.foreign`, before
/// anything is sealed under it.
pub async fn bind<P>(db: &Db, ctx: &Ctx<P>) -> Result<()> {
    let mark = mark(ctx.vault());
    store::insert_if_absent(db.write(), CHECK_KEY, &mark).await?;
    if store::find(db.write(), CHECK_KEY).await?.as_deref() == Some(mark.as_str()) { Ok(()) } else { Err(foreign()) }
}
