//! Clinics over HTTP.

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, Body, PageView, Params, PathId, Problems, Router};
use careloop_kernel::ids::ClinicId;
use careloop_kernel::permissions::{ManageClinics, SignedIn};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::model::{Clinic, ClinicChange, NewClinic};
use crate::service;

/// Every operation of this crate.
pub fn router() -> Router {
    Router::new().routes(routes!(list_clinics, create_clinic)).routes(routes!(update_clinic))
}

/// A clinic of the chain.
#[derive(Serialize, ToSchema)]
pub struct ClinicView {
    id: String,
    code: String,
    name: String,
    /// May be empty.
    region: String,
    /// An IANA name.
    #[schema(example = "Asia/Shanghai")]
    time_zone: String,
    archived: bool,
}

impl From<Clinic> for ClinicView {
    fn from(clinic: Clinic) -> Self {
        Self {
            id: clinic.id.to_string(),
            code: clinic.code,
            name: clinic.name,
            region: clinic.region,
            time_zone: clinic.time_zone_name,
            archived: clinic.archived_at.is_some(),
        }
    }
}

/// Which clinics to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClinicQuery {
    /// Also those that are closed.
    archived: Option<bool>,
}

/// A clinic to be created.
#[derive(Deserialize, ToSchema)]
pub struct NewClinicBody {
    /// 1 to 20 letters, digits, - or _
    code: String,
    name: String,
    #[serde(default)]
    region: String,
    /// The chain's zone if absent.
    time_zone: Option<String>,
}

/// What changes about a clinic; what is absent stays.
#[derive(Deserialize, ToSchema)]
pub struct ClinicChangeBody {
    code: Option<String>,
    name: Option<String>,
    region: Option<String>,
    time_zone: Option<String>,
    archived: Option<bool>,
}

/// The clinics the caller sees.
#[utoipa::path(get, path = "/api/clinics", tag = "chain", operation_id = "list_clinics", params(ClinicQuery),
    responses((status = 200, body = PageView<ClinicView>), Problems))]
pub async fn list_clinics(
    State(app): State<App>,
    Auth(ctx): Auth<SignedIn>,
    Params(query): Params<ClinicQuery>,
) -> ApiResult<Json<PageView<ClinicView>>> {
    let clinics = service::list(&app.db, &ctx, query.archived.unwrap_or(false)).await?;
    Ok(Json(PageView::whole(clinics.into_iter().map(Into::into).collect())))
}

/// Opens a clinic.
#[utoipa::path(post, path = "/api/clinics", tag = "chain", operation_id = "create_clinic", request_body = NewClinicBody,
    responses((status = 201, body = ClinicView), Problems))]
pub async fn create_clinic(
    State(app): State<App>,
    Auth(ctx): Auth<ManageClinics>,
    Body(body): Body<NewClinicBody>,
) -> ApiResult<(StatusCode, Json<ClinicView>)> {
    let NewClinicBody { code, name, region, time_zone } = body;
    let clinic = service::create(&app.db, &ctx, NewClinic { code, name, region, time_zone }).await?;
    Ok((StatusCode::CREATED, Json(clinic.into())))
}

/// Changes a clinic.
#[utoipa::path(patch, path = "/api/clinics/{id}", tag = "chain", operation_id = "update_clinic",
    params(("id" = String, Path)), request_body = ClinicChangeBody, responses((status = 200, body = ClinicView), Problems))]
pub async fn update_clinic(
    State(app): State<App>,
    Auth(ctx): Auth<ManageClinics>,
    PathId(id): PathId<ClinicId>,
    Body(body): Body<ClinicChangeBody>,
) -> ApiResult<Json<ClinicView>> {
    let ClinicChangeBody { code, name, region, time_zone, archived } = body;
    let change = ClinicChange { code, name, region, time_zone, archived };
    Ok(Json(service::update(&app.db, &ctx, id, change).await?.into()))
}
