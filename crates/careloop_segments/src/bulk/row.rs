//! Actions as rows.

use careloop_kernel::{Error, Result};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{BulkAction, Deed, Origin, State};
use crate::store::bulk::BulkRow;

/// On what terms a tag is set, as stored.
#[derive(Default, Serialize, Deserialize)]
struct StoredTerms {
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until_on: Option<Date>,
}

/// List, tag, value and terms of a deed, as stored.
#[derive(Debug, Default)]
pub(crate) struct DeedColumns {
    pub(crate) segment: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) value: Option<String>,
    pub(crate) terms: Option<String>,
}

impl Deed {
    pub(crate) fn columns(&self) -> Result<DeedColumns> {
        Ok(match self {
            Self::ListAdd(list) | Self::ListRemove(list) => {
                DeedColumns { segment: Some(list.to_string()), ..DeedColumns::default() }
            }
            Self::TagSet { tag, value, reason, until_on } => {
                let terms = StoredTerms { reason: reason.clone(), until_on: *until_on };
                let terms = serde_json::to_string(&terms).map_err(Error::internal)?;
                DeedColumns { segment: None, tag: Some(tag.clone()), value: Some(value.clone()), terms: Some(terms) }
            }
            Self::TagRemove { tag, value } => {
                DeedColumns { tag: Some(tag.clone()), value: Some(value.clone()), ..DeedColumns::default() }
            }
        })
    }

    pub(crate) fn of_row(row: &BulkRow) -> Result<Self> {
        let list = || row.segment.as_deref().unwrap_or_default().parse();
        let (tag, value) = (row.tag.clone().unwrap_or_default(), row.value.clone().unwrap_or_default());
        Ok(match row.action.as_str() {
            "list_add" => Self::ListAdd(list()?),
            "list_remove" => Self::ListRemove(list()?),
            "tag_set" => {
                let terms: Option<StoredTerms> =
                    row.terms.as_deref().map(serde_json::from_str).transpose().map_err(Error::internal)?;
                let StoredTerms { reason, until_on } = terms.unwrap_or_default();
                Self::TagSet { tag, value, reason, until_on }
            }
            _ => Self::TagRemove { tag, value },
        })
    }
}

impl TryFrom<BulkRow> for BulkAction {
    type Error = Error;
    fn try_from(row: BulkRow) -> Result<Self> {
        let id = |text: Option<&String>| text.map(|text| text.parse()).transpose();
        Ok(Self {
            id: row.id.parse()?,
            deed: Deed::of_row(&row)?,
            origin: Origin::parse(&row.origin)?,
            report: row.report.as_deref().map(serde_json::from_str).transpose().map_err(Error::internal)?,
            undoes: id(row.undoes_id.as_ref())?,
            undone_by: id(row.undone_by.as_ref())?,
            created_by: row.created_by,
            created_us: row.created_at,
            finished_us: row.finished_at,
            state: State::parse(&row.state),
            total: row.total,
            done: row.done,
            changed: row.changed_count,
        })
    }
}
