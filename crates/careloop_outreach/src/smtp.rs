//! E-mail by SMTP.
//!
//! The conversation is held step by step, because it matters where it breaks: before the text was handed over the
//! e-mail surely did not leave; after that only the server's answer tells, and without one nobody knows.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use careloop_kernel::{Error, Result};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use serde::Deserialize;

use crate::channel::{Delivery, Mail, Transport};
use crate::model::Reason;

type SmtpResult<T> = std::result::Result<T, lettre::transport::smtp::Error>;

const CONNECT: Duration = Duration::from_secs(15);
const TALK: Duration = Duration::from_secs(30);
const HAND_OVER: Duration = Duration::from_secs(60);

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpTls {
    /// From the first byte, usually port 465.
    Wrapper,
    /// After STARTTLS, usually port 587; a server without it is refused.
    #[default]
    Starttls,
    /// Not at all: only for a server on the same machine.
    None,
}

/// The mail server, `[smtp]` in `careloop.toml`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    /// The server's name.
    pub host: String,
    /// Its port; 465, 587 or 25 by `tls` if absent.
    pub port: Option<u16>,
    /// Whom to log in as.
    pub user: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// The sender, `Name <name@example.com>`.
    pub from: String,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: SmtpTls,
}

impl fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

/// Sends through one mail server.
pub struct SmtpTransport {
    host: String,
    port: u16,
    tls: SmtpTls,
    from: Mailbox,
    credentials: Option<Credentials>,
    hello: ClientId,
}

impl fmt::Debug for SmtpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpTransport").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl SmtpTransport {
    /// Checks the configuration; the server is not asked yet.
    pub fn new(config: SmtpConfig) -> Result<Self> {
        let from: Mailbox = config.from.parse().map_err(|_| {
            Error::invalid("outreach.smtp_from", "`smtp.from` is no sender; write it like `Clinic <care@example.com>`")
        })?;
        let credentials = match (config.user, config.password) {
            (Some(user), Some(password)) => Some(Credentials::new(user, password)),
            (None, None) => None,
            _ => {
                return Err(Error::invalid(
                    "outreach.smtp_login",
                    "`smtp.user` and `smtp.password` belong together; set both or none",
                ));
            }
        };
        if credentials.is_some()
            && config.tls == SmtpTls::None
            && !["localhost", "127.0.0.1", "::1"].contains(&config.host.as_str())
        {
            let message = "a password would cross the network in the clear; set `smtp.tls` to starttls or wrapper";
            return Err(Error::invalid("outreach.smtp_tls", message));
        }
        let port = config.port.unwrap_or(match config.tls {
            SmtpTls::Wrapper => 465,
            SmtpTls::Starttls => 587,
            SmtpTls::None => 25,
        });
        let hello = ClientId::Domain(from.email.domain().to_owned());
        Ok(Self { host: config.host, port, tls: config.tls, from, credentials, hello })
    }

    /// Greets the server and logs in, as before an e-mail, and sends none.
    pub async fn check(&self) -> Result<()> {
        let unreachable = "the mail server does not answer or refuses the login; check [smtp] in careloop.toml";
        let failed = || Error::new(careloop_kernel::ErrorKind::Unavailable, "outreach.smtp_unreachable", unreachable);
        match tokio::time::timeout(TALK, self.connect()).await {
            Ok(Ok(mut connection)) => {
                drop(tokio::time::timeout(Duration::from_secs(2), connection.quit()).await);
                Ok(())
            }
            Ok(Err(error)) => Err(failed().with_source(error)),
            Err(elapsed) => Err(failed().with_source(elapsed)),
        }
    }

    fn compose(&self, mail: &Mail) -> std::result::Result<Message, Box<dyn std::error::Error>> {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(mail.at.as_second().try_into()?);
        let message = Message::builder()
            .message_id(Some(format!("<{}@{}>", mail.intent, self.from.email.domain())))
            .date(at)
            .from(self.from.clone())
            .to(Mailbox::new(None, mail.to.parse()?))
            .subject(mail.subject.as_str())
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body.clone())?;
        Ok(message)
    }

    /// Greets and logs in. What fails here says nothing about the e-mail.
    async fn connect(&self) -> SmtpResult<AsyncSmtpConnection> {
        let tls = match self.tls {
            SmtpTls::None => None,
            SmtpTls::Starttls | SmtpTls::Wrapper => Some(TlsParameters::new(self.host.clone())?),
        };
        let wrapper = tls.clone().filter(|_| self.tls == SmtpTls::Wrapper);
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT), &self.hello, wrapper, None).await?;
        if let Some(tls) = tls.filter(|_| self.tls == SmtpTls::Starttls) {
            connection.starttls(tls, &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await?;
        }
        connection.command(MailFrom::new(Some(self.from.email.clone()), Vec::new())).await?;
        Ok(connection)
    }

    /// Everything before the text is handed over: whatever fails here, the e-mail did not leave.
    async fn open(&self, mail: &Mail, message: &Message) -> std::result::Result<AsyncSmtpConnection, Delivery> {
        let mut connection = self.connect().await.map_err(|error| not_yet(mail, &error))?;
        let judge = |error: lettre::transport::smtp::Error| {
            if error.is_permanent() { refused(mail, &error) } else { not_yet(mail, &error) }
        };
        for to in message.envelope().to() {
            connection.command(Rcpt::new(to.clone(), Vec::new())).await.map_err(judge)?;
        }
        connection.command(Data).await.map_err(judge)?;
        Ok(connection)
    }

    async fn send(&self, mail: &Mail) -> Delivery {
        let Ok(message) = self.compose(mail) else {
            tracing::warn!(intent.id = %mail.intent, "an e-mail cannot be composed");
            return Delivery::Refused(Reason::Unsendable);
        };
        let mut connection = match tokio::time::timeout(TALK, self.open(mail, &message)).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(delivery)) => return delivery,
            Err(_) => return Delivery::NotYet(Reason::ServerBusy),
        };
        let answer = tokio::time::timeout(HAND_OVER, connection.message(&message.formatted())).await;
        let delivery = judge(mail, answer.ok());
        if delivery == Delivery::Sent {
            // It has left whatever the server thinks of our goodbye.
            drop(tokio::time::timeout(Duration::from_secs(2), connection.quit()).await);
        }
        delivery
    }
}

/// What the answer to the text means; no answer means that nobody knows.
fn judge(mail: &Mail, answer: Option<SmtpResult<Response>>) -> Delivery {
    match answer {
        Some(Ok(_)) => Delivery::Sent,
        Some(Err(error)) if error.is_permanent() => refused(mail, &error),
        Some(Err(error)) if error.is_transient() => not_yet(mail, &error),
        Some(Err(_)) | None => Delivery::Unknown(Reason::ConnectionLost),
    }
}

/// A server's answer may quote the address, so the log gets the status alone.
fn refused(mail: &Mail, error: &lettre::transport::smtp::Error) -> Delivery {
    let status = error.status().map(|code| code.to_string()).unwrap_or_default();
    tracing::warn!(intent.id = %mail.intent, smtp.status = status, "the mail server refused an e-mail");
    Delivery::Refused(Reason::ServerRefused)
}

fn not_yet(mail: &Mail, error: &lettre::transport::smtp::Error) -> Delivery {
    let status = error.status().map(|code| code.to_string()).unwrap_or_default();
    tracing::info!(intent.id = %mail.intent, smtp.status = status, "the mail server did not take an e-mail; it is tried again");
    Delivery::NotYet(Reason::ServerBusy)
}

impl Transport for SmtpTransport {
    fn deliver<'a>(&'a self, mail: &'a Mail) -> Pin<Box<dyn Future<Output = Delivery> + Send + 'a>> {
        Box::pin(self.send(mail))
    }
}
