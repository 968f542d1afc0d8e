//! What a person said about being contacted. Staff write consents down; files, websites and apps tell of them by events.
//! Both are read from what is committed when the decision is made, not from tags, which follow a moment later.

use careloop_db::ConnectionTrait;
use careloop_events::StoredEvent;
use careloop_kernel::Result;
use careloop_people::PersonFacts;
use careloop_profiles::{FLAG, tags_held};

use crate::decide::Consent;
use crate::model::{Channel, Reason};

/// Names of channels as senders write them, first ours.
const CHANNELS: [(&str, &[&str]); 5] = [
    ("all", &["all", "any", "*", "全部", "所有"]),
    ("email", &["email", "e-mail", "mail", "邮件", "邮箱", "电子邮件"]),
    ("phone", &["phone", "call", "telephone", "tel", "voice", "电话", "外呼"]),
    ("sms", &["sms", "text", "短信"]),
    ("wecom", &["wecom", "wechat", "push", "oa", "miniapp", "app", "企微", "企业微信", "微信", "公众号", "小程序"]),
];

/// One thing a person said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    /// About which channel; none for a channel nobody has heard of.
    pub channel: Option<&'static str>,
    /// What.
    pub consent: Consent,
    /// When, in microseconds, and not later than we heard of it.
    pub at: i64,
}

impl Word {
    /// A word by the names of channel and state. No channel at all means every channel.
    pub(crate) fn new(channel: &str, state: &str, at: i64) -> Self {
        let channel = channel.trim().to_lowercase();
        let named = |(_, names): &&(&str, &[&str])| names.contains(&channel.as_str());
        let known = CHANNELS.iter().find(named).map(|(name, _)| *name);
        let consent = match state {
            "granted" => Consent::Granted,
            "unknown" => Consent::Unsaid,
            _ => Consent::Refused,
        };
        Self { channel: if channel.is_empty() { Some("all") } else { known }, consent, at }
    }

    /// The word that a `consent.changed` tells of.
    fn told(event: &StoredEvent) -> Option<Self> {
        let state = event.props.text_of("state").filter(|_| event.kind == "consent.changed")?;
        let at = event.at.min(event.received_at).as_microsecond();
        Some(Self::new(&event.props.text_of("channel").unwrap_or_default(), &state, at))
    }

    /// Whether it is about this way of touching. A refusal for a channel nobody has heard of is about all of them.
    fn concerns(&self, channel: Channel) -> bool {
        let own = match channel {
            Channel::Email => "email",
            Channel::Task => "phone",
        };
        match self.channel {
            Some(named) => named == "all" || named == own,
            None => self.consent == Consent::Refused,
        }
    }
}

/// The latest word that concerns a channel; of two at the same instant the refusal counts.
pub(crate) fn consent_of(channel: Channel, words: &[Word]) -> Consent {
    let concerned = words.iter().filter(|word| word.concerns(channel));
    let latest = concerned.max_by_key(|word| (word.at, word.consent == Consent::Refused));
    latest.map_or(Consent::Unsaid, |word| word.consent)
}

/// What a person permits.
pub(crate) struct Permission {
    /// Their latest word on the channel.
    pub consent: Consent,
    /// Why nobody may contact them at all.
    pub barred: Option<Reason>,
}

/// Reads it in the transaction that decides.
pub(crate) async fn read(tx: &impl ConnectionTrait, channel: Channel, facts: &PersonFacts) -> Result<Permission> {
    let written = careloop_people::consents(tx, facts.person).await?;
    let events = careloop_events::of_records(tx, &facts.records).await?;
    let written = written.iter().map(|consent| Word::new(&consent.channel, &consent.state, consent.at));
    let words: Vec<Word> = written.chain(events.iter().filter_map(Word::told)).collect();
    let tags = tags_held(&events);
    let has = |tag: &str| tags.contains(&(tag.to_owned(), FLAG.to_owned()));
    let barred = if has("gov.blacklist") {
        Some(Reason::Blacklisted)
    } else if has("care.do_not_contact") {
        Some(Reason::DoNotContact)
    } else {
        None
    };
    Ok(Permission { consent: consent_of(channel, &words), barred })
}
