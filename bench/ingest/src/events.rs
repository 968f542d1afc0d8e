//! The events that both sides store: four kinds, some 20,000 visitors, message ids that never repeat.

use std::io::Write as _;

/// How many visitors there are.
const VISITORS: u64 = 20_000;

/// What varies from event to event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event {
    run: u64,
    number: u64,
}

impl Event {
    /// The event of this number in this run.
    pub(crate) fn new(run: u64, number: u64) -> Self {
        Self { run, number }
    }

    /// Spreads numbers evenly (SplitMix64).
    fn mixed(self) -> u64 {
        let mut value = (self.number ^ (self.run << 40)).wrapping_add(0x9e37_79b9_7f4a_7c15);
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    /// The visitor's number.
    pub(crate) fn visitor(self) -> u64 {
        self.mixed() % VISITORS
    }

    /// The sender's name for it.
    pub(crate) fn message_id(self) -> String {
        format!("node-next-1767225600000-{:016x}-{:016x}", self.mixed(), self.number)
    }

    /// Kind and properties as they are stored.
    pub(crate) fn stored(self) -> (&'static str, &'static str) {
        match self.mixed() >> 60 {
            0..=7 => (
                "page.viewed",
                r#"{"name":"价格","title":"种植牙多少钱","url":"https://clinic.example/price/implant"}"#,
            ),
            8..=11 => ("content.viewed", r#"{"content":"a-1024","seconds":37,"topic":"正畸"}"#),
            12..=14 => ("video_played", r#"{"position":12,"quality":"hd","title":"术后护理","video":"v-7"}"#),
            _ => ("payment.received", r#"{"channel":"大众点评","item":"洗牙","line":"口腔","method":"wechat"}"#),
        }
    }

    /// The event as a client sends it.
    pub(crate) fn write(self, body: &mut Vec<u8>) {
        let (kind, props) = self.stored();
        let open = &props[..props.len() - 1];
        let amount = if kind == "payment.received" { r#","amount":"128.00""# } else { "" };
        // Writing into memory cannot fail.
        let written = write!(
            body,
            r#"{{"type":"track","event":"{kind}","userId":"u{:05}","messageId":"{}","timestamp":"2026-01-01T08:00:00.000Z","properties":{open}{amount}}},"context":{{"library":{{"name":"@segment/analytics-node","version":"3.1.0"}}}},"integrations":{{}}}}"#,
            self.visitor(),
            self.message_id(),
        );
        debug_assert!(written.is_ok());
    }
}
