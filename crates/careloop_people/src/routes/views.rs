//! People on the wire. Everything is masked; only [`RevealedView`] is not.

use careloop_http::time_view;
use serde::Serialize;
use utoipa::ToSchema;

use crate::identity::Rule;
use crate::model;
use crate::service::list::Listed;

fn gender(gender: Option<model::Gender>) -> Option<String> {
    gender.map(|gender| gender.as_str().to_owned())
}

/// A line of the customer list.
#[derive(Serialize, ToSchema)]
pub struct PersonRowView {
    id: String,
    /// The best name of the person's records; empty if none has one.
    name: String,
    /// Masked.
    phone: Option<String>,
    /// male or female
    gender: Option<String>,
    /// Full years.
    age: Option<i64>,
    /// Names of the clinics that know the person.
    clinics: Vec<String>,
    owner_name: Option<String>,
    record_count: i64,
    /// When something last happened to the person.
    last_event_at: Option<String>,
}

impl From<Listed> for PersonRowView {
    fn from(Listed { card, last_event_at }: Listed) -> Self {
        Self {
            id: card.person_id.to_string(),
            name: card.name,
            phone: card.phone_masked,
            gender: gender(card.gender),
            age: card.age,
            clinics: card.clinic_names,
            owner_name: card.owner_name,
            record_count: card.record_count,
            last_event_at: last_event_at.map(time_view),
        }
    }
}

/// A phone, masked.
#[derive(Serialize, ToSchema)]
pub struct PersonPhoneView {
    masked: String,
    /// own, parent, agency, or shared when other people have it too
    role: String,
}

/// Why two records are one person, for people to read.
#[derive(Serialize, ToSchema)]
pub struct ReasonView {
    rule: String,
    reason_zh: String,
    reason_en: String,
}

impl From<Rule> for ReasonView {
    fn from(rule: Rule) -> Self {
        Self {
            rule: rule.as_str().to_owned(),
            reason_zh: rule.reason_zh().to_owned(),
            reason_en: rule.reason_en().to_owned(),
        }
    }
}

/// One record of a person.
#[derive(Serialize, ToSchema)]
pub struct PersonRecordView {
    id: String,
    source_name: String,
    source_key: String,
    name: String,
    /// Masked.
    phone: Option<String>,
    clinic_name: Option<String>,
    created_at: String,
    /// What joins it to the person's other records.
    evidence: Vec<ReasonView>,
}

impl From<model::PersonRecord> for PersonRecordView {
    fn from(record: model::PersonRecord) -> Self {
        Self {
            id: record.id.to_string(),
            source_name: record.source_name,
            source_key: record.source_key,
            name: record.name,
            phone: record.phone_masked,
            clinic_name: record.clinic_name,
            created_at: time_view(record.created_at),
            evidence: record.evidence.into_iter().map(Into::into).collect(),
        }
    }
}

/// One of a household.
#[derive(Serialize, ToSchema)]
pub struct HouseholdMemberView {
    person_id: String,
    name: String,
    age: Option<i64>,
    gender: Option<String>,
    /// child, parent, spouse, grandparent or other
    role: String,
    /// Whether this is the key person: whoever decides.
    is_key_person: bool,
}

/// People who share contact points.
#[derive(Serialize, ToSchema)]
pub struct HouseholdView {
    id: String,
    members: Vec<HouseholdMemberView>,
}

impl From<model::Household> for HouseholdView {
    fn from(household: model::Household) -> Self {
        let member = |member: model::HouseholdMember| HouseholdMemberView {
            person_id: member.person_id.to_string(),
            name: member.name,
            age: member.age,
            gender: gender(member.gender),
            role: member.role.as_str().to_owned(),
            is_key_person: member.is_key_person,
        };
        Self { id: household.id.to_string(), members: household.members.into_iter().map(member).collect() }
    }
}

/// Who looks after a person.
#[derive(Serialize, ToSchema)]
pub struct OwnerView {
    staff_id: String,
    name: String,
}

/// The latest word on a channel.
#[derive(Serialize, ToSchema)]
pub struct ConsentView {
    /// email, sms, wecom, phone or all
    channel: String,
    /// granted or refused
    state: String,
    at: String,
}

impl From<model::Consent> for ConsentView {
    fn from(consent: model::Consent) -> Self {
        Self { channel: consent.channel, state: consent.state, at: time_view(consent.at) }
    }
}

/// A person, masked.
#[derive(Serialize, ToSchema)]
pub struct PersonView {
    id: String,
    /// The id that was asked for, if it has been merged into this person.
    redirected_from: Option<String>,
    name: String,
    gender: Option<String>,
    birth_date: Option<String>,
    age: Option<i64>,
    phones: Vec<PersonPhoneView>,
    emails_masked: Vec<String>,
    records: Vec<PersonRecordView>,
    household: Option<HouseholdView>,
    owner: Option<OwnerView>,
    consents: Vec<ConsentView>,
}

impl From<model::Person> for PersonView {
    fn from(person: model::Person) -> Self {
        let phone = |phone: model::PersonPhone| PersonPhoneView { masked: phone.masked, role: phone.role.to_owned() };
        Self {
            id: person.id.to_string(),
            redirected_from: person.redirected_from.map(|id| id.to_string()),
            name: person.name,
            gender: gender(person.gender),
            birth_date: person.birth_date.map(|date| date.to_string()),
            age: person.age,
            phones: person.phones.into_iter().map(phone).collect(),
            emails_masked: person.emails_masked,
            records: person.records.into_iter().map(Into::into).collect(),
            household: person.household.map(Into::into),
            owner: person.owner.map(|owner| OwnerView { staff_id: owner.staff_id.to_string(), name: owner.name }),
            consents: person.consents.into_iter().map(Into::into).collect(),
        }
    }
}

/// Clear values. The one view that is not masked.
#[derive(Serialize, ToSchema)]
pub struct RevealedView {
    values: Vec<RevealedFieldView>,
}

/// The clear values of one field.
#[derive(Serialize, ToSchema)]
pub struct RevealedFieldView {
    /// phone, email, id_card or address
    field: String,
    values: Vec<String>,
}

impl From<Vec<model::Revealed>> for RevealedView {
    fn from(revealed: Vec<model::Revealed>) -> Self {
        let field =
            |one: model::Revealed| RevealedFieldView { field: one.field.as_str().to_owned(), values: one.values };
        Self { values: revealed.into_iter().map(field).collect() }
    }
}

/// A note.
#[derive(Serialize, ToSchema)]
pub struct NoteView {
    id: String,
    text: String,
    author: Option<String>,
    created_at: String,
}

impl From<model::Note> for NoteView {
    fn from(note: model::Note) -> Self {
        Self { id: note.id.to_string(), text: note.text, author: note.author, created_at: time_view(note.created_at) }
    }
}

/// The id of a new note.
#[derive(Serialize, ToSchema)]
pub struct NoteIdView {
    /// `nte_…`
    pub id: String,
}

/// Two records and why they are one person.
#[derive(Serialize, ToSchema)]
pub struct IdentityLinkView {
    /// One record.
    a: String,
    /// The other.
    b: String,
    #[serde(flatten)]
    reason: ReasonView,
}

/// What somebody decided about two records.
#[derive(Serialize, ToSchema)]
pub struct DecisionView {
    id: String,
    /// must or cannot
    kind: String,
    record_a: String,
    record_b: String,
    /// A staff id, or `system:…`.
    actor: String,
    reason: String,
    created_at: String,
    withdrawn_at: Option<String>,
}

impl From<model::Decision> for DecisionView {
    fn from(decision: model::Decision) -> Self {
        Self {
            id: decision.id.to_string(),
            kind: decision.kind.as_str().to_owned(),
            record_a: decision.records.0.to_string(),
            record_b: decision.records.1.to_string(),
            actor: decision.actor,
            reason: decision.reason,
            created_at: time_view(decision.created_at),
            withdrawn_at: decision.withdrawn_at.map(time_view),
        }
    }
}

/// What became of an id: it was merged into a person, or records were parted to it.
#[derive(Serialize, ToSchema)]
pub struct IdMoveView {
    event_id: String,
    /// person.merged or person.unmerged
    kind: String,
    at: String,
    /// Who took the records in, or gave them away.
    person_id: String,
    /// The id that was merged, or that records were parted to.
    other_id: String,
    /// How many records moved.
    records: i64,
    /// rule, staff or source
    by: String,
    /// Who decided, where a member of staff did.
    staff_id: Option<String>,
    /// What joined them.
    reason: Option<ReasonView>,
}

impl From<model::IdMove> for IdMoveView {
    fn from(one: model::IdMove) -> Self {
        Self {
            event_id: one.event_id.to_string(),
            kind: one.kind.as_str().to_owned(),
            at: one.at.to_string(),
            person_id: one.person.to_string(),
            other_id: one.other.to_string(),
            records: one.records,
            by: one.by,
            staff_id: one.staff.map(|id| id.to_string()),
            reason: one.rule.map(Into::into),
        }
    }
}

/// How a person was pieced together.
#[derive(Serialize, ToSchema)]
pub struct IdentityView {
    records: Vec<PersonRecordView>,
    links: Vec<IdentityLinkView>,
    decisions: Vec<DecisionView>,
    /// What became of the person's ids, newest first; at most 200.
    history: Vec<IdMoveView>,
}

impl From<model::IdentityView> for IdentityView {
    fn from(identity: model::IdentityView) -> Self {
        let link = |link: model::IdentityLink| IdentityLinkView {
            a: link.a.to_string(),
            b: link.b.to_string(),
            reason: link.rule.into(),
        };
        Self {
            records: identity.records.into_iter().map(Into::into).collect(),
            links: identity.links.into_iter().map(link).collect(),
            decisions: identity.decisions.into_iter().map(Into::into).collect(),
            history: identity.moves.into_iter().map(Into::into).collect(),
        }
    }
}
