//! File imports over HTTP.

mod views;

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::body::{Body as RawBody, Bytes};
use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use careloop_access::roles::require_chain;
use careloop_http::{ApiResult, App, Auth, Body, PageQuery, PageView, Params, PathId, Problems, Router};
use careloop_kernel::ids::{ImportId, UploadId};
use careloop_kernel::permissions::RunImports;
use careloop_kernel::{Ctx, Error, Result};
use futures::{Stream, stream};
use http::{StatusCode, header};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::Files;
use super::map::Map;
use super::model::Import;
use super::service;
use views::{DryRunView, ImportBody, ImportView, MapChoiceBody, UploadForm, UploadView};

/// How often the progress of an import is looked up.
const TICK: Duration = Duration::from_millis(250);

/// The operations of file imports.
pub fn router() -> Router {
    let uploads = OpenApiRouter::new().routes(routes!(upload)).layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .merge(uploads)
        .routes(routes!(dry_run))
        .routes(routes!(list_imports, start_import))
        .routes(routes!(get_import))
        .routes(routes!(import_progress))
        .routes(routes!(cancel_import))
        .routes(routes!(resume_import))
        .routes(routes!(import_rejects))
}

fn files(app: &App) -> Result<Files> {
    Files::new(app.db.clone(), &app.data_dir)
}

/// Uploads a CSV or XLSX file and answers with its first rows and a guessed map. It is kept for a day.
#[utoipa::path(post, path = "/api/uploads", tag = "intake", operation_id = "upload_file",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = UploadView), Problems))]
async fn upload(
    State(app): State<App>,
    Auth(ctx): Auth<RunImports>,
    form: std::result::Result<Multipart, MultipartRejection>,
) -> ApiResult<(StatusCode, Json<UploadView>)> {
    let files = files(&app)?;
    // Whose file it is comes before what is in it; `store_upload` asks again.
    require_chain(&ctx)?;
    let no_form = |error| Error::invalid("files.no_form", "send the file as multipart/form-data").with_source(error);
    let mut form = form.map_err(no_form)?;
    let broken =
        |error| Error::invalid("files.upload_broken", "the upload broke off; send the file again").with_source(error);
    let missing = || Error::invalid("files.no_file", "the form lacks the field `file`").with_field("file", "missing");
    let field = loop {
        let field = form.next_field().await.map_err(broken)?.ok_or_else(missing)?;
        if field.name() == Some("file") {
            break field;
        }
    };
    let name = field.file_name().unwrap_or("file").to_owned();
    let upload = service::store_upload(&files, &ctx, &name, field).await?;
    let preview = service::preview(&files, &ctx, upload).await?;
    Ok((StatusCode::CREATED, Json(preview.into())))
}

/// Reads an upload by a map and tells what an import would take and refuse. Writes nothing.
#[utoipa::path(post, path = "/api/uploads/{id}/dry-run", tag = "intake", operation_id = "dry_run_upload",
    params(("id" = String, Path)), request_body = MapChoiceBody, responses((status = 200, body = DryRunView), Problems))]
async fn dry_run(
    State(app): State<App>,
    Auth(ctx): Auth<RunImports>,
    PathId(id): PathId<UploadId>,
    Body(body): Body<MapChoiceBody>,
) -> ApiResult<Json<DryRunView>> {
    let map = Map::from_json(&body.map)?;
    let found = service::dry_run(&files(&app)?, &ctx, id, &body.source_id, map).await?;
    Ok(Json(found.into()))
}

/// Imports, the newest first.
#[utoipa::path(get, path = "/api/imports", tag = "intake", operation_id = "list_imports", params(PageQuery),
    responses((status = 200, body = PageView<ImportView>), Problems))]
async fn list_imports(
    State(app): State<App>,
    Auth(ctx): Auth<RunImports>,
    Params(query): Params<PageQuery>,
) -> ApiResult<Json<PageView<ImportView>>> {
    let page = service::list_imports(&app.db, &ctx, &query.request()?).await?;
    Ok(Json(PageView::of(page, ImportView::from)))
}

/// Imports an upload in the background; follow its progress.
#[utoipa::path(post, path = "/api/imports", tag = "intake", operation_id = "start_import", request_body = ImportBody,
    responses((status = 202, body = ImportView), Problems))]
async fn start_import(
    State(app): State<App>,
    Auth(ctx): Auth<RunImports>,
    Body(body): Body<ImportBody>,
) -> ApiResult<(StatusCode, Json<ImportView>)> {
    let map = Map::from_json(&body.map)?;
    let upload = body.upload_id.parse()?;
    let import = service::start_import(&files(&app)?, &ctx, upload, &body.source_id, map).await?;
    app.wake.call();
    Ok((StatusCode::ACCEPTED, Json(import.into())))
}

/// One import.
#[utoipa::path(get, path = "/api/imports/{id}", tag = "intake", operation_id = "get_import",
    params(("id" = String, Path)), responses((status = 200, body = ImportView), Problems))]
async fn get_import(
    State(app): State<App>,
    Auth(ctx): Auth<RunImports>,
    PathId(id): PathId<ImportId>,
) -> ApiResult<Json<ImportView>> {
    Ok(Json(service::find_import(&app.db, &ctx, id).await?.into()))
}

/// The progress of an import as server-sent events named `progress`, each an `ImportView`. The stream ends after the
/// event with the final state.
#[utoipa::path(get, path = "/api/imports/{id}/progress", tag = "intake", operation_id = "follow_import",
    params(("id" = String, Path)),
    responses((status = 200, body = ImportView, content_type = "text/event-stream"), Problems))]
async fn import_progress(
    State(app): State<App>,
    Auth(ctx): Auth<RunImports>,
    PathId(id): PathId<ImportId>,
) -> ApiResult<Response> {
    let first = service::find_import(&app.db, &ctx, id).await?;
    Ok(Sse::new(follow(app, ctx, first)).keep_alive(KeepAlive::default()).into_response())
}

/// The import whenever it has changed. It is looked up in the database, so any node can tell of any node's import, and
/// of one that the command line runs.
fn follow(app: App, ctx: Ctx<RunImports>, first: Import) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    let state = Some((app, ctx, first, None));
    stream::unfold(state, |state| async move {
        let (app, ctx, mut import, told): (App, Ctx<RunImports>, Import, Option<String>) = state?;
        loop {
            let text = serde_json::to_string(&ImportView::from(import.clone())).unwrap_or_default();
            if told.as_ref() != Some(&text) {
                let event = Event::default().event("progress").data(&text);
                let next = if import.state.is_final() { None } else { Some((app, ctx, import, Some(text))) };
                return Some((Ok(event), next));
            }
            tokio::time::sleep(TICK).await;
            import = service::find_import(&app.db, &ctx, import.id).await.ok()?;
        }
    })
}

/// Stops an import after its current batch. What was imported stays.
#[utoipa::path(post, path = "/api/imports/{id}/cancel", tag = "intake", operation_id = "cancel_import",
    params(("id" = String, Path)), responses((status = 200, body = ImportView), Problems))]
async fn cancel_import(
    State(app): State<App>,
    Auth(ctx): Auth<RunImports>,
    PathId(id): PathId<ImportId>,
) -> ApiResult<Json<ImportView>> {
    let import = service::cancel(&app.db, &ctx, id).await?;
    app.wake.call();
    Ok(Json(import.into()))
}

/// Lets an import that failed or was cancelled go on after its last row.
#[utoipa::path(post, path = "/api/imports/{id}/resume", tag = "intake", operation_id = "resume_import",
    params(("id" = String, Path)), responses((status = 200, body = ImportView), Problems))]
async fn resume_import(
    State(app): State<App>,
    Auth(ctx): Auth<RunImports>,
    PathId(id): PathId<ImportId>,
) -> ApiResult<Json<ImportView>> {
    let import = service::resume(&files(&app)?, &ctx, id).await?;
    app.wake.call();
    Ok(Json(import.into()))
}

/// Why somebody wants to see the rows themselves.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RejectsQuery {
    /// At least three characters; without it the rows' own cells stay out.
    reason: Option<String>,
}

/// The refused rows as CSV: line, column, code, reason, and the row itself for those who may reveal personal data and say why.
#[utoipa::path(get, path = "/api/imports/{id}/rejects.csv", tag = "intake", operation_id = "download_import_rejects",
    params(("id" = String, Path), RejectsQuery), responses((status = 200, body = String, content_type = "text/csv"), Problems))]
async fn import_rejects(
    State(app): State<App>,
    Auth(ctx): Auth<RunImports>,
    PathId(id): PathId<ImportId>,
    Params(query): Params<RejectsQuery>,
) -> ApiResult<Response> {
    let import = service::find_import(&app.db, &ctx, id).await?;
    let with_cells = service::note_download(&app.db, &ctx, id, query.reason.as_deref()).await?;
    let name = format!("attachment; filename=\"rejects-{id}.csv\"");
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, RawBody::from_stream(reject_pieces(app, ctx, (import, with_cells)))).into_response())
}

fn reject_pieces(app: App, ctx: Ctx<RunImports>, of: (Import, bool)) -> impl Stream<Item = Result<Bytes>> + Send {
    stream::try_unfold((app, ctx, of, 0), |(app, ctx, of, after)| async move {
        let piece = service::rejects_csv(&app.db, &ctx, (&of.0, of.1), after).await?;
        Ok(piece.map(|(text, last)| (Bytes::from(text), (app, ctx, of, last))))
    })
}
