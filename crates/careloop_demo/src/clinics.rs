//! The chain itself: three clinics and the staff whose names (surname and title only) appear on events.

use serde::Serialize;

/// One clinic as `clinics.json` lists it.
#[derive(Debug, Serialize)]
pub(crate) struct Clinic {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) region: &'static str,
    /// First letter of the clinic's own patient numbers.
    #[serde(skip)]
    pub(crate) prefix: char,
    /// Where its neighbours live, before the compound's name.
    #[serde(skip)]
    pub(crate) district: &'static str,
    #[serde(skip)]
    pub(crate) doctors: &'static [(&'static str, &'static [&'static str])],
    #[serde(skip)]
    pub(crate) consultants: [&'static str; 2],
    #[serde(skip)]
    pub(crate) nurses: [&'static str; 2],
}

const GENERAL: &[&str] = &["综合", "洁牙预防", "修复", "牙周"];
const IMPLANT: &[&str] = &["种植", "修复", "综合"];
const ORTHO: &[&str] = &["正畸"];
const KIDS: &[&str] = &["儿牙"];
const BEAUTY: &[&str] = &["美学修复", "修复", "洁牙预防"];

/// The clinics, oldest first.
pub(crate) static CLINICS: [Clinic; 3] = [
    Clinic {
        code: "binjiang",
        name: "诊环口腔·滨江店",
        region: "江南区",
        prefix: 'B',
        district: "杭州市滨江区",
        doctors: &[
            ("林医生", IMPLANT),
            ("顾医生", ORTHO),
            ("沈医生", KIDS),
            ("许医生", GENERAL),
            ("唐医生", BEAUTY),
            ("宋医生", GENERAL),
        ],
        consultants: ["苏顾问", "蒋顾问"],
        nurses: ["何护士", "吕护士"],
    },
    Clinic {
        code: "chengxi",
        name: "诊环口腔·城西店",
        region: "城西区",
        prefix: 'C',
        district: "杭州市西湖区",
        doctors: &[("韩医生", IMPLANT), ("冯医生", ORTHO), ("曹医生", KIDS), ("邓医生", GENERAL), ("彭医生", BEAUTY)],
        consultants: ["潘顾问", "袁顾问"],
        nurses: ["丁护士", "魏护士"],
    },
    Clinic {
        code: "hupan",
        name: "诊环口腔·湖畔店",
        region: "城西区",
        prefix: 'H',
        district: "杭州市余杭区",
        doctors: &[("薛医生", IMPLANT), ("叶医生", ORTHO), ("阎医生", KIDS), ("余医生", GENERAL), ("杜医生", GENERAL)],
        consultants: ["戴顾问", "夏顾问"],
        nurses: ["钟护士", "田护士"],
    },
];

/// Who calls leads back, for the whole chain.
pub(crate) const CALL_DESK: [&str; 4] = ["网电小方", "网电小任", "网电小姜", "网电小范"];

/// Compounds people live in; invented, so that no address is a real door.
pub(crate) const COMPOUNDS: [&str; 18] = [
    "春晓苑",
    "江畔花园",
    "云栖里",
    "湖光公寓",
    "枫林雅居",
    "锦绣家园",
    "望潮府",
    "紫藤小区",
    "晨曦公馆",
    "学林街区",
    "南岸名邸",
    "桂语轩",
    "青禾园",
    "星河湾里",
    "金桥公寓",
    "澜庭",
    "丽景苑",
    "松涛里",
];
/// Streets of those compounds; invented too.
pub(crate) const STREETS: [&str; 12] = [
    "新晓路",
    "江虹西路",
    "云里街",
    "湖滨北路",
    "枫叶路",
    "锦程路",
    "望江巷",
    "紫荆路",
    "晨光路",
    "学院北街",
    "南岸大道",
    "桂花弄",
];
