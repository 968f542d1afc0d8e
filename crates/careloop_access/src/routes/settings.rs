//! The chain's settings.

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, Body, Problems};
use careloop_kernel::permissions::{ManageSettings, SignedIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::settings::{self, Settings};

/// The chain's settings.
#[derive(Serialize, ToSchema)]
pub struct SettingsView {
    name: String,
    /// The zone its days are cut in.
    #[schema(example = "Asia/Shanghai")]
    time_zone: String,
    /// Fixed at first start.
    currency: String,
}

impl From<Settings> for SettingsView {
    fn from(settings: Settings) -> Self {
        Self { name: settings.name, time_zone: settings.time_zone_name, currency: settings.currency.to_string() }
    }
}

/// What can be changed.
#[derive(Deserialize, ToSchema)]
pub struct SettingsBody {
    name: String,
    time_zone: String,
}

/// The chain's settings.
#[utoipa::path(get, path = "/api/settings", tag = "access", operation_id = "get_settings",
    responses((status = 200, body = SettingsView), Problems))]
pub async fn get_settings(State(app): State<App>, Auth(_ctx): Auth<SignedIn>) -> ApiResult<Json<SettingsView>> {
    Ok(Json(settings::load(app.db.read()).await?.into()))
}

/// Changes name and time zone; the currency stays.
#[utoipa::path(put, path = "/api/settings", tag = "access", operation_id = "update_settings",
    request_body = SettingsBody, responses((status = 200, body = SettingsView), Problems))]
pub async fn update_settings(
    State(app): State<App>,
    Auth(ctx): Auth<ManageSettings>,
    Body(body): Body<SettingsBody>,
) -> ApiResult<Json<SettingsView>> {
    Ok(Json(settings::update(&app.db, &ctx, &body.name, &body.time_zone).await?.into()))
}
