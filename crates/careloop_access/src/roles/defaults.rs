//! The roles a chain starts with. They are a start: each can be edited.

use careloop_kernel::DataLevel::{self, Chain, Clinic, Own};

type Default = (&'static str, &'static str, &'static str, DataLevel, &'static [&'static str]);

const DESK: &[&str] =
    &["people.read", "people.edit", "people.reveal", "tags.edit", "segments.read", "tasks.read", "tasks.work"];
const CARE: &[&str] = &["people.read", "people.edit", "tags.edit", "tasks.read", "tasks.work"];

/// Code, Chinese name, English name, data level, permissions.
pub(super) const DEFAULTS: &[Default] = &[
    // Seeded with every permission there is.
    ("administrator", "系统管理员", "Administrator", Chain, &[]),
    (
        "general_manager",
        "总经理",
        "General manager",
        Chain,
        &[
            "people.read",
            "people.reveal",
            "events.read",
            "segments.read",
            "segments.export",
            "tasks.read",
            "tasks.assign",
            "outreach.read",
            "insight.read",
            "staff.manage",
            "audit.read",
            "settings.manage",
            "clinics.manage",
        ],
    ),
    ("partner", "合伙人", "Partner", Chain, &["people.read", "segments.read", "outreach.read", "insight.read"]),
    (
        "medical_director",
        "医疗总监",
        "Medical director",
        Chain,
        &["people.read", "events.read", "tags.edit", "segments.read", "tasks.read", "insight.read"],
    ),
    (
        "dean",
        "院长",
        "Dean",
        Clinic,
        &[
            "people.read",
            "people.edit",
            "people.reveal",
            "people.merge",
            "events.read",
            "tags.edit",
            "segments.read",
            "tasks.read",
            "tasks.work",
            "tasks.assign",
            "outreach.read",
            "outreach.settle",
            "insight.read",
            "staff.manage",
        ],
    ),
    ("front_desk", "前台", "Front desk", Clinic, DESK),
    ("consultant", "咨询师", "Consultant", Own, DESK),
    ("customer_consultant", "客户顾问", "Customer consultant", Own, DESK),
    ("doctor", "医生", "Doctor", Clinic, CARE),
    ("nurse", "护士", "Nurse", Clinic, &["people.read", "tasks.read", "tasks.work"]),
    ("hygienist", "洁牙师", "Hygienist", Clinic, CARE),
    (
        "customer_manager",
        "客户经理",
        "Customer manager",
        Clinic,
        &[
            "people.read",
            "people.edit",
            "people.reveal",
            "people.merge",
            "tags.edit",
            "segments.read",
            "segments.edit",
            "tasks.read",
            "tasks.work",
            "tasks.assign",
            "outreach.read",
            "insight.read",
        ],
    ),
    ("customer_service", "客服", "Customer service", Clinic, DESK),
    ("online_desk", "网电客服", "Phone and online desk", Chain, DESK),
    (
        "marketing",
        "市场人员",
        "Marketing",
        Chain,
        &[
            "people.read",
            "events.read",
            "tags.edit",
            "segments.read",
            "segments.edit",
            "segments.export",
            "tasks.read",
            "outreach.read",
            "outreach.edit",
            "outreach.settle",
            "intake.run",
            "insight.read",
        ],
    ),
    (
        "planning",
        "策划部",
        "Planning",
        Chain,
        &["people.read", "segments.read", "segments.edit", "outreach.read", "outreach.edit", "insight.read"],
    ),
];
