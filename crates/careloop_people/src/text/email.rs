//! E-mail addresses.

use crate::text::fold;

/// The address in lower case, if it looks like one.
pub fn parse(text: &str) -> Option<String> {
    let text = fold(text);
    let (local, domain) = text.split_once('@')?;
    let good = |part: &str| {
        !part.is_empty() && !part.contains(char::is_whitespace) && !part.contains(['@', ',', ';', '<', '>'])
    };
    let dotted = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    (good(local) && good(domain) && dotted).then(|| text.clone())
}

/// The address as screens show it: `wa***@example.com`.
pub fn mask(address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    let shown = if local.chars().count() > 3 { 2 } else { 1 };
    let head: String = local.chars().take(shown).collect();
    format!("{head}***@{domain}")
}

/// Addresses many people share, or that nobody reads.
pub fn is_evidence(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default();
    !matches!(
        local,
        "info" | "admin" | "noreply" | "no-reply" | "service" | "test" | "none" | "null" | "na" | "contact" | "support"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_masked() {
        assert_eq!(parse(" Wang.Li@Example.COM ").as_deref(), Some("wang.li@example.com"));
        assert_eq!(mask("wang.li@example.com"), "wa***@example.com");
        for text in ["", "wang", "a@b", "a b@c.de", "@c.de", "a@.de"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_desk_address_is_no_evidence() {
        assert!(!is_evidence("info@example.com"));
        assert!(is_evidence("wang.li@example.com"));
    }
}
