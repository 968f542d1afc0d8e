//! Defining segments and trying rules.

use std::time::Instant;

use axum::extract::State;
use axum::{Extension, Json};
use careloop_events::FieldType;
use careloop_http::{ApiResult, App, Auth, Body, PageView, Params, PathId, Problems};
use careloop_kernel::ids::SegmentId;
use careloop_kernel::parse_instant;
use careloop_kernel::permissions::{EditSegments, ReadSegments};
use careloop_profiles::{TagForm, tag_library};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use crate::finder::{AsOf, Finder};
use crate::model::{NewSegment, SegmentPatch};
use crate::rule::Attr;
use crate::service::{self, SegmentLabel, Vocabulary};

use super::views::{
    FieldView, NewSegmentBody, OptionView, PreviewBody, PreviewView, SegmentDetailView, SegmentOptionView,
    SegmentPatchBody, SegmentPersonView, SegmentView, TagOptionView, VocabularyKindView, VocabularyTagView,
    VocabularyView,
};

/// Which segments.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// True for those that were put away.
    #[serde(default)]
    pub archived: bool,
}

/// Lists segments with their counts.
#[utoipa::path(get, path = "/api/segments", tag = "segments", operation_id = "list_segments", params(ListQuery),
    responses((status = 200, body = PageView<SegmentView>), Problems))]
pub(super) async fn list_segments(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
    Params(query): Params<ListQuery>,
) -> ApiResult<Json<PageView<SegmentView>>> {
    let segments = service::list_segments(&app.db, &ctx, query.archived).await?;
    Ok(Json(PageView::whole(segments.into_iter().map(SegmentView::from).collect())))
}

/// Makes a segment. Its members appear within moments.
#[utoipa::path(post, path = "/api/segments", tag = "segments", operation_id = "create_segment", request_body = NewSegmentBody,
    responses((status = 201, body = SegmentView), Problems))]
pub(super) async fn create_segment(
    State(app): State<App>,
    Auth(ctx): Auth<EditSegments>,
    Extension(finder): Extension<Finder>,
    Body(body): Body<NewSegmentBody>,
) -> ApiResult<(StatusCode, Json<SegmentView>)> {
    let new = NewSegment { name: body.name, description: body.description, rule: body.rule };
    let segment = service::create_segment(&app.db, &ctx, &new).await?;
    app.wake.call();
    // The stored members are still being decided; show what the rule gives.
    let count =
        service::preview(&app.db, &ctx.require()?, &finder, &json!({ "segment": segment.id }), AsOf::Live).await?.count;
    Ok((StatusCode::CREATED, Json(SegmentView { count, ..segment.into() })))
}

/// Shows a segment and its rule in words.
#[utoipa::path(get, path = "/api/segments/{id}", tag = "segments", operation_id = "get_segment",
    params(("id" = String, Path, description = "the segment")),
    responses((status = 200, body = SegmentDetailView), Problems))]
pub(super) async fn get_segment(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
    PathId(id): PathId<SegmentId>,
) -> ApiResult<Json<SegmentDetailView>> {
    let (segment, said, kinds) = service::get_segment(&app.db, &ctx, id).await?;
    Ok(Json(SegmentDetailView { segment: segment.into(), summary_zh: said.zh, summary_en: said.en, kinds }))
}

/// Changes a segment's name, description or rule.
#[utoipa::path(patch, path = "/api/segments/{id}", tag = "segments", operation_id = "update_segment", request_body = SegmentPatchBody,
    params(("id" = String, Path, description = "the segment")),
    responses((status = 200, body = SegmentView), Problems))]
pub(super) async fn update_segment(
    State(app): State<App>,
    Auth(ctx): Auth<EditSegments>,
    Extension(finder): Extension<Finder>,
    PathId(id): PathId<SegmentId>,
    Body(body): Body<SegmentPatchBody>,
) -> ApiResult<Json<SegmentView>> {
    let patch = SegmentPatch { name: body.name, description: body.description, rule: body.rule };
    let segment = service::update_segment(&app.db, &ctx, id, &patch).await?;
    app.wake.call();
    let count =
        service::preview(&app.db, &ctx.require()?, &finder, &json!({ "segment": segment.id }), AsOf::Live).await?.count;
    Ok(Json(SegmentView { count, ..segment.into() }))
}

/// Puts a segment away.
#[utoipa::path(post, path = "/api/segments/{id}/archive", tag = "segments", operation_id = "archive_segment",
    params(("id" = String, Path, description = "the segment")),
    responses((status = 204, description = "put away"), Problems))]
pub(super) async fn archive_segment(
    State(app): State<App>,
    Auth(ctx): Auth<EditSegments>,
    PathId(id): PathId<SegmentId>,
) -> ApiResult<StatusCode> {
    service::archive_segment(&app.db, &ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a segment that was put away back into use. Its members appear within moments.
#[utoipa::path(post, path = "/api/segments/{id}/restore", tag = "segments", operation_id = "restore_segment",
    params(("id" = String, Path, description = "the segment")),
    responses((status = 200, body = SegmentView), Problems))]
pub(super) async fn restore_segment(
    State(app): State<App>,
    Auth(ctx): Auth<EditSegments>,
    PathId(id): PathId<SegmentId>,
) -> ApiResult<Json<SegmentView>> {
    let segment = service::restore_segment(&app.db, &ctx, id).await?;
    app.wake.call();
    Ok(Json(segment.into()))
}

/// Tries a rule: how many, and a few of them.
#[utoipa::path(post, path = "/api/segments/preview", tag = "segments", operation_id = "preview_segment", request_body = PreviewBody,
    responses((status = 200, body = PreviewView), Problems))]
pub(super) async fn preview_segment(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
    Extension(finder): Extension<Finder>,
    Body(body): Body<PreviewBody>,
) -> ApiResult<Json<PreviewView>> {
    let start = Instant::now();
    let as_of = match &body.as_of {
        Some(text) => AsOf::At(parse_instant(text, &careloop_access::settings::load(app.db.read()).await?.time_zone)?),
        None => AsOf::Live,
    };
    let preview = service::preview(&app.db, &ctx, &finder, &body.rule, as_of).await?;
    Ok(Json(PreviewView {
        count: preview.count,
        sample: preview.sample.into_iter().map(SegmentPersonView::from).collect(),
        took_ms: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
        summary_zh: preview.summary.zh,
        summary_en: preview.summary.en,
        warnings: preview.warnings,
    }))
}

/// Lists the words that rules may use.
#[utoipa::path(get, path = "/api/segments/vocabulary", tag = "segments", operation_id = "get_segment_vocabulary",
    responses((status = 200, body = VocabularyView), Problems))]
pub(super) async fn get_segment_vocabulary(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
) -> ApiResult<Json<VocabularyView>> {
    let words = service::vocabulary(&app.db, &ctx).await?;
    Ok(Json(VocabularyView {
        tags: tags(&words.clinics),
        attrs: Attr::ALL.iter().map(|attr| attr_field(*attr, &words)).collect(),
        events: words.kinds.iter().map(|kind| kind_view(kind)).collect(),
        segments: words.segments.into_iter().map(segment_option).collect(),
        units: ["h", "d", "w"].map(str::to_owned).into(),
    }))
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn options(pairs: &[(String, String)]) -> Vec<OptionView> {
    pairs.iter().map(|(value, label)| OptionView { value: value.clone(), label: label.clone() }).collect()
}

fn segment_option(label: SegmentLabel) -> SegmentOptionView {
    SegmentOptionView { value: label.id.to_string(), label: label.name, label_en: label.name_en }
}

fn operators(kind: FieldType) -> Vec<String> {
    match kind {
        FieldType::Text => owned(&["is", "in", "exists"]),
        FieldType::Boolean => owned(&["is", "exists"]),
        FieldType::Money | FieldType::Integer | FieldType::Decimal | FieldType::Date | FieldType::Timestamp => {
            owned(&["is", "in", "gte", "lte", "between", "exists"])
        }
    }
}

fn tags(clinics: &[(String, String)]) -> Vec<VocabularyTagView> {
    let view = |tag: &careloop_profiles::TagDef| VocabularyTagView {
        id: tag.id.clone(),
        name_zh: tag.zh.clone(),
        name_en: tag.en.clone(),
        area: tag.area.clone(),
        form: tag.form.as_str().to_owned(),
        operators: match tag.form {
            TagForm::Flag => owned(&["is"]),
            TagForm::Number => owned(&["is", "in", "gte", "lte", "between", "exists"]),
            TagForm::Choice | TagForm::Open => owned(&["in", "is", "exists"]),
        },
        values: if tag.clinics { clinics.iter().map(clinic_option).collect() } else { choices(tag) },
    };
    tag_library().tags().iter().map(view).collect()
}

fn choices(tag: &careloop_profiles::TagDef) -> Vec<TagOptionView> {
    let option = |choice: &careloop_profiles::TagChoice| TagOptionView {
        value: choice.value.clone(),
        label_zh: choice.zh.clone(),
        label_en: choice.en.clone(),
    };
    tag.values.iter().map(option).collect()
}

fn clinic_option((code, name): &(String, String)) -> TagOptionView {
    TagOptionView { value: code.clone(), label_zh: name.clone(), label_en: name.clone() }
}

fn attr_field(attr: Attr, words: &Vocabulary) -> FieldView {
    let values = match attr {
        Attr::Clinic => options(&words.clinics),
        Attr::Source => options(&words.sources),
        Attr::Owner => options(&words.staff),
        _ => attr
            .values()
            .iter()
            .map(|value| OptionView { value: (*value).to_owned(), label: (*value).to_owned() })
            .collect(),
    };
    let (name_zh, name_en) = attr.names();
    let kind = attr.field_type();
    FieldView {
        key: attr.key().to_owned(),
        name_zh: name_zh.to_owned(),
        name_en: name_en.to_owned(),
        r#type: kind.as_str().to_owned(),
        operators: operators(kind),
        values,
    }
}

fn kind_view(kind: &careloop_events::Kind) -> VocabularyKindView {
    let field = |(key, field): (&String, &careloop_events::Field)| FieldView {
        key: key.clone(),
        name_zh: field.zh.clone(),
        name_en: field.en.clone(),
        r#type: field.r#type.as_str().to_owned(),
        operators: operators(field.r#type),
        values: field.values.iter().map(|value| OptionView { value: value.clone(), label: value.clone() }).collect(),
    };
    VocabularyKindView {
        id: kind.id.clone(),
        name_zh: kind.zh.clone(),
        name_en: kind.en.clone(),
        area: kind.area.clone(),
        fields: kind.fields.iter().map(field).collect(),
    }
}
