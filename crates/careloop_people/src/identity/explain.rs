//! Why two records are, or may be, or cannot be one person, in words.

use super::compare;
use super::conflict::{self, Conflict};
use super::engine;
use super::levels::{Comparison, Pattern};
use super::model::{CLASSES, Class, Model};
use super::table::Record;

/// One thing two records were compared by, and what it says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finding {
    /// What was compared.
    pub comparison: Comparison,
    /// The name of the level.
    pub level: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// For being one person against being strangers, in bits: one bit doubles the odds.
    pub against_strangers: f64,
    /// The same against the relatives who explain the whole best.
    pub against_relatives: f64,
}

/// Everything that speaks for and against two records being one person.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// What was found, in the order of the comparisons.
    pub findings: Vec<Finding>,
    /// Odds of being one person against anything else, in bits.
    pub bits: f64,
    /// The same as a probability.
    pub probability: f64,
    /// What else they most likely are.
    pub otherwise: Class,
    /// Why they cannot be one person, whatever the odds.
    pub conflict: Option<Conflict>,
}

/// Explains a pair of records: with the odds that decide, and findings that add up to them.
pub(crate) fn explain(model: &Model, a: Record<'_>, b: Record<'_>) -> Explanation {
    let pattern = compare::pattern(a, b, &model.frequencies);
    let weights = model.weights(pattern);
    let best = |classes: &[Class]| {
        let weight = |class: &Class| weights[*class as usize];
        classes.iter().copied().max_by(|a, b| weight(a).total_cmp(&weight(b))).unwrap_or(Class::Stranger)
    };
    let bits = f64::from(engine::score(model, a, b, pattern).weight) / 100.0;
    let bonus = f64::from(engine::account_bonus(a, b, pattern, model.score(pattern).weight)) / 100.0;
    Explanation {
        findings: findings(model, pattern, best(&Class::ALL[1..CLASSES - 1]), bonus),
        bits,
        probability: 1.0 / (1.0 + (-bits).exp2()),
        otherwise: best(&Class::ALL[1..]),
        conflict: conflict::between(a, b, pattern),
    }
}

fn findings(model: &Model, pattern: Pattern, relatives: Class, account_bonus: f64) -> Vec<Finding> {
    let finding = |comparison: Comparison| {
        let level = pattern.level(comparison);
        let name = comparison.levels().get(usize::from(level)).copied().filter(|_| level > 0)?;
        let bonus = if comparison == Comparison::Account { account_bonus } else { 0.0 };
        let (zh, en) = if bonus > 0.0 { NAMELESS_ACCOUNT } else { words(comparison, name) };
        Some(Finding {
            comparison,
            level: name,
            zh,
            en,
            against_strangers: model.weight(comparison, level, Class::Stranger) + bonus,
            against_relatives: model.weight(comparison, level, relatives) + bonus,
        })
    };
    Comparison::ALL.into_iter().filter_map(finding).collect()
}

/// Why one account is one person where neither record says whose it is.
const NAMELESS_ACCOUNT: Words =
    ("微信相同，双方都没有姓名，视为同一人", "Same WeChat account, and neither gives a name: one person");

/// A level in words.
fn words(comparison: Comparison, level: &str) -> (&'static str, &'static str) {
    match comparison {
        Comparison::Surname | Comparison::Given => name_words(comparison == Comparison::Surname, level),
        Comparison::Birth => match level {
            "equal" => ("出生日期相同", "Same birth date"),
            "swapped" => ("出生日期的月、日互换", "Day and month of the birth date are swapped"),
            "slip" => ("出生日期相差一处笔误", "Birth dates are a slip apart"),
            "part" => ("出生年、月、日中有两项相同", "Two of year, month and day of birth agree"),
            "peer" => ("出生日期不同", "Different birth dates"),
            _ => ("出生日期相差一代人", "Birth dates are a generation apart"),
        },
        Comparison::Phone => match level {
            "own" => ("手机号相同", "Same phone"),
            "guardian" => {
                ("一方的手机号是另一方的监护人手机号", "The phone of one is the guardian's phone of the other")
            }
            "crowded" => ("手机号相同，但被很多档案使用", "Same phone, but many records have it"),
            "near" => ("手机号相差一位", "Phones differ in one digit"),
            _ => ("手机号不同", "Different phones"),
        },
        Comparison::Account => match level {
            "union" => ("微信 UnionID 相同", "Same WeChat union id"),
            "contact" => ("企业微信联系人相同", "Same WeCom contact"),
            _ => ("微信 UnionID 不同", "Different WeChat union ids"),
        },
        Comparison::Card => three(
            level,
            [
                ("身份证号相同", "Same identity card"),
                (
                    "身份证号仅差一两位，且其中一个校验不符",
                    "Identity cards differ in a digit or two, and one has a wrong check digit",
                ),
                ("身份证号不同", "Different identity cards"),
            ],
        ),
        Comparison::Gender => two(level, [("性别相同", "Same gender"), ("性别不同", "Different genders")]),
        Comparison::Email => {
            two(level, [("邮箱相同", "Same e-mail address"), ("邮箱不同", "Different e-mail addresses")])
        }
        Comparison::Street => three(
            level,
            [("住址相同", "Same address"), ("住址相近", "Addresses are alike"), ("住址不同", "Different addresses")],
        ),
        Comparison::Area => match level {
            "both" => ("邮编与地区相同", "Same post code and district"),
            "one" => ("邮编或地区相同", "Same post code or district"),
            _ => ("邮编与地区不同", "Different post code and district"),
        },
        Comparison::Guardian => match level {
            "equal" => ("监护人相同", "Same guardian"),
            "unlike" => ("监护人不同", "Different guardians"),
            "ward" => ("一方是另一方的监护人", "One is the other's guardian"),
            _ => ("一方有监护人，另一方是成年人", "One has a guardian, the other is an adult"),
        },
        Comparison::Identifier => three(
            level,
            [
                ("登记号码相同", "Same registered number"),
                ("登记号码相近", "Registered numbers are alike"),
                ("登记号码不同", "Different registered numbers"),
            ],
        ),
        Comparison::Alias => match level {
            "equal" => ("昵称相同", "Same nickname"),
            "fits" => ("称呼与姓名、性别相符", "The form of address fits name and gender"),
            _ => ("称呼与姓名或性别不符", "The form of address does not fit name or gender"),
        },
    }
}

fn name_words(surname: bool, level: &str) -> (&'static str, &'static str) {
    match (surname, level) {
        (true, "equal_common" | "equal_frequent") => ("姓相同(常见姓)", "Same surname, a common one"),
        (true, "equal_uncommon" | "equal_rare") => ("姓相同(少见姓)", "Same surname, a rare one"),
        (true, "sound") => ("姓同音", "Surnames sound the same"),
        (true, "near") => ("姓相近", "Surnames are alike"),
        (true, _) => ("姓不同", "Different surnames"),
        (false, "equal_common" | "equal_frequent") => ("名相同(常见名)", "Same given name, a common one"),
        (false, "equal_uncommon" | "equal_rare") => ("名相同(少见名)", "Same given name, an uncommon one"),
        (false, "equal_rarest") => ("名相同(罕见名)", "Same given name, a rare one"),
        (false, "sound") => ("名同音", "Given names sound the same"),
        (false, "blur") => ("名音近", "Given names sound alike"),
        (false, "lookalike") => ("名有一字形近", "Given names differ in a character that looks alike"),
        (false, "partial") => ("名缺一字或为缩写", "One given name is a part of the other"),
        (false, "swapped") => ("名的两字颠倒", "The characters of the given name are swapped"),
        (false, "one_off") => ("名有一字不同", "Given names differ in one character"),
        (false, _) => ("名不同", "Different given names"),
    }
}

type Words = (&'static str, &'static str);

fn two(level: &str, [equal, unlike]: [Words; 2]) -> Words {
    if level == "equal" { equal } else { unlike }
}

fn three(level: &str, [equal, near, unlike]: [Words; 3]) -> Words {
    match level {
        "equal" => equal,
        "near" => near,
        _ => unlike,
    }
}

impl Conflict {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IdCards => "id_cards",
            Self::UnionIds => "union_ids",
            Self::Guardian => "guardian",
            Self::Gender => "gender",
        }
    }

    /// In Chinese.
    pub fn reason_zh(self) -> &'static str {
        match self {
            Self::IdCards => "两个有效的身份证号不同，不可能是同一人",
            Self::UnionIds => "微信 UnionID 不同，不会自动合并",
            Self::Guardian => "一方是另一方的监护人，不可能是同一人",
            Self::Gender => "性别不同，名也不同，不会自动合并",
        }
    }

    /// In English.
    pub fn reason_en(self) -> &'static str {
        match self {
            Self::IdCards => "Two valid identity cards that differ: never one person",
            Self::UnionIds => "Different WeChat union ids: never joined by the program",
            Self::Guardian => "One is the other's guardian: never one person",
            Self::Gender => "Neither gender nor given name agree: never joined by the program",
        }
    }
}

impl Class {
    /// In Chinese.
    pub fn label_zh(self) -> &'static str {
        match self {
            Self::Same => "同一人",
            Self::Sibling => "兄弟姐妹",
            Self::Generation => "父母与子女，或祖辈与孙辈",
            Self::Partner => "夫妻或同住的成年人",
            Self::Namesake => "同名的亲属",
            Self::Stranger => "不相干的人",
        }
    }

    /// In English.
    pub fn label_en(self) -> &'static str {
        match self {
            Self::Same => "One person",
            Self::Sibling => "Brother or sister",
            Self::Generation => "Parent and child, or grandparent and grandchild",
            Self::Partner => "Couple, or adults of one home",
            Self::Namesake => "Relatives of one name",
            Self::Stranger => "Strangers",
        }
    }
}
