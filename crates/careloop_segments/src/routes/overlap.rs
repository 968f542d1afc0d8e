//! What segments share.

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, PageQuery, PageView, Params, Problems};
use careloop_kernel::Result;
use careloop_kernel::ids::SegmentId;
use careloop_kernel::permissions::{ReadPeople, ReadSegments};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::service::{self, Overlap};

use super::views::{SegmentPersonView, SegmentView};

/// Which segments.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OverlapQuery {
    /// Ids of two to six segments, joined by commas.
    pub segments: String,
}

/// Segments and every combination of them that somebody is in.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverlapView {
    /// The segments, as asked.
    pub segments: Vec<SegmentView>,
    /// The combinations, largest first.
    pub regions: Vec<RegionView>,
    /// People in any of them.
    pub people: u64,
}

/// The people who are in exactly these of the segments.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionView {
    /// The segments they are in; in no other of those compared.
    #[schema(value_type = Vec<String>)]
    pub inside: Vec<SegmentId>,
    /// How many.
    pub count: u64,
}

impl From<Overlap> for OverlapView {
    fn from(overlap: Overlap) -> Self {
        Self {
            segments: overlap.segments.into_iter().map(SegmentView::from).collect(),
            regions: overlap
                .regions
                .into_iter()
                .map(|region| RegionView { inside: region.inside, count: region.count })
                .collect(),
            people: overlap.people,
        }
    }
}

fn ids(text: &str) -> Result<Vec<SegmentId>> {
    text.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::parse).collect()
}

/// Counts the people in every combination of several segments.
#[utoipa::path(get, path = "/api/segments/overlap", tag = "segments", operation_id = "get_segment_overlap", params(OverlapQuery),
    responses((status = 200, body = OverlapView), Problems))]
pub(super) async fn get_segment_overlap(
    State(app): State<App>,
    Auth(ctx): Auth<ReadSegments>,
    Params(query): Params<OverlapQuery>,
) -> ApiResult<Json<OverlapView>> {
    Ok(Json(service::overlap(&app.db, &ctx, &ids(&query.segments)?).await?.into()))
}

/// Which combination.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RegionQuery {
    /// Ids of the segments they are in, joined by commas.
    pub inside: String,
    /// Ids of those they are not in.
    #[serde(default)]
    pub outside: String,
    /// How many, 1 to 200; 50 if absent.
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Lists the people behind one combination.
#[utoipa::path(get, path = "/api/segments/overlap/people", tag = "segments", operation_id = "list_segment_overlap_people",
    params(RegionQuery), responses((status = 200, body = PageView<SegmentPersonView>), Problems))]
pub(super) async fn list_segment_overlap_people(
    State(app): State<App>,
    Auth(ctx): Auth<ReadPeople>,
    Params(query): Params<RegionQuery>,
) -> ApiResult<Json<PageView<SegmentPersonView>>> {
    let (inside, outside) = (ids(&query.inside)?, ids(&query.outside)?);
    let request = PageQuery { limit: query.limit, cursor: query.cursor }.request()?;
    let page = service::overlap_people(&app.db, &ctx, (&inside, &outside), &request).await?;
    Ok(Json(PageView::of(page, SegmentPersonView::from)))
}
