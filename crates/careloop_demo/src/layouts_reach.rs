//! The events files of everything outside the clinic software: leads, deal orders, WeCom, mini-program, ads.

use crate::layout::{Cell::*, Column, Layout, column};
use crate::sheet::Encoding;

const LEAD_KINDS: &[(&str, &str)] = &[
    ("新建", "lead.created"),
    ("分配", "lead.assigned"),
    ("首联", "lead.contacted"),
    ("跟进", "lead.followed"),
    ("有效", "lead.qualified"),
    ("无效", "lead.invalid"),
    ("战败", "lead.lost"),
    ("回公海", "lead.recycled"),
];
const LEAD_COLUMNS: &[Column] = &[
    column("线索号", "lead_id", Text),
    column("来源渠道", "channel", Text),
    column("来源大类", "source_class", Text),
    column("活动", "campaign", Text),
    column("意向项目", "item", Text),
    column("业务线", "line", Text),
    column("员工", "staff", Text),
    column(
        "方式",
        "method",
        Coded(&[("表单", "form"), ("会话", "chat"), ("下单", "order"), ("电话", "phone"), ("企微", "wecom")]),
    ),
    column(
        "联系结果",
        "result",
        Coded(&[
            ("接通", "talked"),
            ("回复", "replied"),
            ("未接", "no_answer"),
            ("空号", "wrong_number"),
            ("拒绝", "refused"),
        ]),
    ),
    column("自动分配", "automatic", Boolean),
    column("第几次", "attempt", Integer),
    column("等级", "grade", Text),
    column("原因", "reason", Text),
];

const fn leads(name: &'static str, source: &'static str, prefix: &'static str, person: &'static str) -> Layout {
    Layout { name, source, prefix, person, encoding: Encoding::Utf8, kinds: LEAD_KINDS, columns: LEAD_COLUMNS }
}

pub(crate) static DEAL_LEADS: Layout = leads("deal_leads", "deal", "DL", "用户编号");
pub(crate) static MINIAPP_LEADS: Layout = leads("miniapp_leads", "miniapp", "ML", "openid");
pub(crate) static WECOM_LEADS: Layout = leads("wecom_leads", "wecom", "WL", "external_userid");

pub(crate) static DEAL_ORDERS: Layout = Layout {
    name: "deal_orders",
    source: "deal",
    prefix: "DO",
    person: "用户编号",
    encoding: Encoding::Utf8,
    kinds: &[("购买", "card.sold"), ("核销", "card.redeemed"), ("过期", "card.expired")],
    columns: &[
        column("券码", "card_id", Text),
        column("团购项目", "item", Text),
        column("活动", "campaign", Text),
        column("平台", "channel", Text),
        column("售价", "amount", Money),
        column("数量", "quantity", Integer),
        column("有效期至", "expires_on", Date),
    ],
};

pub(crate) static WECOM_MESSAGES: Layout = Layout {
    name: "wecom_messages",
    source: "wecom",
    prefix: "WM",
    person: "external_userid",
    encoding: Encoding::Utf8Bom,
    kinds: &[
        ("加好友", "friend.added"),
        ("删好友", "friend.removed"),
        ("发送", "touch.sent"),
        ("送达", "touch.delivered"),
        ("打开", "touch.opened"),
        ("回复", "touch.replied"),
    ],
    columns: &[
        column("消息号", "message_id", Text),
        column("员工", "staff", Text),
        column("渠道", "channel", Text),
        column("发起方", "by", Coded(&[("客户", "customer"), ("员工", "staff")])),
        column(
            "目的",
            "purpose",
            Coded(&[("服务", "service"), ("营销", "marketing"), ("召回", "recall"), ("通知", "notice")]),
        ),
        column("模板", "template", Text),
        column("活动", "campaign", Text),
    ],
};

pub(crate) static MINIAPP_VIEWS: Layout = Layout {
    name: "miniapp_views",
    source: "miniapp",
    prefix: "MV",
    person: "openid",
    encoding: Encoding::Utf8,
    kinds: &[("页面", "screen.viewed"), ("文章", "content.viewed"), ("分享", "content.shared")],
    columns: &[
        column("页面名", "name", Text),
        column("分类", "category", Text),
        column("文章号", "content", Text),
        column("标题", "title", Text),
        column("主题", "topic", Text),
        column("阅读秒数", "seconds", Integer),
        column("分享渠道", "channel", Text),
    ],
};

pub(crate) static AD_SPEND: Layout = Layout {
    name: "ads_spend",
    source: "ads",
    prefix: "AD",
    person: "账户",
    encoding: Encoding::Utf8,
    kinds: &[("消耗", "ad.spend")],
    columns: &[
        column("花费", "amount", Money),
        column("渠道", "channel", Text),
        column("账户名", "account", Text),
        column("计划", "campaign", Text),
        column("曝光", "impressions", Integer),
        column("点击", "clicks", Integer),
    ],
};
