//! The audit log.

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, PageQuery, PageView, Params, Problems, time_view};
use careloop_kernel::permissions::ReadAudit;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::audit::{self, Entry, Filter};

/// One row of the audit log.
#[derive(Serialize, ToSchema)]
pub struct AuditView {
    seq: i64,
    at: String,
    /// A staff id or `system:…`.
    actor: String,
    /// The name of the member of staff, if it was one.
    actor_name: Option<String>,
    /// What was done, such as `staff.archived`.
    action: String,
    /// To what: a public id.
    object: String,
    /// More about it; never personal data.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
}

impl From<Entry> for AuditView {
    fn from(entry: Entry) -> Self {
        Self {
            seq: entry.seq,
            at: time_view(entry.at),
            actor: entry.actor,
            actor_name: entry.actor_name,
            action: entry.action,
            object: entry.object,
            detail: serde_json::from_str(&entry.detail).unwrap_or_default(),
        }
    }
}

/// Which rows to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only by this actor.
    actor: Option<String>,
    /// Only of this action.
    action: Option<String>,
    /// Only on this object.
    object: Option<String>,
    /// How many items, 1 to 200; 50 if absent.
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The audit log, newest first.
#[utoipa::path(get, path = "/api/audit", tag = "access", operation_id = "list_audit", params(AuditQuery),
    responses((status = 200, body = PageView<AuditView>), Problems))]
pub async fn list_audit(
    State(app): State<App>,
    Auth(ctx): Auth<ReadAudit>,
    Params(query): Params<AuditQuery>,
) -> ApiResult<Json<PageView<AuditView>>> {
    let AuditQuery { actor, action, object, limit, cursor } = query;
    let request = PageQuery { limit, cursor }.request()?;
    let page = audit::list(&app.db, &ctx, Filter { actor, action, object }, &request).await?;
    Ok(Json(PageView::of(page, Into::into)))
}

/// Whether the hash chain of the audit log holds.
#[derive(Serialize, ToSchema)]
pub struct AuditChainView {
    /// How many rows hold together, from the first.
    rows: i64,
    /// The first row that was changed, or stands where another was removed; null if there is none.
    broken_at: Option<i64>,
    /// The hash of the last intact row, to be kept elsewhere: it also proves that no row was cut off the end.
    head: String,
}

/// Recomputes the hash chain of the audit log from its first row.
#[utoipa::path(get, path = "/api/audit/chain", tag = "access", operation_id = "verify_audit_chain",
    responses((status = 200, body = AuditChainView), Problems))]
pub async fn verify_audit_chain(State(app): State<App>, Auth(ctx): Auth<ReadAudit>) -> ApiResult<Json<AuditChainView>> {
    let verdict = audit::check(&app.db, &ctx).await?;
    let head = verdict.head.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Json(AuditChainView { rows: verdict.intact, broken_at: verdict.broken_at, head }))
}
