//! Segments that a dental chain wants on its first day.

use std::sync::LazyLock;

use careloop_kernel::{Currency, Money};
use serde_json::{Value, json};

/// A text in Chinese, as it is stored, and in English.
type Text = (&'static str, &'static str);

/// A built-in segment: key, name, what it is for, rule.
pub(crate) struct Preset {
    pub(crate) key: &'static str,
    pub(crate) name: Text,
    pub(crate) description: Text,
    pub(crate) rule: Value,
}

/// The English name of a segment that is built in and still has the name it was made with.
pub(crate) fn name_en(key: Option<&str>, name: &str) -> Option<String> {
    english(key, name, |preset| preset.name)
}

/// The English description of a segment that is built in and still has the one it was made with.
pub(crate) fn description_en(key: Option<&str>, description: &str) -> Option<String> {
    english(key, description, |preset| preset.description)
}

fn english(key: Option<&str>, stored: &str, text: fn(&Preset) -> Text) -> Option<String> {
    // Their words are the same in every currency.
    static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| presets(Currency::CNY));
    let (zh, en) = text(PRESETS.iter().find(|preset| Some(preset.key) == key)?);
    (zh == stored).then(|| en.to_owned())
}

/// All built-in segments, in a chain whose amounts are in this currency.
pub(crate) fn presets(currency: Currency) -> Vec<Preset> {
    let least = Money::of_minor(1, currency).to_decimal();
    let preset = |key, name, description, rule| Preset { key, name, description, rule };
    vec![
        preset(
            "new_30d",
            ("30天新客", "New in the last 30 days"),
            ("首次付款在30天内：做好首月关怀", "First paid within 30 days: look after them in their first month"),
            json!({"tag":"life.new_30d","is":true}),
        ),
        preset(
            "golden_week",
            ("首诊黄金7天待决定", "Undecided in the first week"),
            ("首诊7天内方案待定：咨询师及时跟进", "A plan is open within 7 days of the first visit: follow up at once"),
            json!({"tag":"life.golden_window","is":true}),
        ),
        preset(
            "undecided",
            ("方案待定", "Plan undecided"),
            ("出示方案90天内没有答复", "No answer within 90 days of the plan"),
            json!({"tag":"visit.undecided","is":true}),
        ),
        preset(
            "accepted_unbooked",
            ("接受方案未预约", "Plan accepted, not booked"),
            ("接受方案超过7天还没有预约", "Accepted the plan over 7 days ago and has not booked"),
            json!({"tag":"visit.accepted_unbooked","is":true}),
        ),
        preset(
            "interrupted",
            ("治疗中断", "Treatment interrupted"),
            ("治疗停了60天以上且没有预约", "Treatment has stood still for 60 days and nothing is booked"),
            json!({"tag":"visit.interrupted","is":true}),
        ),
        preset(
            "recall_due",
            ("复查到期未约", "Recall due, not booked"),
            ("30天内该复查、还没有预约", "A recall falls due within 30 days and is not booked"),
            json!({"all":[{"tag":"care.recall_due","is":true},{"not":{"tag":"visit.next_booked","is":true}}]}),
        ),
        preset(
            "recall_overdue",
            ("复查逾期", "Recall overdue"),
            ("复查日已过没有来", "The day of the recall has passed without a visit"),
            json!({"all":[{"tag":"care.recall_overdue","exists":true},{"not":{"tag":"care.do_not_contact","is":true}}]}),
        ),
        preset(
            "cleaning_due",
            ("洁牙到期", "Cleaning due"),
            ("上次洁牙超过180天", "Over 180 days since the last cleaning"),
            json!({"all":[{"tag":"need.cleaning_due","is":true},{"not":{"tag":"visit.next_booked","is":true}}]}),
        ),
        preset(
            "key_value",
            ("重要价值客户", "Key customers"),
            ("近期来、常来、花得多", "Came lately, come often, pay much"),
            json!({"tag":"val.rfm","in":["重要价值"]}),
        ),
        preset(
            "key_keep",
            ("重要客户待唤回", "Key customers to win back"),
            ("花得多但近期没有来", "Pay much but have not come lately"),
            json!({"tag":"val.rfm","in":["重要保持","重要挽留"]}),
        ),
        preset(
            "one_time",
            ("只消费一次", "Paid once"),
            ("首次付款30天以前，至今只有一个付款日", "First paid over 30 days ago, and on one day only"),
            json!({"all":[{"event":"payment.received","first":{"before":"30d"},"where":{"amount":{"gte":least}}},{"not":{"tag":"val.second_purchase","is":true}}]}),
        ),
        preset(
            "churn_risk",
            ("高流失风险", "High risk of leaving"),
            ("周期已过、复查逾期或不满意", "Beyond their usual interval, overdue for a recall, or unhappy"),
            json!({"tag":"life.churn_risk","in":["H"]}),
        ),
        preset(
            "dormant",
            ("沉睡客户", "Dormant"),
            ("180到365天没有来且没有预约", "No visit for 180 to 365 days and nothing booked"),
            json!({"tag":"life.dormant","is":true}),
        ),
        preset(
            "churned",
            ("流失客户", "Lost"),
            ("超过365天没有来，或失联", "No visit for over 365 days, or out of reach"),
            json!({"tag":"life.churned","is":true}),
        ),
        preset(
            "no_show_prone",
            ("易爽约", "Often do not show up"),
            ("多次爽约：预约前一天电话确认", "Several no-shows: call the day before the appointment"),
            json!({"tag":"visit.no_show_prone","is":true}),
        ),
        preset(
            "unhappy",
            ("不满意客户", "Unhappy"),
            ("有未结投诉、评分不高于2分或为贬损者", "An open complaint, a score of 2 or less, or a detractor"),
            json!({"any":[{"tag":"care.complaint_open","is":true},{"tag":"care.satisfaction","lte":2},{"tag":"care.nps_class","in":["detractor"]}]}),
        ),
        preset(
            "referral_ready",
            ("可请转介绍", "Could be asked to refer"),
            ("满意、90天内来过、还没有介绍过人", "Happy, came within 90 days, and has referred nobody yet"),
            json!({"all":[{"any":[{"tag":"care.satisfaction","gte":4},{"tag":"care.nps_class","in":["promoter"]}]},{"event":"visit.closed","within":"90d"},{"tag":"eng.referrer","exists":false}]}),
        ),
        preset(
            "not_wecom",
            ("到店未加企微", "Visited, not on WeCom"),
            ("就诊过还不是企微好友", "Has been treated and is no WeCom contact yet"),
            json!({"all":[{"event":"visit.closed"},{"not":{"tag":"eng.wecom_friend","is":true}}]}),
        ),
        preset(
            "child_check",
            ("儿童口腔检查", "Children due for a check-up"),
            ("3到12岁，180天没有就诊", "Aged 3 to 12, no visit for 180 days"),
            json!({"all":[{"attr":"age","between":[3,12]},{"not":{"event":"visit.closed","within":"180d"}}]}),
        ),
        preset(
            "implant_ortho",
            ("种植正畸客户", "Implant and orthodontic customers"),
            ("种植或正畸累计付款5000元以上", "Paid 5,000 or more for implants or orthodontics in all"),
            json!({"event":"payment.received","where":{"line":{"in":["种植","正畸"]}},"sum":{"field":"amount","gte":"5000.00"}}),
        ),
        preset(
            "top_spenders",
            ("消费前20%", "Top spenders"),
            (
                "一年内累计付款居全体前20%：专人维护",
                "Paid among the top 20 percent within a year: give them a contact of their own",
            ),
            json!({"event":"payment.received","within":"365d","sum":{"field":"amount","gte":{"quantile":80}}}),
        ),
        preset(
            "plan_unpaid",
            ("出方案14天未付款", "No payment 14 days after a plan"),
            (
                "90天内出示方案，之后14天没有付款：咨询师跟进",
                "Shown a plan within 90 days and paid nothing for 14 days: follow up",
            ),
            json!({"event":"plan.presented","within":"90d","not_followed_by":{"event":"payment.received","within":"14d"}}),
        ),
        preset(
            "no_show_unbooked",
            ("爽约后未改约", "No-show, not booked again"),
            ("60天内爽约，之后7天没有再预约", "Did not show up within 60 days and booked nothing for 7 days"),
            json!({"all":[{"event":"appt.no_show","within":"60d","not_followed_by":{"event":"appt.booked","within":"7d"}},{"not":{"tag":"visit.next_booked","is":true}}]}),
        ),
        preset(
            "back_after_a_year",
            ("久别回归", "Back after a year"),
            (
                "隔了一年以上才回来，90天内来过：安排全面检查",
                "Came back within 90 days after a year or more away: offer a full check-up",
            ),
            json!({"all":[{"event":"visit.closed","gaps":{"which":"last","gte":"365d"}},{"event":"visit.closed","within":"90d"}]}),
        ),
        preset(
            "several_lines",
            ("跨项目消费", "Paid for several lines"),
            (
                "两年内为两类以上业务付过款：适合家庭方案",
                "Paid for two lines or more within two years: suited to a family plan",
            ),
            json!({"event":"payment.received","within":"730d","distinct":{"field":"line","gte":2}}),
        ),
        preset(
            "lead_untouched",
            ("线索未到诊", "Leads who have not come"),
            ("30天内的线索还没有到诊", "Leads of the last 30 days without a visit"),
            json!({"all":[{"event":"lead.created","within":"30d"},{"not":{"event":"visit.closed"}}]}),
        ),
        preset(
            "birthday",
            ("本月生日", "Birthday this month"),
            ("生日关怀，拒绝营销的除外", "Birthday wishes, except for those who refused marketing"),
            json!({"all":[{"tag":"attr.birthday_month","is":true},{"not":{"tag":"gov.marketing_consent","in":["refused"]}}]}),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::rule::{Terms, parse};

    #[test]
    fn a_preset_is_named_in_english_until_somebody_renames_it() {
        for preset in presets(Currency::CNY) {
            let [(zh, en), (says_zh, says_en)] = [preset.name, preset.description];
            assert!(en.is_ascii() && says_en.is_ascii() && !en.is_empty() && !says_en.is_empty(), "{}", preset.key);
            assert_eq!(name_en(Some(preset.key), zh).as_deref(), Some(en));
            assert_eq!(description_en(Some(preset.key), says_zh).as_deref(), Some(says_en));
        }
        assert_eq!(name_en(Some("birthday"), "寿星"), None, "somebody renamed it");
        assert_eq!(name_en(None, "本月生日"), None, "a segment of one's own");
    }

    #[test]
    fn the_presets_can_be_read_in_every_currency() {
        for (code, least) in [("CNY", "0.01"), ("JPY", "1"), ("KWD", "0.001")] {
            let currency: Currency = code.parse().unwrap();
            let terms = Terms { zone: TimeZone::UTC, currency };
            for preset in presets(currency) {
                assert!(parse(&preset.rule, &terms).is_ok(), "{code} {}", preset.key);
            }
            let one_time = presets(currency).into_iter().find(|preset| preset.key == "one_time").unwrap().rule;
            assert_eq!(one_time["all"][0]["where"]["amount"]["gte"], least, "{code}");
        }
    }
}
