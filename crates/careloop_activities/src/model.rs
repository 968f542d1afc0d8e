//! An activity, when it is open, and what visitors may write.

use std::fmt;

use careloop_kernel::ids::{ActivityId, ClinicId, SegmentId};
use careloop_kernel::{Error, Result};
use careloop_people::{PersonCard, phone};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The longest window, in microseconds: 31 days.
const LONGEST_US: i64 = 31 * 86_400_000_000;
/// How many tags one activity sets.
const MOST_TAGS: usize = 10;

/// A tag that every visitor gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityTag {
    /// The tag's id.
    pub tag: String,
    /// The value.
    pub value: String,
}

/// An activity as staff see it.
#[derive(Debug, Clone)]
pub struct Activity {
    /// `activities.ord`.
    pub ord: i64,
    /// The public id.
    pub id: ActivityId,
    /// The name, which visitors see.
    pub name: String,
    /// Where it is, which visitors see; may be empty.
    pub place: String,
    /// The clinic that holds it: `clinics.ord`, public id and name. None when the chain does.
    pub clinic: Option<(i64, ClinicId, String)>,
    /// The zone the clinic's clocks show, an IANA name; none when the chain holds it.
    pub clinic_zone: Option<String>,
    /// From when people sign in, in microseconds.
    pub starts_us: i64,
    /// Until before when, in microseconds.
    pub ends_us: i64,
    /// The list visitors are put on, and its name.
    pub list: (SegmentId, String),
    /// Tags visitors get.
    pub tags: Vec<ActivityTag>,
    /// The end of the address of the visitors' page.
    pub token: String,
    /// Since when it is closed, in microseconds.
    pub closed_us: Option<i64>,
    /// Who made it.
    pub created_by: String,
    /// When, in microseconds.
    pub created_us: i64,
    /// How many people attended, of those the caller may see.
    pub attendees: i64,
}

/// Whether people can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// The window has not begun.
    NotYet,
    /// They can.
    Open,
    /// Somebody closed it.
    Closed,
    /// The window is over.
    Over,
}

impl Door {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotYet => "not_yet",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Over => "over",
        }
    }
}

impl Activity {
    /// Whether people can sign in at an instant (microseconds). The window is half open.
    pub fn door(&self, now_us: i64) -> Door {
        match () {
            () if now_us >= self.ends_us => Door::Over,
            () if self.closed_us.is_some() => Door::Closed,
            () if now_us < self.starts_us => Door::NotYet,
            () => Door::Open,
        }
    }

    /// Refuses visitors while the door is not open, and says why.
    pub(crate) fn require_open(&self, now_us: i64) -> Result<()> {
        let (code, message) = match self.door(now_us) {
            Door::Open => return Ok(()),
            Door::NotYet => ("activities.not_yet", "signing in has not begun; come back when the activity starts"),
            Door::Closed => ("activities.closed", "signing in is closed; ask whoever is at the desk"),
            Door::Over => ("activities.over", "this activity is over; ask the clinic"),
        };
        Err(Error::conflict(code, message))
    }
}

/// An activity to be made.
#[derive(Debug, Clone)]
pub struct NewActivity {
    /// 1 to 40 characters.
    pub name: String,
    /// Up to 80 characters.
    pub place: String,
    /// The clinic that holds it; none for the chain.
    pub clinic: Option<ClinicId>,
    /// From when people sign in.
    pub starts_at: Timestamp,
    /// Until before when.
    pub ends_at: Timestamp,
    /// A static list to put visitors on; one of the activity's name is made if absent.
    pub list: Option<SegmentId>,
    /// Tags visitors get.
    pub tags: Vec<ActivityTag>,
}

/// What changes about an activity; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct ActivityPatch {
    /// 1 to 40 characters.
    pub name: Option<String>,
    /// Up to 80 characters.
    pub place: Option<String>,
    /// From when people sign in.
    pub starts_at: Option<Timestamp>,
    /// Until before when.
    pub ends_at: Option<Timestamp>,
}

fn wrong(code: &'static str, field: &'static str, message: &str) -> Error {
    Error::invalid(code, format!("`{field}`: {message}")).with_field(field, message)
}

fn parse_text(field: &'static str, text: &str, least: usize, most: usize) -> Result<String> {
    let text = text.trim();
    if (least..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(wrong("activities.text", field, &format!("{least} to {most} characters")))
}

/// An activity's name.
pub(crate) fn parse_name(text: &str) -> Result<String> {
    parse_text("name", text, 1, 40)
}

/// Where an activity is.
pub(crate) fn parse_place(text: &str) -> Result<String> {
    parse_text("place", text, 0, 80)
}

/// The window, in microseconds: it ends after it starts, after now, and within 31 days.
pub(crate) fn parse_window(starts_us: i64, ends_us: i64, now_us: i64) -> Result<(i64, i64)> {
    let wrong = |message: &str| Err(wrong("activities.window", "ends_at", message));
    match () {
        () if ends_us <= starts_us => wrong("must be after the start"),
        () if ends_us - starts_us > LONGEST_US => wrong("at most 31 days after the start"),
        () if ends_us <= now_us => wrong("must be in the future"),
        () => Ok((starts_us, ends_us)),
    }
}

/// Tags, each once.
pub(crate) fn parse_tags(tags: &[ActivityTag]) -> Result<Vec<ActivityTag>> {
    let mut kept: Vec<ActivityTag> = Vec::new();
    for tag in tags {
        if !kept.contains(tag) {
            kept.push(tag.clone());
        }
    }
    if kept.len() > MOST_TAGS {
        return Err(wrong("activities.tags", "tags", &format!("at most {MOST_TAGS} tags")));
    }
    Ok(kept)
}

/// What somebody wrote to sign in. It is never printed.
pub struct Visitor {
    pub(crate) name: String,
    /// Complete, as numbers are compared.
    pub(crate) phone: String,
    /// Whether the clinic may call and text them.
    pub(crate) may_contact: bool,
}

impl fmt::Debug for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Visitor(..)")
    }
}

impl Visitor {
    /// Reads what somebody wrote. They must have agreed to the privacy note.
    pub fn parse(name: &str, number: &str, agreed: bool, may_contact: bool) -> Result<Self> {
        let name = name.trim();
        let letters = name.chars().filter(|letter| letter.is_alphabetic()).count();
        if letters == 0 || name.chars().count() > 40 || name.chars().any(char::is_control) {
            return Err(wrong("activities.visitor_name", "name", "write your name, up to 40 characters"));
        }
        let Some(number) = phone::parse(number).filter(phone::Phone::is_evidence) else {
            let message = "write a whole number, such as 13800001234";
            return Err(wrong("activities.visitor_phone", "phone", message));
        };
        if !agreed {
            let message = "agree to the privacy note to sign in";
            return Err(wrong("activities.not_agreed", "agreed", message));
        }
        Ok(Self { name: name.to_owned(), phone: number.number, may_contact })
    }
}

/// How somebody came to be among the attendees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// They signed in themselves.
    Qr,
    /// A file named them.
    Import,
}

impl Origin {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Qr => "qr",
            Self::Import => "import",
        }
    }
}

/// Somebody who attended.
#[derive(Debug, Clone)]
pub struct Attendee {
    /// Who, masked.
    pub card: PersonCard,
    /// How, at first.
    pub origin: Origin,
    /// When, in microseconds.
    pub at_us: i64,
}

#[cfg(test)]
mod tests {
    use careloop_kernel::ids::Id;

    use super::*;

    fn activity(closed_us: Option<i64>) -> Activity {
        Activity {
            ord: 1,
            id: ActivityId::from_bits(1),
            name: "爱牙日".to_owned(),
            place: String::new(),
            clinic: None,
            clinic_zone: None,
            starts_us: 100,
            ends_us: 200,
            list: (SegmentId::from_bits(1), "爱牙日".to_owned()),
            tags: Vec::new(),
            token: String::new(),
            closed_us,
            created_by: String::new(),
            created_us: 0,
            attendees: 0,
        }
    }

    #[test]
    fn the_door_follows_the_window_to_the_microsecond() {
        let cases = [
            (99, None, Door::NotYet),
            (100, None, Door::Open),
            (199, None, Door::Open),
            (200, None, Door::Over),
            (150, Some(120), Door::Closed),
            (250, Some(120), Door::Over),
            (50, Some(20), Door::Closed),
        ];
        for (now, closed, door) in cases {
            assert_eq!(activity(closed).door(now), door, "{now} {closed:?}");
        }
    }

    #[test]
    fn a_window_is_ahead_and_no_longer_than_a_month() {
        let code = |starts, ends, now| parse_window(starts, ends, now).map_err(|error| error.code());
        assert_eq!(code(100, 200, 150), Ok((100, 200)), "it may have begun");
        for (starts, ends, now) in [(100, 100, 0), (100, 200, 200), (0, LONGEST_US + 1, 0)] {
            assert_eq!(code(starts, ends, now), Err("activities.window"), "{starts} {ends} {now}");
        }
    }

    #[test]
    fn a_visitor_has_a_name_and_a_whole_phone_and_has_agreed() {
        let code = |name, phone, agreed| Visitor::parse(name, phone, agreed, false).map_err(|error| error.code()).err();
        assert_eq!(code(" 王芳 ", "138 0000 1234", true), None);
        assert_eq!(code("Li Wei", "+86-13800001234", true), None);
        let long = "王".repeat(41);
        for name in ["", "  ", "13800001234", &long, "王\n芳"] {
            assert_eq!(code(name, "13800001234", true), Some("activities.visitor_name"), "{name:?}");
        }
        for phone in ["", "12345678", "1380000123", "电话", "13800000000"] {
            assert_eq!(code("王芳", phone, true), Some("activities.visitor_phone"), "{phone:?}");
        }
        assert_eq!(code("王芳", "13800001234", false), Some("activities.not_agreed"));
        let visitor = Visitor::parse("王芳", "13800001234", true, true).unwrap();
        assert_eq!((visitor.phone.as_str(), format!("{visitor:?}").as_str()), ("+8613800001234", "Visitor(..)"));
    }

    #[test]
    fn a_tag_that_stands_twice_counts_once() {
        let tag = ActivityTag { tag: "care.vip".to_owned(), value: "true".to_owned() };
        assert_eq!(parse_tags(&[tag.clone(), tag.clone()]).unwrap(), [tag]);
        let many: Vec<ActivityTag> =
            (0..11).map(|n| ActivityTag { tag: n.to_string(), value: String::new() }).collect();
        assert_eq!(parse_tags(&many).unwrap_err().code(), "activities.tags");
    }
}
