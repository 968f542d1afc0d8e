//! Which customers a member of staff may see.

use std::str::FromStr;

use crate::Error;

/// How far a role looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DataLevel {
    /// Only customers whose owner is oneself.
    Own,
    /// Customers of one's clinics.
    Clinic,
    /// Customers of all clinics in the regions of one's clinics.
    Region,
    /// All customers.
    Chain,
}

impl DataLevel {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Clinic => "clinic",
            Self::Region => "region",
            Self::Chain => "chain",
        }
    }
}

impl FromStr for DataLevel {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "own" => Ok(Self::Own),
            "clinic" => Ok(Self::Clinic),
            "region" => Ok(Self::Region),
            "chain" => Ok(Self::Chain),
            _ => Err(Error::invalid("scope.level", "a data level is own, clinic, region or chain")),
        }
    }
}

/// The customers a caller may see, ready to become a filter.
///
/// Regions are resolved to their clinics when the session is read, so queries know three cases only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everybody.
    Chain,
    /// People with at least one record of one of these clinics (`clinics.ord`).
    Clinics(Vec<i64>),
    /// People owned by this member of staff (`staff.ord`).
    Own {
        /// The owner.
        staff: i64,
    },
}

impl Scope {
    /// A condition on `records` under the alias `r` that holds for visible records. Numbers only, so it is safe to
    /// put into SQL text; it is a filter on records: a person is visible when any of their records is.
    pub fn record_condition(&self, alias: &str) -> String {
        match self {
            Self::Chain => "1 = 1".to_owned(),
            Self::Own { staff } => format!("{alias}.owner = {staff}"),
            Self::Clinics(clinics) if clinics.is_empty() => "1 = 0".to_owned(),
            Self::Clinics(clinics) => {
                let list = clinics.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
                format!("{alias}.clinic IN ({list})")
            }
        }
    }

    /// Whether a clinic's own figures may be seen.
    pub fn sees_clinic(&self, clinic: i64) -> bool {
        match self {
            Self::Chain => true,
            Self::Clinics(clinics) => clinics.contains(&clinic),
            Self::Own { .. } => false,
        }
    }
}
