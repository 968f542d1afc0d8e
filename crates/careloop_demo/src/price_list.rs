//! What the chain sells: items with price bands, how many sessions they take and who asks for them.

use crate::dice::Dice;

/// What sets an item apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// A doctor presents a plan before it is sold.
    Planned,
    /// Somebody calls the next day.
    Surgical,
}

/// One thing on the price list.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) name: &'static str,
    pub(crate) line: &'static str,
    /// Yuan, lowest and highest list price.
    price: (i64, i64),
    /// Fewest and most sessions until it is done.
    sessions: (i64, i64),
    /// Days between sessions.
    gap: (i64, i64),
    marks: &'static [Mark],
    /// Days until the check-up that follows it.
    pub(crate) recall_days: i32,
    pub(crate) complaint: &'static str,
}

impl Item {
    /// A list price in fen, in steps of ten yuan.
    pub(crate) fn quote(&self, dice: &mut Dice) -> i64 {
        dice.between(self.price.0 / 10, self.price.1 / 10) * 1000
    }

    pub(crate) fn draw_sessions(&self, dice: &mut Dice) -> i64 {
        dice.between(self.sessions.0, self.sessions.1)
    }

    pub(crate) fn draw_gap(&self, dice: &mut Dice) -> i32 {
        i32::try_from(dice.between(self.gap.0, self.gap.1)).unwrap_or(7)
    }

    pub(crate) fn is_planned(&self) -> bool {
        self.marks.contains(&Mark::Planned)
    }

    pub(crate) fn is_surgical(&self) -> bool {
        self.marks.contains(&Mark::Surgical)
    }

    /// Items from 5,000 yuan count as high-ticket cases.
    pub(crate) fn is_high_ticket(&self) -> bool {
        self.price.0 >= 5000
    }
}

macro_rules! item {
    ($name:literal, $line:literal, $price:expr, $sessions:expr, $gap:expr, $recall:literal, $complaint:literal $(, $mark:ident)*) => {
        Item {
            name: $name,
            line: $line,
            price: $price,
            sessions: $sessions,
            gap: $gap,
            marks: &[$(Mark::$mark),*],
            recall_days: $recall,
            complaint: $complaint,
        }
    };
}

pub(crate) static CHECK_UP: Item = item!("口腔检查", "综合", (20, 120), (1, 1), (0, 0), 180, "检查");
pub(crate) static CLEANING: Item = item!("洁牙", "洁牙预防", (128, 398), (1, 1), (0, 0), 180, "出血");
pub(crate) static FLUORIDE: Item = item!("涂氟", "儿牙", (180, 320), (1, 1), (0, 0), 180, "检查");
static SEALANT: Item = item!("窝沟封闭", "儿牙", (480, 960), (1, 1), (0, 0), 180, "检查");
static CHILD_FILLING: Item = item!("儿童补牙", "儿牙", (260, 680), (1, 2), (7, 14), 180, "疼痛");
static EARLY_ORTHO: Item = item!("早期矫治", "儿牙", (8800, 15800), (6, 10), (28, 42), 180, "不齐", Planned);
static FILLING: Item = item!("补牙", "综合", (280, 680), (1, 1), (0, 0), 180, "疼痛");
static ROOT_CANAL: Item = item!("根管治疗", "综合", (1200, 2800), (2, 4), (5, 10), 180, "疼痛", Planned, Surgical);
static WISDOM: Item = item!("智齿拔除", "综合", (600, 1800), (1, 2), (7, 10), 180, "疼痛", Surgical);
static CROWN: Item = item!("全瓷冠", "修复", (2200, 4800), (2, 2), (10, 18), 365, "缺损", Planned);
static PERIO: Item = item!("牙周治疗", "牙周", (1200, 3600), (2, 4), (7, 14), 120, "出血", Planned);
static ALIGNER: Item = item!("隐形矫正", "正畸", (22000, 38000), (9, 16), (32, 48), 180, "不齐", Planned);
static BRACES: Item = item!("金属矫正", "正畸", (12000, 18000), (10, 18), (28, 36), 180, "不齐", Planned);
static IMPLANT: Item = item!("种植牙", "种植", (5800, 24800), (4, 6), (14, 60), 180, "缺牙", Planned, Surgical);
static VENEER: Item = item!("瓷贴面", "美学修复", (9000, 24000), (2, 3), (7, 14), 365, "美观", Planned);
static WHITENING: Item = item!("冷光美白", "美学修复", (1280, 2480), (1, 1), (0, 0), 365, "美观");

/// What somebody of an age comes in for the first time.
pub(crate) fn entry_item(dice: &mut Dice, age: i64) -> &'static Item {
    let list: &[(u64, &'static Item)] = match age {
        ..=12 => &[(30, &FLUORIDE), (30, &CHECK_UP), (25, &CHILD_FILLING), (15, &SEALANT)],
        13..=17 => &[(45, &CHECK_UP), (25, &CLEANING), (30, &FILLING)],
        18..=54 => &[(52, &CLEANING), (22, &CHECK_UP), (15, &FILLING), (11, &WISDOM)],
        _ => &[(25, &CLEANING), (45, &CHECK_UP), (30, &FILLING)],
    };
    dice.weighted(list)
}

/// What the examination finds, given the age; the dearer the rarer.
pub(crate) fn found_need(dice: &mut Dice, age: i64) -> &'static Item {
    let list: &[(u64, &'static Item)] = match age {
        ..=12 => &[(40, &CHILD_FILLING), (25, &SEALANT), (20, &FLUORIDE), (15, &EARLY_ORTHO)],
        13..=17 => &[(30, &BRACES), (25, &ALIGNER), (45, &FILLING)],
        18..=34 => &[
            (26, &FILLING),
            (18, &WISDOM),
            (18, &ALIGNER),
            (14, &ROOT_CANAL),
            (10, &WHITENING),
            (8, &VENEER),
            (6, &PERIO),
        ],
        35..=54 => &[
            (22, &FILLING),
            (20, &ROOT_CANAL),
            (18, &CROWN),
            (18, &PERIO),
            (14, &IMPLANT),
            (4, &VENEER),
            (4, &ALIGNER),
        ],
        _ => &[(36, &IMPLANT), (22, &CROWN), (18, &PERIO), (14, &ROOT_CANAL), (10, &FILLING)],
    };
    dice.weighted(list)
}

/// What keeps a mouth healthy between treatments.
pub(crate) fn upkeep(age: i64) -> &'static Item {
    if age <= 12 { &FLUORIDE } else { &CLEANING }
}
