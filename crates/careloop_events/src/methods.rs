//! Which methods of payment spend a balance: `catalog/payment-methods.toml`. One list for tags, metrics and inputs.

use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    balance: Vec<String>,
}

static METHODS: LazyLock<File> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is part of the program and a test reads it")]
    toml::from_str(include_str!("../../../catalog/payment-methods.toml"))
        .expect("invariant: the list of payment methods is well-formed")
});

/// The methods that spend a balance, in lower case.
pub fn balance_methods() -> &'static [String] {
    &METHODS.balance
}

/// Whether a payment by this method spends a balance, or a refund by it fills one.
pub fn is_balance_method(method: &str) -> bool {
    let method = method.trim().to_lowercase();
    METHODS.balance.contains(&method)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balances_are_told_from_cash_whatever_their_case() {
        for balance in ["wallet", " Points", "储值", "余额", "会员卡", "积分"] {
            assert!(is_balance_method(balance), "{balance}");
        }
        for cash in ["", "微信", "支付宝", "现金", "cash", "平台核销", "医保"] {
            assert!(!is_balance_method(cash), "{cash}");
        }
        assert!(balance_methods().iter().all(|method| *method == method.trim().to_lowercase()));
    }
}
