//! Tags over HTTP.

pub mod models;

use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, Body, PageQuery, PageView, Params, PathId, Problems, Router, time_view};
use careloop_kernel::ids::{EventId, PersonId};
use careloop_kernel::permissions::{EditTags, ReadPeople, ReadSegments};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use axum::Json;

use crate::model::RULE_VERSION;
use crate::reason::because;
use crate::service::{self, Explained, TagCount, TagSetting};

/// The routes of this feature.
pub fn router() -> Router {
    Router::new()
        .routes(routes!(list_tags))
        .routes(routes!(models::list_models))
        .routes(routes!(list_tagged_people))
        .routes(routes!(list_person_tags, set_person_tag))
        .routes(routes!(remove_person_tag))
}

/// A value of a tag and how many people have it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagValueCountView {
    /// As written in rules.
    pub value: String,
    /// Chinese label.
    pub label_zh: String,
    /// English label.
    pub label_en: String,
    /// People with it.
    pub count: i64,
}

/// A tag of the library.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagView {
    /// The id, such as `val.rfm`.
    pub id: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// The area, such as `val`.
    pub area: String,
    /// S set by hand or recorded, R rule, M model, I imported.
    pub kind: String,
    /// `flag`, `choice`, `number` or `open`.
    pub form: String,
    /// Whether staff may set it.
    pub settable: bool,
    /// Whether a person can have several values.
    pub multi: bool,
    /// What it means, in Chinese.
    pub definition_zh: String,
    /// What it means, in English.
    pub definition_en: String,
    /// Its values.
    pub values: Vec<TagValueCountView>,
    /// Share of the visible people who have it, 0 to 1; null when there is nobody.
    pub coverage: Option<f64>,
}

impl From<TagCount> for TagView {
    fn from(count: TagCount) -> Self {
        let tag = count.tag;
        let value = |(value, people): (String, i64)| {
            let (label_zh, label_en) = tag.labels(&value);
            TagValueCountView { value, label_zh, label_en, count: people }
        };
        Self {
            id: tag.id.clone(),
            name_zh: tag.zh.clone(),
            name_en: tag.en.clone(),
            area: tag.area.clone(),
            kind: tag.kind.as_str().to_owned(),
            form: tag.form.as_str().to_owned(),
            settable: tag.settable(),
            multi: tag.multi,
            definition_zh: tag.definition.zh.clone(),
            definition_en: tag.definition.en.clone(),
            values: count.values.into_iter().map(value).collect(),
            coverage: (count.population > 0).then(|| count.people as f64 / count.population as f64),
        }
    }
}

/// Lists the tag library with how many people have each value.
#[utoipa::path(get, path = "/api/tags", tag = "profiles", operation_id = "list_tags",
    responses((status = 200, body = PageView<TagView>), Problems))]
async fn list_tags(State(app): State<App>, Auth(ctx): Auth<ReadSegments>) -> ApiResult<Json<PageView<TagView>>> {
    let tags = service::list_tags(&app.db, &ctx).await?;
    Ok(Json(PageView::whole(tags.into_iter().map(TagView::from).collect())))
}

/// Which value, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TaggedQuery {
    /// The value; any value if absent.
    pub value: Option<String>,
    /// How many items, 1 to 200; 50 if absent.
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A person behind a tag.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaggedPersonView {
    /// The person.
    #[schema(value_type = String)]
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// The phone, masked.
    pub phone: Option<String>,
    /// Completed years.
    pub age: Option<i64>,
    /// The clinics they are known at.
    pub clinics: Vec<String>,
    /// Who looks after them.
    pub owner_name: Option<String>,
}

impl From<careloop_people::PersonCard> for TaggedPersonView {
    fn from(card: careloop_people::PersonCard) -> Self {
        Self {
            id: card.person_id,
            name: card.name,
            phone: card.phone_masked,
            age: card.age,
            clinics: card.clinic_names,
            owner_name: card.owner_name,
        }
    }
}

/// Lists the people who have a tag.
#[utoipa::path(get, path = "/api/tags/{id}/people", tag = "profiles", operation_id = "list_tagged_people",
    params(("id" = String, Path, description = "the tag"), TaggedQuery),
    responses((status = 200, body = PageView<TaggedPersonView>), Problems))]
async fn list_tagged_people(
    State(app): State<App>,
    Auth(ctx): Auth<ReadPeople>,
    PathId(id): PathId<String>,
    Params(query): Params<TaggedQuery>,
) -> ApiResult<Json<PageView<TaggedPersonView>>> {
    let request = PageQuery { limit: query.limit, cursor: query.cursor }.request()?;
    let page = service::people_with(&app.db, &ctx, &id, query.value.as_deref(), &request).await?;
    Ok(Json(PageView::of(page, TaggedPersonView::from)))
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

impl From<Explained> for PersonTagView {
    fn from(explained: Explained) -> Self {
        let Explained { tag, value, events } = explained;
        let (clause_zh, clause_en) = because(tag, &value);
        let (label_zh, label_en) = tag.labels(&value.value);
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
    Ok(Json(tags.into_iter().map(PersonTagView::from).collect()))
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
