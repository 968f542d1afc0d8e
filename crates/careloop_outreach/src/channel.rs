//! What carries an e-mail out, and what it says became of it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use careloop_db::Db;
use careloop_kernel::Result;
use careloop_kernel::ids::IntentId;
use jiff::Timestamp;

use crate::model::Reason;
use crate::smtp::{SmtpConfig, SmtpTransport};

/// An e-mail on its way; it exists only while it is sent and never prints.
pub struct Mail {
    /// What it fulfils; its Message-ID is made of it, so that a second copy could be told by any server.
    pub intent: IntentId,
    /// The recipient's address.
    pub to: String,
    /// The subject, one line.
    pub subject: String,
    /// The text.
    pub body: String,
    /// When it is sent.
    pub at: Timestamp,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("intent", &self.intent).finish_non_exhaustive()
    }
}

/// What became of an e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The server has taken it.
    Sent,
    /// The server surely has not taken it; it may be tried again.
    NotYet(Reason),
    /// The server surely has not taken it and will not.
    Refused(Reason),
    /// Nobody can tell.
    Unknown(Reason),
}

/// Carries e-mails out.
pub trait Transport: Send + Sync {
    /// Hands over one e-mail. It must answer `NotYet` or `Refused` only when the e-mail surely did not leave.
    fn deliver<'a>(&'a self, mail: &'a Mail) -> Pin<Box<dyn Future<Output = Delivery> + Send + 'a>>;
}

/// The sender: the database and the channels that are configured.
#[derive(Clone)]
pub struct Outreach {
    pub(crate) db: Db,
    pub(crate) email: Option<Arc<dyn Transport>>,
}

impl fmt::Debug for Outreach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outreach").field("email", &self.email.is_some()).finish_non_exhaustive()
    }
}

impl Outreach {
    /// The sender of an installation. Without `smtp` e-mails are held.
    pub fn new(db: Db, smtp: Option<SmtpConfig>) -> Result<Self> {
        let email = match smtp {
            Some(config) => Some(Arc::new(SmtpTransport::new(config)?) as Arc<dyn Transport>),
            None => None,
        };
        Ok(Self { db, email })
    }

    /// A sender with a transport of its own.
    pub fn with_transport(db: Db, transport: Arc<dyn Transport>) -> Self {
        Self { db, email: Some(transport) }
    }

    /// Whether e-mails can leave.
    pub fn has_email(&self) -> bool {
        self.email.is_some()
    }
}
