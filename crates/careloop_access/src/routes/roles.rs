//! Roles and the permissions they are made of.

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, Body, PageView, PathId, Problems, time_view};
use careloop_kernel::ids::RoleId;
use careloop_kernel::permissions::{self, ManageRoles, SignedIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::RoleChange;
use crate::roles::{self, ListedRole};

/// A role: a named set of permissions and how far they look.
#[derive(Serialize, ToSchema)]
pub struct RoleView {
    id: String,
    /// The stable code, such as `front_desk`.
    code: String,
    name_zh: String,
    name_en: String,
    /// own, clinic, region or chain
    level: String,
    /// Keys of the permissions granted.
    permissions: Vec<String>,
    /// How many active members of staff hold it.
    staff_count: i64,
    updated_at: String,
}

impl From<ListedRole> for RoleView {
    fn from(listed: ListedRole) -> Self {
        let ListedRole { role, staff_count, updated_at } = listed;
        Self {
            id: role.id.to_string(),
            permissions: role.permissions.keys().map(str::to_owned).collect(),
            level: role.level.as_str().to_owned(),
            code: role.code,
            name_zh: role.name_zh,
            name_en: role.name_en,
            staff_count,
            updated_at: time_view(updated_at),
        }
    }
}

/// What a role is changed to.
#[derive(Deserialize, ToSchema)]
pub struct RoleBody {
    name_zh: String,
    name_en: String,
    /// own, clinic, region or chain
    level: String,
    /// Keys of the permissions granted.
    permissions: Vec<String>,
}

/// A right that a role can grant.
#[derive(Serialize, ToSchema)]
pub struct PermissionView {
    key: String,
    name_zh: String,
    name_en: String,
}

/// All roles.
#[utoipa::path(get, path = "/api/roles", tag = "access", operation_id = "list_roles",
    responses((status = 200, body = PageView<RoleView>), Problems))]
pub async fn list_roles(State(app): State<App>, Auth(ctx): Auth<SignedIn>) -> ApiResult<Json<PageView<RoleView>>> {
    let roles = roles::list(&app.db, &ctx).await?;
    Ok(Json(PageView::whole(roles.into_iter().map(Into::into).collect())))
}

/// Changes a role; it holds for everybody who has it from their next request on.
#[utoipa::path(put, path = "/api/roles/{id}", tag = "access", operation_id = "update_role",
    params(("id" = String, Path)), request_body = RoleBody, responses((status = 200, body = RoleView), Problems))]
pub async fn update_role(
    State(app): State<App>,
    Auth(ctx): Auth<ManageRoles>,
    PathId(id): PathId<RoleId>,
    Body(body): Body<RoleBody>,
) -> ApiResult<Json<RoleView>> {
    let RoleBody { name_zh, name_en, level, permissions } = body;
    let change = RoleChange { name_zh, name_en, level: level.parse()?, permissions };
    Ok(Json(roles::update(&app.db, &ctx, id, change).await?.into()))
}

/// Every permission there is.
#[utoipa::path(get, path = "/api/permissions", tag = "access", operation_id = "list_permissions",
    responses((status = 200, body = PageView<PermissionView>), Problems))]
pub async fn list_permissions(Auth(_ctx): Auth<SignedIn>) -> Json<PageView<PermissionView>> {
    let view = |(key, zh, en): &(&str, &str, &str)| PermissionView {
        key: (*key).to_owned(),
        name_zh: (*zh).to_owned(),
        name_en: (*en).to_owned(),
    };
    Json(PageView::whole(permissions::ALL.iter().map(view).collect()))
}
