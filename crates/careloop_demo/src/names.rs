//! Chinese names by generation, and what clerks and chat windows make of them.

use serde::Deserialize;

use crate::Error;
use crate::dice::Dice;

/// Surnames and given names; see `data/names.LICENSE.txt`.
#[derive(Deserialize)]
struct Table<'a> {
    #[serde(borrow)]
    surnames: Vec<(&'a str, u64)>,
    double_surnames: Vec<&'a str>,
    male_single: String,
    female_single: String,
    male_double: Vec<&'a str>,
    female_double: Vec<&'a str>,
}

/// The name tables, ready for drawing.
pub(crate) struct Names {
    surnames: Vec<(u64, &'static str)>,
    double_surnames: Vec<&'static str>,
    male: Given,
    female: Given,
}

struct Given {
    single: Vec<char>,
    double: Vec<&'static str>,
}

/// When somebody was named decides what was in fashion.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generation {
    Elder,
    Adult,
    Child,
}

const ELDER_MALE: &str = "建国 建华 志强 国强 卫东 德明 永福 金龙 文生 福根 水根 国良 建平 志明 国华 荣根 阿根 长根 伟民 永康 宝根 连生 正华 根生 跃进";
const ELDER_FEMALE: &str = "秀英 桂兰 玉兰 淑珍 秀珍 桂英 凤英 玉珍 惠珍 美英 月娥 彩云 素珍 爱珍 水英 菊芬 桂芬 秀芳 建英 亚珍 雪娟 文娟 阿芬 丽珍";
const ADULT_MALE: &str = "志伟 建军 晓东 海涛 文斌 俊杰 家豪 宏伟 天宇 晓峰 志远 一鸣 少华 国栋 立新 思源 嘉明 小龙 文杰 振华 海波 鹏飞 学军 子健 凯文 晓明 云飞 伟杰 成龙 光辉";
const ADULT_FEMALE: &str = "晓燕 丽娟 海燕 雪梅 婷婷 静怡 晓雯 佳慧 思敏 莉莉 红梅 小芳 文静 雅琴 春燕 慧敏 晓琳 丹丹 嘉怡 倩倩 丽华 玉婷 诗雨 艳红 梦洁 美玲 雨欣 秋月 佩佩 亚楠";
const CHILD_MALE: &str = "子轩 浩宇 梓睿 宇轩 沐宸 奕辰 浩然 一诺 子墨 俊熙 宇航 皓轩 梓豪 泽宇 嘉懿 煜城 天佑 铭泽 弈辰 晨曦 博文 子睿 亦辰 思远 承泽";
const CHILD_FEMALE: &str = "梓涵 欣怡 诗涵 可馨 一诺 雨桐 梓萱 欣妍 语桐 若汐 依诺 艺涵 沐阳 思琪 语嫣 佳琪 子涵 梦瑶 雨萱 芷若 安然 乐瑶 知夏 以沫";
const MILK: [&str; 24] = [
    "小雨", "乐乐", "豆豆", "果果", "糖糖", "米粒", "朵朵", "安安", "小宝", "团团", "圆圆", "可可", "东东", "嘟嘟",
    "琪琪", "辰辰", "橙子", "小满", "叮当", "柚子", "轩轩", "涵涵", "点点", "毛豆",
];
const HANDLES: [&str; 20] = [
    "向日葵",
    "风轻云淡",
    "A岁月静好",
    "海阔天空",
    "平安是福",
    "知足常乐",
    "Sunny",
    "小确幸",
    "一叶知秋",
    "Vivian",
    "爱吃鱼的猫",
    "北岛",
    "Leo.",
    "夏天的风",
    "云卷云舒",
    "Echo",
    "柠檬不酸",
    "山海",
    "顺其自然",
    "Mia",
];
/// Characters that sound the same to a clerk.
pub(crate) const HOMOPHONES: [&str; 40] = [
    "张章",
    "李黎",
    "王汪",
    "陈程",
    "徐许",
    "周邹",
    "吴武",
    "何贺",
    "林琳霖",
    "余于俞",
    "婷亭庭",
    "浩昊皓",
    "宇雨羽语",
    "轩萱",
    "涵晗",
    "静靖",
    "丽莉",
    "伟玮炜",
    "杰洁",
    "佳嘉家",
    "欣新心馨",
    "明铭",
    "志智",
    "俊峻",
    "怡宜仪",
    "思丝",
    "子梓紫",
    "文雯",
    "红虹",
    "英瑛",
    "华桦",
    "芳方",
    "军君钧",
    "燕艳",
    "瑶遥",
    "彤桐",
    "泽择",
    "晨辰宸",
    "睿瑞",
    "雪学",
];

impl Names {
    pub(crate) fn load() -> Result<Self, Error> {
        let table: Table<'static> = serde_json::from_str(include_str!("../data/names.json"))?;
        Ok(Self {
            surnames: table.surnames.into_iter().map(|(name, weight)| (weight, name)).collect(),
            double_surnames: table.double_surnames,
            male: Given { single: table.male_single.chars().collect(), double: table.male_double },
            female: Given { single: table.female_single.chars().collect(), double: table.female_double },
        })
    }

    pub(crate) fn surname(&self, dice: &mut Dice) -> String {
        let double = dice.per_mille(4);
        if double { dice.pick(&self.double_surnames) } else { dice.weighted(&self.surnames) }.to_owned()
    }

    pub(crate) fn given(&self, dice: &mut Dice, generation: Generation, male: bool) -> String {
        let fashion = match (generation, male) {
            (Generation::Elder, true) => ELDER_MALE,
            (Generation::Elder, false) => ELDER_FEMALE,
            (Generation::Adult, true) => ADULT_MALE,
            (Generation::Adult, false) => ADULT_FEMALE,
            (Generation::Child, true) => CHILD_MALE,
            (Generation::Child, false) => CHILD_FEMALE,
        };
        let table = if male { &self.male } else { &self.female };
        match dice.below(100) {
            0..48 => {
                let words: Vec<&str> = fashion.split(' ').collect();
                dice.pick(&words).to_owned()
            }
            48..70 => dice.pick(&table.single).to_string(),
            70..86 => dice.pick(&table.double).to_owned(),
            _ => [dice.pick(&table.single), dice.pick(&table.single)].iter().collect(),
        }
    }

    /// Twins' names share a character and differ in another.
    pub(crate) fn twin_of(&self, dice: &mut Dice, given: &str, male: bool) -> String {
        let table = if male { &self.male } else { &self.female };
        let first = given.chars().next().unwrap_or('小');
        [first, dice.pick(&table.single)].iter().collect()
    }

    /// One character heard or typed wrong, or left out.
    pub(crate) fn mistyped(&self, dice: &mut Dice, name: &str) -> String {
        let mut characters: Vec<char> = name.chars().collect();
        let alike = characters
            .iter()
            .enumerate()
            .find_map(|(at, c)| HOMOPHONES.iter().find(|group| group.contains(*c)).map(|group| (at, *group)));
        match alike {
            Some((at, group)) if dice.chance(70) => {
                let others: Vec<char> = group.chars().filter(|c| *c != characters[at]).collect();
                characters[at] = dice.pick(&others);
            }
            _ if characters.len() > 2 && dice.chance(25) => {
                characters.remove(1);
            }
            _ => {
                let last = characters.len() - 1;
                characters[last] = dice.pick(&self.female.single);
            }
        }
        characters.into_iter().collect()
    }
}

/// A child's pet name.
pub(crate) fn milk_name(dice: &mut Dice) -> &'static str {
    dice.pick(&MILK)
}

/// What somebody calls themselves in a chat: a handle, a parent's title or a courtesy form.
pub(crate) fn nickname(dice: &mut Dice, surname: &str, male: bool, child: Option<&str>) -> String {
    match (child, dice.below(100)) {
        (Some(milk), 0..45) => format!("{milk}{}", if male { "爸爸" } else { "妈妈" }),
        (_, 45..60) => format!("{surname}{}", if male { "先生" } else { "女士" }),
        (_, 60..68) => format!("小{surname}"),
        _ => {
            let handle = dice.pick(&HANDLES);
            if dice.chance(40) { format!("{handle}{}", dice.between(1, 99)) } else { handle.to_owned() }
        }
    }
}
