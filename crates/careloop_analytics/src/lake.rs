//! Where the lake's files are: a folder or an S3 bucket.

use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use careloop_kernel::{Error, Result};
use object_store::path::Path as StorePath;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, parse_url_opts};
use url::Url;

/// The store that holds the Parquet files.
#[derive(Clone)]
pub struct Lake {
    store: Arc<dyn ObjectStore>,
    base: Url,
    /// The folder, when the lake is one.
    folder: Option<PathBuf>,
    prefix: StorePath,
}

impl fmt::Debug for Lake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lake({})", self.base)
    }
}

impl Lake {
    /// A lake in a folder, made if it is missing.
    pub fn folder(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|source| unreachable(source.into()))?;
        let folder = folder.canonicalize().map_err(|source| unreachable(source.into()))?;
        let url =
            Url::from_directory_path(&folder).map_err(|()| unreachable("the folder is no absolute path".into()))?;
        Self::of_url(&url)
    }

    /// A lake at an address: a folder's path, or `s3://bucket/prefix` with the usual `AWS_…` variables.
    pub fn open(address: &str) -> Result<Self> {
        if !address.contains("://") {
            return Self::folder(Path::new(address));
        }
        let url = Url::parse(address).map_err(|source| unreachable(source.into()))?;
        Self::of_url(&url)
    }

    fn of_url(url: &Url) -> Result<Self> {
        let options = std::env::vars()
            .filter(|(name, _)| name.starts_with("AWS_"))
            .map(|(name, value)| (name.to_lowercase(), value));
        let (store, prefix) = parse_url_opts(url, options).map_err(|source| unreachable(source.into()))?;
        let mut base = url.clone();
        base.set_path("/");
        let folder = (url.scheme() == "file").then(|| url.to_file_path().ok()).flatten();
        Ok(Self { store: Arc::from(store), base, folder, prefix })
    }

    /// The root the store is registered under.
    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    pub(crate) fn store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.store)
    }

    /// The full address of a file of the manifest.
    pub(crate) fn address(&self, path: &str) -> Result<String> {
        let full = StorePath::from_iter(self.prefix.parts().chain(StorePath::from(path).parts()));
        let mut url = self.base.clone();
        url.set_path(full.as_ref());
        Ok(url.to_string())
    }

    /// Writes a whole file; it is either there complete or not at all, and survives a loss of power.
    pub(crate) async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        if let Some(folder) = self.folder.clone() {
            let path = path.to_owned();
            let written = tokio::task::spawn_blocking(move || write_durably(&folder, &path, &bytes)).await;
            return written.map_err(Error::internal)?.map_err(|source| unreachable(source.into()));
        }
        let full = self.full(path);
        self.store.put(&full, PutPayload::from(bytes)).await.map_err(|source| unreachable(source.into()))?;
        Ok(())
    }

    /// Removes a file; one that is gone already is fine.
    pub(crate) async fn delete(&self, path: &str) -> Result<()> {
        match self.store.delete(&self.full(path)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(unreachable(source.into())),
        }
    }

    /// Writes a small file, finds it in a list and removes it, as the compaction does; fails with the cause.
    pub async fn check(&self) -> Result<()> {
        const PROBE: &str = "careloop-doctor";
        self.put(PROBE, b"ok".to_vec()).await?;
        let listed = self.store.list_with_delimiter(Some(&self.prefix)).await;
        self.delete(PROBE).await?;
        let listed = listed.map_err(|source| unreachable(source.into()))?;
        let probe = self.full(PROBE);
        if listed.objects.iter().any(|object| object.location == probe) {
            return Ok(());
        }
        Err(unreachable("a file that was just written is not listed".into()))
    }

    fn full(&self, path: &str) -> StorePath {
        StorePath::from_iter(self.prefix.parts().chain(StorePath::from(path).parts()))
    }
}

/// The object store's own folders are not synced to disk, so a folder is written by hand: file, name, folders.
fn write_durably(root: &Path, path: &str, bytes: &[u8]) -> std::io::Result<()> {
    let target = root.join(path);
    let folder = target.parent().unwrap_or(root);
    let is_new = !folder.exists();
    std::fs::create_dir_all(folder)?;
    let part = target.with_extension("part");
    let mut file = File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&part, &target)?;
    File::open(folder)?.sync_all()?;
    if is_new {
        for above in folder.ancestors().skip(1).take_while(|above| above.starts_with(root)) {
            File::open(above)?.sync_all()?;
        }
    }
    Ok(())
}

fn unreachable(source: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::new(
        careloop_kernel::ErrorKind::Unavailable,
        "lake.unreachable",
        "the lake cannot be reached; check CARELOOP_LAKE_URL and run `careloop doctor`",
    )
    .with_source(source)
}
