//! A test over events in words.

use careloop_events::{Kind, catalogue};

use crate::rule::{Attr, Edge, Ends, EventTest, Gaps, Length, Measure, Point, Second, Test, Window};

use super::{Summary, Words, conditions, plain};

pub(super) fn event(test: &EventTest, words: &Words) -> Summary {
    let time = window(&test.window);
    let what = which(&test.kind, &test.filters, words);
    let subject = Summary::of(format!("{}{}", time.zh, what.zh), format!("{}{}", time.en, what.en));
    let measured = |said: Summary, zh: &str, en: &str| {
        Summary::of(format!("{}{zh}{}", subject.zh, said.zh), format!("{}: {en} {}", subject.en, said.en))
    };
    let happened = || Summary::of(format!("有{}", subject.zh), format!("{} happened", subject.en));
    match &test.measure {
        Measure::Exists => happened(),
        Measure::Count(test) => measured(conditions(test, &plain), "次数", "count"),
        Measure::Sum { field, test: sum } => {
            let (zh, en) = field_names(&test.kind, field);
            measured(conditions(sum, &plain), &format!("{zh}合计"), &format!("sum of {en}"))
        }
        Measure::Distinct { field, test: number } => {
            let (zh, en) = field_names(&test.kind, field);
            measured(conditions(number, &plain), &format!("不同{zh}个数"), &format!("number of different {en}"))
        }
        Measure::Gaps(bounds) => {
            let (zh, en) = bounds.gap.names();
            measured(gaps(bounds), zh, en)
        }
        Measure::First(bounds) => measured(ends(bounds), "首次", "first"),
        Measure::Last(bounds) => measured(ends(bounds), "末次", "last"),
        Measure::FollowedBy(second) => {
            let (said, after) = (happened(), followed(second, words, ("有", "followed by")));
            Summary::of(format!("{}{}", said.zh, after.zh), format!("{}, {}", said.en, after.en))
        }
        Measure::NotFollowedBy(second) => {
            let (said, after) = (happened(), followed(second, words, ("没有", "followed by no")));
            Summary::of(format!("{}{}", said.zh, after.zh), format!("{}, {}", said.en, after.en))
        }
    }
}

fn window(window: &Window) -> Summary {
    match window {
        Window::Whole => Summary::of("", ""),
        Window::Within(length) => {
            let (zh, en) = length_names(length);
            Summary::of(format!("最近{zh}内"), format!("in the last {en} "))
        }
        Window::Between { from, to } => {
            let text = |point: &Option<Point>| point.as_ref().map_or("…".to_owned(), |point| point.text.clone());
            Summary::of(format!("[{}, {}) 期间", text(from), text(to)), format!("in [{}, {}) ", text(from), text(to)))
        }
    }
}

/// The kind of event, with the conditions on its fields.
fn which(id: &str, filters: &[(String, Test)], words: &Words) -> Summary {
    let (mut zh, mut en) = (String::new(), String::new());
    for (name, test) in filters {
        let (field_zh, field_en) = field_names(id, name);
        let said = match name.as_str() {
            "clinic" => conditions(test, &|value| words.clinic(value)),
            _ => conditions(test, &plain),
        };
        zh = format!("{zh}{field_zh}{}的", said.zh);
        en = format!("{en} with {field_en} {}", said.en);
    }
    let (kind_zh, kind_en) = registered(id).map_or((id, id), |kind| (&kind.zh, &kind.en));
    Summary::of(format!("{zh}{kind_zh}"), format!("{kind_en}{en}"))
}

fn registered(id: &str) -> Option<&'static Kind> {
    catalogue().find(id)
}

fn field_names(id: &str, name: &str) -> (String, String) {
    let own = |(zh, en): (&str, &str)| (zh.to_owned(), en.to_owned());
    match registered(id).and_then(|kind| kind.fields.get(name)) {
        Some(field) => (field.zh.clone(), field.en.clone()),
        None if name == "clinic" => own(Attr::Clinic.names()),
        None if name == "source" => own(Attr::Source.names()),
        None => own((name, name)),
    }
}

fn followed(second: &Second, words: &Words, (zh, en): (&str, &str)) -> Summary {
    let what = which(&second.kind, &second.filters, words);
    match &second.within {
        Some(length) => {
            let (span_zh, span_en) = length_names(length);
            Summary::of(format!("，之后{span_zh}内{zh}{}", what.zh), format!("{en} {} within {span_en}", what.en))
        }
        None => Summary::of(format!("，之后{zh}{}", what.zh), format!("{en} {}", what.en)),
    }
}

fn gaps(bounds: &Gaps) -> Summary {
    let one = |length: &Length, (zh, en): (&str, &str)| {
        let (span_zh, span_en) = length_names(length);
        Summary::of(format!("{zh}{span_zh}"), format!("{en} {span_en}"))
    };
    let least = bounds.least.as_ref().map(|length| one(length, ("不短于", "at least")));
    super::joined(least.into_iter().chain(bounds.most.as_ref().map(|length| one(length, ("不长于", "at most")))))
}

fn ends(bounds: &Ends) -> Summary {
    let one = |edge: &Edge, before: bool| match (edge, before) {
        (Edge::Ago(length), true) => {
            let (zh, en) = length_names(length);
            Summary::of(format!("在{zh}以前"), format!("over {en} ago"))
        }
        (Edge::Ago(length), false) => {
            let (zh, en) = length_names(length);
            Summary::of(format!("在最近{zh}内"), format!("within the last {en}"))
        }
        (Edge::At(point), true) => Summary::of(format!("早于{}", point.text), format!("before {}", point.text)),
        (Edge::At(point), false) => Summary::of(format!("不早于{}", point.text), format!("not before {}", point.text)),
    };
    let edges = [(&bounds.before, true), (&bounds.after, false)];
    super::joined(edges.into_iter().filter_map(|(edge, before)| Some(one(edge.as_ref()?, before))))
}

fn length_names(length: &Length) -> (String, String) {
    let text = length.text.as_str();
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
