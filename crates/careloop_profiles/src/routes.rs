//! Tags over HTTP: a person's here, the library and its thresholds below.

mod library;
mod thresholds;

pub mod models;

use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, Body, Params, PathId, Problems, Router, time_view};
use careloop_kernel::ids::EventId;
use careloop_kernel::permissions::{EditTags, ReadPeople};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use axum::Json;

use crate::library::ClinicNames;
use crate::model::RULE_VERSION;
use crate::reason::because;
use crate::service::{self, Explained, TagSetting};

/// The routes of this feature.
pub fn router() -> Router {
    Router::new()
        .routes(routes!(library::list_tags))
        .routes(routes!(library::list_tagged_people))
        .routes(routes!(thresholds::set_tag_threshold, thresholds::reset_tag_threshold))
        .routes(routes!(models::list_models))
        .routes(routes!(list_person_tags, set_person_tag))
        .routes(routes!(remove_person_tag))
}

/// Why a value holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagWhyView {
    /// The reason in Chinese.
    pub clause_zh: String,
    /// The reason in English.
    pub clause_en: String,
    /// The deciding events, latest last, at most five.
    #[schema(value_type = Vec<String>)]
    pub events: Vec<EventId>,
    /// The version of the rules.
    pub rule_version: i64,
}

/// A value of a tag on a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonTagView {
    /// The tag.
    pub tag: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// The area.
    pub area: String,
    /// The value.
    pub value: String,
    /// Chinese label of the value.
    pub label_zh: String,
    /// English label of the value.
    pub label_en: String,
    /// Why it holds.
    pub why: TagWhyView,
    /// From when it may be different without a new event.
    pub until: Option<String>,
    /// `computed`, `manual` or `imported`.
    pub source: String,
}

impl PersonTagView {
    fn of(explained: Explained, clinics: &ClinicNames) -> Self {
        let Explained { tag, value, events } = explained;
        let (clause_zh, clause_en) = because(tag, &value);
        let (label_zh, label_en) = tag.labels(&value.value, clinics);
        Self {
            tag: tag.id.clone(),
            name_zh: tag.zh.clone(),
            name_en: tag.en.clone(),
            area: tag.area.clone(),
            label_zh,
            label_en,
            why: TagWhyView { clause_zh, clause_en, events, rule_version: RULE_VERSION },
            until: value.until_us.map(time_view),
            source: value.origin.as_str().to_owned(),
            value: value.value,
        }
    }
}

/// Lists a person's tags with the reason of each.
#[utoipa::path(get, path = "/api/people/{id}/tags", tag = "profiles", operation_id = "list_person_tags",
    params(("id" = String, Path, description = "the person")),
    responses((status = 200, body = Vec<PersonTagView>), Problems))]
async fn list_person_tags(
    State(app): State<App>,
    Auth(ctx): Auth<ReadPeople>,
    PathId(id): PathId<String>,
) -> ApiResult<Json<Vec<PersonTagView>>> {
    let tags = service::person_tags(&app.db, &ctx, &id).await?;
    let clinics = service::clinic_names(app.db.read()).await?;
    Ok(Json(tags.into_iter().map(|tag| PersonTagView::of(tag, &clinics)).collect()))
}

/// A tag to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetTagBody {
    /// The tag.
    pub tag: String,
    /// The value; `true` for a flag.
    pub value: String,
    /// Why, in a few words without names or numbers.
    pub reason: Option<String>,
    /// The last day on which it replaces what is computed; only for a computed tag. Without one it holds until removed.
    #[schema(value_type = Option<String>, format = Date)]
    pub until_on: Option<jiff::civil::Date>,
}

/// Sets a tag by hand.
#[utoipa::path(post, path = "/api/people/{id}/tags", tag = "profiles", operation_id = "set_person_tag",
    params(("id" = String, Path, description = "the person")), request_body = SetTagBody,
    responses((status = 204, description = "set"), Problems))]
async fn set_person_tag(
    State(app): State<App>,
    Auth(ctx): Auth<EditTags>,
    PathId(id): PathId<String>,
    Body(body): Body<SetTagBody>,
) -> ApiResult<StatusCode> {
    let reason = body.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let setting = TagSetting { tag: &body.tag, value: &body.value, reason, until_on: body.until_on };
    service::set_tag_on_terms(&app.db, &ctx, &id, &setting).await?;
    app.wake.call();
    Ok(StatusCode::NO_CONTENT)
}

/// Which value to remove.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RemoveTagQuery {
    /// The value; all values of the tag if absent.
    pub value: Option<String>,
}

/// Removes a tag that was set by hand.
#[utoipa::path(delete, path = "/api/people/{id}/tags/{tag}", tag = "profiles", operation_id = "remove_person_tag",
    params(("id" = String, Path, description = "the person"), ("tag" = String, Path, description = "the tag"), RemoveTagQuery),
    responses((status = 204, description = "removed"), Problems))]
async fn remove_person_tag(
    State(app): State<App>,
    Auth(ctx): Auth<EditTags>,
    PathId((id, tag)): PathId<(String, String)>,
    Params(query): Params<RemoveTagQuery>,
) -> ApiResult<StatusCode> {
    service::remove_tag(&app.db, &ctx, &id, &tag, query.value.as_deref()).await?;
    app.wake.call();
    Ok(StatusCode::NO_CONTENT)
}
