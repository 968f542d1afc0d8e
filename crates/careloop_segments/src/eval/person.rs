//! One person: does the rule hold, why, and until when.

mod event;

use careloop_kernel::ids::SegmentId;
use careloop_profiles::{Event, Facts, History, Profile, TagForm, tag_library};

use crate::rule::{Attr, AttrTest, Identity, Op, Rule, Scalar, TagTest};

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
    Judge::of(subject, world, now).verdict(rule)
}

type Answer = (bool, Vec<Clause>, Option<i64>);

/// Asks many rules of one person, whose events are sorted out once.
pub struct Judge<'a> {
    subject: Subject<'a>,
    events: History<'a>,
    world: &'a World,
    now: i64,
    inside: Vec<SegmentId>,
    /// Whether anybody will read why.
    telling: bool,
}

impl<'a> Judge<'a> {
    /// Of this person, just before `now`.
    pub fn of(subject: Subject<'a>, world: &'a World, now: i64) -> Self {
        Self { subject, events: History::of(subject.events), world, now, inside: Vec::new(), telling: true }
    }

    /// Whether a rule holds, why, and until when.
    pub fn verdict(&mut self, rule: &Rule) -> Verdict {
        self.telling = true;
        let (is, why, until) = self.rule(rule, "");
        Verdict { is, why, until: until.filter(|until| *until > self.now) }
    }

    /// Whether a rule holds and until when, without a word about why.
    pub fn holds(&mut self, rule: &Rule) -> (bool, Option<i64>) {
        self.telling = false;
        let (is, _, until) = self.rule(rule, "");
        (is, until.filter(|until| *until > self.now))
    }

    fn rule(&mut self, rule: &Rule, path: &str) -> Answer {
        match rule {
            Rule::All(parts) => self.parts(parts, path, "all", true),
            Rule::Any(parts) => self.parts(parts, path, "any", false),
            Rule::Not(part) => {
                let (is, why, until) = self.rule(part, &self.step(path, || "not".to_owned()));
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
        let (mut is, mut until, mut whys) = (every, None, [Vec::new(), Vec::new()]);
        for (index, part) in parts.iter().enumerate() {
            let (holds, why, part_until) = self.rule(part, &self.step(path, || format!("{head}[{index}]")));
            until = earlier(until, part_until);
            if holds != every {
                is = holds;
            }
            whys[usize::from(holds)].extend(why);
        }
        let [fails, holds] = whys;
        (is, if is { holds } else { fails }, until)
    }

    fn segment(&mut self, id: SegmentId, path: &str) -> Answer {
        // INVARIANT: cycles are refused when a rule is saved; here a cycle or a missing segment has no members.
        let Some(rule) = self.world.segments.get(&id).filter(|_| !self.inside.contains(&id)) else {
            return (false, self.clause(path, false, || (None, Vec::new())), None);
        };
        self.inside.push(id);
        let (is, why, until) = self.rule(rule, "");
        self.inside.pop();
        let mut all = self.clause(path, is, || (Some(id.to_string()), Vec::new()));
        all.extend(why.into_iter().map(|part| Clause { path: format!("{id}/{}", part.path), ..part }));
        (is, all, until)
    }

    fn listed(&self, id: SegmentId, path: &str) -> Answer {
        let added = listed::of_person(id, self.subject.events.iter().filter(|event| event.at_us < self.now));
        let ahead = self.subject.events.iter().filter(|event| event.at_us >= self.now && listed::tells_of(event, id));
        let until = ahead.map(|event| event.at_us + 1).min();
        let mut events: Vec<&Event> = added.into_values().collect();
        events.sort_by_key(|event| (event.at_us, event.seq));
        let is = !events.is_empty();
        let found = || events.last().map(|event| shown(&Scalar::Instant(event.at_us)));
        let why = self.clause(path, is, || (found(), events.iter().map(|event| event.seq).collect()));
        (is, why, until)
    }

    fn tag(&self, test: &TagTest, path: &str) -> Answer {
        // They are in the order of tags.
        let values = &self.subject.profile.values;
        let from = values.partition_point(|value| *value.tag < *test.tag);
        let held = || values[from..].iter().take_while(|value| *value.tag == *test.tag);
        let is = tag_passes(test, held().map(|value| value.value.as_str()), self.world);
        let why = self.clause(path, is, || {
            let found = held().map(|value| value.value.as_str()).collect::<Vec<_>>().join(", ");
            let events = held().flat_map(|value| value.why.events.iter().copied()).collect();
            (Some(found).filter(|found| !found.is_empty()), events)
        });
        (is, why, self.subject.profile.due_us)
    }

    fn attr(&self, test: &AttrTest, path: &str) -> Answer {
        let values = attr_values(test.attr, self.subject.facts, self.world, self.now);
        let is = test.test.passes_any(&values);
        let birth = self.subject.facts.birth_date.filter(|_| test.attr == Attr::Age);
        let until = birth.and_then(|birth| next_birthday(birth, self.world, self.now));
        (is, self.clause(path, is, || (values.first().map(shown), Vec::new())), until)
    }

    /// The path to a part, where anybody will read it.
    fn step(&self, path: &str, step: impl FnOnce() -> String) -> String {
        match (self.telling, path) {
            (false, _) => String::new(),
            (true, "") => step(),
            (true, path) => format!("{path}.{}", step()),
        }
    }

    /// A part that decides by itself, with what was found and the deciding events, where anybody will read it.
    fn clause(&self, path: &str, holds: bool, found: impl FnOnce() -> (Option<String>, Vec<i64>)) -> Vec<Clause> {
        if !self.telling {
            return Vec::new();
        }
        let (found, mut events) = found();
        let surplus = events.len().saturating_sub(5);
        events.drain(..surplus);
        vec![Clause { path: path.to_owned(), holds, found, events }]
    }
}

/// A tag's value as rules compare it.
fn tag_identity(form: Option<TagForm>, value: &str) -> Identity<'_> {
    match form {
        Some(TagForm::Flag) => Identity::Truth(true),
        Some(TagForm::Number) => value.parse().map_or(Identity::Text(value), Identity::of_int),
        _ => Identity::Text(value),
    }
}

/// Whether a tag's values pass. A flag that is absent is false, unless the tag waits for data.
pub(super) fn tag_passes<'v>(
    TagTest { tag, test }: &TagTest,
    values: impl IntoIterator<Item = &'v str>,
    world: &World,
) -> bool {
    let form = tag_library().find(tag).map(|tag| tag.form);
    let mut values = values.into_iter().map(|value| tag_identity(form, value)).peekable();
    if values.peek().is_some() {
        return test.fits_any(values);
    }
    let asks_presence = test.0.iter().any(|op| matches!(op, Op::Exists(_)));
    let is_false = form == Some(TagForm::Flag) && !asks_presence && !world.waiting.contains(tag);
    test.fits(is_false.then_some(Identity::Truth(false)))
}

fn shown(value: &Scalar) -> String {
    let json = crate::rule::scalar_json(value);
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}
