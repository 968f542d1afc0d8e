//! One person: does the rule hold, why, and until when.

mod event;

use careloop_kernel::ids::SegmentId;
use careloop_profiles::{Event, Facts, Profile, TagForm, tag_library};

use crate::rule::{Attr, AttrTest, Op, Rule, Scalar, TagTest};

use super::facts::{attr_values, next_birthday};
use super::{World, earlier, listed};

pub(super) use event::Total;

/// Everything about a person that a rule can ask.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// What the records say.
    pub facts: &'a Facts,
    /// The tags at the instant.
    pub profile: &'a Profile,
    /// What happened, by `(at, seq)`.
    pub events: &'a [Event],
}

/// A part of the rule that decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Where it stands, such as `all[0].not`; parts of another segment follow its id and a slash.
    pub path: String,
    /// Whether it holds.
    pub holds: bool,
    /// What was found: the tag's or fact's value, a count, a sum, the time of an event.
    pub found: Option<String>,
    /// `events.seq` of the deciding events, at most five, latest last.
    pub events: Vec<i64>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the rule holds.
    pub is: bool,
    /// The parts that decided.
    pub why: Vec<Clause>,
    /// The next instant at which this may change without an event.
    pub until: Option<i64>,
}

/// Asks a rule of one person just before `now`. The answer holds for every instant up to its `until`.
pub fn verdict(rule: &Rule, subject: Subject<'_>, world: &World, now: i64) -> Verdict {
    let mut judge = Judge { subject, world, now, inside: Vec::new() };
    let (is, why, until) = judge.rule(rule, "");
    Verdict { is, why, until: until.filter(|until| *until > now) }
}

type Answer = (bool, Vec<Clause>, Option<i64>);

struct Judge<'a> {
    subject: Subject<'a>,
    world: &'a World,
    now: i64,
    inside: Vec<SegmentId>,
}

impl Judge<'_> {
    fn rule(&mut self, rule: &Rule, path: &str) -> Answer {
        match rule {
            Rule::All(parts) => self.parts(parts, path, "all", true),
            Rule::Any(parts) => self.parts(parts, path, "any", false),
            Rule::Not(part) => {
                let (is, why, until) = self.rule(part, &step(path, "not"));
                (!is, why, until)
            }
            Rule::Segment(id) => self.segment(*id, path),
            Rule::Listed(id) => self.listed(*id, path),
            Rule::Tag(test) => self.tag(test, path),
            Rule::Attr(test) => self.attr(test, path),
            Rule::Event(test) => self.event(test, path),
        }
    }

    /// `all` (every = true) is decided by its parts that fail, or by all of them; `any` the other way round.
    fn parts(&mut self, parts: &[Rule], path: &str, head: &str, every: bool) -> Answer {
        let answers: Vec<Answer> = parts
            .iter()
            .enumerate()
            .map(|(index, part)| self.rule(part, &step(path, &format!("{head}[{index}]"))))
            .collect();
        let is = if every { answers.iter().all(|answer| answer.0) } else { answers.iter().any(|answer| answer.0) };
        let until = answers.iter().map(|answer| answer.2).fold(None, earlier);
        let why = answers.into_iter().filter(|answer| answer.0 == is).flat_map(|answer| answer.1).collect();
        (is, why, until)
    }

    fn segment(&mut self, id: SegmentId, path: &str) -> Answer {
        // INVARIANT: cycles are refused when a rule is saved; here a cycle or a missing segment has no members.
        let Some(rule) = self.world.segments.get(&id).filter(|_| !self.inside.contains(&id)) else {
            return (false, vec![clause(path, false, None, Vec::new())], None);
        };
        self.inside.push(id);
        let (is, why, until) = self.rule(rule, "");
        self.inside.pop();
        let own = clause(path, is, Some(id.to_string()), Vec::new());
        let inner = why.into_iter().map(|part| Clause { path: format!("{id}/{}", part.path), ..part });
        (is, std::iter::once(own).chain(inner).collect(), until)
    }

    fn listed(&self, id: SegmentId, path: &str) -> Answer {
        let added = listed::of_person(id, self.subject.events.iter().filter(|event| event.at_us < self.now));
        let ahead = self.subject.events.iter().filter(|event| event.at_us >= self.now && listed::tells_of(event, id));
        let until = ahead.map(|event| event.at_us + 1).min();
        let mut events: Vec<&Event> = added.into_values().collect();
        events.sort_by_key(|event| (event.at_us, event.seq));
        let found = events.last().map(|event| shown(&Scalar::Instant(event.at_us)));
        let is = !events.is_empty();
        (is, vec![clause(path, is, found, events.into_iter().map(|event| event.seq).collect())], until)
    }

    fn tag(&self, test: &TagTest, path: &str) -> Answer {
        let held: Vec<_> = self.subject.profile.values.iter().filter(|value| value.tag == test.tag).collect();
        let scalars: Vec<Scalar> = held.iter().map(|value| tag_scalar(&test.tag, &value.value)).collect();
        let is = tag_passes(test, &scalars, self.world);
        let found = held.iter().map(|value| value.value.as_str()).collect::<Vec<_>>().join(", ");
        let events = held.iter().flat_map(|value| value.why.events.iter().copied()).collect();
        (is, vec![clause(path, is, Some(found).filter(|found| !found.is_empty()), events)], self.subject.profile.due_us)
    }

    fn attr(&self, test: &AttrTest, path: &str) -> Answer {
        let values = attr_values(test.attr, self.subject.facts, self.world, self.now);
        let is = test.test.passes_any(&values);
        let found = values.first().map(shown);
        let birth = self.subject.facts.birth_date.filter(|_| test.attr == Attr::Age);
        let until = birth.and_then(|birth| next_birthday(birth, self.world, self.now));
        (is, vec![clause(path, is, found, Vec::new())], until)
    }
}

/// A tag's value as rules compare it.
pub(super) fn tag_scalar(tag: &str, value: &str) -> Scalar {
    match tag_library().find(tag).map(|tag| tag.form) {
        Some(TagForm::Flag) => Scalar::Bool(true),
        Some(TagForm::Number) => value.parse().map_or_else(|_| Scalar::Text(value.to_owned()), Scalar::Int),
        _ => Scalar::Text(value.to_owned()),
    }
}

/// Whether a tag's values pass. A flag that is absent is false, unless the tag waits for data.
pub(super) fn tag_passes(TagTest { tag, test }: &TagTest, values: &[Scalar], world: &World) -> bool {
    let is_flag = tag_library().find(tag).is_some_and(|tag| tag.form == TagForm::Flag);
    let asks_presence = test.0.iter().any(|op| matches!(op, Op::Exists(_)));
    if is_flag && values.is_empty() && !asks_presence && !world.waiting.contains(tag) {
        return test.passes(Some(&Scalar::Bool(false)));
    }
    test.passes_any(values)
}

fn shown(value: &Scalar) -> String {
    let json = crate::rule::scalar_json(value);
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

fn step(path: &str, step: &str) -> String {
    if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") }
}

fn clause(path: &str, holds: bool, found: Option<String>, mut events: Vec<i64>) -> Clause {
    let surplus = events.len().saturating_sub(5);
    events.drain(..surplus);
    Clause { path: path.to_owned(), holds, found, events }
}
