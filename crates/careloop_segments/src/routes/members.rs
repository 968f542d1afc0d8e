//! Members, reasons, changes, files.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use careloop_http::{ApiResult, App, Auth, PageQuery, PageView, Params, PathId, Problems};
use careloop_kernel::ids::SegmentId;
use careloop_kernel::permissions::{ExportSegments, ReadPeople, ReadSegments};
use http::header;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::export::{ExportFormat, export};
use crate::service;

use super::views::{ChangeView, MemberView, MemberWhyView};

/// Lists the members of a segment.
#[utoipa::path(get, path = "/api/segments/{id}/members", tag = "segments", operation_id = "list_segment_members",
    params(("id" = String, Path, description = "the segment"), PageQuery),
    responses((status = 200, body = PageView<MemberView>), Problems))]
pub(super) async fn list_segment_members(
    State(app): State<App>,
    Auth(ctx): Auth<ReadPeople>,
    PathId(id): PathId<SegmentId>,
    Params(query): Params<PageQuery>,
) -> ApiResult<Json<PageView<MemberView>>> {
    ctx.require::<ReadSegments>()?;
    let page = service::list_members(&app.db, &ctx, id, &query.request()?).await?;
    Ok(Json(PageView::of(page, MemberView::from)))
}

/// Explains why a person is, or is not, in a segment.
#[utoipa::path(get, path = "/api/segments/{id}/members/{person_id}/why", tag = "segments", operation_id = "explain_segment_member",
    params(("id" = String, Path, description = "the segment"), ("person_id" = String, Path, description = "the person")),
    responses((status = 200, body = MemberWhyView), Problems))]
pub(super) async fn explain_segment_member(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
    PathId((id, person)): PathId<(SegmentId, String)>,
) -> ApiResult<Json<MemberWhyView>> {
    Ok(Json(service::explain_member(&app.db, &ctx, id, &person).await?.into()))
}

/// Lists entries and exits, newest first.
#[utoipa::path(get, path = "/api/segments/{id}/changes", tag = "segments", operation_id = "list_segment_changes",
    params(("id" = String, Path, description = "the segment"), PageQuery),
    responses((status = 200, body = PageView<ChangeView>), Problems))]
pub(super) async fn list_segment_changes(
    State(app): State<App>,
    Auth(ctx): Auth<ReadPeople>,
    PathId(id): PathId<SegmentId>,
    Params(query): Params<PageQuery>,
) -> ApiResult<Json<PageView<ChangeView>>> {
    ctx.require::<ReadSegments>()?;
    let page = service::list_changes(&app.db, &ctx, id, &query.request()?).await?;
    Ok(Json(PageView::of(page, ChangeView::from)))
}

/// Which file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// `csv` or `xlsx`; csv if absent.
    pub format: Option<String>,
    /// Fields joined by commas: name, phone, gender, age, clinics, owner, since, or ids of tags; all but tags if absent.
    pub fields: Option<String>,
}

/// Exports the members of a segment, phones masked. The export is audited.
#[utoipa::path(get, path = "/api/segments/{id}/export", tag = "segments", operation_id = "export_segment",
    params(("id" = String, Path, description = "the segment"), ExportQuery),
    responses((status = 200, description = "the file", content_type = "text/csv", body = Vec<u8>), Problems))]
pub(super) async fn export_segment(
    State(app): State<App>,
    Auth(ctx): Auth<ExportSegments>,
    PathId(id): PathId<SegmentId>,
    Params(query): Params<ExportQuery>,
) -> ApiResult<Response> {
    let format = ExportFormat::parse(query.format.as_deref().unwrap_or("csv"))?;
    let fields: Vec<String> = query
        .fields
        .iter()
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .filter(|field| !field.is_empty())
        .map(str::to_owned)
        .collect();
    let file = export(&app.db, &ctx, id, format, &fields).await?;
    let disposition = format!("attachment; filename=\"{id}.{}\"", format.extension());
    let headers = [(header::CONTENT_TYPE, format.media_type().to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, file.bytes).into_response())
}
