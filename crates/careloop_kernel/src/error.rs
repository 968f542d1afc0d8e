//! One error for every use case; it knows nothing of HTTP or SQL.

use std::error::Error as StdError;
use std::fmt;

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of failure it is; `careloop_http` maps each kind to one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The input is wrong and will stay wrong.
    Invalid,
    /// Nobody is logged in.
    Unauthenticated,
    /// The caller is known and may not do this.
    Forbidden,
    /// The thing does not exist, or lies outside the caller's scope.
    NotFound,
    /// The input contradicts what is stored.
    Conflict,
    /// Too many requests; try later.
    RateLimited,
    /// A dependency is away; try later.
    Unavailable,
    /// A defect or an unexpected failure.
    Internal,
}

/// One field of the input that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's JSON name.
    pub field: String,
    /// What is wrong with it, for people.
    pub message: String,
}

/// A failure with a stable `code` that screens and scripts switch on.
///
/// `message` is safe to show; `source` never leaves the log.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    code: &'static str,
    message: String,
    fields: Vec<FieldError>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of the given kind. `code` is dotted and stable, such as `people.already_merged`.
    pub fn new(kind: ErrorKind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into(), fields: Vec::new(), source: None }
    }

    /// Wrong input.
    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, code, message)
    }

    /// Absent, or outside the caller's scope.
    pub fn not_found(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, code, message)
    }

    /// Contradicts what is stored.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, code, message)
    }

    /// Known caller without the right.
    pub fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Forbidden, code, message)
    }

    /// A defect; the source goes to the log, the client sees a general sentence.
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(
            ErrorKind::Internal,
            "internal",
            "something went wrong on our side; try again, and tell the person who runs Careloop if it stays",
        )
        .with_source(source)
    }

    /// Adds the cause, for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Names a wrong field.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.fields.push(FieldError { field: field.into(), message: message.into() });
        self
    }

    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The sentence for people.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The wrong fields, if the input had any.
    pub fn fields(&self) -> &[FieldError] {
        &self.fields
    }

    /// Its causes, outermost first, as one line for the log; empty if there are none.
    pub fn causes(&self) -> String {
        let mut causes = Vec::new();
        let mut next = StdError::source(self);
        while let Some(source) = next {
            causes.push(source.to_string());
            next = source.source();
        }
        causes.join("; ")
    }

    /// Whether the same call may work later.
    pub fn is_retryable(&self) -> bool {
        match self.kind {
            ErrorKind::RateLimited | ErrorKind::Unavailable => true,
            ErrorKind::Invalid
            | ErrorKind::Unauthenticated
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::Internal => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
