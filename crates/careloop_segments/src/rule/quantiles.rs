//! The quantiles in a rule: which it asks for, and putting in what was measured.

use std::collections::BTreeMap;

use super::{Measure, Op, Quantile, Rule, Test, to_json};

/// Numbers at quantiles, by the rule that asks for nothing else, as text; none where nobody has a number.
pub type Cuts = BTreeMap<String, Option<i64>>;

impl Rule {
    /// The quantiles it asks for, each as a rule that asks for nothing else and knows no number yet.
    pub fn quantiles(&self) -> Vec<Rule> {
        let mut found = Vec::new();
        self.walk(&mut |part| {
            let tests = part.test().map_or(&[][..], |test| &test.0);
            found
                .extend(tests.iter().filter_map(|op| if let Op::Quantile(one) = op { alone(part, one) } else { None }));
        });
        found
    }

    /// The one quantile of a rule that asks for nothing else.
    pub fn quantile(&self) -> Option<&Quantile> {
        let ops = self.test().map_or(&[][..], |test| &test.0);
        ops.iter().find_map(|op| if let Op::Quantile(one) = op { Some(one) } else { None })
    }

    /// Puts in what was measured; what was not knows no number.
    pub fn bind(&mut self, cuts: &Cuts) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter_mut().for_each(|part| part.bind(cuts)),
            Self::Not(part) => part.bind(cuts),
            Self::Segment(_) | Self::Listed(_) | Self::Tag(_) | Self::Attr(_) | Self::Event(_) => {
                let whole = self.clone();
                for op in self.test_mut().into_iter().flat_map(|test| &mut test.0) {
                    if let Op::Quantile(one) = op {
                        one.cut = alone(&whole, one).and_then(|alone| *cuts.get(&key(&alone))?);
                    }
                }
            }
        }
    }

    fn test(&self) -> Option<&Test> {
        match self {
            Self::Tag(tag) => Some(&tag.test),
            Self::Event(event) => match &event.measure {
                Measure::Count(test) | Measure::Sum { test, .. } | Measure::Distinct { test, .. } => Some(test),
                _ => None,
            },
            _ => None,
        }
    }

    fn test_mut(&mut self) -> Option<&mut Test> {
        match self {
            Self::Tag(tag) => Some(&mut tag.test),
            Self::Event(event) => match &mut event.measure {
                Measure::Count(test) | Measure::Sum { test, .. } | Measure::Distinct { test, .. } => Some(test),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The name of a quantile among [`Cuts`].
pub(crate) fn key(alone: &Rule) -> String {
    to_json(alone).to_string()
}

fn alone(rule: &Rule, quantile: &Quantile) -> Option<Rule> {
    let mut alone = rule.clone();
    alone.test_mut()?.0 = vec![Op::Quantile(Quantile { cut: None, ..quantile.clone() })];
    Some(alone)
}
