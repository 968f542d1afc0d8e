//! One event in few bytes, and its two long forms: a row of the log and a line for the peers.

use std::fmt::Write as _;

macro_rules! kinds {
    ($($kind:ident $name:literal,)*) => {
        /// What happened; kinds of `catalog/events.toml`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Kind { $($kind,)* }

        impl Kind {
            const ALL: &[Kind] = &[$(Kind::$kind,)*];

            /// The catalogue's name.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Kind::$kind => $name,)* }
            }
        }
    };
}

kinds! {
    LeadCreated "lead.created",
    TouchSent "touch.sent",
    TouchDelivered "touch.delivered",
    TouchOpened "touch.opened",
    TouchClicked "touch.clicked",
    TouchReplied "touch.replied",
    ContentViewed "content.viewed",
    PageViewed "page.viewed",
    CouponIssued "coupon.issued",
    CouponUsed "coupon.used",
    ApptBooked "appt.booked",
    ApptConfirmed "appt.confirmed",
    ApptCancelled "appt.cancelled",
    ApptNoShow "appt.no_show",
    ApptArrived "appt.arrived",
    VisitOpened "visit.opened",
    VisitClosed "visit.closed",
    ConsultOpened "consult.opened",
    ConsultClosed "consult.closed",
    PlanPresented "plan.presented",
    PlanAccepted "plan.accepted",
    PlanDeclined "plan.declined",
    PlanItemDone "plan.item_done",
    OrderCreated "order.created",
    PaymentReceived "payment.received",
    RefundPaid "refund.paid",
    RevenueRecognised "revenue.recognised",
    FuDue "fu.due",
    FuDone "fu.done",
    RecallDue "recall.due",
    RecallContacted "recall.contacted",
    EmrWritten "emr.written",
}

/// Business lines, the commonest first, with their prices in yuan.
pub(crate) const LINES: [(&str, u64, u64); 8] = [
    ("洁牙", 99, 400),
    ("补牙", 200, 1_500),
    ("儿牙", 150, 1_800),
    ("牙周", 300, 4_000),
    ("拔牙", 200, 2_500),
    ("修复", 1_000, 12_000),
    ("正畸", 8_000, 40_000),
    ("种植", 6_000, 30_000),
];
const CHANNELS: [&str; 6] = ["wecom", "sms", "phone", "app", "email", "mail"];
const SOURCES: [(&str, &str); 5] =
    [("美团", "online"), ("抖音", "online"), ("老带新", "referral"), ("自然到店", "walk_in"), ("地推", "offline")];
const METHODS: [&str; 4] = ["wechat", "alipay", "card", "cash"];
const RESULTS: [&str; 4] = ["fine", "discomfort", "booked", "unreachable"];

/// An event. What its small numbers mean depends on its kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    /// Milliseconds since 1970.
    pub(crate) at: i64,
    /// `records.ord`.
    pub(crate) record: u32,
    pub(crate) kind: Kind,
    /// `clinics.ord`; 0 is none.
    pub(crate) clinic: u8,
    /// A place in [`LINES`].
    pub(crate) line: u8,
    /// A throw that decides channel, method, campaign and the like.
    pub(crate) throw: u8,
    /// Minor units of what has an amount; hours until the start of an appointment.
    pub(crate) size: u32,
    /// Which visit, plan or message of the person it belongs to.
    pub(crate) number: u32,
}

/// Bytes of an event in a bucket.
pub(crate) const BYTES: usize = 24;

impl Told {
    pub(crate) fn to_bytes(self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        bytes[..8].copy_from_slice(&self.at.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.record.to_le_bytes());
        bytes[12..16].copy_from_slice(&[self.kind as u8, self.clinic, self.line, self.throw]);
        bytes[16..20].copy_from_slice(&self.size.to_le_bytes());
        bytes[20..].copy_from_slice(&self.number.to_le_bytes());
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        Some(Self {
            at: i64::from_le_bytes(bytes.get(..8)?.try_into().ok()?),
            record: word(8)?,
            kind: *Kind::ALL.get(usize::from(*bytes.get(12)?))?,
            clinic: *bytes.get(13)?,
            line: *bytes.get(14)?,
            throw: *bytes.get(15)?,
            size: word(16)?,
            number: word(20)?,
        })
    }

    /// The amount in minor units, of kinds that have one.
    pub(crate) fn amount(self) -> Option<i64> {
        let has = matches!(
            self.kind,
            Kind::OrderCreated | Kind::PaymentReceived | Kind::RefundPaid | Kind::RevenueRecognised
        );
        has.then_some(i64::from(self.size))
    }

    fn line(self) -> &'static str {
        LINES[usize::from(self.line) % LINES.len()].0
    }

    fn channel(self) -> &'static str {
        CHANNELS[usize::from(self.throw) % CHANNELS.len()]
    }

    /// The sender's name for it.
    pub(crate) fn message_id(self, row: i64) -> String {
        format!("{}-{:x}-{row:x}", self.kind as u8, self.record)
    }

    /// Everything else, as JSON.
    pub(crate) fn props(self) -> String {
        let Self { record, number, throw, .. } = self;
        let (line, channel) = (self.line(), self.channel());
        match self.kind {
            Kind::LeadCreated => {
                let (source, class) = SOURCES[usize::from(throw) % SOURCES.len()];
                format!(r#"{{"channel":"{source}","lead_id":"l{record}","line":"{line}","source_class":"{class}"}}"#)
            }
            Kind::TouchSent | Kind::TouchDelivered | Kind::TouchOpened | Kind::TouchClicked | Kind::TouchReplied => {
                let purpose = if throw % 4 == 0 { "service" } else { "marketing" };
                format!(
                    r#"{{"campaign":"c{}","channel":"{channel}","message_id":"m{record}-{number}","purpose":"{purpose}"}}"#,
                    throw % 40
                )
            }
            Kind::ContentViewed | Kind::PageViewed => {
                format!(
                    r#"{{"campaign":"c{}","channel":"{channel}","content":"a-{throw}","seconds":{},"topic":"{line}"}}"#,
                    throw % 40,
                    throw
                )
            }
            Kind::CouponIssued | Kind::CouponUsed => {
                format!(r#"{{"campaign":"c{}","coupon_id":"k{record}-{number}","item":"{line}"}}"#, throw % 40)
            }
            Kind::ApptBooked | Kind::ApptConfirmed | Kind::ApptCancelled | Kind::ApptNoShow | Kind::ApptArrived => {
                self.appointment()
            }
            Kind::PlanPresented | Kind::PlanAccepted | Kind::PlanDeclined | Kind::PlanItemDone => format!(
                r#"{{"amount":{{"currency":"CNY","minor":{}}},"doctor":"d{}","line":"{line}","plan_id":"p{record}-{number}","visit_id":"v{record}-{number}"}}"#,
                self.size,
                throw % 90
            ),
            Kind::OrderCreated => format!(
                r#"{{"discount":{{"currency":"CNY","minor":{}}},"doctor":"d{}","item":"{line}","line":"{line}","list_amount":{{"currency":"CNY","minor":{}}},"order_id":"o{record}-{number}","visit_id":"v{record}-{number}"}}"#,
                self.size / 10,
                throw % 90,
                self.size + self.size / 10
            ),
            Kind::PaymentReceived | Kind::RefundPaid | Kind::RevenueRecognised => {
                let method = METHODS[usize::from(throw) % METHODS.len()];
                format!(
                    r#"{{"item":"{line}","line":"{line}","method":"{method}","order_id":"o{record}-{number}","visit_id":"v{record}-{number}"}}"#
                )
            }
            Kind::FuDue | Kind::FuDone => {
                let result = RESULTS[usize::from(throw) % RESULTS.len()];
                format!(
                    r#"{{"followup_id":"f{record}-{number}","kind":"treatment","line":"{line}","result":"{result}"}}"#
                )
            }
            Kind::RecallDue | Kind::RecallContacted => {
                format!(r#"{{"interval_days":180,"line":"{line}","recall_id":"r{record}-{number}"}}"#)
            }
            Kind::VisitOpened | Kind::VisitClosed | Kind::ConsultOpened | Kind::ConsultClosed | Kind::EmrWritten => {
                format!(
                    r#"{{"doctor":"d{}","item":"{line}","line":"{line}","visit_id":"v{record}-{number}"}}"#,
                    throw % 90
                )
            }
        }
    }

    fn appointment(self) -> String {
        let starts = self.at / 1_000 + i64::from(self.size) * 3_600;
        let starts = jiff::Timestamp::from_second(starts).unwrap_or_default();
        format!(
            r#"{{"appointment_id":"a{}-{}","doctor":"d{}","line":"{}","starts_at":"{starts}"}}"#,
            self.record,
            self.number,
            self.throw % 90,
            self.line()
        )
    }

    /// A line of the peers' CSV: person, kind, clinic, microseconds, minor units, line, channel, number.
    pub(crate) fn csv(self, person: u32, text: &mut String) {
        let touch = self.kind.name().starts_with("touch.");
        let channel = if touch { self.channel() } else { "" };
        let amount = self.amount().map(|minor| minor.to_string()).unwrap_or_default();
        let clinic = if self.clinic == 0 { String::new() } else { format!("C{:02}", self.clinic) };
        let _ = writeln!(
            text,
            "{person},{},{clinic},{},{amount},{},{channel},{}",
            self.kind.name(),
            self.at * 1_000,
            self.line(),
            self.number
        );
    }
}
