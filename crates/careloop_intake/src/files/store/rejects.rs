//! Rows that imports refused. What the row said is sealed; the reason is not, for it names no cell's text.

use careloop_db::{ConnectionTrait, Engine, FromQueryResult, Value, all, execute, one, placeholders};
use careloop_kernel::{Ctx, Error, Result, Seal};

use crate::files::model::Reject;

const CONTEXT: &str = "import_reject";
const COLUMNS: usize = 6;
/// Well below the number of values that either engine takes in one statement.
const ROWS: usize = 500;

#[derive(FromQueryResult)]
struct RejectRow {
    line: i64,
    column_name: String,
    code: String,
    reason: String,
    sealed: Vec<u8>,
}

/// The rejects of one import, and the key they lie under.
#[derive(Debug, Clone, Copy)]
pub(in crate::files) struct Shelf {
    import: i64,
    seal: Seal,
}

#[derive(FromQueryResult)]
struct SaltRow {
    salt: Vec<u8>,
}

pub(in crate::files) async fn shelf(connection: &impl ConnectionTrait, import: i64) -> Result<Shelf> {
    let row: SaltRow = one(connection, "SELECT salt FROM imports WHERE ord = $1", [import.into()]).await?;
    Ok(Shelf { import, seal: Seal::from_slice(&row.salt)? })
}

pub(in crate::files) async fn insert<P>(
    tx: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    shelf: Shelf,
    rejects: &[Reject],
) -> Result<()> {
    for chunk in rejects.chunks(ROWS) {
        let mut values: Vec<Value> = Vec::with_capacity(chunk.len() * COLUMNS);
        for reject in chunk {
            let plain = serde_json::to_vec(&reject.cells).map_err(Error::internal)?;
            let sealed = ctx.vault().seal(shelf.seal, ctx.random(), CONTEXT, &plain)?;
            values.extend([
                shelf.import.into(),
                i64::try_from(reject.line).unwrap_or(i64::MAX).into(),
                reject.column.as_str().into(),
                reject.code.as_str().into(),
                reject.reason.as_str().into(),
                sealed.into(),
            ]);
        }
        let rows = match Engine::from(tx.get_database_backend()) {
            // SQLite searches a list of names for every `$1`, which is slow for thousands; `?` has no name.
            Engine::Sqlite => vec!["(?, ?, ?, ?, ?, ?)"; chunk.len()].join(", "),
            Engine::Postgres => placeholders(chunk.len(), COLUMNS),
        };
        let sql = format!("INSERT INTO import_rejects (import, line, column_name, code, reason, sealed) VALUES {rows}");
        execute(tx, &sql, values).await?;
    }
    Ok(())
}

/// The next rejects after a line.
pub(in crate::files) async fn list_after<P>(
    connection: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    shelf: Shelf,
    after: u64,
    limit: u32,
) -> Result<Vec<Reject>> {
    let sql = "SELECT line, column_name, code, reason, sealed FROM import_rejects
        WHERE import = $1 AND line > $2 ORDER BY line LIMIT $3";
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let rows: Vec<RejectRow> =
        all(connection, sql, [shelf.import.into(), after.into(), i64::from(limit).into()]).await?;
    rows.into_iter()
        .map(|row| {
            let plain = ctx.vault().open(shelf.seal, CONTEXT, &row.sealed)?;
            Ok(Reject {
                line: u64::try_from(row.line).unwrap_or(0),
                column: row.column_name,
                code: row.code,
                reason: row.reason,
                cells: serde_json::from_slice(&plain).map_err(Error::internal)?,
            })
        })
        .collect()
}
