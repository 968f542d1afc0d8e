//! A client that calls a router directly, as a browser would through HTTP.

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;

/// An answer of the router.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }
}

/// Talks to a router, with the cookie and CSRF token of a session once [`Client::log_in`] was called.
#[derive(Debug, Clone)]
pub struct Client {
    router: Router,
    cookie: Option<String>,
    csrf: Option<String>,
}

impl Client {
    /// A stranger.
    pub fn new(router: Router) -> Self {
        Self { router, cookie: None, csrf: None }
    }

    /// Logs in and keeps the session.
    pub async fn log_in(&mut self, login: &str, password: &str) -> Answer {
        let answer = self.post("/api/session", &serde_json::json!({ "login": login, "password": password })).await;
        let cookie = answer.headers.get(header::SET_COOKIE).and_then(|value| value.to_str().ok());
        self.cookie = cookie.and_then(|text| text.split(';').next()).map(str::to_owned);
        self.csrf = answer.json()["csrf"].as_str().map(str::to_owned);
        answer
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Any method, with or without a JSON body.
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(csrf) = &self.csrf {
            request = request.header("x-csrf-token", csrf);
        }
        let request = match body {
            Some(json) => request.header(header::CONTENT_TYPE, "application/json").body(Body::from(json.to_string())),
            None => request.body(Body::empty()),
        };
        self.call(request.expect("a well-formed request")).await
    }

    /// A request made by hand.
    pub async fn call(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("a router always answers");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.expect("the body ends");
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
}
