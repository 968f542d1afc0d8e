//! Where customers come from: the mix the chain buys, earns and is given.

use crate::dice::Dice;

/// How a channel hands somebody over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// A deal platform: the customer is first an order or a chat there.
    Deal,
    /// A landing page in the mini-program.
    Page,
    /// A WeCom contact first.
    Contact,
    /// Brought by a customer.
    Referral,
    /// Through the door.
    Door,
}

/// A source channel and what it costs.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) name: &'static str,
    pub(crate) class: &'static str,
    pub(crate) way: Way,
    /// Latin name of its ad account, and yuan paid for a lead there; none: not bought.
    pub(crate) ads: Option<(&'static str, i64)>,
}

const fn channel(name: &'static str, class: &'static str, way: Way, ads: Option<(&'static str, i64)>) -> Channel {
    Channel { name, class, way, ads }
}

/// Every channel; the order is the order of ad accounts.
pub(crate) static CHANNELS: [Channel; 11] = [
    channel("美团", "online", Way::Deal, Some(("meituan", 62))),
    channel("大众点评", "online", Way::Deal, Some(("dianping", 74))),
    channel("抖音", "online", Way::Page, Some(("douyin", 88))),
    channel("百度", "online", Way::Page, Some(("baidu", 146))),
    channel("快手", "online", Way::Page, Some(("kuaishou", 52))),
    channel("公众号", "online", Way::Page, None),
    channel("母婴平台", "online", Way::Contact, Some(("muying", 66))),
    channel("签约机构", "offline", Way::Contact, None),
    channel("老客介绍", "referral", Way::Referral, None),
    channel("员工介绍", "referral", Way::Referral, None),
    channel("自然到店", "walk_in", Way::Door, None),
];

const MIX: [(u64, usize); 11] =
    [(330, 0), (210, 1), (80, 2), (50, 3), (25, 4), (40, 5), (35, 6), (40, 7), (95, 8), (15, 9), (80, 10)];
/// How the second and later members of a family say they came.
const FAMILY_MIX: [(u64, usize); 4] = [(36, 8), (28, 0), (18, 1), (18, 10)];

/// The channel of somebody nobody in the family preceded.
pub(crate) fn draw(dice: &mut Dice) -> usize {
    dice.weighted(&MIX)
}

/// The channel of somebody whose family is known here already.
pub(crate) fn draw_for_family(dice: &mut Dice) -> usize {
    dice.weighted(&FAMILY_MIX)
}

/// The campaign that runs in a month, if any, by its name on the orders.
pub(crate) fn campaign(month: i8) -> Option<&'static str> {
    match month {
        3 => Some("春季焕白季"),
        5 => Some("爱牙家庭日"),
        7 | 8 => Some("暑期儿牙节"),
        9 => Some("开学正畸季"),
        11 => Some("双十一洁牙卡"),
        12 => Some("年终种植专场"),
        _ => None,
    }
}
