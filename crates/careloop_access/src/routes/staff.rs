//! Staff: list, create, change, archive.

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, Body, PageQuery, PageView, Params, PathId, Problems, time_view};
use careloop_kernel::ids::{ClinicId, RoleId, StaffId};
use careloop_kernel::permissions::{ManageStaff, SignedIn};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::model::{ClinicRef, NewStaff, Staff, StaffChange};
use crate::passwords::Password;
use crate::staff::{self, Saved};

/// A clinic, briefly.
#[derive(Serialize, ToSchema)]
pub struct ClinicRefView {
    id: String,
    code: String,
    name: String,
}

impl From<ClinicRef> for ClinicRefView {
    fn from(clinic: ClinicRef) -> Self {
        Self { id: clinic.id.to_string(), code: clinic.code, name: clinic.name }
    }
}

/// A member of staff. What only whoever manages staff needs is null for others.
#[derive(Serialize, ToSchema)]
pub struct StaffView {
    id: String,
    name: String,
    role_id: String,
    role_code: String,
    role_name_zh: String,
    role_name_en: String,
    /// own, clinic, region or chain
    level: String,
    clinics: Vec<ClinicRefView>,
    archived: bool,
    /// For whoever manages staff.
    login: Option<String>,
    /// For whoever manages staff.
    email: Option<String>,
    /// For whoever manages staff: log-in is refused until then.
    locked_until: Option<String>,
    created_at: String,
}

impl StaffView {
    fn of(staff: Staff, managed: bool) -> Self {
        Self {
            id: staff.id.to_string(),
            name: staff.name,
            role_id: staff.role.id.to_string(),
            role_code: staff.role.code,
            role_name_zh: staff.role.name_zh,
            role_name_en: staff.role.name_en,
            level: staff.role.level.as_str().to_owned(),
            clinics: staff.clinics.into_iter().map(Into::into).collect(),
            archived: staff.archived_at.is_some(),
            login: managed.then_some(staff.login),
            email: staff.email.filter(|_| managed),
            locked_until: staff.locked_until.filter(|_| managed).map(time_view),
            created_at: time_view(staff.created_at),
        }
    }
}

/// A member of staff after a change.
#[derive(Serialize, ToSchema)]
pub struct StaffSavedView {
    #[serde(flatten)]
    staff: StaffView,
    /// The password that was generated, shown this once; null if none was.
    password: Option<String>,
}

impl From<Saved> for StaffSavedView {
    fn from(saved: Saved) -> Self {
        Self { staff: StaffView::of(saved.staff, true), password: saved.password.map(Password::reveal) }
    }
}

/// Which members of staff to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StaffQuery {
    /// Also those who left.
    archived: Option<bool>,
    /// How many items, 1 to 200; 50 if absent.
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A member of staff to be created.
#[derive(Deserialize, ToSchema)]
pub struct NewStaffBody {
    /// 2 to 64 letters (a-z), digits or . _ - @
    login: String,
    name: String,
    email: Option<String>,
    #[schema(value_type = String)]
    role_id: RoleId,
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    clinic_ids: Vec<ClinicId>,
    /// At least 10 characters; one is generated if absent.
    password: Option<String>,
}

/// What changes about a member of staff; what is absent stays.
#[derive(Deserialize, ToSchema)]
pub struct StaffChangeBody {
    name: Option<String>,
    /// An empty text removes it.
    email: Option<String>,
    #[schema(value_type = Option<String>)]
    role_id: Option<RoleId>,
    /// All clinics they work in, from now on.
    #[schema(value_type = Option<Vec<String>>)]
    clinic_ids: Option<Vec<ClinicId>>,
    /// Replaces the password by a generated one and ends every session.
    #[serde(default)]
    reset_password: bool,
    /// false brings back somebody who had left.
    archived: Option<bool>,
}

/// Colleagues: all of them, or for roles below the chain who shares a clinic.
#[utoipa::path(get, path = "/api/staff", tag = "access", operation_id = "list_staff", params(StaffQuery),
    responses((status = 200, body = PageView<StaffView>), Problems))]
pub async fn list_staff(
    State(app): State<App>,
    Auth(ctx): Auth<SignedIn>,
    Params(query): Params<StaffQuery>,
) -> ApiResult<Json<PageView<StaffView>>> {
    let request = PageQuery { limit: query.limit, cursor: query.cursor }.request()?;
    let managed = ctx.has("staff.manage");
    let page = staff::list(&app.db, &ctx, query.archived.unwrap_or(false), &request).await?;
    Ok(Json(PageView::of(page, |member| StaffView::of(member, managed))))
}

/// Creates a member of staff, with a role that grants no more than the caller's own.
#[utoipa::path(post, path = "/api/staff", tag = "access", operation_id = "create_staff", request_body = NewStaffBody,
    responses((status = 201, body = StaffSavedView), Problems))]
pub async fn create_staff(
    State(app): State<App>,
    Auth(ctx): Auth<ManageStaff>,
    Body(body): Body<NewStaffBody>,
) -> ApiResult<(StatusCode, Json<StaffSavedView>)> {
    let password = body.password.as_deref().map(|text| Password::parse(text, &body.login)).transpose()?;
    let NewStaffBody { login, name, email, role_id: role, clinic_ids: clinics, .. } = body;
    let saved = staff::create(&app.db, &ctx, NewStaff { login, name, email, role, clinics, password }).await?;
    Ok((StatusCode::CREATED, Json(saved.into())))
}

/// Changes a member of staff.
#[utoipa::path(patch, path = "/api/staff/{id}", tag = "access", operation_id = "update_staff",
    params(("id" = String, Path)), request_body = StaffChangeBody,
    responses((status = 200, body = StaffSavedView), Problems))]
pub async fn update_staff(
    State(app): State<App>,
    Auth(ctx): Auth<ManageStaff>,
    PathId(id): PathId<StaffId>,
    Body(body): Body<StaffChangeBody>,
) -> ApiResult<Json<StaffSavedView>> {
    let StaffChangeBody { name, email, role_id: role, clinic_ids: clinics, reset_password, archived } = body;
    let change = StaffChange { name, email, role, clinics, reset_password, archived };
    Ok(Json(staff::update(&app.db, &ctx, id, change).await?.into()))
}

/// Archives somebody who left: their sessions end at once.
#[utoipa::path(post, path = "/api/staff/{id}/archive", tag = "access", operation_id = "archive_staff",
    params(("id" = String, Path)), responses((status = 200, body = StaffView), Problems))]
pub async fn archive_staff(
    State(app): State<App>,
    Auth(ctx): Auth<ManageStaff>,
    PathId(id): PathId<StaffId>,
) -> ApiResult<Json<StaffView>> {
    let member = staff::archive(&app.db, &ctx, id).await?;
    Ok(Json(StaffView::of(member, true)))
}
