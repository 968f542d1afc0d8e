//! Imports and their position.

use careloop_db::{ConnectionTrait, FromQueryResult, all, execute, one, optional};
use careloop_kernel::ids::{ImportId, UploadId};
use careloop_kernel::{Ctx, Error, Page, PageRequest, Result};
use jiff::Timestamp;

use crate::files::map::Map;
use crate::files::model::{Import, ImportFailure, ImportState, Progress, Warning};

#[derive(FromQueryResult)]
struct ImportRow {
    ord: i64,
    id: String,
    source: i64,
    source_id: String,
    source_name: String,
    upload: Option<String>,
    file_name: String,
    map: String,
    columns: String,
    digest: Vec<u8>,
    state: String,
    rows_total: Option<i64>,
    position: i64,
    inserted: i64,
    updated: i64,
    unchanged: i64,
    rejected: i64,
    warned: i64,
    warnings: String,
    error_code: Option<String>,
    error: Option<String>,
    cancel_requested: bool,
    run: String,
    created_at: i64,
    started_at: Option<i64>,
    finished_at: Option<i64>,
}

const SELECT: &str =
    "SELECT i.ord, i.id, i.source, s.id AS source_id, s.name AS source_name, i.upload, i.file_name, i.map,
    i.columns, i.digest, i.state, i.rows_total, i.position, i.inserted, i.updated, i.unchanged, i.rejected, i.warned,
    i.warnings, i.error_code, i.error, i.cancel_requested, i.run, i.created_at, i.started_at, i.finished_at
    FROM imports i JOIN sources s ON s.ord = i.source";

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn instant(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(Error::internal)
}

impl TryFrom<ImportRow> for Import {
    type Error = Error;
    fn try_from(row: ImportRow) -> Result<Self> {
        let map = serde_json::from_str(&row.map).map_err(Error::internal)?;
        let failure = |(code, message)| ImportFailure { code, message };
        Ok(Self {
            id: row.id.parse()?,
            ord: row.ord,
            source: row.source,
            source_id: row.source_id,
            source_name: row.source_name,
            upload: row.upload.as_deref().map(str::parse).transpose()?,
            file_name: row.file_name,
            map: Map::from_json(&map)?,
            columns: serde_json::from_str(&row.columns).map_err(Error::internal)?,
            digest: row.digest,
            state: ImportState::from_name(&row.state)?,
            progress: Progress {
                rows_total: row.rows_total.map(count),
                rows_read: count(row.position),
                inserted: count(row.inserted),
                updated: count(row.updated),
                unchanged: count(row.unchanged),
                rejected: count(row.rejected),
                warned: count(row.warned),
            },
            warnings: serde_json::from_str(&row.warnings).map_err(Error::internal)?,
            error: row.error_code.zip(row.error).map(failure),
            cancel_requested: row.cancel_requested,
            run: row.run,
            created_at: instant(row.created_at)?,
            started_at: row.started_at.map(instant).transpose()?,
            finished_at: row.finished_at.map(instant).transpose()?,
        })
    }
}

/// What is known of an import when it is asked for.
pub(in crate::files) struct NewImport<'a> {
    pub source: i64,
    pub upload: Option<UploadId>,
    pub file_name: &'a str,
    pub map: &'a Map,
    pub columns: &'a [String],
    pub digest: [u8; 32],
    /// The run of the command line that does it; empty for an upload.
    pub run: &'a str,
}

/// How long a run is believed to be alive after it last said so, in microseconds.
const TERM_US: i64 = 30_000_000;

fn alive_until<P>(ctx: &Ctx<P>, run: &str) -> i64 {
    if run.is_empty() { 0 } else { ctx.now_us() + TERM_US }
}

pub(in crate::files) async fn insert<P>(
    connection: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    new: &NewImport<'_>,
) -> Result<ImportId> {
    let id: ImportId = ctx.new_id();
    let sql =
        "INSERT INTO imports (id, source, upload, file_name, kind, map, columns, digest, state, position, inserted,
        updated, unchanged, rejected, warned, warnings, cancel_requested, run, alive_until, salt, actor, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', 0, 0, 0, 0, 0, 0, '[]', FALSE, $9, $10, $11, $12, $13)";
    let values = [
        id.to_string().into(),
        new.source.into(),
        new.upload.map(|upload| upload.to_string()).into(),
        new.file_name.into(),
        new.map.kind().into(),
        new.map.to_json().into(),
        serde_json::to_string(new.columns).map_err(Error::internal)?.into(),
        new.digest.to_vec().into(),
        new.run.into(),
        alive_until(ctx, new.run).into(),
        ctx.random::<16>().to_vec().into(),
        ctx.actor().label().into(),
        ctx.now_us().into(),
    ];
    execute(connection, sql, values).await?;
    Ok(id)
}

pub(in crate::files) async fn find(connection: &impl ConnectionTrait, id: ImportId) -> Result<Option<Import>> {
    let sql = format!("{SELECT} WHERE i.id = $1");
    let row: Option<ImportRow> = optional(connection, &sql, [id.to_string().into()]).await?;
    row.map(Import::try_from).transpose()
}

/// Uploaded files' imports that wait, or that were running when their process died; the oldest first.
pub(in crate::files) async fn list_open(connection: &impl ConnectionTrait) -> Result<Vec<Import>> {
    let sql =
        format!("{SELECT} WHERE i.state IN ('waiting', 'running') AND i.upload IS NOT NULL ORDER BY i.ord LIMIT 20");
    let rows: Vec<ImportRow> = all(connection, &sql, []).await?;
    rows.into_iter().map(Import::try_from).collect()
}

/// The last import of the same file with the same map into the same source that broke off and can go on.
pub(in crate::files) async fn find_broken_off(
    connection: &impl ConnectionTrait,
    new: &NewImport<'_>,
) -> Result<Option<Import>> {
    let sql = format!(
        "{SELECT} WHERE i.state IN ('waiting', 'running', 'failed') AND i.upload IS NULL
         AND i.source = $1 AND i.digest = $2 AND i.map = $3 ORDER BY i.ord DESC LIMIT 1"
    );
    let values = [new.source.into(), new.digest.to_vec().into(), new.map.to_json().into()];
    let row: Option<ImportRow> = optional(connection, &sql, values).await?;
    row.map(Import::try_from).transpose()
}

/// Hands a broken-off import to another run, whoever had it before: a batch that run still writes is not committed. False
/// if it has ended meanwhile.
pub(in crate::files) async fn claim<P>(
    connection: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    import: i64,
    run: &str,
) -> Result<bool> {
    let sql = "UPDATE imports SET run = $1, alive_until = $2
        WHERE ord = $3 AND state IN ('waiting', 'running', 'failed') AND upload IS NULL";
    Ok(execute(connection, sql, [run.into(), alive_until(ctx, run).into(), import.into()]).await? == 1)
}

/// Says that the import's run is alive.
pub(in crate::files) async fn beat<P>(connection: &impl ConnectionTrait, ctx: &Ctx<P>, import: &Import) -> Result<()> {
    let sql = "UPDATE imports SET alive_until = $1 WHERE ord = $2 AND run = $3";
    let values = [alive_until(ctx, &import.run).into(), import.ord.into(), import.run.as_str().into()];
    execute(connection, sql, values).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct CountRow {
    number: i64,
}

/// How many imports of the command line are open although their run is no longer alive.
pub(in crate::files) async fn count_abandoned(connection: &impl ConnectionTrait, now: i64) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS number FROM imports
        WHERE state IN ('waiting', 'running') AND upload IS NULL AND alive_until < $1";
    Ok(one::<CountRow>(connection, sql, [now.into()]).await?.number)
}

/// Ends the imports that [`count_abandoned`] counts.
pub(in crate::files) async fn fail_abandoned(
    connection: &impl ConnectionTrait,
    now: i64,
    failure: &ImportFailure,
) -> Result<u64> {
    let sql = "UPDATE imports SET state = 'failed', error_code = $2, error = $3, finished_at = $1
        WHERE state IN ('waiting', 'running') AND upload IS NULL AND alive_until < $1";
    execute(connection, sql, [now.into(), failure.code.as_str().into(), failure.message.as_str().into()]).await
}

pub(in crate::files) async fn list(connection: &impl ConnectionTrait, request: &PageRequest) -> Result<Page<Import>> {
    let before = request.numbers::<1>()?.map_or(i64::MAX, |[ord]| ord);
    let sql = format!("{SELECT} WHERE i.ord < $1 ORDER BY i.ord DESC LIMIT $2");
    let limit = i64::from(request.limit) + 1;
    let rows: Vec<ImportRow> = all(connection, &sql, [before.into(), limit.into()]).await?;
    let imports = rows.into_iter().map(Import::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(imports, request, |import| vec![import.ord]))
}

/// Marks an import as running; false if it has ended meanwhile or belongs to another run.
pub(in crate::files) async fn begin<P>(
    connection: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    import: &Import,
    rows_total: u64,
) -> Result<bool> {
    let sql = "UPDATE imports SET state = 'running', rows_total = $1, started_at = COALESCE(started_at, $2),
        error_code = NULL, error = NULL, finished_at = NULL
        WHERE ord = $3 AND run = $4 AND state IN ('waiting', 'running', 'failed')";
    let total = i64::try_from(rows_total).unwrap_or(i64::MAX);
    let values = [total.into(), ctx.now_us().into(), import.ord.into(), import.run.as_str().into()];
    Ok(execute(connection, sql, values).await? == 1)
}

#[derive(FromQueryResult)]
struct CancelRow {
    cancel_requested: bool,
}

/// Begins the transaction of a batch: locks the import; false if it is not where this runner left it, for then another
/// one has taken it over.
pub(in crate::files) async fn hold(tx: &impl ConnectionTrait, import: &Import) -> Result<bool> {
    let sql =
        "UPDATE imports SET position = position WHERE ord = $1 AND position = $2 AND run = $3 AND state = 'running'";
    let from = i64::try_from(import.progress.rows_read).unwrap_or(i64::MAX);
    Ok(execute(tx, sql, [import.ord.into(), from.into(), import.run.as_str().into()]).await? == 1)
}

/// Moves the import on at the end of a batch; tells whether somebody asked to stop. Nothing if it was not held.
pub(in crate::files) async fn advance(
    tx: &impl ConnectionTrait,
    import: &Import,
    to: &Progress,
    warnings: &[Warning],
) -> Result<Option<bool>> {
    let sql =
        "UPDATE imports SET position = $1, inserted = $2, updated = $3, unchanged = $4, rejected = $5, warned = $6,
        warnings = $7 WHERE ord = $8 AND position = $9 AND state = 'running' RETURNING cancel_requested";
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX).into();
    let values = [
        number(to.rows_read),
        number(to.inserted),
        number(to.updated),
        number(to.unchanged),
        number(to.rejected),
        number(to.warned),
        serde_json::to_string(warnings).map_err(Error::internal)?.into(),
        import.ord.into(),
        number(import.progress.rows_read),
    ];
    let row: Option<CancelRow> = optional(tx, sql, values).await?;
    Ok(row.map(|row| row.cancel_requested))
}

/// Ends an import that has not ended and belongs to no other run.
pub(in crate::files) async fn end<P>(
    connection: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    import: &Import,
    state: ImportState,
    failure: Option<&ImportFailure>,
) -> Result<bool> {
    let sql = "UPDATE imports SET state = $1, error_code = $2, error = $3, finished_at = $4
        WHERE ord = $5 AND run = $6 AND state IN ('waiting', 'running')";
    let values = [
        state.as_str().into(),
        failure.map(|failure| failure.code.as_str()).into(),
        failure.map(|failure| failure.message.as_str()).into(),
        ctx.now_us().into(),
        import.ord.into(),
        import.run.as_str().into(),
    ];
    Ok(execute(connection, sql, values).await? == 1)
}

/// Asks a running import to stop after its batch.
pub(in crate::files) async fn request_cancel(connection: &impl ConnectionTrait, import: i64) -> Result<bool> {
    let sql = "UPDATE imports SET cancel_requested = TRUE WHERE ord = $1 AND state = 'running'";
    Ok(execute(connection, sql, [import.into()]).await? == 1)
}

/// Puts an import that failed or was cancelled back to waiting.
pub(in crate::files) async fn reopen(connection: &impl ConnectionTrait, import: i64) -> Result<bool> {
    let sql = "UPDATE imports SET state = 'waiting', cancel_requested = FALSE, error_code = NULL, error = NULL,
        finished_at = NULL WHERE ord = $1 AND state IN ('failed', 'cancelled')";
    Ok(execute(connection, sql, [import.into()]).await? == 1)
}
