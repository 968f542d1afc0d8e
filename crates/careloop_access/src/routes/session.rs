//! Log in, log out, who am I, new password.

use axum::Json;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use careloop_http::{ApiResult, App, Auth, Body, Credentials, Problems, SESSION_COOKIE};
use careloop_kernel::permissions::SignedIn;
use http::{HeaderMap, Method, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::staff::ClinicRefView;
use crate::sessions::{self, LONGEST_SECS, Session};

/// A login and its password.
#[derive(Deserialize, ToSchema)]
pub struct LogInBody {
    login: String,
    password: String,
}

/// A new password and proof of the present one.
#[derive(Deserialize, ToSchema)]
pub struct ChangePasswordBody {
    current: String,
    /// At least 10 characters.
    new: String,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub struct SessionStaffView {
    id: String,
    login: String,
    name: String,
    role_id: String,
    role_code: String,
    role_name_zh: String,
    role_name_en: String,
    /// own, clinic, region or chain
    level: String,
}

/// The chain.
#[derive(Serialize, ToSchema)]
pub struct ChainView {
    name: String,
    time_zone: String,
    currency: String,
}

/// What a signed-in page needs to know about its user.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    staff: SessionStaffView,
    /// The clinics whose customers they see.
    clinics: Vec<ClinicRefView>,
    /// Keys of the permissions held.
    permissions: Vec<String>,
    /// Send it as `X-CSRF-Token` with everything but GET.
    csrf: String,
    chain: ChainView,
}

impl From<Session> for SessionView {
    fn from(session: Session) -> Self {
        let Session { staff, clinics, csrf, settings } = session;
        Self {
            staff: SessionStaffView {
                id: staff.id.to_string(),
                login: staff.login,
                name: staff.name,
                role_id: staff.role.id.to_string(),
                role_code: staff.role.code,
                role_name_zh: staff.role.name_zh,
                role_name_en: staff.role.name_en,
                level: staff.role.level.as_str().to_owned(),
            },
            clinics: clinics.into_iter().map(Into::into).collect(),
            permissions: staff.role.permissions.keys().map(str::to_owned).collect(),
            csrf,
            chain: ChainView {
                name: settings.name,
                time_zone: settings.time_zone_name,
                currency: settings.currency.to_string(),
            },
        }
    }
}

/// The token of a request that [`Auth`] has let through.
fn token_of(headers: &HeaderMap) -> String {
    Credentials::of(&Method::GET, headers).session.unwrap_or_default()
}

/// The cookie that carries a token; `Secure` when the browser came by https, as a proxy in front of us says.
fn cookie(headers: &HeaderMap, token: &str, max_age_secs: i64) -> String {
    let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let secure = if proto.split(',').next().is_some_and(|first| first.trim().eq_ignore_ascii_case("https")) {
        "; Secure"
    } else {
        ""
    };
    format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_secs}{secure}")
}

/// Logs in and sets the session cookie. Five failures lock the login for 15 minutes (`access.locked`, 429).
#[utoipa::path(post, path = "/api/session", tag = "access", operation_id = "log_in", request_body = LogInBody,
    responses((status = 200, body = SessionView), Problems))]
pub async fn log_in(
    State(app): State<App>,
    headers: HeaderMap,
    Body(body): Body<LogInBody>,
) -> ApiResult<impl IntoResponse> {
    let previous = Credentials::of(&Method::POST, &headers).session;
    let opened = sessions::log_in(&app.db, &app.env, &body.login, &body.password, previous.as_deref()).await?;
    let cookie = cookie(&headers, &opened.token, LONGEST_SECS);
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Json(SessionView::from(opened.session))))
}

/// Who is signed in, and what they may do.
#[utoipa::path(get, path = "/api/session", tag = "access", operation_id = "get_session",
    responses((status = 200, body = SessionView), Problems))]
pub async fn get_session(
    State(app): State<App>,
    Auth(ctx): Auth<SignedIn>,
    headers: HeaderMap,
) -> ApiResult<Json<SessionView>> {
    let session = sessions::get(&app.db, &ctx, &token_of(&headers)).await?;
    Ok(Json(session.into()))
}

/// Ends the session.
#[utoipa::path(delete, path = "/api/session", tag = "access", operation_id = "log_out", responses((status = 204), Problems))]
pub async fn log_out(
    State(app): State<App>,
    Auth(ctx): Auth<SignedIn>,
    headers: HeaderMap,
) -> ApiResult<impl IntoResponse> {
    sessions::log_out(&app.db, &ctx, &token_of(&headers)).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, cookie(&headers, "", 0))])))
}

/// Changes one's own password; one's other sessions end.
#[utoipa::path(put, path = "/api/session/password", tag = "access", operation_id = "change_password",
    request_body = ChangePasswordBody, responses((status = 204), Problems))]
pub async fn change_password(
    State(app): State<App>,
    Auth(ctx): Auth<SignedIn>,
    headers: HeaderMap,
    Body(body): Body<ChangePasswordBody>,
) -> ApiResult<StatusCode> {
    sessions::change_password(&app.db, &ctx, &token_of(&headers), &body.current, &body.new).await?;
    Ok(StatusCode::NO_CONTENT)
}
