//! How good identity is: what is known of it without knowing the truth.

use careloop_access::roles::require_chain;
use careloop_db::Db;
use careloop_kernel::permissions::ReadPeople;
use careloop_kernel::{Ctx, Error, Result};

use crate::store;
use crate::store::review::{CrowdRow, DayRow, SizeRow, SourceRow};

/// Days of the trend.
const DAYS: i64 = 90;

/// What the quality page shows.
pub struct Quality {
    /// How many records and persons there are.
    pub records: i64,
    /// Persons.
    pub persons: i64,
    /// Doubts that are open.
    pub doubts: i64,
    /// Persons by how many records they have.
    pub(crate) sizes: Vec<SizeRow>,
    /// Sources: duplicates, completeness.
    pub(crate) sources: Vec<SourceRow>,
    /// Identifiers that more records have than a family has.
    pub(crate) crowds: Vec<CrowdRow>,
    /// Links that people checked.
    pub checked: Checked,
    /// How things stood on former days.
    pub(crate) days: Vec<DayRow>,
    /// The weights in force.
    pub model: Option<ModelFacts>,
}

/// What people found when they checked links.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Checked {
    /// Links that were right.
    pub right: i64,
    /// Links that were wrong.
    pub wrong: i64,
    /// The share that is right, with the interval that holds it in 95 of 100 cases (Wilson 1927); none before the first check.
    pub precision: Option<(f64, f64, f64)>,
}

impl Checked {
    /// From counts.
    pub fn of(right: i64, wrong: i64) -> Self {
        let all = (right + wrong) as f64;
        let precision = (all > 0.0).then(|| {
            const Z: f64 = 1.96;
            let share = right as f64 / all;
            let centre = (share + Z * Z / (2.0 * all)) / (1.0 + Z * Z / all);
            let reach = Z / (1.0 + Z * Z / all) * (share * (1.0 - share) / all + Z * Z / (4.0 * all * all)).sqrt();
            (share, (centre - reach).max(0.0), (centre + reach).min(1.0))
        });
        Self { right, wrong, precision }
    }
}

/// The weights in force.
pub struct ModelFacts {
    /// Counted from one.
    pub version: i64,
    /// When they were learned, in microseconds.
    pub learned_at: i64,
    /// From how many records.
    pub records: i64,
    /// All parameters by name.
    pub parameters: serde_json::Value,
}

/// How good identity is. It is about the whole chain, so only whoever sees the whole chain may see it.
pub async fn quality(db: &Db, ctx: &Ctx<ReadPeople>) -> Result<Quality> {
    require_chain(ctx)?;
    let conn = db.read();
    let sizes = store::review::sizes(conn).await?;
    let (right, wrong) = store::review::checked(conn).await?;
    let model = store::identity::model(conn).await?;
    Ok(Quality {
        records: sizes.iter().map(|row| row.records * row.persons).sum(),
        persons: sizes.iter().map(|row| row.persons).sum(),
        doubts: store::review::count_doubts(conn, ctx.scope()).await?,
        sources: store::review::sources(conn).await?,
        crowds: store::review::crowds(conn).await?,
        checked: Checked::of(right, wrong),
        days: store::review::days(conn, DAYS).await?,
        model: model.as_ref().map(facts).transpose()?,
        sizes,
    })
}

fn facts(row: &store::identity::ModelRow) -> Result<ModelFacts> {
    let parameters = serde_json::from_str(&row.parameters).map_err(Error::internal)?;
    Ok(ModelFacts { version: row.version, learned_at: row.learned_at, records: row.records, parameters })
}

#[cfg(test)]
mod tests {
    use super::Checked;

    #[test]
    fn the_interval_is_wilsons() {
        // Newcombe (1998), table I: 81 of 263, score method without continuity correction: 0.2553 to 0.3662.
        let (share, low, high) = Checked::of(81, 182).precision.unwrap();
        assert!((share - 0.3080).abs() < 1e-4 && (low - 0.2553).abs() < 1e-4 && (high - 0.3662).abs() < 1e-4);
        assert_eq!(Checked::of(0, 0).precision, None);
    }
}
