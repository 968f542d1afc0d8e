//! The customer list.

use axum::Json;
use axum::extract::State;
use careloop_http::{ApiResult, App, Auth, PageView, Params, Problems};
use careloop_kernel::permissions::ReadPeople;
use careloop_kernel::{Ctx, Error, PageRequest, Result};
use serde::Deserialize;
use utoipa::IntoParams;

use super::views::PersonRowView;
use crate::model::{PeopleFilter, SortBy};
use crate::service::list;
use crate::store;

/// Which people to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuery {
    /// Part of a name, pinyin, initials, a phone, its last four digits, or an e-mail address.
    q: Option<String>,
    /// Known by this clinic.
    clinic_id: Option<String>,
    /// `me`, or the id of a member of staff.
    owner: Option<String>,
    /// `newest` (the default) or `oldest`.
    sort: Option<String>,
    /// How many items, 1 to 200; 50 if absent.
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The customers the caller may see, masked. A page may be short and yet have a cursor.
#[utoipa::path(get, path = "/api/people", tag = "people", operation_id = "list_people", params(PeopleQuery),
    responses((status = 200, body = PageView<PersonRowView>), Problems))]
pub async fn list_people(
    State(app): State<App>,
    Auth(ctx): Auth<ReadPeople>,
    Params(query): Params<PeopleQuery>,
) -> ApiResult<Json<PageView<PersonRowView>>> {
    let request = PageRequest::new(query.limit, query.cursor.clone())?;
    let filter = filter(&app, &ctx, query).await?;
    let page = list::list(&app.db, &ctx, filter, &request).await?;
    Ok(Json(PageView::of(page, PersonRowView::from)))
}

async fn filter(app: &App, ctx: &Ctx<ReadPeople>, query: PeopleQuery) -> Result<PeopleFilter> {
    let sort = match query.sort.as_deref() {
        None | Some("newest") => SortBy::Newest,
        Some("oldest") => SortBy::Oldest,
        Some(_) => {
            return Err(
                Error::invalid("people.sort", "sort by newest or oldest").with_field("sort", "newest or oldest")
            );
        }
    };
    // A clinic or a colleague that does not exist knows nobody.
    let clinic = match &query.clinic_id {
        None => None,
        Some(id) => Some(store::list::clinic(app.db.read(), id).await?.unwrap_or(-1)),
    };
    let owner = match query.owner.as_deref() {
        None => None,
        Some("me") => Some(ctx.staff_ord().unwrap_or(-1)),
        Some(id) => Some(store::list::staff(app.db.read(), id).await?.unwrap_or(-1)),
    };
    Ok(PeopleFilter { query: query.q, clinic, owner, persons: None, sort })
}
