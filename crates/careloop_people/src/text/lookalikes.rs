//! Characters a hurried eye or hand confuses in Chinese names.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Groups of characters that look alike.
const GROUPS: &str = "己已巳 未末 日曰 戊戌戍 候侯 苑宛 晓哓 晴睛 玟玫 姗珊 娜挪 萍苹 瑞端 洁浩 宁宇 佳桂 雷雪 博傅 彤丹 梅海 婷停 琳淋 俊骏 \
     伟纬 静净 钰玉 天夭夫 土士 人入 干千于 大太犬 今令 王玉主 田由甲申 刀刁力 木本 白自百 贝见 牛午 毛手 石右 古占 史吏 申电 冯马 \
     洋样 清请情晴 明朋 青肯 芬芳 芸芝 莹茔 荣茶 菲韭 茉莱 莉蓓 兰三 艺芒 英莫 华毕 丽两 燕蒸 红江 彩采 美羔 嘉喜 福副 祥样 强张 \
     杰木 林村 桐铜 柏拍 松淞 楠南 梓辛 洪供 泽译择 涛寿 源原 浩皓 海每 江汪 润闰 澜阑 志忠 思恩 怡治 恒桓 慧彗 欣昕 欢叹 凯恺 刚钢 \
     利和 则侧 剑俭 勇男 勤勒 卫工 厚原 友发 君若 吉古 哲誓 唯惟 国园 坚竖 垚尧 培陪 城诚 堂棠 墨黑 壮状 妍研 妮泥 姣娇 娅亚 娟涓 婉碗 \
     媛缓 子孑 宏宪 宗崇 宝玉 定走 宣宜 宾滨 家豪 寒塞 峰锋 岚岗 崔催 帆凡 平乎 庆厌 康庸 建健 弘宏 彬杉 德得 心必 成戊 振震 文又 斌赋 \
     新亲 旭旯 昊吴 昌晶 星皇 春春 晨辰 智知 曼漫 月目 朝潮 朗郎 权杈 栋陈 根银 楚梦 欧殴 民氏 永水 沛沐 沁泌 波坡 涵函 淑叔 淳谆 渊洲 \
     灵炅 炜伟 烨桦 熙照 燕熊 爱受 玲铃 珍诊 珠株 琦椅 琪棋 瑜榆 瑶谣 璐路 璇旋 甜恬 盈盆 真直 睿容 礼孔 秀季 秋利 立位 竹行 筠均 \
     素索 紫柴 红虹 细绣 维唯 绮倚 羽习 翔详 翠翟 耀跃 聪总 航杭 良艮 茜西 萌朋 萱宣 蓉容 蓓倍 蕊芯 虎虚 蝶碟 裕浴 诗侍 诚城 谦廉 贤坚 \
     贵责 赫郝 超起 跃沃 轩杆 辉挥 达过 远近 迪笛 逸兔 邦郑 郁都 鑫金 钧均 铭名 锦棉 长张 闻间 阳阴 雅鸦 雨两 雯文 霄宵 霖林 露路 靖静 \
     韬稻 韵韶 顺须 颖颍 飞气 馨声 骁晓 鸣鸟 鸿鸣 鹏鹂 龙尤";

/// For each character the groups it is in.
static GROUPS_OF: LazyLock<HashMap<char, Vec<usize>>> = LazyLock::new(|| {
    let mut out: HashMap<char, Vec<usize>> = HashMap::new();
    for (number, group) in GROUPS.split_whitespace().enumerate() {
        group.chars().for_each(|letter| out.entry(letter).or_default().push(number));
    }
    out
});

/// Whether two texts of one length differ in exactly one character, and there by two that look alike.
pub fn are_alike(a: &str, b: &str) -> bool {
    let (mut one, mut other) = (a.chars(), b.chars());
    let mut apart = None;
    loop {
        match (one.next(), other.next()) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) if apart.is_none() => apart = Some((a, b)),
            (None, None) => return apart.is_some_and(|(a, b)| look_alike(a, b)),
            _ => return false,
        }
    }
}

fn look_alike(a: char, b: char) -> bool {
    let (Some(own), Some(others)) = (GROUPS_OF.get(&a), GROUPS_OF.get(&b)) else { return false };
    own.iter().any(|group| others.contains(group))
}

#[cfg(test)]
mod tests {
    use super::are_alike;

    #[test]
    fn one_character_that_looks_like_another() {
        assert!(are_alike("小末", "小未"));
        assert!(are_alike("晴", "睛"));
        for (a, b) in [("小明", "小明"), ("末末", "未未"), ("小明", "小红"), ("末", "小末")] {
            assert!(!are_alike(a, b), "{a} {b}");
        }
    }
}
