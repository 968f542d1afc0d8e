//! An installation with one http source, and a client that talks to it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use careloop_db::Db;
use careloop_events::{Position, StoredEvent, read_after};
use careloop_http::{App, Authenticator, Credentials, Wake};
use careloop_intake::sources::{self, NewSource, Source, SourceKind, WriteKey};
use careloop_intake::tracking::{self, Tracking};
use careloop_kernel::{Ctx, Env, Result};
use careloop_testkit::{Answer, Client, TestDb};
use http::{Method, Request};
use serde_json::Value;

/// Lets everybody in as the program itself.
struct Anybody;

impl Authenticator for Anybody {
    fn authenticate<'a>(
        &'a self,
        _db: &'a Db,
        env: &'a Env,
        _credentials: Credentials,
    ) -> Pin<Box<dyn Future<Output = Result<Ctx>> + Send + 'a>> {
        Box::pin(async move { Ok(Ctx::system(env.clone(), "test")) })
    }
}

pub struct World {
    pub test: TestDb,
    pub source: Source,
    pub key: WriteKey,
    pub client: Client,
    pub _app: App,
}

impl World {
    pub async fn new(test: TestDb) -> Self {
        Self::with(test, false).await
    }

    pub async fn with(test: TestDb, strict: bool) -> Self {
        let (source, key) = http_source(&test, "web", strict).await;
        let app = App {
            db: test.db.clone(),
            env: test.ctx.env().clone(),
            authenticator: Arc::new(Anybody),
            wake: Wake::default(),
            data_dir: test.folder.path().to_owned(),
        };
        let tracking = Tracking::start(&app);
        let api = axum::Router::from(careloop_intake::routes::router());
        let router = api.merge(tracking::router(&tracking)).with_state(app.clone());
        Self { test, source, key, client: Client::new(router), _app: app }
    }

    /// Sends JSON to a path, the key as Basic user.
    pub async fn send(&self, path: &str, body: &Value) -> Answer {
        self.post(path, &[("content-type", "application/json")], body.to_string().into_bytes()).await
    }

    /// Sends bytes with headers, the key as Basic user.
    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let basic = basic(self.key.reveal());
        let mut all = vec![("authorization", basic.as_str())];
        all.extend_from_slice(headers);
        self.raw(path, &all, body).await
    }

    /// Sends bytes with these headers and no others.
    pub async fn raw(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(Method::POST).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.client.call(request.body(Body::from(body)).unwrap()).await
    }

    /// The log, once it has so many events. PostgreSQL shows an event when every older transaction of the cluster has
    /// ended, other tests' too; a test that waits in vain is ended by the runner.
    pub async fn events(&self, count: usize) -> Vec<StoredEvent> {
        loop {
            let events = read_after(&self.test.db, Position::default(), 100_000).await.unwrap();
            if events.len() >= count {
                return events;
            }
        }
    }

    /// The keys of all records, in order.
    pub async fn keys(&self) -> Vec<String> {
        #[derive(careloop_db::FromQueryResult)]
        struct Row {
            source_key: String,
        }
        let sql = "SELECT source_key FROM records ORDER BY source_key";
        let rows: Vec<Row> = careloop_db::all(self.test.db.read(), sql, []).await.unwrap();
        rows.into_iter().map(|row| row.source_key).collect()
    }

    /// Code and message id of what was refused, newest first.
    pub async fn rejects(&self) -> Vec<(String, Option<String>)> {
        let answer = self.client.get("/api/event-rejects?limit=200").await.json();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let items = answer["items"].as_array().unwrap();
        items.iter().map(|item| (text(&item["code"]).unwrap(), text(&item["message_id"]))).collect()
    }
}

pub async fn http_source(test: &TestDb, name: &str, strict: bool) -> (Source, WriteKey) {
    let new = NewSource { name: name.to_owned(), kind: SourceKind::Http, strict };
    let created = sources::create(&test.db, &test.ctx.require().unwrap(), new).await.unwrap();
    (created.source, created.write_key.unwrap())
}

pub fn basic(key: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{key}:")))
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
