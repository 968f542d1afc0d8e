//! Values and the tests they pass; both evaluators use these and nothing else to compare.

use careloop_events::FieldType;
use careloop_kernel::parse_instant;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

/// A value of a field, fact or tag.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A decimal number in millionths.
    Decimal(i64),
    /// Money.
    Money {
        /// Minor units.
        minor: i64,
        /// Decimals of the currency, for writing it.
        digits: u8,
    },
    /// True or false.
    Bool(bool),
    /// A day.
    Date(Date),
    /// An instant in microseconds.
    Instant(i64),
}

const MILLION: i128 = 1_000_000;
const MONEY: u8 = 1;

/// What makes values different: two values are the same exactly when their identities are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity<'a> {
    /// A number of a sort.
    Number(u8, i128),
    /// A text.
    Text(&'a str),
    /// True or false.
    Truth(bool),
}

impl Identity<'_> {
    /// That of a whole number.
    pub fn of_int(number: i64) -> Self {
        Self::Number(0, i128::from(number) * MILLION)
    }

    /// That of a numbered thing, such as a clinic.
    pub fn of_number(number: i64) -> Self {
        Self::Number(u8::MAX, i128::from(number))
    }

    /// That of an amount in minor units.
    pub fn of_money(minor: i64) -> Self {
        Self::Number(MONEY, i128::from(minor))
    }

    /// Whether a number is another of its sort or more; text and values of different sorts do not compare.
    fn at_least(self, other: Self) -> bool {
        matches!((self, other), (Self::Number(a, x), Self::Number(b, y)) if a == b && x >= y)
    }
}

impl Scalar {
    /// An amount to compare with.
    pub fn money(minor: i64) -> Self {
        Self::Money { minor, digits: 2 }
    }

    /// What tells it from other values.
    pub fn identity(&self) -> Identity<'_> {
        match self {
            Self::Text(text) => Identity::Text(text),
            Self::Bool(truth) => Identity::Truth(*truth),
            Self::Int(number) => Identity::of_int(*number),
            Self::Decimal(millionths) => Identity::Number(0, i128::from(*millionths)),
            Self::Money { minor, .. } => Identity::of_money(*minor),
            Self::Date(date) => Identity::Number(2, i128::from(day_number(*date))),
            Self::Instant(at) => Identity::Number(3, i128::from(*at)),
        }
    }

    /// Whether two values are the same value; 2 and 2.0 are.
    pub fn same(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }

    /// A number as whole parts: minor units of money, millionths of decimals.
    pub fn parts(&self) -> Option<i64> {
        match self {
            Self::Int(number) | Self::Decimal(number) | Self::Money { minor: number, .. } => Some(*number),
            Self::Text(_) | Self::Bool(_) | Self::Date(_) | Self::Instant(_) => None,
        }
    }
}

fn day_number(date: Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

/// One condition on a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Equal.
    Is(Scalar),
    /// Equal to one of these.
    In(Vec<Scalar>),
    /// At least.
    Gte(Scalar),
    /// At most.
    Lte(Scalar),
    /// At least the first and at most the second.
    Between(Scalar, Scalar),
    /// There is a value, or none.
    Exists(bool),
    /// At or beyond a quantile over the chain's people.
    Quantile(Quantile),
}

/// On which side of a quantile a number must lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// At it or above.
    AtLeast,
    /// At it or below.
    AtMost,
}

/// A number against those of everybody else who has one.
///
/// INVARIANT: nobody's rule reads other people; the cut is a dated input that somebody put here before (see `cuts.rs`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantile {
    /// The side.
    pub side: Side,
    /// The quantile, 1 to 99.
    pub percent: u8,
    /// Nothing, in the sort of number that is compared.
    pub zero: Scalar,
    /// The number at the quantile, in the unit of `zero`; none before it was measured, and while nobody has a number.
    pub cut: Option<i64>,
}

impl Quantile {
    /// The number at the quantile among these.
    ///
    /// At least: the largest that so many people reach as should, ties included. At most: the smallest that so many do not
    /// exceed.
    pub fn measure(&self, mut numbers: Vec<i64>) -> Option<i64> {
        numbers.sort_unstable();
        let percent = usize::from(self.percent);
        let share = |percent: usize| (percent * numbers.len()).div_ceil(100);
        let place = match self.side {
            Side::AtLeast => numbers.len() - share(100 - percent),
            Side::AtMost => share(percent).checked_sub(1)?,
        };
        numbers.get(place).copied()
    }

    /// The number at the quantile as a value.
    pub fn bound(&self) -> Option<Scalar> {
        let cut = self.cut?;
        Some(match self.zero {
            Scalar::Money { digits, .. } => Scalar::Money { minor: cut, digits },
            Scalar::Decimal(_) => Scalar::Decimal(cut),
            _ => Scalar::Int(cut),
        })
    }

    fn fits(&self, value: Identity<'_>) -> bool {
        self.bound().is_some_and(|bound| match self.side {
            Side::AtLeast => value.at_least(bound.identity()),
            Side::AtMost => bound.identity().at_least(value),
        })
    }
}

/// Conditions that must all hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test(pub Vec<Op>);

impl Test {
    /// Whether a value passes; `None` is no value.
    pub fn passes(&self, value: Option<&Scalar>) -> bool {
        self.fits(value.map(Scalar::identity))
    }

    /// Whether whatever has this identity passes; `None` is no value.
    pub fn fits(&self, value: Option<Identity<'_>>) -> bool {
        self.0.iter().all(|op| match (op, value) {
            (Op::Exists(wanted), value) => value.is_some() == *wanted,
            (_, None) => false,
            (Op::Is(wanted), Some(value)) => value == wanted.identity(),
            (Op::In(list), Some(value)) => list.iter().any(|wanted| value == wanted.identity()),
            (Op::Gte(least), Some(value)) => value.at_least(least.identity()),
            (Op::Lte(most), Some(value)) => most.identity().at_least(value),
            (Op::Between(least, most), Some(value)) => {
                value.at_least(least.identity()) && most.identity().at_least(value)
            }
            (Op::Quantile(quantile), Some(value)) => quantile.fits(value),
        })
    }

    /// Whether a number that is made of so many things passes; made of nothing, it has no place among people's numbers.
    pub fn passes_number(&self, number: &Scalar, made_of: i64) -> bool {
        let ranks = self.0.iter().any(|op| matches!(op, Op::Quantile(_)));
        (made_of > 0 || !ranks) && self.passes(Some(number))
    }

    /// Whether some of these values passes; with no value at all, whether none passes.
    pub fn passes_any<'a>(&self, values: impl IntoIterator<Item = &'a Scalar>) -> bool {
        self.fits_any(values.into_iter().map(Scalar::identity))
    }

    /// Whether something of these identities passes; with none at all, whether nothing passes.
    pub fn fits_any<'a>(&self, values: impl IntoIterator<Item = Identity<'a>>) -> bool {
        let mut values = values.into_iter().peekable();
        if values.peek().is_none() {
            return self.fits(None);
        }
        values.any(|value| self.fits(Some(value)))
    }

    /// The scalars it compares with.
    pub fn scalars(&self) -> impl Iterator<Item = &Scalar> {
        self.0.iter().flat_map(|op| match op {
            Op::Is(value) | Op::Gte(value) | Op::Lte(value) => vec![value],
            Op::In(values) => values.iter().collect(),
            Op::Between(least, most) => vec![least, most],
            Op::Quantile(quantile) => vec![&quantile.zero],
            Op::Exists(_) => Vec::new(),
        })
    }
}

/// A decimal text such as `-12.5` in millionths.
pub(crate) fn millionths(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 6 || !plain(whole) || !plain(fraction) {
        return None;
    }
    let value: i64 = format!("{whole}{fraction:0<6}").parse().ok()?;
    Some(if negative { -value } else { value })
}

/// The value of a field of an event, of the registered type or, for a field nobody registered, of its own.
pub fn cell(value: &Value, kind: Option<FieldType>, zone: &TimeZone) -> Option<Scalar> {
    let text = || value.as_str().filter(|text| !text.is_empty());
    match kind {
        Some(FieldType::Text) => text().map(|text| Scalar::Text(text.to_owned())),
        Some(FieldType::Integer) => value.as_i64().map(Scalar::Int),
        Some(FieldType::Decimal) => {
            let plain = text().map_or_else(|| value.to_string(), str::to_owned);
            millionths(&plain).map(Scalar::Decimal)
        }
        Some(FieldType::Money) => value.get("minor").and_then(Value::as_i64).map(Scalar::money),
        Some(FieldType::Boolean) => value.as_bool().map(Scalar::Bool),
        Some(FieldType::Date) => text().and_then(|text| text.parse().ok()).map(Scalar::Date),
        Some(FieldType::Timestamp) => {
            text().and_then(|text| parse_instant(text, zone).ok()).map(Timestamp::as_microsecond).map(Scalar::Instant)
        }
        None => own(value),
    }
}

fn own(value: &Value) -> Option<Scalar> {
    match value {
        Value::String(text) if !text.is_empty() => Some(Scalar::Text(text.clone())),
        Value::Bool(truth) => Some(Scalar::Bool(*truth)),
        Value::Number(number) => {
            number.as_i64().map(Scalar::Int).or_else(|| millionths(&number.to_string()).map(Scalar::Decimal))
        }
        Value::Object(fields) => fields.get("minor").and_then(Value::as_i64).map(Scalar::money),
        Value::String(_) | Value::Array(_) | Value::Null => None,
    }
}
