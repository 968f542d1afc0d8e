//! Uploaded files.

use careloop_db::{ConnectionTrait, FromQueryResult, all, optional, run};
use careloop_kernel::ids::UploadId;
use careloop_kernel::{Ctx, Result};

use crate::files::model::Upload;

#[derive(FromQueryResult)]
struct UploadRow {
    id: String,
    file_name: String,
    size: i64,
}

impl TryFrom<UploadRow> for Upload {
    type Error = careloop_kernel::Error;
    fn try_from(row: UploadRow) -> Result<Self> {
        Ok(Self { id: row.id.parse()?, file_name: row.file_name, size: u64::try_from(row.size).unwrap_or(0) })
    }
}

pub(in crate::files) async fn insert<P>(
    connection: &impl ConnectionTrait,
    ctx: &Ctx<P>,
    upload: &Upload,
) -> Result<()> {
    let sql = "INSERT INTO uploads (id, file_name, size, actor, created_at) VALUES ($1, $2, $3, $4, $5)";
    let values = [
        upload.id.to_string().into(),
        upload.file_name.as_str().into(),
        i64::try_from(upload.size).unwrap_or(i64::MAX).into(),
        ctx.actor().label().into(),
        ctx.now_us().into(),
    ];
    run(connection, sql, values).await
}

pub(in crate::files) async fn find(connection: &impl ConnectionTrait, id: UploadId) -> Result<Option<Upload>> {
    let sql = "SELECT id, file_name, size FROM uploads WHERE id = $1";
    let row: Option<UploadRow> = optional(connection, sql, [id.to_string().into()]).await?;
    row.map(Upload::try_from).transpose()
}

/// Uploads made before `before` that no import waits for.
pub(in crate::files) async fn list_left(connection: &impl ConnectionTrait, before: i64) -> Result<Vec<Upload>> {
    let sql = "SELECT u.id, u.file_name, u.size FROM uploads u WHERE u.created_at < $1 AND NOT EXISTS
        (SELECT 1 FROM imports i WHERE i.upload = u.id AND i.state IN ('waiting', 'running')) ORDER BY u.ord LIMIT 20";
    let rows: Vec<UploadRow> = all(connection, sql, [before.into()]).await?;
    rows.into_iter().map(Upload::try_from).collect()
}

pub(in crate::files) async fn delete(connection: &impl ConnectionTrait, id: UploadId) -> Result<()> {
    run(connection, "DELETE FROM uploads WHERE id = $1", [id.to_string().into()]).await
}
