//! Segments that a dental chain wants on its first day.

use careloop_kernel::{Currency, Money};
use serde_json::{Value, json};

/// A built-in segment: key, name, what it is for, rule.
pub(crate) struct Preset {
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) rule: Value,
}

/// All built-in segments, in a chain whose amounts are in this currency.
pub(crate) fn presets(currency: Currency) -> Vec<Preset> {
    let least = Money::of_minor(1, currency).to_decimal();
    let preset = |key, name, description, rule| Preset { key, name, description, rule };
    vec![
        preset("new_30d", "30天新客", "首次付款在30天内：做好首月关怀", json!({"tag":"life.new_30d","is":true})),
        preset(
            "golden_week",
            "首诊黄金7天待决定",
            "首诊7天内方案待定：咨询师及时跟进",
            json!({"tag":"life.golden_window","is":true}),
        ),
        preset("undecided", "方案待定", "出示方案90天内没有答复", json!({"tag":"visit.undecided","is":true})),
        preset(
            "accepted_unbooked",
            "接受方案未预约",
            "接受方案超过7天还没有预约",
            json!({"tag":"visit.accepted_unbooked","is":true}),
        ),
        preset("interrupted", "治疗中断", "治疗停了60天以上且没有预约", json!({"tag":"visit.interrupted","is":true})),
        preset(
            "recall_due",
            "复查到期未约",
            "30天内该复查、还没有预约",
            json!({"all":[{"tag":"care.recall_due","is":true},{"not":{"tag":"visit.next_booked","is":true}}]}),
        ),
        preset(
            "recall_overdue",
            "复查逾期",
            "复查日已过没有来",
            json!({"all":[{"tag":"care.recall_overdue","exists":true},{"not":{"tag":"care.do_not_contact","is":true}}]}),
        ),
        preset(
            "cleaning_due",
            "洁牙到期",
            "上次洁牙超过180天",
            json!({"all":[{"tag":"need.cleaning_due","is":true},{"not":{"tag":"visit.next_booked","is":true}}]}),
        ),
        preset("key_value", "重要价值客户", "近期来、常来、花得多", json!({"tag":"val.rfm","in":["重要价值"]})),
        preset(
            "key_keep",
            "重要客户待唤回",
            "花得多但近期没有来",
            json!({"tag":"val.rfm","in":["重要保持","重要挽留"]}),
        ),
        preset(
            "one_time",
            "只消费一次",
            "首次付款30天以前，至今只有一个付款日",
            json!({"all":[{"event":"payment.received","first":{"before":"30d"},"where":{"amount":{"gte":least}}},{"not":{"tag":"val.second_purchase","is":true}}]}),
        ),
        preset("churn_risk", "高流失风险", "周期已过、复查逾期或不满意", json!({"tag":"life.churn_risk","in":["H"]})),
        preset("dormant", "沉睡客户", "180到365天没有来且没有预约", json!({"tag":"life.dormant","is":true})),
        preset("churned", "流失客户", "超过365天没有来，或失联", json!({"tag":"life.churned","is":true})),
        preset(
            "no_show_prone",
            "易爽约",
            "多次爽约：预约前一天电话确认",
            json!({"tag":"visit.no_show_prone","is":true}),
        ),
        preset(
            "unhappy",
            "不满意客户",
            "有未结投诉、评分不高于2分或为贬损者",
            json!({"any":[{"tag":"care.complaint_open","is":true},{"tag":"care.satisfaction","lte":2},{"tag":"care.nps_class","in":["detractor"]}]}),
        ),
        preset(
            "referral_ready",
            "可请转介绍",
            "满意、90天内来过、还没有介绍过人",
            json!({"all":[{"any":[{"tag":"care.satisfaction","gte":4},{"tag":"care.nps_class","in":["promoter"]}]},{"event":"visit.closed","within":"90d"},{"tag":"eng.referrer","exists":false}]}),
        ),
        preset(
            "not_wecom",
            "到店未加企微",
            "就诊过还不是企微好友",
            json!({"all":[{"event":"visit.closed"},{"not":{"tag":"eng.wecom_friend","is":true}}]}),
        ),
        preset(
            "child_check",
            "儿童口腔检查",
            "3到12岁，180天没有就诊",
            json!({"all":[{"attr":"age","between":[3,12]},{"not":{"event":"visit.closed","within":"180d"}}]}),
        ),
        preset(
            "implant_ortho",
            "种植正畸客户",
            "种植或正畸累计付款5000元以上",
            json!({"event":"payment.received","where":{"line":{"in":["种植","正畸"]}},"sum":{"field":"amount","gte":"5000.00"}}),
        ),
        preset(
            "lead_untouched",
            "线索未到诊",
            "30天内的线索还没有到诊",
            json!({"all":[{"event":"lead.created","within":"30d"},{"not":{"event":"visit.closed"}}]}),
        ),
        preset(
            "birthday",
            "本月生日",
            "生日关怀，拒绝营销的除外",
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
