//! Activities on the wire.

use careloop_http::time_view;
use careloop_kernel::Ctx;
use careloop_kernel::ids::{ActivityId, ClinicId, SegmentId};
use careloop_segments::routes::{RowsReportView, SegmentPersonView};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{Activity, ActivityPatch, ActivityTag, Attendee, NewActivity};
use crate::service::AttendeeImport;

/// A tag that every visitor gets.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityTagView {
    /// The tag's id.
    pub tag: String,
    /// The value.
    pub value: String,
}

/// An activity.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ActivityId,
    /// The name, which visitors see.
    pub name: String,
    /// Where it is; may be empty.
    pub place: String,
    /// The clinic that holds it; absent for the chain's own.
    #[schema(value_type = Option<String>)]
    pub clinic_id: Option<ClinicId>,
    /// Its name.
    pub clinic_name: Option<String>,
    /// From when people sign in.
    pub starts_at: String,
    /// Until before when.
    pub ends_at: String,
    /// The static list of its attendees.
    #[schema(value_type = String)]
    pub list_id: SegmentId,
    /// The list's name.
    pub list_name: String,
    /// Tags its visitors get.
    pub tags: Vec<ActivityTagView>,
    /// The end of the address of the visitors' page, `/sign-in/…`; only for those who may edit segments.
    pub token: Option<String>,
    /// `not_yet`, `open`, `closed` or `over`.
    pub door: String,
    /// When it was made.
    pub created_at: String,
    /// How many people attended, of those the caller may see.
    pub attendees: i64,
}

impl ActivityView {
    pub(super) fn of<P>(ctx: &Ctx<P>, activity: Activity) -> Self {
        let door = activity.door(ctx.now_us()).as_str().to_owned();
        let clinic = activity.clinic.map(|(_, id, name)| (id, name)).unzip();
        let tags = activity.tags.into_iter().map(|ActivityTag { tag, value }| ActivityTagView { tag, value });
        Self {
            id: activity.id,
            name: activity.name,
            place: activity.place,
            clinic_id: clinic.0,
            clinic_name: clinic.1,
            starts_at: time_view(activity.starts_us),
            ends_at: time_view(activity.ends_us),
            list_id: activity.list.0,
            list_name: activity.list.1,
            tags: tags.collect(),
            token: ctx.has("segments.edit").then_some(activity.token),
            door,
            created_at: time_view(activity.created_us),
            attendees: activity.attendees,
        }
    }
}

/// A new activity.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewActivityBody {
    /// 1 to 40 characters.
    pub name: String,
    /// Up to 80 characters.
    #[serde(default)]
    pub place: String,
    /// The clinic that holds it; absent for the chain.
    #[schema(value_type = Option<String>)]
    pub clinic_id: Option<ClinicId>,
    /// From when people sign in.
    #[schema(value_type = String)]
    pub starts_at: Timestamp,
    /// Until before when, at most 31 days later.
    #[schema(value_type = String)]
    pub ends_at: Timestamp,
    /// A static list to put visitors on; one of the activity's name is made if absent.
    #[schema(value_type = Option<String>)]
    pub list_id: Option<SegmentId>,
    /// Tags visitors get, at most 10.
    #[serde(default)]
    pub tags: Vec<ActivityTagView>,
}

impl From<NewActivityBody> for NewActivity {
    fn from(body: NewActivityBody) -> Self {
        let tags = body.tags.into_iter().map(|ActivityTagView { tag, value }| ActivityTag { tag, value });
        Self {
            name: body.name,
            place: body.place,
            clinic: body.clinic_id,
            starts_at: body.starts_at,
            ends_at: body.ends_at,
            list: body.list_id,
            tags: tags.collect(),
        }
    }
}

/// What changes about an activity; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateActivityBody {
    /// 1 to 40 characters.
    pub name: Option<String>,
    /// Up to 80 characters.
    pub place: Option<String>,
    /// From when people sign in.
    #[schema(value_type = Option<String>)]
    pub starts_at: Option<Timestamp>,
    /// Until before when.
    #[schema(value_type = Option<String>)]
    pub ends_at: Option<Timestamp>,
}

impl From<UpdateActivityBody> for ActivityPatch {
    fn from(body: UpdateActivityBody) -> Self {
        let UpdateActivityBody { name, place, starts_at, ends_at } = body;
        Self { name, place, starts_at, ends_at }
    }
}

/// Somebody who attended.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttendeeView {
    /// Who.
    pub person: SegmentPersonView,
    /// `qr` for those who signed in themselves, else `import`.
    pub origin: String,
    /// When first.
    pub at: String,
}

impl From<Attendee> for AttendeeView {
    fn from(attendee: Attendee) -> Self {
        Self {
            person: attendee.card.into(),
            origin: attendee.origin.as_str().to_owned(),
            at: time_view(attendee.at_us),
        }
    }
}

/// What a file of attendees led to.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttendeeImportView {
    /// What the rows mean.
    pub report: RowsReportView,
    /// People who had not attended and do now.
    pub added: usize,
}

impl From<AttendeeImport> for AttendeeImportView {
    fn from(import: AttendeeImport) -> Self {
        Self { report: import.report.into(), added: import.added }
    }
}
