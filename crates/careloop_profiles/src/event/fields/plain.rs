//! Where names and values stand in the text of a plain object.

/// From one byte of the text to another.
pub(super) type Span = (u32, u32);

/// A name and its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) name: Span,
    pub(super) value: Found,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Found {
    Text(Span),
    Integer(i64),
    Boolean(bool),
    /// With its whole number `minor`.
    Object(Option<i64>),
    Null,
}

/// So many digits always fit a whole number.
const DIGITS: usize = 18;
/// Objects of more members are left to `serde_json`.
const MEMBERS: usize = 16;

/// The members of an object without spaces, escapes, decimals, lists and objects in objects; none for any other text.
pub(super) fn members(text: &str) -> Option<Box<[Member]>> {
    u32::try_from(text.len()).ok()?;
    let mut scan = Scan { bytes: text.as_bytes(), at: 0 };
    let (mut members, mut count) = ([Member { name: (0, 0), value: Found::Null }; MEMBERS], 0);
    let mut note = |member| {
        if let Some(slot) = members.get_mut(count) {
            *slot = member;
        }
        count += 1;
    };
    scan.object(&mut note, true)?;
    members.get(..count).filter(|_| scan.at == text.len()).map(Box::from)
}

struct Scan<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn object(&mut self, found: &mut dyn FnMut(Member), outer: bool) -> Option<()> {
        self.take(b'{')?;
        if self.peek()? == b'}' {
            return self.take(b'}');
        }
        loop {
            let name = self.string()?;
            self.take(b':')?;
            found(Member { name, value: self.value(outer)? });
            match self.peek()? {
                b',' => self.at += 1,
                _ => return self.take(b'}'),
            }
        }
    }

    fn value(&mut self, outer: bool) -> Option<Found> {
        match self.peek()? {
            b'"' => self.string().map(Found::Text),
            b't' => self.word(b"true", Found::Boolean(true)),
            b'f' => self.word(b"false", Found::Boolean(false)),
            b'n' => self.word(b"null", Found::Null),
            b'{' if outer => {
                let (bytes, mut minor) = (self.bytes, None);
                let mut note = |Member { name: (from, to), value }: Member| {
                    if bytes[from as usize..to as usize] == *b"minor" {
                        minor = if let Found::Integer(number) = value { Some(number) } else { None };
                    }
                };
                self.object(&mut note, false)?;
                Some(Found::Object(minor))
            }
            _ => self.integer().map(Found::Integer),
        }
    }

    fn word(&mut self, word: &[u8], found: Found) -> Option<Found> {
        self.bytes.get(self.at..)?.starts_with(word).then(|| {
            self.at += word.len();
            found
        })
    }

    fn string(&mut self) -> Option<Span> {
        self.take(b'"')?;
        let rest = self.bytes.get(self.at..)?;
        let length = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..b' '))?;
        let from = self.at;
        self.at += length;
        let to = self.at;
        self.take(b'"')?;
        Some((u32::try_from(from).ok()?, u32::try_from(to).ok()?))
    }

    fn integer(&mut self) -> Option<i64> {
        let negative = self.take(b'-').is_some();
        let rest = self.bytes.get(self.at..)?;
        let length = rest.iter().position(|byte| !byte.is_ascii_digit())?;
        let digits = &rest[..length];
        // `-0` is a decimal to `serde_json`, and a number does not begin with a 0 but when it is one.
        if length == 0 || length > DIGITS || digits[0] == b'0' && (length > 1 || negative) {
            return None;
        }
        self.at += length;
        let number = digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        Some(if negative { -number } else { number })
    }
}
