//! Putting the parts of an installation together, without touching the network.

use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

use careloop_access::settings::{self, FirstSettings};
use careloop_access::{Password, SessionAuthenticator, ensure_administrator, keys, prepare};
use careloop_analytics::{Analytics, Lake};
use careloop_db::Db;
use careloop_http::{App, Wake};
use careloop_kernel::{Ctx, Env, Error, Result, SystemClock, SystemRandom};

use crate::Config;

/// Everything a command, the server or a test works with; cheap to clone.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Database, clock, keys: the state of every handler.
    pub app: App,
    /// The query engine.
    pub analytics: Arc<Analytics>,
    /// What sends.
    pub outreach: careloop_outreach::Outreach,
    /// File imports.
    pub files: careloop_intake::files::Files,
    /// The tracking API's queue.
    pub tracking: careloop_intake::tracking::Tracking,
    /// This process, among those that share the database.
    pub node: String,
}

impl Parts {
    /// Opens an installation, making what is missing: data folder, key file, schema, settings, roles.
    pub async fn open(config: &Config, first: FirstSettings) -> Result<Self> {
        make_folder(&config.data_dir)?;
        if let Some(folder) = config.key_file.parent() {
            make_folder(folder)?;
        }
        let db = Db::open(&config.database_url).await?;
        let vault = keys::open(&db, &config.key_file).await?;
        let env = Env { clock: Arc::new(SystemClock), random: Arc::new(SystemRandom), vault };
        Self::assemble(config, env, db, first).await
    }

    /// The same over a database that is open already, with any clock and keys.
    pub async fn assemble(config: &Config, env: Env, db: Db, first: FirstSettings) -> Result<Self> {
        let ctx = Ctx::system(env.clone(), "start");
        prepare(&db, &ctx, first).await?;
        let zone = settings::load(db.read()).await?.time_zone;
        let analytics = Analytics::new(db.clone(), Lake::open(&config.lake_url)?, zone)?;
        let mut node = [0_u8; 8];
        env.random.fill(&mut node);
        let app = App {
            db,
            env,
            authenticator: Arc::new(SessionAuthenticator),
            wake: Wake::default(),
            data_dir: config.data_dir.clone(),
        };
        Ok(Self {
            analytics: Arc::new(analytics),
            outreach: careloop_outreach::Outreach::new(app.db.clone(), config.smtp.clone())?,
            files: careloop_intake::files::Files::new(app.db.clone(), &app.data_dir)?,
            tracking: careloop_intake::tracking::Tracking::start(&app),
            node: format!("{:016x}", u64::from_be_bytes(node)),
            app,
        })
    }

    /// The program's own context.
    pub fn ctx(&self, name: &'static str) -> Ctx {
        Ctx::system(self.app.env.clone(), name)
    }

    /// Creates the first administrator if there is no staff; gives the password if it was generated.
    pub async fn first_administrator(&self, login: &str, password: Option<&str>) -> Result<Option<Password>> {
        ensure_administrator(&self.app.db, &self.ctx("start"), login, password).await
    }
}

/// Makes a folder that only its owner may enter; one that is there keeps its rights.
fn make_folder(folder: &Path) -> Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|source| {
        let message = format!("the folder {} cannot be made; choose another with --data-dir", folder.display());
        Error::invalid("config.data_dir", message).with_source(source)
    })
}
