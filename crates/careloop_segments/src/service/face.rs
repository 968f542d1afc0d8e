//! What other features ask about segments.

use careloop_db::ConnectionTrait;
use careloop_kernel::Result;
use careloop_kernel::ids::SegmentId;

use crate::held::membership;
use crate::presets::name_en;
use crate::store;

/// A segment by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentLabel {
    /// The id.
    pub id: SegmentId,
    /// The name.
    pub name: String,
    /// The English name, if it is built in and was not renamed.
    pub name_en: Option<String>,
    /// Whether nobody is in it any more.
    pub archived: bool,
}

/// Every segment by name, archived ones too, oldest first.
pub async fn labels(connection: &impl ConnectionTrait) -> Result<Vec<SegmentLabel>> {
    let rows = store::labels(connection).await?;
    let label = |row: store::LabelRow| {
        Ok(SegmentLabel {
            id: row.id.parse()?,
            name_en: name_en(row.preset.as_deref(), &row.name),
            name: row.name,
            archived: row.archived_at.is_some(),
        })
    };
    rows.into_iter().map(label).collect()
}

/// Whether the person is in the segment now, as far as the log has been followed; nobody is in an archived one.
pub async fn is_member(connection: &impl ConnectionTrait, id: SegmentId, person: i64) -> Result<bool> {
    let Some((segment, held)) = store::held_in(connection, &id.to_string(), person).await? else { return Ok(false) };
    Ok(membership(&held, segment)?.is_some())
}
