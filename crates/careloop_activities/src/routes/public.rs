//! The visitors' page: no log-in, the token of the address opens it. It tells nothing of anybody.

use axum::extract::State;
use axum::{Extension, Json};
use careloop_http::{ApiResult, App, Body, PathId, Problems, time_view};
use careloop_kernel::{Ctx, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{Activity, Visitor};
use crate::{Turnstile, service};

/// An activity as visitors see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignInView {
    /// The name.
    pub name: String,
    /// Where it is; may be empty.
    pub place: String,
    /// The clinic that holds it, if one does.
    pub clinic_name: Option<String>,
    /// From when people sign in.
    pub starts_at: String,
    /// Until before when.
    pub ends_at: String,
    /// The zone to read the times in, an IANA name.
    pub time_zone: String,
    /// `not_yet`, `open`, `closed` or `over`.
    pub door: String,
}

impl SignInView {
    async fn of<P>(app: &App, ctx: &Ctx<P>, activity: Activity) -> Result<Self> {
        Ok(Self {
            time_zone: service::zone_of(&app.db, &activity).await?,
            door: activity.door(ctx.now_us()).as_str().to_owned(),
            name: activity.name,
            place: activity.place,
            clinic_name: activity.clinic.map(|(_, _, name)| name),
            starts_at: time_view(activity.starts_us),
            ends_at: time_view(activity.ends_us),
        })
    }
}

/// What a visitor writes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitorBody {
    /// 1 to 40 characters.
    pub name: String,
    /// A whole number.
    pub phone: String,
    /// Whether they agree to the privacy note; nobody signs in without.
    #[serde(default)]
    pub agreed: bool,
    /// Whether the clinic may call and text them.
    #[serde(default)]
    pub may_contact: bool,
}

/// Shows an activity to its visitors; needs no log-in.
#[utoipa::path(get, path = "/api/sign-in/{token}", tag = "activities", operation_id = "find_sign_in",
    params(("token" = String, Path, description = "the end of the printed address")),
    responses((status = 200, body = SignInView), Problems))]
pub async fn find_sign_in(State(app): State<App>, PathId(token): PathId<String>) -> ApiResult<Json<SignInView>> {
    let ctx = Ctx::system(app.env.clone(), "activities");
    Ok(Json(SignInView::of(&app, &ctx, service::find_by_token(&app.db, &ctx, &token).await?).await?))
}

/// Signs a visitor in; needs no log-in. The same phone again changes nothing.
#[utoipa::path(post, path = "/api/sign-in/{token}", tag = "activities", operation_id = "sign_in_visitor",
    params(("token" = String, Path, description = "the end of the printed address")), request_body = VisitorBody,
    responses((status = 200, body = SignInView), Problems))]
pub async fn sign_in_visitor(
    State(app): State<App>,
    Extension(turnstile): Extension<Turnstile>,
    PathId(token): PathId<String>,
    Body(body): Body<VisitorBody>,
) -> ApiResult<Json<SignInView>> {
    let ctx = Ctx::system(app.env.clone(), "activities");
    let visitor = Visitor::parse(&body.name, &body.phone, body.agreed, body.may_contact)?;
    let activity = service::sign_in(&app.db, &ctx, &turnstile, &token, visitor).await?;
    app.wake.call();
    Ok(Json(SignInView::of(&app, &ctx, activity).await?))
}
