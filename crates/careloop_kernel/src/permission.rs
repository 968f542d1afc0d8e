//! Permissions are types: a service that edits people takes `&Ctx<permissions::EditPeople>`, and
//! nothing but a check can make one.

use std::collections::BTreeSet;

/// A right that a role can grant.
pub trait Permission: Send + Sync + 'static {
    /// Its stable name, such as `people.edit`.
    const KEY: &'static str;
}

macro_rules! permission_registry {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $zh:literal, $en:literal;)*) => {
        /// Every permission there is.
        pub mod permissions {
            use super::Permission;

            /// Anybody who is logged in.
            #[derive(Debug, Clone, Copy)]
            pub struct SignedIn;
            impl Permission for SignedIn {
                const KEY: &'static str = "";
            }
            $(
                $(#[$doc])*
                #[derive(Debug, Clone, Copy)]
                pub struct $name;
                impl Permission for $name {
                    const KEY: &'static str = $key;
                }
            )*
            /// Key, Chinese and English name of each permission, for the roles page.
            pub const ALL: &[(&str, &str, &str)] = &[$(($key, $zh, $en)),*];
        }
    };
}

permission_registry! {
    /// See customers, masked.
    ReadPeople = "people.read", "查看客户", "See customers";
    /// Edit owner, consents and notes.
    EditPeople = "people.edit", "编辑客户", "Edit customers";
    /// See a full phone number, with a reason that is audited.
    RevealPeople = "people.reveal", "查看完整号码", "Reveal phone numbers";
    /// Merge and unmerge people.
    MergePeople = "people.merge", "合并与拆分客户", "Merge and unmerge people";
    /// See the event log.
    ReadEvents = "events.read", "查看事件", "See events";
    /// Manage sources and their keys.
    ManageIntake = "intake.manage", "管理数据源", "Manage sources";
    /// Import files.
    RunImports = "intake.run", "导入文件", "Import files";
    /// Set and remove manual tags.
    EditTags = "tags.edit", "打标签", "Tag people";
    /// See tags and segments.
    ReadSegments = "segments.read", "查看标签与人群", "See tags and segments";
    /// Define segments.
    EditSegments = "segments.edit", "编辑人群", "Edit segments";
    /// Export a segment's members.
    ExportSegments = "segments.export", "导出人群", "Export segments";
    /// See tasks.
    ReadTasks = "tasks.read", "查看任务", "See tasks";
    /// Do tasks.
    WorkTasks = "tasks.work", "处理任务", "Work on tasks";
    /// Hand tasks to others.
    AssignTasks = "tasks.assign", "分派任务", "Assign tasks";
    /// See touch plans.
    ReadOutreach = "outreach.read", "查看触达", "See touch plans";
    /// Define touch plans.
    EditOutreach = "outreach.edit", "编辑触达", "Edit touch plans";
    /// Settle touches whose fate is unknown.
    SettleOutreach = "outreach.settle", "核实触达结果", "Settle unknown touches";
    /// See metrics.
    ReadInsight = "insight.read", "查看报表", "See metrics";
    /// Manage staff.
    ManageStaff = "staff.manage", "管理员工", "Manage staff";
    /// Edit roles.
    ManageRoles = "roles.manage", "管理角色", "Manage roles";
    /// Read the audit log.
    ReadAudit = "audit.read", "查看审计日志", "Read the audit log";
    /// Edit the chain's settings.
    ManageSettings = "settings.manage", "管理设置", "Manage settings";
    /// Manage clinics.
    ManageClinics = "clinics.manage", "管理门店", "Manage clinics";
}

/// The permissions a caller holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermissionSet(BTreeSet<String>);

impl PermissionSet {
    /// Every permission.
    pub fn all() -> Self {
        Self(permissions::ALL.iter().map(|(key, _, _)| (*key).to_owned()).collect())
    }

    /// The known ones of these keys; unknown keys are dropped.
    pub fn from_keys<S: AsRef<str>>(keys: impl IntoIterator<Item = S>) -> Self {
        let known = |key: &str| permissions::ALL.iter().any(|(name, _, _)| *name == key);
        Self(keys.into_iter().filter(|key| known(key.as_ref())).map(|key| key.as_ref().to_owned()).collect())
    }

    /// Whether it grants `key`; the empty key is granted to anybody.
    pub fn grants(&self, key: &str) -> bool {
        key.is_empty() || self.0.contains(key)
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}
