//! When somebody first paid for which business line.

use jiff::civil::Date;

use super::horizon;

/// The days on which a person first paid for a line, each with its new lines in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steps(Vec<(Date, Vec<String>)>);

/// One step, and the new line it led to in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step<'a> {
    pub(super) day: Date,
    /// The newest line.
    pub(super) line: &'a str,
    /// Every line up to here.
    pub(super) owned: Vec<&'a str>,
    pub(super) next: Option<&'a str>,
}

impl Steps {
    /// The steps of payments in order of time, each with its line.
    pub fn of<'a>(paid: impl IntoIterator<Item = (Date, &'a str)>) -> Self {
        let mut steps = Self::default();
        for (day, line) in paid {
            if steps.lines().any(|known| known == line) {
                continue;
            }
            match steps.0.last_mut().filter(|(last, _)| *last == day) {
                Some((_, lines)) => lines.push(line.to_owned()),
                None => steps.0.push((day, vec![line.to_owned()])),
            }
        }
        steps
    }

    /// Whether nothing was paid for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every line, in the order of their first payments.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|(_, lines)| lines).map(String::as_str)
    }

    /// Day and newest line of the last step.
    pub fn newest(&self) -> Option<(Date, &str)> {
        let (day, lines) = self.0.last()?;
        Some((*day, lines.last()?))
    }

    /// Every step with what it led to.
    pub(super) fn each(&self) -> impl Iterator<Item = Step<'_>> {
        self.0.iter().enumerate().filter_map(|(at, (day, lines))| {
            let owned = self.0.iter().take(at + 1).flat_map(|(_, lines)| lines).map(String::as_str).collect();
            let next = self.0.get(at + 1).filter(|(next, _)| *next <= horizon(*day));
            let next = next.and_then(|(_, lines)| lines.first()).map(String::as_str);
            Some(Step { day: *day, line: lines.last()?, owned, next })
        })
    }
}
