//! The tag library: every tag the program knows, read from `catalog/tags/*.toml`.
//!
//! One file an area: `area`, `zh`, `en`, then `[[tag]]` blocks with
//! `id`, `zh`, `en`, `kind` (S set by hand or recorded, R rule, M model, I imported), `form` (flag, choice, number, open),
//! `definition`, `because` (the sentence of a value's reason, with `{names}` the fold fills in), `values`, `thresholds`,
//! `words` (texts looked for in names), `events` (kinds it reads), `needs` (those without which it waits for data), `records`
//! (fields of records that will do as well), `manual` (staff set it), `override` (computed, and staff may set it instead),
//! `multi` (several values at once), `clinics` (its values are codes of clinics), `aliases`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use careloop_kernel::{Error, Result};
use serde::Deserialize;

use crate::limits::Limits;
use crate::names::Names;

const FILES: [&str; 8] = [
    include_str!("../../../catalog/tags/attr.toml"),
    include_str!("../../../catalog/tags/need.toml"),
    include_str!("../../../catalog/tags/visit.toml"),
    include_str!("../../../catalog/tags/val.toml"),
    include_str!("../../../catalog/tags/care.toml"),
    include_str!("../../../catalog/tags/eng.toml"),
    include_str!("../../../catalog/tags/life.toml"),
    include_str!("../../../catalog/tags/gov.toml"),
];

/// A text in both languages.
#[derive(Debug, Clone, Default, Deserialize, PartialEq, Eq)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Where values of a tag come from.
#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
pub enum TagKind {
    /// Set by staff or taken from the record.
    S,
    /// A rule over facts and events.
    R,
    /// A model's score.
    M,
    /// Imported.
    I,
}

impl TagKind {
    /// The letter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::R => "R",
            Self::M => "M",
            Self::I => "I",
        }
    }
}

/// A field of the records that a tag can be told from.
#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum RecordField {
    /// Date of birth.
    BirthDate,
    /// Gender.
    Gender,
    /// Area of the address.
    Region,
    /// Source channel.
    Channel,
    /// A phone.
    Phone,
    /// A WeCom contact.
    Wecom,
    /// Another member of the household.
    Household,
}

impl RecordField {
    /// Its id, Chinese and English name.
    pub fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::BirthDate => ("birth_date", "出生日期", "Birth date"),
            Self::Gender => ("gender", "性别", "Gender"),
            Self::Region => ("region", "区域", "Area"),
            Self::Channel => ("channel", "来源渠道", "Source channel"),
            Self::Phone => ("phone", "手机号", "Phone"),
            Self::Wecom => ("wecom", "企微", "WeCom"),
            Self::Household => ("household", "家庭成员", "Household member"),
        }
    }
}

/// What values of a tag look like.
#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum TagForm {
    /// True or absent.
    Flag,
    /// One of a closed list.
    Choice,
    /// One of a closed list of whole numbers.
    Number,
    /// Any text.
    Open,
}

impl TagForm {
    /// The name in the files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Choice => "choice",
            Self::Number => "number",
            Self::Open => "open",
        }
    }
}

/// Names of clinics by their codes.
pub type ClinicNames = BTreeMap<String, String>;

/// One value of a closed list.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct TagChoice {
    /// As stored and written in rules.
    pub value: String,
    /// Chinese label.
    pub zh: String,
    /// English label.
    pub en: String,
}

/// A tag.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagDef {
    /// The stable id, such as `val.rfm`.
    pub id: String,
    /// Other ids that rules may use for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// The area, such as `val`; filled from the file.
    #[serde(default)]
    pub area: String,
    /// Where values come from.
    pub kind: TagKind,
    /// What values look like.
    pub form: TagForm,
    /// Several values at once.
    #[serde(default)]
    pub multi: bool,
    /// Its values are codes of clinics, which people know by name.
    #[serde(default)]
    pub clinics: bool,
    /// Staff set it; nothing is computed.
    #[serde(default)]
    pub manual: bool,
    /// Computed, and staff may set another value, which then wins.
    #[serde(default, rename = "override")]
    pub overridable: bool,
    /// What it means, exactly.
    pub definition: Text,
    /// The sentence of a value's reason.
    #[serde(default)]
    pub because: Text,
    /// The closed list of values.
    #[serde(default)]
    pub values: Vec<TagChoice>,
    /// Event kinds it reads.
    #[serde(default)]
    pub events: Vec<String>,
    /// Those of them without which it can say nothing; any one will do. All of them if absent.
    pub needs: Option<Vec<String>>,
    /// Fields of records that will do as well.
    #[serde(default)]
    pub records: Vec<RecordField>,
    /// Its numbers.
    #[serde(default)]
    pub thresholds: BTreeMap<String, i64>,
    /// Texts it looks for.
    #[serde(default)]
    pub words: BTreeMap<String, Vec<String>>,
}

impl TagDef {
    /// Whether staff may set it.
    pub fn settable(&self) -> bool {
        self.manual || self.overridable
    }

    /// Checks a value somebody wants to set or ask for.
    pub fn check_value(&self, value: &str) -> Result<()> {
        let wrong =
            |message: String| Err(Error::invalid("tags.value", message).with_field("value", "a value of the tag"));
        match self.form {
            TagForm::Flag if value != FLAG => wrong(format!("`{}` is a flag; its only value is `true`", self.id)),
            TagForm::Choice | TagForm::Number if !self.values.iter().any(|choice| choice.value == value) => {
                let known: Vec<&str> = self.values.iter().map(|choice| choice.value.as_str()).collect();
                wrong(format!("`{value}` is no value of `{}`; it has {}", self.id, known.join(", ")))
            }
            TagForm::Open if value.is_empty() || value.chars().count() > MAX_VALUE => {
                wrong(format!("a value of `{}` is 1 to 40 characters long", self.id))
            }
            TagForm::Flag | TagForm::Choice | TagForm::Number | TagForm::Open => Ok(()),
        }
    }

    /// The event kinds of which one must have been seen.
    pub fn needs(&self) -> &[String] {
        self.needs.as_deref().unwrap_or(&self.events)
    }

    /// Its definition with these numbers in it.
    pub fn definition_with(&self, number: impl Fn(&str) -> Option<i64>) -> Text {
        let fill = |text: &str| {
            self.thresholds.iter().fold(text.to_owned(), |text, (key, default)| {
                text.replace(&format!("{{{key}}}"), &render_threshold(key, number(key).unwrap_or(*default)))
            })
        };
        Text { zh: fill(&self.definition.zh), en: fill(&self.definition.en) }
    }

    /// Chinese and English label of a value.
    pub fn labels(&self, value: &str, clinics: &ClinicNames) -> (String, String) {
        if let Some(name) = clinics.get(value).filter(|_| self.clinics) {
            return (name.clone(), name.clone());
        }
        match self.values.iter().find(|choice| choice.value == value) {
            Some(choice) => (choice.zh.clone(), choice.en.clone()),
            None if self.form == TagForm::Flag => ("是".to_owned(), "Yes".to_owned()),
            None => (value.to_owned(), value.to_owned()),
        }
    }
}

/// A threshold as people read it: money in the major unit.
pub(crate) fn render_threshold(key: &str, value: i64) -> String {
    if key.ends_with("_minor") {
        crate::fold::major(value).trim_end_matches(".00").to_owned()
    } else {
        value.to_string()
    }
}

/// How many characters a value has at most.
pub(crate) const MAX_VALUE: usize = 40;

/// The one value of a flag.
pub const FLAG: &str = "true";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TagFile {
    area: String,
    zh: String,
    en: String,
    tag: Vec<TagDef>,
}

/// An area of tags.
#[derive(Debug, Clone)]
pub struct TagArea {
    /// Its id, such as `val`.
    pub id: String,
    /// Its name.
    pub name: Text,
}

/// All tags.
#[derive(Debug)]
pub struct Library {
    areas: Vec<TagArea>,
    tags: Vec<TagDef>,
    /// Ids and aliases.
    names: Names<String>,
    /// The tag of each of those names.
    named: Vec<usize>,
    /// The place of each tag in the order of ids.
    ranks: Vec<usize>,
    limits: Limits,
}

impl Library {
    fn parse(files: &[&str]) -> Result<Self, String> {
        let (mut areas, mut tags) = (Vec::new(), Vec::new());
        for text in files {
            let file: TagFile = toml::from_str(text).map_err(|error| error.to_string())?;
            areas.push(TagArea { id: file.area.clone(), name: Text { zh: file.zh, en: file.en } });
            tags.extend(file.tag.into_iter().map(|tag| TagDef { area: file.area.clone(), ..tag }));
        }
        let all = || {
            let names = |(place, tag): (usize, &TagDef)| {
                let names: Vec<&String> = std::iter::once(&tag.id).chain(&tag.aliases).collect();
                names.into_iter().map(|name| (name.clone(), place)).collect::<Vec<_>>()
            };
            tags.iter().enumerate().flat_map(names)
        };
        let mut once = BTreeSet::new();
        if let Some((name, _)) = all().find(|(name, _)| !once.insert(name.clone())) {
            return Err(format!("`{name}` is defined twice"));
        }
        let (names, named): (Vec<String>, Vec<usize>) = all().unzip();
        let names = Names::of(names);
        let limits = Limits::read(|tag, key| {
            let def = names.find(tag).and_then(|name| tags.get(*named.get(name)?));
            let def = def.ok_or_else(|| format!("no tag `{tag}`"))?;
            def.thresholds.get(key).copied().ok_or_else(|| format!("`{tag}` has no threshold `{key}`"))
        })?;
        let before = |tag: &TagDef| tags.iter().filter(|other| other.id < tag.id).count();
        let ranks = tags.iter().map(before).collect();
        Ok(Self { areas, tags, names, named, ranks, limits })
    }

    /// The areas, in order.
    pub fn areas(&self) -> &[TagArea] {
        &self.areas
    }

    /// The tags, in order.
    pub fn tags(&self) -> &[TagDef] {
        &self.tags
    }

    /// The tag of an id or alias.
    pub fn find(&self, id: &str) -> Option<&TagDef> {
        self.placed(id).map(|(_, tag)| tag)
    }

    /// The place in the order of ids of the tag at a place of [`Self::tags`].
    pub(crate) fn rank(&self, place: usize) -> usize {
        self.ranks.get(place).copied().unwrap_or(usize::MAX)
    }

    /// The tag of an id or alias, with its place among [`Self::tags`].
    pub(crate) fn placed(&self, id: &str) -> Option<(usize, &TagDef)> {
        let place = *self.named.get(self.names.find(id)?)?;
        Some((place, self.tags.get(place)?))
    }

    /// The tag of an id or alias, or `tags.unknown` with the nearest names.
    pub fn get(&self, id: &str) -> Result<&TagDef> {
        self.find(id).ok_or_else(|| {
            let area = id.split('.').next().unwrap_or_default();
            let near: Vec<&str> = self.tags.iter().filter(|tag| tag.area == area).map(|tag| tag.id.as_str()).collect();
            let hint = if near.is_empty() {
                format!("areas are {}", self.areas.iter().map(|area| area.id.as_str()).collect::<Vec<_>>().join(", "))
            } else {
                format!("`{area}` has {}", near.join(", "))
            };
            Error::not_found("tags.unknown", format!("there is no tag `{id}`; {hint}"))
        })
    }

    /// The numbers of all rules.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Texts a rule looks for; empty when the tag lists none under this name.
    pub(crate) fn words(&self, tag: &str, name: &str) -> &[String] {
        self.find(tag).and_then(|def| def.words.get(name)).map_or(&[], Vec::as_slice)
    }
}

/// The library this program was built with.
pub fn tag_library() -> &'static Library {
    static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the files are part of the program and a test reads them")]
        Library::parse(&FILES).expect("invariant: the built-in tag files are well formed")
    });
    &LIBRARY
}
