//! Who is calling, as an extractor.

use std::future::Future;
use std::pin::Pin;

use axum::extract::{FromRef, FromRequestParts};
use careloop_db::Db;
use careloop_kernel::{Ctx, Env, Permission, Result};
use http::request::Parts;
use http::{HeaderMap, Method, header};

use crate::{ApiError, App};

/// The name of the session cookie.
pub const SESSION_COOKIE: &str = "careloop_session";

/// What a request brings to prove who sends it.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The session token of the cookie.
    pub session: Option<String>,
    /// The `X-CSRF-Token` header.
    pub csrf: Option<String>,
    /// Whether the request may change something, and so needs the CSRF token.
    pub writes: bool,
}

impl Credentials {
    /// Reads the cookie and the header.
    pub fn of(method: &Method, headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let session = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .find(|(name, _)| *name == SESSION_COOKIE)
            .map(|(_, value)| value.to_owned());
        Self { session, csrf: text("x-csrf-token"), writes: !method.is_safe() }
    }
}

/// Finds out who is calling; implemented by `careloop_access`.
pub trait Authenticator: Send + Sync {
    /// The caller's context, or `access.unauthenticated`.
    fn authenticate<'a>(
        &'a self,
        db: &'a Db,
        env: &'a Env,
        credentials: Credentials,
    ) -> Pin<Box<dyn Future<Output = Result<Ctx>> + Send + 'a>>;
}

/// A caller who holds permission `P`: 401 for strangers, 403 for those whose role lacks it.
#[derive(Debug)]
pub struct Auth<P>(pub Ctx<P>);

impl<S, P> FromRequestParts<S> for Auth<P>
where
    App: FromRef<S>,
    S: Send + Sync,
    P: Permission,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> std::result::Result<Self, ApiError> {
        let app = App::from_ref(state);
        let credentials = Credentials::of(&parts.method, &parts.headers);
        let ctx = app.authenticator.authenticate(&app.db, &app.env, credentials).await?;
        Ok(Self(ctx.require::<P>()?))
    }
}
