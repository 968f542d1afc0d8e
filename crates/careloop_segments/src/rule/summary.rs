//! A rule in words, Chinese and English.

mod event;

use std::collections::HashMap;

use careloop_kernel::ids::SegmentId;
use careloop_profiles::{ClinicNames, tag_library};

use super::json::scalar;
use super::{Attr, Op, Quantile, Rule, Scalar, Side, Test};

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
        Rule::Event(test) => event::event(test, words),
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
    joined(test.0.iter().map(|op| condition(op, label)))
}

fn joined(parts: impl IntoIterator<Item = Summary>) -> Summary {
    let said: Vec<Summary> = parts.into_iter().collect();
    Summary::of(
        said.iter().map(|part| part.zh.as_str()).collect::<Vec<_>>().join("且"),
        said.iter().map(|part| part.en.as_str()).collect::<Vec<_>>().join(" and "),
    )
}

/// A place among everybody who has such a number, with the number it stands for once that was measured.
fn rank(quantile: &Quantile, label: &impl Fn(&Scalar) -> (String, String)) -> Summary {
    let at_most = quantile.side == Side::AtMost;
    let said = match quantile.side {
        Side::AtLeast => {
            let share = 100 - quantile.percent;
            Summary::of(format!("位于前{share}%"), format!("in the top {share}%"))
        }
        Side::AtMost => {
            let share = quantile.percent;
            Summary::of(format!("位于后{share}%"), format!("in the bottom {share}%"))
        }
    };
    let Some(bound) = quantile.bound() else { return said };
    let bound = condition(&if at_most { Op::Lte(bound) } else { Op::Gte(bound) }, label);
    Summary::of(format!("{}（{}）", said.zh, bound.zh), format!("{} ({})", said.en, bound.en))
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
        Op::Quantile(quantile) => rank(quantile, label),
        Op::Exists(true) => Summary::of("有值", "is known"),
        Op::Exists(false) => Summary::of("没有值", "is not known"),
    }
}
