//! Names of people: Chinese and Latin, and the nicknames and forms of address that stand where a name should.
//!
//! `小雨妈妈` names a child's guardian, `王女士` a surname, `阳光` nobody: none of them is evidence of who somebody is.

use crate::text::{fold, is_han, pinyin, strip_marks, surnames};

/// What stands where a name should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum NameKind {
    /// Nothing, or a word such as `未知`.
    #[default]
    Missing,
    /// A nickname or a form of address.
    Alias,
    /// A name in Han characters.
    Han,
    /// A name in letters.
    Latin,
}

/// A name in its normal form.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct PersonName {
    /// What it is.
    pub kind: NameKind,
    /// The surname; empty if there is none.
    pub surname: Box<str>,
    /// The given name; empty if there is none.
    pub given: Box<str>,
    /// Pinyin of a Han name, syllables parted by blanks; else empty.
    pub sound: Box<str>,
    /// Whom an alias looks after: `小雨` of `小雨妈妈`.
    pub ward: Option<Box<str>>,
}

impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonName({:?})", self.kind)
    }
}

impl PersonName {
    /// Whether it says who somebody is.
    pub fn is_evidence(&self) -> bool {
        matches!(self.kind, NameKind::Han | NameKind::Latin)
    }

    /// The name read as one that stands on a file of the clinic: two to four characters are a name there, even if they
    /// begin with no surname we know.
    #[must_use]
    pub fn on_a_file(self) -> Self {
        let letters = self.given.chars().count();
        let word = GUARDIANS.contains(&&*self.given) || TITLES.contains(&&*self.given) || WORDS.contains(&&*self.given);
        let name = self.given.chars().all(is_han) && !self.given.starts_with(['小', '阿']);
        let fits = (2..=4).contains(&letters) && name && !word;
        if self.kind != NameKind::Alias || !self.surname.is_empty() || self.ward.is_some() || !fits {
            return self;
        }
        let split = self.given.chars().next().map_or(0, char::len_utf8);
        let (surname, given) = self.given.split_at(split);
        let sound = pinyin::of_name(surname, given).into();
        Self { kind: NameKind::Han, sound, surname: surname.into(), given: given.into(), ward: None }
    }

    /// Whether only an adult is called so: by a title, or after a child.
    pub fn is_grown_up(&self) -> bool {
        let title = TITLES[..5].iter().chain(&TITLES[6..11]).any(|title| self.given.ends_with(title));
        self.kind == NameKind::Alias && (self.ward.is_some() || title || GUARDIANS.contains(&&*self.given))
    }

    /// The surname of a form of address: `王` of `王女士`, `小王` and `老王`.
    pub fn surname_called(&self) -> Option<&str> {
        if self.kind != NameKind::Alias {
            return None;
        }
        let familiar = || self.given.strip_prefix(['小', '老', '阿']).filter(|name| surnames::is_surname(name));
        Some(&*self.surname).filter(|surname| !surname.is_empty()).or_else(familiar)
    }

    /// Surname and given name as one text, in the order of the script.
    pub fn full(&self) -> String {
        match self.kind {
            NameKind::Latin => {
                [&*self.given, &*self.surname].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
            }
            _ => format!("{}{}", self.surname, self.given),
        }
    }
}

const NOBODY: [&str; 20] = [
    "无",
    "无名",
    "未知",
    "匿名",
    "匿名用户",
    "测试",
    "客户",
    "顾客",
    "患者",
    "游客",
    "用户",
    "新用户",
    "微信用户",
    "散客",
    "test",
    "none",
    "null",
    "unknown",
    "n/a",
    "anonymous",
];
const WORDS: [&str; 20] = [
    "阳光", "白云", "高兴", "和平", "幸福", "江湖", "黄金", "白雪", "石头", "时光", "安静", "简单", "温暖", "夏天",
    "米饭", "金鱼", "万里", "云朵", "常青", "时间",
];
const GUARDIANS: [&str; 18] = [
    "妈妈", "爸爸", "妈咪", "家长", "奶奶", "爷爷", "外婆", "外公", "姥姥", "姥爷", "麻麻", "粑粑", "母亲", "父亲",
    "姑姑", "舅舅", "妈", "爸",
];
const TITLES: [&str; 18] = [
    "女士",
    "先生",
    "小姐",
    "太太",
    "老师",
    "医生",
    "阿姨",
    "叔叔",
    "经理",
    "师傅",
    "老板",
    "同学",
    "小朋友",
    "宝宝",
    "宝贝",
    "总",
    "姐",
    "哥",
];

/// Reads a name from one text, or from its two parts.
pub fn parse(name: Option<&str>, given: Option<&str>, surname: Option<&str>) -> PersonName {
    let (given, surname) = (given.map(fold).unwrap_or_default(), surname.map(fold).unwrap_or_default());
    if !given.is_empty() || !surname.is_empty() {
        if given.chars().chain(surname.chars()).any(is_han) {
            return han(&format!("{surname}{given}"));
        }
        return latin(&letters(&given), &letters(&surname));
    }
    let text = fold(name.unwrap_or_default());
    let text = without_brackets(&text);
    if text.is_empty() || NOBODY.contains(&text.as_str()) {
        return PersonName::default();
    }
    if text.chars().any(is_han) { han(&text) } else { latin_text(&text) }
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let keep = |letter: &char| match letter {
        '(' | '[' | '【' | '〔' => {
            depth += 1;
            false
        }
        ')' | ']' | '】' | '〕' => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0,
    };
    text.chars().filter(keep).collect::<String>().trim().to_owned()
}

fn alias(text: &str) -> PersonName {
    PersonName { kind: NameKind::Alias, given: text.into(), ..PersonName::default() }
}

fn han(text: &str) -> PersonName {
    let dotted = text.contains(['·', '•', '・']);
    let core: String = text.chars().filter(|letter| is_han(*letter)).collect();
    if NOBODY.contains(&core.as_str()) {
        return PersonName::default();
    }
    if let Some(ward) = GUARDIANS.iter().find_map(|suffix| core.strip_suffix(suffix)) {
        let ward = ward.strip_suffix('的').unwrap_or(ward);
        return PersonName { ward: (!ward.is_empty()).then(|| ward.into()), ..alias(&core) };
    }
    let bare = TITLES.iter().find_map(|suffix| core.strip_suffix(suffix));
    let name = bare.unwrap_or(&core);
    if surnames::is_surname(name) {
        return PersonName { surname: name.into(), given: core[name.len()..].into(), ..alias(&core) };
    }
    if dotted && bare.is_none() {
        return PersonName {
            kind: NameKind::Han,
            given: name.into(),
            sound: pinyin::of_name("", name).into(),
            ..PersonName::default()
        };
    }
    match plausible(name) {
        Some(split) => {
            let (surname, given) = name.split_at(split);
            PersonName {
                kind: NameKind::Han,
                surname: surname.into(),
                given: given.into(),
                sound: pinyin::of_name(surname, given).into(),
                ward: None,
            }
        }
        None => alias(&core),
    }
}

/// Where the surname of a believable full name ends.
fn plausible(name: &str) -> Option<usize> {
    let split = surnames::length(name)?;
    let given: Vec<char> = name[split..].chars().collect();
    let doubled = split == 3 && given.len() == 1 && name.starts_with(given[0]);
    let fits = match given.len() {
        1 | 2 => true,
        // Two surnames, as the child of both parents: 王李小明.
        3 => surnames::is_surname(&given[0].to_string()),
        _ => false,
    };
    (fits && !doubled && !WORDS.contains(&name)).then_some(split)
}

fn letters(text: &str) -> String {
    strip_marks(text).chars().filter(|letter| letter.is_alphabetic()).collect()
}

fn latin_text(text: &str) -> PersonName {
    let (text, reversed) = match text.split_once(',') {
        Some((surname, given)) => (format!("{given} {surname}"), true),
        None => (text.to_owned(), false),
    };
    let tokens: Vec<String> = text.split_whitespace().map(letters).filter(|token| !token.is_empty()).collect();
    match &tokens[..] {
        [] => PersonName::default(),
        [_] if !reversed => alias(&tokens.concat()),
        [given @ .., surname] => latin(&given.concat(), surname),
    }
}

fn latin(given: &str, surname: &str) -> PersonName {
    let kind = if given.is_empty() && surname.is_empty() { NameKind::Missing } else { NameKind::Latin };
    PersonName { kind, given: given.into(), surname: surname.into(), ..PersonName::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> PersonName {
        parse(Some(text), None, None)
    }

    #[test]
    fn a_chinese_name_is_split_at_its_surname() {
        for (text, surname, given) in [
            ("王小明", "王", "小明"),
            ("欧阳 娜娜", "欧阳", "娜娜"),
            ("李 明 (VIP)", "李", "明"),
            ("王芳女士", "王", "芳"),
            ("王李小明", "王", "李小明"),
            ("张伟2", "张", "伟"),
            ("曾敏【转诊】", "曾", "敏"),
        ] {
            let name = of(text);
            assert_eq!((name.kind, &*name.surname, &*name.given), (NameKind::Han, surname, given), "{text}");
        }
        assert_eq!(of("阿卜杜拉·买买提").kind, NameKind::Han);
        assert_eq!(parse(None, Some("小明"), Some("王")), of("王小明"));
    }

    #[test]
    fn nicknames_and_forms_of_address_are_no_names() {
        for text in ["小雨", "阿明", "老李", "王女士", "欧阳先生", "阳光", "乐乐", "时光不老", "Lily", "小朋友"]
        {
            assert_eq!(of(text).kind, NameKind::Alias, "{text}");
        }
        for text in ["", "未知", "测试", "N/A", "(儿童)"] {
            assert_eq!(of(text).kind, NameKind::Missing, "{text}");
        }
    }

    #[test]
    fn an_uncommon_name_on_a_file_is_a_name() {
        let name = of("浩志刚").on_a_file();
        assert_eq!((name.kind, &*name.surname, &*name.given), (NameKind::Han, "浩", "志刚"));
        for text in ["小雨", "王女士", "小雨妈妈", "家长", "Lily"] {
            assert_eq!(of(text).on_a_file().kind, NameKind::Alias, "{text}");
        }
    }

    #[test]
    fn a_guardian_names_the_ward() {
        assert_eq!(of("小雨妈妈").ward.as_deref(), Some("小雨"));
        assert_eq!(of("王小明的爸爸").ward.as_deref(), Some("王小明"));
        assert_eq!(of("家长").ward, None);
        assert!(!of("小雨妈妈").is_evidence());
    }

    #[test]
    fn latin_names_lose_case_marks_and_order() {
        for text in ["Renée O'Neill", "O’Neill, Renée"] {
            let name = of(text);
            assert_eq!((name.kind, &*name.given, &*name.surname), (NameKind::Latin, "renee", "oneill"), "{text}");
        }
        assert_eq!(of("Renée O'Neill").full(), "renee oneill");
    }

    #[test]
    fn a_name_never_prints_itself() {
        assert_eq!(format!("{:?}", of("王小明")), "PersonName(Han)");
    }
}
