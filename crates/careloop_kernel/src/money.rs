//! Money is a whole number of minor units and a currency; there is no float anywhere near it.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// An ISO 4217 currency code, three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The Chinese yuan.
    pub const CNY: Self = Self(*b"CNY");

    /// How many digits stand after the decimal point (ISO 4217 exponent).
    pub fn exponent(self) -> u32 {
        match &self.0 {
            b"JPY" | b"KRW" | b"VND" | b"CLP" | b"ISK" => 0,
            b"BHD" | b"KWD" | b"OMR" | b"JOD" | b"TND" => 3,
            _ => 2,
        }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        match text.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|letter| letter.is_ascii_uppercase()) => Ok(Self([*a, *b, *c])),
            _ => Err(MoneyError::NoSuchCurrency),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What can go wrong with an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Not a decimal number.
    #[error("this is no amount; write digits and at most one decimal point")]
    NotAnAmount,
    /// More decimals than the currency has.
    #[error("the amount has more decimals than its currency")]
    TooManyDecimals,
    /// Beyond 64 bits.
    #[error("the amount is too large")]
    OutOfRange,
    /// Two currencies in one sum.
    #[error("amounts of two currencies cannot be added")]
    CurrencyMismatch,
    /// Not three capital letters.
    #[error("a currency is three capital letters, such as CNY")]
    NoSuchCurrency,
    /// Nothing to share an amount by.
    #[error("an amount cannot be shared by weights that sum to nothing")]
    NoWeights,
}

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// An amount in minor units: `of_minor(1250, CNY)` is ¥12.50.
    pub fn of_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The amount in minor units.
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// Reads decimal text such as `-1,234.50`, with an optional ¥, $ or 元 sign. Trailing zeros beyond the
    /// currency's decimals are harmless; any other digit there is an error, never rounded away.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let text = text.trim();
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let text = text.trim_start_matches(['¥', '￥', '$']).trim_end_matches('元').trim();
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let whole = without_grouping(whole)?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !digits(&whole) || !digits(fraction) {
            return Err(MoneyError::NotAnAmount);
        }
        let exponent = currency.exponent() as usize;
        let (kept, beyond) = fraction.split_at(fraction.len().min(exponent));
        if beyond.bytes().any(|byte| byte != b'0') {
            return Err(MoneyError::TooManyDecimals);
        }
        let minor = format!("{whole}{kept:0<exponent$}").parse::<i64>().map_err(|_| MoneyError::OutOfRange)?;
        Ok(Self { minor: if negative { -minor } else { minor }, currency })
    }

    /// The sum, or an error for another currency or an overflow.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch);
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::OutOfRange)?;
        Ok(Self { minor, ..self })
    }

    /// The opposite amount.
    pub fn checked_neg(self) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_neg().ok_or(MoneyError::OutOfRange)?;
        Ok(Self { minor, ..self })
    }

    /// Shares the amount by weights and loses no cent (largest remainder method; ties go to the earlier share).
    pub fn allocate(self, weights: &[u32]) -> Result<Vec<Self>, MoneyError> {
        let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        if total == 0 {
            return Err(MoneyError::NoWeights);
        }
        let amount = i128::from(self.minor);
        let mut shares: Vec<i128> = weights.iter().map(|weight| amount * i128::from(*weight) / total).collect();
        let mut order: Vec<usize> = (0..weights.len()).filter(|index| weights[*index] > 0).collect();
        order.sort_by_key(|index| std::cmp::Reverse((amount * i128::from(weights[*index]) % total).abs()));
        let missing = amount - shares.iter().sum::<i128>();
        for index in order.iter().take(missing.unsigned_abs() as usize) {
            shares[*index] += missing.signum();
        }
        shares
            .into_iter()
            .map(|minor| Ok(Self { minor: i64::try_from(minor).map_err(|_| MoneyError::OutOfRange)?, ..self }))
            .collect()
    }

    /// Decimal text in the major unit, without a sign of the currency: `12.50`.
    pub fn to_decimal(self) -> String {
        let exponent = self.currency.exponent() as usize;
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = exponent + 1);
        let (whole, fraction) = digits.split_at(digits.len() - exponent);
        let sign = if self.minor < 0 { "-" } else { "" };
        if exponent == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

/// Removes thousands separators that stand where they should.
fn without_grouping(whole: &str) -> Result<String, MoneyError> {
    if !whole.contains(',') {
        return Ok(whole.to_owned());
    }
    let mut groups = whole.split(',');
    let head = groups.next().unwrap_or_default();
    let well_formed = (1..=3).contains(&head.len()) && groups.all(|group| group.len() == 3);
    if well_formed { Ok(whole.replace(',', "")) } else { Err(MoneyError::NotAnAmount) }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_decimal(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn yuan(text: &str) -> Result<i64, MoneyError> {
        Money::parse(text, Currency::CNY).map(Money::minor)
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, minor) in [
            ("12.5", 1250),
            ("¥1,234.50", 123_450),
            ("-0.01", -1),
            ("300元", 30_000),
            (".5", 50),
            ("7.500", 750),
            ("0.00", 0),
        ] {
            assert_eq!(yuan(text), Ok(minor), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", "-", "1.2.3", "12a", "1,2", "一百", "1e3", "NaN"] {
            assert_eq!(yuan(text), Err(MoneyError::NotAnAmount), "{text}");
        }
        assert_eq!(yuan("1.234"), Err(MoneyError::TooManyDecimals));
        assert_eq!(yuan("99999999999999999999"), Err(MoneyError::OutOfRange));
    }

    proptest! {
        #[test]
        fn text_and_back_is_the_same(minor in -i64::MAX..i64::MAX) {
            let money = Money::of_minor(minor, Currency::CNY);
            prop_assert_eq!(Money::parse(&money.to_decimal(), Currency::CNY), Ok(money));
        }

        #[test]
        fn shares_sum_to_the_whole(minor in any::<i64>(), weights in prop::collection::vec(0_u32..1000, 1..12)) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let shares = Money::of_minor(minor, Currency::CNY).allocate(&weights).unwrap();
            let sum: i128 = shares.iter().map(|share| i128::from(share.minor())).sum();
            prop_assert_eq!(sum, i128::from(minor));
        }
    }
}
