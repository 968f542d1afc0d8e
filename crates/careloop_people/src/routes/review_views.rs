//! Doubts and quality on the wire.

use careloop_http::time_view;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::views::ReasonView;
use crate::identity::{Explanation, Finding};
use crate::model::PersonRecord;
use crate::service::quality::Quality;
use crate::service::review::{Details, Review, Reviews};

/// One record of a pair, masked.
#[derive(Serialize, ToSchema)]
pub struct ReviewRecordView {
    id: String,
    person_id: String,
    source_name: String,
    source_key: String,
    name: String,
    /// Masked.
    phone: Option<String>,
    clinic_name: Option<String>,
    created_at: String,
    /// As the source gives it.
    birth_date: Option<String>,
    /// male or female
    gender: Option<String>,
    /// Masked.
    id_card: Option<String>,
    guardian: Option<String>,
    area: Option<String>,
    /// Whether it has a WeChat union id or a WeCom contact.
    wechat: bool,
}

impl ReviewRecordView {
    fn of(record: PersonRecord, person_id: String, details: Details) -> Self {
        Self {
            id: record.id.to_string(),
            person_id,
            source_name: record.source_name,
            source_key: record.source_key,
            name: record.name,
            phone: record.phone_masked,
            clinic_name: record.clinic_name,
            created_at: time_view(record.created_at),
            birth_date: details.birth_date,
            gender: details.gender.map(str::to_owned),
            id_card: details.id_card,
            guardian: details.guardian,
            area: details.area,
            wechat: details.wechat,
        }
    }
}

/// One thing two records were compared by.
#[derive(Serialize, ToSchema)]
pub struct FindingView {
    comparison: String,
    level: String,
    text_zh: String,
    text_en: String,
    /// For being one person against being strangers, in bits: one bit doubles the odds.
    against_strangers: f64,
    /// The same against the relatives who explain the whole best.
    against_relatives: f64,
}

impl From<Finding> for FindingView {
    fn from(finding: Finding) -> Self {
        Self {
            comparison: finding.comparison.as_str().to_owned(),
            level: finding.level.to_owned(),
            text_zh: finding.zh.to_owned(),
            text_en: finding.en.to_owned(),
            against_strangers: round(finding.against_strangers),
            against_relatives: round(finding.against_relatives),
        }
    }
}

fn round(bits: f64) -> f64 {
    (bits * 100.0).round() / 100.0
}

/// A word in both languages.
#[derive(Serialize, ToSchema)]
pub struct LabelView {
    code: String,
    text_zh: String,
    text_en: String,
}

/// Two records side by side, and everything that speaks for and against their being one person.
#[derive(Serialize, ToSchema)]
pub struct ReviewView {
    a: ReviewRecordView,
    b: ReviewRecordView,
    /// What they have in common, in one phrase.
    reason: ReasonView,
    findings: Vec<FindingView>,
    /// Odds of being one person against anything else, in bits.
    bits: f64,
    /// The same as a probability, 0 to 1.
    probability: f64,
    /// What else they most likely are.
    otherwise: LabelView,
    /// Why they cannot be one person, whatever the odds.
    conflict: Option<LabelView>,
}

impl From<Review> for ReviewView {
    fn from(review: Review) -> Self {
        let Explanation { findings, bits, probability, otherwise, conflict } = review.explanation;
        let [a, b] = review.records;
        let [person_a, person_b] = review.persons;
        let [details_a, details_b] = review.details;
        Self {
            a: ReviewRecordView::of(a, person_a, details_a),
            b: ReviewRecordView::of(b, person_b, details_b),
            reason: review.rule.into(),
            findings: findings.into_iter().map(Into::into).collect(),
            bits: round(bits),
            probability: (probability * 10_000.0).round() / 10_000.0,
            otherwise: LabelView {
                code: otherwise.as_str().to_owned(),
                text_zh: otherwise.label_zh().to_owned(),
                text_en: otherwise.label_en().to_owned(),
            },
            conflict: conflict.map(|conflict| LabelView {
                code: conflict.as_str().to_owned(),
                text_zh: conflict.reason_zh().to_owned(),
                text_en: conflict.reason_en().to_owned(),
            }),
        }
    }
}

/// A page of doubts.
#[derive(Serialize, ToSchema)]
pub struct ReviewsView {
    items: Vec<ReviewView>,
    next_cursor: Option<String>,
    /// How many doubts are open.
    open: i64,
}

impl From<Reviews> for ReviewsView {
    fn from(reviews: Reviews) -> Self {
        Self {
            items: reviews.page.items.into_iter().map(Into::into).collect(),
            next_cursor: reviews.page.next.map(|cursor| cursor.0),
            open: reviews.open,
        }
    }
}

/// Persons with so many records.
#[derive(Serialize, ToSchema)]
pub struct SizeView {
    records: i64,
    persons: i64,
}

/// How often a source names one person twice, and how many of its records say what.
#[derive(Serialize, ToSchema)]
pub struct SourceQualityView {
    id: String,
    name: String,
    records: i64,
    persons: i64,
    phone: i64,
    email: i64,
    wecom: i64,
    gender: i64,
    birth_date: i64,
}

/// An identifier that more records have than a family has.
#[derive(Serialize, ToSchema)]
pub struct CrowdView {
    kind: String,
    masked: String,
    records: i64,
}

/// Links that people checked.
#[derive(Serialize, ToSchema)]
pub struct CheckedView {
    right: i64,
    wrong: i64,
    /// The share that is right, 0 to 1; none before the first check.
    precision: Option<f64>,
    /// Lower end of its 95 % interval (Wilson).
    low: Option<f64>,
    /// Upper end.
    high: Option<f64>,
}

/// How things stood at the end of a day.
#[derive(Serialize, ToSchema)]
pub struct DayView {
    day: String,
    records: i64,
    persons: i64,
    doubts: i64,
}

/// The weights in force.
#[derive(Serialize, ToSchema)]
pub struct ModelView {
    version: i64,
    learned_at: String,
    records: i64,
    /// Pairs of each class, and probabilities of the levels of each comparison under each class.
    #[schema(value_type = Object)]
    parameters: Value,
}

/// How good identity is.
#[derive(Serialize, ToSchema)]
pub struct QualityView {
    records: i64,
    persons: i64,
    doubts: i64,
    sizes: Vec<SizeView>,
    sources: Vec<SourceQualityView>,
    crowds: Vec<CrowdView>,
    checked: CheckedView,
    days: Vec<DayView>,
    model: Option<ModelView>,
}

impl From<Quality> for QualityView {
    fn from(quality: Quality) -> Self {
        let source = |row: crate::store::review::SourceRow| SourceQualityView {
            id: row.id,
            name: row.name,
            records: row.records,
            persons: row.persons,
            phone: row.phone,
            email: row.email,
            wecom: row.wecom,
            gender: row.gender,
            birth_date: row.birth_date,
        };
        let days = quality.days.into_iter().map(|row| DayView {
            day: row.day,
            records: row.records,
            persons: row.persons,
            doubts: row.doubts,
        });
        let crowd = |row: crate::store::review::CrowdRow| CrowdView {
            kind: row.kind,
            masked: row.masked,
            records: row.records,
        };
        let precision = quality.checked.precision;
        Self {
            records: quality.records,
            persons: quality.persons,
            doubts: quality.doubts,
            sizes: quality
                .sizes
                .into_iter()
                .map(|row| SizeView { records: row.records, persons: row.persons })
                .collect(),
            sources: quality.sources.into_iter().map(source).collect(),
            crowds: quality.crowds.into_iter().map(crowd).collect(),
            checked: CheckedView {
                right: quality.checked.right,
                wrong: quality.checked.wrong,
                precision: precision.map(|precision| precision.0),
                low: precision.map(|precision| precision.1),
                high: precision.map(|precision| precision.2),
            },
            days: days.collect(),
            model: quality.model.map(|model| ModelView {
                version: model.version,
                learned_at: time_view(model.learned_at),
                records: model.records,
                parameters: model.parameters,
            }),
        }
    }
}
