//! A rule in words, Chinese and English.

use std::collections::HashMap;

use careloop_events::catalogue;
use careloop_kernel::ids::SegmentId;
use careloop_profiles::{ClinicNames, tag_library};

use super::json::scalar;
use super::{Attr, Edge, Ends, EventTest, Measure, Op, Rule, Scalar, Test, Window};

/// A sentence in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Summary {
    fn of(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

/// The names that rules give by id or code; what has none here is shown as the rule has it.
#[derive(Debug, Default)]
pub struct Words {
    /// Names of segments.
    pub segments: HashMap<SegmentId, Summary>,
    /// Names of clinics by their codes.
    pub clinics: ClinicNames,
}

impl Words {
    fn clinic(&self, value: &Scalar) -> (String, String) {
        let Scalar::Text(code) = value else { return plain(value) };
        let name = self.clinics.get(code).unwrap_or(code);
        (name.clone(), name.clone())
    }
}

/// Says a rule in words.
pub fn summary(rule: &Rule, words: &Words) -> Summary {
    match rule {
        Rule::All(parts) => join(parts, words, ("全部客户", "everybody"), ("且", "and")),
        Rule::Any(parts) => join(parts, words, ("没有人", "nobody"), ("或", "or")),
        Rule::Not(part) => {
            let part = summary(part, words);
            Summary::of(format!("非（{}）", part.zh), format!("not ({})", part.en))
        }
        Rule::Segment(id) => {
            let name = words.segments.get(id).cloned().unwrap_or_else(|| Summary::of(id.to_string(), id.to_string()));
            Summary::of(format!("属于人群「{}」", name.zh), format!("in the segment “{}”", name.en))
        }
        Rule::Listed(_) => Summary::of("由员工逐一选定", "chosen by staff, one by one"),
        Rule::Tag(test) => match tag_library().find(&test.tag) {
            Some(tag) => {
                let label = |value: &Scalar| match value {
                    Scalar::Text(text) => tag.labels(text, &words.clinics),
                    other => plain(other),
                };
                let said = conditions(&test.test, &label);
                Summary::of(format!("{}{}", tag.zh, said.zh), format!("{} {}", tag.en, said.en))
            }
            None => Summary::of(test.tag.clone(), test.tag.clone()),
        },
        Rule::Attr(test) => {
            let (zh, en) = test.attr.names();
            let said = match test.attr {
                Attr::Clinic => conditions(&test.test, &|value| words.clinic(value)),
                _ => conditions(&test.test, &plain),
            };
            Summary::of(format!("{zh}{}", said.zh), format!("{en} {}", said.en))
        }
        Rule::Event(test) => event(test, words),
    }
}

fn join(parts: &[Rule], words: &Words, empty: (&str, &str), (zh, en): (&str, &str)) -> Summary {
    if parts.is_empty() {
        return Summary::of(empty.0, empty.1);
    }
    let nested = |part: &Rule| matches!(part, Rule::All(inner) | Rule::Any(inner) if inner.len() > 1);
    let said: Vec<(bool, Summary)> = parts.iter().map(|part| (nested(part), summary(part, words))).collect();
    let list = |pick: fn(&Summary) -> &str, open: &str, close: &str| -> Vec<String> {
        said.iter()
            .map(|(nested, part)| if *nested { format!("{open}{}{close}", pick(part)) } else { pick(part).to_owned() })
            .collect()
    };
    Summary::of(
        list(|part| &part.zh, "（", "）").join(&format!(" {zh} ")),
        list(|part| &part.en, "(", ")").join(&format!(" {en} ")),
    )
}

fn plain(value: &Scalar) -> (String, String) {
    match value {
        Scalar::Bool(true) => ("是".to_owned(), "yes".to_owned()),
        Scalar::Bool(false) => ("否".to_owned(), "no".to_owned()),
        other => {
            let text = scalar(other);
            let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
            (text.clone(), text)
        }
    }
}

fn conditions(test: &Test, label: &impl Fn(&Scalar) -> (String, String)) -> Summary {
    let said: Vec<Summary> = test.0.iter().map(|op| condition(op, label)).collect();
    Summary::of(
        said.iter().map(|part| part.zh.as_str()).collect::<Vec<_>>().join("且"),
        said.iter().map(|part| part.en.as_str()).collect::<Vec<_>>().join(" and "),
    )
}

fn condition(op: &Op, label: &impl Fn(&Scalar) -> (String, String)) -> Summary {
    match op {
        Op::Is(value) => {
            let (zh, en) = label(value);
            Summary::of(format!("为{zh}"), format!("is {en}"))
        }
        Op::In(values) => {
            let (zh, en): (Vec<String>, Vec<String>) = values.iter().map(label).unzip();
            Summary::of(format!("为{}", zh.join("、")), format!("is {}", en.join(" or ")))
        }
        Op::Gte(value) => {
            let (zh, en) = label(value);
            Summary::of(format!("不小于{zh}"), format!("at least {en}"))
        }
        Op::Lte(value) => {
            let (zh, en) = label(value);
            Summary::of(format!("不大于{zh}"), format!("at most {en}"))
        }
        Op::Between(least, most) => {
            let ((zh, en), (zh_most, en_most)) = (label(least), label(most));
            Summary::of(format!("在{zh}到{zh_most}之间"), format!("from {en} to {en_most}"))
        }
        Op::Exists(true) => Summary::of("有值", "is known"),
        Op::Exists(false) => Summary::of("没有值", "is not known"),
    }
}

fn event(test: &EventTest, words: &Words) -> Summary {
    let kind = catalogue().find(&test.kind);
    let (zh, en) = kind.map_or((test.kind.clone(), test.kind.clone()), |kind| (kind.zh.clone(), kind.en.clone()));
    let time = match &test.window {
        Window::Whole => Summary::of("", ""),
        Window::Within(length) => {
            let (zh, en) = length_names(&length.text);
            Summary::of(format!("最近{zh}内"), format!("in the last {en} "))
        }
        Window::Between { from, to } => {
            let text =
                |point: &Option<super::Point>| point.as_ref().map_or("…".to_owned(), |point| point.text.clone());
            Summary::of(format!("[{}, {}) 期间", text(from), text(to)), format!("in [{}, {}) ", text(from), text(to)))
        }
    };
    let mut which = Summary::default();
    for (name, test) in &test.filters {
        let field = kind.and_then(|kind| kind.fields.get(name));
        let unlisted = match name.as_str() {
            "clinic" => Attr::Clinic.names(),
            "source" => Attr::Source.names(),
            other => (other, other),
        };
        let (field_zh, field_en) = field.map_or(unlisted, |field| (&field.zh, &field.en));
        let said = match name.as_str() {
            "clinic" => conditions(test, &|value| words.clinic(value)),
            _ => conditions(test, &plain),
        };
        which = Summary::of(
            format!("{}{field_zh}{}的", which.zh, said.zh),
            format!("{} with {field_en} {}", which.en, said.en),
        );
    }
    let (subject_zh, subject_en) = (format!("{}{}{zh}", time.zh, which.zh), format!("{}{en}{}", time.en, which.en));
    let measured = |said: Summary, zh: &str, en: &str| {
        Summary::of(format!("{subject_zh}{zh}{}", said.zh), format!("{subject_en}: {en} {}", said.en))
    };
    match &test.measure {
        Measure::Exists => Summary::of(format!("有{subject_zh}"), format!("{subject_en} happened")),
        Measure::Count(test) => measured(conditions(test, &plain), "次数", "count"),
        Measure::Sum { field, test } => {
            let known = kind.and_then(|kind| kind.fields.get(field));
            let (zh, en) = known.map_or((field.clone(), field.clone()), |known| (known.zh.clone(), known.en.clone()));
            measured(conditions(test, &plain), &format!("{zh}合计"), &format!("sum of {en}"))
        }
        Measure::First(bounds) => measured(ends(bounds), "首次", "first"),
        Measure::Last(bounds) => measured(ends(bounds), "末次", "last"),
    }
}

fn ends(bounds: &Ends) -> Summary {
    let one = |edge: &Edge, before: bool| match (edge, before) {
        (Edge::Ago(length), true) => {
            let (zh, en) = length_names(&length.text);
            Summary::of(format!("在{zh}以前"), format!("over {en} ago"))
        }
        (Edge::Ago(length), false) => {
            let (zh, en) = length_names(&length.text);
            Summary::of(format!("在最近{zh}内"), format!("within the last {en}"))
        }
        (Edge::At(point), true) => Summary::of(format!("早于{}", point.text), format!("before {}", point.text)),
        (Edge::At(point), false) => Summary::of(format!("不早于{}", point.text), format!("not before {}", point.text)),
    };
    let said: Vec<Summary> = [(&bounds.before, true), (&bounds.after, false)]
        .into_iter()
        .filter_map(|(edge, before)| Some(one(edge.as_ref()?, before)))
        .collect();
    Summary::of(
        said.iter().map(|part| part.zh.as_str()).collect::<Vec<_>>().join("且"),
        said.iter().map(|part| part.en.as_str()).collect::<Vec<_>>().join(" and "),
    )
}

fn length_names(text: &str) -> (String, String) {
    let number = text.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let (zh, en) = match text.trim_start_matches(number) {
        "s" => ("秒", "seconds"),
        "min" => ("分钟", "minutes"),
        "h" => ("小时", "hours"),
        "w" => ("周", "weeks"),
        _ => ("天", "days"),
    };
    (format!("{number}{zh}"), format!("{number} {en}"))
}
