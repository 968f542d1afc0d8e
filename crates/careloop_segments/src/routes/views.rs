//! Wire twins of segments.

use careloop_http::time_view;
use careloop_kernel::ids::{EventId, PersonId, SegmentId};
use careloop_people::PersonCard;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::eval::Clause;
use crate::model::{Change, Member, Segment};
use crate::rule::Summary;
use crate::service::{ClauseText, Explanation};

/// A segment.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: SegmentId,
    /// Its name.
    pub name: String,
    /// Its English name, if it is built in and was not renamed.
    pub name_en: Option<String>,
    /// What it is for.
    pub description: String,
    /// The same in English, if it is built in and was not rewritten.
    pub description_en: Option<String>,
    /// Who is in it, as the rule language says it.
    #[schema(value_type = Object)]
    pub rule: Value,
    /// Whether it is a static list: its members are chosen, and its rule only says so.
    pub list: bool,
    /// Members the caller may see.
    pub count: u64,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: String,
    /// When it was last changed.
    pub updated_at: String,
    /// When it was put away.
    pub archived: Option<String>,
    /// Whether everybody has been evaluated since the rule was set.
    pub filled: bool,
}

impl From<Segment> for SegmentView {
    fn from(segment: Segment) -> Self {
        Self {
            list: segment.is_list(),
            id: segment.id,
            name: segment.name,
            name_en: segment.name_en,
            description: segment.description,
            description_en: segment.description_en,
            rule: segment.rule_json,
            count: segment.count,
            created_by: segment.created_by,
            created_at: time_view(segment.created_us),
            updated_at: time_view(segment.updated_us),
            archived: segment.archived_us.map(time_view),
            filled: segment.filled,
        }
    }
}

/// A segment and its rule in words.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentDetailView {
    /// The segment.
    #[serde(flatten)]
    pub segment: SegmentView,
    /// The rule in Chinese.
    pub summary_zh: String,
    /// The rule in English.
    pub summary_en: String,
    /// The event kinds it asks for.
    pub kinds: Vec<String>,
}

/// A new segment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSegmentBody {
    /// The name, 1 to 60 characters, unique.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Who is in it.
    #[schema(value_type = Object)]
    pub rule: Value,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentPatchBody {
    /// The name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Who is in it.
    #[schema(value_type = Option<Object>)]
    pub rule: Option<Value>,
}

/// A rule to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewBody {
    /// The rule.
    #[schema(value_type = Object)]
    pub rule: Value,
    /// The instant just before which to ask, RFC 3339 or a date in the chain's zone; now if absent.
    pub as_of: Option<String>,
}

/// What a rule would give.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewView {
    /// People the caller may see.
    pub count: u64,
    /// A few of them.
    pub sample: Vec<SegmentPersonView>,
    /// How long it took.
    pub took_ms: u64,
    /// The rule in Chinese.
    pub summary_zh: String,
    /// The rule in English.
    pub summary_en: String,
    /// What is odd about the rule without being wrong.
    pub warnings: Vec<String>,
}

/// A person in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentPersonView {
    /// The person.
    #[schema(value_type = String)]
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// The phone, masked.
    pub phone: Option<String>,
    /// `male` or `female`.
    pub gender: Option<String>,
    /// Completed years.
    pub age: Option<i64>,
    /// The clinics they are known at.
    pub clinics: Vec<String>,
    /// Who looks after them.
    pub owner_name: Option<String>,
}

impl From<PersonCard> for SegmentPersonView {
    fn from(card: PersonCard) -> Self {
        Self {
            id: card.person_id,
            name: card.name,
            phone: card.phone_masked,
            gender: card.gender.map(|gender| gender.as_str().to_owned()),
            age: card.age,
            clinics: card.clinic_names,
            owner_name: card.owner_name,
        }
    }
}

/// A part of the rule that decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClauseView {
    /// Where it stands in the rule.
    pub path: String,
    /// Whether it holds.
    pub holds: bool,
    /// What was found.
    pub found: Option<String>,
}

impl From<Clause> for ClauseView {
    fn from(clause: Clause) -> Self {
        Self { path: clause.path, holds: clause.holds, found: clause.found }
    }
}

/// A member.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberView {
    /// Who.
    pub person: SegmentPersonView,
    /// Since when.
    pub since: String,
    /// The parts of the rule that hold.
    pub why: Vec<ClauseView>,
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        Self {
            person: member.card.into(),
            since: time_view(member.since_us),
            why: member.why.into_iter().map(ClauseView::from).collect(),
        }
    }
}

/// An entry or exit.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeView {
    /// Its number.
    pub id: i64,
    /// Who; null when two customers became one since.
    pub person: Option<SegmentPersonView>,
    /// `entered` or `exited`.
    pub change: String,
    /// When.
    pub at: String,
    /// The parts of the rule that decided.
    pub why: Vec<ClauseView>,
}

impl From<Change> for ChangeView {
    fn from(change: Change) -> Self {
        Self {
            id: change.ord,
            person: change.card.map(SegmentPersonView::from),
            change: if change.entered { "entered" } else { "exited" }.to_owned(),
            at: time_view(change.at_us),
            why: change.why.into_iter().map(ClauseView::from).collect(),
        }
    }
}

/// A part of the rule in words, with its events.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClauseReasonView {
    /// Where it stands in the rule.
    pub path: String,
    /// Whether it holds.
    pub holds: bool,
    /// What was found.
    pub found: Option<String>,
    /// The part in Chinese.
    pub text_zh: String,
    /// The part in English.
    pub text_en: String,
    /// The deciding events, latest last, at most five.
    #[schema(value_type = Vec<String>)]
    pub events: Vec<EventId>,
}

impl From<ClauseText> for ClauseReasonView {
    fn from(said: ClauseText) -> Self {
        let Summary { zh, en } = said.text;
        let Clause { path, holds, found, .. } = said.clause;
        Self { path, holds, found, text_zh: zh, text_en: en, events: said.events }
    }
}

/// Why a person is, or is not, in a segment.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberWhyView {
    /// Whether they are a member.
    pub member: bool,
    /// Since when.
    pub since: Option<String>,
    /// The reason as stored at the last decision.
    pub stored: Vec<ClauseReasonView>,
    /// Whether the rule holds now, evaluated anew.
    pub holds_now: bool,
    /// The reason of that.
    pub now: Vec<ClauseReasonView>,
    /// When it may change without an event.
    pub until: Option<String>,
}

impl From<Explanation> for MemberWhyView {
    fn from(explanation: Explanation) -> Self {
        let views = |texts: Vec<ClauseText>| texts.into_iter().map(ClauseReasonView::from).collect();
        Self {
            member: explanation.member,
            since: explanation.since_us.map(time_view),
            stored: views(explanation.stored),
            holds_now: explanation.holds_now,
            now: views(explanation.now),
            until: explanation.until_us.map(time_view),
        }
    }
}

/// A value with its label.
#[derive(Debug, Serialize, ToSchema)]
pub struct OptionView {
    /// As written in rules.
    pub value: String,
    /// For people.
    pub label: String,
}

/// A segment in the rule builder.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentOptionView {
    /// Its id.
    pub value: String,
    /// Its name.
    pub label: String,
    /// Its English name, if it is built in and was not renamed.
    pub label_en: Option<String>,
}

/// A field that rules can ask about.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldView {
    /// The name in rules.
    pub key: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// `text`, `integer`, `decimal`, `money`, `boolean`, `date` or `timestamp`.
    pub r#type: String,
    /// The conditions that make sense.
    pub operators: Vec<String>,
    /// The closed list of values, if there is one.
    pub values: Vec<OptionView>,
}

/// A tag in the rule builder.
#[derive(Debug, Serialize, ToSchema)]
pub struct VocabularyTagView {
    /// The tag.
    pub id: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// The area.
    pub area: String,
    /// `flag`, `choice`, `number` or `open`.
    pub form: String,
    /// The conditions that make sense.
    pub operators: Vec<String>,
    /// Its values with Chinese labels.
    pub values: Vec<TagOptionView>,
}

/// A value of a tag in the rule builder.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagOptionView {
    /// As written in rules.
    pub value: String,
    /// Chinese label.
    pub label_zh: String,
    /// English label.
    pub label_en: String,
}

/// A kind of event in the rule builder.
#[derive(Debug, Serialize, ToSchema)]
pub struct VocabularyKindView {
    /// The kind.
    pub id: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// The group.
    pub area: String,
    /// Its fields.
    pub fields: Vec<FieldView>,
}

/// Everything the rule builder offers.
#[derive(Debug, Serialize, ToSchema)]
pub struct VocabularyView {
    /// Tags.
    pub tags: Vec<VocabularyTagView>,
    /// Facts of the records.
    pub attrs: Vec<FieldView>,
    /// Kinds of events.
    pub events: Vec<VocabularyKindView>,
    /// Other segments.
    pub segments: Vec<SegmentOptionView>,
    /// Units of lengths of time, such as `d`.
    pub units: Vec<String>,
}
