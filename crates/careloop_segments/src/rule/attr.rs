//! The facts a rule can ask for.

use careloop_events::FieldType;

macro_rules! attrs {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $zh:literal, $en:literal, $type:ident;)*) => {
        /// A fact of the records.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Attr {
            $($(#[$doc])* $name,)*
        }

        impl Attr {
            /// All of them.
            pub const ALL: &'static [Attr] = &[$(Attr::$name,)*];

            /// The name in rules.
            pub fn key(self) -> &'static str {
                match self { $(Attr::$name => $key,)* }
            }

            /// Chinese and English name.
            pub fn names(self) -> (&'static str, &'static str) {
                match self { $(Attr::$name => ($zh, $en),)* }
            }

            /// The type of its values.
            pub fn field_type(self) -> FieldType {
                match self { $(Attr::$name => FieldType::$type,)* }
            }
        }
    };
}

attrs! {
    /// `male` or `female`.
    Gender = "gender", "性别", "gender", Text;
    /// Completed years.
    Age = "age", "年龄", "age", Integer;
    /// Date of birth.
    BirthDate = "birth_date", "出生日期", "birth date", Date;
    /// Area of the address.
    Region = "region", "区域", "region", Text;
    /// Recorded source channel.
    Channel = "channel", "档案渠道", "recorded channel", Text;
    /// Code or id of a clinic that has a record of them.
    Clinic = "clinic", "门店", "clinic", Text;
    /// Name or id of a source that has a record of them.
    Source = "source", "数据源", "source", Text;
    /// When the first file was opened.
    CreatedAt = "created_at", "建档时间", "file opened", Timestamp;
    /// People of the household.
    HouseholdSize = "household_size", "家庭成员数", "household size", Integer;
    /// A phone is on record.
    HasPhone = "has_phone", "有电话", "has a phone", Boolean;
    /// A WeCom contact is on record.
    HasWecom = "has_wecom", "有企微", "has WeCom", Boolean;
    /// Log-in or id of the member of staff who looks after them.
    Owner = "owner", "归属员工", "owner", Text;
}

impl Attr {
    /// The fact of a name; `city` is `region`.
    pub fn parse(key: &str) -> Option<Self> {
        let key = if key == "city" { "region" } else { key };
        Self::ALL.iter().copied().find(|attr| attr.key() == key)
    }

    /// The closed list of its values, if it has one.
    pub fn values(self) -> &'static [&'static str] {
        if self == Self::Gender { &["male", "female"] } else { &[] }
    }
}
