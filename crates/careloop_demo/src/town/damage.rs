//! What clerks, old systems and chat windows make of the truth.

use jiff::civil::Date;

use super::people::Human;
use super::rates::Rates;
use crate::contacts;
use crate::dice::Dice;
use crate::names;

/// Characters a hurried eye confuses.
const LOOKALIKES: [&str; 26] = [
    "己已巳",
    "未末",
    "日曰",
    "戊戌",
    "候侯",
    "苑宛",
    "晓哓",
    "晴睛",
    "玟政",
    "姗珊",
    "娜挪",
    "萍苹",
    "瑞端",
    "洁浩",
    "宁宇",
    "佳桂",
    "雷雪",
    "博傅",
    "彤丹",
    "梅海",
    "婷停",
    "琳淋",
    "俊骏",
    "伟纬",
    "静净",
    "钰玉",
];
/// Simplified characters and their traditional forms.
const TRADITIONAL: [(char, char); 60] = [
    ('张', '張'),
    ('刘', '劉'),
    ('陈', '陳'),
    ('杨', '楊'),
    ('黄', '黃'),
    ('赵', '趙'),
    ('吴', '吳'),
    ('孙', '孫'),
    ('马', '馬'),
    ('郑', '鄭'),
    ('谢', '謝'),
    ('罗', '羅'),
    ('许', '許'),
    ('韩', '韓'),
    ('冯', '馮'),
    ('邓', '鄧'),
    ('萧', '蕭'),
    ('叶', '葉'),
    ('苏', '蘇'),
    ('吕', '呂'),
    ('蒋', '蔣'),
    ('谭', '譚'),
    ('贾', '賈'),
    ('邹', '鄒'),
    ('龙', '龍'),
    ('万', '萬'),
    ('钱', '錢'),
    ('汤', '湯'),
    ('陆', '陸'),
    ('卫', '衛'),
    ('国', '國'),
    ('华', '華'),
    ('伟', '偉'),
    ('强', '強'),
    ('军', '軍'),
    ('东', '東'),
    ('兰', '蘭'),
    ('凤', '鳳'),
    ('丽', '麗'),
    ('红', '紅'),
    ('云', '雲'),
    ('莲', '蓮'),
    ('龄', '齡'),
    ('梦', '夢'),
    ('语', '語'),
    ('诗', '詩'),
    ('静', '靜'),
    ('娇', '嬌'),
    ('庆', '慶'),
    ('宝', '寶'),
    ('荣', '榮'),
    ('贵', '貴'),
    ('飞', '飛'),
    ('鹏', '鵬'),
    ('涛', '濤'),
    ('晓', '曉'),
    ('俊', '俊'),
    ('杰', '傑'),
    ('轩', '軒'),
    ('泽', '澤'),
];
const RANDOM: &str = "文明华英玉春秋山水金木火土天地人和平安福寿康宁远志成功立新建国庆丰年光辉荣耀";

/// A full name as somebody wrote it.
pub(super) fn name(dice: &mut Dice, rates: &Rates, surname: &str, given: &str) -> String {
    let mut full =
        if dice.per_mille(rates.name_slip) { slip(dice, surname, given) } else { format!("{surname}{given}") };
    if dice.per_mille(rates.name_traditional) {
        full = traditional(&full);
    }
    if dice.per_mille(rates.name_latin) {
        return latin(surname, given);
    }
    if dice.per_mille(rates.name_noise) {
        full = noise(dice, &full);
    }
    full
}

fn slip(dice: &mut Dice, surname: &str, given: &str) -> String {
    let full = format!("{surname}{given}");
    let letters: Vec<char> = full.chars().collect();
    match dice.below(100) {
        0..42 => exchanged(dice, &letters, &names::HOMOPHONES).unwrap_or_else(|| random(dice, &letters)),
        42..58 => exchanged(dice, &letters, &LOOKALIKES).unwrap_or_else(|| random(dice, &letters)),
        58..70 if letters.len() > 2 => {
            let mut left = letters;
            left.remove(1 + dice.index(2));
            left.into_iter().collect()
        }
        70..76 if given.chars().count() == 2 => {
            format!("{surname}{}", given.chars().rev().collect::<String>())
        }
        _ => random(dice, &letters),
    }
}

/// A character exchanged for one of the same group.
fn exchanged(dice: &mut Dice, letters: &[char], groups: &[&str]) -> Option<String> {
    let start = dice.index(letters.len());
    let places = (0..letters.len()).map(|step| (start + step) % letters.len());
    let (at, group) = places
        .filter_map(|at| groups.iter().find(|group| group.contains(letters[at])).map(|group| (at, *group)))
        .next()?;
    let others: Vec<char> = group.chars().filter(|other| *other != letters[at]).collect();
    let mut out = letters.to_vec();
    out[at] = dice.pick(&others);
    Some(out.into_iter().collect())
}

fn random(dice: &mut Dice, letters: &[char]) -> String {
    let pool: Vec<char> = RANDOM.chars().collect();
    let mut out = letters.to_vec();
    // The surname is rarely wrong.
    let at = if dice.chance(15) { 0 } else { letters.len() - 1 - dice.index(letters.len() - 1) };
    out[at] = dice.pick(&pool);
    out.into_iter().collect()
}

/// The name in traditional characters, as far as they differ.
pub(super) fn traditional(name: &str) -> String {
    let other = |letter| TRADITIONAL.iter().find(|(simple, _)| *simple == letter).map_or(letter, |(_, old)| *old);
    name.chars().map(other).collect()
}

/// Given name and surname in pinyin: `Xiaoming Wang`.
fn latin(surname: &str, given: &str) -> String {
    let capital = |text: String| {
        let mut letters = text.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    format!("{} {}", capital(sound(given)), capital(sound(surname)))
}

fn sound(text: &str) -> String {
    use ::pinyin::ToPinyin;
    text.chars().filter_map(|letter| letter.to_pinyin()).map(|syllable| syllable.plain()).collect()
}

fn noise(dice: &mut Dice, name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(String::from).unwrap_or_default();
    match dice.below(5) {
        0 => format!("{first} {}", letters.as_str()),
        1 => format!("{name}(VIP)"),
        2 => format!(" {name}"),
        3 => format!("{name}{}", dice.between(1, 3)),
        _ => format!("{name}【转介绍】"),
    }
}

/// What stands where a name should: a form of address, `小雨妈妈`, a nickname.
pub(super) fn alias(dice: &mut Dice, human: &Human, parent: bool) -> String {
    let child = human.milk_name.as_deref().filter(|_| parent && !human.is_child);
    names::nickname(dice, &human.surname, human.male, child)
}

/// A phone number as it was given and typed.
pub(super) fn phone(dice: &mut Dice, rates: &Rates, offices: &[u64], phone: u64) -> String {
    let number = if dice.per_mille(rates.phone_filler) {
        dice.pick(&[contacts::PLACEHOLDER, 13_000_000_000, 13_900_000_000, 13_888_888_888])
    } else if dice.per_mille(rates.phone_overshared) {
        dice.pick(offices)
    } else if dice.per_mille(rates.phone_slip) {
        contacts::mistyped_phone(dice, phone)
    } else {
        phone
    };
    contacts::written_phone(dice, number)
}

/// A date that only fills the field.
pub(super) fn filler_date(dice: &mut Dice) -> &'static str {
    dice.pick(&["1900-01-01", "1970-01-01", "2000-01-01", "1990-01-01"])
}

/// A birth date as it was typed.
pub(super) fn birth(dice: &mut Dice, rates: &Rates, birth: Date) -> String {
    if dice.per_mille(rates.birth_filler) {
        return filler_date(dice).to_owned();
    }
    let (year, month, day) = (birth.year(), birth.month(), birth.day());
    let typed = if dice.per_mille(rates.birth_slip) {
        match dice.below(4) {
            0 => Date::new(year, day, month).ok(),
            1 => birth.checked_add(jiff::Span::new().years(dice.pick(&[-1, 1, 10, -10]))).ok(),
            2 => Date::new(year, month, i8::try_from(dice.between(1, 28)).unwrap_or(1)).ok(),
            _ => Date::new(year, i8::try_from(dice.between(1, 12)).unwrap_or(1), day).ok(),
        }
    } else {
        None
    };
    typed.unwrap_or(birth).to_string()
}

/// An identity card as it was copied.
pub(super) fn id_card(dice: &mut Dice, rates: &Rates, human: &Human) -> String {
    if dice.per_mille(rates.id_card_slip) {
        let mut letters: Vec<char> = human.id_card.chars().collect();
        let at = dice.index(17);
        letters[at] = char::from(b'0' + u8::try_from(dice.below(10)).unwrap_or(0));
        return letters.into_iter().collect();
    }
    old_card(dice, &human.id_card)
}

/// The card, now and then in its old form of fifteen digits.
pub(super) fn old_card(dice: &mut Dice, card: &str) -> String {
    if card[6..8] == *"19" && dice.chance(15) { format!("{}{}", &card[..6], &card[8..17]) } else { card.to_owned() }
}

/// An address as people write it: with or without the city, `栋` for `幢`.
pub(super) fn address(dice: &mut Dice, address: &str) -> String {
    let short = address.strip_prefix("杭州市").unwrap_or(address);
    match dice.below(100) {
        0..25 => short.to_owned(),
        25..35 => address.replace('幢', "栋"),
        35..40 => address.replace("单元", "-").replace("幢", "-").replace('室', ""),
        _ => address.to_owned(),
    }
}
