//! Tasks over HTTP.

use axum::Json;
use axum::extract::State;
use careloop_access::settings;
use careloop_http::{ApiResult, App, Auth, Body, PageQuery, PageView, Params, PathId, Problems, Router, time_view};
use careloop_kernel::ids::{StaffId, TaskId};
use careloop_kernel::permissions::{ReadTasks, WorkTasks};
use careloop_kernel::{Error, parse_instant};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::model::{ManualTask, Task, TaskFilter};
use crate::service;

/// Every operation of this crate.
pub fn router() -> Router {
    Router::new()
        .routes(routes!(list_tasks, create_task))
        .routes(routes!(complete_task))
        .routes(routes!(reopen_task))
        .routes(routes!(reassign_task))
}

/// For whom a task is, masked.
#[derive(Serialize, ToSchema)]
pub struct TaskPersonView {
    id: String,
    /// Null when the caller may not see customers, or there is no name.
    name: Option<String>,
    phone: Option<String>,
}

/// Whose task it is.
#[derive(Serialize, ToSchema)]
pub struct TaskOwnerView {
    id: String,
    name: String,
}

/// A task.
#[derive(Serialize, ToSchema)]
pub struct TaskView {
    id: String,
    title: String,
    person: TaskPersonView,
    /// Null when anybody of the clinic may take it.
    owner: Option<TaskOwnerView>,
    /// What opened it: the name of a plan; null if somebody did by hand.
    reason: Option<String>,
    due_at: String,
    /// open or done
    state: String,
    /// fine, discomfort, booked, refused, unreachable or other
    outcome: Option<String>,
    note: Option<String>,
    done_at: Option<String>,
    created_at: String,
    overdue: bool,
}

impl TaskView {
    fn of(task: Task, now_us: i64) -> Self {
        let (name, phone) = task.card.map_or((None, None), |card| (Some(card.name), card.phone_masked));
        let person = TaskPersonView { id: task.person.to_string(), name: name.filter(|name| !name.is_empty()), phone };
        Self {
            id: task.id.to_string(),
            title: task.title,
            person,
            owner: task.owner.map(|(id, name)| TaskOwnerView { id: id.to_string(), name }),
            reason: Some(task.reason).filter(|reason| !reason.is_empty()),
            due_at: time_view(task.due_at),
            state: if task.outcome.is_some() { "done" } else { "open" }.to_owned(),
            overdue: task.outcome.is_none() && task.due_at < now_us,
            outcome: task.outcome.map(|outcome| outcome.as_str().to_owned()),
            note: task.note,
            done_at: task.done_at.map(time_view),
            created_at: time_view(task.created_at),
        }
    }
}

/// Which tasks to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TaskQuery {
    /// open (the default) or done
    state: Option<String>,
    /// me, or all (the default) of the caller's scope
    owner: Option<String>,
    /// How many items, 1 to 200; 50 if absent.
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

impl TaskQuery {
    fn filter(&self) -> Result<TaskFilter, Error> {
        let one_of = |field: &'static str, text: Option<&str>, default: &str, other: &str| match text {
            None => Ok(false),
            Some(text) if text == default => Ok(false),
            Some(text) if text == other => Ok(true),
            Some(_) => {
                let message = format!("{default} or {other}");
                Err(Error::invalid("teams.filter", format!("`{field}` is {message}")).with_field(field, message))
            }
        };
        Ok(TaskFilter {
            done: one_of("state", self.state.as_deref(), "open", "done")?,
            mine: one_of("owner", self.owner.as_deref(), "all", "me")?,
        })
    }
}

/// A task to be opened.
#[derive(Deserialize, ToSchema)]
pub struct NewTaskBody {
    /// `per_…`
    person_id: String,
    title: String,
    /// RFC 3339, or a date in the chain's zone.
    due_at: String,
    /// Who looks after the customer if absent.
    #[schema(value_type = Option<String>)]
    owner_id: Option<StaffId>,
}

/// What came of a task.
#[derive(Deserialize, ToSchema)]
pub struct DoneBody {
    /// fine, discomfort, booked, refused, unreachable or other
    outcome: String,
    note: Option<String>,
}

/// Who shall have a task.
#[derive(Deserialize, ToSchema)]
pub struct TaskOwnerBody {
    /// Null gives it back to the clinic.
    #[schema(value_type = Option<String>)]
    owner_id: Option<StaffId>,
}

/// The inbox: open tasks by due time, or done ones newest first.
#[utoipa::path(get, path = "/api/tasks", tag = "teams", operation_id = "list_tasks", params(TaskQuery),
    responses((status = 200, body = PageView<TaskView>), Problems))]
pub async fn list_tasks(
    State(app): State<App>,
    Auth(ctx): Auth<ReadTasks>,
    Params(query): Params<TaskQuery>,
) -> ApiResult<Json<PageView<TaskView>>> {
    let filter = query.filter()?;
    let request = PageQuery { limit: query.limit, cursor: query.cursor }.request()?;
    let page = service::list(&app.db, &ctx, filter, &request).await?;
    Ok(Json(PageView::of(page, |task| TaskView::of(task, ctx.now_us()))))
}

/// Opens a task for a customer.
#[utoipa::path(post, path = "/api/tasks", tag = "teams", operation_id = "create_task", request_body = NewTaskBody,
    responses((status = 201, body = TaskView), Problems))]
pub async fn create_task(
    State(app): State<App>,
    Auth(ctx): Auth<WorkTasks>,
    Body(body): Body<NewTaskBody>,
) -> ApiResult<(StatusCode, Json<TaskView>)> {
    let zone = settings::load(app.db.read()).await?.time_zone;
    let due_at = parse_instant(&body.due_at, &zone).map_err(|error| error.with_field("due_at", "a date or a time"))?;
    let NewTaskBody { person_id: person, title, owner_id: owner, .. } = body;
    let task = service::create(&app.db, &ctx, ManualTask { person, title, due_at, owner }).await?;
    app.wake.call();
    Ok((StatusCode::CREATED, Json(TaskView::of(task, ctx.now_us()))))
}

/// Marks a task done.
#[utoipa::path(post, path = "/api/tasks/{id}/done", tag = "teams", operation_id = "complete_task",
    params(("id" = String, Path)), request_body = DoneBody,
    responses((status = 200, body = TaskView), Problems))]
pub async fn complete_task(
    State(app): State<App>,
    Auth(ctx): Auth<WorkTasks>,
    PathId(id): PathId<TaskId>,
    Body(body): Body<DoneBody>,
) -> ApiResult<Json<TaskView>> {
    let task = service::done(&app.db, &ctx, id, body.outcome.parse()?, body.note).await?;
    app.wake.call();
    Ok(Json(TaskView::of(task, ctx.now_us())))
}

/// Opens a done task again.
#[utoipa::path(post, path = "/api/tasks/{id}/reopen", tag = "teams", operation_id = "reopen_task",
    params(("id" = String, Path)), responses((status = 200, body = TaskView), Problems))]
pub async fn reopen_task(
    State(app): State<App>,
    Auth(ctx): Auth<WorkTasks>,
    PathId(id): PathId<TaskId>,
) -> ApiResult<Json<TaskView>> {
    let task = service::reopen(&app.db, &ctx, id).await?;
    app.wake.call();
    Ok(Json(TaskView::of(task, ctx.now_us())))
}

/// Hands a task to a colleague, takes it, or gives it back to the clinic.
#[utoipa::path(put, path = "/api/tasks/{id}/owner", tag = "teams", operation_id = "reassign_task",
    params(("id" = String, Path)), request_body = TaskOwnerBody,
    responses((status = 200, body = TaskView), Problems))]
pub async fn reassign_task(
    State(app): State<App>,
    Auth(ctx): Auth<ReadTasks>,
    PathId(id): PathId<TaskId>,
    Body(body): Body<TaskOwnerBody>,
) -> ApiResult<Json<TaskView>> {
    let task = service::reassign(&app.db, &ctx, id, body.owner_id).await?;
    Ok(Json(TaskView::of(task, ctx.now_us())))
}
