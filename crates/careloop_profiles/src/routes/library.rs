//! The tag library over HTTP: what each tag means, waits for, counts from, and who is behind it.

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, PageQuery, PageView, Params, PathId, Problems};
use careloop_kernel::ids::PersonId;
use careloop_kernel::permissions::{ReadPeople, ReadSegments};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::library::{ClinicNames, RecordField, TagDef};
use crate::seen::Seen;
use crate::service::{self, Listed, TagCount};

use super::thresholds::TagThresholdView;

/// A value of a tag and how many people have it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagValueCountView {
    /// As written in rules.
    pub value: String,
    /// Chinese label.
    pub label_zh: String,
    /// English label.
    pub label_en: String,
    /// People with it; null while the tag waits for data.
    pub count: Option<i64>,
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
    /// Share of the visible people who have it, 0 to 1; null when there is nobody, and while the tag waits for data.
    pub coverage: Option<f64>,
    /// People who have it; null while the tag waits for data.
    pub people: Option<i64>,
    /// Whether it waits: none of what it can be told from has ever been seen in this chain, or its model has no fit yet.
    pub waiting: bool,
    /// Why its model has no fit yet, in Chinese; null when it has one or is a rule.
    pub waiting_zh: Option<String>,
    /// Why its model has no fit yet, in English; null when it has one or is a rule.
    pub waiting_en: Option<String>,
    /// What it can be told from; any one will do.
    pub needs: Vec<TagNeedView>,
    /// Its thresholds.
    pub thresholds: Vec<TagThresholdView>,
}

/// Something a tag can be told from.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagNeedView {
    /// `event` or `record`.
    pub of: String,
    /// The event kind, or the field of the records.
    pub id: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Whether it has ever been seen in this chain.
    pub seen: bool,
}

fn needs(tag: &TagDef, seen: &Seen) -> Vec<TagNeedView> {
    let event = |kind: &String| {
        let known = careloop_events::catalogue().find(kind);
        let (name_zh, name_en) =
            known.map_or_else(|| (kind.clone(), kind.clone()), |kind| (kind.zh.clone(), kind.en.clone()));
        TagNeedView { of: "event".to_owned(), id: kind.clone(), name_zh, name_en, seen: seen.has_kind(kind) }
    };
    let field = |field: &RecordField| {
        let (id, zh, en) = field.names();
        let (of, id, name_zh, name_en) = ("record".to_owned(), id.to_owned(), zh.to_owned(), en.to_owned());
        TagNeedView { of, id, name_zh, name_en, seen: seen.has_field(*field) }
    };
    tag.needs().iter().map(event).chain(tag.records.iter().map(field)).collect()
}

fn tag_view(count: TagCount, seen: &Seen, clinics: &ClinicNames) -> TagView {
    let tag = count.tag;
    let waiting = count.waiting;
    let value = |(value, people): (String, i64)| {
        let (label_zh, label_en) = tag.labels(&value, clinics);
        TagValueCountView { value, label_zh, label_en, count: (!waiting).then_some(people) }
    };
    let number = |name: &str| count.thresholds.iter().find(|one| one.name == name).map(|one| one.value);
    let definition = tag.definition_with(number);
    let known = !waiting && count.population > 0;
    let (waiting_zh, waiting_en) = count.without_model.map(|why| (why.zh, why.en)).unzip();
    TagView {
        id: tag.id.clone(),
        name_zh: tag.zh.clone(),
        name_en: tag.en.clone(),
        area: tag.area.clone(),
        kind: tag.kind.as_str().to_owned(),
        form: tag.form.as_str().to_owned(),
        settable: tag.settable(),
        multi: tag.multi,
        definition_zh: definition.zh,
        definition_en: definition.en,
        values: count.values.into_iter().map(value).collect(),
        coverage: known.then(|| count.people as f64 / count.population as f64),
        people: (!waiting).then_some(count.people),
        waiting,
        waiting_zh,
        waiting_en,
        needs: needs(tag, seen),
        thresholds: count.thresholds.into_iter().map(TagThresholdView::from).collect(),
    }
}

/// Lists the tag library with how many people have each value.
#[utoipa::path(get, path = "/api/tags", tag = "profiles", operation_id = "list_tags",
    responses((status = 200, body = PageView<TagView>), Problems))]
pub(super) async fn list_tags(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
) -> ApiResult<Json<PageView<TagView>>> {
    let Listed { tags, seen } = service::list_tags(&app.db, &ctx).await?;
    let clinics = service::clinic_names(app.db.read()).await?;
    Ok(Json(PageView::whole(tags.into_iter().map(|tag| tag_view(tag, &seen, &clinics)).collect())))
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
pub(super) async fn list_tagged_people(
    State(app): State<App>,
    Auth(ctx): Auth<ReadPeople>,
    PathId(id): PathId<String>,
    Params(query): Params<TaggedQuery>,
) -> ApiResult<Json<PageView<TaggedPersonView>>> {
    let request = PageQuery { limit: query.limit, cursor: query.cursor }.request()?;
    let page = service::people_with(&app.db, &ctx, &id, query.value.as_deref(), &request).await?;
    Ok(Json(PageView::of(page, TaggedPersonView::from)))
}
