//! The people files of the four systems and their maps.

use std::path::Path;

use crate::Error;
use crate::clinics::CLINICS;
use crate::output::write_file;
use crate::sheet::{Encoding, Sheet};

/// The people files; the clinic software exports one for each clinic.
pub(crate) struct PeopleFiles {
    pub(crate) his: Vec<Sheet>,
    pub(crate) wecom: Sheet,
    pub(crate) deal: Sheet,
    pub(crate) miniapp: Sheet,
}

const HIS_HEADER: [&str; 12] = [
    "患者编号",
    "姓名",
    "手机号",
    "性别",
    "出生日期",
    "身份证号",
    "监护人",
    "监护人电话",
    "建档时间",
    "门店",
    "地址",
    "来源渠道",
];
const WECOM_HEADER: [&str; 9] =
    ["external_userid", "unionid", "昵称", "备注名", "备注手机", "性别", "添加时间", "添加人", "门店"];
const DEAL_HEADER: [&str; 7] = ["用户编号", "平台", "昵称", "手机号", "城市", "首单时间", "门店"];
const MINIAPP_HEADER: [&str; 6] = ["openid", "unionid", "昵称", "手机号", "邮箱", "注册时间"];

const HIS_MAP: &str = r#"kind = "people"
source_id = "患者编号"
encoding = "auto"

[fields]
name = "姓名"
phone = "手机号"
gender = { column = "性别", values = { "男" = "male", "女" = "female" } }
birth_date = { column = "出生日期", format = "%Y-%m-%d" }
id_card = "身份证号"
guardian_name = "监护人"
guardian_phone = "监护人电话"
created_at = { column = "建档时间", format = "%Y-%m-%d %H:%M:%S", time_zone = "{zone}" }
clinic = "门店"
address = "地址"

[attributes]
channel = "来源渠道"
"#;
const WECOM_MAP: &str = r#"kind = "people"
source_id = "external_userid"
encoding = "auto"

[fields]
name = "备注名"
phone = "备注手机"
gender = { column = "性别", values = { "1" = "male", "2" = "female" } }
wecom_external_id = "external_userid"
union_id = "unionid"
created_at = { column = "添加时间", format = "%Y-%m-%d %H:%M:%S", time_zone = "{zone}" }
clinic = "门店"

[attributes]
nickname = "昵称"
wecom_owner = "添加人"
"#;
const DEAL_MAP: &str = r#"kind = "people"
source_id = "用户编号"
encoding = "auto"

[fields]
name = "昵称"
phone = "手机号"
city = "城市"
created_at = { column = "首单时间", format = "%Y-%m-%d %H:%M:%S", time_zone = "{zone}" }
clinic = "门店"

[attributes]
platform = "平台"
"#;
const MINIAPP_MAP: &str = r#"kind = "people"
source_id = "openid"
encoding = "auto"

[fields]
name = "昵称"
phone = "手机号"
email = "邮箱"
union_id = "unionid"
created_at = { column = "注册时间", format = "%Y-%m-%d %H:%M:%S", time_zone = "{zone}" }
"#;

/// A people file as the manifest lists it: its name, its map, its source and its rows.
pub(crate) type Listed = (String, &'static str, &'static str, u64);

impl PeopleFiles {
    pub(crate) fn create(folder: &Path) -> Result<Self, Error> {
        let mut his = Vec::new();
        for clinic in &CLINICS {
            let mut sheet = Sheet::create(folder, &format!("his_people_{}.csv", clinic.code), Encoding::Gb18030)?;
            sheet.line(HIS_HEADER)?;
            his.push(sheet);
        }
        let mut wecom = Sheet::create(folder, "wecom_people.csv", Encoding::Utf8Bom)?;
        wecom.line(WECOM_HEADER)?;
        let mut deal = Sheet::create(folder, "deal_people.csv", Encoding::Utf8)?;
        deal.line(DEAL_HEADER)?;
        let mut miniapp = Sheet::create(folder, "miniapp_people.csv", Encoding::Utf8)?;
        miniapp.line(MINIAPP_HEADER)?;
        Ok(Self { his, wecom, deal, miniapp })
    }

    pub(crate) fn finish(self, folder: &Path, zone: &str) -> Result<Vec<Listed>, Error> {
        for (name, map) in [
            ("his_people.toml", HIS_MAP),
            ("wecom_people.toml", WECOM_MAP),
            ("deal_people.toml", DEAL_MAP),
            ("miniapp_people.toml", MINIAPP_MAP),
        ] {
            write_file(folder, name, &map.replace("{zone}", zone))?;
        }
        let mut listed = Vec::new();
        for sheet in self.his {
            let (name, rows) = sheet.finish()?;
            listed.push((name, "his_people.toml", "his", rows));
        }
        for (sheet, map, source) in [
            (self.wecom, "wecom_people.toml", "wecom"),
            (self.deal, "deal_people.toml", "deal"),
            (self.miniapp, "miniapp_people.toml", "miniapp"),
        ] {
            let (name, rows) = sheet.finish()?;
            listed.push((name, map, source, rows));
        }
        Ok(listed)
    }
}
