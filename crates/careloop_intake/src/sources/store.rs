//! The SQL of sources and of refused events.

use careloop_db::{
    ConnectionTrait, FromQueryResult, Value, all, conflict, execute, in_list, optional, placeholders, run,
};
use careloop_kernel::ids::{RejectId, SourceId};
use careloop_kernel::{Error, Result};

use crate::model::Source;

const COLUMNS: &str = "ord, id, name, kind, strict, created_at, last_seen_at, disabled_at";

#[derive(FromQueryResult)]
struct SourceRow {
    ord: i64,
    id: String,
    name: String,
    kind: String,
    strict: bool,
    created_at: i64,
    last_seen_at: Option<i64>,
    disabled_at: Option<i64>,
}

impl TryFrom<SourceRow> for Source {
    type Error = Error;
    fn try_from(row: SourceRow) -> Result<Self> {
        Ok(Self {
            ord: row.ord,
            id: row.id.parse().map_err(Error::internal)?,
            name: row.name,
            kind: row.kind.parse().map_err(Error::internal)?,
            strict: row.strict,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            disabled_at: row.disabled_at,
        })
    }
}

pub(crate) async fn insert(tx: &impl ConnectionTrait, source: &Source, key_hash: Option<[u8; 32]>) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Ord {
        ord: i64,
    }
    let sql = "INSERT INTO sources (id, name, kind, strict, write_key_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)
               RETURNING ord";
    let values: [Value; 6] = [
        source.id.to_string().into(),
        source.name.as_str().into(),
        source.kind.as_str().into(),
        source.strict.into(),
        key_hash.map(|hash| hash.to_vec()).into(),
        source.created_at.into(),
    ];
    let row: Result<Ord> = careloop_db::one(tx, sql, values).await;
    row.map(|row| row.ord).map_err(taken)
}

fn taken(error: Error) -> Error {
    conflict(error, "sources.name_taken", "there is a source of this name; choose another name")
}

pub(crate) async fn list(connection: &impl ConnectionTrait) -> Result<Vec<Source>> {
    let sql = format!("SELECT {COLUMNS} FROM sources ORDER BY ord");
    all::<SourceRow>(connection, &sql, []).await?.into_iter().map(Source::try_from).collect()
}

pub(crate) async fn find(connection: &impl ConnectionTrait, id: SourceId) -> Result<Option<Source>> {
    let sql = format!("SELECT {COLUMNS} FROM sources WHERE id = $1");
    optional::<SourceRow>(connection, &sql, [id.to_string().into()]).await?.map(Source::try_from).transpose()
}

/// The source whose write key has this hash.
pub(crate) async fn by_key_hash(connection: &impl ConnectionTrait, hash: [u8; 32]) -> Result<Option<Source>> {
    let sql = format!("SELECT {COLUMNS} FROM sources WHERE write_key_hash = $1");
    optional::<SourceRow>(connection, &sql, [hash.to_vec().into()]).await?.map(Source::try_from).transpose()
}

pub(crate) async fn update(tx: &impl ConnectionTrait, source: &Source) -> Result<()> {
    let sql = "UPDATE sources SET name = $1, strict = $2, disabled_at = $3 WHERE ord = $4";
    let values = [source.name.as_str().into(), source.strict.into(), source.disabled_at.into(), source.ord.into()];
    run(tx, sql, values).await.map_err(taken)
}

pub(crate) async fn update_key(tx: &impl ConnectionTrait, ord: i64, hash: [u8; 32]) -> Result<()> {
    run(tx, "UPDATE sources SET write_key_hash = $1 WHERE ord = $2", [hash.to_vec().into(), ord.into()]).await
}

/// Notes that these sources were heard of now.
pub(crate) async fn touch(tx: &impl ConnectionTrait, sources: &[i64], now: i64) -> Result<()> {
    let sql = format!("UPDATE sources SET last_seen_at = $1 WHERE ord IN ({})", in_list(sources.iter().copied()));
    run(tx, &sql, [now.into()]).await
}

#[derive(FromQueryResult)]
pub(crate) struct CountRow {
    pub(crate) source: i64,
    pub(crate) count: i64,
}

/// How many records each source has; the unique index of source and key answers.
pub(crate) async fn record_counts(connection: &impl ConnectionTrait) -> Result<Vec<CountRow>> {
    all(connection, "SELECT source, COUNT(*) AS count FROM records GROUP BY source", []).await
}

/// A refused event that is to be kept.
#[derive(Debug, Clone)]
pub(crate) struct NewReject {
    pub(crate) id: RejectId,
    pub(crate) source: i64,
    pub(crate) received_at: i64,
    pub(crate) code: &'static str,
    pub(crate) reason: String,
    pub(crate) message_id: Option<String>,
    pub(crate) salt: [u8; 16],
    pub(crate) sealed: Vec<u8>,
}

/// Keeps refused events. The id is made of the body, so what a client sends again is kept once.
pub(crate) async fn insert_rejects(tx: &impl ConnectionTrait, rejects: &[NewReject]) -> Result<u64> {
    let mut inserted = 0;
    for chunk in rejects.chunks(200) {
        let sql = format!(
            "INSERT INTO event_rejects (id, source, received_at, code, reason, message_id, salt, sealed) VALUES {}
             ON CONFLICT (id) DO NOTHING",
            placeholders(chunk.len(), 8)
        );
        let values = chunk.iter().flat_map(|reject| -> [Value; 8] {
            [
                reject.id.to_string().into(),
                reject.source.into(),
                reject.received_at.into(),
                reject.code.into(),
                reject.reason.as_str().into(),
                reject.message_id.as_deref().into(),
                reject.salt.to_vec().into(),
                reject.sealed.clone().into(),
            ]
        });
        inserted += execute(tx, &sql, values).await?;
    }
    Ok(inserted)
}

/// A refused event as stored.
#[derive(FromQueryResult)]
pub(crate) struct RejectRow {
    pub(crate) ord: i64,
    pub(crate) id: String,
    pub(crate) source_id: String,
    pub(crate) source_name: String,
    pub(crate) received_at: i64,
    pub(crate) code: String,
    pub(crate) reason: String,
    pub(crate) message_id: Option<String>,
    pub(crate) salt: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
}

/// Refused events of one source or of all, newest first, before `before`.
pub(crate) async fn rejects(
    connection: &impl ConnectionTrait,
    source: Option<i64>,
    before: i64,
    limit: i64,
) -> Result<Vec<RejectRow>> {
    let only = source.map(|source| format!("AND j.source = {source}")).unwrap_or_default();
    let sql = format!(
        "SELECT j.ord, j.id, s.id AS source_id, s.name AS source_name, j.received_at, j.code, j.reason, j.message_id,
         j.salt, j.sealed FROM event_rejects j JOIN sources s ON s.ord = j.source
         WHERE j.ord < $1 {only} ORDER BY j.ord DESC LIMIT $2"
    );
    all(connection, &sql, [before.into(), limit.into()]).await
}
