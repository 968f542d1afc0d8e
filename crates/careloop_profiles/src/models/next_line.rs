//! What customers take up next, as a card.

use crate::next::{BORROWED, Foretold, LEAST_CHANCE, LEAST_STEPS, Next, NextWaiting, Transitions};

use super::{ModelCard, Parameter, Text, parameter, text};

/// How many transitions a card shows.
const SHOWN: usize = 12;

/// The card of the model behind `val.next_category`.
pub(super) fn card(next: Option<&Next>) -> ModelCard {
    let card =
        super::card("next_category", text("下一品类转移", "Next line, first-order transitions"), "val.next_category");
    let Some(next) = next else {
        let nobody = text("还没有人为业务线付款", "nobody has paid for a business line yet");
        return ModelCard { waiting: Some(nobody), ..card };
    };
    let card = ModelCard { fitted_on: Some(next.as_of), people: Some(next.people), ..card };
    match &next.model {
        Err(reason) => ModelCard { waiting: Some(waiting(*reason, next.steps)), ..card },
        Ok(transitions) => {
            let mut parameters = vec![
                parameter("已满 180 天的次数", "Steps that are 180 days old", [next.steps as f64]),
                parameter("掺入全体的次数", "Steps of the whole chain mixed in", [BORROWED]),
                parameter("推荐的最低可能性（%）", "Least chance that is named, %", [LEAST_CHANCE * 100.0]),
            ];
            parameters.extend(largest(transitions));
            parameters.extend(next.foretold.as_ref().map(held_out));
            ModelCard { parameters, foretold: next.foretold.clone(), ..card }
        }
    }
}

fn waiting(reason: NextWaiting, steps: i64) -> Text {
    match reason {
        NextWaiting::FewSteps => Text {
            zh: format!("已满 180 天的次数 {steps}，满 {LEAST_STEPS} 才统计"),
            en: format!("{steps} steps are 180 days old; a model needs {LEAST_STEPS}"),
        },
        NextWaiting::NobodyWentOn => {
            text("还没有人在 180 天内为第二条业务线付款", "nobody paid for a second line within 180 days")
        }
    }
}

/// The most frequent transitions, each with its share in percent.
fn largest(transitions: &Transitions) -> Vec<Parameter> {
    let mut all: Vec<(i64, i64, &str, &str)> = transitions
        .rows()
        .flat_map(|(from, row)| row.to.iter().map(move |(to, seen)| (*seen, row.steps, from, to.as_str())))
        .collect();
    all.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| (a.2, a.3).cmp(&(b.2, b.3))));
    let share = |(seen, steps, from, to): (i64, i64, &str, &str)| Parameter {
        name: Text {
            zh: format!("{from} → {to}（{seen}/{steps} 次，%）"),
            en: format!("{from} → {to} ({seen} of {steps}, %)"),
        },
        values: vec![(seen as f64 * 1000.0 / steps as f64).round() / 10.0],
    };
    all.into_iter().take(SHOWN).map(share).collect()
}

fn held_out(foretold: &Foretold) -> Parameter {
    let (steps, actual, expected) = foretold.sums();
    parameter(
        "回测：推荐次数 · 命中 · 应命中 · 一律推最常见的会命中",
        "Held out: named · came true · expected to · would have come true by naming the most common",
        [steps as f64, actual as f64, expected, foretold.most_common as f64],
    )
}
