//! Chinese surnames, and how they are read when they stand for a name.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Surnames of one character.
const SINGLE: &str = "李王张刘陈杨黄孙周吴徐赵朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧肖冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅付锺钟卢汪戴崔任陆廖姚方金丘邱夏谭韦贾邹石熊孟秦阎闫薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚汤陶黎温莫易樊乔文安殷颜庄章鲁倪庞邢俞翟蓝聂齐向申葛柴伍覃骆关焦柳欧祝纪尚毕耿芦左季管符辛苗詹曲阳靳祁路涂兰甘裴梅童翁霍游阮尤舒柯牟滕谷岳卜成饶甯宁凌盛查单冉鲍华包屈房喻解蒲卫简时连车项闵邬吉党司费蒙席晏隋古强穆姬宫景米麦谈柏瞿艾沙鄢桂窦郁缪畅巩卓褚栾戚全娄甄郎池丛边岑农苟迟保商臧佘卞虞刁冷应匡栗仇练楚揭师官佟封燕桑巫敖原植邝仲荆储宗楼干苑寇盖南屠鞠荣井乐银奚明麻雍花闻冼木郜廉衣蔺和冀占门帅利满邸区朴种秘折员逄宓那佴句都相祭洗能过哈晁谌晟裘扈暴弓班仰钮柏水樊窦云昝湛禹狄贝臧计伏茅昌费薄权湖厉戎祖束幸韶蓟宿怀蒯双莘逯胥浦雍却璩濮寿通扈郏尚温别庄晏柴慕茹习宦鱼容慎戈庾终暨居衡步耿弘国寇广禄阙东殳沃越夔隆巢勾融訾阚敬岱肇仝税荀羊於惠甯家璩隗山宓蓬郗";

/// Surnames of two characters.
const DOUBLE: [&str; 60] = [
    "万俟", "司马", "上官", "欧阳", "夏侯", "诸葛", "闻人", "东方", "赫连", "皇甫", "尉迟", "公羊", "澹台", "公冶",
    "宗政", "濮阳", "淳于", "单于", "太叔", "申屠", "公孙", "仲孙", "轩辕", "令狐", "钟离", "宇文", "长孙", "慕容",
    "鲜于", "闾丘", "司徒", "司空", "亓官", "司寇", "仉督", "颛孙", "端木", "巫马", "公西", "漆雕", "乐正", "壤驷",
    "公良", "拓跋", "夹谷", "宰父", "谷梁", "段干", "百里", "东郭", "南门", "呼延", "羊舌", "微生", "梁丘", "左丘",
    "东门", "西门", "南宫", "独孤",
];

/// Surnames whose reading is not the character's usual one.
const READINGS: [(&str, &str); 41] = [
    ("单", "shan"),
    ("仇", "qiu"),
    ("解", "xie"),
    ("曾", "zeng"),
    ("区", "ou"),
    ("查", "zha"),
    ("朴", "piao"),
    ("盖", "ge"),
    ("翟", "zhai"),
    ("任", "ren"),
    ("华", "hua"),
    ("燕", "yan"),
    ("缪", "miao"),
    ("乐", "yue"),
    ("召", "shao"),
    ("种", "chong"),
    ("秘", "bi"),
    ("冼", "xian"),
    ("洗", "xian"),
    ("折", "she"),
    ("员", "yun"),
    ("逄", "pang"),
    ("覃", "qin"),
    ("宓", "mi"),
    ("句", "gou"),
    ("都", "du"),
    ("祭", "zhai"),
    ("能", "nai"),
    ("应", "ying"),
    ("车", "che"),
    ("那", "na"),
    ("佴", "nai"),
    ("过", "guo"),
    ("哈", "ha"),
    ("尉迟", "yu chi"),
    ("万俟", "mo qi"),
    ("澹台", "tan tai"),
    ("单于", "chan yu"),
    ("长孙", "zhang sun"),
    ("令狐", "ling hu"),
    ("乐正", "yue zheng"),
];

static SINGLES: LazyLock<HashSet<char>> = LazyLock::new(|| SINGLE.chars().collect());
static DOUBLES: LazyLock<HashSet<&str>> = LazyLock::new(|| DOUBLE.into_iter().collect());
static READ: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| READINGS.into_iter().collect());

/// How many bytes of a Chinese name are its surname; none if it starts with no surname.
pub fn length(name: &str) -> Option<usize> {
    let mut letters = name.char_indices();
    let (_, first) = letters.next()?;
    letters.next()?;
    let two = letters.next().map(|(end, _)| end);
    if let Some(end) = two.filter(|end| DOUBLES.contains(&name[..*end])) {
        return Some(end);
    }
    SINGLES.contains(&first).then(|| first.len_utf8())
}

/// Whether the text is a surname and nothing else.
pub fn is_surname(text: &str) -> bool {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(single), None) => SINGLES.contains(&single),
        _ => DOUBLES.contains(text),
    }
}

/// The reading of a surname, syllables parted by a blank, where it is not the usual one.
pub fn reading(surname: &str) -> Option<&'static str> {
    READ.get(surname).copied()
}
