//! Wire twins of work on many people.

use careloop_http::time_view;
use careloop_kernel::ids::{BulkActionId, PersonId, SegmentId};
use careloop_kernel::{Error, Result};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::bulk::{BulkAction, Deed};
use crate::lists::{Lines, RowsReport, Whom};

/// Whom to take: people, or the members of a segment at this moment.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhomBody {
    /// These people, at most 2,000.
    #[schema(value_type = Option<Vec<String>>)]
    pub people: Option<Vec<PersonId>>,
    /// The members of this segment.
    #[schema(value_type = Option<String>)]
    pub segment: Option<SegmentId>,
}

impl WhomBody {
    /// Whom it means; nobody when it names nobody.
    pub(super) fn optional(self) -> Result<Option<Whom>> {
        match (self.people, self.segment) {
            (Some(people), None) => Ok(Some(Whom::People(people))),
            (None, Some(segment)) => Ok(Some(Whom::Segment(segment))),
            (None, None) => Ok(None),
            (Some(_), Some(_)) => Err(one_of()),
        }
    }

    /// Whom it means.
    pub(super) fn whom(self) -> Result<Whom> {
        self.optional()?.ok_or_else(one_of)
    }
}

fn one_of() -> Error {
    let message = "name either people or a segment";
    Error::invalid("bulk.people", message).with_field("people", message)
}

/// A tag for many people.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkTagBody {
    /// The tag.
    pub tag: String,
    /// The value.
    pub value: String,
    /// True to remove the value where it was set by hand.
    #[serde(default)]
    pub remove: bool,
    /// Why, in a few words that say nothing personal; at most 100 characters.
    pub reason: Option<String>,
    /// The last day on which it replaces what is computed; only for a computed tag.
    #[schema(value_type = Option<String>, format = Date)]
    pub until_on: Option<Date>,
    /// Whom.
    pub whom: WhomBody,
}

/// Lines of a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinesView {
    /// How many.
    pub count: u64,
    /// The first of them; the first line of the file is 1.
    pub first: Vec<u64>,
}

impl From<Lines> for LinesView {
    fn from(lines: Lines) -> Self {
        Self { count: lines.count, first: lines.first }
    }
}

/// What the rows of a file lead to.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowsReportView {
    /// Rows, without the header.
    pub rows: u64,
    /// People found.
    pub people: u64,
    /// Rows that mean somebody an earlier row meant.
    pub repeated: LinesView,
    /// Rows that mean nobody the caller may see.
    pub not_found: LinesView,
    /// Rows whose phone belongs to several people.
    pub ambiguous: LinesView,
    /// Rows without an id or a complete phone.
    pub unreadable: LinesView,
}

impl From<RowsReport> for RowsReportView {
    fn from(report: RowsReport) -> Self {
        Self {
            rows: report.rows,
            people: report.people,
            repeated: report.repeated.into(),
            not_found: report.not_found.into(),
            ambiguous: report.ambiguous.into(),
            unreadable: report.unreadable.into(),
        }
    }
}

/// Work on many people.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkActionView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: BulkActionId,
    /// `list_add`, `list_remove`, `tag_set` or `tag_remove`.
    pub action: String,
    /// The list.
    #[schema(value_type = Option<String>)]
    pub segment: Option<SegmentId>,
    /// The tag.
    pub tag: Option<String>,
    /// Its value.
    pub value: Option<String>,
    /// Where the people came from: `selection`, `segment`, `import` or `lookalike`.
    pub origin: String,
    /// What an import's rows led to.
    pub report: Option<RowsReportView>,
    /// The action it takes back.
    #[schema(value_type = Option<String>)]
    pub undoes: Option<BulkActionId>,
    /// The action that took it back.
    #[schema(value_type = Option<String>)]
    pub undone_by: Option<BulkActionId>,
    /// Who asked.
    pub created_by: String,
    /// When.
    pub created_at: String,
    /// When it ended.
    pub finished_at: Option<String>,
    /// `running`, `done` or `cancelled`.
    pub state: String,
    /// How many people there are to go through.
    pub total: i64,
    /// How many are done.
    pub done: i64,
    /// How many it changed.
    pub changed: i64,
}

impl TryFrom<BulkAction> for BulkActionView {
    type Error = Error;
    fn try_from(action: BulkAction) -> Result<Self> {
        let report: Option<RowsReport> =
            action.report.map(serde_json::from_value).transpose().map_err(Error::internal)?;
        let name = action.deed.as_str().to_owned();
        let (segment, tag, value) = match action.deed {
            Deed::ListAdd(list) | Deed::ListRemove(list) => (Some(list), None, None),
            Deed::TagSet { tag, value, .. } | Deed::TagRemove { tag, value } => (None, Some(tag), Some(value)),
        };
        Ok(Self {
            id: action.id,
            action: name,
            segment,
            tag,
            value,
            origin: action.origin.as_str().to_owned(),
            report: report.map(RowsReportView::from),
            undoes: action.undoes,
            undone_by: action.undone_by,
            created_by: action.created_by,
            created_at: time_view(action.created_us),
            finished_at: action.finished_us.map(time_view),
            state: action.state.as_str().to_owned(),
            total: action.total,
            done: action.done,
            changed: action.changed,
        })
    }
}
